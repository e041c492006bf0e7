/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file digits.h
 * Eight decimal digits in one word, to be worked on all at once. The first digit is in the lowest byte, so that nf_digits8_store() writes
 * them in order.
 */
#ifndef NF_COLUMNS_DIGITS_H
#define NF_COLUMNS_DIGITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

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

#endif
