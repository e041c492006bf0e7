/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each part of the way from a capture to a row costs, one thread, all in memory but for the first two parts.
 *
 * usage: micro CAPTURE [ROUNDS]       the best of ROUNDS (default 5)
 *
 * A line for each part: name, unit, how many units, nanoseconds and instructions a unit. Instructions are the processor's own count of what
 * this thread does outside the kernel, "-" where the system does not let it be read (virtual machines, kernel.perf_event_paranoid). valgrind
 * counts everywhere: under callgrind each part is dumped on its own, which bench/instructions.py reads.
 */
#include "flow/features.h"

#include <netflower/meter.h>
#include <netflower/sink.h>
#include <netflower/source.h>

#include <glib.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if defined __has_include && __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#define CALLGRIND_DUMP_STATS_AT(name)
#define RUNNING_ON_VALGRIND 0
#endif

enum { SEED = 1 };

/* A packet for the numbers alone: which flow it belongs to, and what that flow sees. */
typedef struct {
	size_t flow;
	nf_brief brief;
} piece;

typedef struct {
	const char *path;
	GArray *frames;     /* nf_frame */
	GByteArray *bytes;  /* theirs */
	nf_batch *batches;
	size_t batch_count;
	GArray *pieces;     /* piece */
	nf_features *numbers; /* of each flow */
	size_t flows;
	nf_columns *columns;
	nf_value *values;
	nf_sink *sink;
	nf_engine *engine;
} bench;

/* One part. The functions before and after run() are not measured; run() returns the number of units. */
typedef struct {
	const char *name, *unit;
	void (*before)(bench *b);
	uint64_t (*run)(bench *b);
	void (*after)(bench *b);
} part;

static void must(nf_status status, const nf_error *error)
{
	if (status == NF_OK || status == NF_END)
		return;
	g_printerr("micro: %s\n", error->text);
	exit(1);
}

/* --- The capture ----------------------------------------------------------------------------------------------------------------- */

static nf_source *open_source(const bench *b)
{
	nf_source *source;
	nf_error error;

	must(nf_source_open_files(&source, &b->path, 1, NF_SOURCE_AS_GIVEN, &error), &error);
	return source;
}

/* False at the end. */
static bool next_frame(nf_source *source, nf_frame *frame)
{
	nf_source_event event;
	nf_error error;
	nf_status status = nf_source_next(source, frame, &event, &error);

	must(status, &error);
	return status == NF_OK && !event.file_ended;
}

enum { FRAMES = 64 };

/* The next frames as nf-cli gets them: one, and those that are there behind it. 0 at the end. */
static size_t next_frames(nf_source *source, nf_frame frames[FRAMES])
{
	const size_t more = nf_source_more(source, frames, FRAMES);

	return more ? more : next_frame(source, frames);
}

static void load(bench *b)
{
	nf_source *source = open_source(b);
	nf_frame frame;
	size_t at = 0;

	b->frames = g_array_new(FALSE, FALSE, sizeof(nf_frame));
	b->bytes = g_byte_array_new();
	while (next_frame(source, &frame)) {
		g_byte_array_append(b->bytes, frame.data, frame.captured);
		g_array_append_val(b->frames, frame);
	}
	nf_source_close(source);
	for (guint i = 0; i < b->frames->len; i++) { /* the bytes no longer move */
		nf_frame *f = &g_array_index(b->frames, nf_frame, i);
		f->data = b->bytes->data + at;
		at += f->captured;
	}
}

static uint64_t run_read(bench *b)
{
	nf_source *source = open_source(b);
	nf_frame frames[FRAMES];
	uint64_t n = 0;

	for (size_t got; (got = next_frames(source, frames)) > 0; n += got)
		;
	nf_source_close(source);
	return n;
}

/* --- All of it, as nf-cli does it with one thread ---------------------------------------------------------------------------------- */

static uint64_t run_whole(bench *b)
{
	nf_meter_settings settings = {.columns = b->columns, .format = "csv", .output = "/dev/null", .threads = 1};
	nf_source *source = open_source(b);
	nf_meter *meter;
	nf_frame frames[FRAMES];
	nf_error error;
	char *name;
	uint64_t n = 0;

	nf_options_init(&settings.engine);
	settings.engine.fixed_seed = true;
	settings.engine.hash_seed = SEED;
	must(nf_meter_new(&meter, &settings, &error), &error);
	for (size_t got; (got = next_frames(source, frames)) > 0; n += got)
		must(nf_meter_frames(meter, frames, got, &error), &error);
	must(nf_meter_end_flows(meter, &error), &error);
	must(nf_meter_commit(meter, &name, &error), &error);
	free(name);
	nf_meter_free(meter);
	nf_source_close(source);
	return n;
}

/* --- Decoding ------------------------------------------------------------------------------------------------------------------- */

static uint64_t run_decode(bench *b)
{
	size_t at = 0;

	for (guint i = 0; i < b->frames->len; i++) {
		if (i == 0)
			nf_batch_clear(&b->batches[0]);
		if (nf_batch_frame(&b->batches[at], NULL, &g_array_index(b->frames, nf_frame, i), i + 1))
			continue;
		nf_batch_clear(&b->batches[++at]);
	}
	b->batch_count = at + 1;
	return b->frames->len;
}

/* --- The engine: table and numbers ----------------------------------------------------------------------------------------------- */

static void before_engine(bench *b)
{
	nf_options options;
	nf_error error;

	nf_options_init(&options);
	options.fixed_seed = true;
	options.hash_seed = SEED;
	must(nf_engine_new(&b->engine, &options, &error), &error);
}

static void after_engine(bench *b)
{
	nf_engine_free(b->engine);
}

static uint64_t run_engine(bench *b)
{
	uint64_t n = 0;
	nf_error error;

	for (size_t i = 0; i < b->batch_count; i++) {
		must(nf_engine_batch(b->engine, &b->batches[i], &error), &error);
		n += b->batches[i].n;
	}
	must(nf_engine_finish(b->engine, &error), &error);
	return n;
}

/* --- The numbers alone ------------------------------------------------------------------------------------------------------------ */

static guint key_hash(gconstpointer key)
{
	const uint8_t *p = key;
	guint h = 5381;

	for (size_t i = 0; i < sizeof(nf_key); i++)
		h = h * 33 + p[i];
	return h;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, sizeof(nf_key)) == 0;
}

/* Side 0 of a packet's key is its sender; of a flow's, the sender of the first packet. Timeouts and closes are not looked at. */
static void add_piece(bench *b, GHashTable *flows, const nf_packet *p)
{
	nf_key there = p->key, back = p->key;
	uint8_t dir = NF_FWD;
	gpointer flow;

	for (int i = 0; i < 2; i++) {
		memcpy(back.address[i], p->key.address[1 - i], sizeof back.address[i]);
		back.port[i] = p->key.port[1 - i];
	}
	if (!g_hash_table_lookup_extended(flows, &there, NULL, &flow)) {
		if (g_hash_table_lookup_extended(flows, &back, NULL, &flow)) {
			dir = NF_BWD;
		} else {
			flow = GSIZE_TO_POINTER(b->flows++);
			g_hash_table_insert(flows, g_memdup2(&there, sizeof there), flow);
		}
	}
	piece made = {.flow = GPOINTER_TO_SIZE(flow),
		      .brief = {.ts_ns = p->ts_ns, .ip_bytes = p->ip_bytes, .payload_bytes = p->payload_bytes, .window = p->window,
				.header_bytes = p->header_bytes, .tcp_flags = p->tcp_flags, .dir = dir, .is_tcp = p->key.protocol == NF_PROTOCOL_TCP}};
	g_array_append_val(b->pieces, made);
}

static void make_pieces(bench *b)
{
	GHashTable *flows = g_hash_table_new_full(key_hash, key_equal, g_free, NULL);

	b->pieces = g_array_new(FALSE, FALSE, sizeof(piece));
	for (size_t i = 0; i < b->batch_count; i++)
		for (size_t k = 0; k < b->batches[i].n; k++)
			add_piece(b, flows, &b->batches[i].packets[k]);
	g_hash_table_destroy(flows);
	b->numbers = g_new(nf_features, b->flows + 1);
}

static void before_numbers(bench *b)
{
	int64_t latest = INT64_MIN;

	for (size_t i = 0; i < b->flows; i++)
		nf_features_init(&b->numbers[i]);
	for (guint i = 0; i < b->pieces->len; i++) { /* a flow's time must not go back */
		piece *p = &g_array_index(b->pieces, piece, i);
		latest = MAX(latest, p->brief.ts_ns);
		p->brief.ts_ns = latest;
	}
}

static uint64_t run_numbers(bench *b)
{
	for (guint i = 0; i < b->pieces->len; i++) {
		const piece *p = &g_array_index(b->pieces, piece, i);
		nf_features_add(&b->numbers[p->flow], &p->brief);
	}
	return b->pieces->len;
}

/* --- Rows ------------------------------------------------------------------------------------------------------------------------- */

static nf_status to_nowhere(void *to, const void *bytes, size_t n, nf_error *error)
{
	(void)to, (void)bytes, (void)n, (void)error;
	return NF_OK;
}

static void before_rows(bench *b)
{
	before_engine(b);
	run_engine(b);
}

static uint64_t run_take(bench *b)
{
	uint64_t n = 0;

	while (nf_engine_take(b->engine))
		n++;
	return n;
}

static uint64_t run_values(bench *b)
{
	const nf_flow *flow;
	uint64_t n = 0;

	for (; (flow = nf_engine_take(b->engine)); n++)
		nf_columns_values(b->columns, flow, b->values);
	return n;
}

static uint64_t run_rows(bench *b)
{
	const nf_flow *flow;
	nf_error error;
	uint64_t n = 0;

	for (; (flow = nf_engine_take(b->engine)); n++)
		must(nf_sink_flow(b->sink, flow, &error), &error);
	must(nf_sink_flush(b->sink, &error), &error);
	return n;
}

/* --- Measuring -------------------------------------------------------------------------------------------------------------------- */

static const part parts[] = {
	{"read", "frame", NULL, run_read, NULL},
	{"whole", "frame", NULL, run_whole, NULL},
	{"decode", "frame", NULL, run_decode, NULL},
	{"table+numbers", "packet", before_engine, run_engine, after_engine},
	{"numbers", "packet", before_numbers, run_numbers, NULL},
	{"take", "row", before_rows, run_take, after_engine},
	{"take+values", "row", before_rows, run_values, after_engine},
	{"take+values+text", "row", before_rows, run_rows, after_engine},
};

/* A counter of the instructions of this thread, or -1. */
static int open_counter(void)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_HARDWARE, .size = sizeof attr, .config = PERF_COUNT_HW_INSTRUCTIONS,
				       .disabled = 1, .exclude_kernel = 1, .exclude_hv = 1};

	return RUNNING_ON_VALGRIND ? -1 : (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

typedef struct {
	uint64_t units, ns, instructions;
} cost;

static cost run_once(bench *b, const part *p, int counter)
{
	cost c = {0};

	if (p->before)
		p->before(b);
	if (counter >= 0) {
		ioctl(counter, PERF_EVENT_IOC_RESET, 0);
		ioctl(counter, PERF_EVENT_IOC_ENABLE, 0);
	}
	CALLGRIND_START_INSTRUMENTATION;
	c.ns = now_ns();
	c.units = p->run(b);
	c.ns = now_ns() - c.ns;
	CALLGRIND_STOP_INSTRUMENTATION;
	if (counter >= 0) {
		ioctl(counter, PERF_EVENT_IOC_DISABLE, 0);
		if (read(counter, &c.instructions, sizeof c.instructions) != sizeof c.instructions)
			c.instructions = 0;
	}
	CALLGRIND_DUMP_STATS_AT(p->name);
	if (p->after)
		p->after(b);
	return c;
}

static void measure(bench *b, const part *p, int rounds, int counter)
{
	cost best = run_once(b, p, counter);

	for (int i = 1; i < rounds; i++) {
		cost c = run_once(b, p, counter);
		if (c.ns < best.ns)
			best = c;
	}
	double units = (double)MAX(best.units, 1);
	printf("%s\t%s\t%" G_GUINT64_FORMAT "\t%.1f\t", p->name, p->unit, best.units, (double)best.ns / units);
	if (best.instructions)
		printf("%.1f\n", (double)best.instructions / units);
	else
		puts("-");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int rounds = argc == 3 ? atoi(argv[2]) : 5, counter = open_counter();
	nf_writer nowhere = {.write = to_nowhere};
	bench b = {.path = argc > 1 ? argv[1] : NULL};
	nf_error error;

	if (argc < 2 || argc > 3 || rounds < 1) {
		g_printerr("usage: micro CAPTURE [ROUNDS]\n");
		return 1;
	}
	must(nf_columns_new(&b.columns, NULL, &error), &error);
	must(nf_sink_new(&b.sink, "csv", b.columns, nowhere, &error), &error);
	b.values = g_new(nf_value, nf_columns_count(b.columns));
	load(&b);
	b.batches = g_new0(nf_batch, b.frames->len / (NF_BATCH_PACKETS - NF_FRAME_PACKETS) + 2);
	run_decode(&b);
	make_pieces(&b);
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		measure(&b, &parts[i], rounds, counter);
	return 0;
}
