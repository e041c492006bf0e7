/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames behind the header of a Juniper router; only the link types whose frames follow it as they are. */
#include "layer.h"

static nf_skip next_frame(nf_layer *layer)
{
	switch (layer->key) {
	case 174: return nf_next(layer, NF_BY_LINK, NF_LINK_ETHERTYPE); /* PPPoE over ATM */
	case 179: return nf_next(layer, NF_BY_LINK, 9);
	case 180: return nf_next(layer, NF_BY_LINK, 107);
	case 181: return nf_next(layer, NF_BY_LINK, 104);
	default: return nf_next(layer, NF_BY_LINK, 1);
	}
}

/* Where the router has taken the link layer off, four bytes of its own stand in its place. */
static nf_skip next_bare(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;

	if (!nf_take(c, 4))
		return nf_too_short(c, 4);
	const uint8_t *p = nf_peek(c, 1);

	if (!p)
		return nf_too_short(c, 1);
	return p[0] >> 4 == 4 || p[0] >> 4 == 6 ? nf_next(layer, NF_BY_IP, p[0] >> 4) : NF_SKIP_NOT_IP;
}

/*  0          3       4                     6
 * +----------+-------+---------------------+----------------+----
 * |   "MGC"  | flags | (extensions' length) | (extensions)  |
 */
nf_skip nf_decode_juniper(nf_layer *layer)
{
	enum { NO_LINK_LAYER = 0x02, EXTENDED = 0x80 };
	nf_cursor *c = &layer->cursor;
	const uint8_t *header = nf_take(c, 4);

	if (!header)
		return nf_too_short(c, 4);
	if (nf_be32(header) >> 8 != 0x4d4743)
		return NF_SKIP_MALFORMED;
	if (header[3] & EXTENDED) {
		const uint8_t *p = nf_take(c, 2);
		if (!p)
			return nf_too_short(c, 2);
		if (!nf_take(c, nf_be16(p)))
			return nf_too_short(c, nf_be16(p));
	}
	return header[3] & NO_LINK_LAYER ? next_bare(layer) : next_frame(layer);
}
