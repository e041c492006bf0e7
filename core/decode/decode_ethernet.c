/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ethernet II and IEEE 802.3, VLAN tags, and the 802.2 LLC and SNAP headers behind them. */
#include "layer.h"

#include <string.h>

/* Values below 0x0600 in the type field are the length of an 802.3 frame; those above 1500 mean nothing (IEEE 802.3, 3.2.6). */
enum { LENGTH_MAX = 1500, TYPE_MIN = 0x0600 };

/*  0               6               12      14
 * +---------------+---------------+-------+----
 * |  destination  |    source     | type/length
 */
nf_skip nf_decode_ethernet(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 14);
	nf_detail *d = layer->detail;

	if (!p)
		return nf_too_short(&layer->cursor, 14);
	if (!(d->has & NF_HAS_MAC)) {
		d->has |= NF_HAS_MAC;
		memcpy(d->mac[0], p + 6, 6);
		memcpy(d->mac[1], p, 6);
	}
	return nf_next_type_or_length(layer, nf_be16(p + 12));
}

/* Tag control information, then the type or length of what is tagged (IEEE 802.1Q, 9.3). */
nf_skip nf_decode_vlan(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 4);
	nf_detail *d = layer->detail;

	if (!p)
		return nf_too_short(&layer->cursor, 4);
	if (!(d->has & NF_HAS_INNER_VLAN)) {
		const bool inner = d->has & NF_HAS_VLAN;
		d->vlan[inner] = nf_be16(p) & 0x0fff;
		d->has |= inner ? NF_HAS_INNER_VLAN : NF_HAS_VLAN;
	}
	return nf_next_type_or_length(layer, nf_be16(p + 2));
}

/* Ethernet in Ethernet is looked into as tunnels are. Cisco FabricPath: forwarding tag and time to live (2), then the frame. */
nf_skip nf_decode_fabric_path(nf_layer *layer)
{
	if (!nf_looks_inside(layer))
		return NF_SKIP_NOT_IP;
	return nf_take(&layer->cursor, 2) ? nf_next(layer, NF_BY_LINK, 1) : nf_too_short(&layer->cursor, 2);
}

/* Provider backbone bridging: flags and service instance (4), then the customer's frame (IEEE 802.1Q, 9.7). */
nf_skip nf_decode_pbb(nf_layer *layer)
{
	if (!nf_looks_inside(layer))
		return NF_SKIP_NOT_IP;
	return nf_take(&layer->cursor, 4) ? nf_next(layer, NF_BY_LINK, 1) : nf_too_short(&layer->cursor, 4);
}

/* Cisco VN-Tag: interfaces (4), then the type of what is tagged. */
nf_skip nf_decode_vn_tag(nf_layer *layer)
{
	if (!nf_looks_inside(layer))
		return NF_SKIP_NOT_IP;
	const uint8_t *p = nf_take(&layer->cursor, 6);
	return p ? nf_next_type_or_length(layer, nf_be16(p + 4)) : nf_too_short(&layer->cursor, 6);
}

nf_skip nf_next_type_or_length(nf_layer *layer, uint16_t value)
{
	if (value >= TYPE_MIN)
		return nf_next(layer, NF_BY_ETHERTYPE, value);
	if (value > LENGTH_MAX)
		return NF_SKIP_NOT_IP;
	nf_clip(&layer->cursor, value);
	return nf_next(layer, NF_BY_LLC, 0);
}

/*  DSAP SSAP control                    LLC, IEEE 802.2
 *   aa   aa   03   | OUI (3)  type (2)  SNAP, RFC 1042
 *   fe   fe   03   | NLPID (1)          ISO protocols, RFC 2684 5.1
 *   06   06   03   | IPv4               the SAP that IP once had
 */
nf_skip nf_decode_llc(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint32_t pad = layer->key;
	const uint8_t *p = nf_take(c, 3);

	if (!p)
		return nf_too_short(c, 3);
	if (p[2] != 0x03)
		return NF_SKIP_NOT_IP;
	switch (p[0]) {
	case 0x06: return nf_next(layer, NF_BY_IP, 4);
	case 0xfe: p = nf_take(c, 1); return p ? nf_next(layer, NF_BY_NLPID, p[0]) : nf_too_short(c, 1);
	case 0xaa: return nf_next_snap(layer, pad);
	default: return NF_SKIP_NOT_IP;
	}
}

/* An organisation of its own numbers its protocols itself; only these number them by ethertype (RFC 1042; IEEE 802.1H), and 802.1's
 * by what is bridged: 0001 is Ethernet with its frame check sequence, 0007 without (RFC 2684, 5.2; RFC 2427, 4.2).
 */
nf_skip nf_next_snap(nf_layer *layer, uint32_t pad)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 5);

	if (!p)
		return nf_too_short(c, 5);
	const uint32_t oui = nf_be32(p) >> 8;
	const uint16_t type = nf_be16(p + 3);

	if (oui == 0x000000 || oui == 0x0000f8)
		return nf_next(layer, NF_BY_ETHERTYPE, type);
	if (oui != 0x0080c2 || (type != 0x0001 && type != 0x0007))
		return NF_SKIP_NOT_IP;
	if (!nf_take(c, pad))
		return nf_too_short(c, pad);
	if (type == 0x0001)
		nf_drop_fcs(layer);
	return nf_next(layer, NF_BY_LINK, 1);
}
