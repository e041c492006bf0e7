/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Most frames of most captures in one go: Ethernet, IPv4 without options, TCP or UDP, nothing odd about any length. Whatever is not just
 * that is left to the table, which would give the same packet for these too (a test compares the two).
 */
#include "layer.h"

#include <string.h>

enum { ETHERNET = 14, IPV4 = 20, TCP = 20, UDP = 8, FRAGMENT_BITS = 0x3fff };

bool nf_decode_plain(const nf_frame *frame, nf_packet *packet)
{
	if (frame->link != 1 || frame->flags || frame->captured < ETHERNET + IPV4 + UDP)
		return false;
	const uint8_t *ip = frame->data + ETHERNET, *transport = ip + IPV4;

	if (nf_be16(ip - 2) != 0x0800 || ip[0] != 0x45)
		return false;
	const uint32_t total = nf_be16(ip + 2), least = ip[9] == NF_PROTOCOL_TCP ? IPV4 + TCP : IPV4 + UDP;
	const uint32_t wire = frame->wire > frame->captured ? frame->wire : frame->captured;

	if (total < least || frame->captured < ETHERNET + least || (uint64_t)total + ETHERNET + frame->fcs_bytes > wire ||
	    nf_be16(ip + 6) & FRAGMENT_BITS)
		return false;
	uint32_t header = UDP;
	packet->tcp_flags = 0;
	packet->window = 0;
	if (ip[9] == NF_PROTOCOL_TCP) {
		header = (transport[12] >> 4) * 4u;
		packet->tcp_flags = transport[13];
		packet->window = nf_be16(transport + 14);
		if (header < TCP)
			return false;
	} else if (ip[9] != NF_PROTOCOL_UDP) {
		return false;
	}
	packet->key = (nf_key){.ip_version = 4, .protocol = ip[9], .port = {nf_be16(transport), nf_be16(transport + 2)}};
	memcpy(packet->key.address[0], ip + 12, 4);
	memcpy(packet->key.address[1], ip + 16, 4);
	packet->ts_ns = frame->ts_ns;
	packet->number = 0;
	packet->flags = 0;
	packet->reserved = 0;
	packet->ip_bytes = total;
	packet->header_bytes = (uint16_t)header;
	packet->payload_bytes = total - IPV4 > header ? total - IPV4 - header : 0;
	return true;
}

/* Whether a plain UDP frame may carry a tunnel: by its ports, or as it begins like the IPv6 packet that Teredo sends to any port. */
static bool may_carry(const nf_decode_options *options, const nf_packet *packet, const nf_frame *frame)
{
	enum { HEADERS = ETHERNET + IPV4 + UDP };

	return nf_tunnel_of_port(options, packet->key.port[0]) != NF_TUNNEL_COUNT || nf_tunnel_of_port(options, packet->key.port[1]) != NF_TUNNEL_COUNT ||
	       (frame->captured > HEADERS && frame->data[HEADERS] >> 4 == 6);
}

static bool are_checksums_right(const nf_frame *frame, const nf_decode_options *options, const nf_packet *packet)
{
	const uint8_t *ip = frame->data + ETHERNET;

	if (!nf_header_is_right(ip, IPV4))
		return false;
	return frame->captured - ETHERNET < packet->ip_bytes ||
	       nf_transport_is_right(options, &packet->key, packet->key.protocol, ip + IPV4, packet->ip_bytes - IPV4);
}

/* What has nothing of it, such as the outer key, stays as it is. */
static void fill_detail(nf_detail *detail, const nf_frame *frame, const nf_packet *packet)
{
	const uint8_t *ethernet = frame->data, *ip = ethernet + ETHERNET;
	nf_cursor c = {ip + IPV4, frame->captured - ETHERNET - IPV4, packet->ip_bytes - IPV4};

	nf_clip(&c, c.wire);
	memset(detail, 0, offsetof(nf_detail, outer));
	detail->has = NF_HAS_MAC;
	detail->interface = frame->interface;
	detail->tos = ip[1];
	detail->ttl = ip[8];
	detail->ip_header_bytes = IPV4;
	memcpy(detail->mac[0], ethernet + 6, 6);
	memcpy(detail->mac[1], ethernet, 6);
	if (packet->key.protocol == NF_PROTOCOL_TCP) {
		detail->tcp_seq = nf_be32(c.p + 4);
		detail->tcp_ack = nf_be32(c.p + 8);
		if (packet->header_bytes > TCP)
			nf_note_options(detail, (nf_cursor){c.p + TCP, c.captured - TCP, c.wire - TCP}, packet->header_bytes - TCP);
	}
	detail->payload_captured = nf_take(&c, packet->header_bytes) ? c.captured : 0;
	detail->payload = c.p;
}

bool nf_decode_plain_more(const nf_frame *frame, const nf_decode_options *options, nf_packet *packet, nf_detail *detail)
{
	if (options->tunnels && packet->key.protocol == NF_PROTOCOL_UDP && may_carry(options, packet, frame))
		return false;
	if (options->checksums && !are_checksums_right(frame, options, packet)) {
		if (options->checksums != NF_CHECKSUMS_MARK)
			return false;
		packet->flags |= NF_PACKET_BAD_CHECKSUM;
	}
	if (detail)
		fill_detail(detail, frame, packet);
	return true;
}
