/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file engine_internal.h
 * The engine as lives see it: records, the table, the queue of ended flows. Lives own the timers.
 */
#ifndef NF_FLOW_ENGINE_INTERNAL_H
#define NF_FLOW_ENGINE_INTERNAL_H

#include "arena.h"
#include "extra.h"
#include "model.h"
#include "parcel.h"
#include "table.h"
#include "timers.h"

/** With a limit of memory a fourth more timers than are waiting may be there, not as many more. */
enum { NF_DROPPED_BOUNDED = 2 };

/** So many times the clock may be set within the life of a flow. */
enum { NF_CLOCK_SETTINGS = 8 };

/** The engine's own clock is the packets' less an offset, which changes when theirs is set. */
typedef struct nf_clock_setting {
	uint64_t sequence; /**< of the newest record at that time */
	int64_t offset_ns; /**< from then on */
} nf_clock_setting;

struct nf_engine {
	nf_options options;
	const nf_model *model;
	void *life; /**< what the life keeps */
	nf_stats stats;
	nf_table table;
	nf_arena records;
	nf_arena numbers;
	uint64_t sequence; /**< of the newest record */
	uint64_t numbers_held; /**< pieces that records of the table have */
	uint64_t life_bytes;   /**< what the life allocates apart from records, for them */
	uint64_t life_reserve; /**< so much of it one packet may add */
	uint64_t records_most; /**< the most records that were in the table: it does not shrink */
	uint64_t memory_most;  /**< nf_options.max_memory less what one packet may add; UINT64_MAX: no limit */
	size_t record_bytes;   /**< of a record with its places in table and timers */
	size_t numbers_bytes;  /**< of a piece of numbers */
	uint8_t timers;        /**< in which an open flow may be, at least 1 */
	size_t extra_bytes; /**< behind each record */
	uint8_t few;       /**< packets that a record keeps before there are numbers: NF_FEW or 0 */
	bool watched;      /**< a packet matters to more than the numbers: see nf_engine_watch() */
	nf_record *ended_first, **ended_last;
	nf_record nothing;     /**< a free one: the guess of a turn where the table has none */
	nf_flow taken;         /**< what nf_engine_take() gave last */
	nf_text *text;         /**< for the flow taken */
	void *replayed;        /**< the numbers of a flow that had few packets */
	nf_decoder *decoder;   /**< of nf_engine_frame() */
	nf_batch batch;        /**< of nf_engine_frame() */
	int64_t offset_ns;     /**< now */
	int64_t first_offset_ns; /**< of records older than the first setting that is known */
	size_t settings;
	nf_clock_setting setting[NF_CLOCK_SETTINGS];
};

/** Behind the numbers with a limit of memory: the record that has them, NULL in a free piece. */
static inline nf_record **nf_engine_owner(const nf_engine *engine, void *numbers)
{
	return (nf_record **)(void *)((char *)numbers + engine->model->numbers->bytes);
}

static inline void nf_engine_numbers_free(nf_engine *engine, void *numbers)
{
	if (engine->numbers.pool)
		*nf_engine_owner(engine, numbers) = NULL;
	nf_arena_put(&engine->numbers, numbers);
}

static inline void nf_engine_record_free(nf_engine *engine, nf_record *record)
{
	if (record->packets == NF_MANY)
		nf_engine_numbers_free(engine, record->u.numbers);
	record->state = NF_STATE_FREE;
	record->sequence = 0;
	nf_arena_put(&engine->records, record);
}

/** A piece for the numbers of a record of the table, its content not specified; NULL: out of memory. */
static inline void *nf_engine_numbers_new(nf_engine *engine, nf_record *record)
{
	void *numbers = nf_arena_get(&engine->numbers);

	engine->numbers_held++;
	if (numbers && engine->numbers.pool)
		*nf_engine_owner(engine, numbers) = record;
	return numbers;
}

/** A new record for a key, not yet in the table; NULL: out of memory. */
static inline nf_record *nf_engine_record_new(nf_engine *engine, const nf_key *key, nf_state state, int64_t now_ns)
{
	nf_record *record = nf_arena_get(&engine->records);

	if (!record)
		return NULL;
	record->key = *key;
	record->next = NULL;
	record->sequence = ++engine->sequence;
	record->first_ns = record->last_ns = now_ns;
	record->state = (uint8_t)state;
	record->packets = 0;
	record->forward = 0;
	record->fins = 0;
	if (engine->extra_bytes)
		nf_extra_init(nf_record_extra(record), &engine->options);
	return record;
}

/** Moves an open flow, which is out of the table and of all timers already, to the queue of ended ones. */
static inline void nf_engine_enqueue(nf_engine *engine, nf_record *record, nf_end_reason reason)
{
	engine->numbers_held -= record->packets == NF_MANY;
	record->state = NF_STATE_ENDED;
	record->reason = (uint8_t)reason;
	record->next = NULL;
	*engine->ended_last = record;
	engine->ended_last = &record->next;
	engine->stats.ended[reason]++;
	engine->stats.alive--;
}

/** The record of a turn's key in the table, or NULL. What was read ahead is it but where an earlier turn took it out, or the hash is another's too. */
static inline nf_record *nf_engine_find(const nf_engine *engine, const nf_turn *turn)
{
	nf_record *guess = turn->guess;

	if (nf_state_is_in_table(guess->state) && nf_key_equal(&guess->key, &turn->key))
		return guess;
	return nf_table_find(&engine->table, &turn->key, turn->hash);
}

/** Frees a record that is out of the table and of all timers, without it having ended. */
static inline void nf_engine_drop(nf_engine *engine, nf_record *record)
{
	engine->numbers_held -= record->packets == NF_MANY;
	nf_engine_record_free(engine, record);
}

/** The share of its timers that may be dropped ones: see nf_timers.dropped. */
static inline unsigned nf_engine_dropped_share(const nf_engine *engine)
{
	return engine->options.max_memory ? NF_DROPPED_BOUNDED : 0;
}

/** Sets how memory is counted, when the life has begun. False: out of memory. */
bool nf_memory_begin(nf_engine *engine);

/** Counts the memory of the flows held. */
void nf_memory_note(nf_engine *engine);

/** Makes the flows fit into their memory after a packet. False: out of memory. */
bool nf_memory_fit(nf_engine *engine);

/** Gives memory back that lies free among what is used, when all flows that ended have been taken. */
void nf_memory_pack(nf_engine *engine);

/** Bytes that were really allocated for the flows, held or ended. */
uint64_t nf_memory_allocated(const nf_engine *engine);

/** Tells a packet of a flow to the extras, and to nf_options.on_packet. */
void nf_engine_watch(nf_engine *engine, nf_record *record, const nf_brief *brief, const nf_turn *turn);

/** Makes numbers of the packets that a record keeps. False: out of memory. */
bool nf_engine_make_numbers(nf_engine *engine, nf_record *record);

/** Where the next packet of a record is to be written before nf_engine_add(): in the record as long as it keeps the packets themselves. */
static inline nf_brief *nf_engine_brief(const nf_engine *engine, nf_record *record, nf_brief *elsewhere)
{
	return record->packets < engine->few ? &record->u.few[record->packets] : elsewhere;
}

/** Adds the packet that stands where nf_engine_brief() said; the few become numbers when there is no room for one more. */
static inline bool nf_engine_add(nf_engine *engine, nf_record *record, const nf_brief *brief, const nf_turn *turn)
{
	if (engine->watched)
		nf_engine_watch(engine, record, brief, turn);
	if (record->packets < engine->few) {
		record->packets++;
		return true;
	}
	if (record->packets != NF_MANY && !nf_engine_make_numbers(engine, record))
		return false;
	engine->model->numbers->add(record->u.numbers, brief, turn->detail);
	return true;
}

/** A packet as its flow sees it. @param ts_ns  never before the flow's latest time */
static inline nf_brief nf_turn_brief(const nf_turn *turn, const nf_record *record, int64_t ts_ns)
{
	const nf_packet *p = turn->packet;

	return (nf_brief){
		.ts_ns = ts_ns,
		.ip_bytes = p->ip_bytes,
		.payload_bytes = p->payload_bytes,
		.window = p->window,
		.header_bytes = p->header_bytes,
		.tcp_flags = p->tcp_flags,
		.dir = turn->is_loop || turn->sender == record->forward ? NF_FWD : NF_BWD,
		.is_tcp = p->key.protocol == NF_PROTOCOL_TCP,
	};
}

/** Counts a packet that is older than the latest of its flow. */
static inline void nf_engine_note_out_of_order(nf_engine *engine, const nf_packet *packet)
{
	if (engine->stats.out_of_order++ == 0)
		engine->stats.out_of_order_first = packet->number;
}

/** Counts the packet's frame as used. */
static inline void nf_engine_note_used(nf_engine *engine, const nf_packet *packet)
{
	engine->stats.used += !(packet->flags & NF_PACKET_ALSO);
}

#endif
