/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of options, through GLib's parser. */
#include "options.h"

#include <netflower/devices.h>
#include <netflower/settings.h>

#include <stdarg.h>
#include <string.h>

const option_row option_table[OPTION_COUNT_ALL] = {
#define NF_OPTION(id, short_name, long_name, takes, argument, complete, section, state, help, doc) \
	{OPTION_##id, short_name, long_name, TAKES_##takes, argument, SECTION_##section, STATE_##state, help},
#include "options.def"
#undef NF_OPTION
};

const option_row *option_by_long(const char *long_name, size_t n)
{
	for (size_t i = 0; i < OPTION_COUNT_ALL; i++)
		if (strlen(option_table[i].long_name) == n && memcmp(option_table[i].long_name, long_name, n) == 0)
			return &option_table[i];
	return NULL;
}

const option_row *option_by_short(char short_name)
{
	for (size_t i = 0; i < OPTION_COUNT_ALL; i++)
		if (option_table[i].short_name == short_name)
			return &option_table[i];
	return NULL;
}

bool options_fail(GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
	g_free(text);
	return false;
}

static bool take_count(cli_options *options, const char *name, const char *value, GError **error)
{
	uint64_t n;
	nf_error why;

	if (nf_count_parse(value, 1, &n, &why) != NF_OK)
		return options_fail(error, "%s %s", name, why.text);
	options->max_frames = MIN(options->max_frames, n);
	return true;
}

static bool take_uid_seed(cli_options *options, const char *value, GError **error)
{
	nf_error why;

	options->engine.zeek.fixed_uids = true;
	return nf_count_parse(value, 0, &options->engine.zeek.uid_seed, &why) == NF_OK || options_fail(error, "--uid-seed %s", why.text);
}

static bool take_autostop(cli_options *options, const char *name, const char *value, GError **error)
{
	nf_error why;
	int64_t ns;

	if (g_str_has_prefix(value, "packets:")) {
		char *full = g_strconcat(name, " packets:", NULL);
		bool taken = take_count(options, full, value + strlen("packets:"), error);
		g_free(full);
		return taken;
	}
	if (!g_str_has_prefix(value, "duration:"))
		return options_fail(error, "%s takes duration:SECONDS or packets:N, not '%s'", name, value);
	if (nf_seconds_parse(value + strlen("duration:"), &ns, &why) != NF_OK)
		return options_fail(error, "%s duration: %s", name, why.text);
	options->max_ns = options->max_ns < 0 ? ns : MIN(options->max_ns, ns);
	return true;
}

/* More would only wait for each other; a machine that has more processors needs no more either. */
enum { THREADS_MAX = 64 };

/* An IPv4 header and what is needed behind it always fit in; MiB. */
enum { SNAPSHOT_LEAST = 68, BUFFER_MOST = 1024, RING_FILES_MOST = 1000000 };

static const int64_t RING_LEAST_NS = 1000000;

static bool take_threads(cli_options *options, const char *name, const char *value, GError **error)
{
	uint64_t n;

	if (nf_count_parse(value, 0, &n, NULL) != NF_OK || n > THREADS_MAX)
		return options_fail(error, "%s takes a number of threads from 1 to %d, or 0 for as many as there are processors, not '%s'", name,
				    THREADS_MAX, value);
	options->threads = (unsigned)n;
	return true;
}

static bool take_number(unsigned *to, const char *name, const char *value, unsigned least, unsigned most, GError **error)
{
	uint64_t n;

	if (nf_count_parse(value, least, &n, NULL) != NF_OK || n > most)
		return options_fail(error, "%s takes a number from %u to %u, not '%s'", name, least, most, value);
	*to = (unsigned)n;
	return true;
}

static bool take_stats_interval(cli_options *options, const char *name, const char *value, GError **error)
{
	nf_error why;

	if (nf_seconds_parse(value, &options->stats_interval_ns, &why) != NF_OK)
		return options_fail(error, "%s %s", name, why.text);
	return options->stats_interval_ns > 0 || options_fail(error, "%s takes seconds, more than 0", name);
}

/* The value of "-b what:value", or NULL. */
static const char *value_of(const char *text, const char *what)
{
	return g_str_has_prefix(text, what) ? text + strlen(what) : NULL;
}

static bool take_ring_seconds(int64_t *to, const char *name, const char *value, GError **error)
{
	nf_error why;

	if (nf_seconds_parse(value, to, &why) != NF_OK)
		return options_fail(error, "%s %s", name, why.text);
	return *to >= RING_LEAST_NS || options_fail(error, "%s takes at least 0.001 seconds, not '%s'", name, value);
}

static bool take_ring(cli_options *options, const char *name, const char *text, GError **error)
{
	const char *value;
	nf_error why;

	if ((value = value_of(text, "duration:")) != NULL)
		return take_ring_seconds(&options->ring_duration_ns, "-b duration:", value, error);
	if ((value = value_of(text, "interval:")) != NULL)
		return take_ring_seconds(&options->ring_interval_ns, "-b interval:", value, error);
	if ((value = value_of(text, "files:")) != NULL)
		return take_number(&options->ring_files, "-b files:", value, 1, RING_FILES_MOST, error);
	if ((value = value_of(text, "filesize:")) == NULL)
		return options_fail(error, "%s takes duration:SECONDS, interval:SECONDS, filesize:KB or files:N, not '%s'", name, text);
	if (nf_count_parse(value, 1, &options->ring_bytes, &why) != NF_OK || __builtin_mul_overflow(options->ring_bytes, 1000, &options->ring_bytes))
		return options_fail(error, "-b filesize: takes a number of kB, not '%s'", value);
	return true;
}

static bool take_reader(cli_options *options, const char *name, const char *value, GError **error)
{
	static const char *const readers[] = {
		[NF_SOURCE_READER_AUTO] = "auto",
		[NF_SOURCE_READER_NATIVE] = "native",
		[NF_SOURCE_READER_WIRETAP] = "wiretap",
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(readers); i++)
		if (strcmp(value, readers[i]) == 0) {
			options->reader = (nf_source_reader)i;
			return true;
		}
	return options_fail(error, "%s takes auto, native or wiretap, not '%s'", name, value);
}

static bool take_setting(cli_options *options, const option_row *row, const char *value, GError **error)
{
	nf_error why;

	return nf_setting_set(&options->engine, row->long_name, value, &why) == NF_OK || options_fail(error, "--%s", why.text);
}

static bool take_profile(cli_options *options, const char *name, const char *value, GError **error)
{
	nf_error why;

	return nf_profile_find(value, &options->engine.profile, &why) == NF_OK || options_fail(error, "%s: %s", name, why.text);
}

/* What is there for one option only. */
static bool take_value(cli_options *options, const option_row *row, const char *name, const char *value, GError **error)
{
	nf_error why;

	switch (row->id) {
	case OPTION_READ: g_ptr_array_add(options->files, g_strdup(value)); return true;
	case OPTION_READER: return take_reader(options, name, value, error);
	case OPTION_INTERFACE: g_ptr_array_add(options->interfaces, g_strdup(value)); return true;
	case OPTION_SNAPSHOT: return take_number(&options->snapshot_length, name, value, SNAPSHOT_LEAST, NF_SNAPSHOT_LENGTH_MAX, error);
	case OPTION_BUFFER: return take_number(&options->buffer_mib, name, value, 1, BUFFER_MOST, error);
	case OPTION_RING_BUFFER: return take_ring(options, name, value, error);
	case OPTION_STATS_INTERVAL: return take_stats_interval(options, name, value, error);
	case OPTION_FORMAT: return outputs_take_format(options, value, error);
	case OPTION_WRITE: return outputs_take_name(options, name, value, error);
	case OPTION_PROFILE: return take_profile(options, name, value, error);
	case OPTION_COUNT: return take_count(options, name, value, error);
	case OPTION_THREADS: return take_threads(options, name, value, error);
	case OPTION_AUTOSTOP: return take_autostop(options, name, value, error);
	case OPTION_IDLE:
	case OPTION_ACTIVE:
	case OPTION_LINGER:
	case OPTION_TUNNELS:
	case OPTION_CHECKSUMS:
	case OPTION_SEQUENCE:
	case OPTION_COMMUNITY_SEED:
	case OPTION_MAX_MEMORY:
	case OPTION_MAX_FLOWS: return take_setting(options, row, value, error);
	case OPTION_TUNNEL_PORT:
		return nf_decode_add_tunnel_port(&options->engine.decode, value, &why) == NF_OK || options_fail(error, "--tunnel-port %s", why.text);
	case OPTION_UID_SEED: return take_uid_seed(options, value, error);
	case OPTION_ZEEK_TIME: return nf_zeek_time_set(&options->engine, value, &why) == NF_OK || options_fail(error, "--zeek-time: %s", why.text);
	default: return true;
	}
}

static const option_row *row_of(const char *name)
{
	return name[1] == '-' ? option_by_long(name + 2, strlen(name + 2)) : option_by_short(name[1]);
}

static gboolean take(const char *name, const char *value, gpointer data, GError **error)
{
	cli_options *options = data;
	const option_row *row = row_of(name);

	if (options->given[row->id]++ && row->takes == TAKES_VALUE)
		return options_fail(error, "%s is given twice", name);
	if (!value)
		return TRUE;
	if (!*value)
		return options_fail(error, "%s takes %s, not an empty text", name, row->argument);
	g_free(options->texts[row->id]);
	options->texts[row->id] = g_strdup(value);
	return take_value(options, row, name, value, error);
}

static gboolean take_file(const char *name, const char *value, gpointer data, GError **error)
{
	cli_options *options = data;

	(void)name;
	if (!*value)
		return options_fail(error, "the name of a capture is empty");
	g_ptr_array_add(options->files, g_strdup(value));
	return TRUE;
}

static void fill_entries(GOptionEntry entries[OPTION_COUNT_ALL + 2])
{
	for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
		const option_row *row = &option_table[i];
		GOptionEntry *entry = &entries[i];

		*entry = (GOptionEntry){.long_name = row->long_name, .short_name = row->short_name, .arg = G_OPTION_ARG_CALLBACK,
					.flags = G_OPTION_FLAG_FILENAME, .arg_data = (gpointer)take};
		if (row->takes == TAKES_NOTHING)
			entry->flags = G_OPTION_FLAG_NO_ARG;
		else if (row->takes == TAKES_MAYBE)
			entry->flags |= G_OPTION_FLAG_OPTIONAL_ARG;
	}
	entries[OPTION_COUNT_ALL] = (GOptionEntry){.long_name = G_OPTION_REMAINING, .arg = G_OPTION_ARG_CALLBACK,
						   .flags = G_OPTION_FLAG_FILENAME, .arg_data = (gpointer)take_file};
	entries[OPTION_COUNT_ALL + 1] = (GOptionEntry){0};
}

/* Texts are file names, not in any encoding; GLib must not convert them. */
static bool parse(cli_options *options, char **words, GError **error)
{
	GOptionEntry entries[OPTION_COUNT_ALL + 2];
	GOptionContext *context = g_option_context_new(NULL);
	GOptionGroup *group = g_option_group_new("main", "", "", options, NULL);

	fill_entries(entries);
	g_option_group_add_entries(group, entries);
	g_option_context_set_main_group(context, group);
	g_option_context_set_help_enabled(context, FALSE);
	bool parsed = g_option_context_parse_strv(context, &words, error);
	g_option_context_free(context);
	g_strfreev(words);
	return parsed;
}

static void take_texts(cli_options *options)
{
	const unsigned char *given = options->given;
	char **texts = options->texts;

	options->filter = texts[OPTION_FILTER];
	options->filter_file = texts[OPTION_FILTER_FILE];
	options->columns = texts[OPTION_COLUMNS];
	options->stats_json = texts[OPTION_STATS_JSON];
	options->engine.decode.ipv6 = given[OPTION_IPV6];
	options->engine.decode.icmp = given[OPTION_ICMP];
	options->engine.decode.sctp = given[OPTION_SCTP];
	options->engine.decode.all = given[OPTION_ALL];
	options->engine.decode.defrag = given[OPTION_DEFRAG];
	if (given[OPTION_DECAP] && !given[OPTION_TUNNELS])
		options->engine.decode.tunnels = NF_TUNNELS_INNER;
	options->local_nets = texts[OPTION_LOCAL_NETS];
	options->labels = texts[OPTION_LABELS];
	options->label_default = texts[OPTION_LABEL_DEFAULT];
	options->save_pcap = texts[OPTION_SAVE_PCAP];
	options->post_command = texts[OPTION_POST_COMMAND];
	options->user = texts[OPTION_USER];
	options->sandbox = given[OPTION_SANDBOX];
	options->no_sandbox = given[OPTION_NO_SANDBOX];
	options->time_stamp_type = texts[OPTION_TIME_STAMPS];
	options->list_interfaces = given[OPTION_LIST_INTERFACES];
	options->wait = given[OPTION_WAIT];
	options->own_only = given[OPTION_OWN_ONLY];
	options->monitor = given[OPTION_MONITOR];
	options->immediate = given[OPTION_IMMEDIATE];
	options->list_format = texts[OPTION_LIST_COLUMNS];
	options->per_file = given[OPTION_PER_FILE];
	options->quiet = given[OPTION_QUIET];
	options->verbose = given[OPTION_VERBOSE];
	options->progress = given[OPTION_PROGRESS];
	options->list_columns = given[OPTION_LIST_COLUMNS];
	options->list_profiles = given[OPTION_LIST_PROFILES];
	options->version = given[OPTION_VERSION];
	options->help = given[OPTION_HELP];
}

cli_options *options_read(char **argv, GError **error)
{
	char **words = options_words(argv, error);

	if (!words)
		return NULL;
	cli_options *options = g_new0(cli_options, 1);
	options->files = g_ptr_array_new_with_free_func(g_free);
	options->interfaces = g_ptr_array_new_with_free_func(g_free);
	options->outputs = g_ptr_array_new();
	options->max_frames = UINT64_MAX;
	options->max_ns = -1;
	nf_options_init(&options->engine);
	bool good = parse(options, words, error);
	take_texts(options);
	if (good && outputs_settle(options, error) && options_check(options, error))
		return options;
	options_free(options);
	return NULL;
}

void options_free(cli_options *options)
{
	for (size_t i = 0; i < OPTION_COUNT_ALL; i++)
		g_free(options->texts[i]);
	g_ptr_array_free(options->files, TRUE);
	g_ptr_array_free(options->interfaces, TRUE);
	outputs_free(options);
	g_free(options);
}
