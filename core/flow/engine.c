/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine: batches of packets, and the life and death of flows. */
#include <netflower/engine.h>

#include "arena.h"
#include "parcel.h"
#include "table.h"
#include "timers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many packets are looked up ahead of their turn that memory has answered when it comes. */
enum { AHEAD = 32 };

/* So many times the clock may be set within the life of a flow. */
enum { SETTINGS = 8 };

/* A packet whose turn comes soon. */
typedef struct nf_waiting {
	const nf_packet *packet;
	int64_t ts_ns; /* the packet's, by the engine's clock */
	nf_key key;   /* the packet's, lower end first */
	uint32_t hash;
	uint8_t sender; /* the end of the key that sent it */
	bool is_loop;   /* both ends are the same, so there is no other direction */
} nf_waiting;

/* The engine's own clock is the packets' less an offset, which changes when theirs is set. */
typedef struct nf_setting_of_clock {
	uint64_t sequence; /* of the newest record at that time */
	int64_t offset_ns; /* from then on */
} nf_setting_of_clock;

struct nf_engine {
	nf_options options;
	nf_stats stats;
	nf_table table;
	nf_timers idle;    /* of open flows */
	nf_timers linger;  /* of closed connections */
	nf_timers active;  /* of open flows, only with active_by_clock */
	nf_timers paused;  /* of places of flows that these ended */
	nf_arena records;
	nf_arena features;
	uint64_t sequence; /* of the newest record */
	nf_record *ended_first, **ended_last;
	nf_flow taken;         /* what nf_engine_take() gave last */
	nf_features replayed;  /* the numbers of a flow that had few packets */
	nf_batch batch;        /* of nf_engine_frame() */
	int64_t offset_ns;     /* now */
	int64_t first_offset_ns; /* of records older than the first setting that is known */
	size_t settings;
	nf_setting_of_clock setting[SETTINGS];
};

void nf_options_init(nf_options *options)
{
	*options = (nf_options){.idle_timeout_ns = 120 * NF_SECOND_NS, .close_linger_ns = NF_SECOND_NS};
}

static nf_status no_memory(nf_error *error, const nf_engine *engine)
{
	return nf_fail(error, NF_NO_MEMORY, "out of memory with %llu flows held; a limit on their number (max-flows) keeps it bounded",
		       (unsigned long long)engine->stats.alive);
}

static bool make_seed(const nf_options *options, nf_hash_seed *seed)
{
	if (!options->fixed_seed)
		return getentropy(seed, sizeof *seed) == 0;
	seed->word[0] = nf_fold_product(options->hash_seed ^ UINT64_C(0xa0761d6478bd642f), UINT64_C(0xe7037ed1a0b428db));
	seed->word[1] = nf_fold_product(options->hash_seed ^ UINT64_C(0x8ebc6af09c88c6e3), UINT64_C(0x589965cc75374cc3));
	return true;
}

nf_status nf_engine_new(nf_engine **result, const nf_options *options, nf_error *error)
{
	nf_options defaults;
	nf_hash_seed seed;

	*result = NULL;
	if (!options) {
		nf_options_init(&defaults);
		options = &defaults;
	}
	if (options->idle_timeout_ns < 0 || options->active_timeout_ns < 0 || options->close_linger_ns < 0)
		return nf_fail(error, NF_ARGUMENT, "a timeout is negative");
	if (!make_seed(options, &seed))
		return nf_fail(error, NF_ARGUMENT, "the system gives no random numbers for the flow table's seed");

	nf_engine *engine = calloc(1, sizeof *engine);
	if (!engine || !nf_table_init(&engine->table, seed)) {
		free(engine);
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	}
	engine->options = *options;
	nf_timers_init(&engine->idle, NF_STATE_OPEN, options->idle_timeout_ns);
	nf_timers_init(&engine->linger, NF_STATE_LINGER, options->close_linger_ns);
	nf_timers_init(&engine->active, NF_STATE_OPEN, options->active_timeout_ns);
	nf_timers_init(&engine->paused, NF_STATE_PAUSED, options->idle_timeout_ns);
	engine->active.from_first = true;
	nf_arena_init(&engine->records, sizeof(nf_record));
	nf_arena_init(&engine->features, sizeof(nf_features));
	engine->ended_last = &engine->ended_first;
	*result = engine;
	return NF_OK;
}

void nf_engine_free(nf_engine *engine)
{
	if (!engine)
		return;
	nf_arena_clear(&engine->records);
	nf_arena_clear(&engine->features);
	nf_timers_clear(&engine->idle);
	nf_timers_clear(&engine->linger);
	nf_timers_clear(&engine->active);
	nf_timers_clear(&engine->paused);
	nf_table_clear(&engine->table);
	free(engine);
}

const nf_stats *nf_engine_stats(const nf_engine *engine)
{
	return &engine->stats;
}

static bool has_active_timers(const nf_engine *engine)
{
	return engine->options.active_by_clock && engine->options.active_timeout_ns;
}

static void record_free(nf_engine *engine, nf_record *record)
{
	if (record->packets == NF_MANY)
		nf_arena_put(&engine->features, record->u.features);
	record->state = NF_STATE_FREE;
	record->sequence = 0;
	nf_arena_put(&engine->records, record);
}

/* A new record for a key, not yet in the table. */
static nf_record *record_new(nf_engine *engine, const nf_key *key, nf_state state, int64_t now_ns)
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
	return record;
}

/* Moves an open flow, which is out of the table already, to the queue of ended ones. */
static void enqueue_ended(nf_engine *engine, nf_record *record, nf_end_reason reason)
{
	nf_timers_forget(&engine->idle);
	if (has_active_timers(engine))
		nf_timers_forget(&engine->active);
	record->state = NF_STATE_ENDED;
	record->reason = (uint8_t)reason;
	record->next = NULL;
	*engine->ended_last = record;
	engine->ended_last = &record->next;
	engine->stats.ended[reason]++;
	engine->stats.alive--;
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
	record_free(engine, mark);
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
	nf_record *mark = record_new(engine, &record->key, timers->state, record->last_ns);

	if (!mark)
		return NULL;
	nf_table_replace(&engine->table, record, mark);
	if (engine->options.max_flows && timers->valid >= engine->options.max_flows)
		mark_end(engine, timers, nf_timers_first(timers));
	return nf_timers_set(timers, mark) ? mark : NULL;
}

/* The clock has passed a flow's active limit before its idle one. What its next piece must know stays in its place. */
static bool pause_flow(nf_engine *engine, nf_record *record)
{
	nf_record *mark = leave_mark(engine, &engine->paused, record);

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
	for (;;) {
		nf_record *idle = due(&engine->idle, now_ns), *active = due(&engine->active, now_ns);

		if (!idle && !active)
			return true;
		if (!active || (idle && is_before(nf_timers_deadline(&engine->idle, idle), idle,
						  nf_timers_deadline(&engine->active, active), active)))
			end(engine, idle, NF_END_IDLE);
		else if (!pause_flow(engine, active))
			return false;
	}
}

/* Ends whatever has its limit before now. False: out of memory. */
static bool expire(nf_engine *engine, int64_t now_ns)
{
	nf_record *record;

	if (has_active_timers(engine)) {
		if (!expire_flows(engine, now_ns))
			return false;
		while ((record = due(&engine->paused, now_ns)) != NULL)
			mark_end(engine, &engine->paused, record);
	} else {
		while ((record = due(&engine->idle, now_ns)) != NULL)
			end(engine, record, NF_END_IDLE);
	}
	while ((record = due(&engine->linger, now_ns)) != NULL)
		mark_end(engine, &engine->linger, record);
	return true;
}

/* A flow of the packet's key, empty yet, with the given forward side. */
static nf_record *start(nf_engine *engine, const nf_waiting *w, uint8_t forward)
{
	nf_stats *stats = &engine->stats;

	if (engine->options.max_flows && stats->alive >= engine->options.max_flows)
		end(engine, nf_timers_first(&engine->idle), NF_END_EVICTED);

	nf_record *record = record_new(engine, &w->key, NF_STATE_OPEN, w->ts_ns);
	if (!record || !nf_table_insert(&engine->table, record, w->hash) || !nf_timers_set(&engine->idle, record))
		return NULL;
	if (has_active_timers(engine) && !nf_timers_set(&engine->active, record))
		return NULL;
	record->forward = forward;
	if (++stats->alive > stats->alive_most)
		stats->alive_most = stats->alive;
	return record;
}

/* The next piece of a flow. */
static nf_record *start_piece(nf_engine *engine, const nf_waiting *w, uint8_t forward, uint8_t fins)
{
	nf_record *record = start(engine, w, forward);

	if (record)
		record->fins = fins;
	return record;
}

/* What comes to the place of a closed connection in the linger time belongs to it. */
static bool start_linger(nf_engine *engine, nf_record *closed)
{
	if (engine->options.close_linger_ns == 0) {
		nf_table_remove(&engine->table, closed);
		return true;
	}
	return leave_mark(engine, &engine->linger, closed);
}

/* Adds to the few packets of a record, or to its numbers; the few become numbers when there is no room for one more. */
static bool add(nf_engine *engine, nf_record *record, const nf_brief *brief)
{
	if (record->packets < NF_FEW) {
		record->u.few[record->packets++] = *brief;
		return true;
	}
	if (record->packets == NF_FEW) {
		nf_features *features = nf_arena_get(&engine->features);
		if (!features)
			return false;
		nf_features_init(features);
		for (int i = 0; i < NF_FEW; i++)
			nf_features_add(features, &record->u.few[i]);
		record->u.features = features;
		record->packets = NF_MANY;
	}
	nf_features_add(record->u.features, brief);
	return true;
}

/* The packet's flow: the open one, or a new one. NULL with *remains set: the packet is a remain of a closed connection. */
static nf_record *flow_of(nf_engine *engine, const nf_waiting *w, bool *remains)
{
	nf_record *record = nf_table_find(&engine->table, &w->key, w->hash);
	const int64_t active_ns = engine->options.active_timeout_ns;

	*remains = false;
	if (record && record->state == NF_STATE_LINGER) {
		if ((w->packet->tcp_flags & (NF_TCP_SYN | NF_TCP_ACK)) != NF_TCP_SYN) {
			*remains = true;
			return NULL;
		}
		mark_end(engine, &engine->linger, record);
		record = NULL;
	}
	if (record && record->state == NF_STATE_PAUSED) {
		uint8_t forward = record->forward, fins = record->fins;
		mark_end(engine, &engine->paused, record);
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

static void note_out_of_order(nf_stats *stats, const nf_packet *packet)
{
	if (stats->out_of_order++ == 0)
		stats->out_of_order_first = packet->number;
}

/* One packet in its turn. False: out of memory. */
static bool work(nf_engine *engine, const nf_waiting *w)
{
	const nf_packet *p = w->packet;
	bool remains;

	if (!expire(engine, w->ts_ns))
		return false;
	nf_record *record = flow_of(engine, w, &remains);
	if (!record) {
		engine->stats.skipped[NF_SKIP_AFTER_CLOSE] += remains;
		return remains;
	}
	if (w->ts_ns < record->last_ns)
		note_out_of_order(&engine->stats, p);
	else
		record->last_ns = w->ts_ns;

	nf_brief brief = {
		.ts_ns = record->last_ns,
		.ip_bytes = p->ip_bytes,
		.payload_bytes = p->payload_bytes,
		.window = p->window,
		.header_bytes = p->header_bytes,
		.tcp_flags = p->tcp_flags,
		.dir = w->is_loop || w->sender == record->forward ? NF_FWD : NF_BWD,
		.is_tcp = p->key.protocol == NF_PROTOCOL_TCP,
	};
	if (!add(engine, record, &brief))
		return false;
	engine->stats.used++;
	if (!(p->tcp_flags & (NF_TCP_FIN | NF_TCP_RST)))
		return true;

	if (p->tcp_flags & NF_TCP_FIN)
		record->fins |= (uint8_t)(1 << brief.dir);
	const bool reset = p->tcp_flags & NF_TCP_RST;
	if (!reset && record->fins != (1 << NF_FWD | 1 << NF_BWD))
		return true;
	if (!start_linger(engine, record))
		return false;
	enqueue_ended(engine, record, reset ? NF_END_RST : NF_END_FIN);
	return true;
}

/* Wraps around like the clock that it comes from; for files the offset is 0. */
static int64_t by_own_clock(const nf_engine *engine, int64_t ts_ns)
{
	return (int64_t)((uint64_t)ts_ns - (uint64_t)engine->offset_ns);
}

static void make_ready(const nf_engine *engine, nf_waiting *w, const nf_packet *packet)
{
	int order = nf_key_compare_ends(&packet->key);

	w->packet = packet;
	w->ts_ns = by_own_clock(engine, packet->ts_ns);
	w->key = order > 0 ? nf_key_reversed(&packet->key) : packet->key;
	w->sender = order > 0;
	w->is_loop = order == 0;
	w->hash = nf_table_hash(&engine->table, &w->key);
	__builtin_prefetch(nf_table_bucket(&engine->table, w->hash));
}

/* At most AHEAD packets: all are made ready, all are looked up, then each has its turn. */
static bool work_ahead(nf_engine *engine, const nf_packet *packets, size_t n)
{
	nf_waiting waiting[AHEAD];

	for (size_t i = 0; i < n; i++)
		make_ready(engine, &waiting[i], &packets[i]);
	for (size_t i = 0; i < n; i++) {
		const char *record = (const char *)nf_table_guess(&engine->table, waiting[i].hash);
		for (size_t byte = 0; record && byte < sizeof(nf_record); byte += 64)
			__builtin_prefetch(record + byte);
	}
	for (size_t i = 0; i < n; i++)
		if (!work(engine, &waiting[i]))
			return false;
	return true;
}

static nf_status work_all(nf_engine *engine, const nf_packet *packets, size_t n, nf_error *error)
{
	for (size_t i = 0; i < n; i += AHEAD)
		if (!work_ahead(engine, packets + i, n - i < AHEAD ? n - i : AHEAD))
			return no_memory(error, engine);
	return NF_OK;
}

nf_status nf_engine_batch(nf_engine *engine, const nf_batch *batch, nf_error *error)
{
	nf_stats *stats = &engine->stats;

	stats->frames += batch->frames;
	stats->wire_bytes += batch->wire_bytes;
	for (int i = 0; i < NF_SKIP_COUNT; i++)
		stats->skipped[i] += batch->skipped[i];
	return work_all(engine, batch->packets, batch->n, error);
}

nf_status nf_engine_flush(nf_engine *engine, nf_error *error)
{
	nf_status status = nf_engine_batch(engine, &engine->batch, error);

	nf_batch_clear(&engine->batch);
	return status;
}

nf_status nf_engine_frame(nf_engine *engine, const nf_frame *frame, nf_error *error)
{
	uint64_t number = engine->stats.frames + engine->batch.frames + 1;

	return nf_batch_frame(&engine->batch, NULL, frame, number) ? NF_OK : nf_engine_flush(engine, error);
}

nf_status nf_engine_packets(nf_engine *engine, const nf_packet *packets, size_t n, nf_error *error)
{
	nf_status status = nf_engine_flush(engine, error);

	engine->stats.frames += n;
	for (size_t i = 0; i < n; i++)
		engine->stats.wire_bytes += packets[i].ip_bytes;
	return status == NF_OK ? work_all(engine, packets, n, error) : status;
}

nf_status nf_engine_advance(nf_engine *engine, int64_t now_ns, nf_error *error)
{
	nf_status status = nf_engine_flush(engine, error);

	if (status == NF_OK && !expire(engine, by_own_clock(engine, now_ns)))
		return no_memory(error, engine);
	return status;
}

nf_status nf_engine_shift_clock(nf_engine *engine, int64_t by_ns, nf_error *error)
{
	nf_status status = nf_engine_flush(engine, error);

	if (engine->settings == SETTINGS) {
		engine->first_offset_ns = engine->setting[0].offset_ns;
		engine->settings--;
		memmove(engine->setting, engine->setting + 1, engine->settings * sizeof *engine->setting);
	}
	engine->offset_ns = (int64_t)((uint64_t)engine->offset_ns + (uint64_t)by_ns);
	engine->setting[engine->settings++] = (nf_setting_of_clock){engine->sequence, engine->offset_ns};
	return status;
}

static void free_marks(nf_engine *engine, nf_timers *timers)
{
	nf_record *mark;

	while ((mark = nf_timers_first(timers)) != NULL) {
		nf_timers_forget(timers);
		record_free(engine, mark);
	}
}

nf_status nf_engine_finish(nf_engine *engine, nf_error *error)
{
	nf_status status = nf_engine_flush(engine, error);
	if (status != NF_OK)
		return status;

	free_marks(engine, &engine->linger);
	free_marks(engine, &engine->paused);
	nf_table_empty(&engine->table);

	const nf_timer *timers = nf_timers_by_sequence(&engine->idle);
	for (size_t i = 0, n = engine->idle.valid; i < n; i++)
		enqueue_ended(engine, timers[i].record, NF_END_EOF);
	nf_timers_empty(&engine->idle);
	nf_timers_empty(&engine->linger);
	nf_timers_empty(&engine->active);
	nf_timers_empty(&engine->paused);
	return NF_OK;
}

/* When the record began, by the clock of the packets. */
static int64_t offset_of(const nf_engine *engine, const nf_record *record)
{
	for (size_t i = engine->settings; i > 0; i--)
		if (engine->setting[i - 1].sequence < record->sequence)
			return engine->setting[i - 1].offset_ns;
	return engine->first_offset_ns;
}

/* Puts the times of a flow that are told, not those of its gaps, onto the packets' clock as it was when the flow began. */
static void tell_by_packets_clock(const nf_engine *engine, nf_record *record)
{
	const uint64_t offset_ns = (uint64_t)offset_of(engine, record);

	if (record->packets == NF_MANY) {
		record->u.features->first_ns = (int64_t)((uint64_t)record->u.features->first_ns + offset_ns);
		record->u.features->last_ns = (int64_t)((uint64_t)record->u.features->last_ns + offset_ns);
		return;
	}
	for (int i = 0; i < record->packets; i++)
		record->u.few[i].ts_ns = (int64_t)((uint64_t)record->u.few[i].ts_ns + offset_ns);
}

static nf_record *dequeue_ended(nf_engine *engine)
{
	nf_record *record = engine->ended_first;

	if (!record)
		return NULL;
	engine->ended_first = record->next;
	if (!engine->ended_first)
		engine->ended_last = &engine->ended_first;
	if (engine->settings > 0)
		tell_by_packets_clock(engine, record);
	return record;
}

/* The numbers of a flow; those of few packets are replayed into the room given. */
static const nf_features *numbers_of(const nf_record *record, nf_features *room)
{
	if (record->packets == NF_MANY)
		return record->u.features;
	nf_features_init(room);
	for (int i = 0; i < record->packets; i++)
		nf_features_add(room, &record->u.few[i]);
	return room;
}

const nf_flow *nf_engine_take(nf_engine *engine)
{
	if (engine->taken.record)
		record_free(engine, (nf_record *)engine->taken.record);
	engine->taken = (nf_flow){.record = dequeue_ended(engine)};
	if (!engine->taken.record)
		return NULL;
	engine->taken.features = numbers_of(engine->taken.record, &engine->replayed);
	return &engine->taken;
}

bool nf_engine_pack(nf_engine *engine, nf_parcel *parcel)
{
	nf_record *record = dequeue_ended(engine);

	if (!record)
		return false;
	parcel->record = *record;
	if (record->packets == NF_MANY) {
		parcel->features = *record->u.features;
		parcel->record.u.features = &parcel->features;
	}
	record_free(engine, record);
	return true;
}

nf_flow nf_parcel_flow(nf_parcel *parcel)
{
	return (nf_flow){&parcel->record, numbers_of(&parcel->record, &parcel->features)};
}
