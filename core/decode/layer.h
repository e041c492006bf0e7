/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file layer.h
 * What a decoder is: it reads one header, names what comes next, and returns. decode.c owns the loop, the dispatch by decoders.def,
 * and the layer budget, so that no decoder can forget them.
 */
#ifndef NF_DECODE_LAYER_H
#define NF_DECODE_LAYER_H

#include "cursor.h"

#include <netflower/decoder.h>
#include <netflower/packet.h>

/** By what the next decoder is found. */
typedef enum nf_by {
	NF_BY_NOTHING,   /**< none comes: the packet is filled */
	NF_BY_LINK,      /**< link type, see nf_frame.link */
	NF_BY_ETHERTYPE, /**< IEEE 802 ethertype */
	NF_BY_LLC,       /**< an 802.2 LLC header; the key is the pad between the SNAP header of a bridged Ethernet frame and that frame */
	NF_BY_PPP,       /**< PPP protocol number (IANA ppp-numbers) */
	NF_BY_NLPID,     /**< network layer protocol id (ISO/IEC TR 9577) */
	NF_BY_IP,        /**< an IP header: key 4 or 6, or 0 where its version nibble tells */
	NF_BY_PROTOCOL,  /**< IP protocol number */
	NF_BY_TUNNEL,    /**< nf_tunnel, where a port says so */
} nf_by;

/** What may carry packets; see tunnels.def. */
typedef enum nf_tunnel {
#define NF_TUNNEL(id, name, port, zeek, text) NF_TUNNEL_##id,
#include "tunnels.def"
#undef NF_TUNNEL
	NF_TUNNEL_COUNT
} nf_tunnel;

/** What waits for other fragments, see defrag.h. */
typedef struct nf_defrag nf_defrag;

/** The state of one decode: what is left of the frame, what comes next, and the packet that is being filled. */
typedef struct nf_layer {
	nf_cursor cursor;
	nf_by by;
	uint32_t key;
	uint32_t fcs_bytes; /**< bytes of frame check sequence that are already taken off the end of the cursor */
	bool guess;         /**< what comes next was guessed from the bytes: when they turn out malformed, it was something else */
	nf_packet *packet;
	nf_detail *detail;     /**< of the packet; never NULL, though nobody may want it */
	const nf_decode_options *options;
	uint8_t tunnel;        /**< nf_tunnel that was entered last */
	nf_defrag *defrag;     /**< NULL: fragments are not put together */
	bool partial;          /**< the packet is not whole, or its addresses are not the last ones: its checksum cannot be computed */
	bool enters;           /**< set by nf_enter(): what comes next is a packet of its own, carried by this one */
} nf_layer;

/** Names what comes next. Returns NF_SKIP_NONE, so that a decoder can end with `return nf_next(...)`. */
static inline nf_skip nf_next(nf_layer *layer, nf_by by, uint32_t key)
{
	layer->by = by;
	layer->key = key;
	return NF_SKIP_NONE;
}

/**
 * Names what comes next, as nf_next(), as what a tunnel carries. The packet so far is as it is without that: filled up to its payload. When what
 * it carries turns out not to be used, it stands.
 */
static inline nf_skip nf_enter(nf_layer *layer, nf_tunnel tunnel, nf_by by, uint32_t key)
{
	layer->enters = true;
	layer->tunnel = (uint8_t)tunnel;
	return nf_next(layer, by, key);
}

/** Whether tunnels are looked into. */
static inline bool nf_looks_inside(const nf_layer *layer)
{
	return layer->options->tunnels != NF_TUNNELS_OUTER;
}

/** The same for what Zeek does not look into. */
static inline bool nf_looks_further(const nf_layer *layer)
{
	return nf_looks_inside(layer) && !layer->options->tunnels_of_zeek;
}

/** The tunnel of a port, NF_TUNNEL_COUNT: none. */
nf_tunnel nf_tunnel_of_port(const nf_decode_options *options, uint16_t port);

/** What is not a packet of any tunnel's any more, when a protocol is not taken: NF_SKIP_ICMP and so on. NF_SKIP_NONE: it is taken. */
nf_skip nf_refused(const nf_decode_options *options, uint8_t protocol);

/** Fills ports, lengths and the detail's payload; the transport header is behind the cursor but for its last @p rest bytes, which may not have been captured. */
nf_skip nf_fill(nf_layer *layer, uint16_t source, uint16_t destination, uint32_t ip_payload, uint32_t header, uint32_t rest);

/** Looks at the checksum of what the cursor holds, a transport header and its payload. NF_SKIP_BAD_CHECKSUM: the packet is not used. */
nf_skip nf_check_transport(nf_layer *layer, uint8_t protocol);

/** The same for an IPv4 header, n bytes, a multiple of 4. */
nf_skip nf_check_plain(nf_layer *layer, const uint8_t *p, uint32_t n);

/** Whether the checksum of an IPv4 header is right; n is a multiple of 4. */
bool nf_header_is_right(const uint8_t *p, uint32_t n);

/** The same of a transport header and its payload, at least 8 bytes, with the pseudo header that the key tells; none is right where there may be none. */
bool nf_transport_is_right(const nf_decode_options *options, const nf_key *key, uint8_t protocol, const uint8_t *p, uint32_t length);

/** Fills the detail from the TCP options that the cursor begins with, so many bytes, as far as they were captured. */
void nf_note_options(nf_detail *detail, nf_cursor cursor, uint32_t bytes);

/** Goes on with a link type that a header of the frame itself names: only values of the registry, not NF_LINK_ ones. */
static inline nf_skip nf_next_link(nf_layer *layer, uint32_t link)
{
	return link < NF_LINK_UNKNOWN ? nf_next(layer, NF_BY_LINK, link) : NF_SKIP_LINK_TYPE;
}

/** Takes a frame check sequence of four bytes off the end, unless the frame as a whole was known to have one. */
static inline void nf_drop_fcs(nf_layer *layer)
{
	const uint32_t wire = layer->cursor.wire;
	const uint32_t more = layer->fcs_bytes < 4 ? 4 - layer->fcs_bytes : 0;

	nf_clip(&layer->cursor, wire - (more < wire ? more : wire));
	layer->fcs_bytes += more;
}

/** Goes on with what a type-or-length field of the Ethernet family names: an ethertype, or the length of an LLC frame. */
nf_skip nf_next_type_or_length(nf_layer *layer, uint16_t value);

/** Reads a SNAP header and goes on with its ethertype, or with the Ethernet frame that is bridged behind it and @a pad bytes. */
nf_skip nf_next_snap(nf_layer *layer, uint32_t pad);

/** Reads a PPP protocol number of one or two bytes and goes on with it. */
nf_skip nf_next_ppp(nf_layer *layer);

/** Whether bytes look like an Ethernet frame with something that is common: for what says nothing of what it carries. */
bool nf_like_ethernet(nf_cursor c);

/** Reads an 802.11 header whose frame control bytes may be swapped, as some access points send them in CAPWAP. */
nf_skip nf_80211_in_capwap(nf_layer *layer);

/** A short cut for plain Ethernet, IPv4, TCP and UDP. False: the table has to look at the frame; the packet is then not specified. */
bool nf_decode_plain(const nf_frame *frame, nf_packet *packet);

/**
 * What else the options ask for of a frame that nf_decode_plain() took: its checksums and, unless it is NULL, its detail, of which the payload
 * is in the frame. False: the table has to look at the frame.
 */
bool nf_decode_plain_more(const nf_frame *frame, const nf_decode_options *options, nf_packet *packet, nf_detail *detail);

/** What nf_decode() does without the short cut. */
nf_skip nf_decode_by_table(const nf_frame *frame, nf_packet *packet);

/** Room for the packets of a frame: those that are to be used come first. details may be NULL. */
typedef struct nf_decoded {
	nf_packet *packets; /**< NF_FRAME_PACKETS of them */
	nf_detail *details; /**< as many; NULL: none are wanted */
	nf_defrag *defrag;  /**< as in nf_layer */
	size_t n;           /**< packets that are used */
} nf_decoded;

/** Notes a packet whose checksum was looked at, by its source: see nf_decoder_bad_source(). */
void nf_decoder_note_checksum(nf_decoder *decoder, const nf_key *key, bool bad);

/** What puts fragments together for a decoder; NULL: nothing does. */
nf_defrag *nf_decoder_defrag(const nf_decoder *decoder);

/** Decodes by options. @return NF_SKIP_NONE: decoded->n is at least 1 */
nf_skip nf_decode_with(const nf_frame *frame, const nf_decode_options *options, nf_decoded *decoded);

/**
 * A decoder. It takes its header from layer->cursor, and either names what comes next with nf_next() or says why the frame is
 * not used. For a header that is shorter than it must be it returns nf_too_short().
 */
#define NF_DECODER(name, by, key) nf_skip nf_decode_##name(nf_layer *layer);
#include "decoders.def"
#undef NF_DECODER

/** The decoder of an IP protocol that no line names. */
nf_skip nf_decode_other(nf_layer *layer);

#endif
