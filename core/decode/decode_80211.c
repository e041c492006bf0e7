/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IEEE 802.11. */
#include "layer.h"

enum {
	DATA = 0x08,    /* in the first byte: version 0, type 2 */
	NO_DATA = 0x40, /* of a data frame: it is one by its type only, as the null function is */
	QOS = 0x80,
	TO_AND_FROM = 0x03, /* in the second byte: between access points, so there is a fourth address */
	FROM = 0x02,
	PROTECTED = 0x40,
	ORDER = 0x80,     /* of a QoS frame: there is an HT control field */
	AGGREGATE = 0x80, /* in the QoS field: an A-MSDU, several frames in one */
	MESH = 0x01,      /* in its second byte: there is a mesh control field, if the station is one of a mesh */
};

static bool is_data(uint8_t type)
{
	return (type & 0x0f) == DATA && !(type & NO_DATA);
}

/*   flags  time to live  sequence   addresses, as many as the flags say      IEEE 802.11-2020, 9.2.4.7.3
 *    (1)       (1)          (4)         (6 each)
 *
 * The bit that announces it means something else outside a mesh; there an LLC header follows, whose first byte is above any value
 * that the flags can have.
 */
static nf_skip mesh(nf_cursor *c)
{
	const uint8_t *p = nf_peek(c, 1);

	return p && p[0] < 3 ? nf_step(c, 6 + 6u * p[0]) : NF_SKIP_NONE;
}

/*  0         2          4       10      16      22         24       (30)      (+2)         (+4)
 * +---------+----------+-------+-------+-------+----------+---------+---------+------------+----
 * | control | duration | addr1 | addr2 | addr3 | sequence | (addr4) | (QoS)   | (HT control) | (pad) | LLC
 */
static nf_skip data(nf_layer *layer, uint32_t alignment, bool swapped)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_peek(c, 2);

	if (!p)
		return nf_too_short(c, 2);
	const uint8_t type = p[swapped], flags = p[!swapped];

	if (!is_data(type))
		return NF_SKIP_NOT_IP;
	if (flags & PROTECTED)
		return NF_SKIP_ENCRYPTED;

	const uint32_t qos_at = (flags & TO_AND_FROM) == TO_AND_FROM ? 30 : 24;
	const uint32_t length = qos_at + (type & QOS ? 2 : 0) + (type & QOS && flags & ORDER ? 4 : 0);
	const uint32_t padded = (length + alignment - 1) & ~(alignment - 1);

	p = nf_take(c, padded);
	if (!p)
		return nf_too_short(c, padded);
	if (p[22] & 0x0f) /* the fragment's number */
		return NF_SKIP_FRAGMENT;
	if (type & QOS && p[qos_at] & AGGREGATE)
		return NF_SKIP_AGGREGATE;
	if (type & QOS && p[qos_at + 1] & MESH && flags & FROM) {
		const nf_skip skip = mesh(c);
		if (skip != NF_SKIP_NONE)
			return skip;
	}
	return c->wire > 0 ? nf_next(layer, NF_BY_LLC, 0) : NF_SKIP_NOT_IP;
}

nf_skip nf_decode_80211(nf_layer *layer)
{
	return data(layer, 1, false);
}

nf_skip nf_decode_80211_datapad(nf_layer *layer)
{
	return data(layer, 4, false);
}

nf_skip nf_80211_in_capwap(nf_layer *layer)
{
	const uint8_t *p = nf_peek(&layer->cursor, 2);

	if (!p)
		return nf_too_short(&layer->cursor, 2);
	return data(layer, 1, is_data(p[1]) && !is_data(p[0]));
}
