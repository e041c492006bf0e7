/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the engine that hold records: arena, table, timers. */
#include "flow/arena.h"
#include "flow/table.h"
#include "flow/timers.h"

#include <glib.h>

static const nf_hash_seed SEED = {{0x0123456789abcdef, 0xfedcba9876543210}};

static nf_key key_of(uint32_t n)
{
	nf_key key = {.ip_version = 4, .protocol = 17};

	memcpy(key.address[0], &n, 4);
	key.port[1] = 53;
	return key;
}

static void test_arena_pieces(void)
{
	nf_arena arena;
	GHashTable *seen = g_hash_table_new(NULL, NULL);

	nf_arena_init(&arena, 144);
	for (int i = 0; i < 10000; i++) {
		char *piece = nf_arena_get(&arena);
		g_assert_cmpuint((guintptr)piece % 16, ==, 0);
		memset(piece, 0xa5, 144);
		g_assert_true(g_hash_table_add(seen, piece));
	}
	void *piece = arena.next - 144;
	nf_arena_put(&arena, piece);
	g_assert_true(nf_arena_get(&arena) == piece);
	nf_arena_clear(&arena);
	g_hash_table_destroy(seen);
}

/* The two directions of a flow are one key once its lower end is first, and different keys have different hashes. */
static void test_key_ends(void)
{
	nf_key key = {.address = {{10, 0, 0, 2}, {10, 0, 0, 1}}, .port = {80, 1000}, .protocol = 6, .ip_version = 4};
	nf_key back = nf_key_reversed(&key);

	g_assert_cmpint(nf_key_compare_ends(&key), ==, -nf_key_compare_ends(&back));
	g_assert_cmpint(nf_key_compare_ends(&key), !=, 0);
	nf_key again = nf_key_reversed(&back);
	g_assert_true(nf_key_equal(&key, &again));
	g_assert_false(nf_key_equal(&key, &back));
	memcpy(key.address[1], key.address[0], 16);
	g_assert_cmpint(nf_key_compare_ends(&key), <, 0);
	key.port[1] = 80;
	g_assert_cmpint(nf_key_compare_ends(&key), ==, 0);
}

/* Every part of the key takes part in the hash, for IPv4 and IPv6. */
static void test_key_hash(void)
{
	for (int version = 4; version <= 6; version += 2) {
		nf_key key = {.ip_version = (uint8_t)version, .protocol = 6};
		int address_bytes = version == 4 ? 4 : 16;
		uint64_t base = nf_key_hash(&key, &SEED);

		for (int side = 0; side < 2; side++) {
			for (int i = 0; i < address_bytes; i++) {
				nf_key other = key;
				other.address[side][i] ^= 1;
				g_assert_cmpuint(nf_key_hash(&other, &SEED), !=, base);
			}
			nf_key other = key;
			other.port[side] ^= 1;
			g_assert_cmpuint(nf_key_hash(&other, &SEED), !=, base);
		}
		nf_key other = key;
		other.protocol = 17;
		g_assert_cmpuint(nf_key_hash(&other, &SEED), !=, base);
		nf_hash_seed seed = {{SEED.word[0] ^ 1, SEED.word[1]}};
		g_assert_cmpuint(nf_key_hash(&key, &seed), !=, base);
	}
}

/* Grows through several doublings while records come and go; what is in is found, what is out is not. */
static void test_table_random(void)
{
	enum { KEYS = 20000, STEPS = 200000 };
	nf_table table;
	nf_record *records = g_new0(nf_record, KEYS);
	bool *in = g_new0(bool, KEYS);
	GRand *rnd = g_rand_new_with_seed(3);
	uint64_t expected = 0;

	g_assert_true(nf_table_init(&table, SEED));
	for (int i = 0; i < STEPS; i++) {
		uint32_t n = (uint32_t)g_rand_int_range(rnd, 0, KEYS);
		nf_key key = key_of(n);
		uint32_t hash = nf_table_hash(&table, &key);

		g_assert_true(nf_table_find(&table, &key, hash) == (in[n] ? &records[n] : NULL));
		if (in[n]) {
			nf_table_remove(&table, &records[n]);
		} else {
			records[n].key = key;
			g_assert_true(nf_table_insert(&table, &records[n], hash));
		}
		in[n] = !in[n];
		expected += in[n] ? 1 : UINT64_MAX;
		g_assert_cmpuint(table.records, ==, expected);
	}
	for (uint32_t n = 0; n < KEYS; n++) {
		nf_key key = key_of(n);
		g_assert_true(nf_table_find(&table, &key, nf_table_hash(&table, &key)) == (in[n] ? &records[n] : NULL));
	}
	nf_table_clear(&table);
	g_rand_free(rnd);
	g_free(in);
	g_free(records);
}

/*
 * 100000 records make as many buckets, of which 68928 have been split (0.76 records each on average) and 31072 have not (1.53). With a good hash
 * the numbers are Poisson's: 0.11 % and 1.99 %, 0.69 % of all, have more than four, and none has more than twelve (1e-4).
 */
static void test_table_spread(void)
{
	enum { KEYS = 100000 };
	nf_table table;
	nf_record *records = g_new0(nf_record, KEYS);
	size_t with_more = 0, longest = 0;

	g_assert_true(nf_table_init(&table, SEED));
	for (uint32_t n = 0; n < KEYS; n++) {
		records[n].key = key_of(n);
		g_assert_true(nf_table_insert(&table, &records[n], nf_table_hash(&table, &records[n].key)));
	}
	for (uint64_t b = 0; b < table.buckets; b++) {
		const nf_bucket *bucket = &table.segments[b / NF_SEGMENT_BUCKETS][b % NF_SEGMENT_BUCKETS];
		size_t length = 0;
		with_more += bucket->more != NULL;
		for (; bucket; bucket = bucket->more)
			length++;
		longest = MAX(longest, length);
	}
	g_assert_cmpuint(table.buckets, ==, KEYS);
	g_assert_cmpuint(longest, <=, 3);
	g_assert_cmpuint(with_more, >, table.buckets * 60 / 10000);
	g_assert_cmpuint(with_more, <, table.buckets * 80 / 10000);
	nf_table_clear(&table);
	g_free(records);
}

static void test_table_replace(void)
{
	nf_table table;
	nf_record a = {.key = key_of(1)}, b = {.key = key_of(1)};
	uint32_t hash;

	g_assert_true(nf_table_init(&table, SEED));
	hash = nf_table_hash(&table, &a.key);
	g_assert_true(nf_table_insert(&table, &a, hash));
	nf_table_replace(&table, &a, &b);
	g_assert_true(nf_table_find(&table, &a.key, hash) == &b);
	nf_table_empty(&table);
	g_assert_null(nf_table_find(&table, &a.key, hash));
	nf_table_clear(&table);
}

/* How the times of new records follow each other. */
typedef enum clock_kind { ANY, ONWARDS, MOSTLY_ONWARDS } clock_kind;

static int64_t next_time(GRand *rnd, clock_kind kind, int step)
{
	if (kind == ANY || (kind == MOSTLY_ONWARDS && g_rand_int_range(rnd, 0, 50) == 0))
		return g_rand_int_range(rnd, 0, 1000);
	return step / 8;
}

/* Deadlines that grow without the timers' knowledge, records that stop waiting or lie elsewhere, and the sweep, against a search for the least. */
static void test_timers_random(gconstpointer data)
{
	enum { RECORDS = 500, STEPS = 40000 };
	const clock_kind kind = GPOINTER_TO_INT(data);
	nf_timers timers;
	nf_record *records = g_new0(nf_record, RECORDS);
	GRand *rnd = g_rand_new_with_seed(5);
	uint64_t sequence = 0;
	size_t waiting = 0, queued = 0;

	nf_timers_init(&timers, NF_STATE_OPEN, 10);
	for (int i = 0; i < STEPS; i++) {
		nf_record *r = &records[g_rand_int_range(rnd, 0, RECORDS)];
		if (r->state != NF_STATE_OPEN) {
			r->state = NF_STATE_OPEN;
			r->sequence = ++sequence;
			r->last_ns = next_time(rnd, kind, i);
			g_assert_true(nf_timers_set(&timers, r));
			waiting++;
			g_assert_cmpuint(timers.queue.n + timers.heap.n, <=, 2 * waiting + 1024);
		} else if (g_rand_int_range(rnd, 0, 3) == 0) {
			r->state = NF_STATE_FREE;
			nf_timers_forget(&timers);
			waiting--;
		} else {
			r->last_ns += g_rand_int_range(rnd, 0, 50);
		}
		nf_record *other = &records[g_rand_int_range(rnd, 0, RECORDS)];
		if (r->state == NF_STATE_OPEN && other->state != NF_STATE_OPEN && g_rand_int_range(rnd, 0, 20) == 0) {
			*other = *r;
			r->state = NF_STATE_FREE;
			r->sequence = 0;
			g_assert_true(nf_timers_moved(&timers, other));
		}
		nf_record *least = NULL;
		for (int k = 0; k < RECORDS; k++) {
			nf_record *o = &records[k];
			if (o->state == NF_STATE_OPEN && (!least || o->last_ns < least->last_ns ||
							  (o->last_ns == least->last_ns && o->sequence < least->sequence)))
				least = o;
		}
		if (least)
			g_assert_true(nf_timers_may_be_due(&timers, least->last_ns + 11));
		if (i % 7 == 0) {
			g_assert_true(nf_timers_first(&timers) == least);
			g_assert_cmpint(timers.earliest_ns, ==, least ? least->last_ns + 10 : INT64_MAX);
		}
		g_assert_cmpuint(timers.valid, ==, waiting);
		queued += timers.queue.n;
	}
	/* Else the queue would not be tested. */
	g_assert_cmpuint(queued / STEPS, >, kind == ANY ? 0 : 100);
	uint64_t last = 0;
	nf_timers_sort(&timers);
	for (const nf_record *record; (record = nf_timers_take(&timers)) != NULL; waiting--) {
		g_assert_cmpuint(record->sequence, >, last);
		last = record->sequence;
	}
	g_assert_cmpuint(waiting, ==, 0);
	nf_timers_clear(&timers);
	g_rand_free(rnd);
	g_free(records);
}

static bool has_odd_deadline(const void *to, const nf_timer *timer)
{
	(void)to;
	return timer->deadline_ns % 2;
}

/* Tidied all over, as many as were kept are there, in order, in chunks that are full but for the first and the last one. */
static void test_queue_tidy(gconstpointer data)
{
	enum { TIMERS = 100 * NF_QUEUE_CHUNK };
	nf_queue queue = {0};
	nf_record record;
	GRand *rnd = g_rand_new_with_seed(8);
	size_t kept = 0;

	for (uint64_t i = 1; i <= TIMERS; i++) {
		/* Of the middle third none is kept. */
		const bool keep = (i < TIMERS / 3 || i > TIMERS / 3 * 2) && g_rand_int_range(rnd, 0, 100) < GPOINTER_TO_INT(data);
		const nf_timer timer = {(int64_t)(2 * i + keep), i, &record};
		g_assert_true(nf_queue_takes(&queue, &timer));
		g_assert_true(nf_queue_push(&queue, timer));
		kept += keep;
	}
	g_assert_cmpuint(queue.chunks, ==, 100);
	for (int round = 0; round < 220; round++)
		nf_queue_tidy(&queue, has_odd_deadline, NULL);
	g_assert_cmpuint(queue.n, ==, kept);
	g_assert_cmpuint(queue.chunks, <=, kept / NF_QUEUE_CHUNK + 2);
	int64_t last = 0;
	for (size_t left = kept; left > 0; left--) {
		const nf_timer *first = nf_queue_first(&queue);
		g_assert_true(first && first->deadline_ns % 2);
		g_assert_cmpint(first->deadline_ns, >, last);
		last = first->deadline_ns;
		nf_queue_pop(&queue);
	}
	g_assert_null(nf_queue_first(&queue));
	g_assert_cmpuint(queue.chunks, ==, 0);
	/* And goes on as a new one. */
	g_assert_true(nf_queue_push(&queue, (nf_timer){1, 1, &record}));
	g_assert_false(nf_queue_takes(&queue, &(nf_timer){1, 1, &record}));
	g_assert_false(nf_queue_takes(&queue, &(nf_timer){0, 2, &record}));
	g_assert_true(nf_queue_takes(&queue, &(nf_timer){1, 2, &record}));
	nf_queue_tidy(&queue, has_odd_deadline, NULL);
	g_assert_cmpuint(queue.n, ==, 1);
	nf_queue_clear(&queue);
	g_rand_free(rnd);
}

static void test_timers_overflow(void)
{
	nf_timers timers;
	nf_record record = {.state = NF_STATE_OPEN, .sequence = 1, .last_ns = INT64_MAX - 5};

	nf_timers_init(&timers, NF_STATE_OPEN, 10);
	g_assert_cmpint(nf_timers_deadline(&timers, &record), ==, INT64_MAX);
	g_assert_true(nf_timers_set(&timers, &record));
	g_assert_false(nf_timers_may_be_due(&timers, INT64_MAX));
	record.state = NF_STATE_FREE;
	nf_timers_forget(&timers);
	nf_timers_clear(&timers);
}

/* When the last one waits no more there is nothing to look for. */
static void test_timers_none(void)
{
	nf_timers timers;
	nf_record record = {.state = NF_STATE_OPEN, .sequence = 1, .last_ns = 5};

	nf_timers_init(&timers, NF_STATE_OPEN, 10);
	g_assert_false(nf_timers_may_be_due(&timers, INT64_MAX));
	g_assert_true(nf_timers_set(&timers, &record));
	g_assert_true(nf_timers_may_be_due(&timers, 16));
	g_assert_false(nf_timers_may_be_due(&timers, 15));
	record.state = NF_STATE_FREE;
	nf_timers_forget(&timers);
	g_assert_null(nf_timers_first(&timers));
	g_assert_false(timers.no_memory);
	g_assert_false(nf_timers_may_be_due(&timers, INT64_MAX));
	nf_timers_clear(&timers);
}

/* Whether there are huge pages or not, every piece is there for itself, and with a size of whole cache lines it begins with one. */
static void test_arena_huge_pages(void)
{
	enum { PIECES = 40000, BYTES = 192 }; /* 7.7 MB */
	nf_arena arena;
	static uint64_t *pieces[PIECES];

	nf_arena_init(&arena, BYTES);
	arena.huge_pages = true;
	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < PIECES; i++) {
			pieces[i] = nf_arena_get(&arena);
			g_assert_cmpuint((uintptr_t)pieces[i] % 64, ==, 0);
			for (size_t k = 0; k < BYTES / sizeof **pieces; k++)
				pieces[i][k] = i;
		}
		for (size_t i = 0; i < PIECES; i++)
			for (size_t k = 0; k < BYTES / sizeof **pieces; k++)
				g_assert_cmpuint(pieces[i][k], ==, i);
		nf_arena_clear(&arena);
		g_assert_true(arena.huge_pages);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/arena/get/pieces", test_arena_pieces);
	g_test_add_func("/arena/get/huge-pages", test_arena_huge_pages);
	g_test_add_func("/key/compare/ends", test_key_ends);
	g_test_add_func("/key/hash/every-part", test_key_hash);
	g_test_add_func("/table/random/in-and-out", test_table_random);
	g_test_add_func("/table/insert/spread", test_table_spread);
	g_test_add_func("/table/replace/same-key", test_table_replace);
	g_test_add_data_func("/timers/random/any-order", GINT_TO_POINTER(ANY), test_timers_random);
	g_test_add_data_func("/timers/random/onwards", GINT_TO_POINTER(ONWARDS), test_timers_random);
	g_test_add_data_func("/timers/random/mostly-onwards", GINT_TO_POINTER(MOSTLY_ONWARDS), test_timers_random);
	g_test_add_func("/timers/none", test_timers_none);
	g_test_add_data_func("/timers/queue/tidy/third", GINT_TO_POINTER(33), test_queue_tidy);
	g_test_add_data_func("/timers/queue/tidy/half", GINT_TO_POINTER(53), test_queue_tidy);
	g_test_add_func("/timers/deadline/overflow", test_timers_overflow);
	return g_test_run();
}
