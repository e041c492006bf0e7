/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nf_options.max_memory: what is held stays below it after each packet, in each profile, and who is ended is who was idle longest. */
#include "flow/engine_internal.h"
#include "zeek/stream.h"

#include <glib.h>
#include <string.h>

enum { LIMIT = NF_MEMORY_LEAST, FRAME = 54, PAYLOAD_MOST = 100, ETHERNET = 14, IP = 20, STEPS = 60000 };

static nf_engine *engine_for(nf_profile profile, uint64_t limit)
{
	const nf_limits limits = nf_profile_limits(profile, false);
	nf_engine *engine;
	nf_options options;
	nf_error error;

	nf_options_init(&options);
	options.profile = profile;
	options.max_memory = limit;
	if (limits.active_ns > 0)
		options.active_timeout_ns = limits.active_ns;
	if (limits.linger_ns >= 0)
		options.close_linger_ns = limits.linger_ns;
	g_assert_cmpint(nf_engine_new(&engine, &options, &error), ==, NF_OK);
	return engine;
}

/* A packet between client number n and one server. */
static void feed_with(nf_engine *engine, int64_t ts_ns, uint32_t n, bool back, bool tcp, uint8_t flags, uint32_t seq, uint8_t payload)
{
	uint8_t bytes[FRAME + PAYLOAD_MOST] = {[12] = 8, [ETHERNET] = 0x45, [ETHERNET + 3] = (uint8_t)(FRAME - ETHERNET + payload), [ETHERNET + 8] = 64};
	uint8_t *ip = bytes + ETHERNET, *transport = ip + IP;
	const uint32_t client = 0x0a000000 | n, server = 0xc0000201;
	const uint32_t ends[2] = {GUINT32_TO_BE(back ? server : client), GUINT32_TO_BE(back ? client : server)};
	const uint16_t ports[2] = {GUINT16_TO_BE(back ? 443 : 1234), GUINT16_TO_BE(back ? 1234 : 443)};
	const nf_frame frame = {.data = bytes, .captured = FRAME + (uint32_t)payload, .wire = FRAME + (uint32_t)payload, .link = 1, .ts_ns = ts_ns};
	nf_error error;

	ip[9] = tcp ? NF_PROTOCOL_TCP : NF_PROTOCOL_UDP;
	memcpy(ip + 12, ends, 8);
	memcpy(transport, ports, 4);
	seq = GUINT32_TO_BE(seq);
	if (tcp) {
		memcpy(transport + 4, &seq, 4);
		transport[12] = 0x50;
		transport[13] = flags;
	} else {
		transport[5] = (uint8_t)(FRAME - ETHERNET - IP + payload);
	}
	g_assert_cmpint(nf_engine_frame(engine, &frame, &error), ==, NF_OK);
	g_assert_cmpint(nf_engine_flush(engine, &error), ==, NF_OK);
}

static void feed(nf_engine *engine, int64_t ts_ns, uint32_t n, bool back, bool tcp, uint8_t flags, uint32_t seq)
{
	feed_with(engine, ts_ns, n, back, tcp, flags, seq, 0);
}

static uint64_t packets_of(const nf_engine *engine, const nf_flow *flow)
{
	return engine->model->numbers->packets(flow->features);
}

/* Takes all; the packets of the rows. */
static uint64_t take(nf_engine *engine)
{
	uint64_t packets = 0;
	const nf_flow *flow;

	while ((flow = nf_engine_take(engine)) != NULL)
		packets += packets_of(engine, flow);
	return packets;
}

/* What the table really holds, by looking at all of it. */
static uint64_t counted_anew(const nf_engine *engine)
{
	uint64_t bytes = engine->life_bytes, records = 0, numbers = 0;

	for (uint64_t b = 0; b < engine->table.buckets; b++)
		for (const nf_bucket *bucket = &engine->table.segments[b / NF_SEGMENT_BUCKETS][b % NF_SEGMENT_BUCKETS]; bucket; bucket = bucket->more)
			for (int i = 0; i < NF_BUCKET_PLACES; i++) {
				records += bucket->record[i] != NULL;
				numbers += bucket->record[i] && bucket->record[i]->packets == NF_MANY;
			}
	bytes += records * engine->records.piece_bytes + numbers * engine->model->numbers->bytes;
	return bytes;
}

/* Flows of one packet and of many, UDP and TCP that closes, over a time in which nothing would end by itself but by its FINs. */
static void run_mix(nf_profile profile)
{
	nf_engine *engine = engine_for(profile, LIMIT);
	const nf_stats *stats = nf_engine_stats(engine);
	GRand *rnd = g_rand_new_with_seed(17);
	uint64_t packets = 0, highest = 0;
	nf_error error;

	for (int i = 0; i < STEPS; i++) {
		const bool old = g_rand_int_range(rnd, 0, 3) > 0;
		const uint32_t n = old ? (uint32_t)g_rand_int_range(rnd, 0, 500) : 1000 + (uint32_t)i;
		const uint8_t flags = g_rand_int_range(rnd, 0, 50) == 0 ? NF_TCP_FIN | NF_TCP_ACK : g_rand_int_range(rnd, 0, 200) == 0 ? NF_TCP_RST : NF_TCP_ACK;

		feed(engine, i * INT64_C(100000), n, g_rand_boolean(rnd), n % 2, flags, (uint32_t)i);
		g_assert_cmpuint(stats->memory_bytes, <=, LIMIT);
		if (i % 1000 == 0)
			g_assert_cmpuint(counted_anew(engine), <=, stats->memory_bytes);
		highest = MAX(highest, stats->memory_bytes);
		packets += take(engine);
	}
	g_assert_cmpuint(stats->memory_peak_bytes, <=, LIMIT);
	g_assert_cmpuint(stats->memory_peak_bytes, >=, highest);
	g_assert_cmpuint(highest, >, LIMIT * 9 / 10);
	g_assert_cmpint(nf_engine_finish(engine, &error), ==, NF_OK);
	packets += take(engine);
	g_assert_cmpuint(packets, ==, stats->used);
	/* CICFlowMeter makes no rows of flows of one packet. */
	g_assert_cmpuint(stats->ended[NF_END_EVICTED] + stats->skipped[NF_SKIP_SINGLE], >, 1000);
	g_assert_cmpuint(engine->numbers_held, ==, 0);
	g_assert_cmpuint(engine->life_bytes, ==, profile == NF_PROFILE_ZEEK ? engine->life_reserve : 0); /* what lies ready for a hole */
	g_rand_free(rnd);
	nf_engine_free(engine);
}

static void test_mix(gconstpointer data)
{
	run_mix((nf_profile)GPOINTER_TO_INT(data));
}

/* UDP flows of one to ten packets each: whoever is evicted had its last packet before those of all that stay. */
static void test_longest_idle(void)
{
	enum { CLIENTS = 20000 };
	nf_engine *engine = engine_for(NF_PROFILE_NETFLOWER, LIMIT);
	int64_t *last = g_new0(int64_t, CLIENTS); /* of an open flow; 0: there is none */
	GRand *rnd = g_rand_new_with_seed(23);
	const nf_flow *flow;
	size_t evicted = 0;

	for (int i = 1; i <= STEPS; i++) {
		const uint32_t n = (uint32_t)(g_rand_int_range(rnd, 0, CLIENTS) * (int64_t)g_rand_int_range(rnd, 0, CLIENTS) / CLIENTS);

		feed(engine, i * INT64_C(100000), n, false, false, 0, 0);
		last[n] = i;
		while ((flow = nf_engine_take(engine)) != NULL) {
			uint32_t address;
			const nf_key *key = &flow->record->key;

			memcpy(&address, key->address[key->port[0] == 443], 4);
			const uint32_t client = GUINT32_FROM_BE(address) & 0xffffff;
			const int64_t then = last[client];

			g_assert_cmpint(flow->record->reason, ==, NF_END_EVICTED);
			g_assert_cmpint(then, >, 0);
			last[client] = 0;
			for (int k = 0; evicted % 50 == 0 && k < CLIENTS; k++)
				g_assert_true(last[k] == 0 || last[k] > then);
			evicted++;
		}
	}
	g_assert_cmpuint(evicted, >, 5000);
	g_assert_cmpuint(evicted, ==, nf_engine_stats(engine)->ended[NF_END_EVICTED]);
	g_rand_free(rnd);
	g_free(last);
	nf_engine_free(engine);
}

/* Connections that close within the linger time: their marks are bounded, too, and the open flows are not ended for them. */
static void test_marks(void)
{
	nf_engine *engine = engine_for(NF_PROFILE_NETFLOWER, LIMIT);
	const nf_stats *stats = nf_engine_stats(engine);

	for (uint32_t n = 0; n < 1000; n++)
		feed(engine, 0, n, false, false, 0, 0);
	for (uint32_t n = 0; n < STEPS; n++) {
		feed(engine, 1000, 1000 + n, false, true, NF_TCP_RST, 0);
		g_assert_cmpuint(stats->memory_bytes, <=, LIMIT);
		take(engine);
	}
	g_assert_cmpuint(stats->memory_bytes, >, LIMIT * 98 / 100);
	g_assert_cmpuint(stats->ended[NF_END_EVICTED], ==, 0);
	g_assert_cmpuint(stats->alive, ==, 1000);
	/* The latest is still known, the first is not. */
	feed(engine, 2000, 1000 + STEPS - 1, true, true, NF_TCP_ACK, 0);
	g_assert_cmpuint(stats->skipped[NF_SKIP_AFTER_CLOSE], ==, 1);
	feed(engine, 2000, 1000, true, true, NF_TCP_ACK, 0);
	g_assert_cmpuint(stats->skipped[NF_SKIP_AFTER_CLOSE], ==, 1);
	nf_engine_free(engine);
}

/* One connection of the fork remembers its segments within an eighth of the limit. */
static void test_seen(void)
{
	nf_engine *engine = engine_for(NF_PROFILE_CICFLOWMETER_FIXED, LIMIT);
	const nf_stats *stats = nf_engine_stats(engine);

	for (uint32_t i = 0; i < STEPS; i++) {
		feed(engine, i, 1, false, true, NF_TCP_ACK, i);
		g_assert_cmpuint(stats->memory_bytes, <=, LIMIT / 7);
	}
	g_assert_cmpuint(stats->memory_bytes, >, LIMIT / 16);
	g_assert_cmpuint(stats->alive, ==, 1);
	nf_engine_free(engine);
}

/*
 * First as many flows of one packet as there is room for, then flows of many packets: the records that the former leave free are of no use to
 * the latter's numbers where they lie, so they are moved together. What was really allocated stays near the limit.
 */
static void test_other_mix(void)
{
	enum { LARGE = 16 << 20, BESIDE = 1 << 20 };
	nf_engine *engine = engine_for(NF_PROFILE_NETFLOWER, LARGE);
	const nf_stats *stats = nf_engine_stats(engine);
	GRand *rnd = g_rand_new_with_seed(29);
	uint64_t packets = 0;
	nf_error error;

	for (int round = 0; round < 3; round++) {
		const uint32_t base = (uint32_t)round * 1000000;
		for (int i = 0; i < 200000; i++) {
			feed(engine, i, base + (uint32_t)g_rand_int_range(rnd, 0, 150000), false, i % 2, NF_TCP_ACK, 0);
			packets += take(engine);
		}
		for (int i = 0; i < 200000; i++) {
			feed(engine, 200000 + i, base + 500000 + (uint32_t)g_rand_int_range(rnd, 0, 12000), i % 3, i % 2, NF_TCP_ACK, 0);
			packets += take(engine);
			g_assert_cmpuint(nf_memory_allocated(engine), <, LARGE + BESIDE);
		}
		g_assert_cmpuint(stats->memory_bytes, >, LARGE / 2);
	}
	g_assert_cmpint(nf_engine_finish(engine, &error), ==, NF_OK);
	packets += take(engine);
	g_assert_cmpuint(packets, ==, stats->used);
	g_rand_free(rnd);
	nf_engine_free(engine);
}

/*
 * Flows that end at once leave their timers among those of the others. However many do, the timers of flows and marks take no more than is counted
 * for them, a fourth more than are waiting; beside that, of each kind, some that are never looked for, and parts that are not full.
 */
static void test_timers(void)
{
	enum { FLOWS = 150000, BESIDE = 2 * (1024 * sizeof(nf_timer) + 3 * sizeof(nf_queue_chunk)) };

	for (uint32_t percent = 0; percent <= 70; percent += 10) {
		nf_engine *engine = engine_for(NF_PROFILE_NETFLOWER, UINT64_C(256) << 20);
		GRand *rnd = g_rand_new_with_seed(percent);

		for (uint32_t n = 0; n < FLOWS; n++) {
			feed(engine, n, n, false, true, NF_TCP_ACK, 0);
			if ((uint32_t)g_rand_int_range(rnd, 0, 100) < percent)
				feed(engine, n, n, false, true, NF_TCP_RST, 0);
			take(engine);
		}
		g_assert_cmpuint(engine->table.records, ==, FLOWS);
		g_assert_cmpuint(engine->stats.ended[NF_END_EVICTED], ==, 0);
		g_assert_cmpuint(engine->model->life->timer_bytes(engine), <=, FLOWS * sizeof(nf_timer) * 5 / 4 + BESIDE);
		g_rand_free(rnd);
		nf_engine_free(engine);
	}
}

/*
 * A flow's numbers take more than what the end of a flow of one packet gives back: for one packet several flows end, and however many packets
 * in a row want numbers, the limit holds. OLD flows of one packet fill the memory, FEW_LONG flows of as many packets as a record keeps are
 * newer; then each of these gets one more, with which it needs numbers.
 */
static void test_several_at_once(void)
{
	enum { OLD = 8000, FEW_LONG = 800 };
	nf_engine *engine = engine_for(NF_PROFILE_NETFLOWER, LIMIT);
	const nf_stats *stats = nf_engine_stats(engine);
	uint64_t once = 0, evicted = 0;
	const nf_flow *flow;

	for (uint32_t n = 0; n < OLD; n++)
		feed(engine, 0, n, false, false, 0, 0);
	for (uint32_t i = 0; i < NF_FEW * FEW_LONG; i++)
		feed(engine, 1000, OLD + i / NF_FEW, false, false, 0, 0);
	take(engine);
	g_assert_cmpuint(engine->numbers_held, ==, 0);
	for (uint32_t n = 0; n < FEW_LONG; n++) {
		uint64_t ended = 0;

		feed(engine, 2000, OLD + n, false, false, 0, 0);
		g_assert_cmpuint(stats->memory_bytes, <=, engine->memory_most);
		for (; (flow = nf_engine_take(engine)) != NULL; ended++)
			g_assert_cmpuint(packets_of(engine, flow), ==, 1);
		once = MAX(once, ended);
		evicted += ended;
	}
	g_assert_cmpuint(engine->numbers_held, ==, FEW_LONG);
	g_assert_cmpuint(once, >, 1);
	/* All that the numbers take was given back by records, which leave their part of the table. */
	g_assert_cmpuint(evicted * engine->record_bytes, >=, FEW_LONG * engine->numbers_bytes - engine->record_bytes);
	nf_engine_free(engine);
}

/* Both sides of a connection of the zeek profile send 10 bytes behind a hole of 90. */
static void feed_holes(nf_engine *engine, int64_t ts_ns, uint32_t n)
{
	for (int back = 0; back < 2; back++) {
		feed(engine, ts_ns, n, back, true, NF_TCP_ACK, 1000);
		feed_with(engine, ts_ns, n, back, true, NF_TCP_ACK, 1090, 10);
	}
}

/*
 * Room for what waits behind holes is part of the limit. It is used again by others when its connection ends, and counts for good, as memory
 * does not get less by it; where there is no hole there is but the one that lies ready.
 */
static void test_holes(void)
{
	enum { CONNECTIONS = 10000 };
	nf_engine *engine = engine_for(NF_PROFILE_ZEEK, LIMIT);
	const nf_stats *stats = nf_engine_stats(engine);
	nf_error error;

	for (uint32_t n = 0; n < 100; n++) {
		feed(engine, 0, n, false, true, NF_TCP_ACK, 1000);
		feed_with(engine, 0, n, false, true, NF_TCP_ACK, 1000, 100);
	}
	const uint64_t each = engine->life_reserve;
	g_assert_cmpuint(each, >=, sizeof(nf_runs));
	g_assert_cmpuint(engine->life_bytes, ==, each);
	for (uint32_t n = 0; n < 100; n++) {
		feed_with(engine, 1000, n, false, true, NF_TCP_ACK, 1200, 10);
		feed_with(engine, 1000, n, false, true, NF_TCP_ACK, 1300, 10); /* the next hole needs nothing more */
		g_assert_cmpuint(engine->life_bytes, ==, (n + 2) * each);
	}
	g_assert_cmpint(nf_engine_finish(engine, &error), ==, NF_OK);
	take(engine);
	for (uint32_t n = 0; n < 50; n++)
		feed_holes(engine, 1500, n);
	g_assert_cmpuint(engine->life_bytes, ==, 101 * each);
	g_assert_cmpint(nf_engine_finish(engine, &error), ==, NF_OK);
	take(engine);
	for (uint32_t n = 0; n < CONNECTIONS; n++) {
		feed_holes(engine, 2000 + n, n);
		g_assert_cmpuint(stats->memory_bytes, <=, engine->memory_most);
		g_assert_cmpuint(engine->life_bytes, >=, 2 * stats->alive * each);
		take(engine);
	}
	g_assert_cmpuint(stats->memory_peak_bytes, <=, LIMIT);
	g_assert_cmpuint(stats->alive, >, 500);
	g_assert_cmpuint(stats->ended[NF_END_EVICTED], ==, CONNECTIONS - stats->alive);
	nf_engine_free(engine); /* with what is open */
}

/* Huge pages are for who has no limit: none of what a limited engine holds may come in pieces of 2 MiB. */
static void test_no_huge_pages(void)
{
	for (int limited = 0; limited < 2; limited++) {
		nf_engine *engine;
		nf_options options;
		nf_error error;

		nf_options_init(&options);
		options.huge_pages = true;
		options.max_memory = limited ? LIMIT : 0;
		g_assert_cmpint(nf_engine_new(&engine, &options, &error), ==, NF_OK);
		g_assert_cmpint(engine->records.huge_pages, ==, !limited);
		g_assert_cmpint(engine->numbers.huge_pages, ==, !limited);
		g_assert_cmpint(engine->table.memory.huge_pages, ==, !limited);
		nf_engine_free(engine);
	}
}

static void test_least(void)
{
	nf_engine *engine;
	nf_options options;
	nf_error error;

	nf_options_init(&options);
	options.max_memory = NF_MEMORY_LEAST - 1;
	g_assert_cmpint(nf_engine_new(&engine, &options, &error), ==, NF_ARGUMENT);
	g_assert_cmpstr(error.text, ==, "the limit of memory is at least 1048576 bytes");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (int profile = 0; profile < NF_PROFILE_COUNT; profile++) {
		char *path = g_strdup_printf("/memory/mix/%s", nf_profile_name((nf_profile)profile));
		g_test_add_data_func(path, GINT_TO_POINTER(profile), test_mix);
		g_free(path);
	}
	g_test_add_func("/memory/longest-idle", test_longest_idle);
	g_test_add_func("/memory/marks", test_marks);
	g_test_add_func("/memory/seen", test_seen);
	g_test_add_func("/memory/other-mix", test_other_mix);
	g_test_add_func("/memory/timers", test_timers);
	g_test_add_func("/memory/several-at-once", test_several_at_once);
	g_test_add_func("/memory/holes", test_holes);
	g_test_add_func("/memory/no-huge-pages", test_no_huge_pages);
	g_test_add_func("/memory/least", test_least);
	return g_test_run();
}
