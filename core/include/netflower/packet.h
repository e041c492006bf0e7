/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file packet.h
 * A decoded packet: all that a flow ever learns of a frame. It holds no pointer into the frame.
 */
#ifndef NETFLOWER_PACKET_H
#define NETFLOWER_PACKET_H

#include <netflower/frame.h>

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NF_PROTOCOL_ICMP = 1, NF_PROTOCOL_TCP = 6, NF_PROTOCOL_UDP = 17, NF_PROTOCOL_ICMPV6 = 58, NF_PROTOCOL_SCTP = 132 };

/** TCP flags as in the header's 14th byte (RFC 9293, 3.1). */
enum {
	NF_TCP_FIN = 0x01,
	NF_TCP_SYN = 0x02,
	NF_TCP_RST = 0x04,
	NF_TCP_PSH = 0x08,
	NF_TCP_ACK = 0x10,
	NF_TCP_URG = 0x20,
	NF_TCP_ECE = 0x40,
	NF_TCP_CWR = 0x80,
};

/**
 * The 5-tuple. Side 0 of a packet's key is the sender. Addresses are in network byte order: an IPv4 address is the first four
 * bytes, the other twelve are zero. Ports are numbers in the machine's order. Unused bytes must be zero: keys are compared whole.
 */
typedef struct nf_key {
	uint8_t address[2][16];
	uint16_t port[2];
	uint8_t protocol;   /**< IP protocol number */
	uint8_t ip_version; /**< 4 or 6 */
	uint16_t identifier; /**< ICMP and ICMPv6 queries and their answers: the identifier, where asked for; else 0 */
} nf_key;

/** One packet, with the lengths that FEATURES defines; all of them come from what was on the wire, not from what was captured. */
typedef struct nf_packet {
	nf_key key;
	int64_t ts_ns;
	uint64_t number;        /**< number of its frame, from 1; 0 where not known. Only messages name it. */
	uint32_t ip_bytes;      /**< the IP packet: total length, at most what was on the wire from the IP header on */
	uint32_t payload_bytes; /**< ip_bytes less IP header and header_bytes, at least 0 */
	uint16_t header_bytes;  /**< TCP: data offset x 4; UDP: 8 */
	uint16_t window;        /**< TCP: window field, unscaled; else 0 */
	uint8_t tcp_flags;      /**< TCP: NF_TCP_ bits; else 0 */
	uint8_t flags;          /**< NF_PACKET_ bits */
	uint16_t reserved;      /**< 0 */
} nf_packet;

/** Bits of nf_packet.flags. */
enum {
	NF_PACKET_ALSO = 1 << 0,         /**< its frame gave another packet before this one (tunnels both) and is counted there */
	NF_PACKET_BAD_CHECKSUM = 1 << 1, /**< marked, not dropped: NF_CHECKSUMS_MARK */
	NF_PACKET_FRAGMENT = 1 << 2,     /**< the first fragment of a datagram that was not put together */
	NF_PACKET_REASSEMBLED = 1 << 3,  /**< put together from fragments; its frame is the one that made it whole */
	NF_PACKET_NO_LENGTH = 1 << 4,    /**< its IPv4 header tells no length, as the sender's network card had to: ip_bytes is what was on the wire */
};

/**
 * Decodes one frame. No byte outside frame->data[0 .. captured-1] is read, whatever the frame claims.
 * Reentrant: it has no state.
 *
 * @param packet  filled when NF_SKIP_NONE is returned; otherwise its content is not specified. packet->number is set to 0.
 * @return NF_SKIP_NONE for an IPv4 packet with TCP or UDP, else the reason why it is not used.
 */
NF_API nf_skip nf_decode(const nf_frame *frame, nf_packet *packet);

#ifdef __cplusplus
}
#endif
#endif
