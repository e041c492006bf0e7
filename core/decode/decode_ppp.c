/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PPP in its framings, Cisco HDLC, and PPP over Ethernet. */
#include "layer.h"

/* A protocol number's last byte is odd and those before are even, so a single odd byte is a compressed number (RFC 1661, 2 and 6.5). */
nf_skip nf_next_ppp(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 1);

	if (!p)
		return nf_too_short(c, 1);
	if (p[0] & 1)
		return nf_next(layer, NF_BY_PPP, p[0]);

	const uint8_t *low = nf_take(c, 1);

	return low ? nf_next(layer, NF_BY_PPP, (uint32_t)p[0] << 8 | low[0]) : nf_too_short(c, 1);
}

/*   ff 03 | protocol     HDLC-like framing, RFC 1662
 *   0f 00 | ethertype    Cisco HDLC, to one station; 8f: to all
 *   protocol             neither: no framing, or its address and control are compressed away. No number begins with any of these.
 */
nf_skip nf_decode_ppp(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_peek(c, 1);

	if (!p)
		return nf_too_short(c, 1);
	if (p[0] == 0x0f || p[0] == 0x8f)
		return nf_decode_chdlc(layer);
	if (p[0] == 0xff && !nf_take(c, 2))
		return nf_too_short(c, 2);
	return nf_next_ppp(layer);
}

/* As pppd's filters see it: the direction in place of the address, then the control byte. */
nf_skip nf_decode_ppp_pppd(nf_layer *layer)
{
	return nf_take(&layer->cursor, 2) ? nf_next_ppp(layer) : nf_too_short(&layer->cursor, 2);
}

/*  0         1         2           4       RFC 1547, 4.3.1
 * +---------+---------+-----------+----
 * | address | control | ethertype |
 */
nf_skip nf_decode_chdlc(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 4);

	return p ? nf_next(layer, NF_BY_ETHERTYPE, nf_be16(p + 2)) : nf_too_short(&layer->cursor, 4);
}

/* One byte that tells the direction stands in front of the frame. */
nf_skip nf_decode_with_direction(nf_layer *layer)
{
	if (!nf_take(&layer->cursor, 1))
		return nf_too_short(&layer->cursor, 1);
	switch (layer->key) {
	case 204: return nf_next(layer, NF_BY_LINK, 9);
	case 205: return nf_next(layer, NF_BY_LINK, 104);
	default: return nf_next(layer, NF_BY_LINK, 107);
	}
}

/*  0        1      2         4        6      RFC 2516, 4
 * +--------+------+---------+--------+----
 * |ver|type| code | session | length | PPP
 */
nf_skip nf_decode_pppoe(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 6);

	if (!p)
		return nf_too_short(c, 6);
	if (p[0] != 0x11)
		return NF_SKIP_MALFORMED;
	if (p[1] != 0) /* discovery: a session is opened or closed */
		return NF_SKIP_NOT_IP;
	nf_clip(c, nf_be16(p + 4));
	return nf_next_ppp(layer);
}
