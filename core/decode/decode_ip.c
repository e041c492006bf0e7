/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IP headers. */
#include "layer.h"

#include <string.h>

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
	if (nf_be16(p + 6) & 0x1fff)
		return NF_SKIP_FRAGMENT;
	nf_clip(c, ip_bytes - header);

	nf_packet *packet = layer->packet;
	packet->key.ip_version = 4;
	packet->key.protocol = p[9];
	memcpy(packet->key.address[0], p + 12, 4);
	memcpy(packet->key.address[1], p + 16, 4);
	packet->ip_bytes = ip_bytes;
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

nf_skip nf_decode_ipv6(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 1);

	if (!p)
		return nf_too_short(&layer->cursor, 1);
	return p[0] >> 4 == 6 ? NF_SKIP_IPV6 : NF_SKIP_MALFORMED;
}
