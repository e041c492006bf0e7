/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file table.h
 * The flow table: a hash table that grows by one bucket at a time, so that no insertion ever waits for a copy of the whole (linear
 * hashing: W. Litwin, "Linear hashing: a new tool for file and table addressing", VLDB 1980). A bucket is one cache line and holds the
 * hashes beside the pointers: neither a search that finds nothing nor growing touches a record.
 */
#ifndef NF_FLOW_TABLE_H
#define NF_FLOW_TABLE_H

#include "arena.h"
#include "record.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { NF_BUCKET_PLACES = 4, NF_SEGMENT_BUCKETS = 256 };

typedef struct nf_bucket {
	uint32_t hash[NF_BUCKET_PLACES];
	nf_record *record[NF_BUCKET_PLACES]; /**< NULL: the place is free */
	struct nf_bucket *more;              /**< holds what has no place here */
	uint64_t unused;
} nf_bucket;

_Static_assert(sizeof(nf_bucket) == 64, "a bucket is a cache line");

typedef struct nf_table {
	nf_bucket **segments;    /**< buckets, in segments that never move */
	size_t segments_room;
	uint64_t buckets;        /**< in use; at least NF_SEGMENT_BUCKETS */
	uint64_t low_mask;       /**< largest power of two <= buckets, less 1 */
	uint64_t records;
	nf_arena memory;         /**< of the segments */
	nf_arena more;           /**< the buckets behind nf_bucket.more */
	nf_hash_seed seed;
} nf_table;

/** False: out of memory. Otherwise to be cleared with nf_table_clear(). */
bool nf_table_init(nf_table *table, nf_hash_seed seed);
void nf_table_clear(nf_table *table);

static inline uint32_t nf_table_hash(const nf_table *table, const nf_key *key)
{
	return (uint32_t)nf_key_hash(key, &table->seed);
}

/** The bucket of a hash. */
static inline nf_bucket *nf_table_bucket(const nf_table *table, uint32_t hash)
{
	uint64_t i = hash & (table->low_mask << 1 | 1);

	if (i >= table->buckets)
		i &= table->low_mask;
	return &table->segments[i / NF_SEGMENT_BUCKETS][i % NF_SEGMENT_BUCKETS];
}

/** Bit i: place i of the bucket has this hash, or had it once. Which place it is nobody can guess, so there are no branches. */
static inline unsigned nf_bucket_match(const nf_bucket *bucket, uint32_t hash)
{
#ifdef __SSE2__
	const __m128i hashes = _mm_loadu_si128((const __m128i *)(const void *)bucket->hash);

	return (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(hashes, _mm_set1_epi32((int)hash))));
#else
	unsigned match = 0;

	for (int i = 0; i < NF_BUCKET_PLACES; i++)
		match |= (unsigned)(bucket->hash[i] == hash) << i;
	return match;
#endif
}

/**
 * For reading ahead: the record of a hash's bucket that has this hash, hence most likely the one with its key. Where none has it some other one,
 * or NULL: whether a packet begins a flow nobody can guess, so there is no branch for that.
 */
static inline nf_record *nf_bucket_guess(const nf_bucket *bucket, uint32_t hash)
{
	unsigned match = nf_bucket_match(bucket, hash);

	while (!match && bucket->more) {
		bucket = bucket->more;
		match = nf_bucket_match(bucket, hash);
	}
	return bucket->record[__builtin_ctz(match | 1u << (NF_BUCKET_PLACES - 1))];
}

/** The record with this key, or NULL. */
static inline nf_record *nf_table_find(const nf_table *table, const nf_key *key, uint32_t hash)
{
	for (const nf_bucket *bucket = nf_table_bucket(table, hash); bucket; bucket = bucket->more)
		for (unsigned match = nf_bucket_match(bucket, hash); match; match &= match - 1) {
			nf_record *record = bucket->record[__builtin_ctz(match)];
			if (record && nf_key_equal(&record->key, key))
				return record;
		}
	return NULL;
}

/** Puts a record in; its key must not be there yet. False: out of memory, and the record is not in. */
bool nf_table_insert(nf_table *table, nf_record *record, uint32_t hash);

/** Takes a record out that is in. */
void nf_table_remove(nf_table *table, const nf_record *record);

/** Puts @p record, with the same key, where @p old is. */
void nf_table_replace(nf_table *table, const nf_record *old, nf_record *record);

/** Takes all records out. The buckets stay. */
void nf_table_empty(nf_table *table);

#endif
