/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exact.h"

#include <stdbool.h>
#include <string.h>

/* A quotient of so many bits, its lowest one set if anything was cut off behind, rounds as the whole would. */
#define ENOUGH_BITS (UINT64_C(1) << 62)

/* 2^exponent, -1000 to 1000. */
static double power_of_two(int exponent)
{
	const uint64_t bits = (uint64_t)(1023 + exponent) << 52;
	double power;

	memcpy(&power, &bits, sizeof power);
	return power;
}

/* bits x 2^exponent, where more says that there is a bit set somewhere below. No double here is so small that the product would round again. */
static double rounded(nf_u128 bits, int exponent, bool more)
{
	while (bits >= (nf_u128)ENOUGH_BITS << 1) {
		more |= bits & 1;
		bits >>= 1;
		exponent++;
	}
	return (double)(int64_t)((uint64_t)bits | more) * power_of_two(exponent);
}

static int count_bits(nf_u128 value)
{
	const uint64_t high = (uint64_t)(value >> 64);

	return high ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll((uint64_t)value);
}

double nf_wide_ratio(nf_u128 a, nf_u128 b)
{
	if (a == 0 || b == 0)
		return 0.0;

	/* One division gives all bits of the quotient, 63 or 64, when a can be shifted so that it has 63 bits more than b. */
	const int b_bits = count_bits(b), shift = b_bits + 63 - count_bits(a);
	if (b_bits < 64 && shift >= 0) {
		const nf_u128 dividend = a << shift;
		const uint64_t quotient = (uint64_t)(dividend / (uint64_t)b);

		return rounded(quotient, -shift, dividend != (nf_u128)quotient * (uint64_t)b);
	}

	nf_u128 quotient = a / b, rest = a % b;
	int exponent = 0;
	while (quotient < ENOUGH_BITS && rest) {
		rest <<= 1;
		quotient <<= 1;
		if (rest >= b) {
			rest -= b;
			quotient |= 1;
		}
		exponent--;
	}
	return rounded(quotient, exponent, rest != 0);
}

/* n x squares - sum^2 in 192 bits: what the first product has above 64 bits, and its low word. */
static double wide_numerator(uint64_t n, uint64_t sum, nf_u128 squares)
{
	nf_u128 low = (nf_u128)n * (uint64_t)squares;
	nf_u128 high = (nf_u128)n * (uint64_t)(squares >> 64) + (low >> 64);
	nf_u128 sum2 = (nf_u128)sum * sum;
	uint64_t low_word = (uint64_t)low, low_sum2 = (uint64_t)sum2;

	high -= (nf_u128)(uint64_t)(sum2 >> 64) + (low_word < low_sum2);
	low_word -= low_sum2;
	if (high < ENOUGH_BITS)
		return rounded(high << 64 | low_word, 0, false);
	return rounded(high, 64, low_word != 0);
}

double nf_some_variance(uint64_t n, uint64_t sum, nf_u128 squares)
{
	if (n < UINT64_C(1) << 32 && squares < (nf_u128)1 << 96)
		return nf_ratio(n * squares - (nf_u128)sum * sum, (nf_u128)n * (n - 1));
	return wide_numerator(n, sum, squares) / ((double)n * (double)(n - 1));
}
