/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file digits.h
 * Decimal digits in words, to be worked on all at once. The first digit is in the lowest byte, so that nf_digits8_store() writes them in
 * order.
 */
#ifndef NF_COLUMNS_DIGITS_H
#define NF_COLUMNS_DIGITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define NF_DIGITS8_ZEROS UINT64_C(0x3030303030303030)

/** The digits of a value below 10^8, each as a number in its byte. */
static inline uint64_t nf_digits8(uint32_t value)
{
	/* Two halves of four digits, four quarters of two, eight of one; each time value / 10^k goes in front of value % 10^k, which is
	   value - 10^k * (value / 10^k). The quotients are exact for values below 10^4 and 10^2. */
	const uint64_t high = value / 10000;
	uint64_t word = high + ((value - high * 10000) << 32);
	uint64_t quotients = (word * 10486 >> 20) & UINT64_C(0x0000007f0000007f);

	word = quotients + ((word - quotients * 100) << 16);
	quotients = (word * 103 >> 10) & UINT64_C(0x000f000f000f000f);
	return quotients + ((word - quotients * 10) << 8);
}

/** Writes eight characters. */
static inline void nf_digits8_store(char *out, uint64_t digits)
{
	digits = htole64(digits | NF_DIGITS8_ZEROS);
	memcpy(out, &digits, sizeof digits);
}

/** Zeros in front, and at the end, of digits that are not all zero. */
static inline int nf_digits8_leading(uint64_t digits)
{
	return __builtin_ctzll(digits) / 8;
}

static inline int nf_digits8_trailing(uint64_t digits)
{
	return __builtin_clzll(digits) / 8;
}

/**
 * Writes the 16 digits of a value below 10^16.
 * @return how many there are up to the last one that is no zero; 0: all are
 */
static inline int nf_put_digits16(char *out, uint64_t value)
{
	const uint64_t high = value / 100000000, low = value - high * 100000000;
#ifdef __SSE2__
	/* As nf_digits8() does it, with both halves at once: two numbers of eight digits, four of four, eight of two, sixteen of one. The quotient
	   by 10^4 is exact for all 32 bits. */
	const __m128i eights = _mm_set_epi64x((long long)low, (long long)high);
	const __m128i by_10000 = _mm_srli_epi64(_mm_mul_epu32(eights, _mm_set1_epi64x(3518437209)), 45);
	const __m128i fours = _mm_or_si128(by_10000, _mm_slli_epi64(_mm_sub_epi64(eights, _mm_mul_epu32(by_10000, _mm_set1_epi64x(10000))), 32));
	const __m128i by_100 = _mm_srli_epi16(_mm_mulhi_epu16(fours, _mm_set1_epi32(5243)), 3);
	const __m128i twos = _mm_or_si128(by_100, _mm_slli_epi32(_mm_sub_epi16(fours, _mm_mullo_epi16(by_100, _mm_set1_epi32(100))), 16));
	const __m128i by_10 = _mm_mulhi_epu16(twos, _mm_set1_epi16(6554));
	const __m128i ones = _mm_or_si128(by_10, _mm_slli_epi16(_mm_sub_epi16(twos, _mm_mullo_epi16(by_10, _mm_set1_epi16(10))), 8));
	const unsigned zeros = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(ones, _mm_setzero_si128()));

	_mm_storeu_si128((__m128i *)(void *)out, _mm_or_si128(ones, _mm_set1_epi8('0')));
	return 31 - __builtin_clz((~zeros & 0xffff) << 1 | 1);
#else
	const uint64_t a = nf_digits8((uint32_t)high), b = nf_digits8((uint32_t)low);

	nf_digits8_store(out, a);
	nf_digits8_store(out + 8, b);
	if (b)
		return 16 - nf_digits8_trailing(b);
	return a ? 8 - nf_digits8_trailing(a) : 0;
#endif
}

#endif
