/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ring.h"

#include "say.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 4096 };

struct ring {
	const cli_options *options;
	const char *output; /* its name, or the pattern of its names */
	command *command; /* of -z; NULL: none */
	char *name;       /* of the file being written */
	char *before;     /* of the one before it */
	unsigned number;
	gint64 begun_us;  /* monotonic */
	int64_t slot;     /* of -b interval */
	GQueue finished;  /* names, oldest first; only with -b files */
};

static bool is_ring(const cli_options *o)
{
	return o->ring_duration_ns || o->ring_interval_ns || o->ring_bytes;
}

ring *ring_new(const cli_options *options, const char *output, command *told)
{
	if (!is_ring(options) && !options->post_command && !strchr(output, '%'))
		return NULL;
	ring *made = g_new0(ring, 1);
	made->options = options;
	made->output = output;
	made->command = told;
	g_queue_init(&made->finished);
	return made;
}

void ring_free(ring *r)
{
	if (!r)
		return;
	g_queue_clear_full(&r->finished, g_free);
	g_free(r->before);
	g_free(r->name);
	g_free(r);
}

/* Where the name ends and its suffixes begin: "a.b/flows.csv.gz" at ".csv.gz". */
static size_t stem_of(const char *name)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
	const char *dot = strrchr(base, '.');

	if (dot && (strcmp(dot, ".gz") == 0 || strcmp(dot, ".zst") == 0))
		for (const char *c = dot - 1; c > base; c--)
			if (*c == '.') {
				dot = c;
				break;
			}
	return dot && dot > base ? (size_t)(dot - name) : strlen(name);
}

bool ring_makes_names(const ring *r)
{
	return is_ring(r->options) || strchr(r->output, '%');
}

/* The pattern is the user's. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static char *format_time(const char *pattern, const struct tm *tm)
{
	char name[NAME_MAX_BYTES];

	return g_strdup(strftime(name, sizeof name, pattern, tm) > 0 ? name : pattern);
}
#pragma GCC diagnostic pop

/* As dumpcap does it, "flows.csv" -> "flows_00001_20240131235959.csv"; a name with % is the pattern itself. */
static char *make_name(const ring *r)
{
	const char *pattern = r->output;
	char stamp[32];
	time_t now = (time_t)(g_get_real_time() / G_USEC_PER_SEC); /* time() may still be in the second before */
	struct tm tm;

	localtime_r(&now, &tm);
	if (strchr(pattern, '%'))
		return format_time(pattern, &tm);
	if (!is_ring(r->options))
		return g_strdup(pattern);
	strftime(stamp, sizeof stamp, "%Y%m%d%H%M%S", &tm);
	size_t stem = stem_of(pattern);
	return g_strdup_printf("%.*s_%05u_%s%s", (int)stem, pattern, r->number, stamp, pattern + stem);
}

static int64_t slot_now(const ring *r)
{
	return r->options->ring_interval_ns ? g_get_real_time() / MAX(1, r->options->ring_interval_ns / 1000) : 0;
}

const char *ring_next(ring *r)
{
	r->number++;
	r->begun_us = g_get_monotonic_time();
	r->slot = slot_now(r);
	g_free(r->before);
	r->before = r->name;
	r->name = make_name(r);
	return r->name;
}

const char *ring_name(const ring *r)
{
	return r->name;
}

bool ring_is_due(const ring *r, uint64_t bytes)
{
	const cli_options *o = r->options;

	return (o->ring_bytes && bytes >= o->ring_bytes) ||
	       (o->ring_duration_ns && g_get_monotonic_time() - r->begun_us >= o->ring_duration_ns / 1000) ||
	       (o->ring_interval_ns && slot_now(r) != r->slot);
}

gint64 ring_due_us(const ring *r)
{
	const gint64 now = g_get_monotonic_time(), interval_us = r->options->ring_interval_ns / 1000;
	gint64 due = r->options->ring_duration_ns ? r->begun_us + r->options->ring_duration_ns / 1000 : G_MAXINT64;

	return interval_us > 0 ? MIN(due, now + interval_us - g_get_real_time() % interval_us) : due;
}

void ring_finished(ring *r, const char *name)
{
	char *got = g_strdup(name ? name : r->name);

	if (r->command)
		command_run(r->command, got);
	if (!r->options->ring_files) {
		g_free(got);
		return;
	}
	g_queue_push_tail(&r->finished, got);
	while (g_queue_get_length(&r->finished) > r->options->ring_files) {
		char *oldest = g_queue_pop_head(&r->finished);
		if (unlink(oldest) != 0 && errno != ENOENT)
			say("warning: cannot remove %s: %s", oldest, strerror(errno));
		g_free(oldest);
	}
}
