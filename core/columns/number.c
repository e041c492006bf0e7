/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "number.h"

#include "exact.h"

#include <math.h>
#include <string.h>

static const char PAIRS[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
			    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/* Decimals of up to 15 digits are so far apart that each is the shortest text of its nearest double. */
static const uint64_t FIFTEEN_DIGITS = UINT64_C(1000000000000000);
static const uint64_t SECOND = UINT64_C(1000000000);
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
	int n = count_digits(value);

	put_digits(out, value, n);
	return out + n;
}

static char *put_zero(char *out)
{
	memcpy(out, "0.0", 3);
	return out + 3;
}

static char *put_exponent(char *out, int exponent)
{
	*out++ = 'e';
	*out++ = exponent < 0 ? '-' : '+';
	int magnitude = exponent < 0 ? -exponent : exponent;
	if (magnitude < 10)
		*out++ = '0';
	return nf_put_unsigned(out, (uint64_t)magnitude);
}

/* Digits d1 ... dn that mean 0.d1...dn x 10^point, laid out as Python does. */
static char *lay_out(char *out, const char *digits, int n, int point)
{
	if (point <= -4 || point > 16) {
		*out++ = digits[0];
		if (n > 1) {
			*out++ = '.';
			memcpy(out, digits + 1, (size_t)n - 1);
			out += n - 1;
		}
		return put_exponent(out, point - 1);
	}
	if (point <= 0) {
		memcpy(out, "0.000", 5);
		out += 2 - point;
		memcpy(out, digits, (size_t)n);
		return out + n;
	}
	int whole = n < point ? n : point;
	memcpy(out, digits, (size_t)whole);
	memset(out + whole, '0', (size_t)(point - whole));
	out += point;
	*out++ = '.';
	if (n <= point) {
		*out++ = '0';
		return out;
	}
	memcpy(out, digits + point, (size_t)(n - point));
	return out + n - point;
}

char *nf_put_real(char *out, double value)
{
	if (value == 0 && !signbit(value))
		return put_zero(out);
	if (signbit(value)) {
		*out++ = '-';
		value = -value;
	}
	if (value < 1e15 && value == (double)(uint64_t)value) {
		out = nf_put_unsigned(out, (uint64_t)value);
		memcpy(out, ".0", 2);
		return out + 2;
	}
	char digits[17];
	int point, n = nf_shortest_digits(value, digits, &point);

	return lay_out(out, digits, n, point);
}

/* A fraction of a second as at most nine digits, without zeros at the end, at least one digit. */
static char *put_fraction(char *out, uint64_t ns)
{
	int n = 9;

	while (n > 1 && ns % 10 == 0) {
		ns /= 10;
		n--;
	}
	put_digits(out, ns, n);
	return out + n;
}

char *nf_put_seconds(char *out, uint64_t ns)
{
	if (ns == 0)
		return put_zero(out);
	if (ns >= FIFTEEN_DIGITS)
		return nf_put_real(out, nf_ratio(ns, SECOND));
	if (ns < EXPONENT_NS) {
		char digits[5];
		int n = count_digits(ns), point = n - 9;
		put_digits(digits, ns, n);
		while (digits[n - 1] == '0')
			n--;
		return lay_out(out, digits, n, point);
	}
	out = nf_put_unsigned(out, ns / SECOND);
	*out++ = '.';
	return put_fraction(out, ns % SECOND);
}

char *nf_put_time(char *out, int64_t ns)
{
	uint64_t magnitude = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	if (ns < 0)
		*out++ = '-';
	out = nf_put_unsigned(out, magnitude / SECOND);
	*out++ = '.';
	return put_fraction(out, magnitude % SECOND);
}
