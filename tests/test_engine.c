/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Life and death of flows at their limits. Every row was worked out by hand from FEATURES. */
#include "packets.h"

static const char *const A = "10.0.0.1:1000", *const B = "10.0.0.2:80", *const C = "10.0.0.3:53";

static void test_one_flow_both_ways(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, udp(SECONDS(10), A, B, 5));
	feed(e, udp(SECONDS(11), B, A, 5));
	feed(e, udp(SECONDS(13), A, B, 5));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 2/1 10.0+3.0 eof\n");
	g_assert_cmpuint(nf_engine_stats(e)->used, ==, 3);
	g_assert_cmpuint(nf_engine_stats(e)->ended[NF_END_EOF], ==, 1);
	nf_engine_free(e);
}

/* The higher address may be the first sender: it is then the forward side. */
static void test_forward_is_first_sender(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, udp(SECONDS(1), B, A, 5));
	feed(e, udp(SECONDS(2), A, B, 5));
	expect_rows(e, "10.0.0.2:80>10.0.0.1:1000 1/1 1.0+1.0 eof\n");
	nf_engine_free(e);
}

static void test_protocols_and_ports_part_flows(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, udp(1, A, B, 0));
	feed(e, tcp(2, A, B, ACK, 0));
	feed(e, udp(3, "10.0.0.1:1001", B, 0));
	feed(e, udp(4, A, C, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 0.000000001+0.0 eof\n"
		       "10.0.0.1:1000>10.0.0.2:80 1/0 0.000000002+0.0 eof\n"
		       "10.0.0.1:1001>10.0.0.2:80 1/0 0.000000003+0.0 eof\n"
		       "10.0.0.1:1000>10.0.0.3:53 1/0 0.000000004+0.0 eof\n");
	nf_engine_free(e);
}

/* With both ends the same there is no other direction. */
static void test_both_ends_the_same(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, tcp(SECONDS(1), A, A, FIN, 0));
	feed(e, tcp(SECONDS(2), A, A, FIN, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.1:1000 2/0 1.0+1.0 eof\n");
	nf_engine_free(e);
}

static void test_idle_exactly_at_limit(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, udp(SECONDS(0), A, B, 0));
	feed(e, udp(SECONDS(120), B, A, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/1 0.0+120.0 eof\n");
	nf_engine_free(e);
}

/* 1 ns past the limit a new flow begins, whose forward side is its own first sender. */
static void test_idle_past_limit(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, udp(SECONDS(0), A, B, 0));
	feed(e, udp(SECONDS(120) + 1, B, A, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 0.0+0.0 idle\n"
		       "10.0.0.2:80>10.0.0.1:1000 1/0 120.000000001+0.0 eof\n");
	nf_engine_free(e);
}

/* A flow ends when the capture's clock passes its limit, whoever moves the clock, and rows are in order of those limits. */
static void test_idle_by_the_clock_of_others(void)
{
	nf_engine *e = engine_new(NULL);
	nf_error error;

	feed(e, udp(SECONDS(0), A, B, 0));
	feed(e, udp(SECONDS(1), A, C, 0));
	feed(e, udp(SECONDS(2), A, B, 0));
	feed(e, udp(SECONDS(122), C, B, 0));
	g_assert_cmpint(nf_engine_flush(e, &error), ==, NF_OK);
	char *so_far = rows(e);
	g_assert_cmpstr(so_far, ==, "10.0.0.1:1000>10.0.0.3:53 1/0 1.0+0.0 idle\n");
	g_free(so_far);
	feed(e, udp(SECONDS(122) + 1, C, B, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 2/0 0.0+2.0 idle\n"
		       "10.0.0.3:53>10.0.0.2:80 2/0 122.0+1e-09 eof\n");
	nf_engine_free(e);
}

static void test_idle_ties_by_first_packet(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, udp(SECONDS(0), A, B, 0));
	feed(e, udp(SECONDS(0), A, C, 0));
	feed(e, udp(SECONDS(1), A, C, 0));
	feed(e, udp(SECONDS(1), A, B, 0));
	feed(e, udp(SECONDS(500), B, C, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 2/0 0.0+1.0 idle\n"
		       "10.0.0.1:1000>10.0.0.3:53 2/0 0.0+1.0 idle\n"
		       "10.0.0.2:80>10.0.0.3:53 1/0 500.0+0.0 eof\n");
	nf_engine_free(e);
}

static void test_advance_without_packets(void)
{
	nf_engine *e = engine_new(NULL);
	nf_error error;
	char *text;

	feed(e, udp(SECONDS(5), A, B, 0));
	g_assert_cmpint(nf_engine_advance(e, SECONDS(125), &error), ==, NF_OK);
	text = rows(e);
	g_assert_cmpstr(text, ==, "");
	g_free(text);
	g_assert_cmpint(nf_engine_advance(e, SECONDS(125) + 1, &error), ==, NF_OK);
	text = rows(e);
	g_assert_cmpstr(text, ==, "10.0.0.1:1000>10.0.0.2:80 1/0 5.0+0.0 idle\n");
	g_free(text);
	g_assert_cmpuint(nf_engine_stats(e)->alive, ==, 0);
	nf_engine_free(e);
}

/* One packet a year: each is a flow. */
static void test_one_packet_a_year(void)
{
	nf_engine *e = engine_new(NULL);
	const int64_t year = SECONDS(365 * 86400);

	for (int i = 0; i < 3; i++)
		feed(e, tcp(i * year, i % 2 ? B : A, i % 2 ? A : B, ACK, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 0.0+0.0 idle\n"
		       "10.0.0.2:80>10.0.0.1:1000 1/0 31536000.0+0.0 idle\n"
		       "10.0.0.1:1000>10.0.0.2:80 1/0 63072000.0+0.0 eof\n");
	nf_engine_free(e);
}

static void test_rst_closes(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, tcp(SECONDS(1), A, B, SYN, 0));
	feed(e, tcp(SECONDS(2), B, A, RST | ACK, 0));
	feed(e, udp(SECONDS(3), A, C, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/1 1.0+1.0 rst\n10.0.0.1:1000>10.0.0.3:53 1/0 3.0+0.0 eof\n");
	nf_engine_free(e);
}

/* One side's FIN, even twice, closes nothing; the other's does, with that packet included. The last ACK is a remain. */
static void test_fins_of_both_sides_close(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, tcp(SECONDS(1), A, B, FIN | ACK, 0));
	feed(e, tcp(SECONDS(2), A, B, FIN | ACK, 0));
	feed(e, tcp(SECONDS(3), B, A, ACK, 10));
	feed(e, tcp(SECONDS(4), B, A, FIN | ACK, 0));
	feed(e, tcp(SECONDS(4.5), A, B, ACK, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 2/2 1.0+3.0 fin\n");
	g_assert_cmpuint(nf_engine_stats(e)->skipped[NF_SKIP_AFTER_CLOSE], ==, 1);
	g_assert_cmpuint(nf_engine_stats(e)->used, ==, 4);
	nf_engine_free(e);
}

static void test_linger_exactly_at_limit(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, tcp(SECONDS(1), A, B, RST, 0));
	feed(e, tcp(SECONDS(2), B, A, ACK, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 1.0+0.0 rst\n");
	g_assert_cmpuint(nf_engine_stats(e)->skipped[NF_SKIP_AFTER_CLOSE], ==, 1);
	nf_engine_free(e);
}

static void test_linger_past_limit(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, tcp(SECONDS(1), A, B, RST, 0));
	feed(e, tcp(SECONDS(2) + 1, B, A, ACK, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 1.0+0.0 rst\n10.0.0.2:80>10.0.0.1:1000 1/0 2.000000001+0.0 eof\n");
	nf_engine_free(e);
}

/* Remains do not make the linger longer; SYN with ACK is one, SYN alone starts a flow. */
static void test_linger_and_syn(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, tcp(SECONDS(1), A, B, RST, 0));
	feed(e, tcp(SECONDS(1.9), B, A, SYN | ACK, 0));
	feed(e, tcp(SECONDS(1.95), B, A, SYN, 0));
	feed(e, tcp(SECONDS(1.96), A, B, SYN | ACK, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 1.0+0.0 rst\n10.0.0.2:80>10.0.0.1:1000 1/1 1.95+0.01 eof\n");
	g_assert_cmpuint(nf_engine_stats(e)->skipped[NF_SKIP_AFTER_CLOSE], ==, 1);

	feed(e, tcp(SECONDS(10), A, B, RST, 0));
	feed(e, tcp(SECONDS(10.9), A, B, ACK, 0));
	feed(e, tcp(SECONDS(11.5), A, B, ACK, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 10.0+0.0 rst\n10.0.0.1:1000>10.0.0.2:80 1/0 11.5+0.0 eof\n");
	nf_engine_free(e);
}

/* Packets that come together are all looked up first: what one of them ends is not the flow of those behind it. */
static void test_close_among_packets(void)
{
	nf_engine *e = engine_new(NULL);
	nf_error error;

	feed(e, tcp(SECONDS(1), A, B, SYN, 0));
	const nf_packet together[] = {
		tcp(SECONDS(2), B, A, RST | ACK, 0),
		tcp(SECONDS(2.1), A, B, ACK, 0), /* a remain */
		tcp(SECONDS(2.2), A, B, SYN, 0),
		tcp(SECONDS(2.3), B, A, SYN | ACK, 0),
	};
	g_assert_cmpint(nf_engine_packets(e, together, G_N_ELEMENTS(together), &error), ==, NF_OK);
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/1 1.0+1.0 rst\n10.0.0.1:1000>10.0.0.2:80 1/1 2.2+0.1 eof\n");
	g_assert_cmpuint(nf_engine_stats(e)->skipped[NF_SKIP_AFTER_CLOSE], ==, 1);
	nf_engine_free(e);
}

static void test_linger_off(void)
{
	nf_options options;

	nf_options_init(&options);
	options.close_linger_ns = 0;
	nf_engine *e = engine_new(&options);
	feed(e, tcp(SECONDS(1), A, B, RST, 0));
	feed(e, tcp(SECONDS(1), B, A, ACK, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 1.0+0.0 rst\n10.0.0.2:80>10.0.0.1:1000 1/0 1.0+0.0 eof\n");
	nf_engine_free(e);
}

static nf_engine *with_active(double seconds)
{
	nf_options options;

	nf_options_init(&options);
	options.active_timeout_ns = SECONDS(seconds);
	return engine_new(&options);
}

/* Exactly at the cap a packet still belongs to the flow; past it the next piece begins, with the same forward side. */
static void test_active_at_and_past_limit(void)
{
	nf_engine *e = with_active(10);

	feed(e, udp(SECONDS(0), A, B, 0));
	feed(e, udp(SECONDS(10), A, B, 0));
	feed(e, udp(SECONDS(10) + 1, B, A, 0));
	feed(e, udp(SECONDS(20) + 1, A, B, 0));
	feed(e, udp(SECONDS(20) + 2, A, B, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 2/0 0.0+10.0 active\n"
		       "10.0.0.1:1000>10.0.0.2:80 1/1 10.000000001+10.0 active\n"
		       "10.0.0.1:1000>10.0.0.2:80 1/0 20.000000002+0.0 eof\n");
	nf_engine_free(e);
}

/* A gap that passes both limits is an idle end: the clock passed that limit first. */
static void test_idle_before_active(void)
{
	nf_engine *e = with_active(10);

	feed(e, udp(SECONDS(0), A, B, 0));
	feed(e, udp(SECONDS(121), B, A, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 0.0+0.0 idle\n10.0.0.2:80>10.0.0.1:1000 1/0 121.0+0.0 eof\n");
	nf_engine_free(e);
}

/* The pieces are one connection: FINs in two of them close it. */
static void test_fins_in_two_pieces(void)
{
	nf_engine *e = with_active(10);

	feed(e, tcp(SECONDS(0), A, B, FIN, 0));
	feed(e, tcp(SECONDS(11), B, A, ACK, 0));
	feed(e, tcp(SECONDS(12), B, A, FIN, 0));
	feed(e, tcp(SECONDS(12.5), A, B, ACK, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 0.0+0.0 active\n10.0.0.1:1000>10.0.0.2:80 0/2 11.0+1.0 fin\n");
	nf_engine_free(e);
}

/* An older packet counts as arriving at the flow's latest time; the first such frame is told. */
static void test_out_of_order(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, udp(SECONDS(5), A, B, 0));
	feed(e, udp(SECONDS(7), A, B, 0));
	feed(e, udp(SECONDS(6), B, A, 0));
	feed(e, udp(SECONDS(1), B, A, 0));
	feed(e, udp(SECONDS(8), A, B, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 3/2 5.0+3.0 eof\n");
	g_assert_cmpuint(nf_engine_stats(e)->out_of_order, ==, 2);
	g_assert_cmpuint(nf_engine_stats(e)->out_of_order_first, ==, 3);
	nf_engine_free(e);
}

/* A clock set back by an hour ends no flow early, and does not keep new ones from ending. */
static void test_clock_set_back(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, udp(SECONDS(5000), A, B, 0));
	feed(e, udp(SECONDS(1400), A, C, 0));
	feed(e, udp(SECONDS(1401), C, A, 0));
	feed(e, udp(SECONDS(1402), B, A, 0));
	feed(e, udp(SECONDS(1521) + 1, B, C, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.3:53 1/1 1400.0+1.0 idle\n"
		       "10.0.0.1:1000>10.0.0.2:80 1/1 5000.0+0.0 eof\n"
		       "10.0.0.2:80>10.0.0.3:53 1/0 1521.000000001+0.0 eof\n");
	nf_engine_free(e);
}

/* One packet with a time far ahead ends what is idle by then; what comes after it goes on as usual. */
static void test_one_time_far_ahead(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, udp(SECONDS(1), A, B, 0));
	feed(e, udp(SECONDS(4000000000), A, C, 0));
	feed(e, udp(SECONDS(2), A, B, 0));
	feed(e, udp(SECONDS(3), A, B, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 1.0+0.0 idle\n"
		       "10.0.0.1:1000>10.0.0.3:53 1/0 4000000000.0+0.0 eof\n"
		       "10.0.0.1:1000>10.0.0.2:80 2/0 2.0+1.0 eof\n");
	nf_engine_free(e);
}

/* The whole range of times, with limits as large as they can be: one flow, no overflow (UBSan watches). */
static void test_extreme_times(void)
{
	nf_options options;

	nf_options_init(&options);
	options.idle_timeout_ns = INT64_MAX;
	nf_engine *e = engine_new(&options);
	feed(e, udp(INT64_MIN + 1, A, B, 0));
	feed(e, udp(0, A, B, 0));
	feed(e, udp(INT64_MAX, A, B, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 3/0 -9223372036.854775807+18446744073.709553 eof\n");
	nf_engine_free(e);
}

static void test_time_zero_and_before(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, udp(-1, A, B, 0));
	feed(e, udp(0, A, B, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 2/0 -0.000000001+1e-09 eof\n");
	nf_engine_free(e);
}

static nf_engine *clocked_engine(void)
{
	nf_options options;

	nf_options_init(&options);
	options.idle_timeout_ns = SECONDS(30);
	options.active_timeout_ns = SECONDS(10);
	options.active_by_clock = true;
	return engine_new(&options);
}

static void advance(nf_engine *e, int64_t now_ns)
{
	nf_error error;

	g_assert_cmpint(nf_engine_advance(e, now_ns, &error), ==, NF_OK);
}

static void expect_so_far(nf_engine *e, const char *expected)
{
	char *got = rows(e);

	g_assert_cmpstr(got, ==, expected);
	g_free(got);
}

/* The cap by the clock: at the limit nothing happens, 1 ns later the row is there; the next piece has the same forward side. */
static void test_active_by_clock(void)
{
	nf_engine *e = clocked_engine();

	feed(e, udp(SECONDS(1), A, B, 0));
	feed(e, udp(SECONDS(9), B, A, 0));
	advance(e, SECONDS(11));
	expect_so_far(e, "");
	advance(e, SECONDS(11) + 1);
	expect_so_far(e, "10.0.0.1:1000>10.0.0.2:80 1/1 1.0+8.0 active\n");
	g_assert_cmpuint(nf_engine_stats(e)->alive, ==, 0);
	feed(e, udp(SECONDS(39), B, A, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 0/1 39.0+0.0 eof\n");
	nf_engine_free(e);
}

/* More than the idle time after the last packet there is no next piece, but a flow of its own. */
static void test_active_by_clock_then_idle(void)
{
	nf_engine *e = clocked_engine();

	feed(e, udp(SECONDS(1), A, B, 0));
	feed(e, udp(SECONDS(9), B, A, 0));
	feed(e, udp(SECONDS(39) + 1, B, A, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/1 1.0+8.0 active\n"
		       "10.0.0.2:80>10.0.0.1:1000 1/0 39.000000001+0.0 eof\n");
	nf_engine_free(e);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines in order, without what stands behind the last space of each. To be freed. */
static char *sorted_without_reasons(char *text)
{
	char **lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++)
		if (strrchr(*line, ' '))
			*strrchr(*line, ' ') = '\0';
	qsort(lines, g_strv_length(lines), sizeof *lines, compare_lines);
	char *joined = g_strjoinv("\n", lines);
	g_strfreev(lines);
	g_free(text);
	return joined;
}

/* With and without the clock the flows are the same; only order and reasons differ. FINs are remembered from piece to piece. */
static void test_active_by_clock_same_flows(void)
{
	char *texts[2];

	for (int by_clock = 0; by_clock < 2; by_clock++) {
		nf_options options;
		nf_options_init(&options);
		options.idle_timeout_ns = SECONDS(5);
		options.active_timeout_ns = SECONDS(7);
		options.active_by_clock = by_clock;
		options.max_flows = 10000;
		nf_engine *e = engine_new(&options);
		GRand *rnd = g_rand_new_with_seed(11);
		nf_error error;
		int64_t now = 0;
		for (int i = 0; i < 20000; i++) {
			now += g_rand_int_range(rnd, 0, 100000000);
			bool back = g_rand_boolean(rnd);
			uint8_t flags = g_rand_int_range(rnd, 0, 20) == 0 ? FIN | ACK : ACK;
			nf_packet p = tcp(now, back ? "10.0.0.2:80" : "10.0.0.1:1", back ? "10.0.0.1:1" : "10.0.0.2:80", flags, 1);
			p.key.port[back] = (uint16_t)g_rand_int_range(rnd, 1000, 1050);
			feed(e, p);
			if (by_clock && i % 3 == 0)
				advance(e, now - i % 100);
		}
		g_assert_cmpint(nf_engine_finish(e, &error), ==, NF_OK);
		g_assert_cmpuint(nf_engine_stats(e)->ended[NF_END_ACTIVE], >, 300);
		g_assert_cmpuint(nf_engine_stats(e)->ended[NF_END_FIN], >, 50);
		texts[by_clock] = sorted_without_reasons(rows(e));
		g_rand_free(rnd);
		nf_engine_free(e);
	}
	g_assert_true(strcmp(texts[0], texts[1]) == 0);
	g_free(texts[0]);
	g_free(texts[1]);
}

static void shift(nf_engine *e, int64_t by_ns)
{
	nf_error error;

	g_assert_cmpint(nf_engine_shift_clock(e, by_ns, &error), ==, NF_OK);
}

/* The clock is set an hour forward, then two hours back: durations and limits do not notice, times of first packets are as stamped. */
static void test_clock_shifted(void)
{
	nf_engine *e = clocked_engine();

	feed(e, udp(SECONDS(1), A, B, 0));
	shift(e, SECONDS(3600));
	feed(e, udp(SECONDS(3602), A, B, 0));
	feed(e, udp(SECONDS(3603), A, C, 0));
	shift(e, -SECONDS(7200));
	for (int i = 4; i < 9; i++)
		feed(e, udp(SECONDS(i) - SECONDS(3600), B, A, 0));
	feed(e, udp(-SECONDS(3592), B, C, 0));
	expect_so_far(e, "");
	advance(e, SECONDS(11) - SECONDS(3600));
	expect_so_far(e, "");
	advance(e, SECONDS(14) - SECONDS(3600));
	expect_so_far(e, "10.0.0.1:1000>10.0.0.2:80 2/5 1.0+7.0 active\n"
			 "10.0.0.1:1000>10.0.0.3:53 1/0 3603.0+0.0 active\n");
	expect_rows(e, "10.0.0.2:80>10.0.0.3:53 1/0 -3592.0+0.0 eof\n");
	g_assert_cmpuint(nf_engine_stats(e)->out_of_order, ==, 0);
	nf_engine_free(e);
}

/* More settings than are remembered: the oldest flow keeps its duration. */
static void test_clock_shifted_often(void)
{
	nf_engine *e = engine_new(NULL);

	for (int i = 0; i < 30; i++) {
		char *from = g_strdup_printf("10.0.0.1:%d", 2000 + i);
		feed(e, udp(SECONDS(i) + SECONDS(1000) * i, A, B, 0));
		feed(e, udp(SECONDS(i) + SECONDS(1000) * i, from, B, 0));
		g_free(from);
		shift(e, SECONDS(1000));
	}
	nf_error error;
	g_assert_cmpint(nf_engine_finish(e, &error), ==, NF_OK);
	char *got = rows(e), **lines = g_strsplit(got, "\n", -1);
	g_assert_true(g_str_has_prefix(lines[0], "10.0.0.1:1000>10.0.0.2:80 30/0 "));
	g_assert_true(g_str_has_suffix(lines[0], "+29.0 eof"));
	g_assert_cmpstr(lines[29], ==, "10.0.0.1:2028>10.0.0.2:80 1/0 28028.0+0.0 eof");
	g_assert_cmpstr(lines[24], ==, "10.0.0.1:2023>10.0.0.2:80 1/0 23023.0+0.0 eof");
	g_strfreev(lines);
	g_free(got);
	nf_engine_free(e);
}

/* With two flows allowed the third one ends the one that has been idle longest, be it older or newer. */
static void test_max_flows(void)
{
	nf_options options;

	nf_options_init(&options);
	options.max_flows = 2;
	nf_engine *e = engine_new(&options);
	feed(e, udp(SECONDS(1), A, B, 0));
	feed(e, udp(SECONDS(2), A, C, 0));
	feed(e, udp(SECONDS(3), A, B, 0));
	feed(e, udp(SECONDS(4), B, C, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.3:53 1/0 2.0+0.0 evicted\n"
		       "10.0.0.1:1000>10.0.0.2:80 2/0 1.0+2.0 eof\n"
		       "10.0.0.2:80>10.0.0.3:53 1/0 4.0+0.0 eof\n");
	g_assert_cmpuint(nf_engine_stats(e)->alive_most, ==, 2);
	nf_engine_free(e);
}

/* A closed connection is no flow: it does not count, and its remains are still known. */
static void test_max_flows_and_linger(void)
{
	nf_options options;

	nf_options_init(&options);
	options.max_flows = 1;
	nf_engine *e = engine_new(&options);
	feed(e, tcp(SECONDS(1), A, B, RST, 0));
	feed(e, udp(SECONDS(1.1), A, C, 0));
	feed(e, tcp(SECONDS(1.2), A, B, ACK, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 1.0+0.0 rst\n10.0.0.1:1000>10.0.0.3:53 1/0 1.1+0.0 eof\n");
	g_assert_cmpuint(nf_engine_stats(e)->skipped[NF_SKIP_AFTER_CLOSE], ==, 1);
	nf_engine_free(e);
}

/* After the end of input an engine starts afresh: no open flow, no linger. */
static void test_finish_starts_afresh(void)
{
	nf_engine *e = engine_new(NULL);

	feed(e, tcp(SECONDS(1), A, B, RST, 0));
	feed(e, udp(SECONDS(1), A, C, 0));
	expect_rows(e, "10.0.0.1:1000>10.0.0.2:80 1/0 1.0+0.0 rst\n10.0.0.1:1000>10.0.0.3:53 1/0 1.0+0.0 eof\n");
	feed(e, tcp(SECONDS(1), B, A, ACK, 0));
	feed(e, udp(SECONDS(1), C, A, 0));
	expect_rows(e, "10.0.0.2:80>10.0.0.1:1000 1/0 1.0+0.0 eof\n10.0.0.3:53>10.0.0.1:1000 1/0 1.0+0.0 eof\n");
	nf_engine_free(e);
}

static void test_negative_option(void)
{
	nf_options options;
	nf_engine *e;
	nf_error error;

	nf_options_init(&options);
	options.close_linger_ns = -1;
	g_assert_cmpint(nf_engine_new(&e, &options, &error), ==, NF_ARGUMENT);
	g_assert_null(e);
	nf_engine_free(NULL);
}

/* Frees flows in every state: open small and large, lingering, ended and not taken, taken. */
static void test_free_with_flows(void)
{
	nf_engine *e = engine_new(NULL);
	nf_error error;

	for (int i = 0; i < 10; i++)
		feed(e, udp(i, A, B, 1));
	feed(e, udp(20, A, C, 1));
	feed(e, tcp(21, B, C, RST, 1));
	feed(e, tcp(22, A, C, RST, 1));
	g_assert_cmpint(nf_engine_flush(e, &error), ==, NF_OK);
	g_assert_nonnull(nf_engine_take(e));
	nf_engine_free(e);
}

/* Many flows with random times, also backwards, against a plain list that is searched from end to end. */
typedef struct {
	nf_packet first;
	int64_t last;
	unsigned packets;
	bool open;
} simple_flow;

static void test_against_a_plain_list(void)
{
	nf_options options;
	nf_options_init(&options);
	options.idle_timeout_ns = 50;
	nf_engine *e = engine_new(&options);
	GRand *rnd = g_rand_new_with_seed(7);
	GArray *flows = g_array_new(FALSE, TRUE, sizeof(simple_flow));
	GString *expected = g_string_new(NULL), *got = g_string_new(NULL);
	int64_t now = 0;

	for (int i = 0; i < 20000; i++) {
		now += g_rand_int_range(rnd, -2, 4);
		nf_packet p = udp(now, "10.0.0.1:1", "10.0.0.2:2", 0);
		p.key.port[0] = (uint16_t)g_rand_int_range(rnd, 1000, 1050);
		simple_flow *mine = NULL;

		for (;;) { /* ends the due flow with the earliest limit, the older one of equals, until none is due */
			simple_flow *due = NULL;
			for (guint f = 0; f < flows->len; f++) {
				simple_flow *s = &g_array_index(flows, simple_flow, f);
				if (s->open && now - s->last > 50 && (!due || s->last < due->last))
					due = s;
			}
			if (!due)
				break;
			due->open = false;
			g_string_append_printf(expected, "%u %" G_GINT64_FORMAT " %u\n", due->first.key.port[0], due->first.ts_ns, due->packets);
		}
		for (guint f = 0; f < flows->len; f++)
			if (g_array_index(flows, simple_flow, f).open && g_array_index(flows, simple_flow, f).first.key.port[0] == p.key.port[0])
				mine = &g_array_index(flows, simple_flow, f);
		if (!mine) {
			simple_flow fresh = {p, now, 0, true};
			g_array_append_val(flows, fresh);
			mine = &g_array_index(flows, simple_flow, flows->len - 1);
		}
		mine->packets++;
		mine->last = MAX(mine->last, now);
		feed(e, p);
	}
	for (guint f = 0; f < flows->len; f++) {
		simple_flow *s = &g_array_index(flows, simple_flow, f);
		if (s->open)
			g_string_append_printf(expected, "%u %" G_GINT64_FORMAT " %u\n", s->first.key.port[0], s->first.ts_ns, s->packets);
	}
	nf_error error;
	const nf_flow *flow;
	g_assert_cmpint(nf_engine_finish(e, &error), ==, NF_OK);
	while ((flow = nf_engine_take(e)) != NULL)
		g_string_append_printf(got, "%u %" G_GINT64_FORMAT " %u\n", nf_flow_key(flow).port[0], nf_flow_first_ns(flow),
				       (unsigned)nf_flow_packets(flow));
	g_assert_cmpstr(got->str, ==, expected->str);
	g_string_free(got, TRUE);
	g_string_free(expected, TRUE);
	g_array_free(flows, TRUE);
	g_rand_free(rnd);
	nf_engine_free(e);
}

/* No output depends on the seed of the table. */
static void test_seed_has_no_influence(void)
{
	char *texts[2];

	for (int s = 0; s < 2; s++) {
		nf_options options;
		nf_options_init(&options);
		options.fixed_seed = true;
		options.hash_seed = (uint64_t)s;
		nf_engine *e = engine_new(&options);
		nf_error error;
		for (int i = 0; i < 3000; i++) {
			nf_packet p = tcp(SECONDS(i) / 10, A, B, i % 7 ? ACK : RST, 1);
			p.key.port[0] = (uint16_t)(i % 1500);
			feed(e, p);
		}
		g_assert_cmpint(nf_engine_finish(e, &error), ==, NF_OK);
		texts[s] = rows(e);
		nf_engine_free(e);
	}
	g_assert_cmpstr(texts[0], ==, texts[1]);
	g_free(texts[0]);
	g_free(texts[1]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/engine/flow/both-ways", test_one_flow_both_ways);
	g_test_add_func("/engine/flow/forward-is-first-sender", test_forward_is_first_sender);
	g_test_add_func("/engine/flow/key", test_protocols_and_ports_part_flows);
	g_test_add_func("/engine/flow/both-ends-the-same", test_both_ends_the_same);
	g_test_add_func("/engine/idle/at-limit", test_idle_exactly_at_limit);
	g_test_add_func("/engine/idle/past-limit", test_idle_past_limit);
	g_test_add_func("/engine/idle/clock-of-others", test_idle_by_the_clock_of_others);
	g_test_add_func("/engine/idle/ties", test_idle_ties_by_first_packet);
	g_test_add_func("/engine/idle/advance", test_advance_without_packets);
	g_test_add_func("/engine/idle/one-a-year", test_one_packet_a_year);
	g_test_add_func("/engine/close/rst", test_rst_closes);
	g_test_add_func("/engine/close/fins", test_fins_of_both_sides_close);
	g_test_add_func("/engine/linger/at-limit", test_linger_exactly_at_limit);
	g_test_add_func("/engine/linger/past-limit", test_linger_past_limit);
	g_test_add_func("/engine/linger/syn", test_linger_and_syn);
	g_test_add_func("/engine/linger/among-packets", test_close_among_packets);
	g_test_add_func("/engine/linger/off", test_linger_off);
	g_test_add_func("/engine/active/limit", test_active_at_and_past_limit);
	g_test_add_func("/engine/active/idle-first", test_idle_before_active);
	g_test_add_func("/engine/active/fins", test_fins_in_two_pieces);
	g_test_add_func("/engine/active/by-clock", test_active_by_clock);
	g_test_add_func("/engine/active/by-clock-then-idle", test_active_by_clock_then_idle);
	g_test_add_func("/engine/active/by-clock-same-flows", test_active_by_clock_same_flows);
	g_test_add_func("/engine/time/shifted", test_clock_shifted);
	g_test_add_func("/engine/time/shifted-often", test_clock_shifted_often);
	g_test_add_func("/engine/time/out-of-order", test_out_of_order);
	g_test_add_func("/engine/time/set-back", test_clock_set_back);
	g_test_add_func("/engine/time/far-ahead", test_one_time_far_ahead);
	g_test_add_func("/engine/time/extreme", test_extreme_times);
	g_test_add_func("/engine/time/zero", test_time_zero_and_before);
	g_test_add_func("/engine/max-flows/longest-idle", test_max_flows);
	g_test_add_func("/engine/max-flows/linger", test_max_flows_and_linger);
	g_test_add_func("/engine/finish/afresh", test_finish_starts_afresh);
	g_test_add_func("/engine/new/negative", test_negative_option);
	g_test_add_func("/engine/free/with-flows", test_free_with_flows);
	g_test_add_func("/engine/random/plain-list", test_against_a_plain_list);
	g_test_add_func("/engine/random/seed", test_seed_has_no_influence);
	return g_test_run();
}
