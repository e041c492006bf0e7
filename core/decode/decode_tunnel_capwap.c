/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CAPWAP data: what an access point and its controller exchange. */
#include "layer.h"

/*   0                   1                   2                   3     RFC 5415, 4.3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  |Version| Type  |  HLEN   |   RID   |  WBID   |T|F|L|W|M|K|Flags|    HLEN: all of this, in words of 4
 *  |          Fragment ID          |     Fragment offset     |Rsvd |    (Radio MAC)  (wireless information)
 *
 * Type 1 is DTLS, whose content nobody knows. T: the frame is the radio's own, of the binding that WBID names (1 is 802.11), else 802.3.
 * F: a part of a frame, K: a keepalive of the channel.
 */
nf_skip nf_decode_capwap(nf_layer *layer)
{
	enum { NATIVE = 0x01, FRAGMENT = 0x80, KEEPALIVE = 0x08, IEEE_80211 = 1 };
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 8);

	layer->guess = true;
	if (!p)
		return nf_too_short(c, 8);
	const uint32_t length = (p[1] >> 3) * 4u;
	if (p[0] != 0 || length < 8 || p[3] & (FRAGMENT | KEEPALIVE))
		return NF_SKIP_NOT_IP;
	if (!nf_take(c, length - 8))
		return nf_too_short(c, length - 8);
	if (!(p[2] & NATIVE))
		return nf_next(layer, NF_BY_LINK, 1);
	return (p[2] >> 1 & 31) == IEEE_80211 ? nf_80211_in_capwap(layer) : NF_SKIP_NOT_IP;
}
