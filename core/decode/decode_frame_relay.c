/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frame Relay, and what follows a network layer protocol id (RFC 2427). */
#include "layer.h"

/*   7    6    5    4    3    2    1    0       Q.922, 3.2
 * +----+----+----+----+----+----+----+----+
 * |          DLCI, high         | CR | EA=0
 * |     DLCI, low     |FECN|BECN| DE | EA     EA is 1 in the last byte: two, three or four
 */
static nf_skip address(nf_cursor *c)
{
	for (int n = 1; n <= 4; n++) {
		const uint8_t *p = nf_take(c, 1);
		if (!p)
			return nf_too_short(c, 1);
		if (p[0] & 1)
			return n == 1 ? NF_SKIP_MALFORMED : NF_SKIP_NONE;
	}
	return NF_SKIP_MALFORMED;
}

/*   address | 03 | 00 if it aligns what follows | NLPID      RFC 2427, 3
 *   address | ethertype                                     Cisco's own
 */
nf_skip nf_decode_frame_relay(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const nf_skip skip = address(c);

	if (skip != NF_SKIP_NONE)
		return skip;
	const uint8_t *p = nf_take(c, 2);

	if (!p)
		return nf_too_short(c, 2);
	if (p[0] != 0x03)
		return nf_next(layer, NF_BY_ETHERTYPE, nf_be16(p));
	if (p[1] != 0x00)
		return nf_next(layer, NF_BY_NLPID, p[1]);
	p = nf_take(c, 1);
	return p ? nf_next(layer, NF_BY_NLPID, p[0]) : nf_too_short(c, 1);
}

nf_skip nf_decode_nlpid_snap(nf_layer *layer)
{
	return nf_next_snap(layer, 0);
}

/* RFC 1973, 4: the protocol number follows, without address and control. */
nf_skip nf_decode_nlpid_ppp(nf_layer *layer)
{
	return nf_next_ppp(layer);
}
