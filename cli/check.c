/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <netflower/devices.h>
#include <netflower/settings.h>
#include <netflower/sink.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What stands for standard output in a name of an output. */
static bool is_standard_output(const char *name)
{
	static const char *const names[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* The status of a name; only regular files can be spoilt by being read and written at once. */
static bool is_regular(const char *name, int standard, struct stat *st)
{
	int result = strcmp(name, "-") == 0 ? fstat(standard, st) : stat(name, st);

	return result == 0 && S_ISREG(st->st_mode);
}

static bool same_file(const char *input, const char *output)
{
	struct stat in, out;

	if (!is_regular(input, STDIN_FILENO, &in))
		return false;
	if (is_standard_output(output))
		output = "-";
	return is_regular(output, STDOUT_FILENO, &out) && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

static bool check_output_apart(const cli_options *options, const char *option, const char *output, GError **error)
{
	for (unsigned i = 0; i < options->files->len; i++) {
		const char *file = g_ptr_array_index(options->files, i);
		if (same_file(file, output))
			return options_fail(error, "%s '%s' would overwrite the capture '%s'", option, output, file);
	}
	return true;
}

static bool check_outputs(const cli_options *options, GError **error)
{
	const char *stats = options->stats_json;
	struct stat one, other;

	if (!check_output_apart(options, "-w", options->output, error))
		return false;
	if (!stats)
		return true;
	if (is_standard_output(stats) && is_standard_output(options->output))
		return options_fail(error, "--stats-json - needs -w FILE: the rows go to standard output");
	if ((is_regular(stats, STDOUT_FILENO, &one) && is_regular(options->output, STDOUT_FILENO, &other) &&
	     one.st_dev == other.st_dev && one.st_ino == other.st_ino) ||
	    (strcmp(stats, options->output) == 0 && stat(stats, &one) != 0))
		return options_fail(error, "-w and --stats-json name the same file, '%s'", stats);
	return check_output_apart(options, "--stats-json", stats, error);
}

static bool check_format(cli_options *options, GError **error)
{
	GString *list = g_string_new(NULL);
	const char *name = NULL;

	for (size_t i = 0; (name = nf_sink_format_name(i)) != NULL && strcmp(name, options->format) != 0; i++)
		g_string_append_printf(list, "%s%s", i ? " or " : "", name);
	if (!name)
		options_fail(error, "-T takes %s, not '%s'", list->str, options->format);
	else
		options->format = name;
	g_string_free(list, TRUE);
	return name;
}

/* Without the option that is wrong, the columns can be made. */
static bool fail_columns(const cli_options *options, const nf_error *why, GError **error)
{
	nf_columns_options without = options->columns_options;
	nf_columns *columns;

	without.time_form = NULL;
	if (nf_columns_parse_for(&columns, &without, ',', NULL) == NF_OK) {
		nf_columns_free(columns);
		return options_fail(error, "--time-format: %s", why->text);
	}
	without.dialect = NULL;
	if (options->columns_options.dialect && nf_columns_parse_for(&columns, &without, ',', NULL) == NF_OK) {
		nf_columns_free(columns);
		return options_fail(error, "--columns-as: %s", why->text);
	}
	return options_fail(error, "--columns: %s (nf-cli --list-columns tells them all)", why->text);
}

static bool check_columns(const cli_options *options, GError **error)
{
	nf_columns *columns;
	nf_error why;

	if (nf_columns_parse_for(&columns, &options->columns_options, ',', &why) != NF_OK)
		return fail_columns(options, &why, error);
	const bool text = nf_columns_times_are_text(columns);
	nf_columns_free(columns);
	return text || !options->given[OPTION_TIMEZONE] ||
	       options_fail(error, "--timezone has no meaning for seconds since the epoch; --time-format iso or another makes times texts");
}

static bool check_values(cli_options *options, GError **error)
{
	const char *list = options->list_format;

	if (list && strcmp(list, "csv") != 0 && strcmp(list, "json") != 0 && strcmp(list, "jsonschema") != 0)
		return options_fail(error, "--list-columns takes csv, json, jsonschema or nothing, not '%s'", list);
	if (options->filter && options->filter_file)
		return options_fail(error, "-f and -F are both given: there is one filter only");
	if (options->quiet && options->verbose)
		return options_fail(error, "-q and -v contradict each other");
	return check_format(options, error) && check_columns(options, error);
}

/* Options that have no meaning for captures from files. */
static const option_id live_only[] = {OPTION_WAIT,      OPTION_SNAPSHOT,    OPTION_BUFFER,        OPTION_OWN_ONLY, OPTION_MONITOR,
				      OPTION_IMMEDIATE, OPTION_TIME_STAMPS, OPTION_STATS_INTERVAL, OPTION_RING_BUFFER, OPTION_POST_COMMAND,
				      OPTION_USER,      OPTION_SANDBOX,     OPTION_NO_SANDBOX};

static bool check_interfaces(const cli_options *options, GError **error)
{
	if (options->files->len > 0)
		return options_fail(error, "-i and the file '%s' are both given: a capture is read, or made", (char *)g_ptr_array_index(options->files, 0));
	if ((options->given[OPTION_RING_BUFFER] || options->post_command) && strcmp(options->output, "-") == 0)
		return options_fail(error, "-b and -z need -w FILE: standard output is one file");
	if (options->ring_files && !options->ring_bytes && !options->ring_duration_ns && !options->ring_interval_ns)
		return options_fail(error, "-b files:N needs a limit of -b duration:, interval: or filesize: beside it");
	if (options->sandbox && options->no_sandbox)
		return options_fail(error, "--sandbox and --no-sandbox contradict each other");
	if (options->per_file)
		return options_fail(error, "--per-file is for captures from files, not for -i");
	if (options->interfaces->len > NF_DEVICES_MAX)
		return options_fail(error, "-i is given more than %d times", NF_DEVICES_MAX);
	for (unsigned i = 0; i < options->interfaces->len; i++)
		for (unsigned j = 0; j < i; j++)
			if (strcmp(g_ptr_array_index(options->interfaces, i), g_ptr_array_index(options->interfaces, j)) == 0)
				return options_fail(error, "-i %s is given twice", (char *)g_ptr_array_index(options->interfaces, i));
	return true;
}

static bool check_inputs(const cli_options *options, GError **error)
{
	unsigned standard = 0;

	if (options->interfaces->len > 0)
		return check_interfaces(options, error);
	for (size_t i = 0; i < G_N_ELEMENTS(live_only); i++)
		if (options->given[live_only[i]])
			return options_fail(error, "--%s needs -i: it is for captures from an interface", option_table[live_only[i]].long_name);
	if (options->files->len == 0)
		return options_fail(error, "no capture is given; - is standard input, as in: nf-cli -r - < capture.pcap");
	for (unsigned i = 0; i < options->files->len; i++)
		standard += strcmp(g_ptr_array_index(options->files, i), "-") == 0;
	if (standard > 1)
		return options_fail(error, "standard input (-) is given twice");
	if (standard && isatty(STDIN_FILENO))
		return options_fail(error, "standard input is a terminal; give it a capture, as in: nf-cli -r - < capture.pcap");
	return true;
}

bool options_check(cli_options *options, GError **error)
{
	if (options->help || options->version)
		return true;
	if (!check_values(options, error))
		return false;
	return options->list_columns || options->list_profiles || options->list_interfaces || (check_inputs(options, error) && check_outputs(options, error));
}
