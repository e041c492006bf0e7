/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks in rings: token ring, FDDI, and ARCNET. */
#include "layer.h"

/*  0                1               2     8        14
 * +----------------+---------------+-----+--------+-----------------+----
 * | access control | frame control | dst | source | (route, 2 to 30) | LLC
 *
 * A frame that is routed by its source has the first bit of the source address set; the low five bits of the route's first byte
 * are its length (IEEE 802.5, 3.2). A frame control other than 01xxxxxx is the ring's own business.
 */
nf_skip nf_decode_token_ring(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 14);

	if (!p)
		return nf_too_short(c, 14);
	if ((p[1] & 0xc0) != 0x40)
		return NF_SKIP_NOT_IP;
	if (p[8] & 0x80) {
		const uint8_t *route = nf_peek(c, 1);
		if (!route)
			return nf_too_short(c, 1);
		const uint32_t length = route[0] & 0x1f;
		if (length < 2)
			return NF_SKIP_MALFORMED;
		if (!nf_take(c, length))
			return nf_too_short(c, length);
	}
	return nf_next(layer, NF_BY_LLC, 0);
}

/*  0               1     7        13
 * +---------------+-----+--------+----
 * | frame control | dst | source | LLC, when the control is x101xxxx (ISO 9314-2)
 */
nf_skip nf_decode_fddi(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 13);

	if (!p)
		return nf_too_short(&layer->cursor, 13);
	return (p[0] & 0x70) == 0x50 ? nf_next(layer, NF_BY_LLC, 0) : NF_SKIP_NOT_IP;
}

enum { IPV4_RFC1051 = 0xf0, IPV4_RFC1201 = 0xd4, IPV6_RFC2497 = 0xc4 };

static nf_skip next_arcnet(nf_layer *layer, uint8_t type)
{
	return nf_next(layer, NF_BY_IP, type == IPV6_RFC2497 ? 6 : 4);
}

/*  0        1     2      3              4          6
 * +--------+-----+------+--------------+----------+----
 * | source | dst | type | (split flag) | (sequence) |          without the last two as RFC 1051 has it
 *
 * Split flag: 0 for a whole packet, odd for the first fragment, even for the others. ff begins an exception frame, which only fills
 * up: type, split flag and sequence come again (RFC 1201, 2.2).
 */
nf_skip nf_decode_arcnet(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 3);

	if (!p)
		return nf_too_short(c, 3);
	const uint8_t type = p[2];

	if (type == IPV4_RFC1051)
		return next_arcnet(layer, type);
	if (type != IPV4_RFC1201 && type != IPV6_RFC2497)
		return NF_SKIP_NOT_IP;
	p = nf_take(c, 3);
	if (!p)
		return nf_too_short(c, 3);
	uint8_t split = p[0];
	if (split == 0xff) {
		p = nf_take(c, 4);
		if (!p)
			return nf_too_short(c, 4);
		split = p[1];
	}
	return split && !(split & 1) ? NF_SKIP_FRAGMENT : next_arcnet(layer, type);
}

/* As Linux hands it over: an offset (2) after the addresses, and packets already put together from their fragments. */
nf_skip nf_decode_arcnet_linux(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 5);

	if (!p)
		return nf_too_short(c, 5);
	const uint8_t type = p[4];

	if (type == IPV4_RFC1051)
		return next_arcnet(layer, type);
	if (type != IPV4_RFC1201 && type != IPV6_RFC2497)
		return NF_SKIP_NOT_IP;
	return nf_take(c, 3) ? next_arcnet(layer, type) : nf_too_short(c, 3);
}
