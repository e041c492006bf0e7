/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file defrag.h
 * Fragments of IPv4 and IPv6 are put together to datagrams (RFC 791, 3.2; RFC 8200, 4.5), within a budget.
 *
 * - Where fragments overlap, the bytes that came first stay, in units of eight.
 * - A datagram that is not whole 30 s (of the packets' time) after its first fragment came is forgotten.
 * - At most 1024 datagrams and 4 MiB of them wait; beyond that the one that waits longest is forgotten.
 * - Lengths are the wire's: a fragment that was cut by the snapshot length is there as far as lengths go, and the datagram's bytes are known
 *   up to the first one that was not captured.
 * - A fragment that contradicts the others (more of the datagram behind its end, another end), is empty, ends beyond 65535, or is not the
 *   last and has no multiple of eight bytes, is malformed.
 *
 * Every fragment that waits is counted under NF_SKIP_FRAGMENT at once; when its datagram becomes whole, the count moves to
 * NF_SKIP_REASSEMBLED. So there is nothing to count when fragments are forgotten.
 */
#ifndef NF_DECODE_DEFRAG_H
#define NF_DECODE_DEFRAG_H

#include "layer.h"

/** A fragment: its payload is what the layer's cursor holds, its addresses, version, time to live and so on are in the layer's packet. */
typedef struct nf_fragment {
	uint32_t identification;
	uint32_t offset;       /**< of its payload in the datagram's, bytes, a multiple of 8 */
	uint32_t header_bytes; /**< of the IP header before it, without IPv6's fragment header */
	bool more;             /**< it is not the last one */
	uint8_t protocol;      /**< of IPv4; the next header of IPv6 */
} nf_fragment;

/** NULL: out of memory. To be freed with nf_defrag_free(). */
nf_defrag *nf_defrag_new(void);
void nf_defrag_free(nf_defrag *defrag);

/** Forgets what waits. */
void nf_defrag_clear(nf_defrag *defrag);

/**
 * Adds a fragment to layer->defrag.
 * @param protocol  when it returns NF_SKIP_NONE: what the datagram carries
 * @return NF_SKIP_NONE: the datagram is whole. The layer's cursor is its payload, good until nf_defrag_settle(); the packet's ip_bytes are
 *         set, and the detail's are those of its first fragment. NF_SKIP_FRAGMENT: it waits for others. NF_SKIP_MALFORMED: it is not taken.
 */
nf_skip nf_defrag_add(nf_layer *layer, const nf_fragment *fragment, uint8_t *protocol);

/**
 * Ends a frame: what was put together for it is freed.
 * @param elsewhere  the frame is not counted as a fragment: it gives a packet all the same, or is skipped for another reason
 * @return the frames counted as fragments before whose datagrams this one made whole
 */
uint64_t nf_defrag_settle(nf_defrag *defrag, bool elsewhere);

#endif
