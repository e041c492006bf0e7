/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/settings.h>

#include "flow/nearest.h"

#include <glib.h>

#include <string.h>

/* Captured bytes of a payload that a service may be known by. */
enum { PAYLOAD = 2048 };

static const struct {
	const char *name;
	unsigned seconds;
	const char *text;
} times[] = {
#define NF_ZEEK_TIME(name, seconds, text) {#name, seconds, text},
#include <netflower/zeek.def>
#undef NF_ZEEK_TIME
};
enum { TIMES = sizeof times / sizeof *times };

bool nf_zeek_time_at(size_t i, const char **name, unsigned *seconds, const char **text)
{
	if (i >= TIMES)
		return false;
	*name = times[i].name;
	*seconds = times[i].seconds;
	*text = times[i].text;
	return true;
}

bool nf_zeek_is_time(const char *name)
{
	for (size_t i = 0; i < TIMES; i++)
		if (strcmp(times[i].name, name) == 0)
			return true;
	return false;
}

static const char *time_name(const void *table, size_t i)
{
	(void)table;
	return i < TIMES ? times[i].name : NULL;
}

nf_status nf_zeek_time_set(nf_options *options, const char *text, nf_error *error)
{
	const char *equals = strchr(text, '=');
	size_t at;

	if (!equals)
		return nf_fail(error, NF_ARGUMENT, "takes NAME=SECONDS, as in tcp_inactivity_timeout=600, not '%s'", text);
	char *name = g_strndup(text, (size_t)(equals - text));
	nf_status status = nf_find_name("time of the profile zeek", name, time_name, NULL, TIMES, &at, error);
	if (status == NF_OK)
		status = nf_setting_set(options, name, equals + 1, error);
	g_free(name);
	return status;
}

bool nf_zeek_is_log(const char *format)
{
	return strcmp(format, "zeek") == 0 || strcmp(format, "zeek-json") == 0;
}

bool nf_is_overview(const char *format)
{
	return strcmp(format, "summary") == 0 || strcmp(format, "summary-json") == 0;
}

bool nf_zeek_is_format(const char *format)
{
	return nf_zeek_is_log(format) || nf_is_overview(format);
}

/* What is in a capture does not depend on who computed its checksums, and is told of every tunnel; Zeek's bytes and connections do. */
void nf_zeek_set_decode(nf_options *options, const char *format, bool tunnels_given, bool checksums_given)
{
	nf_decode_options *decode = &options->decode;
	const bool overview = nf_is_overview(format);

	if (options->profile != NF_PROFILE_ZEEK)
		return;
	decode->ipv6 = decode->icmp = decode->sctp = decode->all = decode->icmp_without_identifier = decode->details = decode->defrag = true;
	decode->payload_most = PAYLOAD;
	if (!tunnels_given) {
		decode->tunnels = NF_TUNNELS_BOTH;
		decode->tunnels_of_zeek = !overview;
	}
	if ((!checksums_given && !overview) || decode->checksums == NF_CHECKSUMS_VERIFY)
		decode->checksums = NF_CHECKSUMS_MARK;
}

static void put_now(char out[NF_ZEEK_TIME_BYTES])
{
	GDateTime *now = g_date_time_new_now_local();
	char *text = g_date_time_format(now, "%Y-%m-%d-%H-%M-%S");

	g_strlcpy(out, text, NF_ZEEK_TIME_BYTES);
	g_free(text);
	g_date_time_unref(now);
}

nf_status nf_zeek_log_open(nf_zeek_log *log, const char *local_nets, nf_error *error)
{
	nf_error why;
	nf_status status = nf_zeek_nets_new(&log->nets, local_nets, &why);

	log->options = (nf_zeek_log_options){.nets = log->nets, .opened = log->opened, .closed = log->closed};
	nf_zeek_log_now(log);
	return status == NF_OK ? NF_OK : nf_fail(error, status, "local-nets: %s", why.text);
}

void nf_zeek_log_now(nf_zeek_log *log)
{
	put_now(log->opened);
	put_now(log->closed);
}

void nf_zeek_log_close(nf_zeek_log *log)
{
	nf_zeek_nets_free(log->nets);
}
