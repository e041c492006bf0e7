/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP and UDP: the last layer. */
#include "layer.h"

/* Fills in the ports, the header's length and, from what is left of the IP packet, the payload's. */
static nf_skip fill(nf_layer *layer, const uint8_t *p, uint32_t ip_payload, uint32_t header)
{
	nf_packet *packet = layer->packet;

	packet->key.port[0] = nf_be16(p);
	packet->key.port[1] = nf_be16(p + 2);
	packet->header_bytes = (uint16_t)header;
	packet->payload_bytes = ip_payload > header ? ip_payload - header : 0;
	return nf_next(layer, NF_BY_NOTHING, 0);
}

/*   0                   1                   2                   3     RFC 9293, 3.1
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  |          Source Port          |       Destination Port        |
 *  |                        Sequence Number                        |
 *  |                    Acknowledgment Number                      |
 *  |Offset | Rsrvd |  CWR .. FIN   |            Window             |
 *  |           Checksum            |         Urgent Pointer        |
 */
nf_skip nf_decode_tcp(nf_layer *layer)
{
	const uint32_t ip_payload = layer->cursor.wire;
	const uint8_t *p = nf_take(&layer->cursor, 20);

	if (!p)
		return nf_too_short(&layer->cursor, 20);
	const uint32_t header = (p[12] >> 4) * 4u;

	if (header < 20)
		return NF_SKIP_MALFORMED;
	layer->packet->tcp_flags = p[13];
	layer->packet->window = nf_be16(p + 14);
	return fill(layer, p, ip_payload, header);
}

/* Ports, length, checksum (RFC 768). The length field is not used: IP's tells what was there. */
nf_skip nf_decode_udp(nf_layer *layer)
{
	const uint32_t ip_payload = layer->cursor.wire;
	const uint8_t *p = nf_take(&layer->cursor, 8);

	return p ? fill(layer, p, ip_payload, 8) : nf_too_short(&layer->cursor, 8);
}
