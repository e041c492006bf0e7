/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* One record for each bucket of four places: depending on how far growth has come, 4 to 9 buckets in a thousand need more. */
enum { RECORDS_PER_BUCKET = 1, SEGMENTS_MIN = 64, SEGMENT_BYTES = NF_SEGMENT_BUCKETS * sizeof(nf_bucket) };

static bool add_segment(nf_table *table)
{
	const size_t n = table->buckets / NF_SEGMENT_BUCKETS;

	if (n == table->segments_room) {
		size_t room = n ? n * 2 : SEGMENTS_MIN;
		nf_bucket **segments = realloc(table->segments, room * sizeof *segments);
		if (!segments)
			return false;
		table->segments = segments;
		table->segments_room = room;
	}
	table->segments[n] = nf_arena_get(&table->memory);
	if (!table->segments[n])
		return false;
	memset(table->segments[n], 0, SEGMENT_BYTES);
	return true;
}

bool nf_table_init(nf_table *table, nf_hash_seed seed)
{
	*table = (nf_table){.seed = seed};
	nf_arena_init(&table->memory, SEGMENT_BYTES);
	nf_arena_init(&table->more, sizeof(nf_bucket));
	if (!add_segment(table)) {
		free(table->segments);
		return false;
	}
	table->buckets = NF_SEGMENT_BUCKETS;
	table->low_mask = NF_SEGMENT_BUCKETS - 1;
	return true;
}

void nf_table_clear(nf_table *table)
{
	free(table->segments);
	nf_arena_clear(&table->memory);
	nf_arena_clear(&table->more);
	*table = (nf_table){.seed = table->seed};
}

/* Puts a record into a free place of a bucket, or of those behind it. */
static bool put(nf_table *table, nf_bucket *bucket, nf_record *record, uint32_t hash)
{
	for (nf_bucket *b = bucket;; b = b->more) {
		for (int i = 0; i < NF_BUCKET_PLACES; i++) {
			if (b->record[i])
				continue;
			b->hash[i] = hash;
			b->record[i] = record;
			return true;
		}
		if (b->more)
			continue;
		b->more = nf_arena_get(&table->more);
		if (!b->more)
			return false;
		memset(b->more, 0, sizeof *b->more);
	}
}

/* Opens the next bucket, and moves to it those records of one older bucket that now belong there. */
static bool grow(nf_table *table)
{
	if (table->buckets % NF_SEGMENT_BUCKETS == 0 && !add_segment(table))
		return false;
	if (table->buckets > table->low_mask * 2 + 1)
		table->low_mask = table->low_mask << 1 | 1;
	uint64_t half = table->buckets++ - table->low_mask - 1;
	nf_bucket *first = &table->segments[half / NF_SEGMENT_BUCKETS][half % NF_SEGMENT_BUCKETS];
	nf_bucket rest = *first;

	*first = (nf_bucket){0};
	for (nf_bucket *b = &rest, *more; b; b = more) {
		for (int i = 0; i < NF_BUCKET_PLACES; i++)
			if (b->record[i] && !put(table, nf_table_bucket(table, b->hash[i]), b->record[i], b->hash[i]))
				return false;
		more = b->more;
		if (b != &rest)
			nf_arena_put(&table->more, b);
	}
	return true;
}

bool nf_table_insert(nf_table *table, nf_record *record, uint32_t hash)
{
	if (table->records >= table->buckets * RECORDS_PER_BUCKET && !grow(table))
		return false;
	if (!put(table, nf_table_bucket(table, hash), record, hash))
		return false;
	table->records++;
	return true;
}

static nf_record **place_of(nf_table *table, const nf_record *record)
{
	for (nf_bucket *b = nf_table_bucket(table, nf_table_hash(table, &record->key));; b = b->more)
		for (int i = 0; i < NF_BUCKET_PLACES; i++)
			if (b->record[i] == record)
				return &b->record[i];
}

void nf_table_remove(nf_table *table, const nf_record *record)
{
	*place_of(table, record) = NULL;
	table->records--;
}

void nf_table_replace(nf_table *table, const nf_record *old, nf_record *record)
{
	*place_of(table, old) = record;
}

void nf_table_empty(nf_table *table)
{
	for (uint64_t i = 0; i < table->buckets; i += NF_SEGMENT_BUCKETS)
		memset(table->segments[i / NF_SEGMENT_BUCKETS], 0, SEGMENT_BYTES);
	nf_arena_clear(&table->more);
	table->records = 0;
}
