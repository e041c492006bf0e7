/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The headers in which a capturing station tells how it received an 802.11 frame. Numbers are in little-endian order but for AVS. */
#include "layer.h"

enum { LINK_80211 = 105, LINK_AVS = 163 };

/* The flags field of a radiotap header; 0 where it has none.
 *
 *  0         1     2        4                                  8
 * +---------+-----+--------+----------------------------------+----
 * | version | pad | length | which fields; bit 31: more words | fields, in the order of their bits, each aligned to its size
 *                                                               bit 0: time (8), bit 1: flags (1)
 */
static uint8_t radiotap_flags(nf_cursor header)
{
	enum { TIME = 1, FLAGS = 2 };
	const uint32_t length = header.captured;
	const uint8_t *p = nf_take(&header, 8);
	const uint32_t fields = nf_le32(p + 4);

	for (uint32_t word = fields; word >> 31; word = nf_le32(p)) {
		p = nf_take(&header, 4);
		if (!p)
			return 0;
	}
	if (!(fields & FLAGS))
		return 0;
	if (fields & TIME) {
		const uint32_t misaligned = (length - header.captured) & 7;
		if (!nf_take(&header, (misaligned ? 8 - misaligned : 0) + 8))
			return 0;
	}
	p = nf_take(&header, 1);
	return p ? p[0] : 0;
}

nf_skip nf_decode_radiotap(nf_layer *layer)
{
	enum { FCS = 0x10, PADDED = 0x20 };
	nf_cursor *c = &layer->cursor;
	nf_cursor header;
	const uint8_t *p = nf_peek(c, 4);

	if (!p)
		return nf_too_short(c, 4);
	const uint32_t length = nf_le16(p + 2);

	if (p[0] != 0 || length < 8)
		return NF_SKIP_MALFORMED;
	if (!nf_split(c, length, &header))
		return nf_too_short(c, length);
	const uint8_t flags = radiotap_flags(header);

	if (flags & FCS)
		nf_drop_fcs(layer);
	return nf_next(layer, NF_BY_LINK, flags & PADDED ? NF_LINK_80211_DATAPAD : LINK_80211);
}

/* Whether the "802.11 common" field (type 2: a time, then flags) says that the frame ends with its check sequence. */
static bool ppi_fcs(nf_cursor fields, bool aligned)
{
	enum { COMMON = 2, FCS = 1 };
	nf_cursor field;

	for (;;) {
		const uint8_t *p = nf_take(&fields, 4);
		if (!p)
			return false;
		const uint16_t type = nf_le16(p);
		const uint32_t length = nf_le16(p + 2);

		if (!nf_split(&fields, length, &field))
			return false;
		if (type == COMMON) {
			p = nf_take(&field, 10);
			return p && p[8] & FCS;
		}
		if (aligned && !nf_take(&fields, -length & 3))
			return false;
	}
}

/*  0         1       2        4           8
 * +---------+-------+--------+-----------+--------------------------------+----
 * | version | flags | length | link type | fields: type, length, value ... | the frame; length counts all before it
 */
nf_skip nf_decode_ppi(nf_layer *layer)
{
	enum { ALIGNED = 1 };
	nf_cursor *c = &layer->cursor;
	nf_cursor header;
	const uint8_t *p = nf_peek(c, 8);

	if (!p)
		return nf_too_short(c, 8);
	const uint32_t length = nf_le16(p + 2);
	const uint32_t link = nf_le32(p + 4);

	if (p[0] != 0 || length < 8)
		return NF_SKIP_MALFORMED;
	if (!nf_split(c, length, &header))
		return nf_too_short(c, length);
	nf_take(&header, 8);
	if (link == LINK_80211 && ppi_fcs(header, p[1] & ALIGNED))
		nf_drop_fcs(layer);
	return nf_next_link(layer, link);
}

static bool is_avs(uint32_t magic)
{
	return magic == 0x80211001 || magic == 0x80211002;
}

/*  0       4        8
 * +-------+--------+----
 * | magic | length | ...    length counts all before the frame
 */
nf_skip nf_decode_avs(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_peek(c, 8);

	if (!p)
		return nf_too_short(c, 8);
	const uint32_t length = nf_be32(p + 4);

	if (!is_avs(nf_be32(p)) || length < 8)
		return NF_SKIP_MALFORMED;
	return nf_take(c, length) ? nf_next(layer, NF_BY_LINK, LINK_80211) : nf_too_short(c, length);
}

/* 144 bytes: code (4), length (4), device (16), ten values of 12 each. Some drivers write an AVS header under the same link type. */
nf_skip nf_decode_prism(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_peek(c, 4);

	if (!p)
		return nf_too_short(c, 4);
	if (is_avs(nf_be32(p)))
		return nf_next(layer, NF_BY_LINK, LINK_AVS);
	return nf_take(c, 144) ? nf_next(layer, NF_BY_LINK, LINK_80211) : nf_too_short(c, 144);
}
