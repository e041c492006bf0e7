/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file record.h
 * One flow in memory. Most flows have few packets: those keep the packets themselves, and get the large nf_features only when there
 * are more. Whoever reads a flow's numbers replays the few into an nf_features, so there is one way to compute them.
 */
#ifndef NF_FLOW_RECORD_H
#define NF_FLOW_RECORD_H

#include "features.h"
#include "key.h"

#include <netflower/flow.h>

enum { NF_FEW = 3, NF_MANY = NF_FEW + 1 };

/** Where a record is in its life. */
typedef enum nf_state {
	NF_STATE_FREE,   /**< in the arena */
	NF_STATE_OPEN,   /**< in the table and in the idle timers */
	NF_STATE_LINGER, /**< in the table and in the linger timers: the place of a closed connection, without packets */
	NF_STATE_PAUSED, /**< in the table and in the pause timers: the place of a flow cut by the clock, until its next piece begins */
	NF_STATE_ENDED,  /**< in the engine's queue of ended flows */
} nf_state;

typedef struct nf_record {
	nf_key key;              /**< lower end first, see nf_key_compare_ends() */
	struct nf_record *next;  /**< in the queue of ended flows */
	uint64_t sequence;       /**< unique, in order of first packets; 0 while free */
	int64_t first_ns;        /**< time of the first packet */
	int64_t last_ns;         /**< latest time; LINGER: when the connection closed; PAUSED: of the piece before */
	uint8_t state;           /**< nf_state */
	uint8_t packets;         /**< packets in few[], or NF_MANY when they are in *features */
	uint8_t forward;         /**< which end of the key is the forward side */
	uint8_t fins;            /**< bit NF_FWD, NF_BWD: a FIN came from there */
	uint8_t reason;          /**< ENDED: nf_end_reason */
	union {
		nf_brief few[NF_FEW];
		nf_features *features;
	} u;
} nf_record;

/** What nf_flow is: a record that has ended, with its numbers. */
struct nf_flow {
	const nf_record *record;
	const nf_features *features;
};

#endif
