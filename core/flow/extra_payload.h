/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file extra_payload.h
 * The part of an extra that is made of payload, each fact only where it is asked for.
 */
#ifndef NF_FLOW_EXTRA_PAYLOAD_H
#define NF_FLOW_EXTRA_PAYLOAD_H

#include "model.h"

#include "payload/facts.h"

/** So many payload bytes of each side count for its entropy. */
enum { NF_ENTROPY_BYTES = 4096 };

/** What stands before the facts: how far the bytes of each side were taken in order. */
typedef struct nf_extra_stream {
	uint32_t next_seq[2];
	uint8_t begun[2];
	uint8_t broken[2]; /**< bytes are missing: what comes behind them is of no use to TLS and HTTP */
} nf_extra_stream;

typedef struct nf_extra_tls {
	nf_tls tls;
	nf_hello hello;
} nf_extra_tls;

/** Bytes for these options; a multiple of 16. */
size_t nf_extra_payload_bytes(unsigned extras);

/** Adds the payload of a packet. @param facts  of nf_extra_payload_bytes(), zero at the beginning */
void nf_extra_payload_add(void *facts, unsigned extras, const nf_brief *brief, const nf_turn *turn);

/** One of the facts, by its bit; NULL: it was not asked for. NF_EXTRA_ENTROPY: two nf_entropy, forward and backward. */
void *nf_extra_fact(const void *facts, unsigned extras, unsigned bit);

#endif
