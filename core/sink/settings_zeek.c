/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/settings.h>

#include <glib.h>

#include <string.h>

/* Captured bytes of a payload that a service may be known by. */
enum { PAYLOAD = 2048 };

bool nf_zeek_is_format(const char *format)
{
	return strcmp(format, "zeek") == 0 || strcmp(format, "zeek-json") == 0;
}

void nf_zeek_set_decode(nf_options *options, bool tunnels_given, bool checksums_given)
{
	nf_decode_options *decode = &options->decode;

	if (options->profile != NF_PROFILE_ZEEK)
		return;
	decode->ipv6 = decode->icmp = decode->sctp = decode->all = decode->icmp_without_identifier = decode->details = decode->defrag = true;
	decode->payload_most = PAYLOAD;
	if (!tunnels_given)
		decode->tunnels = NF_TUNNELS_BOTH;
	if (!checksums_given || decode->checksums == NF_CHECKSUMS_VERIFY)
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
