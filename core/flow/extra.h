/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file extra.h
 * What is kept of a flow only for columns that are asked for by name. It stands behind the flow's record and is the same in all profiles.
 */
#ifndef NF_FLOW_EXTRA_H
#define NF_FLOW_EXTRA_H

#include "extra_payload.h"
#include "model.h"

/** One direction, as far as details of its packets tell. */
typedef struct nf_extra_side {
	uint64_t retransmitted; /**< TCP segments whose whole sequence space was seen before */
	uint64_t reordered;     /**< TCP segments that came into the latest gap of the sequence space */
	uint32_t next_seq;      /**< behind the latest sequence space seen */
	uint32_t gap_begin, gap_end; /**< the latest gap; empty where they are the same */
	uint16_t mss;           /**< of the first SYN */
	uint8_t window_scale;
	uint8_t has;            /**< NF_EXTRA_HAS_ bits */
	uint8_t ttl_min, ttl_max;
} nf_extra_side;

enum {
	NF_EXTRA_HAS_TTL = 1 << 0,
	NF_EXTRA_HAS_SEQ = 1 << 1,
	NF_EXTRA_HAS_SYN = 1 << 2, /**< the options of a SYN are known */
	NF_EXTRA_HAS_MSS = 1 << 3,
	NF_EXTRA_HAS_WINDOW_SCALE = 1 << 4,
	NF_EXTRA_HAS_SACK = 1 << 5,
};

/** How far the handshake of a TCP connection was seen, in the bits of nf_extra.handshake. */
enum { NF_HANDSHAKE_SYN = 1, NF_HANDSHAKE_SYN_ACK = 2, NF_HANDSHAKE_ACK = 4 };

typedef struct nf_extra {
	nf_extra_side dir[NF_DIRECTIONS];
	int64_t syn_ns, syn_ack_ns, ack_ns; /**< the flow's first SYN, the other side's answer to it, the answer to that */
	uint32_t mpls_label, interface;
	uint16_t link; /**< NF_HAS_ bits of the first packet */
	uint16_t vlan[2];
	uint8_t mac[NF_DIRECTIONS][6]; /**< of the forward side and the other */
	uint8_t tos;                   /**< of the first packet */
	uint8_t handshake;
	bool begun;                    /**< there was a packet */
	int64_t last_ns;
	uint32_t sequence_n;           /**< packets in the sequence, which follows this */
} nf_extra;

/** A packet of the sequence. */
typedef struct nf_extra_packet {
	uint64_t gap_ns;   /**< since the packet before; 0 for the first */
	uint32_t ip_bytes;
	uint32_t dir;
} nf_extra_packet;

/** Bytes behind each record for these options; a multiple of 16, 0 where nothing is asked for. */
size_t nf_extra_bytes(const nf_options *options);

/** Bytes that the texts of a flow's columns may take together. */
size_t nf_extra_text_bytes(const nf_options *options);

/** Makes it empty. */
void nf_extra_init(void *extra, const nf_options *options);

/** Adds a packet of the flow. */
void nf_extra_add(void *extra, const nf_options *options, const nf_brief *brief, const nf_turn *turn);

/** The extra of a record that has one. */
static inline void *nf_record_extra(const nf_record *record)
{
	return (char *)record + NF_RECORD_BYTES;
}

/** What was made of the payload; see nf_extra_fact(). */
static inline void *nf_extra_facts(const nf_extra *extra, const nf_options *options)
{
	const size_t packets = options->extras & NF_EXTRA_SEQUENCE ? options->sequence_most : 0;

	return (char *)extra + (sizeof(nf_extra) + 15) / 16 * 16 + packets * sizeof(nf_extra_packet);
}

/** The packets kept, sequence_n of them. */
static inline nf_extra_packet *nf_extra_sequence(const nf_extra *extra)
{
	return (nf_extra_packet *)((char *)extra + (sizeof(nf_extra) + 15) / 16 * 16);
}

#endif
