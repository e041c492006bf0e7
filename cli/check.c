/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <netflower/devices.h>
#include <netflower/output.h>
#include <netflower/settings.h>
#include <netflower/sink.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
	if (nf_output_is_standard(output))
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

/* Of the outputs of rows among themselves. */
static bool check_output_names(const cli_options *options, GError **error)
{
	for (unsigned i = 0; i < options->outputs->len; i++) {
		const cli_output *one = options_output(options, i);
		if (!check_output_apart(options, "-w", one->name, error))
			return false;
		for (unsigned j = 0; j < i; j++) {
			const cli_output *other = options_output(options, j);
			if (!nf_output_is_same(one->name, other->name))
				continue;
			if (nf_output_is_standard(one->name))
				return options_fail(error, "-T %s and -T %s both go to standard output: give one a -w FILE behind its -T", other->format, one->format);
			return options_fail(error, "-T %s and -T %s name the same file, '%s'", other->format, one->format, one->name);
		}
	}
	return true;
}

static bool check_outputs(const cli_options *options, GError **error)
{
	const char *stats = options->stats_json;

	if (!check_output_names(options, error))
		return false;
	for (unsigned i = 0; stats && i < options->outputs->len; i++) {
		const char *name = options_output(options, i)->name;
		if (!nf_output_is_same(stats, name))
			continue;
		if (nf_output_is_standard(stats))
			return options_fail(error, "--stats-json - needs -w FILE: the rows go to standard output");
		return options_fail(error, "-w and --stats-json name the same file, '%s'", stats);
	}
	return !stats || check_output_apart(options, "--stats-json", stats, error);
}

/* Without the option that is wrong, the columns can be made. */
static bool fail_columns(const cli_output *output, const nf_error *why, GError **error)
{
	nf_columns_options without = output->columns;
	nf_columns *columns;

	without.time_form = NULL;
	if (nf_columns_parse_for(&columns, &without, ',', NULL) == NF_OK) {
		nf_columns_free(columns);
		return options_fail(error, "--time-format: %s", why->text);
	}
	without.dialect = NULL;
	if (output->columns.dialect && nf_columns_parse_for(&columns, &without, ',', NULL) == NF_OK) {
		nf_columns_free(columns);
		return options_fail(error, "--columns-as: %s", why->text);
	}
	return options_fail(error, "--columns: %s (nf-cli --list-columns tells them all)", why->text);
}

static bool check_columns(const cli_options *options, GError **error)
{
	bool text = false;

	for (unsigned i = 0; i < options->outputs->len; i++) {
		const cli_output *output = options_output(options, i);
		nf_columns *columns;
		nf_error why;
		if (nf_columns_parse_for(&columns, &output->columns, ',', &why) != NF_OK)
			return fail_columns(output, &why, error);
		text = text || nf_columns_times_are_text(columns);
		nf_columns_free(columns);
	}
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
	return check_columns(options, error);
}

/* Options that have no meaning for captures from files. */
static const option_id live_only[] = {OPTION_WAIT,      OPTION_SNAPSHOT,    OPTION_BUFFER,        OPTION_OWN_ONLY, OPTION_MONITOR,
				      OPTION_IMMEDIATE, OPTION_TIME_STAMPS, OPTION_STATS_INTERVAL, OPTION_RING_BUFFER, OPTION_POST_COMMAND,
				      OPTION_USER,      OPTION_SANDBOX,     OPTION_NO_SANDBOX};

static bool has_file(const cli_options *options)
{
	bool has = false;

	for (unsigned i = 0; i < options->outputs->len; i++)
		has = has || strcmp(options_output(options, i)->name, "-") != 0;
	return has;
}

static bool check_interfaces(const cli_options *options, GError **error)
{
	if (options->files->len > 0)
		return options_fail(error, "-i and the file '%s' are both given: a capture is read, or made", (char *)g_ptr_array_index(options->files, 0));
	if ((options->given[OPTION_RING_BUFFER] || options->post_command) && !has_file(options))
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
