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
__attribute__((const)) double nf_wide_ratio(nf_u128 a, nf_u128 b);

/**
 * The double nearest to a / b (ties to even); 0 when b is 0. b must be below 2^127. Integers below 2^53 are doubles, and IEEE 754's
 * division gives the nearest.
 */
static inline double nf_ratio(nf_u128 a, nf_u128 b)
{
	if (!b)
		return 0.0;
	if ((a | b) >> 53)
		return nf_wide_ratio(a, b);
	return (double)(int64_t)a / (double)(int64_t)b;
}

/**
 * Sample variance of n values with the given sum and sum of squares: (n x squares - sum^2) / (n x (n - 1)); 0 when n < 2.
 * The numerator is exact, whatever its size. The result is the nearest double while n is below 2^32 and squares below 2^96, and within
 * 3 units in the last place beyond.
 */
__attribute__((const)) double nf_some_variance(uint64_t n, uint64_t sum, nf_u128 squares); /* of at least 2 */

static inline double nf_variance(uint64_t n, uint64_t sum, nf_u128 squares)
{
	return n < 2 ? 0.0 : nf_some_variance(n, sum, squares);
}

/** The variance of the population, the sum of squared differences divided by n; 0 when n is 0. As near as nf_variance(), or by one unit farther. */
static inline double nf_population_variance(uint64_t n, uint64_t sum, nf_u128 squares)
{
	if (n < UINT64_C(1) << 32 && squares < (nf_u128)1 << 96)
		return nf_ratio(n * squares - (nf_u128)sum * sum, (nf_u128)n * n);
	return nf_variance(n, sum, squares) * ((double)(n - 1) / (double)n);
}

#endif
