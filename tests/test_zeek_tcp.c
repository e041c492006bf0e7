/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state machine of a TCP connection: a table with one line for each sequence of segments and what conn.log says of it. The expectations
 * are worked out by hand from what Zeek's documentation of conn.log says of states and letters, not taken from what the program prints.
 *
 * A segment is DIRECTION FLAGS SEQ[,ACK][+BYTES][MARKS]: '>' from the end that begins as originator, '<' from the other. Flags S A F R, D for
 * A with payload; numbers are relative to each end's first one. Marks: w window 0, c payload cut by the snapshot length, x bad checksum,
 * *N the segment N times. Where there is an ACK number, the flag A is set.
 */
#include "zeek/stream.h"
#include "zeek/tcp.h"

#include <netflower/packet.h>

#include <glib.h>

#include <stdlib.h>
#include <string.h>

typedef struct nf_line {
	const char *segments, *state, *history;
	uint64_t bytes[2]; /* of the end that begins as originator, and of the other */
	uint64_t missed;
	uint32_t first[2]; /* first sequence numbers; 0, 0: 1000, 5000 */
} nf_line;

static const nf_line lines[] = {
	/* attempts and rejections */
	{">S0", "S0", "S", {0, 0}, 0, {0}},
	{">S0 >S0", "S0", "S", {0, 0}, 0, {0}},
	{">S0 >S7", "S0", "S", {0, 0}, 0, {0}},
	{">S0 <R0,1", "REJ", "Sr", {0, 0}, 0, {0}},
	{">S0 >R1", "RSTOS0", "SR", {0, 0}, 0, {0}},
	{">S0 >R1 <R0,1", "REJ", "SRr", {0, 0}, 0, {0}},
	{">S0 >F1", "SH", "SF", {0, 0}, 0, {0}},
	{">S0+5", "S0", "ST", {5, 0}, 0, {0}}, /* Zeek takes the payload of a SYN as sent before */
	/* whole connections */
	{">S0 <S0,1 >A1,1 >D1,1+10 <A1,11 <D1,11+20 >A11,21 >F11,21 <A21,12 <F21,12 >A12,22", "SF", "ShADadFf", {10, 20}, 0, {0}},
	{">S0 <S0,1 >A1,1 >D1,1+10 <A1,11 <F1,11 >A11,2 >F11,2 <A2,12", "SF", "ShADafF", {10, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 >F1,1+10 <F1,12 >A12,2", "SF", "ShAFf", {10, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 >F1,1 <F1,2 >R2,2", "SF", "ShAFfR", {0, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 <F1,1 <R2,1 >F1,2", "SF", "ShAfrF", {0, 0}, 0, {0}},
	/* connections that have not ended, or not in order */
	{">S0 <S0,1 >A1,1", "S1", "ShA", {0, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 >F1,1 <A1,2", "S2", "ShAFa", {0, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 <F1,1 >A1,2", "S3", "ShAf", {0, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 >R1,1", "RSTO", "ShAR", {0, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 <R1,1", "RSTR", "ShAr", {0, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 >F1,1 >R2,1", "RSTO", "ShAFR", {0, 0}, 0, {0}},
	/* beginnings that were not seen */
	{"<S0,1", "OTH", "h", {0, 0}, 0, {0}},
	{"<S0,1 >A1,1", "S1", "hA", {0, 0}, 0, {0}},
	{"<S0,1 <F1,1", "SHR", "hf", {0, 0}, 0, {0}},
	{"<S0,1 <R1,1", "RSTRH", "hr", {0, 0}, 0, {0}},
	{"<S0,1 >R1", "RSTO", "hR", {0, 0}, 0, {0}},
	{">R5", "OTH", "R", {0, 0}, 0, {0}},
	{"<R7", "RSTRH", "r", {0, 0}, 0, {0}},
	{">F5,9", "SH", "F", {0, 0}, 0, {0}},
	{"<F5,9", "SHR", "f", {0, 0}, 0, {0}},
	{">A5,9", "OTH", "A", {0, 0}, 0, {0}},
	{">A5,7 <R7", "RSTRH", "Ar", {0, 0}, 0, {0}},
	{">D5,9+10 <A9,15", "OTH", "Da", {10, 0}, 0, {0}},
	{">D5,9+10 <A9,35", "OTH", "Da", {30, 0}, 0, {0}},
	{">A5,9 >S0", "S0", "AS", {0, 0}, 0, {0}},
	{">A5,9 >S0,9", "OTH", "AH", {0, 0}, 0, {0}},
	{">A5,9 >F5,9", "SH", "AF", {0, 0}, 0, {0}},
	{">A5,9 >R5,9", "OTH", "AR", {0, 0}, 0, {0}},
	{">A5,9 >D5,9+3 >A8,9", "OTH", "AD", {3, 0}, 0, {0}},
	{">S0 <D1,1+5", "OTH", "Sd", {0, 5}, 0, {0}},
	{">S0 <A1,1 <S0,1", "S1", "Sah", {0, 0}, 0, {0}},
	/* both begin, or the answer was seen before the question */
	{">S0 <S0 >S0,1 <S0,1", "S1", "Ss", {0, 0}, 0, {0}},
	{">S0,1 <S0", "S1", "Hs^", {0, 0}, 0, {0}},
	{">S0,1 >S0,1 >S0 >A1,1 >D1,1+2 >F3,1", "SH", "HADF", {2, 0}, 0, {0}},
	{">S0,1 >R1,1", "OTH", "HR", {0, 0}, 0, {0}},
	{">S0 >S0,1 >A1,1 >D1,1+2 >R3,1", "OTH", "SADR", {2, 0}, 0, {0}},
	/* after the end */
	{">S0 <S0,1 >A1,1 >R1,1 >S0 >F1,1 >D1,1+3 >A1,1 >S0,1 >R1,1", "RSTO", "ShARFD", {0, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 >F1,1 >S0 >S0,1 >A2,1 >D2,1+3 >F2,1 >F9,1", "S2", "ShAFDFF", {8, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 >S0 >S0,1", "S1", "ShA", {0, 0}, 0, {0}},
	/* flags that do not belong together */
	{">S0 <S0,1 >A1,1 >FR1,1", "RSTO", "ShAI", {0, 0}, 0, {0}},
	{">SF0", "SH", "Q", {0, 0}, 0, {0}},
	{">SR0", "OTH", "Q", {0, 0}, 0, {0}},
	/* gaps, retransmissions, windows, checksums */
	{">S0 <S0,1 >A1,1 >D1,1+10 <A1,31", "S1", "ShADaG", {30, 0}, 20, {0}},
	{">S0 <S0,1 >A1,1 >D11,1+10 <A1,41", "S1", "ShADaG", {40, 0}, 30, {0}},
	{">S0 <S0,1 >A1,1 <D1,1+10 >A1,51", "S1", "ShAdg", {0, 50}, 40, {0}},
	{">S0 <S0,1 >A1,1 >D11,1+10 >D1,1+10 <A1,21", "S1", "ShADTa", {20, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 >D1,1+10 >D1,1+10 <A1,11", "S1", "ShADTa", {10, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 >D1,1+10*11", "S1", "ShADTT", {10, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 >D1,1+10c <A1,11", "S1", "ShADaG", {10, 0}, 10, {0}},
	{">S0 <S0,1 >A1,1 <A1,1w", "S1", "ShAaw", {0, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1 <A1,1w*100", "S1", "ShAawww", {0, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1x", "S1", "ShC", {0, 0}, 0, {0}},
	{">S0 <S0,1 >A1,1x*9 >A1,1x", "S1", "ShCC", {0, 0}, 0, {0}},
	/* keep-alive: the byte before the next one, again */
	{">S0 <S0,1 >A1,1 >D1,1+10 <A1,11 >D10,1+1 <A1,11", "S1", "ShADaT", {10, 0}, 0, {0}},
	/* sequence numbers pass 2^32 */
	{">S0 <S0,1 >A1,1 >D1,1+100 <A1,101", "S1", "ShADa", {100, 0}, 0, {0xfffffff0, 5000}},
	{">S0 <S0,1 >A1,1 <D1,1+100 >A1,101 >F1,101 <F101,2 >A2,102", "SF", "ShAdFf", {0, 100}, 0, {0xffffffff, 0xffffffff}},
	{">S0 <S0,1 >A1,1 >D1,1+8 >D29,1+10 <A1,39", "S1", "ShADaG", {38, 0}, 20, {0xfffffff0, 5000}},
	/* more than 4 GB, seen in part: acknowledgements, 1 GB apart. Before the first wrap Zeek takes numbers 2 GB above the first as below it. */
	{">S0 <S0,1 >A1,1 <D1,1+1 >A1,1000000001 >A1,2000000001 >A1,3000000001 >A1,4000000001 >A1,5000000001", "S1", "ShAdg",
	 {0, 5000000000}, 4999999999, {1000, 0xf0000000}},
	{">S0 <S0,1 >A1,1 <D1,1+1 >A1,1000000001 >A1,2000000001 >A1,3000000001", "S1", "ShAdg", {0, 2000000000}, 1999999999, {0}},
};

enum event { SYN, SYN_ACK, FIN, RST, ACK, DATA, EVENTS };
static const char *const event_names[] = {"SYN", "SYN-ACK", "FIN", "RST", "ACK", "data"};
static const char *const state_names[] = {
#define END(name) #name,
	NF_ENDS(END)
#undef END
};
static unsigned hits[NF_TCP_STATES][EVENTS];

static enum event event_of(const nf_segment *s)
{
	if (s->flags & NF_TCP_SYN)
		return s->flags & NF_TCP_ACK ? SYN_ACK : SYN;
	if (s->flags & NF_TCP_RST)
		return RST;
	if (s->flags & NF_TCP_FIN)
		return FIN;
	return s->payload ? DATA : ACK;
}

/* Reads a segment; *times and *bad are its marks. Returns what is behind it. */
static const char *read_segment(const char *at, const uint32_t first[2], nf_segment *s, unsigned *times, bool *bad)
{
	char *end;

	*s = (nf_segment){.end = *at == '<', .window = 1000, .whole = true};
	*times = 1;
	*bad = false;
	for (at++; strchr("SAFRD", *at); at++)
		s->flags |= *at == 'S' ? NF_TCP_SYN : *at == 'F' ? NF_TCP_FIN : *at == 'R' ? NF_TCP_RST : NF_TCP_ACK;
	s->seq = first[s->end] + (uint32_t)strtoull(at, &end, 10);
	if (*end == ',') {
		s->flags |= NF_TCP_ACK;
		s->ack = first[!s->end] + (uint32_t)strtoull(end + 1, &end, 10);
	}
	if (*end == '+')
		s->payload = (uint32_t)strtoul(end + 1, &end, 10);
	for (; *end && *end != ' '; end++) {
		s->window = *end == 'w' ? 0 : s->window;
		s->whole = s->whole && *end != 'c';
		*bad = *bad || *end == 'x';
		if (*end == '*') {
			*times = (unsigned)strtoul(end + 1, &end, 10);
			end--;
		}
	}
	return end + strspn(end, " ");
}

static nf_runs *spare_room;

/* Room for runs, which the stream gets that asks for it; nothing of it is freed before the end of a case. */
static nf_runs **spare(void)
{
	static nf_runs rooms[2048];
	static size_t used;

	if (!spare_room)
		spare_room = memset(&rooms[used++ % G_N_ELEMENTS(rooms)], 0xee, sizeof *rooms);
	return &spare_room;
}

static unsigned play(nf_tcp *tcp, nf_history *history, const char *segments, const uint32_t first[2])
{
	static const uint32_t usual[2] = {1000, 5000};
	unsigned times, did = 0;
	nf_segment s;
	bool bad;

	memset(history, 0, sizeof *history);
	nf_tcp_init(tcp, 0);
	for (const char *at = segments; *at;) {
		at = read_segment(at, first[0] || first[1] ? first : usual, &s, &times, &bad);
		for (unsigned i = 0; i < times; i++) {
			if (bad) {
				nf_tcp_bad_checksum(tcp, history, s.end);
				continue;
			}
			hits[tcp->end[s.end].state][event_of(&s)]++;
			did = nf_tcp_segment(tcp, history, &s, spare());
		}
	}
	return did;
}

static void test_lines(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		const nf_line *line = &lines[i];
		nf_history history;
		nf_tcp tcp;

		play(&tcp, &history, line->segments, line->first);
		g_test_message("%s", line->segments);
		g_assert_cmpstr(history.letters, ==, line->history);
		g_assert_cmpstr(nf_tcp_state(&tcp, &history), ==, line->state);
		g_assert_cmpuint(nf_tcp_bytes(&tcp, 0), ==, line->bytes[0]);
		g_assert_cmpuint(nf_tcp_bytes(&tcp, 1), ==, line->bytes[1]);
		g_assert_cmpuint(tcp.missed, ==, line->missed);
	}
}

/* Every state of a sender meets every kind of segment in the table. */
static void test_coverage(void)
{
	for (int state = 0; state < NF_TCP_STATES; state++)
		for (int event = 0; event < EVENTS; event++) {
			g_test_message("%-12s %-8s %u", state_names[state], event_names[event], hits[state][event]);
			if (hits[state][event] == 0)
				g_error("no line of the table has a %s from an end that is %s", event_names[event], state_names[state]);
		}
}

static const uint32_t usual_first[2] = {0, 0};

static unsigned last_did(const char *segments)
{
	nf_history history;
	nf_tcp tcp;

	return play(&tcp, &history, segments, usual_first);
}

/* What sets the limits of a connection's life. */
static void test_did(void)
{
	const unsigned count = NF_TCP_DID_COUNT, close = NF_TCP_DID_CLOSE | NF_TCP_DID_CLOSE_SIDE,
		       half = NF_TCP_DID_HALF_CLOSE | NF_TCP_DID_CLOSE_SIDE;

	g_assert_cmpuint(last_did(">S0"), ==, count | NF_TCP_DID_ATTEMPT);
	g_assert_cmpuint(last_did(">S0 <S0,1"), ==, count | NF_TCP_DID_WAKE | NF_TCP_DID_ESTABLISH);
	g_assert_cmpuint(last_did(">S0 <S0,1 >A1,1"), ==, count);
	g_assert_cmpuint(last_did(">S0 <S0,1 >A1,1 >F1,1"), ==, count | half);
	g_assert_cmpuint(last_did(">S0 <S0,1 >A1,1 >F1,1 <F1,2"), ==, count | close);
	g_assert_cmpuint(last_did(">S0 <S0,1 >A1,1 >F1,1 <F1,2 >A2,2"), ==, 0);
	g_assert_cmpuint(last_did(">S0 <S0,1 >A1,1 >R1,1"), ==, count | close);
	g_assert_cmpuint(last_did(">S0 <S0,1 >A1,1 >F1,1 >R2,1"), ==, count | NF_TCP_DID_RESET);
	g_assert_cmpuint(last_did(">S0,1 <S0"), ==, count | NF_TCP_DID_FLIP | NF_TCP_DID_WAKE | NF_TCP_DID_ESTABLISH);
	/* A close waits for bytes that were not seen, until they are acknowledged. */
	g_assert_cmpuint(last_did(">S0 <S0,1 >A1,1 >F11,1"), ==, count);
	g_assert_cmpuint(last_did(">S0 <S0,1 >A1,1 >F11,1 <A1,12"), ==, count | half);
}

static bool is_reuse(const char *segments, const char *next)
{
	static const uint32_t first[2] = {1000, 5000};
	nf_history history;
	nf_segment s;
	unsigned times;
	nf_tcp tcp;
	bool bad;

	play(&tcp, &history, segments, usual_first);
	read_segment(next, first, &s, &times, &bad);
	return nf_tcp_is_reuse(&tcp, &s);
}

static void test_reuse(void)
{
	g_assert_false(is_reuse(">S0", ">S0"));
	g_assert_true(is_reuse(">S0", ">S7"));
	g_assert_false(is_reuse(">S0 <S0,1 >A1,1", ">A900,1"));
	g_assert_true(is_reuse(">S0 <S0,1 >A1,1", ">S900"));
	g_assert_false(is_reuse(">S0 <S0,1 >A1,1", "<S900,1"));
	g_assert_true(is_reuse("<S0,1", "<S900,1"));
	g_assert_true(is_reuse(">S0 <S0,1 >A1,1 >F1,1 <F1,2", ">S0"));
	g_assert_false(is_reuse(">S0,1", "<S0")); /* the question, seen after the answer */
}

static void check_runs(const nf_stream *stream)
{
	for (unsigned i = 0; i < stream->n; i++) {
		g_assert_cmpuint(stream->runs->run[i].from, <, stream->runs->run[i].to);
		g_assert_cmpuint(i ? stream->runs->run[i - 1].to : (uint32_t)stream->complete, <, stream->runs->run[i].from);
	}
}

/* More holes than are kept: the bound holds, and what is complete is never more than what was seen plus the holes that were closed. */
static void test_holes(void)
{
	nf_stream stream;

	nf_stream_init(&stream);
	for (uint64_t i = 0; i < 100; i++) {
		nf_stream_data(&stream, 11 + i * 20, 21 + i * 20, false, 0, spare());
		check_runs(&stream);
		g_assert_cmpuint(stream.n, ==, MIN(i + 1, NF_STREAM_RUNS));
	}
	const nf_gaps gaps = nf_stream_ack(&stream, 2001, false);

	g_assert_cmpuint(gaps.n, ==, NF_STREAM_RUNS);
	g_assert_cmpuint(gaps.bytes, ==, NF_STREAM_RUNS * 10);
	g_assert_cmpuint(stream.complete, ==, 2001);
	g_assert_false(nf_stream_holds(&stream));
}

/* Any order of pieces gives the same: a model that marks each byte. */
static void test_orders(void)
{
	enum { BYTES = 400 };
	GRand *rand = g_rand_new_with_seed(1);

	for (int round = 0; round < 500; round++) {
		bool seen[BYTES + 1] = {false};
		nf_stream stream;
		uint64_t gap_bytes = 0, acked = 1;

		nf_stream_init(&stream);
		for (int step = 0; step < 12; step++) {
			const uint64_t from = (uint64_t)g_rand_int_range(rand, 1, BYTES - 40), to = from + (uint64_t)g_rand_int_range(rand, 1, 40);

			nf_stream_data(&stream, from, to, false, 0, spare());
			for (uint64_t i = from; i < to; i++)
				seen[i] = true;
			check_runs(&stream);
			if (g_rand_int_range(rand, 0, 3) == 0) {
				const uint64_t ack = (uint64_t)g_rand_int_range(rand, 1, BYTES);
				uint64_t expected = 0;

				for (uint64_t i = acked; i < ack; i++)
					expected += !seen[i];
				gap_bytes = nf_stream_ack(&stream, ack, false).bytes;
				g_assert_cmpuint(gap_bytes, ==, ack > acked ? expected : 0);
				for (; acked < ack; acked++)
					seen[acked] = true;
			}
		}
	}
	g_rand_free(rand);
}

static void test_give_up(void)
{
	nf_stream stream;

	nf_stream_init(&stream); /* a hole, and then more than 16 kB, with no acknowledgement at all */
	nf_stream_data(&stream, 2, 16386, true, 16385, spare());
	g_assert_true(stream.gave_up);
	g_assert_cmpuint(nf_stream_ack(&stream, 20000, false).n, ==, 0);

	nf_stream_init(&stream); /* without a hole the bytes are just let go */
	nf_stream_data(&stream, 1, 20001, true, 20000, spare());
	g_assert_false(stream.gave_up);
	g_assert_false(nf_stream_holds(&stream));

	nf_stream_init(&stream);
	for (uint64_t i = 0; !stream.gave_up; i++) {
		g_assert_cmpuint(i, <=, NF_STREAM_HELD_MOST / 1000);
		nf_stream_data(&stream, 1 + i * 1000, 1001 + i * 1000, false, 0, spare());
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/zeek/tcp/lines", test_lines);
	g_test_add_func("/zeek/tcp/states-and-events", test_coverage);
	g_test_add_func("/zeek/tcp/limits", test_did);
	g_test_add_func("/zeek/tcp/reuse", test_reuse);
	g_test_add_func("/zeek/stream/holes", test_holes);
	g_test_add_func("/zeek/stream/orders", test_orders);
	g_test_add_func("/zeek/stream/give-up", test_give_up);
	return g_test_run();
}
