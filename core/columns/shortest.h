/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file shortest.h
 * The shortest decimal that reads back as the same double, for the doubles that flows have.
 */
#ifndef NF_COLUMNS_SHORTEST_H
#define NF_COLUMNS_SHORTEST_H

#include <stdint.h>
#include <string.h>

enum { NF_SHORTEST_PLACES = 26 };

/** Powers of five. */
extern const uint64_t nf_fives[NF_SHORTEST_PLACES + 1];

/** digits / 10^places. digits has 16 or 17 digits, of which the last ones may be zeros, and places is at least 1. */
typedef struct nf_decimal {
	uint64_t digits;
	int places;
} nf_decimal;

/*
 * The idea is that of Schubfach (R. Giulietti, "The Schubfach way to render doubles"): in a scale in which the doubles around the value are
 * 1 to 10 apart, look at the multiples of 10 and of 1 next to the value. Without the doubles whose powers of ten are large or negative
 * everything is an exact integer, and there is nothing to estimate.
 *
 * value = c * 2^q with 2^52 <= c < 2^53 and -86 <= q < 0. All reals closer to it than 2^q / 2 have it as their nearest double, unless it is a
 * power of two (see below). Let n be the smallest integer with 10^n * 2^q >= 1; then w = 10^n * 2^q < 10, and
 *
 *     t = value * 10^n = c * w
 *
 * is what t stands for below: the same reals are in this scale within w / 2, at least 0.5 and less than 5 to either side.
 *
 * - Two multiples of 10 cannot both be within less than 5 of t. If one is, it has fewer digits than any number between, so it is the answer
 *   (zeros at its end, if there are more, go away when it is printed).
 * - Otherwise no decimal with fewer digits than the multiples of 1 have is near enough, and the one closest to t, at most 0.5 away, is the
 *   answer. In the middle between two, it is the even one.
 *
 * w = 5^n / 2^s with s = -(q + n). 5^n is odd, so a distance that is a multiple of 1 / 2^s is never equal to w / 2: whether the borders belong to
 * the double, which depends on the last bit of c, plays no part.
 *
 * A power of two has a closer neighbour below, so of the reals less than w / 2 below t only the nearer half has it as their nearest double.
 * But 2^-k with k <= 22 has n > k: t = 5^n * 2^(n - k) is a multiple of 10 itself, hence the only one within reach, and the answer. That goes
 * for whole numbers, too, which are the negative k.
 *
 * Sizes: n <= 26, so 5^n < 2^61; and 2^s <= 5^n as w >= 1, so s <= 60. Therefore w * 2^60 is an integer, below 10 * 2^60 < 2^64, and the product of
 * that and c * 2^4 is t * 2^64: its high half is the whole part of t, its low half what is behind the point, of which the last four bits are 0.
 */

/* The smallest n with 10^n >= 2^minus_q, for 1 to 86: 1233 / 4096 is log10(2), near enough for these. */
static inline unsigned nf_shortest_places(unsigned minus_q)
{
	return (minus_q * 1233 + 4095) >> 12;
}

/**
 * Of the decimals with the fewest digits that have this double as their nearest, the one closest to it (of two, the one with the even last
 * digit), as std::to_chars and Python's repr() choose it.
 * Only for values from 2^-34 to below 2^52, and of the powers of two those from 2^-22 on; for all others places is 0.
 */
static inline nf_decimal nf_shortest(double value)
{
	enum { FRACTION_BITS = 52, BIAS = 1023 + FRACTION_BITS, LOWEST = -86, LOWEST_POWER = -74 };
	const uint64_t fraction_mask = (UINT64_C(1) << FRACTION_BITS) - 1;
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	const int q = (int)(bits >> FRACTION_BITS) - BIAS;
	const uint64_t fraction = bits & fraction_mask;
	if (q < LOWEST || q >= 0 || (fraction == 0 && q < LOWEST_POWER))
		return (nf_decimal){0, 0};

	const unsigned n = nf_shortest_places((unsigned)-q), s = (unsigned)-q - n;
	const uint64_t w60 = nf_fives[n] << (60 - s);
	const unsigned __int128 t = (unsigned __int128)((fraction | (fraction_mask + 1)) << 4) * w60;
	const uint64_t whole = (uint64_t)(t >> 64), behind = (uint64_t)t;
	const uint64_t tens = whole / 10 * 10;
	const uint64_t above = (whole - tens) << 60 | behind >> 4, below = (UINT64_C(10) << 60) - above; /* from tens, to tens + 10, x 2^60 */

	/* Which of the three it is nobody can guess, so there is no branch. */
	const uint64_t is_tens = -(uint64_t)(above <= w60 / 2), is_next = -(uint64_t)(below <= w60 / 2);
	const uint64_t ones = whole - tens + (behind + (whole & 1) > UINT64_C(1) << 63);
	const uint64_t digits = tens + ((ones & ~is_tens & ~is_next) | (10 & is_next));
	return (nf_decimal){digits, (int)n};
}

#endif
