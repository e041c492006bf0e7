/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file decoder.h
 * Decoding beyond the default: which protocols are packets of flows, tunnels, reassembly, checksums, and what more than lengths and
 * flags is kept of a packet.
 *
 * Thread rule: a decoder belongs to one thread at a time. It puts fragments together, so it sees the frames of one stream, in order.
 */
#ifndef NETFLOWER_DECODER_H
#define NETFLOWER_DECODER_H

#include <netflower/error.h>
#include <netflower/packet.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which packet of a frame with tunnels belongs to a flow. */
typedef enum nf_tunnels {
	NF_TUNNELS_OUTER, /**< the outermost; tunnels are not looked into (default) */
	NF_TUNNELS_INNER, /**< the innermost */
	NF_TUNNELS_BOTH,  /**< each of them, the outermost first */
} nf_tunnels;

/** What is done about checksums of IPv4, TCP, UDP, ICMP and ICMPv6. One that was not captured whole, or is 0 in UDP over IPv4 or to or from a tunnel's port, counts as good. */
typedef enum nf_checksums {
	NF_CHECKSUMS_IGNORE, /**< nothing (default) */
	NF_CHECKSUMS_VERIFY, /**< a packet with a bad one is skipped: NF_SKIP_BAD_CHECKSUM */
	NF_CHECKSUMS_MARK,   /**< a packet with a bad one is used and has NF_PACKET_BAD_CHECKSUM */
} nf_checksums;

/** Most entries of nf_decode_options.tunnel_port. */
enum { NF_TUNNEL_PORTS_MAX = 32 };

/** Takes a port as that of a tunnel protocol. */
typedef struct nf_tunnel_port {
	uint16_t port;
	uint16_t tunnel; /**< set by nf_decode_add_tunnel_port() */
} nf_tunnel_port;

/** What a decoder takes. All zero is the default: IPv4 with TCP or UDP, no tunnels. */
typedef struct nf_decode_options {
	bool ipv6;  /**< IPv6, as IPv4 */
	bool icmp;  /**< ICMP, and with ipv6 ICMPv6 */
	bool sctp;
	bool all;   /**< every IP protocol; those without ports have ports 0 */
	bool defrag; /**< fragments are put together, then decoded as one packet with the time of the last to come */
	bool icmp_without_identifier; /**< ICMP queries of all identifiers are one flow, as Zeek has it */
	nf_tunnels tunnels;
	bool tunnels_of_zeek; /**< only tunnels that Zeek looks into, and those of tunnel_port: not AH over IPv4, CAPWAP, L2TP, MPLS in UDP, NSH, VXLAN-GPE */
	nf_checksums checksums;
	bool details;          /**< batches carry an nf_detail for each packet */
	uint32_t payload_most; /**< with details: so many captured bytes of each packet's payload are kept, at most 65535 */
	uint32_t tunnel_ports; /**< entries of tunnel_port; they come beside the protocols' own ports */
	nf_tunnel_port tunnel_port[NF_TUNNEL_PORTS_MAX];
} nf_decode_options;

/** Bits of nf_detail.has. */
enum {
	NF_HAS_MAC = 1 << 0,
	NF_HAS_VLAN = 1 << 1,
	NF_HAS_INNER_VLAN = 1 << 2,
	NF_HAS_MPLS = 1 << 3,
	NF_HAS_MSS = 1 << 4,
	NF_HAS_WINDOW_SCALE = 1 << 5,
	NF_HAS_SACK_PERMITTED = 1 << 6,
	NF_HAS_TIMESTAMPS = 1 << 7,
	NF_HAS_OUTER = 1 << 8,
};

/** What more is known of a packet. Link fields are those of the frame; the others of the packet itself, if it is in a tunnel the inner one. */
typedef struct nf_detail {
	uint16_t has;             /**< NF_HAS_ bits */
	uint16_t vlan[2];         /**< VLAN ids, 0-4095: outermost tag and the next one */
	uint8_t mac[2][6];        /**< source, destination */
	uint32_t mpls_label;      /**< outermost label, 0-1048575 */
	uint32_t interface;       /**< nf_frame.interface */
	uint8_t tos;              /**< type of service or traffic class, all eight bits */
	uint8_t ttl;              /**< time to live or hop limit */
	uint16_t ip_header_bytes; /**< IPv4 header with options; IPv6 header with extension headers */
	uint32_t tcp_seq, tcp_ack;
	uint8_t icmp_type, icmp_code;
	uint8_t window_scale;     /**< of a SYN, 0-14 */
	uint8_t tunnel;           /**< with NF_HAS_OUTER: nf_tunnel, by which it was carried */
	uint16_t mss;             /**< of a SYN, bytes */
	uint8_t depth;            /**< tunnels around it */
	nf_key outer;             /**< with NF_HAS_OUTER: of the packet that carried it, side 0 its sender */
	uint32_t payload_captured; /**< captured bytes of payload, at most nf_packet.payload_bytes */
	uint32_t payload_kept;    /**< of those, the bytes at payload */
	const uint8_t *payload;   /**< belongs to the batch; NULL when none are kept, as of a packet with NF_PACKET_BAD_CHECKSUM */
} nf_detail;

/**
 * Adds a tunnel port.
 * @param text  NAME=PORT, "vxlan=8472"; the names are those of docs/PROTOCOLS.md
 * @return NF_ARGUMENT: it is none, the tunnel is not known by a port, or there are too many
 */
NF_API NF_MUST_CHECK nf_status nf_decode_add_tunnel_port(nf_decode_options *options, const char *text, nf_error *error);

/** Whether the option that takes what is skipped for this reason (nf_skip_option()) is set. */
NF_API bool nf_decode_takes(const nf_decode_options *options, nf_skip skip);

typedef struct nf_decoder nf_decoder;

/**
 * A new decoder, to be freed with nf_decoder_free().
 * @param options  copied; NULL: the default
 */
NF_API NF_MUST_CHECK nf_status nf_decoder_new(nf_decoder **decoder, const nf_decode_options *options, nf_error *error);
NF_API void nf_decoder_free(nf_decoder *decoder);

/**
 * The source of most packets with bad checksums. A host that captures what it sends itself, and leaves checksums to its network card, sees
 * them before they are computed.
 */
typedef struct nf_bad_source {
	uint8_t ip_version;  /**< 4 or 6; 0: there was no bad checksum yet */
	uint8_t address[16]; /**< the first 4 bytes of IPv4's */
	uint64_t bad, good;  /**< its packets since it was found to be that source */
} nf_bad_source;

/**
 * That source, by the majority vote of Boyer and Moore (1981): with checksums looked at, a source of more than half of all packets with bad ones
 * is found. Owned by the decoder.
 */
NF_API const nf_bad_source *nf_decoder_bad_source(const nf_decoder *decoder);

/** Whether most of what it sent is bad, so that it is not the network that spoils its packets. */
NF_API bool nf_bad_source_is_sender(const nf_bad_source *source);

/** The options it was made with. */
NF_API const nf_decode_options *nf_decoder_options(const nf_decoder *decoder);

#ifdef __cplusplus
}
#endif
#endif
