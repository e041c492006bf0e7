/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MPLS. Nothing in a label stack says what it carries, so but for the two labels that do it is guessed. */
#include "layer.h"

enum { LABEL_IPV4 = 0, LABEL_IPV6 = 2 }; /* the explicit null labels (RFC 3032, 2.1) */

/* A version with lengths that go with it; IPv4's total length may be above what was on the wire, and 0, as it may elsewhere. */
static bool like_ip(const nf_cursor *c)
{
	const uint8_t *p = nf_peek(c, 6);

	if (!p)
		return false;
	if (p[0] >> 4 == 6)
		return 40u + nf_be16(p + 4) <= c->wire;

	const uint32_t header = (p[0] & 15u) * 4;
	const uint32_t total = nf_be16(p + 2);

	return p[0] >> 4 == 4 && header >= 20 && (total == 0 || total >= header);
}

/* Two addresses, then an ethertype that is common enough to be no accident, and IP's version behind it where it is IP's. */
bool nf_like_ethernet(nf_cursor c)
{
	const uint8_t *p = nf_take(&c, 14);
	const uint8_t *next = nf_peek(&c, 1);

	if (!p || !next)
		return false;
	switch (nf_be16(p + 12)) {
	case 0x0800: return next[0] >> 4 == 4;
	case 0x86dd: return next[0] >> 4 == 6;
	case 0x0806:
	case 0x8100:
	case 0x88a8:
	case 0x8847:
	case 0x8863:
	case 0x8864: return true;
	default: return false;
	}
}

/* A pseudo-wire carries Ethernet, with a control word of four bytes before it or without (RFC 4385, 3; RFC 4448, 4.6). */
static nf_skip guess(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	nf_cursor behind = *c;
	const uint8_t *p = nf_peek(c, 1);

	if (!p)
		return nf_too_short(c, 1);
	layer->guess = true;
	if (nf_like_ethernet(*c))
		return nf_next(layer, NF_BY_LINK, 1);
	if (like_ip(c))
		return nf_next(layer, NF_BY_IP, p[0] >> 4);
	if (p[0] >> 4 == 0 && nf_take(&behind, 4) && nf_like_ethernet(behind)) {
		*c = behind;
		return nf_next(layer, NF_BY_LINK, 1);
	}
	/* Too little of it was captured to tell. */
	return c->captured < 19 && c->captured < c->wire ? NF_SKIP_CUT_SHORT : NF_SKIP_NOT_IP;
}

/*   0                   1                   2                   3     RFC 3032, 2.1
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  |                Label                  | TC  |S|      TTL      |    S is set in the last of the stack
 */
nf_skip nf_decode_mpls(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p;

	do {
		p = nf_take(c, 4);
		if (!p)
			return nf_too_short(c, 4);
		if (!(layer->detail->has & NF_HAS_MPLS)) {
			layer->detail->has |= NF_HAS_MPLS;
			layer->detail->mpls_label = nf_be32(p) >> 12;
		}
	} while (!(p[2] & 1));

	switch (nf_be32(p) >> 12) {
	case LABEL_IPV4: return nf_next(layer, NF_BY_IP, 4);
	case LABEL_IPV6: return nf_next(layer, NF_BY_IP, 6);
	default: return guess(layer);
	}
}
