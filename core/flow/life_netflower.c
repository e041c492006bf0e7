/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How flows live in the netflower profiles: idle and active limits, the close of a TCP connection and its remains. */
#include "engine_internal.h"

#include <stdlib.h>

/* A packet's numbers are read so many turns ahead. */
enum { AHEAD = 4 };

typedef struct nf_netflower_life {
	nf_timers idle;    /* of open flows */
	nf_timers linger;  /* of closed connections */
	nf_timers active;  /* of open flows, only with active_by_clock */
	nf_timers paused;  /* of places of flows that these ended */
	bool has_active_timers;
} nf_netflower_life;

static nf_netflower_life *life_of(const nf_engine *engine)
{
	return engine->life;
}

static bool begin(nf_engine *engine)
{
	const nf_options *options = &engine->options;
	nf_netflower_life *life = malloc(sizeof *life);

	if (!life)
		return false;
	engine->life = life;
	nf_timers_init(&life->idle, NF_STATE_OPEN, options->idle_timeout_ns);
	nf_timers_init(&life->linger, NF_STATE_LINGER, options->close_linger_ns);
	nf_timers_init(&life->active, NF_STATE_OPEN, options->active_timeout_ns);
	nf_timers_init(&life->paused, NF_STATE_PAUSED, options->idle_timeout_ns);
	life->active.from_first = true;
	life->has_active_timers = options->active_by_clock && options->active_timeout_ns;
	engine->timers = life->has_active_timers ? 2 : 1;
	life->idle.dropped = life->linger.dropped = life->active.dropped = life->paused.dropped = nf_engine_dropped_share(engine);
	return true;
}

static void clear(nf_engine *engine)
{
	nf_netflower_life *life = life_of(engine);

	nf_timers_clear(&life->idle);
	nf_timers_clear(&life->linger);
	nf_timers_clear(&life->active);
	nf_timers_clear(&life->paused);
	free(life);
}

/* Moves an open flow, which is out of the table already, to the queue of ended ones. */
static void enqueue_ended(nf_engine *engine, nf_record *record, nf_end_reason reason)
{
	nf_netflower_life *life = life_of(engine);

	nf_timers_forget(&life->idle);
	if (life->has_active_timers)
		nf_timers_forget(&life->active);
	nf_engine_enqueue(engine, record, reason);
}

static void end(nf_engine *engine, nf_record *record, nf_end_reason reason)
{
	nf_table_remove(&engine->table, record);
	enqueue_ended(engine, record, reason);
}

/* Takes a mark, which is no flow, out of the table. */
static void mark_end(nf_engine *engine, nf_timers *timers, nf_record *mark)
{
	nf_table_remove(&engine->table, mark);
	nf_timers_forget(timers);
	nf_engine_drop(engine, mark);
}

/* Ends the oldest mark; there is one. False: out of memory. */
static bool end_first_mark(nf_engine *engine, nf_timers *timers)
{
	nf_record *mark = nf_timers_first(timers);

	if (mark)
		mark_end(engine, timers, mark);
	return mark;
}

/* Ends the flow that was idle longest; there is one. False: out of memory. */
static bool end_idle_longest(nf_engine *engine)
{
	nf_record *record = nf_timers_first(&life_of(engine)->idle);

	if (record)
		end(engine, record, NF_END_EVICTED);
	return record;
}

/* The record of these timers that is due first, if its limit lies before now; else NULL. */
static nf_record *due(nf_timers *timers, int64_t now_ns)
{
	if (!nf_timers_may_be_due(timers, now_ns))
		return NULL;
	nf_record *record = nf_timers_first(timers);
	return record && nf_timers_deadline(timers, record) < now_ns ? record : NULL;
}

/* Leaves a mark in the place of a record that is no open flow any more. There are never more of a kind than flows are allowed. */
static nf_record *leave_mark(nf_engine *engine, nf_timers *timers, nf_record *record)
{
	nf_record *mark = nf_engine_record_new(engine, &record->key, timers->state, record->last_ns);

	if (!mark)
		return NULL;
	nf_table_replace(&engine->table, record, mark);
	if (engine->options.max_memory)
		nf_timers_tidy(&life_of(engine)->idle);
	if (engine->options.max_flows && timers->valid >= engine->options.max_flows && !end_first_mark(engine, timers))
		return NULL;
	return nf_timers_set(timers, mark) ? mark : NULL;
}

/* The clock has passed a flow's active limit before its idle one. What its next piece must know stays in its place. */
static bool pause_flow(nf_engine *engine, nf_record *record)
{
	nf_netflower_life *life = life_of(engine);
	nf_record *mark = leave_mark(engine, &life->paused, record);

	if (!mark)
		return false;
	mark->forward = record->forward;
	mark->fins = record->fins;
	enqueue_ended(engine, record, NF_END_ACTIVE);
	return true;
}

/* Whether the first limit comes first; of equal ones the older flow's, and a flow that reaches both at once is idle. */
static bool is_before(int64_t a_ns, const nf_record *a, int64_t b_ns, const nf_record *b)
{
	return a_ns != b_ns ? a_ns < b_ns : a->sequence <= b->sequence;
}

/* Ends the flows whose idle or active limit lies before now, in order of these limits. */
static bool expire_flows(nf_engine *engine, int64_t now_ns)
{
	nf_netflower_life *life = life_of(engine);
	for (;;) {
		nf_record *idle = due(&life->idle, now_ns), *active = due(&life->active, now_ns);

		if (life->idle.no_memory || life->active.no_memory)
			return false;
		if (!idle && !active)
			return true;
		if (!active || (idle && is_before(nf_timers_deadline(&life->idle, idle), idle,
						  nf_timers_deadline(&life->active, active), active)))
			end(engine, idle, NF_END_IDLE);
		else if (!pause_flow(engine, active))
			return false;
	}
}

/* Ends whatever has its limit before now. False: out of memory. */
static bool expire_due(nf_engine *engine, int64_t now_ns)
{
	nf_netflower_life *life = life_of(engine);
	nf_record *record;

	if (life->has_active_timers) {
		if (!expire_flows(engine, now_ns))
			return false;
		while ((record = due(&life->paused, now_ns)) != NULL)
			mark_end(engine, &life->paused, record);
	} else {
		while ((record = due(&life->idle, now_ns)) != NULL)
			end(engine, record, NF_END_IDLE);
	}
	while ((record = due(&life->linger, now_ns)) != NULL)
		mark_end(engine, &life->linger, record);
	return !(life->idle.no_memory || life->paused.no_memory || life->linger.no_memory);
}

/* The same: for most packets there is nothing to be done. */
static inline bool expire(nf_engine *engine, int64_t now_ns)
{
	const nf_netflower_life *life = life_of(engine);

	if (!life->has_active_timers && !nf_timers_may_be_due(&life->idle, now_ns) && !nf_timers_may_be_due(&life->linger, now_ns))
		return true;
	return expire_due(engine, now_ns);
}

/* A flow of the packet's key, empty yet, with the given forward side. */
static nf_record *start(nf_engine *engine, const nf_turn *w, uint8_t forward)
{
	nf_netflower_life *life = life_of(engine);
	nf_stats *stats = &engine->stats;

	if (engine->options.max_flows && stats->alive >= engine->options.max_flows && !end_idle_longest(engine))
		return NULL;

	nf_record *record = nf_engine_record_new(engine, &w->key, NF_STATE_OPEN, w->ts_ns);
	if (!record || !nf_table_insert(&engine->table, record, w->hash) || !nf_timers_set(&life->idle, record))
		return NULL;
	if (life->has_active_timers && !nf_timers_set(&life->active, record))
		return NULL;
	record->forward = forward;
	if (++stats->alive > stats->alive_most)
		stats->alive_most = stats->alive;
	return record;
}

/* The next piece of a flow. */
static nf_record *start_piece(nf_engine *engine, const nf_turn *w, uint8_t forward, uint8_t fins)
{
	nf_record *record = start(engine, w, forward);

	if (record)
		record->fins = fins;
	return record;
}

/* What comes to the place of a closed connection in the linger time belongs to it. */
static bool start_linger(nf_engine *engine, nf_record *closed)
{
	nf_netflower_life *life = life_of(engine);
	if (engine->options.close_linger_ns == 0) {
		nf_table_remove(&engine->table, closed);
		return true;
	}
	return leave_mark(engine, &life->linger, closed);
}

/* The packet's flow: the open one, or a new one. NULL with *remains set: the packet is a remain of a closed connection. */
static nf_record *flow_of(nf_engine *engine, const nf_turn *w, bool *remains)
{
	nf_netflower_life *life = life_of(engine);
	nf_record *record = nf_engine_find(engine, w);
	const int64_t active_ns = engine->options.active_timeout_ns;

	*remains = false;
	if (record && record->state == NF_STATE_LINGER) {
		if ((w->packet->tcp_flags & (NF_TCP_SYN | NF_TCP_ACK)) != NF_TCP_SYN) {
			*remains = true;
			return NULL;
		}
		mark_end(engine, &life->linger, record);
		record = NULL;
	}
	if (record && record->state == NF_STATE_PAUSED) {
		uint8_t forward = record->forward, fins = record->fins;
		mark_end(engine, &life->paused, record);
		return start_piece(engine, w, forward, fins);
	}
	if (!record)
		return start(engine, w, w->sender);
	/* The clock has not passed the flow's idle limit, so only the cap can part the packet from it. */
	if (active_ns && w->ts_ns > record->first_ns && nf_gap_ns(record->first_ns, w->ts_ns) > (uint64_t)active_ns) {
		uint8_t forward = record->forward, fins = record->fins;
		end(engine, record, NF_END_ACTIVE);
		record = start_piece(engine, w, forward, fins);
	}
	return record;
}

/* One packet in its turn. False: out of memory. */
static bool work(nf_engine *engine, const nf_turn *w)
{
	const nf_packet *p = w->packet;
	bool remains;

	if (!expire(engine, w->ts_ns))
		return false;
	nf_record *record = flow_of(engine, w, &remains);
	if (!record) {
		/* A frame's later packets are counted with its first one. */
		engine->stats.skipped[NF_SKIP_AFTER_CLOSE] += remains && !(p->flags & NF_PACKET_ALSO);
		return remains;
	}
	if (w->ts_ns < record->last_ns)
		nf_engine_note_out_of_order(engine, p);
	else
		record->last_ns = w->ts_ns;

	nf_brief elsewhere, *brief = nf_engine_brief(engine, record, &elsewhere);
	*brief = nf_turn_brief(w, record, record->last_ns);
	const uint8_t dir = brief->dir;
	if (!nf_engine_add(engine, record, brief, w))
		return false;
	nf_engine_note_used(engine, p);
	if (!(p->tcp_flags & (NF_TCP_FIN | NF_TCP_RST)))
		return true;

	if (p->tcp_flags & NF_TCP_FIN)
		record->fins |= (uint8_t)(1 << dir);
	const bool reset = p->tcp_flags & NF_TCP_RST;
	if (!reset && !engine->model->first_fin_closes && record->fins != (1 << NF_FWD | 1 << NF_BWD))
		return true;
	if (!start_linger(engine, record))
		return false;
	enqueue_ended(engine, record, reset ? NF_END_RST : NF_END_FIN);
	return true;
}

/*
 * The lines that a packet will write to, see nf_side. Its record was read ahead before, and has come by now. Whether it has numbers nobody can
 * guess, so there is no branch: a record without them is read again.
 */
static inline void read_ahead(const nf_turn *w)
{
	const nf_record *record = w->guess;
	const size_t has_numbers = record->packets == NF_MANY;
	const uintptr_t at = (uintptr_t)record + ((uintptr_t)record->u.numbers - (uintptr_t)record) * has_numbers;
	const size_t side = offsetof(nf_features, dir) + sizeof(nf_side) * (w->sender != record->forward);

	__builtin_prefetch((const void *)at);
	__builtin_prefetch((const void *)(at + side));
	__builtin_prefetch((const void *)(at + side + offsetof(nf_side, bytes)));
}

static bool turns(nf_engine *engine, const nf_turn *turns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			read_ahead(&turns[i + AHEAD]);
		if (!work(engine, &turns[i]))
			return false;
	}
	return true;
}

static void free_marks(nf_engine *engine, nf_timers *timers)
{
	nf_record *mark;

	while ((mark = nf_timers_first(timers)) != NULL) {
		nf_timers_forget(timers);
		nf_engine_record_free(engine, mark);
	}
}

static void finish(nf_engine *engine)
{
	nf_netflower_life *life = life_of(engine);

	free_marks(engine, &life->linger);
	free_marks(engine, &life->paused);
	nf_record *record;
	nf_timers_sort(&life->idle);
	while ((record = nf_timers_take(&life->idle)) != NULL)
		enqueue_ended(engine, record, NF_END_EOF);
	nf_timers_empty(&life->idle);
	nf_timers_empty(&life->linger);
	nf_timers_empty(&life->active);
	nf_timers_empty(&life->paused);
}

static bool evict(nf_engine *engine)
{
	nf_netflower_life *life = life_of(engine);
	nf_timers *marks = life->paused.valid > life->linger.valid ? &life->paused : &life->linger;

	if (life->paused.valid + life->linger.valid > life->idle.valid)
		return end_first_mark(engine, marks);
	return life->idle.valid == 0 || end_idle_longest(engine);
}

static bool moved(nf_engine *engine, nf_record *record)
{
	nf_netflower_life *life = life_of(engine);

	if (record->state == NF_STATE_LINGER)
		return nf_timers_moved(&life->linger, record);
	if (record->state == NF_STATE_PAUSED)
		return nf_timers_moved(&life->paused, record);
	return nf_timers_moved(&life->idle, record) && (!life->has_active_timers || nf_timers_moved(&life->active, record));
}

static size_t timer_bytes(const nf_engine *engine)
{
	const nf_netflower_life *life = life_of(engine);

	return nf_timers_bytes(&life->idle) + nf_timers_bytes(&life->linger) + nf_timers_bytes(&life->active) + nf_timers_bytes(&life->paused);
}

const nf_life nf_life_netflower = {begin, clear, turns, expire, finish, evict, moved, timer_bytes};

static void numbers_init(void *numbers)
{
	nf_features_init(numbers);
}

static void numbers_add(void *numbers, const nf_brief *brief, const nf_detail *detail)
{
	(void)detail;
	nf_features_add(numbers, brief);
}

/* netflower 1.0.1 took no TCP header's length. */
static void numbers_add_headless(void *numbers, const nf_brief *brief, const nf_detail *detail)
{
	nf_brief b = *brief;

	(void)detail;
	if (b.is_tcp)
		b.header_bytes = 0;
	nf_features_add(numbers, &b);
}

static uint64_t numbers_packets(const void *numbers)
{
	return nf_features_packets(numbers);
}

static void numbers_shift(void *numbers, int64_t by_ns)
{
	nf_features *f = numbers;

	f->first_ns = (int64_t)((uint64_t)f->first_ns + (uint64_t)by_ns);
	f->last_ns = (int64_t)((uint64_t)f->last_ns + (uint64_t)by_ns);
}

/* Whole cache lines, see nf_side. */
enum { NUMBERS_BYTES = (sizeof(nf_features) + 63) / 64 * 64 };

static const nf_numbers numbers_netflower = {NUMBERS_BYTES, true, numbers_init, numbers_add, numbers_packets, numbers_shift};
static const nf_numbers numbers_headless = {NUMBERS_BYTES, true, numbers_init, numbers_add_headless, numbers_packets, numbers_shift};

const nf_model nf_model_netflower = {
	.life = &nf_life_netflower,
	.numbers = &numbers_netflower,
	.limits = {120 * NF_SECOND_NS, 0, NF_SECOND_NS},
	.live_limits = {30 * NF_SECOND_NS, 120 * NF_SECOND_NS, NF_SECOND_NS},
};

const nf_model nf_model_netflower_1_0_1 = {
	.life = &nf_life_netflower,
	.numbers = &numbers_headless,
	.limits = {120 * NF_SECOND_NS, 0, 0},
	.live_limits = {30 * NF_SECOND_NS, 0, 0},
	.first_fin_closes = true,
};
