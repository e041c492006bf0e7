/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sketches against exact counts, the time line against a recount, and the screen: no line wider than it, no colours where none are wanted. */
#include "overview/overview_internal.h"
#include "overview/pen.h"

#include <netflower/overview.h>
#include <netflower/sink.h>

#include <glib.h>
#include <math.h>
#include <stdlib.h>

/* --- Space-Saving --- */

static nf_key key_of(uint32_t i)
{
	nf_key key = {.ip_version = 4};

	memcpy(key.address[0], &i, sizeof i);
	return key;
}

enum { KEYS = 3000, COUNTERS = 256, ADDED = 60000 };

/* Weights of which the first keys have the most, in an order that mixes them. */
static uint32_t next_key(GRand *random)
{
	const double u = g_rand_double(random);

	return (uint32_t)(u * u * u * KEYS);
}

static uint64_t added(nf_heavy *heavy, uint64_t exact[KEYS], int n)
{
	GRand *random = g_rand_new_with_seed(1);
	uint64_t total = 0;

	memset(exact, 0, KEYS * sizeof *exact);
	for (int i = 0; i < n; i++) {
		const uint32_t k = next_key(random);
		const uint64_t weight = g_rand_int(random) % 1500;
		const nf_key key = key_of(k);

		(*(uint64_t *)nf_heavy_add(heavy, &key, weight)->body)++;
		exact[k] += weight;
		total += weight;
	}
	g_rand_free(random);
	return total;
}

static void test_heavy_exact(void)
{
	static uint64_t exact[KEYS];
	uint64_t most = 0;
	nf_heavy heavy;

	g_assert_true(nf_heavy_init(&heavy, 4096, 8));
	g_assert_cmpuint(added(&heavy, exact, ADDED), ==, heavy.total);
	g_assert_false(heavy.taken_over);
	for (uint32_t k = 0; k < KEYS; k++) {
		const nf_key key = key_of(k);
		const nf_heavy_entry *entry = nf_heavy_find(&heavy, &key);

		g_assert_cmpuint(entry ? entry->weight : 0, ==, exact[k]);
		g_assert_cmpuint(entry ? entry->error : 0, ==, 0);
		most = MAX(most, exact[k]);
	}
	const nf_heavy_entry *top[3];

	g_assert_cmpuint(nf_heavy_top(&heavy, NULL, top, 3), ==, 3);
	g_assert_cmpuint(top[0]->weight, ==, most);
	nf_heavy_clear(&heavy);
}

static void test_heavy_bound(void)
{
	static uint64_t exact[KEYS];
	nf_heavy heavy;
	size_t heavy_keys = 0;

	g_assert_true(nf_heavy_init(&heavy, COUNTERS, 8));
	const uint64_t total = added(&heavy, exact, ADDED);

	g_assert_true(heavy.taken_over);
	g_assert_cmpuint(heavy.used, ==, COUNTERS);
	for (uint32_t i = 0; i < heavy.used; i++) {
		const nf_heavy_entry *entry = nf_heavy_at(&heavy, i);
		uint32_t k;

		memcpy(&k, entry->key.address[0], sizeof k);
		g_assert_cmpuint(entry->weight, >=, exact[k]);
		g_assert_cmpuint(entry->weight - entry->error, <=, exact[k]);
		g_assert_cmpuint(entry->error, <=, total / COUNTERS);
		g_assert_true(nf_heavy_find(&heavy, &entry->key) == entry);
	}
	for (uint32_t k = 0; k < KEYS; k++) {
		const nf_key key = key_of(k);

		if (exact[k] <= total / COUNTERS)
			continue;
		heavy_keys++;
		g_assert_nonnull(nf_heavy_find(&heavy, &key));
	}
	g_assert_cmpuint(heavy_keys, >, 10);
	nf_heavy_clear(&heavy);
}

/* Two sketches have different seeds, and tell the same. */
static void test_heavy_seed(void)
{
	static uint64_t exact[KEYS];
	const nf_heavy_entry *a_top[COUNTERS], *b_top[COUNTERS];
	nf_heavy a, b;

	g_assert_true(nf_heavy_init(&a, COUNTERS, 8) && nf_heavy_init(&b, COUNTERS, 8));
	g_assert_cmpint(memcmp(&a.seed, &b.seed, sizeof a.seed), !=, 0);
	added(&a, exact, ADDED);
	added(&b, exact, ADDED);
	const size_t n = nf_heavy_top(&a, NULL, a_top, COUNTERS);

	g_assert_cmpuint(nf_heavy_top(&b, NULL, b_top, COUNTERS), ==, n);
	for (size_t i = 0; i < n; i++) {
		g_assert_cmpint(memcmp(&a_top[i]->key, &b_top[i]->key, sizeof(nf_key)), ==, 0);
		g_assert_cmpuint(a_top[i]->weight, ==, b_top[i]->weight);
		g_assert_cmpuint(a_top[i]->error, ==, b_top[i]->error);
		g_assert_cmpuint(*(const uint64_t *)a_top[i]->body, ==, *(const uint64_t *)b_top[i]->body);
		if (i > 0)
			g_assert_true(a_top[i - 1]->weight > a_top[i]->weight ||
				      (a_top[i - 1]->weight == a_top[i]->weight && memcmp(&a_top[i - 1]->key, &a_top[i]->key, sizeof(nf_key)) < 0));
	}
	nf_heavy_clear(&a);
	nf_heavy_clear(&b);
}

/*
 * A few counters for keys that come and go, and a few slots for them, so that runs of slots cross the end of the index again and again: after
 * each step it is what a plain count by the rule of heavy.h makes it, and every key is found that has a counter, no other one.
 */
static void test_heavy_index(void)
{
	enum { FEW = 8, OTHERS = 40, STEPS = 4000 };
	GRand *random = g_rand_new_with_seed(3);

	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct {
			uint32_t key;
			uint64_t weight, error;
		} plain[FEW];
		size_t used = 0;
		nf_heavy heavy;

		g_assert_true(nf_heavy_init(&heavy, FEW, 8));
		heavy.seed = (nf_hash_seed){{seed * UINT64_C(0x9e3779b97f4a7c15), ~seed}};
		for (int step = 0; step < STEPS; step++) {
			const uint32_t k = (uint32_t)g_rand_int_range(random, 0, OTHERS);
			const uint64_t weight = (uint64_t)g_rand_int_range(random, 1, 1000);
			const nf_key key = key_of(k);
			size_t at = 0, slots = 0;

			nf_heavy_add(&heavy, &key, weight);
			while (at < used && plain[at].key != k)
				at++;
			if (at == used && used < FEW) {
				plain[used++].weight = 0;
				plain[at].error = 0;
			} else if (at == used) {
				at = 0;
				for (size_t i = 1; i < FEW; i++) /* of equal weights the smaller key: all have one byte that is not 0 */
					if (plain[i].weight < plain[at].weight || (plain[i].weight == plain[at].weight && plain[i].key < plain[at].key))
						at = i;
				plain[at].error = plain[at].weight;
			}
			plain[at].key = k;
			plain[at].weight += weight;
			for (size_t i = 0; i < used; i++) {
				const nf_key held = key_of(plain[i].key);
				const nf_heavy_entry *entry = nf_heavy_find(&heavy, &held);

				g_assert_nonnull(entry);
				g_assert_cmpuint(entry->weight, ==, plain[i].weight);
				g_assert_cmpuint(entry->error, ==, plain[i].error);
			}
			for (uint32_t slot = 0; slot < heavy.slots; slot++)
				slots += heavy.index[slot] != 0;
			g_assert_cmpuint(slots, ==, used);
		}
		nf_heavy_clear(&heavy);
	}
	g_rand_free(random);
}

/* Sums that do not fit stay at the largest number; weights may be 0. */
static void test_heavy_edges(void)
{
	const nf_heavy_entry *top[2];
	nf_heavy heavy;

	g_assert_true(nf_heavy_init(&heavy, 2, 0));
	for (uint32_t i = 0; i < 5; i++) {
		const nf_key key = key_of(i);
		nf_heavy_add(&heavy, &key, i == 3 ? UINT64_MAX - 1 : 0);
	}
	const nf_key key = key_of(3);

	nf_heavy_add(&heavy, &key, 5);
	g_assert_cmpuint(nf_heavy_top(&heavy, NULL, top, 2), ==, 1);
	g_assert_cmpuint(top[0]->weight, ==, UINT64_MAX);
	g_assert_cmpuint(heavy.total, ==, UINT64_MAX);
	nf_heavy_clear(&heavy);
}

/* --- Distinct counts --- */

static void test_distinct(void)
{
	static const uint32_t counts[] = {0, 1, 2, 63, 64, 65, 80, 130, 400, 1000, 20000, 300000};

	for (size_t c = 0; c < G_N_ELEMENTS(counts); c++) {
		static uint8_t registers[1 << 12];
		nf_distinct distinct = {.n = 0};

		memset(registers, 0, sizeof registers);
		for (int twice = 0; twice < 2; twice++)
			for (uint32_t i = 0; i < counts[c]; i++) {
				nf_distinct_add(&distinct, nf_distinct_hash(&i, sizeof i));
				nf_registers_add(registers, 12, nf_distinct_hash(&i, sizeof i));
			}
		const double n = counts[c], small = (double)nf_distinct_count(&distinct, UINT64_MAX), large = (double)nf_registers_count(registers, 12);

		g_assert_cmpint(nf_distinct_is_exact(&distinct), ==, counts[c] <= NF_DISTINCT_EXACT);
		if (nf_distinct_is_exact(&distinct))
			g_assert_cmpfloat(small, ==, n);
		g_assert_cmpuint(nf_distinct_count(&distinct, counts[c]), <=, counts[c]);
		/* four times the standard error */
		g_assert_cmpfloat(fabs(small - n), <=, 4 * 1.04 / sqrt(512) * n);
		g_assert_cmpfloat(fabs(large - n), <=, 4 * 1.04 / 64 * n + 0.5);
	}
}

/* --- Time line --- */

typedef struct instant {
	int64_t ns;
	uint64_t bytes;
} instant;

static void expect_recount(const instant *instants, size_t n)
{
	static nf_timeline t;
	nf_bucket expected[NF_TIMELINE_BUCKETS] = {{0, 0}};
	int64_t first = instants[0].ns, last = first;
	size_t at;

	memset(&t, 0, sizeof t);
	for (size_t i = 0; i < n; i++) {
		nf_timeline_add(&t, instants[i].ns, instants[i].bytes);
		first = MIN(first, instants[i].ns);
		last = MAX(last, instants[i].ns);
	}
	g_assert_cmpint(t.first_ns, ==, first);
	g_assert_cmpint(t.last_ns, ==, last);
	for (size_t i = 0; i < n; i++) {
		const __int128 bucket = (instants[i].ns - t.from_ns) / ((__int128)1 << t.shift);

		g_assert_true(bucket >= 0 && bucket < NF_TIMELINE_BUCKETS);
		expected[bucket].frames++;
		expected[bucket].bytes += instants[i].bytes;
	}
	g_assert_cmpmem(expected, sizeof expected, t.buckets, sizeof t.buckets);
	const size_t used = nf_timeline_used(&t, &at);

	g_assert_cmpuint(t.buckets[at].frames, >, 0);
	g_assert_cmpuint(t.buckets[at + used - 1].frames, >, 0);
	/* The width is no larger than it must be: else fewer than a quarter of the buckets would be in use. */
	g_assert_true(t.shift == 10 || used > NF_TIMELINE_BUCKETS / 4);
}

static void test_timeline(void)
{
	GRand *random = g_rand_new_with_seed(2);
	instant instants[500];

	for (int shift = 1; shift < 63; shift++) {
		for (size_t i = 0; i < G_N_ELEMENTS(instants); i++)
			instants[i] = (instant){(int64_t)(((uint64_t)g_rand_int(random) << 32 | g_rand_int(random)) >> shift) * (shift % 2 ? 1 : -1),
						g_rand_int(random) % 1500};
		expect_recount(instants, G_N_ELEMENTS(instants));
	}
	g_rand_free(random);
	expect_recount((instant[]){{5, 1}}, 1);
	expect_recount((instant[]){{5, 1}, {4, 2}, {6, 3}}, 3);
	expect_recount((instant[]){{0, 1}, {INT64_MAX, 2}, {INT64_MIN, 3}, {1, 4}}, 4);
	expect_recount((instant[]){{INT64_MIN, 1}, {INT64_MAX, 2}}, 2);
	expect_recount((instant[]){{INT64_MAX, 1}, {INT64_MAX - 1, 1}, {INT64_MIN, 2}}, 3);
}

/* --- Texts --- */

static void test_words(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} durations[] = {{0, "0.0 s"}, {1, "0.0 us"}, {999949, "999.9 us"}, {999950, "1.0 ms"}, {12340000, "12.3 ms"}, {999950000, "1.0 s"},
			 {59949999999, "59.9 s"}, {59950000000, "1 min 00 s"}, {312400000000, "5 min 12 s"}, {3599500000000, "1 h 00 min"},
			 {90000000000000, "1 d 01 h"}};
	char out[NF_WORDS_ROOM];

	for (size_t i = 0; i < G_N_ELEMENTS(durations); i++)
		g_assert_cmpstr(nf_words_duration(durations[i].ns, true, out), ==, durations[i].text);
	g_assert_cmpstr(nf_words_rate(125, 1000000000, out), ==, "1.0 kbit/s");
	g_assert_cmpstr(nf_words_rate(1, 8000000000, out), ==, "1.0 bit/s");
	g_assert_cmpstr(nf_words_rate(UINT64_MAX, UINT64_MAX, out), ==, "8.0 Gbit/s");
	g_assert_cmpstr(nf_words_rate(5, 0, out), ==, "-");
	g_assert_cmpstr(nf_words_share(1, 3, out), ==, "33.3 %");
	g_assert_cmpstr(nf_words_share(0, 0, out), ==, "-");
	g_assert_cmpstr(nf_words_share(UINT64_MAX, UINT64_MAX, out), ==, "100.0 %");
}

/* --- Screens --- */

typedef struct world {
	nf_engine *engine;
	nf_columns *columns;
	nf_sink *sink;
	GString *text;
	nf_overview_options options;
} world;

static nf_status write_text(void *to, const void *bytes, size_t n, nf_error *error)
{
	(void)error;
	g_string_append_len(to, bytes, (gssize)n);
	return NF_OK;
}

static void set_up(world *w, const char *format, nf_overview_options options)
{
	const nf_columns_options of = {.profile = NF_PROFILE_ZEEK};
	nf_options engine;
	nf_error error;

	*w = (world){.text = g_string_new(NULL), .options = options};
	nf_options_init(&engine);
	engine.profile = NF_PROFILE_ZEEK;
	engine.decode = (nf_decode_options){.ipv6 = true, .icmp = true, .all = true, .details = true, .payload_most = 2048, .tunnels = NF_TUNNELS_BOTH};
	g_assert_cmpint(nf_engine_new(&w->engine, &engine, &error), ==, NF_OK);
	g_assert_cmpint(nf_columns_new_for(&w->columns, &of, &error), ==, NF_OK);
	g_assert_cmpint(nf_sink_new(&w->sink, format, w->columns, (nf_writer){write_text, w->text}, &error), ==, NF_OK);
	nf_sink_set_overview(w->sink, &w->options, nf_engine_stats(w->engine));
	g_assert_cmpint(nf_sink_begin(w->sink, &error), ==, NF_OK);
}

static void take(world *w)
{
	const nf_flow *flow;
	nf_error error;

	while ((flow = nf_engine_take(w->engine)) != NULL)
		g_assert_cmpint(nf_sink_flow(w->sink, flow, &error), ==, NF_OK);
}

/* What was told; to be freed. */
static char *told(world *w)
{
	nf_error error;

	g_assert_cmpint(nf_engine_finish(w->engine, &error), ==, NF_OK);
	take(w);
	g_assert_cmpint(nf_sink_end(w->sink, &error), ==, NF_OK);
	nf_sink_free(w->sink);
	nf_columns_free(w->columns);
	nf_engine_free(w->engine);
	return g_string_free(w->text, FALSE);
}

/* Ethernet, IPv4 or IPv6, TCP or UDP, from host to host; addresses are as long as they can be as texts. */
static void frame(world *w, int64_t ns, int version, uint16_t from, uint16_t to, uint8_t protocol, uint16_t port, uint8_t flags, uint16_t payload)
{
	const uint16_t header = protocol == NF_PROTOCOL_TCP ? 20 : 8, ip = version == 4 ? 20 : 40, at = (uint16_t)(14 + ip), all = (uint16_t)(header + payload);
	uint8_t b[2048] = {[12] = version == 4 ? 0x08 : 0x86, [13] = version == 4 ? 0x00 : 0xdd};
	nf_error error;

	if (version == 4) {
		memcpy(b + 14, (uint8_t[20]){0x45, 0, (uint8_t)((20 + all) >> 8), (uint8_t)(20 + all), [8] = 64, protocol, [12] = 210, 210, (uint8_t)(from >> 8), (uint8_t)from,
					     220, 220, (uint8_t)(to >> 8), (uint8_t)to}, 20);
	} else {
		memcpy(b + 14, (uint8_t[8]){0x60, 0, 0, 0, (uint8_t)(all >> 8), (uint8_t)all, protocol, 64}, 8);
		memset(b + 22, 0xab, 32);
		memcpy(b + 36, (uint8_t[2]){(uint8_t)(from >> 8), (uint8_t)from}, 2);
		memcpy(b + 52, (uint8_t[2]){(uint8_t)(to >> 8), (uint8_t)to}, 2);
	}
	memcpy(b + at, (uint8_t[4]){0xc3, 0x50, (uint8_t)(port >> 8), (uint8_t)port}, 4);
	if (protocol == NF_PROTOCOL_TCP)
		memcpy(b + at + 12, (uint8_t[4]){0x50, flags, 0x10, 0}, 4);
	else
		memcpy(b + at + 4, (uint8_t[2]){(uint8_t)(all >> 8), (uint8_t)all}, 2);
	const nf_frame f = {.data = b, .captured = (uint32_t)at + all, .wire = (uint32_t)at + all, .ts_ns = ns, .link = 1};

	nf_sink_frames(w->sink, &f, 1);
	g_assert_cmpint(nf_engine_frame(w->engine, &f, &error), ==, NF_OK);
	take(w);
}

/* More hosts than there are counters, a scan, a flood, something skipped. */
static void make_traffic(world *w)
{
	int64_t ns = INT64_C(1700000000123456789);
	nf_frame arp = {.data = (const uint8_t *)"aaaaaabbbbbb\x08\x06rest", .captured = 18, .wire = 18, .ts_ns = ns, .link = 1};
	nf_error error;

	for (uint16_t i = 0; i < 5000; i++)
		frame(w, ns += 1000000, i % 2 ? 4 : 6, (uint16_t)(20000 + i), 0xffff, NF_PROTOCOL_UDP, 9, 0, (uint16_t)(i % 1400));
	for (uint16_t i = 0; i < 300; i++)
		frame(w, ns += 1000, 6, 0xfff0, 0xffff, NF_PROTOCOL_TCP, (uint16_t)(60000 + i), NF_TCP_SYN, 0);
	for (uint16_t i = 0; i < 300; i++)
		frame(w, ns += 1000, 6, (uint16_t)(30000 + i), 0xffff, NF_PROTOCOL_TCP, 65535, NF_TCP_SYN, 0);
	for (uint16_t i = 0; i < 300; i++)
		frame(w, ns += 1000, 4, 0xfff0, (uint16_t)(0xe000 + i), NF_PROTOCOL_TCP, 65535, NF_TCP_SYN, 0);
	nf_sink_frames(w->sink, &arp, 1);
	g_assert_cmpint(nf_engine_frame(w->engine, &arp, &error), ==, NF_OK);
}

static char *without_codes(const char *text)
{
	GRegex *codes = g_regex_new("\x1b\\[[0-9;]*m", 0, 0, NULL);
	char *plain = g_regex_replace_literal(codes, text, -1, 0, "", 0, NULL);

	g_regex_unref(codes);
	return plain;
}

/* The widest line, as GLib knows characters' widths. */
static unsigned widest(const char *text)
{
	char *plain = without_codes(text);
	char **lines = g_strsplit(plain, "\n", -1);
	unsigned most = 0;

	for (int i = 0; lines[i]; i++) {
		unsigned columns = 0;

		g_assert_true(g_utf8_validate(lines[i], -1, NULL));
		for (const char *c = lines[i]; *c; c = g_utf8_next_char(c))
			columns += g_unichar_iswide(g_utf8_get_char(c)) ? 2 : 1;
		most = MAX(most, columns);
		g_assert_false(g_str_has_suffix(lines[i], " "));
	}
	g_strfreev(lines);
	g_free(plain);
	return most;
}

static const char *const names[] = {"/a/folder/eine Aufnahme mit Umlauten \xc3\xa4\xc3\xb6\xc3\xbc \xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97.pcap",
				    "/another/\x1b[31mred\x9b\xc2\x9b.pcap\n", "-"};

static char *screen_of(nf_overview_options options, void (*traffic)(world *w))
{
	world w;

	set_up(&w, "summary", options);
	if (traffic)
		traffic(&w);
	return told(&w);
}

static void test_width(void)
{
	for (unsigned width = 40; width <= 200; width += width < 100 ? 1 : 7) {
		const nf_overview_options options = {.width = width, .names = names, .n_names = 1};
		char *text = screen_of(options, width % 20 ? NULL : make_traffic);

		g_assert_cmpuint(widest(text), <=, width);
		if (width % 20 == 0)
			g_assert_cmpuint(widest(text), >=, width - 6);
		g_free(text);
	}
}

static void test_widths_out_of_range(void)
{
	static const unsigned given[][2] = {{0, 80}, {1, 40}, {39, 40}, {201, 200}, {UINT_MAX, 200}};

	for (size_t i = 0; i < G_N_ELEMENTS(given); i++) {
		char *a = screen_of((nf_overview_options){.width = given[i][0]}, make_traffic);
		char *b = screen_of((nf_overview_options){.width = given[i][1]}, make_traffic);

		g_assert_cmpstr(a, ==, b);
		g_free(a);
		g_free(b);
	}
}

/* Colours change nothing but colours; without them and in ASCII no other bytes come than those that may. */
static void test_colours(void)
{
	nf_overview_options options = {.width = 80, .names = names, .n_names = 2};
	char *plain = screen_of(options, make_traffic);

	options.colour = true;
	char *coloured = screen_of(options, make_traffic), *stripped = without_codes(coloured);

	g_assert_null(strchr(plain, 0x1b));
	g_assert_nonnull(strstr(coloured, "\x1b[1;36mPROTOCOLS\x1b[0m"));
	g_assert_cmpstr(stripped, ==, plain);
	options = (nf_overview_options){.width = 80, .names = names, .n_names = 3, .plain_ascii = true};
	char *ascii = screen_of(options, make_traffic);

	for (const char *c = ascii; *c; c++)
		g_assert_true((*c >= 0x20 && *c < 0x7f) || *c == '\n');
	g_assert_nonnull(strstr(ascii, "####"));
	g_assert_cmpuint(widest(ascii), <=, 80);
	g_free(plain);
	g_free(coloured);
	g_free(stripped);
	g_free(ascii);
}

static void expect_in(const char *text, const char *piece)
{
	if (!strstr(text, piece))
		g_error("there is no '%s' in:\n%s", piece, text);
}

/* By hand: 5,000 + 900 + 1 frames; 2 * 2,500 senders, one who is sent to for each version, the scanner for each version, 300 + 300 more. */
static void test_facts(void)
{
	char *text = screen_of((nf_overview_options){.width = 200, .names = names + 2, .n_names = 1}, make_traffic);

	expect_in(text, "standard input\n");
	expect_in(text, "5,901 frames");
	expect_in(text, "5,900 connections");
	expect_in(text, "\xe2\x89\x88" "5,"); /* so many hosts are estimated */
	expect_in(text, "\xe2\x89\x88 more than 4,096 hosts");
	expect_in(text, "port scan");
	expect_in(text, "host scan");
	expect_in(text, "300 half-open connections to [abab:abab:abab:abab:abab:abab:abab:ffff]:65535 from");
	expect_in(text, "ARP and other not IP 1");
	g_free(text);
}

static void test_empty(void)
{
	char *text = screen_of((nf_overview_options){.width = 0}, NULL);

	g_assert_cmpstr(text, ==, "capture\n0 frames \xc2\xb7 0 B \xc2\xb7 0 connections\n");
	g_free(text);
	world w;

	set_up(&w, "summary-json", (nf_overview_options){.width = 0});
	text = told(&w);
	g_assert_true(g_str_has_prefix(text, "{\"captures\":[],\"frames\":0,\"bytes\":0,"));
	g_assert_true(g_str_has_suffix(text, "\"used\":0,\"skipped\":[]}\n"));
	g_free(text);
}

/* The same frames give the same bytes, whatever the seeds of engine and sketches. */
static void test_repeats(void)
{
	char *first = screen_of((nf_overview_options){.width = 100}, make_traffic);

	for (int i = 0; i < 2; i++) {
		char *again = screen_of((nf_overview_options){.width = 100}, make_traffic);

		g_assert_cmpstr(again, ==, first);
		g_free(again);
	}
	g_free(first);
}

/* What the sketches take is what docs/SUMMARY.md says, and does not grow. */
static void test_memory(void)
{
	nf_overview *o = nf_overview_new();
	const nf_heavy *sketches[] = {&o->hosts, &o->pairs, &o->scanners, &o->targets};
	size_t bytes = sizeof *o;

	for (size_t i = 0; i < G_N_ELEMENTS(sketches); i++)
		bytes += sketches[i]->capacity * (sketches[i]->entry_bytes + sizeof(uint32_t)) + sketches[i]->slots * sizeof(uint32_t);
	g_test_message("%zu bytes", bytes);
	g_assert_cmpuint(bytes, <, 4 * 1024 * 1024);
	nf_overview_free(o);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/overview/heavy/exact", test_heavy_exact);
	g_test_add_func("/overview/heavy/bound", test_heavy_bound);
	g_test_add_func("/overview/heavy/seed", test_heavy_seed);
	g_test_add_func("/overview/heavy/index", test_heavy_index);
	g_test_add_func("/overview/heavy/edges", test_heavy_edges);
	g_test_add_func("/overview/distinct", test_distinct);
	g_test_add_func("/overview/timeline", test_timeline);
	g_test_add_func("/overview/words", test_words);
	g_test_add_func("/overview/screen/width", test_width);
	g_test_add_func("/overview/screen/widths-out-of-range", test_widths_out_of_range);
	g_test_add_func("/overview/screen/colours", test_colours);
	g_test_add_func("/overview/screen/facts", test_facts);
	g_test_add_func("/overview/screen/empty", test_empty);
	g_test_add_func("/overview/screen/repeats", test_repeats);
	g_test_add_func("/overview/memory", test_memory);
	return g_test_run();
}
