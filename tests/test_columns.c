/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of columns, selections, and the 82 values of flows that were worked out by hand. */
#include "packets.h"

#include <netflower/sink.h>

static const char *const A = "10.0.0.1:1000", *const B = "10.0.0.2:80";

/* All columns of the next flow, as "name=value", in a table. */
static GHashTable *take_row(nf_engine *engine)
{
	GHashTable *row = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	nf_value values[128];
	nf_columns *columns;
	nf_error error;

	g_assert_cmpint(nf_columns_new(&columns, NULL, &error), ==, NF_OK);
	const nf_flow *flow = nf_engine_take(engine);
	g_assert_nonnull(flow);
	nf_columns_values(columns, flow, values);
	for (size_t i = 0; i < nf_columns_count(columns); i++) {
		char text[NF_VALUE_PRINT_MAX];
		g_assert_cmpuint(nf_value_print(&values[i], text, sizeof text), ==, strlen(text));
		g_hash_table_insert(row, (gpointer)nf_columns_at(columns, i)->name, g_strdup(text));
	}
	nf_columns_free(columns);
	return row;
}

/* @param expected "name value name value ...": every column is either there or has the value @p rest. */
static void expect_row(nf_engine *engine, const char *expected, const char *rest_int, const char *rest_real)
{
	GHashTable *row = take_row(engine);
	char **words = g_strsplit(expected, " ", -1);

	for (size_t id = 0; id < nf_column_count(); id++) {
		const nf_column *column = nf_column_at(id);
		const char *want = column->type == NF_TYPE_REAL ? rest_real : rest_int;
		for (int i = 0; words[i]; i += 2)
			if (strcmp(words[i], column->name) == 0)
				want = words[i + 1];
		const char *got = g_hash_table_lookup(row, column->name);
		if (strcmp(got, want) != 0)
			g_error("%s: expected %s, got %s", column->name, want, got);
	}
	g_strfreev(words);
	g_hash_table_destroy(row);
}

/*
 * A connection of five packets: t = 0 SYN, 1 SYN ACK, 2 ACK, 10 forward data of 60 bytes with PSH, 12 backward RST ACK.
 * Lengths 40 40 40 100 40. Gaps: flow 1 1 8 2; forward (0 2 10) 2 8; backward (1 12) 11.
 */
static void test_tcp_by_hand(void)
{
	nf_engine *e = engine_new(NULL);
	nf_error error;
	nf_packet p[] = {
		tcp(SECONDS(0), A, B, SYN, 0), tcp(SECONDS(1), B, A, SYN | ACK, 0), tcp(SECONDS(2), A, B, ACK, 0),
		tcp(SECONDS(10), A, B, ACK | PSH, 60), tcp(SECONDS(12), B, A, RST | ACK, 0)};

	p[1].window = 2000;
	p[2].window = 3000;
	for (size_t i = 0; i < G_N_ELEMENTS(p); i++)
		feed(e, p[i]);
	g_assert_cmpint(nf_engine_flush(e, &error), ==, NF_OK);
	expect_row(e,
		   "src_ip 10.0.0.1 dst_ip 10.0.0.2 src_port 1000 dst_port 80 protocol 6 timestamp 0.0 flow_duration 12.0 "
		   /* 260 B and 5, 3, 2 packets in 12 s */
		   "flow_byts_s 21.666666666666668 flow_pkts_s 0.4166666666666667 fwd_pkts_s 0.25 bwd_pkts_s 0.16666666666666666 "
		   "tot_fwd_pkts 3 tot_bwd_pkts 2 totlen_fwd_pkts 180 totlen_bwd_pkts 80 "
		   /* forward 40 40 100: mean 60, squares of differences 400 400 1600, / 2 = 1200, root 34.64 */
		   "fwd_pkt_len_max 100 fwd_pkt_len_min 40 fwd_pkt_len_mean 60.0 fwd_pkt_len_std 34.64101615137755 "
		   "bwd_pkt_len_max 40 bwd_pkt_len_min 40 bwd_pkt_len_mean 40.0 bwd_pkt_len_std 0.0 "
		   /* all: mean 52, squares 4 x 144 + 2304 = 2880, / 4 = 720 */
		   "pkt_len_max 100 pkt_len_min 40 pkt_len_mean 52.0 pkt_len_std 26.832815729997478 pkt_len_var 720.0 "
		   "fwd_header_len 60 bwd_header_len 40 fwd_seg_size_min 20 fwd_act_data_pkts 1 "
		   /* gaps: mean 3, squares 4 4 25 1 = 34, / 3 = 11.333, root 3.3665 */
		   "flow_iat_mean 3.0 flow_iat_max 8.0 flow_iat_min 1.0 flow_iat_std 3.366501646120693 "
		   "fwd_iat_tot 10.0 fwd_iat_max 8.0 fwd_iat_min 2.0 fwd_iat_mean 5.0 fwd_iat_std 4.242640687119285 "
		   "bwd_iat_tot 11.0 bwd_iat_max 11.0 bwd_iat_min 11.0 bwd_iat_mean 11.0 "
		   "fwd_psh_flags 1 psh_flag_cnt 1 syn_flag_cnt 2 rst_flag_cnt 1 ack_flag_cnt 4 "
		   "down_up_ratio 0.6666666666666666 pkt_size_avg 52.0 fwd_seg_size_avg 60.0 bwd_seg_size_avg 40.0 "
		   /* gaps above 1 s: 8 and 2, so three subflows */
		   "subflow_fwd_pkts 1 subflow_fwd_byts 60 subflow_bwd_pkts 0 subflow_bwd_byts 26 "
		   "init_fwd_win_byts 1000 init_bwd_win_byts 2000 "
		   /* one gap above 5 s, and the active period 0 to 2 before it */
		   "active_max 2.0 active_min 2.0 active_mean 2.0 idle_max 8.0 idle_min 8.0 idle_mean 8.0",
		   "0", "0.0");
	nf_engine_free(e);
}

/* One packet: nothing to divide by is 0, a side without packets is 0, and there is no window without TCP. */
static void test_one_packet(void)
{
	nf_engine *e = engine_new(NULL);
	nf_error error;

	feed(e, udp(SECONDS(1700000000) + 5000000, A, B, 4));
	g_assert_cmpint(nf_engine_finish(e, &error), ==, NF_OK);
	expect_row(e,
		   "src_ip 10.0.0.1 dst_ip 10.0.0.2 src_port 1000 dst_port 80 protocol 17 timestamp 1700000000.005 tot_fwd_pkts 1 "
		   "totlen_fwd_pkts 32 fwd_pkt_len_max 32 fwd_pkt_len_min 32 fwd_pkt_len_mean 32.0 pkt_len_max 32 pkt_len_min 32 "
		   "pkt_len_mean 32.0 fwd_header_len 8 fwd_seg_size_min 8 fwd_act_data_pkts 1 pkt_size_avg 32.0 fwd_seg_size_avg 32.0 "
		   "subflow_fwd_pkts 1 subflow_fwd_byts 32 init_fwd_win_byts -1 init_bwd_win_byts -1",
		   "0", "0.0");
	nf_engine_free(e);
}

/* The numbers are the same whether a flow had few packets or many, on either side of the change. */
static void test_few_and_many(void)
{
	for (int n = 1; n <= 8; n++) {
		nf_engine *e = engine_new(NULL);
		nf_error error;
		char text[64];

		for (int i = 0; i < n; i++)
			feed(e, udp(SECONDS(i), i % 2 ? B : A, i % 2 ? A : B, (uint32_t)i));
		g_assert_cmpint(nf_engine_finish(e, &error), ==, NF_OK);
		GHashTable *row = take_row(e);
		g_snprintf(text, sizeof text, "%d", (n + 1) / 2);
		g_assert_cmpstr(g_hash_table_lookup(row, "tot_fwd_pkts"), ==, text);
		g_snprintf(text, sizeof text, "%d.0", n - 1);
		g_assert_cmpstr(g_hash_table_lookup(row, "flow_duration"), ==, text);
		g_snprintf(text, sizeof text, "%d", 28 + n - 1);
		g_assert_cmpstr(g_hash_table_lookup(row, "pkt_len_max"), ==, text);
		g_hash_table_destroy(row);
		nf_engine_free(e);
	}
}

static GHashTable *row_of_payloads(const char *plan, double step)
{
	nf_engine *e = engine_new(NULL);
	nf_error error;
	double t = 0;

	for (const char *c = plan; *c; c++, t += step)
		feed(e, g_ascii_isupper(*c) ? udp(SECONDS(t), A, B, *c == 'F' ? 100 : 0) : udp(SECONDS(t), B, A, *c == 'b' ? 10 : 0));
	g_assert_cmpint(nf_engine_finish(e, &error), ==, NF_OK);
	GHashTable *row = take_row(e);
	nf_engine_free(e);
	return row;
}

/* F, N: forward with 100 bytes of payload, with none; b, n: backward with 10, with none. A packet each half second. */
static void test_bulk(void)
{
	/* Five in a row, ended by an empty packet: one bulk of 500 B in 2 s. */
	GHashTable *row = row_of_payloads("FFFFFN", 0.5);
	g_assert_cmpstr(g_hash_table_lookup(row, "fwd_byts_b_avg"), ==, "500.0");
	g_assert_cmpstr(g_hash_table_lookup(row, "fwd_pkts_b_avg"), ==, "5.0");
	g_assert_cmpstr(g_hash_table_lookup(row, "fwd_blk_rate_avg"), ==, "250.0");
	g_assert_cmpstr(g_hash_table_lookup(row, "bwd_byts_b_avg"), ==, "0.0");
	g_hash_table_destroy(row);
	/* Four are no bulk; a run still open at the end is none either. */
	row = row_of_payloads("FFFFNFFFFFF", 0.5);
	g_assert_cmpstr(g_hash_table_lookup(row, "fwd_byts_b_avg"), ==, "0.0");
	g_hash_table_destroy(row);
	/* The other side, with payload or without, ends no run. Forward: 5 from 0 to 4 s; backward 1 only. */
	row = row_of_payloads("FbFnFFnFN", 0.5);
	g_assert_cmpstr(g_hash_table_lookup(row, "fwd_byts_b_avg"), ==, "500.0");
	g_assert_cmpstr(g_hash_table_lookup(row, "fwd_blk_rate_avg"), ==, "142.85714285714286");
	g_hash_table_destroy(row);
	/* Backward: bulks of 5 (2 s) and 7 (3 s): 120 B / 2, 12 packets / 2, 120 B / 5 s. */
	row = row_of_payloads("NbbbbbnbbbbbbbnN", 0.5);
	g_assert_cmpstr(g_hash_table_lookup(row, "bwd_byts_b_avg"), ==, "60.0");
	g_assert_cmpstr(g_hash_table_lookup(row, "bwd_pkts_b_avg"), ==, "6.0");
	g_assert_cmpstr(g_hash_table_lookup(row, "bwd_blk_rate_avg"), ==, "24.0");
	g_hash_table_destroy(row);
}

/* A gap of exactly 1 s makes no subflow, of exactly 5 s no idle period; 1 ns more does. */
static void test_limits_of_gaps(void)
{
	for (int past = 0; past < 2; past++) {
		nf_engine *e = engine_new(NULL);
		nf_error error;
		int64_t t = 0;

		feed(e, udp(t, A, B, 0));
		feed(e, udp(t += SECONDS(1) + past, A, B, 0));
		feed(e, udp(t += SECONDS(5) + past, A, B, 0));
		g_assert_cmpint(nf_engine_finish(e, &error), ==, NF_OK);
		GHashTable *row = take_row(e);
		/* 3 packets in 2 subflows (the 5 s gap is one above 1 s) or in 3 */
		g_assert_cmpstr(g_hash_table_lookup(row, "subflow_fwd_byts"), ==, past ? "28" : "42");
		g_assert_cmpstr(g_hash_table_lookup(row, "idle_max"), ==, past ? "5.000000001" : "0.0");
		g_assert_cmpstr(g_hash_table_lookup(row, "active_max"), ==, past ? "1.000000001" : "0.0");
		g_hash_table_destroy(row);
		nf_engine_free(e);
	}
}

/* An idle gap right after another: the active period between them has length 0 and does not count. */
static void test_empty_active_period(void)
{
	GHashTable *row = row_of_payloads("NNN", 6);

	g_assert_cmpstr(g_hash_table_lookup(row, "active_max"), ==, "0.0");
	g_assert_cmpstr(g_hash_table_lookup(row, "idle_mean"), ==, "6.0");
	g_assert_cmpstr(g_hash_table_lookup(row, "idle_std"), ==, "0.0");
	g_hash_table_destroy(row);
}

static void expect_bad(const char *list, const char *part)
{
	nf_columns *columns;
	nf_error error;

	g_assert_cmpint(nf_columns_new(&columns, list, &error), ==, NF_ARGUMENT);
	g_assert_null(columns);
	if (!strstr(error.text, part))
		g_error("'%s' does not say '%s'", error.text, part);
}

static void test_selection(void)
{
	nf_columns *columns;
	nf_error error;

	g_assert_cmpuint(nf_column_count(), ==, 82);
	g_assert_cmpint(nf_columns_new(&columns, " dst_port , src_ip", &error), ==, NF_OK);
	g_assert_cmpuint(nf_columns_count(columns), ==, 2);
	g_assert_cmpstr(nf_columns_at(columns, 0)->name, ==, "dst_port");
	g_assert_cmpstr(nf_columns_at(columns, 1)->name, ==, "src_ip");
	g_assert_null(nf_columns_at(columns, 2));
	nf_columns_free(columns);
	expect_bad("src_port,,dst_ip", "empty");
	expect_bad("src_port,", "empty");
	expect_bad("src_prt", "'src_port'");
	expect_bad("src_port,src_port", "there already");
	expect_bad("+src_port", "there already");
	expect_bad("src_port,+dst_port", "begin with '+'");
	expect_bad("a_name_that_is_much_longer_than_any_name_of_a_column_could_ever_sensibly_be", "no column");
}

static void expect_print(nf_value value, const char *expected)
{
	char text[NF_VALUE_PRINT_MAX];

	g_assert_cmpuint(nf_value_print(&value, text, sizeof text), ==, strlen(expected));
	g_assert_cmpstr(text, ==, expected);
}

static void expect_ipv6(const char *text)
{
	uint8_t bytes[16];

	g_assert_cmpint(inet_pton(AF_INET6, text, bytes), ==, 1);
	expect_print((nf_value){NF_VALUE_IPV6, {.address = bytes}}, text);
}

/* The forms of RFC 5952, section 4. */
static void test_print_addresses(void)
{
	const uint8_t v4[] = {192, 0, 2, 255};

	expect_print((nf_value){NF_VALUE_IPV4, {.address = v4}}, "192.0.2.255");
	expect_ipv6("::");
	expect_ipv6("::1");
	expect_ipv6("2001:db8::");
	expect_ipv6("2001:db8::1:0:0:1");
	expect_ipv6("2001:db8:0:1:1:1:1:1");
	expect_ipv6("2001:0:0:1::1");
	expect_ipv6("ff02:1234:5678:9abc:def0:1:20:300");
}

static void test_print_text(void)
{
	char text[4];
	nf_value value = {NF_VALUE_TEXT, {.text = "abcdef"}};

	g_assert_cmpuint(nf_value_print(&value, text, sizeof text), ==, 3);
	g_assert_cmpstr(text, ==, "abc");
}

static nf_status collect(void *to, const void *bytes, size_t n, nf_error *error)
{
	(void)error;
	g_string_append_len(to, bytes, (gssize)n);
	return NF_OK;
}

static char *written(const char *format, const char *list, int flows)
{
	GString *text = g_string_new(NULL);
	nf_engine *e = engine_new(NULL);
	nf_columns *columns;
	nf_sink *sink;
	nf_error error;
	const nf_flow *flow;

	for (int i = 0; i < flows; i++) {
		nf_packet p = udp(i, A, B, 0);
		p.key.port[0] = (uint16_t)i;
		feed(e, p);
	}
	g_assert_cmpint(nf_engine_finish(e, &error), ==, NF_OK);
	g_assert_cmpint(nf_columns_new(&columns, list, &error), ==, NF_OK);
	g_assert_cmpint(nf_sink_new(&sink, format, columns, (nf_writer){collect, text}, &error), ==, NF_OK);
	g_assert_cmpint(nf_sink_begin(sink, &error), ==, NF_OK);
	while ((flow = nf_engine_take(e)) != NULL)
		g_assert_cmpint(nf_sink_flow(sink, flow, &error), ==, NF_OK);
	g_assert_cmpint(nf_sink_end(sink, &error), ==, NF_OK);
	g_assert_cmpuint(nf_sink_rows(sink), ==, (guint64)flows);
	nf_sink_free(sink);
	nf_columns_free(columns);
	nf_engine_free(e);
	return g_string_free(text, FALSE);
}

static void test_sink_formats(void)
{
	char *csv = written("csv", "src_port,flow_duration,dst_ip", 2), *tsv = written("tsv", "src_port,protocol", 0);
	nf_columns *columns;
	nf_sink *sink;
	nf_error error;

	g_assert_cmpstr(csv, ==, "src_port,flow_duration,dst_ip\n0,0.0,10.0.0.2\n1,0.0,10.0.0.2\n");
	g_assert_cmpstr(tsv, ==, "src_port\tprotocol\n");
	g_free(csv);
	g_free(tsv);
	g_assert_cmpint(nf_columns_new(&columns, NULL, &error), ==, NF_OK);
	g_assert_cmpint(nf_sink_new(&sink, "xml", columns, (nf_writer){collect, NULL}, &error), ==, NF_ARGUMENT);
	g_assert_true(g_str_has_prefix(error.text, "no output format is called 'xml'; there are: csv, tsv, ndjson"));
	g_assert_cmpint(nf_sink_new(&sink, "zeek", columns, (nf_writer){collect, NULL}, &error), ==, NF_ARGUMENT);
	g_assert_cmpstr(error.text, ==, "the format zeek writes connections of the profile zeek, not flows of netflower");
	nf_columns_free(columns);
}

/* More rows than the buffer holds: none is lost or torn. */
static void test_sink_many_rows(void)
{
	char *csv = written("csv", NULL, 20000);
	char **lines = g_strsplit(csv, "\n", -1);

	g_assert_cmpuint(g_strv_length(lines), ==, 20002);
	for (int i = 0; i < 20001; i++) {
		char **fields = g_strsplit(lines[i], ",", -1);
		g_assert_cmpuint(g_strv_length(fields), ==, 82);
		if (i > 0)
			g_assert_cmpint(atoi(fields[2]), ==, i - 1);
		g_strfreev(fields);
	}
	g_strfreev(lines);
	g_free(csv);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/columns/values/tcp-by-hand", test_tcp_by_hand);
	g_test_add_func("/columns/values/one-packet", test_one_packet);
	g_test_add_func("/columns/values/few-and-many", test_few_and_many);
	g_test_add_func("/columns/values/bulk", test_bulk);
	g_test_add_func("/columns/values/limits-of-gaps", test_limits_of_gaps);
	g_test_add_func("/columns/values/empty-active-period", test_empty_active_period);
	g_test_add_func("/columns/new/selection", test_selection);
	g_test_add_func("/columns/print/addresses", test_print_addresses);
	g_test_add_func("/columns/print/text", test_print_text);
	g_test_add_func("/sink/formats/csv-tsv", test_sink_formats);
	g_test_add_func("/sink/rows/many", test_sink_many_rows);
	return g_test_run();
}
