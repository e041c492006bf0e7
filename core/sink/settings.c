/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/settings.h>

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { NS_DIGITS = 9, LIST_MAX = 768 };

enum kind { SECONDS, COUNT, SIZE, FLAG, TUNNELS, CHECKSUMS };

static const struct {
	nf_setting setting;
	enum kind kind;
	size_t offset;
} settings[] = {
	{{"idle-timeout", "idle", "S"}, SECONDS, offsetof(nf_options, idle_timeout_ns)},
	{{"active-timeout", "active", "S"}, SECONDS, offsetof(nf_options, active_timeout_ns)},
	{{"close-linger", "linger", "S"}, SECONDS, offsetof(nf_options, close_linger_ns)},
	{{"max-flows", "flows", "N"}, COUNT, offsetof(nf_options, max_flows)},
	{{"max-memory", "memory", "SIZE"}, SIZE, offsetof(nf_options, max_memory)},
	{{"sequence", "sequence", "N"}, COUNT, offsetof(nf_options, sequence_most)},
	{{"community-id-seed", "seed", "N"}, COUNT, offsetof(nf_options, community_seed)},
	{{"ipv6", "ipv6", "1"}, FLAG, offsetof(nf_options, decode.ipv6)},
	{{"icmp", "icmp", "1"}, FLAG, offsetof(nf_options, decode.icmp)},
	{{"sctp", "sctp", "1"}, FLAG, offsetof(nf_options, decode.sctp)},
	{{"all", "all", "1"}, FLAG, offsetof(nf_options, decode.all)},
	{{"defrag", "defrag", "1"}, FLAG, offsetof(nf_options, decode.defrag)},
	{{"tunnels", "decap", "WHICH"}, TUNNELS, offsetof(nf_options, decode.tunnels)},
	{{"checksums", "checksums", "WHAT"}, CHECKSUMS, offsetof(nf_options, decode.checksums)},
#define NF_ZEEK_TIME(name, seconds, text) {{#name, #name, "S"}, SECONDS, offsetof(nf_options, zeek.name##_ns)},
#include <netflower/zeek.def>
#undef NF_ZEEK_TIME
};
enum { SETTINGS = sizeof settings / sizeof *settings };

/* isdigit() and the like ask the locale. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Appends a decimal digit to a number; false where that leaves int64. */
static bool push_digit(int64_t *n, char digit)
{
	return !__builtin_mul_overflow(*n, 10, n) && !__builtin_add_overflow(*n, digit - '0', n);
}

nf_status nf_seconds_parse(const char *text, int64_t *ns, nf_error *error)
{
	const char *c = text;
	int64_t value = 0;
	bool fits = true, digits = is_digit(*c);
	int decimals = 0;

	for (; is_digit(*c); c++)
		fits = fits && push_digit(&value, *c);
	if (*c == '.')
		for (c++; is_digit(*c); c++) {
			digits = true;
			if (decimals < NS_DIGITS) {
				fits = fits && push_digit(&value, *c);
				decimals++;
			} else {
				fits = fits && *c == '0';
			}
		}
	for (; decimals < NS_DIGITS; decimals++)
		fits = fits && push_digit(&value, '0');
	if (*c || !digits || !fits)
		return nf_fail(error, NF_ARGUMENT, "takes seconds from 0 to 9223372036 with at most nine decimals, as in 120 or 0.5, not '%s'", text);
	*ns = value;
	return NF_OK;
}

nf_status nf_count_parse(const char *text, uint64_t least, uint64_t *n, nf_error *error)
{
	const char *c = text;
	uint64_t value = 0;
	bool fits = true;

	for (; is_digit(*c); c++)
		fits = fits && !__builtin_mul_overflow(value, 10, &value) && !__builtin_add_overflow(value, (uint64_t)(*c - '0'), &value);
	if (*c || c == text || !fits || value < least)
		return nf_fail(error, NF_ARGUMENT, "takes a whole number from %" PRIu64 " to %" PRIu64 ", not '%s'", least, UINT64_MAX, text);
	*n = value;
	return NF_OK;
}

/* K, M and G are 10, 20 and 30 bits. */
static unsigned bits_of(char unit)
{
	static const char units[] = "KMG";
	const char *at = unit ? strchr(units, unit) : NULL;

	return at ? 10 * (unsigned)(at - units + 1) : 0;
}

nf_status nf_size_parse(const char *text, uint64_t least, uint64_t *bytes, nf_error *error)
{
	const char *c = text;
	uint64_t value = 0;
	bool fits = is_digit(*c);

	for (; is_digit(*c); c++)
		fits = fits && !__builtin_mul_overflow(value, 10, &value) && !__builtin_add_overflow(value, (uint64_t)(*c - '0'), &value);
	const unsigned bits = bits_of(*c);
	if (bits)
		c++;
	fits = fits && !__builtin_mul_overflow(value, UINT64_C(1) << bits, &value) && (value == 0 || value >= least);
	if (*c || !fits)
		return nf_fail(error, NF_ARGUMENT,
			       "takes a number of bytes, or of 1024, 1024^2 or 1024^3 of them with K, M or G behind it, at least %" PRIu64
			       " bytes, or 0 for no limit, not '%s'", least, text);
	*bytes = value;
	return NF_OK;
}

nf_status nf_columns_parse_for(nf_columns **columns, const nf_columns_options *options, char separator, nf_error *error)
{
	nf_columns_options with_commas = *options;

	*columns = NULL;
	if (!options->list)
		return nf_columns_new_for(columns, options, error);
	if (!options->list[strspn(options->list, " ")])
		return nf_fail(error, NF_ARGUMENT, "the list of columns is empty");
	char *commas = strdup(options->list);
	if (!commas)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	for (char *c = commas; *c; c++)
		if (*c == separator)
			*c = ',';
	with_commas.list = commas;
	nf_status status = nf_columns_new_for(columns, &with_commas, error);
	free(commas);
	return status;
}

nf_status nf_columns_parse(nf_columns **columns, const char *list, char separator, nf_error *error)
{
	return nf_columns_parse_for(columns, &(nf_columns_options){.list = list}, separator, error);
}

nf_status nf_limits_set(nf_options *options, bool live, const bool given[3], nf_error *error)
{
	const nf_limits limits = nf_profile_limits(options->profile, live);
	const int64_t own[] = {limits.idle_ns, limits.active_ns, limits.linger_ns};
	int64_t *const set[] = {&options->idle_timeout_ns, &options->active_timeout_ns, &options->close_linger_ns};

	for (int i = 0; i < 3; i++) {
		if (given[i] && own[i] == NF_NO_SUCH_LIMIT)
			return nf_fail(error, NF_ARGUMENT, "%s has no meaning for the flows of the profile %s", settings[i].setting.name,
				       nf_profile_name(options->profile));
		if (!given[i])
			*set[i] = own[i] == NF_NO_SUCH_LIMIT ? 0 : own[i];
	}
	return NF_OK;
}

const nf_setting *nf_setting_at(size_t i)
{
	return i < SETTINGS ? &settings[i].setting : NULL;
}

static nf_status unknown_setting(const char *name, nf_error *error)
{
	char list[LIST_MAX] = "";

	for (size_t i = 0; i < SETTINGS; i++) {
		if (i)
			strncat(list, ", ", sizeof list - strlen(list) - 1);
		strncat(list, settings[i].setting.name, sizeof list - strlen(list) - 1);
	}
	return nf_fail(error, NF_ARGUMENT, "no setting is called '%s'; there are: %s", name, list);
}

/* Settings whose values are words. decap=1 is tunnels=inner. */
static nf_status set_word(void *field, enum kind kind, const char *name, const char *value, nf_error *error)
{
	static const char *const flags[] = {"0", "1"}, *const tunnels[] = {"outer", "inner", "both"}, *const checksums[] = {"ignore", "verify"};
	const char *const *words = kind == FLAG ? flags : kind == TUNNELS ? tunnels : checksums;
	const size_t n = kind == TUNNELS ? 3 : 2;
	size_t i = 0;

	while (i < n && strcmp(value, words[i]) != 0)
		i++;
	if (i == n && kind == TUNNELS && (strcmp(value, "0") == 0 || strcmp(value, "1") == 0))
		i = value[0] == '1' ? NF_TUNNELS_INNER : NF_TUNNELS_OUTER;
	if (i == n)
		return nf_fail(error, NF_ARGUMENT, "%s takes %s or %s, not '%s'", name, n == 3 ? "outer, inner" : words[0], words[n - 1], value);
	if (kind == FLAG)
		*(bool *)field = i;
	else if (kind == TUNNELS)
		*(nf_tunnels *)field = (nf_tunnels)i;
	else
		*(nf_checksums *)field = (nf_checksums)i;
	return NF_OK;
}

nf_status nf_setting_set(nf_options *options, const char *name, const char *value, nf_error *error)
{
	nf_error why;
	nf_status status;
	size_t i = 0;

	while (i < SETTINGS && strcmp(name, settings[i].setting.name) != 0 && strcmp(name, settings[i].setting.alias) != 0)
		i++;
	if (i == SETTINGS)
		return unknown_setting(name, error);
	void *field = (char *)options + settings[i].offset;
	if (settings[i].kind >= FLAG)
		return set_word(field, settings[i].kind, name, value, error);
	if (settings[i].kind == SECONDS)
		status = nf_seconds_parse(value, field, &why);
	else if (settings[i].kind == SIZE)
		status = nf_size_parse(value, NF_MEMORY_LEAST, field, &why);
	else
		status = nf_count_parse(value, 0, field, &why);
	return status == NF_OK ? NF_OK : nf_fail(error, status, "%s %s", name, why.text);
}
