/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file number.h
 * Numbers as text. Every function writes at @p out, without a closing NUL, and returns the end of what it wrote. It needs room for
 * NF_NUMBER_MAX characters, however few the text has: what is behind the end may be overwritten. The locale plays no part.
 */
#ifndef NF_COLUMNS_NUMBER_H
#define NF_COLUMNS_NUMBER_H

#include <stdint.h>
#include <string.h>

enum { NF_NUMBER_MAX = 40 };

/** "00" to "99". */
extern const char nf_digit_pairs[200];

char *nf_put_large(char *out, uint64_t value); /* of at least 100 */

static inline char *nf_put_unsigned(char *out, uint64_t value)
{
	if (value < 10) {
		*out = (char)('0' + value);
		return out + 1;
	}
	if (value < 100) {
		memcpy(out, nf_digit_pairs + value * 2, 2);
		return out + 2;
	}
	return nf_put_large(out, value);
}

char *nf_put_any_integer(char *out, int64_t value);

static inline char *nf_put_integer(char *out, int64_t value)
{
	if ((uint64_t)value >= 10)
		return nf_put_any_integer(out, value);
	*out = (char)('0' + value);
	return out + 1;
}

/**
 * A finite double as Python's repr() prints it: the fewest digits that read back as the same double, with at least one behind the
 * point, and with an exponent of at least two digits below 1e-4 and from 1e16 on.
 */
char *nf_put_any_real(char *out, double value);

static inline char *nf_put_real(char *out, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	if (bits)
		return nf_put_any_real(out, value);
	memcpy(out, "0.0", 4);
	return out + 3;
}

/** ns / 10^9 as nf_put_real() prints the nearest double; the first of the two only above 0. */
char *nf_put_some_seconds(char *out, uint64_t ns);

static inline char *nf_put_seconds(char *out, uint64_t ns)
{
	if (ns)
		return nf_put_some_seconds(out, ns);
	memcpy(out, "0.0", 4);
	return out + 3;
}

/** ns / 10^9 exactly, with as many decimals as needed and at least one. */
char *nf_put_time(char *out, int64_t ns);

/**
 * A finite value of at least 0 by libstdc++'s std::to_chars (to_chars.cc): the fewest digits that read back as the same double, without an
 * exponent or always with one (of at least two digits).
 */
char *nf_put_shortest_fixed(char *out, double value);
char *nf_put_shortest_scientific(char *out, double value);

#endif
