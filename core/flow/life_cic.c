/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How flows live in CICFlowMeter 4. */
#include "cic.h"

/* A new flow with the sides of the one before, whose first packet counts as forward, whoever sent it. */
static bool start_with(nf_engine *engine, const nf_turn *w, uint8_t forward)
{
	nf_record *record = nf_cic_start(engine, w, forward, forward);

	return record && nf_cic_add(engine, record, w, NF_FWD);
}

/* A FIN from the forward side is taken once. */
static bool skip_fin(nf_engine *engine, const nf_turn *w)
{
	engine->stats.skipped[NF_SKIP_REPEATED_FIN] += !(w->packet->flags & NF_PACKET_ALSO);
	return true;
}

static bool work_open(nf_engine *engine, nf_record *record, const nf_turn *w)
{
	const uint8_t flags = w->packet->tcp_flags, dir = nf_cic_direction(record, w);
	const uint8_t forward_fin = NF_CIC_FIN << NF_FWD;

	if (flags & NF_TCP_FIN && dir == NF_FWD) {
		if (record->fins & forward_fin)
			return skip_fin(engine, w);
		record->fins |= forward_fin;
		return nf_cic_add(engine, record, w, dir);
	}
	if (!nf_cic_add(engine, record, w, dir))
		return false;
	if (flags & (NF_TCP_FIN | NF_TCP_RST))
		nf_cic_end(engine, record, flags & NF_TCP_FIN ? NF_END_FIN : NF_END_RST);
	return true;
}

static bool work(nf_engine *engine, const nf_turn *w)
{
	if (!nf_cic_expire(engine, w->ts_ns))
		return false;
	nf_record *record = nf_engine_find(engine, w);
	if (!record)
		return start_with(engine, w, w->sender);
	const uint8_t forward = record->forward;
	if (record->state == NF_STATE_PAUSED) {
		nf_cic_place_end(engine, record);
		return start_with(engine, w, forward);
	}
	if (nf_cic_is_past(engine, nf_cic_us(record->first_ns), w)) {
		nf_cic_end(engine, record, NF_END_ACTIVE);
		return start_with(engine, w, forward);
	}
	return work_open(engine, record, w);
}

static bool turns(nf_engine *engine, const nf_turn *turns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!work(engine, &turns[i]))
			return false;
	return true;
}

static const nf_life life = {nf_cic_begin, nf_cic_clear, turns, nf_cic_expire, nf_cic_finish, nf_cic_evict, nf_cic_moved, nf_cic_timer_bytes};

const nf_model nf_model_cicflowmeter = {
	.life = &life,
	.numbers = &nf_numbers_cic,
	.limits = {NF_NO_SUCH_LIMIT, 120 * NF_SECOND_NS, NF_NO_SUCH_LIMIT},
	.live_limits = {NF_NO_SUCH_LIMIT, 120 * NF_SECOND_NS, NF_NO_SUCH_LIMIT},
};
