/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file flow.h
 * An ended flow, as the engine hands it out. Its numbers are read through columns (columns.h).
 */
#ifndef NETFLOWER_FLOW_H
#define NETFLOWER_FLOW_H

#include <netflower/packet.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Why a flow ended. */
typedef enum nf_end_reason {
#define NF_END_REASON(id, name) NF_END_##id,
#include <netflower/end.def>
#undef NF_END_REASON
	NF_END_COUNT
} nf_end_reason;

/** Name of an end reason ("idle"); NULL out of range. Static. */
NF_API const char *nf_end_reason_name(nf_end_reason reason);

/** An ended flow. Owned by the engine that gave it; see nf_engine_take() for how long it lives. */
typedef struct nf_flow nf_flow;

/** The flow's 5-tuple; side 0 is the forward side. */
NF_API nf_key nf_flow_key(const nf_flow *flow);

/**
 * Its number within its engine, which no other flow has: flows that began later have greater ones. Numbers may be left out, but the same
 * packets with the same options give the same ones.
 */
NF_API uint64_t nf_flow_number(const nf_flow *flow);

/** Why it ended. */
NF_API nf_end_reason nf_flow_end_reason(const nf_flow *flow);

/** Time of its first packet, ns since the epoch. */
NF_API int64_t nf_flow_first_ns(const nf_flow *flow);

/** Latest time of its packets, ns since the epoch; never before the first. */
NF_API int64_t nf_flow_last_ns(const nf_flow *flow);

/** Packets of both directions; at least 1. */
NF_API uint64_t nf_flow_packets(const nf_flow *flow);

#ifdef __cplusplus
}
#endif
#endif
