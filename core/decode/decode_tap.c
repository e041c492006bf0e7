/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers of capturing devices and systems, with a frame of some other link type, or IP, behind them. */
#include "layer.h"

enum { START = 0xd5 }; /* the start frame delimiter */

/*  0         1        2      4        8                                24    big-endian
 * +---------+--------+------+--------+--------------------------------+----
 * | version | family | hook | length | two interfaces, two zones (4 each) | IP, by the numbers of Solaris
 */
nf_skip nf_decode_ipnet(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 24);

	if (!p)
		return nf_too_short(&layer->cursor, 24);
	nf_clip(&layer->cursor, nf_be32(p + 4));
	switch (p[1]) {
	case 2: return nf_next(layer, NF_BY_IP, 4);
	case 26: return nf_next(layer, NF_BY_IP, 6);
	default: return NF_SKIP_NOT_IP;
	}
}

/* macOS, little-endian. The flags at 36 tell which of the two headers it is.
 *
 *  0        4             8           12       36
 * +--------+-------------+-----------+-- ... --+-------+---- ...      version 1
 * | length | record type | link type |         | flags |
 *
 *  0        1         6           8            36
 * +--------+-- ... --+-----------+--- ... ----+-------+---- ...      version 2
 * | length | offsets | link type |            | flags |
 */
nf_skip nf_decode_pktap(nf_layer *layer)
{
	enum { VERSION2 = 0x00080000, SHORTEST = 40 };
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_peek(c, SHORTEST);

	if (!p)
		return nf_too_short(c, SHORTEST);
	const bool version2 = nf_le32(p + 36) & VERSION2;
	const uint32_t length = version2 ? p[0] : nf_le32(p);

	if (length < SHORTEST)
		return NF_SKIP_MALFORMED;
	if (!version2 && nf_le32(p + 4) == 0)
		return NF_SKIP_NOT_PACKET;
	if (!nf_take(c, length))
		return nf_too_short(c, length);
	return nf_next_link(layer, version2 ? nf_le16(p + 6) : nf_le32(p + 8));
}

/* The first byte that is not 55: seven of them, or more or fewer where the line was bad, and then a delimiter (IEEE 802.3, 3.2). */
static const uint8_t *delimiter(nf_cursor *c)
{
	const uint8_t *p;

	do
		p = nf_take(c, 1);
	while (p && p[0] == 0x55);
	return p;
}

/* netANALYZER: four bytes, little-endian, of which bit 8 is set for an event that is no frame; then Ethernet with its frame check
 * sequence, and with its preamble under link type 241.
 */
nf_skip nf_decode_netanalyzer(nf_layer *layer)
{
	enum { EVENT = 0x100, TRANSPARENT = 241 };
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 4);

	if (!p)
		return nf_too_short(c, 4);
	if (nf_le32(p) & EVENT)
		return NF_SKIP_NOT_PACKET;
	if (layer->key == TRANSPARENT) {
		p = delimiter(c);
		if (!p)
			return nf_too_short(c, 1);
		if (p[0] != START)
			return NF_SKIP_MALFORMED;
	}
	nf_drop_fcs(layer);
	return nf_next(layer, NF_BY_LINK, 1);
}

/* With preamble and frame check sequence; the delimiter says which part of an Ethernet frame it is (IEEE 802.3, 99.3). */
nf_skip nf_decode_mpacket(nf_layer *layer)
{
	const uint8_t *p = delimiter(&layer->cursor);

	if (!p)
		return nf_too_short(&layer->cursor, 1);
	switch (p[0]) {
	case START: /* all of one that nothing interrupts */
	case 0xe6:  /* all or the first part of one that may be interrupted */
	case 0x4c:
	case 0x7f:
	case 0xb3: nf_drop_fcs(layer); return nf_next(layer, NF_BY_LINK, 1);
	case 0x61: /* a later part */
	case 0x52:
	case 0x9e:
	case 0x2a: return NF_SKIP_FRAGMENT;
	case 0x07: /* a question and an answer between the stations */
	case 0x19: return NF_SKIP_NOT_IP;
	default: return NF_SKIP_MALFORMED;
	}
}

/*  0         1      2               4
 * +---------+------+---------------+------------------------------+----
 * | version | type | encapsulation | tags: 0, or number, length, value ... ; 1 is the last | the frame
 */
nf_skip nf_decode_tzsp(nf_layer *layer)
{
	enum { PAD = 0, END = 1 };
	nf_cursor *c = &layer->cursor;
	const uint8_t *header = nf_take(c, 4);
	const uint8_t *p;

	if (!header)
		return nf_too_short(c, 4);
	if (header[1] > 1) /* neither received nor to be sent: a word between the devices */
		return NF_SKIP_NOT_PACKET;
	while ((p = nf_take(c, 1)) && p[0] != END) {
		if (p[0] == PAD)
			continue;
		p = nf_take(c, 1);
		if (!p || !nf_take(c, p[0]))
			return nf_too_short(c, p ? p[0] : 1);
	}
	if (!p)
		return nf_too_short(c, 1);
	switch (nf_be16(header + 2)) {
	case 1: return nf_next(layer, NF_BY_LINK, 1);
	case 18: return nf_next(layer, NF_BY_LINK, 105);
	case 119: return nf_next(layer, NF_BY_LINK, 119);
	case 127: return nf_next(layer, NF_BY_LINK, 163);
	default: return NF_SKIP_LINK_TYPE;
	}
}

/*  0               1           2        4              6      DOCSIS, MAC header
 * +---------------+-----------+--------+--------------+----
 * | frame control | parameter | length | header check | Ethernet, when the frame control is 0
 *
 * An extended header (lowest bit) may say that what follows is encrypted or that parts of it are left out.
 */
nf_skip nf_decode_docsis(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 6);

	if (!p)
		return nf_too_short(c, 6);
	if (p[0] >> 1 != 0)
		return NF_SKIP_NOT_IP;
	if (p[0] & 1)
		return NF_SKIP_LINK_TYPE;
	nf_clip(c, nf_be16(p + 2));
	return nf_next(layer, NF_BY_LINK, 1);
}
