/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file number.h
 * Numbers as text. Every function writes at @p out, without a closing NUL, and returns the end of what it wrote: at most
 * NF_NUMBER_MAX characters. The locale plays no part.
 */
#ifndef NF_COLUMNS_NUMBER_H
#define NF_COLUMNS_NUMBER_H

#include <stdint.h>
#include <string.h>

enum { NF_NUMBER_MAX = 32 };

char *nf_put_digits(char *out, uint64_t value); /* of at least 10 */

static inline char *nf_put_unsigned(char *out, uint64_t value)
{
	if (value >= 10)
		return nf_put_digits(out, value);
	*out = (char)('0' + value);
	return out + 1;
}

static inline char *nf_put_integer(char *out, int64_t value)
{
	if (value >= 0)
		return nf_put_unsigned(out, (uint64_t)value);
	*out = '-';
	return nf_put_unsigned(out + 1, 0 - (uint64_t)value);
}

/**
 * A finite double as Python's repr() prints it: the fewest digits that read back as the same double, with at least one behind the
 * point, and with an exponent of at least two digits below 1e-4 and from 1e16 on.
 */
char *nf_put_real(char *out, double value);

/** ns / 10^9 as nf_put_real() prints the nearest double; the first of the two only above 0. */
char *nf_put_some_seconds(char *out, uint64_t ns);

static inline char *nf_put_seconds(char *out, uint64_t ns)
{
	if (ns)
		return nf_put_some_seconds(out, ns);
	memcpy(out, "0.0", 3);
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
