/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file exact.h
 * From exact integers to the nearest double, at the last moment.
 */
#ifndef NF_COLUMNS_EXACT_H
#define NF_COLUMNS_EXACT_H

#include <stdint.h>

typedef unsigned __int128 nf_u128;

/** What nf_ratio() does for integers of any size. */
double nf_wide_ratio(nf_u128 a, nf_u128 b);

/**
 * The double nearest to a / b (ties to even); 0 when b is 0. b must be below 2^127. Integers below 2^53 are doubles, and IEEE 754's
 * division gives the nearest.
 */
static inline double nf_ratio(nf_u128 a, nf_u128 b)
{
	if ((a | b) >> 53)
		return nf_wide_ratio(a, b);
	return b ? (double)(int64_t)a / (double)(int64_t)b : 0.0;
}

/**
 * Sample variance of n values with the given sum and sum of squares: (n x squares - sum^2) / (n x (n - 1)); 0 when n < 2.
 * The numerator is exact, whatever its size. The result is the nearest double while n is below 2^32 and squares below 2^96, and within
 * 3 units in the last place beyond.
 */
double nf_variance(uint64_t n, uint64_t sum, nf_u128 squares);

#endif
