/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file frame.h
 * What goes in: one frame as it was captured, and why a frame may not be used.
 */
#ifndef NETFLOWER_FRAME_H
#define NETFLOWER_FRAME_H

#include <netflower/export.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bits of nf_frame.flags. */
enum {
	NF_FRAME_NO_TIME = 1 << 0,    /**< the record has no time, or one outside int64 nanoseconds */
	NF_FRAME_NOT_PACKET = 1 << 1, /**< the record holds no packet (a system call, a journal entry, ...) */
	NF_FRAME_FILTERED = 1 << 2,   /**< a filter of the caller's does not take it */
};

/**
 * One frame. The bytes belong to the caller and are read only during the call that gets the frame.
 *
 * @a link is a LINKTYPE_ value as pcap files carry it (https://www.tcpdump.org/linktypes.html), or one of NF_LINK_
 * below for framings that have none. Any other value is allowed: such frames are skipped as NF_SKIP_LINK_TYPE.
 */
typedef struct nf_frame {
	const uint8_t *data; /**< @a captured bytes; may be NULL when captured is 0 */
	uint32_t captured;   /**< bytes at data */
	uint32_t wire;       /**< bytes the frame had on the wire; a value below captured counts as captured */
	int64_t ts_ns;       /**< nanoseconds since 1970-01-01 UTC, without leap seconds; may be negative */
	uint32_t link;       /**< link type */
	uint32_t interface;  /**< index of the capturing interface within its source, 0 where there is one */
	uint32_t fcs_bytes;  /**< bytes of frame check sequence known to end the frame, 0 where there is none or it is not known */
	uint32_t flags;      /**< NF_FRAME_ bits */
} nf_frame;

/** Link types beside the LINKTYPE_ registry's, for framings that only some capture formats have. */
enum {
	NF_LINK_UNKNOWN = 0x10000, /**< nothing is known of the framing: always skipped */
	NF_LINK_LLC,               /**< starts with an 802.2 LLC header */
	NF_LINK_ETHERTYPE,         /**< starts with a two byte ethertype */
	NF_LINK_80211_DATAPAD,     /**< 802.11 whose header is padded to four bytes */
	NF_LINK_FDDI_BITSWAPPED,   /**< FDDI with the bits of its addresses swapped: the same layout */
	NF_LINK_LANE_8023,         /**< ATM LAN emulation: two bytes, then Ethernet */
};

/** Why a frame is not used. NF_SKIP_NONE: it is. */
typedef enum nf_skip {
	NF_SKIP_NONE,
#define NF_SKIP(id, name, text, option) NF_SKIP_##id,
#include <netflower/skip.def>
#undef NF_SKIP
	NF_SKIP_COUNT
} nf_skip;

/** Short name of a reason as in --stats-json ("ipv6"); NULL for NF_SKIP_NONE and values out of range. Static. */
NF_API const char *nf_skip_name(nf_skip skip);

/** The reason in words as in the summary ("later fragments"); NULL as above. Static. */
NF_API const char *nf_skip_text(nf_skip skip);

/** The option of nf-cli that makes such frames used ("--ipv6"), or NULL where there is none. Static. */
NF_API const char *nf_skip_option(nf_skip skip);

#ifdef __cplusplus
}
#endif
#endif
