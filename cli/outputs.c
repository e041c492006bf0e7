/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outputs of a run: which there are, and what each is made of. */
#include "options.h"

#include <netflower/settings.h>
#include <netflower/sink.h>

#include <string.h>

static cli_output *last(const cli_options *options)
{
	const unsigned n = options->outputs->len;

	return n > 0 ? g_ptr_array_index(options->outputs, n - 1) : NULL;
}

static cli_output *add(cli_options *options, GError **error)
{
	if (options->outputs->len == OUTPUTS_MOST) {
		options_fail(error, "there are more than %d outputs", OUTPUTS_MOST);
		return NULL;
	}
	cli_output *made = g_new0(cli_output, 1);

	g_ptr_array_add(options->outputs, made);
	return made;
}

void outputs_free(cli_options *options)
{
	for (unsigned i = 0; i < options->outputs->len; i++) {
		cli_output *output = g_ptr_array_index(options->outputs, i);
		g_free(output->name);
		g_free(output);
	}
	g_ptr_array_free(options->outputs, TRUE);
}

/* The name of a format as the sinks have it. */
static const char *find_format(const char *format, GError **error)
{
	GString *list = g_string_new(NULL);
	const char *name = NULL;

	for (size_t i = 0; (name = nf_sink_format_name(i)) != NULL && strcmp(name, format) != 0; i++)
		g_string_append_printf(list, "%s%s", i ? " or " : "", name);
	if (!name)
		options_fail(error, "-T takes %s, not '%s'", list->str, format);
	g_string_free(list, TRUE);
	return name;
}

/* A -w before the first -T is that one's. */
bool outputs_take_format(cli_options *options, const char *format, GError **error)
{
	const char *name = find_format(format, error);
	cli_output *output = last(options);

	if (!name)
		return false;
	if (!output || output->format)
		output = add(options, error);
	if (!output)
		return false;
	output->format = name;
	return true;
}

bool outputs_take_name(cli_options *options, const char *option, const char *name, GError **error)
{
	cli_output *output = last(options);

	if (output && output->name)
		return options_fail(error, "%s is given twice for one output; each output begins with its -T, the first one too where there are several, as in: -T csv -w a.csv -T zeek -w conn.log",
				    option);
	if (!output)
		output = add(options, error);
	if (!output)
		return false;
	output->name = g_strdup(name);
	return true;
}

/* --summary-json FILE is -T summary-json -w FILE, beside what else is asked for. */
static bool add_summary_json(cli_options *options, GError **error)
{
	const char *name = options->texts[OPTION_SUMMARY_JSON];
	cli_output *output = name ? add(options, error) : NULL;

	if (output) {
		output->format = find_format("summary-json", error);
		output->name = g_strdup(name);
	}
	return !name || (output && output->format);
}

/* --- What an output is made of -------------------------------------------------------------------------------------------------- */

static bool has_rows(const cli_options *options)
{
	for (unsigned i = 0; i < options->outputs->len; i++)
		if (!options_output(options, i)->of_zeek)
			return true;
	return false;
}

static bool has_log(const cli_options *options)
{
	for (unsigned i = 0; i < options->outputs->len; i++)
		if (nf_zeek_is_log(options_output(options, i)->format))
			return true;
	return false;
}

/* conn.log has its own fields; these can be added. */
static bool take_zeek_fields(cli_options *options, const char *format, GError **error)
{
	char **names = g_strsplit(options->columns ? options->columns : "", ",", -1);
	bool known = true;

	for (int i = 0; names[i] && known; i++) {
		const char *name = g_strstrip(names[i]);
		const bool vlan = strcmp(name, "+vlan") == 0, community = strcmp(name, "+community_id") == 0;
		options->zeek_vlan = options->zeek_vlan || vlan;
		options->zeek_community = options->zeek_community || community;
		known = vlan || community;
	}
	g_strfreev(names);
	return known || options_fail(error, "--columns: -T %s takes +vlan (with inner_vlan) and +community_id only", format);
}

/* Where there are no rows, options of rows are a mistake. */
static bool check_without_rows(cli_options *options, const char *format, GError **error)
{
	static const int others[] = {OPTION_LABELS,      OPTION_LABEL_DEFAULT, OPTION_COLUMNS_AS, OPTION_TIME_FORMAT,
				     OPTION_TIMEZONE,    OPTION_HEADER,        OPTION_SEQUENCE};

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		if (options->given[others[i]])
			return options_fail(error, "--%s has no meaning for -T %s", option_table[others[i]].long_name, format);
	if (options->given[OPTION_PROFILE] && options->engine.profile != NF_PROFILE_ZEEK)
		return options_fail(error, "-T %s writes connections of the profile zeek, not of %s", format,
				    nf_profile_name(options->engine.profile));
	if (options->columns && !has_log(options))
		return options_fail(error, "--columns has no meaning for -T %s", format);
	return take_zeek_fields(options, format, error);
}

/* Options that only some outputs look at. */
static bool check_zeek_options(const cli_options *options, GError **error)
{
	bool connections = options->engine.profile == NF_PROFILE_ZEEK;

	for (unsigned i = 0; i < options->outputs->len; i++)
		connections = connections || options_output(options, i)->of_zeek;
	if (!has_log(options) && (options->given[OPTION_LOCAL_NETS] || options->given[OPTION_UID_SEED]))
		return options_fail(error, "--%s has a meaning only with -T zeek and -T zeek-json", options->given[OPTION_LOCAL_NETS] ? "local-nets" : "uid-seed");
	return connections || !options->given[OPTION_ZEEK_TIME] ||
	       options_fail(error, "--zeek-time has a meaning only for connections of the profile zeek, as with -T zeek");
}

/* Who captures waits for the rows, and a flow may never end by itself. Limits that rows are given are not for connections beside them. */
static bool set_limits(const cli_options *options, cli_output *output, bool beside_rows, GError **error)
{
	const unsigned char *given = options->given;
	const bool all = !output->of_zeek || !beside_rows, live = options->interfaces->len > 0;
	const bool limits[] = {all && given[OPTION_IDLE], all && given[OPTION_ACTIVE], all && given[OPTION_LINGER]};
	nf_error why;

	output->engine.active_by_clock = live;
	output->engine.huge_pages = !live;
	return nf_limits_set(&output->engine, live, limits, &why) == NF_OK || options_fail(error, "--%s", why.text);
}

static void set_decode(const cli_options *options, cli_output *output)
{
	const unsigned char *given = options->given;

	nf_zeek_set_decode(&output->engine, output->format, given[OPTION_TUNNELS] || given[OPTION_DECAP], given[OPTION_CHECKSUMS]);
}

static void set_columns(const cli_options *options, cli_output *output, nf_zone zone)
{
	char *const *texts = options->texts;

	output->columns = (nf_columns_options){.profile = output->engine.profile};
	if (output->of_zeek)
		return;
	output->columns = (nf_columns_options){
		.labelled = options->labels != NULL,
		.profile = output->engine.profile,
		.list = options->columns,
		.dialect = texts[OPTION_COLUMNS_AS],
		.time_form = texts[OPTION_TIME_FORMAT],
		.zone = zone,
	};
}

static bool settle(const cli_options *options, cli_output *output, nf_zone zone, GError **error)
{
	output->engine = options->engine;
	if (output->of_zeek)
		output->engine.profile = NF_PROFILE_ZEEK;
	else if (options->texts[OPTION_COLUMNS_AS] && !options->given[OPTION_PROFILE])
		output->engine.profile = NF_PROFILE_CICFLOWMETER; /* what a data set's columns are made of */
	set_decode(options, output);
	set_columns(options, output, zone);
	return set_limits(options, output, has_rows(options), error);
}

/* What -T and -w leave open. */
static bool complete(cli_options *options, GError **error)
{
	if (!add_summary_json(options, error) || (!last(options) && !add(options, error)))
		return false;
	for (unsigned i = 0; i < options->outputs->len; i++) {
		cli_output *output = g_ptr_array_index(options->outputs, i);
		if (!output->name)
			output->name = g_strdup("-");
		if (!output->format)
			output->format = nf_sink_format_name(0);
		output->of_zeek = nf_zeek_is_format(output->format);
	}
	return true;
}

bool outputs_settle(cli_options *options, GError **error)
{
	const char *zone = options->texts[OPTION_TIMEZONE], *header = options->texts[OPTION_HEADER];
	nf_zone found = {0};
	nf_error why;

	if (!complete(options, error) || !check_zeek_options(options, error))
		return false;
	if (!has_rows(options) && !check_without_rows(options, options_output(options, 0)->format, error))
		return false;
	if (header && strcmp(header, "names") != 0 && strcmp(header, "none") != 0)
		return options_fail(error, "--header takes names or none, not '%s'", header);
	options->no_header = header && strcmp(header, "none") == 0;
	if (zone && nf_zone_find(zone, &found, &why) != NF_OK)
		return options_fail(error, "--timezone %s", why.text);
	for (unsigned i = 0; i < options->outputs->len; i++)
		if (!settle(options, g_ptr_array_index(options->outputs, i), found, error))
			return false;
	return true;
}
