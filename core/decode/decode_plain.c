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
