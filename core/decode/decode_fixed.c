/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Link headers of one length, with an ethertype, LLC or IP behind it. */
#include "layer.h"

/* An ethertype at some place of a header of some length. */
static nf_skip ethertype(nf_layer *layer, uint32_t length, uint32_t at)
{
	const uint8_t *p = nf_take(&layer->cursor, length);

	return p ? nf_next(layer, NF_BY_ETHERTYPE, nf_be16(p + at)) : nf_too_short(&layer->cursor, length);
}

nf_skip nf_decode_ethertype(nf_layer *layer)
{
	return ethertype(layer, 2, 0);
}

nf_skip nf_decode_llc_link(nf_layer *layer)
{
	return nf_next(layer, NF_BY_LLC, 0);
}

/* destination (8), source (8), ethertype */
nf_skip nf_decode_ip1394(nf_layer *layer)
{
	return ethertype(layer, 18, 16);
}

/* ethertype, reserved (2): RFC 4391, 6. Some systems leave the global route header (40), or room for it, in front of that. */
nf_skip nf_decode_ipoib(nf_layer *layer)
{
	const uint8_t *p = nf_peek(&layer->cursor, 4);

	if (!p)
		return nf_too_short(&layer->cursor, 4);
	switch (nf_be32(p)) {
	case 0x08000000: /* IPv4, ARP, RARP, IPv6 */
	case 0x08060000:
	case 0x80350000:
	case 0x86dd0000: return ethertype(layer, 4, 0);
	default: return ethertype(layer, 44, 40);
	}
}

/* The network header: destination (8), source (8), then LLC (RFC 4338, 4) */
nf_skip nf_decode_ipfc(nf_layer *layer)
{
	return nf_take(&layer->cursor, 16) ? nf_next(layer, NF_BY_LLC, 0) : nf_too_short(&layer->cursor, 16);
}

/* direction, packet type, 14 bytes of how its header was compressed; behind them it no longer is */
nf_skip nf_decode_slip(nf_layer *layer)
{
	return nf_take(&layer->cursor, 16) ? nf_next(layer, NF_BY_IP, 0) : nf_too_short(&layer->cursor, 16);
}

/*  0         4        6           8                     44
 * +---------+--------+-----------+---------------------+----
 * | address |   0    | ethertype |          0          |            up to version 2
 *
 *  0         4            10          12                56
 * +---------+------------+-----------+----------------+----
 * | address |     0      | ethertype |       0        |            from version 3 on
 */
nf_skip nf_decode_symantec(nf_layer *layer)
{
	const uint8_t *p = nf_peek(&layer->cursor, 12);

	if (!p)
		return nf_too_short(&layer->cursor, 12);
	const bool version2 = nf_be16(p + 6) != 0;

	if (version2 == (nf_be16(p + 10) != 0))
		return NF_SKIP_MALFORMED;
	return version2 ? ethertype(layer, 44, 6) : ethertype(layer, 56, 10);
}
