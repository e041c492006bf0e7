/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How flows live in the corrected fork of CICFlowMeter. */
#include "cic.h"
#include "seen.h"

enum { OPEN, ONE_FIN, BOTH_FINS, CLOSED };

static bool is_connection(const nf_packet *p)
{
	return p->key.protocol == NF_PROTOCOL_TCP || p->key.protocol == NF_PROTOCOL_UDP;
}

static nf_cic *numbers_of(const nf_record *record)
{
	return record->u.numbers;
}

static bool count_again(nf_engine *engine, nf_record *record, const nf_turn *w, uint8_t dir)
{
	nf_cic *f = numbers_of(record);
	const nf_packet *p = w->packet;
	const bool one_host = memcmp(w->key.address[0], w->key.address[1], sizeof w->key.address[0]) == 0;
	const nf_cic_segment segment = {w->detail->tcp_seq, w->detail->tcp_ack, p->payload_bytes, p->window, one_host ? 0 : w->sender, 1};
	bool again;

	if (!f->seen && !(f->seen = nf_cic_seen_new(engine)))
		return false;
	if (!nf_cic_seen_add(engine, f->seen, &segment, &again))
		return false;
	f->dir[dir].retransmitted += again;
	return true;
}

/* Adds a packet, and what only the fork counts of it. @param from  what the flow before left to this one, which is new; or NULL */
static bool add(nf_engine *engine, nf_record *record, const nf_turn *w, const nf_cic_place *from)
{
	const uint8_t dir = nf_cic_direction(record, w);

	if (!nf_cic_add(engine, record, w, dir))
		return false;
	if (from) {
		numbers_of(record)->seen = from->seen;
		numbers_of(record)->before_us = nf_cic_sum(from->before_us, nf_cic_gap(from->last_us, nf_cic_us(w->ts_ns)));
	}
	if (w->packet->tcp_flags & NF_TCP_FIN)
		record->fins |= (uint8_t)(NF_CIC_FIN << dir);
	return !w->detail || w->packet->key.protocol != NF_PROTOCOL_TCP || count_again(engine, record, w, dir);
}

enum { OWN_ID = UINT8_MAX };

/* A flow that knows nothing of another one but the end of the key that comes first in its Flow ID. The answer to a SYN was sent by the other side. */
static bool start_afresh(nf_engine *engine, const nf_turn *w, uint8_t id_end)
{
	const bool answers = (w->packet->tcp_flags & (NF_TCP_SYN | NF_TCP_ACK)) == (NF_TCP_SYN | NF_TCP_ACK);
	const uint8_t forward = answers ? !w->sender : w->sender;
	nf_record *record = nf_cic_start(engine, w, forward, id_end == OWN_ID ? forward : id_end);

	if (!record || !add(engine, record, w, NULL))
		return false;
	if (w->detail && w->packet->key.protocol == NF_PROTOCOL_ICMP) {
		numbers_of(record)->icmp_type = w->detail->icmp_type;
		numbers_of(record)->icmp_code = w->detail->icmp_code;
	}
	return true;
}

/* What a flow leaves to the next one of its key. */
typedef struct heritage {
	nf_cic_place place; /* before_us: with the flow's own time */
	uint8_t forward, id_end;
	bool closed;
} heritage;

/* The next piece of a flow that has no end yet. */
static bool start_piece(nf_engine *engine, const nf_turn *w, const heritage *h)
{
	nf_record *record = nf_cic_start(engine, w, h->forward, h->id_end);

	return record && add(engine, record, w, &h->place);
}

static bool go_on(nf_engine *engine, const nf_turn *w, const heritage *h)
{
	const nf_packet *p = w->packet;
	const bool reopens = h->closed && p->tcp_flags & NF_TCP_SYN;
	const bool is_late = p->key.protocol == NF_PROTOCOL_UDP && nf_cic_is_past(engine, h->place.last_us, w);

	if (!reopens && !is_late && is_connection(p))
		return start_piece(engine, w, h);
	nf_cic_seen_free(engine, h->place.seen);
	return start_afresh(engine, w, h->id_end);
}

static bool go_on_from_place(nf_engine *engine, nf_record *place, const nf_turn *w)
{
	const heritage h = {*nf_cic_place_of(place), place->forward, nf_cic_id_end(place), (place->fins & NF_CIC_STATE) == CLOSED};

	nf_cic_place_of(place)->seen = NULL;
	nf_cic_place_end(engine, place);
	return go_on(engine, w, &h);
}

static bool go_on_from_flow(nf_engine *engine, nf_record *record, const nf_turn *w, nf_end_reason reason)
{
	nf_cic *f = numbers_of(record);
	const heritage h = {{nf_cic_sum(f->before_us, nf_cic_gap(f->first_us, f->last_us)), f->last_us, f->seen}, record->forward, nf_cic_id_end(record),
			    (record->fins & NF_CIC_STATE) == CLOSED};

	f->seen = NULL;
	nf_cic_end(engine, record, reason);
	return go_on(engine, w, &h);
}

static void set_state(nf_record *record, int state)
{
	record->fins = (uint8_t)((record->fins & ~NF_CIC_STATE) | state);
}

/* How far the connection is closed after this packet, which is counted already. */
static void close_further(nf_record *record, uint8_t flags)
{
	const int state = record->fins & NF_CIC_STATE;
	const uint8_t both = NF_CIC_FIN << NF_FWD | NF_CIC_FIN << NF_BWD;

	if (flags & NF_TCP_FIN) {
		if (state == OPEN)
			set_state(record, ONE_FIN);
		else if (state == ONE_FIN && (record->fins & both) == both)
			set_state(record, BOTH_FINS);
	} else if (flags & NF_TCP_RST) {
		set_state(record, CLOSED);
		record->fins |= NF_CIC_RESET;
	} else if (flags & NF_TCP_ACK && state == BOTH_FINS) {
		set_state(record, CLOSED);
	}
}

static bool is_other_icmp(const nf_record *record, const nf_turn *w)
{
	const nf_cic *f = numbers_of(record);

	return w->detail && w->packet->key.protocol == NF_PROTOCOL_ICMP && f->icmp_type != w->detail->icmp_type &&
	       f->icmp_code != w->detail->icmp_code;
}

static bool work_open(nf_engine *engine, nf_record *record, const nf_turn *w)
{
	const uint8_t flags = w->packet->tcp_flags;

	if (nf_cic_is_past(engine, nf_cic_us(record->first_ns), w))
		return go_on_from_flow(engine, record, w, NF_END_ACTIVE);
	if ((record->fins & NF_CIC_STATE) == CLOSED && flags & NF_TCP_SYN)
		return go_on_from_flow(engine, record, w, record->fins & NF_CIC_RESET ? NF_END_RST : NF_END_FIN);
	if (is_other_icmp(record, w)) {
		const uint8_t id_end = nf_cic_id_end(record);
		nf_cic_end(engine, record, NF_END_ACTIVE);
		return start_afresh(engine, w, id_end);
	}
	if (!add(engine, record, w, NULL))
		return false;
	close_further(record, flags);
	return true;
}

/* All ICMP between two hosts is one flow, without ports and identifiers. */
static void without_ports(nf_engine *engine, nf_turn *w)
{
	w->key.port[0] = w->key.port[1] = w->key.identifier = 0;
	if (nf_key_compare_ends(&w->key) > 0)
		w->key = nf_key_reversed(&w->key);
	w->sender = memcmp(w->key.address[0], w->packet->key.address[0], sizeof w->key.address[0]) != 0;
	w->is_loop = nf_key_compare_ends(&w->key) == 0;
	w->hash = nf_table_hash(&engine->table, &w->key);
}

static bool work(nf_engine *engine, const nf_turn *turn)
{
	nf_turn w = *turn;

	if (w.key.protocol == NF_PROTOCOL_ICMP || w.key.protocol == NF_PROTOCOL_ICMPV6)
		without_ports(engine, &w);
	if (!nf_cic_expire(engine, w.ts_ns))
		return false;
	nf_record *record = nf_table_find(&engine->table, &w.key, w.hash);
	if (!record)
		return start_afresh(engine, &w, OWN_ID);
	return record->state == NF_STATE_PAUSED ? go_on_from_place(engine, record, &w) : work_open(engine, record, &w);
}

static bool turns(nf_engine *engine, const nf_turn *turns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!work(engine, &turns[i]))
			return false;
	return true;
}

static const nf_life life = {nf_cic_begin, nf_cic_clear, turns, nf_cic_expire, nf_cic_finish, nf_cic_evict, nf_cic_moved, nf_cic_timer_bytes};

const nf_model nf_model_cicflowmeter_fixed = {
	.life = &life,
	.numbers = &nf_numbers_cic_fixed,
	.limits = {NF_NO_SUCH_LIMIT, 120 * NF_SECOND_NS, NF_NO_SUCH_LIMIT},
	.live_limits = {NF_NO_SUCH_LIMIT, 120 * NF_SECOND_NS, NF_NO_SUCH_LIMIT},
	.keeps_single = true,
	.wants_details = true,
};
