/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file cic.h
 * What the lives of the two CICFlowMeter profiles share: limits by the packets' and by the capture's clock, places of flows that ended by
 * the latter, eviction.
 */
#ifndef NF_FLOW_CIC_H
#define NF_FLOW_CIC_H

#include "engine_internal.h"
#include "numbers_cic.h"

/** Bits of nf_record.fins; NF_CIC_FIN << NF_FWD and << NF_BWD say that a FIN came from there. */
enum {
	NF_CIC_STATE = 3, /**< of the fork: FINs that made the connection come nearer to its end, 3: it is closed */
	NF_CIC_FIN = 1 << 2,
	NF_CIC_ID_END = 1 << 4,  /**< which end of the key comes first in the Flow ID */
	NF_CIC_UNCOUNTED = 1 << 5, /**< the flow's first packet is not one of nf_stats.used (NF_PACKET_ALSO) */
	NF_CIC_RESET = 1 << 6,
};

/** Places of ended flows that are remembered at most, and memory for what they know: the oldest go first. */
enum { NF_CIC_PLACES_MOST = 1 << 20, NF_CIC_SEEN_BYTES_MOST = 256 << 20 };

/** What is kept in the place of a flow that the clock ended, in nf_record.u. */
typedef struct nf_cic_place {
	int64_t before_us, last_us;
	struct nf_cic_seen *seen;
} nf_cic_place;

/** The lives' own. */
typedef struct nf_cic_life {
	nf_timers limit;  /**< of open flows: what ends them by the clock */
	nf_timers recent; /**< of open flows, with max_flows or max_memory: who was idle longest */
	nf_timers places;
	int64_t limit_us; /**< INT64_MAX: none */
	size_t seen_places; /**< at most, of one connection's tables */
	struct nf_cic_seen *seen_first;
} nf_cic_life;

extern const nf_numbers nf_numbers_cic, nf_numbers_cic_fixed;

bool nf_cic_begin(nf_engine *engine);
void nf_cic_clear(nf_engine *engine);

/** A new flow of the packet's key. NULL: out of memory. */
nf_record *nf_cic_start(nf_engine *engine, const nf_turn *turn, uint8_t forward, uint8_t id_end);

/** Ends a flow: it becomes a row, or is counted as too short for one. Its place is free afterwards. */
void nf_cic_end(nf_engine *engine, nf_record *record, nf_end_reason reason);

/** Takes a place out. */
void nf_cic_place_end(nf_engine *engine, nf_record *place);

bool nf_cic_expire(nf_engine *engine, int64_t now_ns);
void nf_cic_finish(nf_engine *engine);
bool nf_cic_evict(nf_engine *engine);
bool nf_cic_moved(nf_engine *engine, nf_record *record);
size_t nf_cic_timer_bytes(const nf_engine *engine);

/** Adds a packet to its flow. False: out of memory. */
bool nf_cic_add(nf_engine *engine, nf_record *record, const nf_turn *turn, uint8_t dir);

/** Whether it must be known which flow was idle longest. */
static inline bool nf_cic_is_limited(const nf_engine *engine)
{
	return engine->options.max_flows || engine->options.max_memory;
}

static inline nf_cic_life *nf_cic_life_of(const nf_engine *engine)
{
	return engine->life;
}

static inline nf_cic_place *nf_cic_place_of(nf_record *place)
{
	return (nf_cic_place *)(void *)&place->u;
}

/** Addresses alone tell the direction, so between two ports of one host there is but one. */
static inline uint8_t nf_cic_direction(const nf_record *record, const nf_turn *turn)
{
	const bool one_host = memcmp(turn->key.address[0], turn->key.address[1], sizeof turn->key.address[0]) == 0;

	return one_host || turn->sender == record->forward ? NF_FWD : NF_BWD;
}

/** Which end of its key comes first in a record's Flow ID. */
static inline uint8_t nf_cic_id_end(const nf_record *record)
{
	return (record->fins & NF_CIC_ID_END) != 0;
}

/** Whether the packet comes more than the limit after that time. */
static inline bool nf_cic_is_past(const nf_engine *engine, int64_t since_us, const nf_turn *turn)
{
	return nf_cic_gap(since_us, nf_cic_us(turn->ts_ns)) > nf_cic_life_of(engine)->limit_us;
}

#endif
