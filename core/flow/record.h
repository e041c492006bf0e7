/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file record.h
 * One flow in memory. Most flows have few packets: those keep the packets themselves, and get the large numbers only when there
 * are more. Whoever reads a flow's numbers replays the few, so there is one way to compute them.
 */
#ifndef NF_FLOW_RECORD_H
#define NF_FLOW_RECORD_H

#include "features.h"
#include "key.h"

#include <netflower/flow.h>

enum { NF_FEW = 2, NF_MANY = NF_FEW + 1 };

/** Where a record is in its life. */
typedef enum nf_state {
	NF_STATE_FREE,   /**< in the arena */
	NF_STATE_OPEN,   /**< in the table and in the idle timers */
	NF_STATE_LINGER, /**< in the table and in the linger timers: the place of a closed connection, without packets */
	NF_STATE_PAUSED, /**< in the table and in the pause timers: the place of a flow cut by the clock, until its next piece begins */
	NF_STATE_ENDED,  /**< in the engine's queue of ended flows */
} nf_state;

static inline bool nf_state_is_in_table(uint8_t state)
{
	return state != NF_STATE_FREE && state != NF_STATE_ENDED;
}

/** Two cache lines, where there are no extras behind it and no limit of memory. A packet of a flow that has its numbers writes to the first one alone. */
typedef struct nf_record {
	nf_key key;              /**< lower end first, see nf_key_compare_ends() */
	int64_t last_ns;         /**< latest time; LINGER: when the connection closed; PAUSED: of the piece before */
	uint64_t sequence;       /**< unique, in order of first packets; 0 while free */
	uint8_t state;           /**< nf_state */
	uint8_t packets;         /**< packets in few[], or NF_MANY when they are in *numbers */
	uint8_t forward;         /**< which end of the key is the forward side */
	uint8_t fins;            /**< bit NF_FWD, NF_BWD: a FIN came from there */
	uint8_t reason;          /**< ENDED: nf_end_reason */

	int64_t first_ns;        /**< time of the first packet */
	struct nf_record *next;  /**< in the queue of ended flows */
	union {
		nf_brief few[NF_FEW];
		void *numbers; /**< see nf_numbers */
	} u;
} nf_record;

_Static_assert(sizeof(nf_record) == 128, "a record is two cache lines");

/** Room for a record, behind which its extra begins. */
enum { NF_RECORD_BYTES = (sizeof(nf_record) + 15) / 16 * 16 };

/** What nf_flow is: a record that has ended, with its numbers. */
struct nf_flow {
	const nf_record *record;
	const void *features; /**< the numbers of the flow's profile; nf_features for the netflower ones */
	const struct nf_model *model;
	const struct nf_options *options; /**< of its engine */
	struct nf_text *text; /**< where columns write texts; NULL: no column asked for it */
};

/** Room for the texts of a flow's columns, which live as long as the flow. */
typedef struct nf_text {
	size_t used, size;
	char bytes[];
} nf_text;

#endif
