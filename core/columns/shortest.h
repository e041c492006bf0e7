/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file shortest.h
 * The shortest decimal that reads back as the same double, for the doubles that flows have.
 */
#ifndef NF_COLUMNS_SHORTEST_H
#define NF_COLUMNS_SHORTEST_H

#include <stdint.h>

/** digits / 10^places. digits has 16 or 17 digits, of which the last ones may be zeros, and places is at least 1. */
typedef struct nf_decimal {
	uint64_t digits;
	int places;
} nf_decimal;

/**
 * Of the decimals with the fewest digits that have this double as their nearest, the one closest to it (of two, the one with the even last
 * digit), as std::to_chars and Python's repr() choose it.
 * Only for values between 2^-34 and 2^52 that are no powers of two; for all others places is 0.
 */
nf_decimal nf_shortest(double value);

#endif
