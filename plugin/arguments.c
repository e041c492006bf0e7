/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arguments.h"

#include <netflower/settings.h>
#include <netflower/sink.h>

#include <glib.h>

#include <stdio.h>
#include <string.h>

#define NAME "netflower,"

typedef nf_status (*taker)(arguments *args, const char *value, nf_error *error);

static nf_status take_profile(arguments *args, const char *value, nf_error *error)
{
	nf_error why;

	return nf_profile_find(value, &args->engine.profile, &why) == NF_OK ? NF_OK : nf_fail(error, NF_ARGUMENT, "profile: %s", why.text);
}

static nf_status take_columns(arguments *args, const char *value, nf_error *error)
{
	(void)error;
	args->columns_options.list = value;
	return NF_OK;
}

static nf_status take_columns_as(arguments *args, const char *value, nf_error *error)
{
	(void)error;
	args->columns_options.dialect = value;
	return NF_OK;
}

static nf_status take_time_format(arguments *args, const char *value, nf_error *error)
{
	(void)error;
	args->columns_options.time_form = value;
	return NF_OK;
}

static nf_status take_timezone(arguments *args, const char *value, nf_error *error)
{
	nf_error why;

	args->has_zone = true;
	return nf_zone_find(value, &args->columns_options.zone, &why) == NF_OK ? NF_OK
									       : nf_fail(error, NF_ARGUMENT, "timezone %s", why.text);
}

static nf_status take_header(arguments *args, const char *value, nf_error *error)
{
	args->no_header = strcmp(value, "none") == 0;
	if (args->no_header || strcmp(value, "names") == 0)
		return NF_OK;
	return nf_fail(error, NF_ARGUMENT, "header takes names or none, not '%s'", value);
}

static nf_status take_format(arguments *args, const char *value, nf_error *error)
{
	GString *list = g_string_new(NULL);
	const char *name;

	for (size_t i = 0; (name = nf_sink_format_name(i)) != NULL && strcmp(name, value) != 0; i++)
		g_string_append_printf(list, "%s%s", i ? " or " : "", name);
	args->format = name;
	nf_status status = name ? NF_OK : nf_fail(error, NF_ARGUMENT, "format takes %s, not '%s'", list->str, value);
	g_string_free(list, TRUE);
	return status;
}

/* Commas part the keys here. */
static nf_status take_local_nets(arguments *args, const char *value, nf_error *error)
{
	(void)error;
	args->local_nets = g_strdelimit(g_strdup(value), "+", ',');
	return NF_OK;
}

static nf_status take_uid_seed(arguments *args, const char *value, nf_error *error)
{
	nf_error why;

	args->engine.zeek.fixed_uids = true;
	return nf_count_parse(value, 0, &args->engine.zeek.uid_seed, &why) == NF_OK ? NF_OK : nf_fail(error, NF_ARGUMENT, "uid-seed %s", why.text);
}

static nf_status take_summary(arguments *args, const char *value, nf_error *error)
{
	args->summary = strcmp(value, "yes") == 0;
	if (args->summary || strcmp(value, "no") == 0)
		return NF_OK;
	return nf_fail(error, NF_ARGUMENT, "summary takes yes or no, not '%s'", value);
}

static nf_status take_file(arguments *args, const char *value, nf_error *error)
{
	(void)error;
	args->file = value;
	return NF_OK;
}

static nf_status take_filter(arguments *args, const char *value, nf_error *error)
{
	(void)error;
	args->filter = value;
	return NF_OK;
}

/* The keys beside the engine's settings (nf_setting_at()). */
static const struct {
	const char *name, *argument, *text;
	taker take;
} keys[] = {
	{"profile", "NAME", "what flows and columns are: netflower (default)", take_profile},
	{"columns", "A+B+...", "these columns in this order", take_columns},
	{"columns-as", "DATASET", "the columns of a data set, from a CIC profile", take_columns_as},
	{"header", "WHICH", "the first line: names (default) or none", take_header},
	{"time-format", "FORMAT", "epoch, iso, or as for strftime; no commas", take_time_format},
	{"timezone", "ZONE", "zone of times written as text (default UTC)", take_timezone},
	{"format", "NAME", "another format than that behind netflower", take_format},
	{"local-nets", "A/N+B/N+...", "zeek: networks that are local (private ranges)", take_local_nets},
	{"uid-seed", "N", "zeek: the same uids for the same connections", take_uid_seed},
	{"summary", "yes|no", "summary on standard error (default yes)", take_summary},
	{"file", "FILE", "the same as FILE", take_file},
	{"filter", "FILTER", "the same as FILTER; the last key", take_filter},
};
enum { KEYS = G_N_ELEMENTS(keys), FILE_KEY = KEYS - 2, FILTER_KEY = KEYS - 1 };

/* What the engine's settings do. */
static const struct {
	const char *name, *text;
} setting_texts[] = {
	{"idle-timeout", "a gap of more than S seconds ends a flow (default 120)"},
	{"active-timeout", "cut flows longer than S seconds (default 0: do not)"},
	{"close-linger", "packets so long after a close start no flow (default 1)"},
	{"max-flows", "at most N flows in memory (default 0: no limit)"},
	{"max-memory", "at most SIZE bytes for flows, as 512M (default 0: no limit)"},
};

static const char *setting_text(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(setting_texts); i++)
		if (strcmp(setting_texts[i].name, name) == 0)
			return setting_texts[i].text;
	return "as nf-cli's option of that name";
}

void arguments_print_help(void)
{
	printf("usage: tshark -q -r CAPTURE -z netflower,FORMAT[,KEY=VALUE]...[,FILE[,FILTER]]\n\n"
	       "Writes a row of numbers for each flow, a conn.log as Zeek does, or what is in the capture: the same bytes as nf-cli -T FORMAT.\n\n");
	for (size_t i = 0; nf_sink_format_name(i); i++)
		printf("  %-26s  %s\n", nf_sink_format_name(i), nf_sink_format_text(i));
	printf("\n  %-26s  %s\n  %-26s  %s\n\n", "FILE", "output; - or none is standard output; NAME.gz, NAME.zst are compressed", "FILTER",
	       "display filter: only these frames; may hold commas");
	for (size_t i = 0; i < KEYS; i++) {
		char *key = g_strdup_printf("%s=%s", keys[i].name, keys[i].argument);
		printf("  %-26s  %s\n", key, keys[i].text);
		g_free(key);
	}
	const nf_setting *setting;
	for (size_t i = 0; (setting = nf_setting_at(i)) != NULL; i++) {
		if (nf_zeek_is_time(setting->name))
			continue;
		char *key = g_strdup_printf("%s=%s, %s=", setting->name, setting->argument, setting->alias);
		printf("  %-26s  %s\n", key, setting_text(setting->name));
		g_free(key);
	}
	const char *name, *text;
	unsigned seconds;
	printf("\nTimes of the profile zeek, in seconds:\n");
	for (size_t i = 0; nf_zeek_time_at(i, &name, &seconds, &text); i++)
		printf("  %s=%u  %s\n", name, seconds, text);
	printf("\nThe first part without a key is FILE, and all behind it is FILTER. A FILE with '=' in its name is given as file=NAME.\n"
	       "Example: tshark -q -r in.pcap -z netflower,csv,idle=60,columns=src_ip+dst_ip,out.csv,tcp.port==443\n");
}

static nf_status unknown_key(const char *name, nf_error *error)
{
	GString *list = g_string_new(NULL);
	const nf_setting *setting;

	for (size_t i = 0; i < KEYS; i++)
		g_string_append_printf(list, "%s, ", keys[i].name);
	for (size_t i = 0; (setting = nf_setting_at(i)) != NULL; i++)
		if (!nf_zeek_is_time(setting->name))
			g_string_append_printf(list, "%s%s", i ? ", " : "", setting->name);
	nf_status status =
		nf_fail(error, NF_ARGUMENT,
			"there is no key '%s'; there are: %s. So are Zeek's times (netflower,help). A file name or filter with '=' in it is given as file=... or filter=...",
			name, list->str);
	g_string_free(list, TRUE);
	return status;
}

static const nf_setting *find_setting(const char *name, size_t *at)
{
	const nf_setting *setting;

	for (*at = 0; (setting = nf_setting_at(*at)) != NULL; ++*at)
		if (strcmp(setting->name, name) == 0 || strcmp(setting->alias, name) == 0)
			break;
	return setting;
}

static nf_status take(arguments *args, const char *name, const char *value, nf_error *error)
{
	size_t bit = 0;

	while (bit < KEYS && strcmp(keys[bit].name, name) != 0)
		bit++;
	const bool is_key = bit < KEYS;
	if (!is_key) {
		size_t at;
		if (!find_setting(name, &at))
			return unknown_key(name, error);
		bit = KEYS + at;
	}
	if (args->given & UINT64_C(1) << bit)
		return nf_fail(error, NF_ARGUMENT, "%s is given twice", name);
	args->given |= UINT64_C(1) << bit;
	if (!*value)
		return nf_fail(error, NF_ARGUMENT, "%s takes a value", name);
	return is_key ? keys[bit].take(args, value, error) : nf_setting_set(&args->engine, name, value, error);
}

/* @param name  of a key, or of a setting */
static bool was_given(const arguments *args, const char *name)
{
	size_t bit = 0, at;

	while (bit < KEYS && strcmp(keys[bit].name, name) != 0)
		bit++;
	if (bit == KEYS && find_setting(name, &at))
		bit += at;
	return args->given & UINT64_C(1) << bit;
}

/* The length of "name" where a text begins with "name="; 0: it does not. A name is what a key, or a field of a filter, looks like. */
static size_t key_length(const char *text)
{
	size_t n = g_ascii_isalpha(*text) ? strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") : 0;

	return text[n] == '=' ? n : 0;
}

/* Cuts the part up to the next comma out. @return what comes behind it; NULL: nothing */
static char *cut_at_comma(char *text)
{
	char *comma = strchr(text, ',');

	if (!comma)
		return NULL;
	*comma = '\0';
	return comma + 1;
}

static nf_status take_positions(arguments *args, char *text, nf_error *error)
{
	char *filter = cut_at_comma(text);

	if (!*text && !filter)
		return NF_OK;
	if (args->given & UINT64_C(1) << FILE_KEY)
		return nf_fail(error, NF_ARGUMENT, "file= is given, and then '%s', which has no key: a filter is given as filter=...",
			       text);
	if (*text)
		args->file = text;
	if (filter && *filter)
		args->filter = filter;
	return NF_OK;
}

static nf_status parse(arguments *args, char *rest, nf_error *error)
{
	while (rest) {
		char *text = rest;
		size_t n = key_length(text);
		if (n == 0)
			return take_positions(args, text, error);
		text[n] = '\0';
		char *value = text + n + 1;
		rest = strcmp(text, keys[FILTER_KEY].name) == 0 ? NULL : cut_at_comma(value);
		nf_status status = take(args, text, value, error);
		if (status != NF_OK)
			return status;
	}
	return NF_OK;
}

/* conn.log has its own fields; these can be added. */
static nf_status take_zeek_fields(arguments *args, nf_error *error)
{
	char **names = g_strsplit(args->columns_options.list ? args->columns_options.list : "", "+", -1);
	bool known = true;

	for (int i = 0; names[i] && known; i++) {
		args->zeek_vlan = args->zeek_vlan || strcmp(names[i], "vlan") == 0;
		args->zeek_community = args->zeek_community || strcmp(names[i], "community_id") == 0;
		known = !*names[i] || strcmp(names[i], "vlan") == 0 || strcmp(names[i], "community_id") == 0;
	}
	g_strfreev(names);
	args->columns_options.list = NULL;
	return known ? NF_OK : nf_fail(error, NF_ARGUMENT, "columns takes vlan (with inner_vlan) and community_id only, to be added to conn.log");
}

static nf_status make_zeek(arguments *args, nf_error *error)
{
	static const char *const others[] = {"columns-as", "header", "time-format", "timezone"};

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		if (was_given(args, others[i]))
			return nf_fail(error, NF_ARGUMENT, "%s has no meaning for the format %s", others[i], args->format);
	if (!was_given(args, "profile"))
		args->engine.profile = NF_PROFILE_ZEEK;
	return take_zeek_fields(args, error);
}

static nf_status make_columns(arguments *args, nf_error *error)
{
	nf_columns_options *options = &args->columns_options;
	nf_error why;

	if (options->dialect && !was_given(args, "profile"))
		args->engine.profile = NF_PROFILE_CICFLOWMETER;
	static const char *const of_logs[] = {"local-nets", "uid-seed"};
	for (size_t i = 0; i < G_N_ELEMENTS(of_logs); i++)
		if (was_given(args, of_logs[i]) && !nf_zeek_is_log(args->format))
			return nf_fail(error, NF_ARGUMENT, "%s has no meaning for the format %s", of_logs[i], args->format);
	if (was_given(args, "columns") && nf_is_overview(args->format))
		return nf_fail(error, NF_ARGUMENT, "columns has no meaning for the format %s", args->format);
	nf_status made = nf_zeek_is_format(args->format) ? make_zeek(args, error) : NF_OK;
	if (made != NF_OK)
		return made;
	nf_zeek_set_decode(&args->engine, args->format, was_given(args, "tunnels"), was_given(args, "checksums"));
	options->profile = args->engine.profile;
	nf_status status = nf_columns_parse_for(&args->columns, options, '+', &why);
	if (status != NF_OK)
		return nf_fail(error, status, "columns: %s (names are parted by '+'; nf-cli --list-columns tells them all)", why.text);
	if (args->has_zone && !nf_columns_times_are_text(args->columns))
		return nf_fail(error, NF_ARGUMENT, "timezone has no meaning for seconds since the epoch; time-format=iso or another makes times texts");
	return NF_OK;
}

/* The limits are the profile's unless they were given. */
static nf_status set_limits(arguments *args, nf_error *error)
{
	const bool given[] = {was_given(args, "idle-timeout"), was_given(args, "active-timeout"), was_given(args, "close-linger")};

	return nf_limits_set(&args->engine, false, given, error);
}

/* The format behind the name, and what comes behind it. @return NULL: there is none such */
static const char *find_format(const char *text, const char **rest)
{
	const size_t n = strcspn(text, ",");
	const char *name;

	for (size_t i = 0; (name = nf_sink_format_name(i)) != NULL; i++)
		if (strlen(name) == n && strncmp(name, text, n) == 0)
			break;
	*rest = text[n] ? text + n + 1 : "";
	return name;
}

static nf_status unknown_statistic(const char *text, nf_error *error)
{
	GString *list = g_string_new(NULL);

	for (size_t i = 0; nf_sink_format_name(i); i++)
		g_string_append_printf(list, NAME "%s, ", nf_sink_format_name(i));
	nf_status status = nf_fail(error, NF_ARGUMENT, "-z %s: there is no such statistic; there are: %s" NAME "help", text, list->str);
	g_string_free(list, TRUE);
	return status;
}

nf_status arguments_parse(arguments *args, const char *text, nf_error *error)
{
	const char *rest = "", *format = g_str_has_prefix(text, NAME) ? find_format(text + strlen(NAME), &rest) : NULL;
	nf_error why;

	*args = (arguments){.text = g_strdup(text), .format = format, .file = "-", .summary = true};
	nf_options_init(&args->engine);
	if (strcmp(text, "netflower") == 0 || strcmp(text, NAME "help") == 0 || (format && strcmp(rest, "help") == 0)) {
		args->help = true;
		return NF_OK;
	}
	if (!format)
		return unknown_statistic(text, error);
	args->values = g_strdup(rest);
	nf_status status = parse(args, args->values, &why);
	if (status == NF_OK)
		status = make_columns(args, &why);
	if (status == NF_OK)
		status = set_limits(args, &why);
	return status == NF_OK ? NF_OK : nf_fail(error, status, "-z " NAME "%s: %s", format, why.text);
}

void arguments_clear(arguments *args)
{
	nf_columns_free(args->columns);
	g_free(args->local_nets);
	g_free(args->values);
	g_free(args->text);
	*args = (arguments){0};
}
