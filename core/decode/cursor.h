/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file cursor.h
 * The only way to packet bytes: a cursor that knows how many of them were captured and how many were on the wire.
 */
#ifndef NF_DECODE_CURSOR_H
#define NF_DECODE_CURSOR_H

#include <netflower/frame.h>

#include <stdbool.h>
#include <stddef.h>

/** What is left of a frame. captured <= wire, always. */
typedef struct nf_cursor {
	const uint8_t *p;
	uint32_t captured; /**< bytes readable at p */
	uint32_t wire;     /**< bytes that were on the wire from p on */
} nf_cursor;

/** The next n bytes, and steps over them; NULL (and no step) when fewer were captured. */
static inline const uint8_t *nf_take(nf_cursor *c, uint32_t n)
{
	if (c->captured < n)
		return NULL;
	const uint8_t *bytes = c->p;
	c->p += n;
	c->captured -= n;
	c->wire -= n;
	return bytes;
}

/** The next n bytes without a step; NULL when fewer were captured. */
static inline const uint8_t *nf_peek(const nf_cursor *c, uint32_t n)
{
	return c->captured < n ? NULL : c->p;
}

/** Narrows to what a length field claims. Never widens. */
static inline void nf_clip(nf_cursor *c, uint32_t wire)
{
	if (c->wire > wire)
		c->wire = wire;
	if (c->captured > wire)
		c->captured = wire;
}

/** Why nf_take(c, n) gave NULL: the frame itself was shorter than its layers need, or it was cut by the snapshot length. */
static inline nf_skip nf_too_short(const nf_cursor *c, uint32_t n)
{
	return c->wire < n ? NF_SKIP_MALFORMED : NF_SKIP_CUT_SHORT;
}

/** Steps over n bytes; NF_SKIP_NONE, or why there are not that many. */
static inline nf_skip nf_step(nf_cursor *c, uint32_t n)
{
	return nf_take(c, n) ? NF_SKIP_NONE : nf_too_short(c, n);
}

/** The next n bytes as a cursor of their own, and steps over them; false (and no step) when fewer were captured. */
static inline bool nf_split(nf_cursor *c, uint32_t n, nf_cursor *part)
{
	const uint8_t *p = nf_take(c, n);

	if (p)
		*part = (nf_cursor){p, n, n};
	return p != NULL;
}

static inline uint16_t nf_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t nf_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint16_t nf_le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t nf_le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

#endif
