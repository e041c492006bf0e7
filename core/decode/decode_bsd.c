/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The headers that BSD systems put before IP: an address family, and more or less around it. */
#include "layer.h"

/* AF_INET is 2 on every BSD; AF_INET6 is 24 on NetBSD, OpenBSD and BSD/OS, 28 on FreeBSD, 30 on macOS. */
static nf_skip next_family(nf_layer *layer, uint32_t family)
{
	switch (family) {
	case 2: return nf_next(layer, NF_BY_IP, 4);
	case 24:
	case 28:
	case 30: return nf_next(layer, NF_BY_IP, 6);
	default: return NF_SKIP_NOT_IP;
	}
}

/* A family in the byte order of the machine that captured, whatever that was: no family needs more than 16 bits. */
static uint32_t any_order(const uint8_t *p)
{
	const uint32_t value = nf_be32(p);

	return value >> 16 ? nf_le32(p) : value;
}

nf_skip nf_decode_null(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 4);

	return p ? next_family(layer, any_order(p)) : nf_too_short(&layer->cursor, 4);
}

/* The same in network byte order. */
nf_skip nf_decode_loop(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 4);

	return p ? next_family(layer, nf_be32(p)) : nf_too_short(&layer->cursor, 4);
}

/*  0        4     8       12
 * +--------+-----+-------+----
 * | family | SPI | flags | the packet before it is encrypted, or after it was decrypted
 */
nf_skip nf_decode_enc(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 12);

	return p ? next_family(layer, any_order(p)) : nf_too_short(&layer->cursor, 12);
}

/*  0        1        2
 * +--------+--------+----    The rest differs between systems and releases. The length leaves out the bytes that pad the header
 * | length | family | ...    to a multiple of four; the shortest that any system has written is 45.
 */
nf_skip nf_decode_pflog(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_peek(c, 2);

	if (!p)
		return nf_too_short(c, 2);
	const uint32_t header = (p[0] + 3u) & ~3u;
	const uint8_t family = p[1];

	if (p[0] < 45)
		return NF_SKIP_MALFORMED;
	return nf_take(c, header) ? next_family(layer, family) : nf_too_short(c, header);
}
