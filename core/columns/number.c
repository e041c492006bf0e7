/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "number.h"

#include "digits.h"
#include "exact.h"
#include "shortest.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

const char nf_digit_pairs[200] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
				 "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/* Decimals of up to 15 digits are so far apart that each is the shortest text of its nearest double. */
static const uint64_t FIFTEEN_DIGITS = UINT64_C(1000000000000000);
#define EIGHT_DIGITS UINT64_C(100000000)
#define SECOND UINT64_C(1000000000)
/* 1e-4 s: below it, Python prints an exponent. */
static const uint64_t EXPONENT_NS = 100000;

/* Without zeros in front. 1 to 10^8 - 1. */
static inline char *put_short(char *out, uint64_t value)
{
	const uint64_t digits = nf_digits8((uint32_t)value);
	const int zeros = nf_digits8_leading(digits);

	nf_digits8_store(out, digits >> 8 * zeros);
	return out + 8 - zeros;
}

char *nf_put_large(char *out, uint64_t value)
{
	if (value < 10000) {
		out = nf_put_unsigned(out, value / 100);
		memcpy(out, nf_digit_pairs + value % 100 * 2, 2);
		return out + 2;
	}
	if (value < EIGHT_DIGITS)
		return put_short(out, value);
	out = nf_put_unsigned(out, value / EIGHT_DIGITS);
	nf_digits8_store(out, nf_digits8((uint32_t)(value % EIGHT_DIGITS)));
	return out + 8;
}

char *nf_put_any_integer(char *out, int64_t value)
{
	if (value >= 0)
		return nf_put_unsigned(out, (uint64_t)value);
	*out = '-';
	return nf_put_unsigned(out + 1, 0 - (uint64_t)value);
}

/* ns / 10^9 without zeros at the end, with at least one place. */
static inline char *put_decimal(char *out, uint64_t ns)
{
	const uint32_t part = (uint32_t)(ns % SECOND), last = part % 10;
	const uint64_t digits = nf_digits8(part / 10);

	out = nf_put_unsigned(out, ns / SECOND);
	*out++ = '.';
	nf_digits8_store(out, digits);
	if (last) {
		out[8] = (char)('0' + last);
		return out + 9;
	}
	return digits ? out + 8 - nf_digits8_trailing(digits) : out + 1;
}

/* The 17 digits of an integer that has as many. Returns how many there are without the zeros at the end. */
static inline int put_17(char *out, uint64_t digits)
{
	const uint64_t first = digits / (EIGHT_DIGITS * EIGHT_DIGITS), rest = digits - first * (EIGHT_DIGITS * EIGHT_DIGITS);
	const uint64_t high = rest / EIGHT_DIGITS, a = nf_digits8((uint32_t)high), b = nf_digits8((uint32_t)(rest - high * EIGHT_DIGITS));

	out[0] = (char)('0' + first);
	nf_digits8_store(out + 1, a);
	nf_digits8_store(out + 9, b);
	if (b)
		return 17 - nf_digits8_trailing(b);
	return a ? 9 - nf_digits8_trailing(a) : 1;
}

/* Below 2^52, and no whole number: there is a digit behind the point. */
static char *put_shortest(char *out, nf_decimal d)
{
	const bool is_short = d.digits < EIGHT_DIGITS * EIGHT_DIGITS;
	const int point = 17 - is_short - d.places; /* digits before the point; below 1: zeros behind it */
	char digits[32];
	const int n = put_17(digits, d.digits * (is_short ? 10 : 1));

	if (point > 0) {
		memcpy(out, digits, 16);
		out[point] = '.';
		memcpy(out + point + 1, digits + point, 16);
		return out + n + 1;
	}
	if (point > -4) {
		memcpy(out, "0.000000", 8);
		memcpy(out + 2 - point, digits, 17);
		return out + 2 - point + n;
	}
	out[0] = digits[0];
	out[1] = '.';
	memcpy(out + 2, digits + 1, 16);
	out += n > 1 ? n + 1 : 1;
	memcpy(out, "e-", 2);
	memcpy(out + 2, nf_digit_pairs + 2 * (1 - point), 2);
	return out + 4;
}

/* std::to_chars has Python's forms but for the zero behind the point of a whole number. */
char *nf_put_any_real(char *out, double value)
{
	if (signbit(value)) {
		*out++ = '-';
		value = -value;
	}
	if (value < 1e16 && value == (double)(int64_t)value) {
		out = nf_put_unsigned(out, (uint64_t)value);
		memcpy(out, ".0", 2);
		return out + 2;
	}
	const nf_decimal decimal = nf_shortest(value);
	if (decimal.places)
		return put_shortest(out, decimal);
	return value < 1e-4 || value >= 1e16 ? nf_put_shortest_scientific(out, value) : nf_put_shortest_fixed(out, value);
}

/* 1 to 99999 ns: d.ddde-0x, without zeros at the end of the digits. */
static char *put_small_seconds(char *out, uint64_t ns)
{
	const uint64_t padded = nf_digits8((uint32_t)ns);
	const int leading = nf_digits8_leading(padded);
	const uint64_t digits = padded >> 8 * leading;
	const int n = 8 - nf_digits8_trailing(digits);

	nf_digits8_store(out + 1, digits);
	out[0] = out[1];
	out[1] = '.';
	out += n > 1 ? n + 1 : 1;
	memcpy(out, "e-0", 3);
	out[3] = (char)('2' + leading);
	return out + 4;
}

char *nf_put_some_seconds(char *out, uint64_t ns)
{
	if (ns >= FIFTEEN_DIGITS)
		return nf_put_real(out, nf_ratio(ns, SECOND));
	return ns < EXPONENT_NS ? put_small_seconds(out, ns) : put_decimal(out, ns);
}

char *nf_put_time(char *out, int64_t ns)
{
	uint64_t magnitude = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	if (ns < 0)
		*out++ = '-';
	return put_decimal(out, magnitude);
}
