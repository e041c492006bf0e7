/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP over ATM (RFC 2684, RFC 2225). The cells are put together already. */
#include "layer.h"

/* Two bytes align an Ethernet frame that is bridged over ATM. */
enum { BRIDGE_PAD = 2 };

nf_skip nf_decode_rfc1483(nf_layer *layer)
{
	return nf_next(layer, NF_BY_LLC, BRIDGE_PAD);
}

/* Linux hands over what the circuit carries: LLC, or IP with nothing before it. */
nf_skip nf_decode_clip(nf_layer *layer)
{
	const uint8_t *p = nf_peek(&layer->cursor, 1);

	if (!p)
		return nf_too_short(&layer->cursor, 1);
	return p[0] == 0xaa ? nf_next(layer, NF_BY_LLC, BRIDGE_PAD) : nf_next(layer, NF_BY_IP, 0);
}

/* LAN emulation: the number of the sender's client, then an Ethernet frame. ff00 is no client but marks a control frame. */
nf_skip nf_decode_lane(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 2);

	if (!p)
		return nf_too_short(&layer->cursor, 2);
	return nf_be16(p) == 0xff00 ? NF_SKIP_NOT_IP : nf_next(layer, NF_BY_LINK, 1);
}

/*  0      1     2     4
 * +------+-----+-----+----
 * | type | VPI | VCI | what the low bits of the type say
 */
nf_skip nf_decode_sunatm(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 4);

	if (!p)
		return nf_too_short(&layer->cursor, 4);
	switch (p[0] & 0x0f) {
	case 1: return nf_decode_lane(layer);
	case 2: return nf_next(layer, NF_BY_LLC, BRIDGE_PAD);
	default: return NF_SKIP_NOT_IP;
	}
}
