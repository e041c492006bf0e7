/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "number.h"

#include "exact.h"

#include <math.h>
#include <string.h>

static const char PAIRS[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
			    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/* Decimals of up to 15 digits are so far apart that each is the shortest text of its nearest double. */
static const uint64_t FIFTEEN_DIGITS = UINT64_C(1000000000000000);
#define SECOND UINT64_C(1000000000)
#define MILLION UINT64_C(1000000)
/* 1e-4 s: below it, Python prints an exponent. */
static const uint64_t EXPONENT_NS = 100000;

static int count_digits(uint64_t value)
{
	int n = 1;

	for (;; value /= 10000, n += 4) {
		if (value < 10)
			return n;
		if (value < 100)
			return n + 1;
		if (value < 1000)
			return n + 2;
		if (value < 10000)
			return n + 3;
	}
}

/* Exactly n digits, with zeros in front. */
static void put_digits(char *out, uint64_t value, int n)
{
	while (n >= 2) {
		n -= 2;
		memcpy(out + n, PAIRS + value % 100 * 2, 2);
		value /= 100;
	}
	if (n)
		out[0] = (char)('0' + value % 10);
}

char *nf_put_digits(char *out, uint64_t value)
{
	if (value < 100) {
		memcpy(out, PAIRS + value * 2, 2);
		return out + 2;
	}
	if (value < 1000) {
		*out = (char)('0' + value / 100);
		memcpy(out + 1, PAIRS + value % 100 * 2, 2);
		return out + 3;
	}
	int n = count_digits(value);

	put_digits(out, value, n);
	return out + n;
}

/* units / one, one being 10^places, without zeros at the end, at least one place. Inlined for each of the two kinds of unit. */
static inline char *put_decimal(char *out, uint64_t units, uint64_t one, int places)
{
	uint64_t fraction = units % one;

	out = nf_put_unsigned(out, units / one);
	*out++ = '.';
	while (places > 3 && fraction % 1000 == 0) {
		fraction /= 1000;
		places -= 3;
	}
	while (places > 1 && fraction % 10 == 0) {
		fraction /= 10;
		places--;
	}
	put_digits(out, fraction, places);
	return out + places;
}

/*
 * If a decimal of at most six places and fifteen digits has this double as its nearest (the quotient is the nearest by IEEE 754), it is the
 * shortest text; 0 if there is none. Whole numbers and many means are such, and this is a fifth of the work of std::to_chars.
 */
static uint64_t as_millionths(double value)
{
	if (value >= FIFTEEN_DIGITS / MILLION)
		return 0;
	const uint64_t millionths = (uint64_t)(value * MILLION + 0.5);

	return (double)millionths / MILLION == value ? millionths : 0;
}

/* std::to_chars has Python's forms but for the zero behind the point of a whole number. */
char *nf_put_real(char *out, double value)
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
	if (value < 1e-4 || value >= 1e16)
		return nf_put_shortest_scientific(out, value);
	const uint64_t millionths = as_millionths(value);
	return millionths ? put_decimal(out, millionths, MILLION, 6) : nf_put_shortest_fixed(out, value);
}

/* 1 to 99999 ns: d.ddde-0x, without zeros at the end of the digits. */
static char *put_small_seconds(char *out, uint64_t ns)
{
	char digits[5];
	int n = count_digits(ns);
	const char exponent = (char)('0' + 10 - n);

	put_digits(digits, ns, n);
	while (digits[n - 1] == '0')
		n--;
	*out++ = digits[0];
	if (n > 1) {
		*out++ = '.';
		memcpy(out, digits + 1, (size_t)n - 1);
		out += n - 1;
	}
	memcpy(out, "e-0", 3);
	out[3] = exponent;
	return out + 4;
}

char *nf_put_some_seconds(char *out, uint64_t ns)
{
	if (ns >= FIFTEEN_DIGITS)
		return nf_put_real(out, nf_ratio(ns, SECOND));
	if (ns < EXPONENT_NS)
		return put_small_seconds(out, ns);
	return put_decimal(out, ns, SECOND, 9);
}

char *nf_put_time(char *out, int64_t ns)
{
	uint64_t magnitude = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	if (ns < 0)
		*out++ = '-';
	return put_decimal(out, magnitude, SECOND, 9);
}
