/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of flows. What is counted does not depend on when ended flows are taken, nor on where pieces lie: so it depends on the packets
 * alone who is ended for want of memory. What is really allocated follows it: pieces that lie free in many chunks are brought together.
 */
#include "engine_internal.h"

#include "pool.h"

/*
 * What a record takes beside its piece, at most. Table: a bucket, and its share of the buckets that one in a hundred has behind it. Timers:
 * a fourth more than are waiting.
 */
enum { TABLE_BYTES = 65, TIMER_BYTES = sizeof(nf_timer) * 5 / 4 };

/* A chunk takes some 0.2 ms to clear. SLACK: what ends within a batch keeps its pieces until it is taken. */
enum { CHUNKS_AT_ONCE = 4, SLACK = 8 * NF_CHUNK_BYTES };

bool nf_memory_begin(nf_engine *engine)
{
	const uint64_t most = engine->options.max_memory;

	if (most && (!nf_arena_use_pool(&engine->records) || !nf_arena_use_pool(&engine->numbers)))
		return false;
	engine->record_bytes = nf_arena_cost(&engine->records) + TABLE_BYTES + engine->timers * (size_t)TIMER_BYTES;
	engine->numbers_bytes = nf_arena_cost(&engine->numbers);
	engine->memory_most = most ? most - engine->record_bytes - engine->numbers_bytes - engine->life_reserve : UINT64_MAX;
	return true;
}

void nf_memory_note(nf_engine *engine)
{
	nf_stats *stats = &engine->stats;
	const uint64_t records = engine->table.records;

	if (records > engine->records_most)
		engine->records_most = records;
	stats->memory_bytes = records * engine->record_bytes + (engine->records_most - records) * TABLE_BYTES +
			      engine->numbers_held * engine->numbers_bytes + engine->life_bytes;
	if (stats->memory_bytes > stats->memory_peak_bytes)
		stats->memory_peak_bytes = stats->memory_bytes;
}

bool nf_memory_fit(nf_engine *engine)
{
	nf_memory_note(engine);
	while (engine->stats.memory_bytes > engine->memory_most) {
		const uint64_t records = engine->table.records;

		if (!engine->model->life->evict(engine))
			return false;
		nf_memory_note(engine);
		if (engine->table.records == records)
			break;
	}
	return true;
}

static size_t resident(const nf_arena *arena)
{
	return arena->pool ? arena->pool->resident * NF_CHUNK_BYTES : 0;
}

uint64_t nf_memory_allocated(const nf_engine *engine)
{
	return resident(&engine->records) + resident(&engine->numbers) + engine->records_most * TABLE_BYTES +
	       engine->model->life->timer_bytes(engine) + engine->life_bytes;
}

static bool move_record(nf_engine *engine, nf_record *old)
{
	nf_record *record = nf_arena_get(&engine->records);

	if (!record)
		return false;
	memcpy(record, old, engine->records.piece_bytes);
	nf_table_replace(&engine->table, old, record);
	old->state = NF_STATE_FREE;
	old->sequence = 0;
	if (record->packets == NF_MANY)
		*nf_engine_owner(engine, record->u.numbers) = record;
	return engine->model->life->moved(engine, record);
}

static bool move_numbers(nf_engine *engine, void *old)
{
	nf_record *owner = *nf_engine_owner(engine, old);
	void *numbers = nf_arena_get(&engine->numbers);

	if (!numbers)
		return false;
	memcpy(numbers, old, engine->numbers.piece_bytes);
	owner->u.numbers = numbers;
	return true;
}

static bool is_used(const nf_engine *engine, const nf_arena *arena, void *piece)
{
	return arena == &engine->records ? ((const nf_record *)piece)->state != NF_STATE_FREE : *nf_engine_owner(engine, piece) != NULL;
}

/* Moves all pieces of one chunk to others. False: that cannot be. */
static bool clear_a_chunk(nf_engine *engine, nf_arena *arena)
{
	nf_chunk *chunk = nf_pool_sparse(arena->pool);

	if (!chunk)
		return false;
	for (uint32_t i = 0; i < chunk->begun; i++) {
		void *piece = nf_chunk_piece(arena->pool, chunk, i);

		if (is_used(engine, arena, piece) && !(arena == &engine->records ? move_record(engine, piece) : move_numbers(engine, piece)))
			return false;
	}
	nf_pool_release(arena->pool, chunk);
	return true;
}

void nf_memory_pack(nf_engine *engine)
{
	if (engine->memory_most == UINT64_MAX)
		return;
	for (int i = 0; i < CHUNKS_AT_ONCE && nf_memory_allocated(engine) > engine->options.max_memory + SLACK; i++)
		if (!clear_a_chunk(engine, &engine->records) && !clear_a_chunk(engine, &engine->numbers))
			return;
}
