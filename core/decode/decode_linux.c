/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The headers that Linux puts before a packet: "cooked" captures and netfilter's log. */
#include "layer.h"

/* Kinds of interfaces (ARPHRD_) whose protocol field is not an ethertype, and what stands in its place. */
enum { HARDWARE_FRAME_RELAY = 770, HARDWARE_RADIOTAP = 803, HARDWARE_NETLINK = 824 };
enum { PROTOCOL_LLC = 4, ETHERTYPE_MIN = 0x0600 };

static nf_skip next_cooked(nf_layer *layer, uint16_t hardware, uint16_t protocol)
{
	switch (hardware) {
	case HARDWARE_FRAME_RELAY: return nf_next(layer, NF_BY_LINK, 107);
	case HARDWARE_RADIOTAP: return nf_next(layer, NF_BY_LINK, 127);
	case HARDWARE_NETLINK: return NF_SKIP_NOT_IP;
	default: break;
	}
	if (protocol == PROTOCOL_LLC)
		return nf_next(layer, NF_BY_LLC, 0);
	return protocol >= ETHERTYPE_MIN ? nf_next(layer, NF_BY_ETHERTYPE, protocol) : NF_SKIP_NOT_IP;
}

/*  0      2          4                6               14         16
 * +------+----------+----------------+---------------+----------+----
 * | type | hardware | address length |  address (8)  | protocol |
 */
nf_skip nf_decode_sll(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 16);

	return p ? next_cooked(layer, nf_be16(p + 2), nf_be16(p + 14)) : nf_too_short(&layer->cursor, 16);
}

/*  0          2          4           8          10     11               12              20
 * +----------+----------+-----------+----------+------+----------------+---------------+----
 * | protocol | reserved | interface | hardware | type | address length |  address (8)  |
 */
nf_skip nf_decode_sll2(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 20);

	return p ? next_cooked(layer, nf_be16(p + 8), nf_be16(p)) : nf_too_short(&layer->cursor, 20);
}

static nf_skip next_family(nf_layer *layer, uint8_t family)
{
	switch (family) {
	case 2: return nf_next(layer, NF_BY_IP, 4);
	case 10: return nf_next(layer, NF_BY_IP, 6);
	default: return NF_SKIP_NOT_IP;
	}
}

/*  0        1         2          4        6      8
 * +--------+---------+----------+--------+------+-------+----
 * | family | version | resource | length | type | value | ...     from length on as often as there is room
 *
 * Length (which counts itself and the type) and type are in the byte order of the machine that captured. No type is above 255 or 0,
 * so the type tells the order. Values are padded to four bytes. Type 9 is the packet, without its link layer.
 */
nf_skip nf_decode_nflog(nf_layer *layer)
{
	enum { PACKET = 9 };
	nf_cursor *c = &layer->cursor;
	const uint8_t *header = nf_take(c, 4);

	if (!header)
		return nf_too_short(c, 4);
	while (c->wire > 0) {
		const uint8_t *p = nf_take(c, 4);
		if (!p)
			return nf_too_short(c, 4);
		const bool little = p[2] != 0;
		const uint32_t length = little ? nf_le16(p) : nf_be16(p);
		const uint32_t padded = (length + 3) & ~3u;

		if (length < 4)
			return NF_SKIP_MALFORMED;
		if ((little ? nf_le16(p + 2) : nf_be16(p + 2)) == PACKET) {
			nf_clip(c, length - 4);
			return next_family(layer, header[0]);
		}
		/* The last value may lack its padding. */
		if (!nf_take(c, padded - 4 <= c->wire ? padded - 4 : length - 4))
			return nf_too_short(c, length - 4);
	}
	return NF_SKIP_NOT_IP;
}
