/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file number.h
 * Numbers as text. Every function writes at @p out, without a closing NUL, and returns the end of what it wrote. It needs room for
 * NF_NUMBER_MAX characters, however few the text has: what is behind the end may be overwritten. The locale plays no part.
 */
#ifndef NF_COLUMNS_NUMBER_H
#define NF_COLUMNS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { NF_NUMBER_MAX = 40 };

/** "00" to "99". */
extern const char nf_digit_pairs[200];

char *nf_put_large(char *out, uint64_t value); /* of any, rather of two digits or more */

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

/** Of a value of at least 0: whether it is a whole number below 1e16. Such a one has a short way to its text. */
static inline bool nf_real_is_whole(double value)
{
	return value < 1e16 && value == (double)(int64_t)value;
}

/** What nf_put_real() writes, at most NF_REAL_TEXT_MAX characters. */
typedef struct nf_real_text {
	char characters[NF_NUMBER_MAX];
	size_t length;
} nf_real_text;

enum { NF_REALS_MOST = 96, NF_REAL_TEXT_MAX = 32 };

/**
 * The texts of many values in less time than one after the other takes: of values[which[k]] in texts[which[k]], for k below n, which is at
 * most NF_REALS_MOST. None of them may be a whole number in the sense of nf_real_is_whole().
 */
void nf_put_reals(nf_real_text *texts, const double *values, const uint8_t *which, size_t n);

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
 * A finite value of at least 0 by libstdc++'s std::to_chars (to_chars.cc): the fewest digits that read back as the same double, with an
 * exponent of at least two digits.
 */
char *nf_put_shortest_scientific(char *out, double value);

#endif
