/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP and UDP: the last layer. */
#include "layer.h"

nf_skip nf_fill(nf_layer *layer, uint16_t source, uint16_t destination, uint32_t ip_payload, uint32_t header, uint32_t rest)
{
	nf_packet *packet = layer->packet;
	nf_detail *detail = layer->detail;
	nf_cursor data = layer->cursor;

	packet->key.port[0] = source;
	packet->key.port[1] = destination;
	packet->header_bytes = (uint16_t)header;
	packet->payload_bytes = ip_payload > header ? ip_payload - header : 0;
	if (!nf_take(&data, rest))
		data.captured = 0;
	detail->payload = data.p;
	detail->payload_captured = data.captured < packet->payload_bytes ? data.captured : packet->payload_bytes;
	return nf_next(layer, NF_BY_NOTHING, 0);
}

/* Kinds of TCP options (RFC 9293, 3.1; RFC 7323; RFC 2018). */
enum { OPTIONS_END = 0, OPTIONS_NOTHING = 1, OPTION_MSS = 2, OPTION_WINDOW_SCALE = 3, OPTION_SACK_PERMITTED = 4, OPTION_TIMESTAMPS = 8 };

static void note_option(nf_detail *d, uint8_t kind, const uint8_t *value, uint32_t length)
{
	if (kind == OPTION_MSS && length == 2) {
		d->has |= NF_HAS_MSS;
		d->mss = nf_be16(value);
	} else if (kind == OPTION_WINDOW_SCALE && length == 1) {
		d->has |= NF_HAS_WINDOW_SCALE;
		d->window_scale = value[0] < 14 ? value[0] : 14;
	} else if (kind == OPTION_SACK_PERMITTED && length == 0) {
		d->has |= NF_HAS_SACK_PERMITTED;
	} else if (kind == OPTION_TIMESTAMPS && length == 8) {
		d->has |= NF_HAS_TIMESTAMPS;
	}
}

/* As many as were captured, up to the first that is wrong. Most segments have nothing but timestamps, laid out as RFC 7323, appendix A, says. */
void nf_note_options(nf_detail *d, nf_cursor c, uint32_t bytes)
{
	enum { STAMPS = 12 };
	const uint8_t *p = nf_peek(&c, STAMPS);

	if (bytes == STAMPS && p && nf_be32(p) == (OPTIONS_NOTHING << 24 | OPTIONS_NOTHING << 16 | OPTION_TIMESTAMPS << 8 | 10)) {
		d->has |= NF_HAS_TIMESTAMPS;
		return;
	}
	nf_clip(&c, bytes);
	while ((p = nf_take(&c, 1)) != NULL && p[0] != OPTIONS_END) {
		const uint8_t kind = p[0];

		if (kind == OPTIONS_NOTHING)
			continue;
		const uint8_t *length = nf_take(&c, 1);
		if (!length || length[0] < 2)
			return;
		const uint8_t *value = nf_take(&c, length[0] - 2u);
		if (!value)
			return;
		note_option(d, kind, value, length[0] - 2u);
	}
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
	const nf_skip checked = nf_check_transport(layer, NF_PROTOCOL_TCP);
	const uint8_t *p = nf_take(&layer->cursor, 20);

	if (!p)
		return nf_too_short(&layer->cursor, 20);
	const uint32_t header = (p[12] >> 4) * 4u;

	if (header < 20)
		return NF_SKIP_MALFORMED;
	if (checked != NF_SKIP_NONE)
		return checked;
	layer->packet->tcp_flags = p[13];
	layer->packet->window = nf_be16(p + 14);
	layer->detail->tcp_seq = nf_be32(p + 4);
	layer->detail->tcp_ack = nf_be32(p + 8);
	if (layer->options->details)
		nf_note_options(layer->detail, layer->cursor, header - 20);
	return nf_fill(layer, nf_be16(p), nf_be16(p + 2), ip_payload, header, header - 20);
}

/* Teredo packets between clients and relays go to any port: an IPv6 packet of just that length with a Teredo address (RFC 4380, 2.6). */
static bool like_teredo(const nf_cursor *c)
{
	const uint8_t *p = nf_peek(c, 40);

	return p && p[0] >> 4 == 6 && 40u + nf_be16(p + 4) == c->wire && (nf_be32(p + 8) == 0x20010000 || nf_be32(p + 24) == 0x20010000);
}

/* Ports, length, checksum (RFC 768). The length field is not used: IP's tells what was there. */
nf_skip nf_decode_udp(nf_layer *layer)
{
	const uint32_t ip_payload = layer->cursor.wire;
	const nf_skip checked = nf_check_transport(layer, NF_PROTOCOL_UDP);
	const uint8_t *p = nf_take(&layer->cursor, 8);

	if (!p)
		return nf_too_short(&layer->cursor, 8);
	if (checked != NF_SKIP_NONE)
		return checked;
	nf_fill(layer, nf_be16(p), nf_be16(p + 2), ip_payload, 8, 0);
	if (!nf_looks_inside(layer))
		return NF_SKIP_NONE;
	nf_tunnel tunnel = nf_tunnel_of_port(layer->options, nf_be16(p + 2));
	if (tunnel == NF_TUNNEL_COUNT)
		tunnel = nf_tunnel_of_port(layer->options, nf_be16(p));
	if (tunnel == NF_TUNNEL_COUNT && like_teredo(&layer->cursor))
		tunnel = NF_TUNNEL_TEREDO;
	return tunnel == NF_TUNNEL_COUNT ? NF_SKIP_NONE : nf_enter(layer, tunnel, NF_BY_TUNNEL, tunnel);
}

/* Ports, verification tag, checksum (RFC 9260, 3.1); what follows are chunks. */
nf_skip nf_decode_sctp(nf_layer *layer)
{
	const uint32_t ip_payload = layer->cursor.wire;

	if (!layer->options->sctp)
		return nf_decode_other(layer);
	const uint8_t *p = nf_take(&layer->cursor, 12);
	return p ? nf_fill(layer, nf_be16(p), nf_be16(p + 2), ip_payload, 12, 0) : nf_too_short(&layer->cursor, 12);
}

/* A protocol without ports: all behind the IP header is payload. */
nf_skip nf_decode_other(nf_layer *layer)
{
	const nf_skip refused = nf_refused(layer->options, layer->packet->key.protocol);

	return refused == NF_SKIP_NONE ? nf_fill(layer, 0, 0, layer->cursor.wire, 0, 0) : refused;
}
