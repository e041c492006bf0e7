/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cic.h"

#include "seen.h"

#include <stdlib.h>

/*
 * CICFlowMeter ends flows by their own packets alone. Once the clock is past a flow's limit its row cannot change any more, unless a packet
 * comes that is older than the clock by more than this.
 */
static const int64_t FILE_MARGIN_NS = 3600 * NF_SECOND_NS, LIVE_MARGIN_NS = NF_SECOND_NS;

_Static_assert(sizeof(nf_cic_place) <= sizeof((nf_record *)0)->u, "a place has room for what it must know");

bool nf_cic_begin(nf_engine *engine)
{
	const nf_options *options = &engine->options;
	const int64_t limit = options->active_timeout_ns, margin = options->active_by_clock ? LIVE_MARGIN_NS : FILE_MARGIN_NS;
	nf_cic_life *life = calloc(1, sizeof *life);
	int64_t by_clock;

	if (!life)
		return false;
	engine->life = life;
	life->limit_us = limit ? limit / 1000 : INT64_MAX;
	if (!limit || __builtin_add_overflow(limit, margin, &by_clock))
		by_clock = INT64_MAX;
	nf_timers_init(&life->limit, NF_STATE_OPEN, by_clock);
	nf_timers_init(&life->recent, NF_STATE_OPEN, 0);
	nf_timers_init(&life->places, NF_STATE_PAUSED, 0);
	life->limit.from_first = true;
	life->limit.dropped = life->recent.dropped = life->places.dropped = nf_engine_dropped_share(engine);
	engine->timers = nf_cic_is_limited(engine) ? 2 : 1;
	engine->life_reserve = engine->model->wants_details ? nf_cic_seen_begin(engine) : 0;
	return true;
}

void nf_cic_clear(nf_engine *engine)
{
	nf_cic_life *life = nf_cic_life_of(engine);

	while (life->seen_first)
		nf_cic_seen_free(engine, life->seen_first);
	nf_timers_clear(&life->limit);
	nf_timers_clear(&life->recent);
	nf_timers_clear(&life->places);
	free(life);
}

void nf_cic_place_end(nf_engine *engine, nf_record *place)
{
	nf_cic_life *life = nf_cic_life_of(engine);

	nf_cic_seen_free(engine, nf_cic_place_of(place)->seen);
	nf_table_remove(&engine->table, place);
	nf_timers_forget(&life->places);
	nf_engine_drop(engine, place);
}

/* What the numbers had of the life does not leave it. */
static nf_cic_seen *take_seen(nf_record *record)
{
	if (record->packets != NF_MANY)
		return NULL;
	nf_cic *f = record->u.numbers;
	nf_cic_seen *seen = f->seen;
	f->seen = NULL;
	return seen;
}

/* Of a flow that is out of the table and of what it shares with its next piece. */
static void leave(nf_engine *engine, nf_record *record, nf_end_reason reason)
{
	nf_cic_life *life = nf_cic_life_of(engine);
	const bool keeps = engine->model->keeps_single || record->packets > 1;

	nf_timers_forget(&life->limit);
	if (nf_cic_is_limited(engine))
		nf_timers_forget(&life->recent);
	if (keeps) {
		nf_engine_enqueue(engine, record, reason);
		return;
	}
	const bool counted = !(record->fins & NF_CIC_UNCOUNTED);
	engine->stats.used -= counted;
	engine->stats.skipped[NF_SKIP_SINGLE] += counted;
	engine->stats.alive--;
	if (engine->options.on_dropped)
		engine->options.on_dropped(engine->options.on_packet_to, record->sequence);
	nf_engine_drop(engine, record);
}

void nf_cic_end(nf_engine *engine, nf_record *record, nf_end_reason reason)
{
	nf_cic_seen_free(engine, take_seen(record));
	nf_table_remove(&engine->table, record);
	leave(engine, record, reason);
}

/* There is one. False: out of memory. */
static bool end_idle_longest(nf_engine *engine)
{
	nf_record *record = nf_timers_first(&nf_cic_life_of(engine)->recent);

	if (record)
		nf_cic_end(engine, record, NF_END_EVICTED);
	return record;
}

/* There is one. False: out of memory. */
static bool end_first_place(nf_engine *engine)
{
	nf_record *place = nf_timers_first(&nf_cic_life_of(engine)->places);

	if (place)
		nf_cic_place_end(engine, place);
	return place;
}

nf_record *nf_cic_start(nf_engine *engine, const nf_turn *turn, uint8_t forward, uint8_t id_end)
{
	nf_cic_life *life = nf_cic_life_of(engine);
	nf_stats *stats = &engine->stats;
	const bool limited = nf_cic_is_limited(engine);

	if (engine->options.max_flows && stats->alive >= engine->options.max_flows && !end_idle_longest(engine))
		return NULL;
	nf_record *record = nf_engine_record_new(engine, &turn->key, NF_STATE_OPEN, turn->ts_ns);
	if (!record || !nf_table_insert(&engine->table, record, turn->hash) || !nf_timers_set(&life->limit, record) ||
	    (limited && !nf_timers_set(&life->recent, record)))
		return NULL;
	record->forward = forward;
	if (id_end)
		record->fins |= NF_CIC_ID_END;
	if (turn->packet->flags & NF_PACKET_ALSO)
		record->fins |= NF_CIC_UNCOUNTED;
	if (++stats->alive > stats->alive_most)
		stats->alive_most = stats->alive;
	return record;
}

static bool are_too_many(const nf_engine *engine)
{
	const nf_cic_life *life = nf_cic_life_of(engine);
	const uint64_t most = engine->options.max_flows;

	return life->places.valid > (most && most < NF_CIC_PLACES_MOST ? most : NF_CIC_PLACES_MOST) ||
	       (engine->life_bytes > NF_CIC_SEEN_BYTES_MOST && life->places.valid > 0);
}

/* The flow is over, but its next packet must know what it was. */
static bool leave_place(nf_engine *engine, nf_record *record)
{
	nf_cic_life *life = nf_cic_life_of(engine);
	nf_record *place = nf_engine_record_new(engine, &record->key, NF_STATE_PAUSED, record->first_ns);

	if (!place)
		return false;
	*nf_cic_place_of(place) = (nf_cic_place){.seen = NULL};
	if (record->packets == NF_MANY) {
		const nf_cic *f = record->u.numbers;
		*nf_cic_place_of(place) = (nf_cic_place){nf_cic_sum(f->before_us, nf_cic_gap(f->first_us, f->last_us)), f->last_us, take_seen(record)};
	}
	place->forward = record->forward;
	place->fins = record->fins;
	nf_table_replace(&engine->table, record, place);
	leave(engine, record, NF_END_ACTIVE);
	if (!nf_timers_set(&life->places, place))
		return false;
	while (are_too_many(engine))
		if (!end_first_place(engine))
			return false;
	return true;
}

bool nf_cic_expire(nf_engine *engine, int64_t now_ns)
{
	nf_timers *limit = &nf_cic_life_of(engine)->limit;

	while (nf_timers_may_be_due(limit, now_ns)) {
		nf_record *record = nf_timers_first(limit);
		if (!record)
			return !limit->no_memory;
		if (nf_timers_deadline(limit, record) >= now_ns)
			break;
		if (!leave_place(engine, record))
			return false;
	}
	return true;
}

void nf_cic_finish(nf_engine *engine)
{
	nf_cic_life *life = nf_cic_life_of(engine);
	nf_record *place;

	while ((place = nf_timers_first(&life->places)) != NULL)
		nf_cic_place_end(engine, place);
	nf_record *record;
	nf_timers_sort(&life->limit);
	while ((record = nf_timers_take(&life->limit)) != NULL) {
		nf_cic_seen_free(engine, take_seen(record));
		leave(engine, record, NF_END_EOF);
	}
	nf_timers_empty(&life->limit);
	nf_timers_empty(&life->recent);
	nf_timers_empty(&life->places);
}

bool nf_cic_evict(nf_engine *engine)
{
	nf_cic_life *life = nf_cic_life_of(engine);

	if (life->places.valid > life->recent.valid)
		return end_first_place(engine);
	return life->recent.valid == 0 || end_idle_longest(engine);
}

bool nf_cic_moved(nf_engine *engine, nf_record *record)
{
	nf_cic_life *life = nf_cic_life_of(engine);

	if (record->state == NF_STATE_PAUSED)
		return nf_timers_moved(&life->places, record);
	return nf_timers_moved(&life->limit, record) && nf_timers_moved(&life->recent, record);
}

size_t nf_cic_timer_bytes(const nf_engine *engine)
{
	const nf_cic_life *life = nf_cic_life_of(engine);

	return nf_timers_bytes(&life->limit) + nf_timers_bytes(&life->recent) + nf_timers_bytes(&life->places);
}

bool nf_cic_add(nf_engine *engine, nf_record *record, const nf_turn *turn, uint8_t dir)
{
	const nf_packet *p = turn->packet;
	const bool has_lengths = p->key.protocol == NF_PROTOCOL_TCP || p->key.protocol == NF_PROTOCOL_UDP || p->key.protocol == NF_PROTOCOL_SCTP;
	nf_brief elsewhere, *brief = nf_engine_brief(engine, record, &elsewhere);

	*brief = (nf_brief){
		.ts_ns = turn->ts_ns,
		.ip_bytes = p->ip_bytes,
		.payload_bytes = has_lengths ? p->payload_bytes : 0,
		.window = p->window,
		.header_bytes = has_lengths ? p->header_bytes : 0,
		.tcp_flags = p->tcp_flags,
		.dir = dir,
		.is_tcp = p->key.protocol == NF_PROTOCOL_TCP,
	};

	if (turn->ts_ns < record->last_ns)
		nf_engine_note_out_of_order(engine, p);
	else
		record->last_ns = turn->ts_ns;
	if (!nf_engine_add(engine, record, brief, turn))
		return false;
	nf_engine_note_used(engine, p);
	return true;
}
