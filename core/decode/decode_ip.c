/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IP headers. */
#include "defrag.h"

#include <string.h>

/* Of the fragment field of IPv4 (in units of eight bytes) and of IPv6 (in bytes). */
enum { MORE = 0x2000, OFFSET = 0x1fff, MORE_6 = 1, OFFSET_6 = 0xfff8 };

static nf_skip fragment_of_4(nf_layer *layer, const uint8_t *p, uint32_t header)
{
	const nf_fragment fragment = {
		.identification = nf_be16(p + 4),
		.offset = (nf_be16(p + 6) & OFFSET) * 8u,
		.header_bytes = header,
		.more = nf_be16(p + 6) & MORE,
		.protocol = p[9],
	};
	uint8_t protocol;

	if (layer->defrag)
		return nf_defrag_add(layer, &fragment, &protocol);
	layer->packet->flags |= NF_PACKET_FRAGMENT;
	return NF_SKIP_NONE;
}

/*   0                   1                   2                   3     RFC 791, 3.1
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  |Version|  IHL  |Type of Service|          Total Length         |
 *  |         Identification        |Flags|      Fragment Offset    |
 *  |  Time to Live |    Protocol   |         Header Checksum       |
 *  |                       Source Address                          |
 *  |                    Destination Address                        |
 */
nf_skip nf_decode_ipv4(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint32_t wire = c->wire;
	const uint8_t *p = nf_take(c, 20);

	if (!p)
		return nf_too_short(c, 20);
	const uint32_t header = (p[0] & 15u) * 4;
	const uint32_t total = nf_be16(p + 2);
	const uint32_t ip_bytes = total && total < wire ? total : wire;

	if (p[0] >> 4 != 4 || header < 20 || (total && total < header) || ip_bytes < header)
		return NF_SKIP_MALFORMED;
	if (!nf_take(c, header - 20))
		return NF_SKIP_CUT_SHORT;

	nf_packet *packet = layer->packet;
	packet->key.ip_version = 4;
	packet->key.protocol = p[9];
	memcpy(packet->key.address[0], p + 12, 4);
	memcpy(packet->key.address[1], p + 16, 4);
	if (nf_check_plain(layer, p, header) != NF_SKIP_NONE)
		return NF_SKIP_BAD_CHECKSUM;
	if (nf_be16(p + 6) & OFFSET && !layer->defrag)
		return NF_SKIP_FRAGMENT;
	nf_clip(c, ip_bytes - header);
	if (total == 0)
		packet->flags |= NF_PACKET_NO_LENGTH;
	layer->partial = total > wire;
	layer->detail->tos = p[1];
	layer->detail->ttl = p[8];
	layer->detail->ip_header_bytes = (uint16_t)header;
	packet->ip_bytes = ip_bytes;
	if (nf_be16(p + 6) & (MORE | OFFSET)) {
		const nf_skip skip = fragment_of_4(layer, p, header);
		if (skip != NF_SKIP_NONE)
			return skip;
	}
	return nf_next(layer, NF_BY_PROTOCOL, p[9]);
}

/* Nothing but the header itself says which it is. */
nf_skip nf_decode_ip(nf_layer *layer)
{
	const uint8_t *p = nf_peek(&layer->cursor, 1);

	if (!p)
		return nf_too_short(&layer->cursor, 1);
	switch (p[0] >> 4) {
	case 4: return nf_next(layer, NF_BY_IP, 4);
	case 6: return nf_next(layer, NF_BY_IP, 6);
	default: return NF_SKIP_MALFORMED;
	}
}

/* Extension headers; their lengths are in units of eight bytes but for the authentication header's (RFC 8200, 4; RFC 4302, 2). */
enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, AUTHENTICATION = 51, DESTINATION = 60, MOBILITY = 135, HIP = 139, SHIM6 = 140 };

/*
 * The authentication header over IPv4 (RFC 4302, 2): next header (1), length less 2 in words of 4 (1), reserved (2), ... Over IPv6 it is an extension header.
 * The packet is then that of what follows, with a longer IP header; where it is not right, the packet is one of this protocol.
 */
nf_skip nf_decode_ah(nf_layer *layer)
{
	enum { FIXED = 12 };
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_peek(c, FIXED);
	const uint32_t length = p ? (p[1] + 2u) * 4 : FIXED;

	if (!nf_looks_further(layer) || length < FIXED || length > c->wire)
		return nf_decode_other(layer);
	if (!p || !nf_take(c, length))
		return NF_SKIP_CUT_SHORT;
	layer->detail->ip_header_bytes = (uint16_t)(layer->detail->ip_header_bytes + length);
	layer->packet->key.protocol = p[0];
	return nf_next(layer, NF_BY_PROTOCOL, p[0]);
}

/* next header (1), reserved (1), offset and M (2), identification (4): RFC 8200, 4.5. One that is not of a fragment at all is stepped over. */
static nf_skip fragment_of_6(nf_layer *layer, uint8_t *next)
{
	nf_cursor *c = &layer->cursor;
	const uint32_t header = layer->packet->ip_bytes - c->wire;
	const uint8_t *p = nf_take(c, 8);

	if (!p)
		return nf_too_short(c, 8);
	const uint32_t field = nf_be16(p + 2);

	*next = p[0];
	if (!(field & (OFFSET_6 | MORE_6)))
		return NF_SKIP_NONE;
	if (layer->defrag) {
		const nf_fragment fragment = {nf_be32(p + 4), field & OFFSET_6, header, field & MORE_6, p[0]};
		return nf_defrag_add(layer, &fragment, next);
	}
	layer->packet->flags |= NF_PACKET_FRAGMENT;
	return field & OFFSET_6 ? NF_SKIP_FRAGMENT : NF_SKIP_NONE;
}

/* Steps over the extension headers. *next is the first of them, then what comes behind. */
static nf_skip extensions(nf_layer *layer, uint8_t *next)
{
	nf_cursor *c = &layer->cursor;

	for (;;) {
		uint32_t length;
		const uint8_t *p;
		nf_skip skip;

		switch (*next) {
		case FRAGMENT:
			skip = fragment_of_6(layer, next);
			if (skip != NF_SKIP_NONE)
				return skip;
			continue;
		case HOP_BY_HOP:
		case ROUTING:
		case DESTINATION:
		case MOBILITY:
		case HIP:
		case SHIM6:
		case AUTHENTICATION: break;
		default: return NF_SKIP_NONE;
		}
		p = nf_peek(c, 8);
		if (!p)
			return nf_too_short(c, 8);
		length = *next == AUTHENTICATION ? (p[1] + 2u) * 4 : (p[1] + 1u) * 8;
		if (*next == ROUTING && p[3] != 0) /* the last destination is one of those in it */
			layer->partial = true;
		*next = p[0];
		if (!nf_take(c, length))
			return nf_too_short(c, length);
	}
}

/* The length that the jumbo payload option of a hop-by-hop header tells (RFC 2675, 2); 0: there is none, or it was not captured. */
static uint32_t jumbo_bytes(nf_cursor c)
{
	enum { PAD_1 = 0, JUMBO = 0xc2 };
	nf_cursor options;
	const uint8_t *p = nf_peek(&c, 2);

	if (!p || !nf_split(&c, (p[1] + 1u) * 8, &options))
		return 0;
	nf_take(&options, 2);
	while ((p = nf_take(&options, 1)) != NULL) {
		const uint8_t type = p[0];
		if (type == PAD_1)
			continue;
		const uint8_t *length = nf_take(&options, 1);
		const uint8_t *value = length ? nf_take(&options, length[0]) : NULL;
		if (!value)
			return 0;
		if (type == JUMBO && length[0] == 4)
			return nf_be32(value);
	}
	return 0;
}

/*   0                   1                   2                   3     RFC 8200, 3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  |Version| Traffic Class |           Flow Label                  |
 *  |         Payload Length        |  Next Header  |   Hop Limit   |
 *  |                    Source Address (16)                        |
 *  |                 Destination Address (16)                      |
 *
 * A payload length of 0 is that of a jumbogram, whose option tells the length, or of segmentation offload: then what was on the wire counts.
 */
nf_skip nf_decode_ipv6(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint32_t wire = c->wire;
	const uint8_t *p = nf_peek(c, 1);

	if (!p)
		return nf_too_short(c, 1);
	if (p[0] >> 4 != 6)
		return NF_SKIP_MALFORMED;
	if (!layer->options->ipv6)
		return NF_SKIP_IPV6;
	p = nf_take(c, 40);
	if (!p)
		return nf_too_short(c, 40);
	/* Only a jumbogram and offloaded TCP are longer than a length of 0 says; else what follows is padding. */
	const uint32_t jumbo = nf_be16(p + 4) == 0 && p[6] == HOP_BY_HOP ? jumbo_bytes(*c) : 0;
	const uint32_t payload = jumbo ? jumbo : nf_be16(p + 4);
	const bool told = payload || (p[6] != HOP_BY_HOP && p[6] != NF_PROTOCOL_TCP);
	const uint32_t ip_bytes = told && payload < wire - 40 ? 40 + payload : wire;
	nf_packet *packet = layer->packet;
	uint8_t next = p[6];

	nf_clip(c, ip_bytes - 40);
	layer->partial = told && payload > wire - 40;
	if (!told)
		packet->flags |= NF_PACKET_NO_LENGTH;
	packet->key.ip_version = 6;
	memcpy(packet->key.address[0], p + 8, 16);
	memcpy(packet->key.address[1], p + 24, 16);
	packet->ip_bytes = ip_bytes;
	layer->detail->tos = (uint8_t)(nf_be16(p) >> 4);
	layer->detail->ttl = p[7];
	const nf_skip skip = extensions(layer, &next);
	if (skip != NF_SKIP_NONE)
		return skip;
	layer->detail->ip_header_bytes = (uint16_t)(packet->ip_bytes - c->wire);
	packet->key.protocol = next;
	return nf_next(layer, NF_BY_PROTOCOL, next);
}
