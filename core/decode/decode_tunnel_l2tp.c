/* SPDX-License-Identifier: GPL-2.0-or-later */
/* L2TP: version 2 over UDP, version 3 over UDP and over IP. */
#include "layer.h"

/* Of the 16 bits that begin a message over UDP. */
enum { CONTROL = 0x8000, LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200, VERSION = 0x000f };

/* flags and version (2), (length), tunnel and session id (4), (sequence numbers), (offset size and padding): RFC 2661, 3.1. */
static nf_skip version_2(nf_layer *layer, uint16_t flags)
{
	nf_cursor *c = &layer->cursor;
	const uint32_t fixed = (flags & LENGTH ? 2u : 0) + 4 + (flags & SEQUENCE ? 4u : 0);
	const uint8_t *p;

	if (!nf_take(c, fixed))
		return nf_too_short(c, fixed);
	if (flags & OFFSET) {
		p = nf_take(c, 2);
		if (!p || !nf_take(c, nf_be16(p)))
			return NF_SKIP_MALFORMED;
	}
	p = nf_peek(c, 2);
	if (p && p[0] == 0xff && p[1] == 0x03)
		nf_take(c, 2);
	return nf_next_ppp(layer);
}

/* An IP packet of just that length. */
static bool is_whole_ip(const nf_cursor *c)
{
	const uint8_t *p = nf_peek(c, 6);

	if (!p)
		return false;
	if (p[0] >> 4 == 4)
		return (p[0] & 15) >= 5 && nf_be16(p + 2) == c->wire && c->wire >= 20;
	return p[0] >> 4 == 6 && 40u + nf_be16(p + 4) == c->wire;
}

/* PPP that carries IP: its address and control bytes may be left out, and so may the first byte of a number (RFC 1661, 6.5 and 6.6). */
static bool is_ppp(nf_cursor c)
{
	enum { PPP_IPV4 = 0x21, PPP_IPV6 = 0x57 };
	const uint8_t *p = nf_peek(&c, 2);

	if (p && p[0] == 0xff && p[1] == 0x03)
		nf_take(&c, 2);
	p = nf_peek(&c, 1);
	if (p && p[0] == 0)
		nf_take(&c, 1);
	p = nf_take(&c, 1);
	return p && (p[0] == PPP_IPV4 || p[0] == PPP_IPV6) && is_whole_ip(&c);
}

/*
 * session id (4), 0 for control messages, (cookie of 4 or 8), (sublayer of 4), then the frame of a pseudowire: RFC 3931, 3.2.2 and 4.6. The two
 * ends have agreed on all but the first, and nothing on the wire tells: it is where a frame that carries IP begins.
 */
static nf_skip session(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 4);

	if (!p)
		return nf_too_short(c, 4);
	if (nf_be32(p) == 0)
		return NF_SKIP_NOT_IP;
	for (uint32_t between = 0; between <= 8 + 4; between += 4) {
		if (nf_like_ethernet(*c))
			return nf_next(layer, NF_BY_LINK, 1);
		if (is_ppp(*c))
			return nf_next(layer, NF_BY_LINK, 9);
		if (is_whole_ip(c))
			return nf_next(layer, NF_BY_IP, 0);
		if (!nf_take(c, 4))
			break;
	}
	return NF_SKIP_NOT_IP;
}

/* The packet that it carries was entered when the port was seen. Version 3 has two reserved bytes behind the flags (RFC 3931, 4.1.2.1). */
nf_skip nf_decode_l2tp(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 2);

	layer->guess = true;
	if (!p)
		return nf_too_short(c, 2);
	const uint16_t flags = nf_be16(p);
	if (flags & CONTROL)
		return NF_SKIP_NOT_IP;
	switch (flags & VERSION) {
	case 2: return version_2(layer, flags);
	case 3: return nf_take(c, 2) ? session(layer) : nf_too_short(c, 2);
	default: return NF_SKIP_NOT_IP;
	}
}

/* Over IP only version 3 is (RFC 3931, 4.1.1). What is no session leaves the outer packet as it is. */
nf_skip nf_decode_l2tp_ip(nf_layer *layer)
{
	if (!nf_looks_further(layer))
		return nf_decode_other(layer);
	nf_fill(layer, 0, 0, layer->cursor.wire, 0, 0);
	return session(layer) == NF_SKIP_NONE ? nf_enter(layer, NF_TUNNEL_L2TP, layer->by, layer->key) : nf_next(layer, NF_BY_NOTHING, 0);
}
