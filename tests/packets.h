/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file packets.h
 * Packets for tests of the engine, in one line each, and the rows that come out.
 */
#ifndef NF_TESTS_PACKETS_H
#define NF_TESTS_PACKETS_H

#include <netflower/columns.h>
#include <netflower/engine.h>

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

#define SECONDS(x) ((int64_t)((x) * INT64_C(1000000000)))

enum { FIN = NF_TCP_FIN, SYN = NF_TCP_SYN, RST = NF_TCP_RST, PSH = NF_TCP_PSH, ACK = NF_TCP_ACK, URG = NF_TCP_URG };

/** A TCP packet with a 20 byte TCP header from "address:port" to "address:port". */
static inline nf_packet tcp(int64_t ts_ns, const char *from, const char *to, uint8_t flags, uint32_t payload)
{
	nf_packet p = {.ts_ns = ts_ns, .ip_bytes = 40 + payload, .payload_bytes = payload, .header_bytes = 20, .window = 1000, .tcp_flags = flags};
	const char *ends[2] = {from, to};

	for (int i = 0; i < 2; i++) {
		char **parts = g_strsplit(ends[i], ":", 2);
		g_assert_cmpint(inet_pton(AF_INET, parts[0], p.key.address[i]), ==, 1);
		p.key.port[i] = (uint16_t)atoi(parts[1]);
		g_strfreev(parts);
	}
	p.key.ip_version = 4;
	p.key.protocol = NF_PROTOCOL_TCP;
	return p;
}

/** A UDP packet. */
static inline nf_packet udp(int64_t ts_ns, const char *from, const char *to, uint32_t payload)
{
	nf_packet p = tcp(ts_ns, from, to, 0, payload);

	p.key.protocol = NF_PROTOCOL_UDP;
	p.ip_bytes = 28 + payload;
	p.header_bytes = 8;
	p.window = 0;
	return p;
}

static inline nf_engine *engine_new(const nf_options *options)
{
	nf_engine *engine;
	nf_error error;

	g_assert_cmpint(nf_engine_new(&engine, options, &error), ==, NF_OK);
	return engine;
}

static inline void feed(nf_engine *engine, nf_packet packet)
{
	nf_error error;

	packet.number = nf_engine_stats(engine)->frames + 1;
	g_assert_cmpint(nf_engine_packets(engine, &packet, 1, &error), ==, NF_OK);
}

/** The rows that can be taken now, each as "SRC>DST fwd/bwd first+duration reason", a line each. To be freed. */
static inline char *rows(nf_engine *engine)
{
	GString *text = g_string_new(NULL);
	nf_columns *columns;
	const nf_flow *flow;
	nf_error error;

	g_assert_cmpint(nf_columns_new(&columns, "src_ip,src_port,dst_ip,dst_port,tot_fwd_pkts,tot_bwd_pkts,timestamp,flow_duration", &error), ==, NF_OK);
	while ((flow = nf_engine_take(engine)) != NULL) {
		nf_value values[8];
		char v[8][NF_VALUE_PRINT_MAX];

		nf_columns_values(columns, flow, values);
		for (int i = 0; i < 8; i++)
			nf_value_print(&values[i], v[i], sizeof v[i]);
		g_string_append_printf(text, "%s:%s>%s:%s %s/%s %s+%s %s\n", v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7],
				       nf_end_reason_name(nf_flow_end_reason(flow)));
	}
	nf_columns_free(columns);
	return g_string_free(text, FALSE);
}

/** Ends what is open and compares all rows that were not taken yet. */
static inline void expect_rows(nf_engine *engine, const char *expected)
{
	nf_error error;

	g_assert_cmpint(nf_engine_finish(engine, &error), ==, NF_OK);
	char *got = rows(engine);
	g_assert_cmpstr(got, ==, expected);
	g_free(got);
}

#endif
