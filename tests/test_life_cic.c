/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Life and numbers of flows in the profiles netflower-1.0.1, cicflowmeter and cicflowmeter-fixed. Every row was worked out by hand from their rules. */
#include "packets.h"

#include "flow/seen.h"

static const char *const A = "10.0.0.1:1000", *const B = "10.0.0.2:80";

static nf_engine *engine_for(nf_profile profile, uint64_t max_flows)
{
	const nf_limits limits = nf_profile_limits(profile, false);
	nf_options options;

	nf_options_init(&options);
	options.profile = profile;
	options.max_flows = max_flows;
	options.active_timeout_ns = limits.active_ns;
	options.close_linger_ns = limits.linger_ns < 0 ? 0 : limits.linger_ns;
	return engine_new(&options);
}

/* Compares, unless nothing is expected, the rows that there are in these columns, values parted by spaces, a line each; of all flows where the engine is finished first. */
static void expect(nf_engine *engine, nf_profile profile, const char *list, bool finish, const char *expected)
{
	const nf_columns_options options = {.profile = profile, .list = list, .time_form = "epoch"};
	GString *text = g_string_new(NULL);
	nf_columns *columns;
	const nf_flow *flow;
	nf_error error;

	g_assert_cmpint(nf_columns_new_for(&columns, &options, &error), ==, NF_OK);
	if (finish)
		g_assert_cmpint(nf_engine_finish(engine, &error), ==, NF_OK);
	const size_t n = nf_columns_count(columns);
	nf_value *values = g_new(nf_value, n);
	while ((flow = nf_engine_take(engine)) != NULL) {
		nf_columns_values(columns, flow, values);
		for (size_t i = 0; i < n; i++) {
			char cell[NF_VALUE_PRINT_MAX];
			nf_columns_print(columns, &values[i], cell, sizeof cell);
			g_string_append_printf(text, "%s%c", cell, i + 1 < n ? ' ' : '\n');
		}
	}
	if (expected)
		g_assert_cmpstr(text->str, ==, expected);
	g_string_free(text, TRUE);
	g_free(values);
	nf_columns_free(columns);
}

static const char *const COUNTS = "Flow ID,Src Port,Timestamp,Flow Duration,Total Fwd Packet,Total Bwd packets";

static void expect_original(nf_engine *engine, const char *expected)
{
	expect(engine, NF_PROFILE_CICFLOWMETER, COUNTS, true, expected);
}

static void expect_fixed(nf_engine *engine, const char *expected)
{
	expect(engine, NF_PROFILE_CICFLOWMETER_FIXED, COUNTS, true, expected);
}

/* ---- netflower-1.0.1 */

/* The first FIN ends the flow, and nothing lingers: the answer begins a flow of its own. */
static void test_1_0_1_first_fin(void)
{
	nf_engine *e = engine_for(NF_PROFILE_NETFLOWER_1_0_1, 0);

	feed(e, tcp(SECONDS(1), A, B, SYN, 0));
	feed(e, tcp(SECONDS(2), A, B, FIN | ACK, 0));
	feed(e, tcp(SECONDS(3), B, A, FIN | ACK, 0));
	feed(e, tcp(SECONDS(4), A, B, ACK, 0));
	expect(e, NF_PROFILE_NETFLOWER_1_0_1, "src_ip,tot_fwd_pkts,tot_bwd_pkts,timestamp", true,
	       "10.0.0.1 2 0 1.0\n10.0.0.2 1 0 3.0\n10.0.0.1 1 0 4.0\n");
	nf_engine_free(e);
}

/* ip_bytes 40 and 46: mean 43, and of the population the variance is 9. */
static void test_1_0_1_numbers(void)
{
	nf_engine *e = engine_for(NF_PROFILE_NETFLOWER_1_0_1, 0);

	feed(e, tcp(SECONDS(1), A, B, SYN, 0));
	feed(e, tcp(SECONDS(2), A, B, ACK, 6));
	feed(e, udp(SECONDS(3), A, B, 0));
	expect(e, NF_PROFILE_NETFLOWER_1_0_1, "protocol,pkt_len_var,fwd_pkt_len_std,fwd_header_len,fwd_seg_size_min,fwd_act_data_pkts", true,
	       "6 9.0 3.0 0 0 1\n17 0.0 0.0 8 8 0\n");
	nf_engine_free(e);
}

/* ---- cicflowmeter */

/* The first FIN of the other side ends a flow, whoever sent one before; what follows is another flow. Flows of one packet are no rows. */
static void test_original_fin(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER, 0);

	feed(e, tcp(SECONDS(1), A, B, SYN, 0));
	feed(e, tcp(SECONDS(2), A, B, FIN | ACK, 0));
	feed(e, tcp(SECONDS(3), A, B, FIN | ACK, 0)); /* dropped */
	feed(e, tcp(SECONDS(4), B, A, FIN | ACK, 0));
	feed(e, tcp(SECONDS(5), A, B, ACK, 0)); /* alone */
	expect_original(e, "10.0.0.1-10.0.0.2-1000-80-6 1000 1.0 3000000 2 1\n");
	const nf_stats *stats = nf_engine_stats(e);
	g_assert_cmpuint(stats->used, ==, 3);
	g_assert_cmpuint(stats->skipped[NF_SKIP_REPEATED_FIN], ==, 1);
	g_assert_cmpuint(stats->skipped[NF_SKIP_SINGLE], ==, 1);
	g_assert_cmpuint(stats->alive, ==, 0);
	nf_engine_free(e);
}

static void test_original_other_side_first(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER, 0);

	feed(e, tcp(SECONDS(1), A, B, SYN, 0));
	feed(e, tcp(SECONDS(2), B, A, FIN | ACK, 0));
	feed(e, tcp(SECONDS(3), B, A, ACK, 0)); /* the next flow has the other side in front */
	feed(e, tcp(SECONDS(4), A, B, RST, 0));
	expect_original(e, "10.0.0.1-10.0.0.2-1000-80-6 1000 1.0 1000000 1 1\n"
			   "10.0.0.2-10.0.0.1-80-1000-6 80 3.0 1000000 1 1\n");
	nf_engine_free(e);
}

/* More than 120 s after its first packet a flow ends, and the packet counts as forward though the other side sent it; exactly then it does not. */
static void test_original_limit(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER, 0);

	feed(e, udp(SECONDS(1), A, B, 1));
	feed(e, udp(SECONDS(121), B, A, 1));
	feed(e, udp(SECONDS(121) + 1000, B, A, 1));
	feed(e, udp(SECONDS(122), B, A, 1));
	expect_original(e, "10.0.0.1-10.0.0.2-1000-80-17 1000 1.0 120000000 1 1\n"
			   "10.0.0.1-10.0.0.2-1000-80-17 1000 121.000001 999999 1 1\n");
	nf_engine_free(e);
}

/* Less than a microsecond does not count. */
static void test_original_microseconds(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER, 0);

	feed(e, udp(SECONDS(1) + 999, A, B, 1));
	feed(e, udp(SECONDS(121) + 999, B, A, 1));
	feed(e, udp(SECONDS(121) + 999, B, A, 1));
	expect_original(e, "10.0.0.1-10.0.0.2-1000-80-17 1000 1.0 120000000 1 2\n");
	nf_engine_free(e);
}

/* Two ports of one host: the address says forward for both. */
static void test_original_one_host(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER, 0);

	feed(e, tcp(SECONDS(1), "10.0.0.1:7", "10.0.0.1:5", SYN, 0));
	feed(e, tcp(SECONDS(2), "10.0.0.1:5", "10.0.0.1:7", SYN | ACK, 0));
	expect_original(e, "10.0.0.1-10.0.0.1-7-5-6 7 1.0 1000000 2 0\n");
	nf_engine_free(e);
}

/* Times that go back make negative gaps, and no flow ends for them. */
static void test_original_backward_time(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER, 0);

	feed(e, udp(SECONDS(300), A, B, 0));
	feed(e, udp(SECONDS(100), A, B, 0));
	feed(e, udp(SECONDS(101), A, B, 0));
	expect(e, NF_PROFILE_CICFLOWMETER, "Flow Duration,Flow IAT Min,Flow IAT Max,Fwd IAT Total,Fwd Packets/s", true,
	       "-199000000 -2.0E8 1000000.0 -1.99E8 0.0\n");
	nf_engine_free(e);
}

/* A flow ends by the clock an hour after its limit; the next packet knows which side was forward. */
static void test_original_by_the_clock(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER, 0);

	feed(e, udp(SECONDS(1), B, A, 0));
	feed(e, udp(SECONDS(2), B, A, 0));
	feed(e, udp(SECONDS(3721), "10.0.0.9:1", B, 0));
	expect(e, NF_PROFILE_CICFLOWMETER, COUNTS, false, "");
	feed(e, udp(SECONDS(3721) + 1, "10.0.0.9:1", B, 0));
	expect(e, NF_PROFILE_CICFLOWMETER, COUNTS, false, "10.0.0.2-10.0.0.1-80-1000-17 80 1.0 1000000 2 0\n");
	feed(e, udp(SECONDS(3722), A, B, 0));
	feed(e, udp(SECONDS(3723), A, B, 0));
	expect_original(e, "10.0.0.9-10.0.0.2-1-80-17 1 3721.0 0 2 0\n"
			   "10.0.0.2-10.0.0.1-80-1000-17 80 3722.0 1000000 1 1\n");
	nf_engine_free(e);
}

/* Times from one end of their range to the other: nothing overflows, which the sanitizers see. */
static void test_wild_times(void)
{
	for (nf_profile profile = NF_PROFILE_CICFLOWMETER; profile <= NF_PROFILE_CICFLOWMETER_FIXED; profile++) {
		nf_engine *e = engine_for(profile, 0);

		for (int i = 0; i < 3000; i++)
			feed(e, tcp(i % 2 ? INT64_MIN : INT64_MAX, i % 3 ? A : B, i % 3 ? B : A, ACK, 5));
		expect(e, profile, NULL, true, NULL);
		g_assert_cmpuint(nf_engine_stats(e)->alive, ==, 0);
		nf_engine_free(e);
	}
}

static void test_original_max_flows(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER, 2);

	feed(e, udp(SECONDS(1), A, B, 0));
	feed(e, udp(SECONDS(2), "10.0.0.3:3", B, 0));
	feed(e, udp(SECONDS(3), A, B, 0));
	feed(e, udp(SECONDS(4), "10.0.0.4:4", B, 0)); /* evicts that of 10.0.0.3, which is no row */
	feed(e, udp(SECONDS(5), "10.0.0.5:5", B, 0)); /* evicts that of A */
	expect_original(e, "10.0.0.1-10.0.0.2-1000-80-17 1000 1.0 2000000 2 0\n");
	g_assert_cmpuint(nf_engine_stats(e)->alive_most, ==, 2);
	g_assert_cmpuint(nf_engine_stats(e)->ended[NF_END_EVICTED], ==, 1);
	g_assert_cmpuint(nf_engine_stats(e)->used, ==, 2);
	nf_engine_free(e);
}

/*
 * Payloads 10 (A), 20 (B), 30 (A) at 1, 2 and 8 s, windows 1000. The first counts twice in Packet Length: 10, 10, 20, 30, mean 17.5, variance
 * (56.25 x 2 + 6.25 + 156.25) / 3. One gap is longer than 1 s and 5 s: 1 subflow, one active period of 1 s, one idle one of 6 s.
 */
static void test_original_numbers(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER, 0);

	feed(e, tcp(SECONDS(1), A, B, PSH | ACK, 10));
	feed(e, tcp(SECONDS(2), B, A, PSH | ACK, 20));
	feed(e, tcp(SECONDS(8), A, B, PSH | URG | ACK, 30));
	expect(e, NF_PROFILE_CICFLOWMETER,
	       "Packet Length Mean,Packet Length Variance,Average Packet Size,Fwd PSH Flags,Bwd PSH Flags,Fwd URG Flags,PSH Flag Count,"
	       "Down/Up Ratio,Subflow Fwd Packets,Subflow Fwd Bytes,Active Mean,Idle Mean,Active Std,Fwd Act Data Pkts,Bwd IAT Mean",
	       true, "17.5 91.66666666666667 23.333333333333332 1 0 0 3 0.0 2 40 1000000.0 6000000.0 0.0 1 0\n");
	nf_engine_free(e);
}

/* Four payload packets of any direction within 1 s of each other are a bulk, the fifth belongs to it: 1+2+3+4+5 bytes in 0.4 s. Three are none. */
static void test_original_bulk(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER, 0);

	for (int i = 0; i < 5; i++)
		feed(e, udp(SECONDS(1) + i * SECONDS(0.1), i % 2 ? B : A, i % 2 ? A : B, (uint32_t)i + 1));
	for (int i = 0; i < 4; i++)
		feed(e, udp(SECONDS(2) + i * SECONDS(1), A, "10.0.0.3:3", 10));
	for (int i = 0; i < 3; i++)
		feed(e, udp(SECONDS(9) + i * SECONDS(1), A, "10.0.0.4:4", 10));
	expect(e, NF_PROFILE_CICFLOWMETER, "Fwd Bytes/Bulk Avg,Bwd Bytes/Bulk Avg,Bwd Packet/Bulk Avg,Bwd Bulk Rate Avg", true,
	       "0 15 5 37\n0 40 4 13\n0 0 0 0\n");
	nf_engine_free(e);
}

/* Nothing to divide by. */
static void test_original_no_duration(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER, 0);

	feed(e, tcp(SECONDS(1), A, B, ACK, 0));
	feed(e, tcp(SECONDS(1), B, A, ACK, 0));
	feed(e, udp(SECONDS(1), A, B, 3));
	feed(e, udp(SECONDS(1), A, B, 3));
	expect(e, NF_PROFILE_CICFLOWMETER, "Flow Bytes/s,Flow Packets/s,Fwd Packets/s,Flow IAT Mean,Fwd IAT Mean,Bwd Packet Length Max", true,
	       "NaN Infinity 0.0 0.0 0 0.0\nInfinity Infinity 0.0 0.0 0.0 0\n");
	nf_engine_free(e);
}

/* ---- cicflowmeter-fixed */

/* FINs of both sides, their ACK, and then a SYN: only that ends the flow. */
static void test_fixed_close(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER_FIXED, 0);

	feed(e, tcp(SECONDS(1), A, B, SYN, 0));
	feed(e, tcp(SECONDS(2), A, B, FIN | ACK, 0));
	feed(e, tcp(SECONDS(3), B, A, FIN | ACK, 0));
	feed(e, tcp(SECONDS(4), A, B, ACK, 0));
	feed(e, tcp(SECONDS(5), A, B, ACK, 0));
	feed(e, tcp(SECONDS(6), A, B, SYN, 0));
	expect_fixed(e, "10.0.0.1-10.0.0.2-1000-80-6 1000 1.0 4000000 4 1\n"
			"10.0.0.1-10.0.0.2-1000-80-6 1000 6.0 0 1 0\n");
	g_assert_cmpuint(nf_engine_stats(e)->ended[NF_END_FIN], ==, 1);
	nf_engine_free(e);
}

/* Without the last ACK it is not closed yet. */
static void test_fixed_not_closed(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER_FIXED, 0);

	feed(e, tcp(SECONDS(1), A, B, SYN, 0));
	feed(e, tcp(SECONDS(2), A, B, FIN | ACK, 0));
	feed(e, tcp(SECONDS(3), B, A, FIN | ACK, 0));
	feed(e, tcp(SECONDS(4), A, B, SYN, 0));
	expect_fixed(e, "10.0.0.1-10.0.0.2-1000-80-6 1000 1.0 3000000 3 1\n");
	nf_engine_free(e);
}

/* A SYN with ACK is an answer: its receiver is forward. The flow that a SYN with ACK begins anew keeps the old Flow ID. */
static void test_fixed_answer(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER_FIXED, 0);

	feed(e, tcp(SECONDS(1), B, A, SYN | ACK, 0));
	feed(e, tcp(SECONDS(2), A, B, RST, 0));
	feed(e, tcp(SECONDS(3), A, B, ACK, 0));
	feed(e, tcp(SECONDS(4), A, B, SYN | ACK, 0));
	expect_fixed(e, "10.0.0.1-10.0.0.2-1000-80-6 1000 1.0 2000000 2 1\n"
			"10.0.0.1-10.0.0.2-1000-80-6 80 4.0 0 0 1\n");
	g_assert_cmpuint(nf_engine_stats(e)->ended[NF_END_RST], ==, 1);
	nf_engine_free(e);
}

/* A TCP flow that is cut goes on with its sides; its time is that of all pieces and of what lies between. Late UDP begins afresh. */
static void test_fixed_limit(void)
{
	static const char *const list = "Src Port,Timestamp,Flow Duration,Total Fwd Packet,Total Bwd packets,Total Connection Flow Time";
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER_FIXED, 0);

	feed(e, tcp(SECONDS(1), A, B, SYN, 0));
	feed(e, tcp(SECONDS(11), A, B, ACK, 0));
	feed(e, udp(SECONDS(11), A, B, 0));
	feed(e, tcp(SECONDS(122), B, A, ACK, 0));
	feed(e, tcp(SECONDS(123), A, B, ACK, 0));
	feed(e, udp(SECONDS(132), B, A, 0));
	expect(e, NF_PROFILE_CICFLOWMETER_FIXED, list, true,
	       "1000 1.0 10000000 2 0 10000000\n1000 11.0 0 1 0 0\n1000 122.0 1000000 1 1 122000000\n80 132.0 0 1 0 0\n");
	nf_engine_free(e);
}

/* The same with the clock far ahead of the next packet. */
static void test_fixed_by_the_clock(void)
{
	static const char *const list = "Flow ID,Src Port,Timestamp,Total Fwd Packet,Total Bwd packets,Total Connection Flow Time";
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER_FIXED, 0);

	feed(e, tcp(SECONDS(1), A, B, SYN, 0));
	feed(e, tcp(SECONDS(2), A, B, ACK, 0));
	feed(e, tcp(SECONDS(5000), B, A, ACK, 0));
	expect(e, NF_PROFILE_CICFLOWMETER_FIXED, list, true,
	       "10.0.0.1-10.0.0.2-1000-80-6 1000 1.0 2 0 1000000\n10.0.0.1-10.0.0.2-1000-80-6 1000 5000.0 0 1 4999000000\n");
	nf_engine_free(e);
}

/* As in the original's test; the first packet counts once, flags of each side count, ratios are not rounded down. */
static void test_fixed_numbers(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER_FIXED, 0);

	feed(e, tcp(SECONDS(1), A, B, PSH | ACK, 10));
	feed(e, tcp(SECONDS(2), B, A, PSH | ACK, 20));
	feed(e, tcp(SECONDS(8), A, B, PSH | URG | ACK, 30));
	expect(e, NF_PROFILE_CICFLOWMETER_FIXED,
	       "Packet Length Mean,Packet Length Variance,Average Packet Size,Fwd PSH Flags,Bwd PSH Flags,Fwd URG Flags,Down/Up Ratio,"
	       "Subflow Fwd Packets,Fwd Act Data Pkts,Bwd Act Data Pkts,Fwd Seg Size Min,Bwd Seg Size Min,ICMP Code,Label",
	       true, "20.0 100.0 20.0 2 1 1 0.5 2.0 2 1 20 0 -1 NeedManualLabel\n");
	nf_engine_free(e);
}

/* A packet with payload of the other side ends a run of four. */
static void test_fixed_bulk(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER_FIXED, 0);

	for (int i = 0; i < 5; i++)
		feed(e, udp(SECONDS(1) + i * SECONDS(0.1), A, B, 10));
	for (int i = 0; i < 7; i++)
		feed(e, udp(SECONDS(2) + i * SECONDS(0.1), i == 3 ? A : B, i == 3 ? B : A, 10));
	expect(e, NF_PROFILE_CICFLOWMETER_FIXED, "Fwd Bytes/Bulk Avg,Fwd Packet/Bulk Avg,Fwd Bulk Rate Avg,Bwd Bytes/Bulk Avg", true, "50.0 5.0 125.0 0.0\n");
	nf_engine_free(e);
}

static void test_fixed_no_duration(void)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER_FIXED, 0);

	feed(e, udp(SECONDS(1), A, B, 3));
	expect(e, NF_PROFILE_CICFLOWMETER_FIXED, "Flow Bytes/s,Flow Packets/s,Flow IAT Mean,Fwd IAT Mean,Subflow Fwd Packets", true, "-1 -1 0.0 0 0.0\n");
	nf_engine_free(e);
}

/* ---- what the fork counts as sent again */

/* Two rounds over so many different segments, so each comes again after as many others; how many of the second round were known. */
static unsigned known_again(unsigned n)
{
	nf_engine *e = engine_for(NF_PROFILE_CICFLOWMETER_FIXED, 0);
	nf_cic_seen *seen = nf_cic_seen_new(e);
	unsigned known = 0;

	for (unsigned i = 0; i < 2 * n; i++) {
		const nf_cic_segment segment = {.seq = i % n, .used = 1};
		bool again;
		g_assert_true(nf_cic_seen_add(e, seen, &segment, &again));
		g_assert_true(i >= n || !again);
		known += again;
	}
	g_assert_cmpuint(e->life_bytes, <=, (2 << 20) + sizeof *seen);
	nf_engine_free(e); /* frees what the connection had seen, too */
	return known;
}

static void test_seen(void)
{
	g_assert_cmpuint(known_again(1), ==, 1);
	g_assert_cmpuint(known_again(1000), ==, 1000);
	g_assert_cmpuint(known_again(NF_CIC_SEEN_LEAST), ==, NF_CIC_SEEN_LEAST);
	g_assert_cmpuint(known_again(3 * NF_CIC_SEEN_LEAST), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/life/netflower-1.0.1/first_fin", test_1_0_1_first_fin);
	g_test_add_func("/life/netflower-1.0.1/numbers", test_1_0_1_numbers);
	g_test_add_func("/life/cicflowmeter/fin", test_original_fin);
	g_test_add_func("/life/cicflowmeter/other_side_first", test_original_other_side_first);
	g_test_add_func("/life/cicflowmeter/limit", test_original_limit);
	g_test_add_func("/life/cicflowmeter/microseconds", test_original_microseconds);
	g_test_add_func("/life/cicflowmeter/one_host", test_original_one_host);
	g_test_add_func("/life/cicflowmeter/backward_time", test_original_backward_time);
	g_test_add_func("/life/cicflowmeter/by_the_clock", test_original_by_the_clock);
	g_test_add_func("/life/cicflowmeter/wild_times", test_wild_times);
	g_test_add_func("/life/cicflowmeter/max_flows", test_original_max_flows);
	g_test_add_func("/life/cicflowmeter/numbers", test_original_numbers);
	g_test_add_func("/life/cicflowmeter/bulk", test_original_bulk);
	g_test_add_func("/life/cicflowmeter/no_duration", test_original_no_duration);
	g_test_add_func("/life/cicflowmeter-fixed/close", test_fixed_close);
	g_test_add_func("/life/cicflowmeter-fixed/not_closed", test_fixed_not_closed);
	g_test_add_func("/life/cicflowmeter-fixed/answer", test_fixed_answer);
	g_test_add_func("/life/cicflowmeter-fixed/limit", test_fixed_limit);
	g_test_add_func("/life/cicflowmeter-fixed/by_the_clock", test_fixed_by_the_clock);
	g_test_add_func("/life/cicflowmeter-fixed/numbers", test_fixed_numbers);
	g_test_add_func("/life/cicflowmeter-fixed/bulk", test_fixed_bulk);
	g_test_add_func("/life/cicflowmeter-fixed/no_duration", test_fixed_no_duration);
	g_test_add_func("/life/cicflowmeter-fixed/seen", test_seen);
	return g_test_run();
}
