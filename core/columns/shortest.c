/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The idea is that of Schubfach (R. Giulietti, "The Schubfach way to render doubles"): in a scale in which the doubles around the value are
 * 1 to 10 apart, look at the multiples of 10 and of 1 next to the value. Without the doubles whose powers of ten are large or negative
 * everything is an exact integer, and there is nothing to estimate.
 *
 * value = c * 2^q with 2^52 < c < 2^53 and -86 <= q < 0. All reals closer to it than 2^q / 2 have it as their nearest double (it is no power
 * of two: those have a closer neighbour below). Let n be the smallest integer with 10^n * 2^q >= 1; then 10^n * 2^q < 10, and
 *
 *     t = value * 10^n = c * 5^n / 2^s     with s = -(q + n)
 *
 * is what t stands for below, h = 5^n: the same reals are in this scale within h / 2^s / 2, more than 0.5 and less than 5 to either side.
 *
 * - Two multiples of 10 cannot both be within less than 5 of t. If one is, it has fewer digits than any number between, so it is the answer
 *   (zeros at its end, if there are more, go away when it is printed).
 * - Otherwise no decimal with fewer digits than the multiples of 1 have is near enough, and the one closest to t, at most 0.5 away, is the
 *   answer. In the middle between two, it is the even one.
 *
 * h is odd, so a distance that is a multiple of 1 / 2^s is never equal to h / 2^s / 2: whether the borders belong to the double, which depends
 * on the last bit of c, plays no part.
 *
 * Sizes: n <= 26, so h < 2^61, c * h < 2^114. 2^s <= h (for 10^n * 2^q = h / 2^s), so s <= 60, and ten times 2^s is below 2^64.
 */
#include "shortest.h"

#include <string.h>

enum { FRACTION_BITS = 52, BIAS = 1023 + FRACTION_BITS, LOWEST = -86, MOST_PLACES = 26 };

static const uint64_t FIVES[MOST_PLACES + 1] = {
	UINT64_C(1), UINT64_C(5), UINT64_C(25), UINT64_C(125), UINT64_C(625), UINT64_C(3125), UINT64_C(15625), UINT64_C(78125), UINT64_C(390625),
	UINT64_C(1953125), UINT64_C(9765625), UINT64_C(48828125), UINT64_C(244140625), UINT64_C(1220703125), UINT64_C(6103515625),
	UINT64_C(30517578125), UINT64_C(152587890625), UINT64_C(762939453125), UINT64_C(3814697265625), UINT64_C(19073486328125),
	UINT64_C(95367431640625), UINT64_C(476837158203125), UINT64_C(2384185791015625), UINT64_C(11920928955078125),
	UINT64_C(59604644775390625), UINT64_C(298023223876953125), UINT64_C(1490116119384765625)};

/* The smallest n with 10^n >= 2^minus_q, for 1 to 86: 1233 / 4096 is log10(2), near enough for these. */
static inline unsigned places_for(unsigned minus_q)
{
	return (minus_q * 1233 + 4095) >> 12;
}

nf_decimal nf_shortest(double value)
{
	const uint64_t fraction_mask = (UINT64_C(1) << FRACTION_BITS) - 1;
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	const int q = (int)(bits >> FRACTION_BITS) - BIAS;
	if (q < LOWEST || q >= 0 || !(bits & fraction_mask))
		return (nf_decimal){0, 0};

	const unsigned n = places_for((unsigned)-q), s = (unsigned)-q - n;
	const uint64_t h = FIVES[n];
	const unsigned __int128 product = (unsigned __int128)((bits & fraction_mask) | (fraction_mask + 1)) * h;
	const uint64_t whole = (uint64_t)(product >> s), part = (uint64_t)product & ((UINT64_C(1) << s) - 1);
	const uint64_t tens = whole / 10 * 10;
	const uint64_t above = ((whole - tens) << s) + part, below = (UINT64_C(10) << s) - above;

	if (above <= h / 2)
		return (nf_decimal){tens, (int)n};
	if (below <= h / 2)
		return (nf_decimal){tens + 10, (int)n};
	return (nf_decimal){whole + (2 * part + (whole & 1) > UINT64_C(1) << s), (int)n};
}
