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
#define TENS16 (EIGHT_DIGITS * EIGHT_DIGITS)
static const uint64_t TENS[] = {UINT64_C(1), UINT64_C(10), UINT64_C(100), UINT64_C(1000), UINT64_C(10000), UINT64_C(100000), UINT64_C(1000000),
				UINT64_C(10000000), UINT64_C(100000000), UINT64_C(1000000000), UINT64_C(10000000000), UINT64_C(100000000000),
				UINT64_C(1000000000000), UINT64_C(10000000000000), UINT64_C(100000000000000), UINT64_C(1000000000000000),
				TENS16};
/* 1e-4 s: below it, Python prints an exponent. */
static const uint64_t EXPONENT_NS = 100000;

/* Below 10^8, without zeros in front but for the last digit. */
static inline char *put_short(char *out, uint64_t value)
{
	const uint64_t digits = nf_digits8((uint32_t)value);
	const int zeros = nf_digits8_leading(digits | UINT64_C(1) << 56);

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
static inline char *put_billionths(char *out, uint64_t ns)
{
	const uint32_t part = (uint32_t)(ns % SECOND), last = part % 10;
	const uint64_t digits = nf_digits8(part / 10);
	const int n = 8 - nf_digits8_trailing(digits | 1);

	out = nf_put_unsigned(out, ns / SECOND);
	*out++ = '.';
	nf_digits8_store(out, digits);
	out[8] = (char)('0' + last);
	return out + (last ? 9 : n);
}

/* From 0.5 to below 2^52, and no whole number: at most 16 places. What the digits are more than the whole part stands behind the point. */
static inline char *put_from_half(char *out, double value, nf_decimal d)
{
	const uint64_t whole = (uint64_t)value;

	if (whole < 10)
		*out++ = (char)('0' + whole);
	else
		out = whole < EIGHT_DIGITS ? put_short(out, whole) : nf_put_large(out, whole);
	*out++ = '.';
	return out + nf_put_digits16(out, (d.digits - whole * TENS[d.places]) * TENS[16 - d.places]);
}

/* From 1e-4 to below 0.5: up to three zeros, and 17 digits of which the first may be one more. */
static inline char *put_below_half(char *out, nf_decimal d)
{
	const uint64_t first = d.digits / TENS16;

	memcpy(out, "0.000000", 8);
	out += 2 + d.places - 17;
	*out++ = (char)('0' + first);
	return out + nf_put_digits16(out, d.digits - first * TENS16);
}

/* Below 1e-4. */
static char *put_scientific(char *out, nf_decimal d)
{
	const bool is_short = d.digits < TENS16;
	const uint64_t digits = d.digits * (is_short ? 10 : 1), first = digits / TENS16;
	const int exponent = d.places - 16 + is_short;

	out[0] = (char)('0' + first);
	out[1] = '.';
	const int n = nf_put_digits16(out + 2, digits - first * TENS16);
	out += n ? n + 2 : 1;
	memcpy(out, "e-", 2);
	memcpy(out + 2, nf_digit_pairs + 2 * exponent, 2);
	return out + 4;
}

static inline char *put_whole(char *out, double value)
{
	out = nf_put_unsigned(out, (uint64_t)value);
	memcpy(out, ".0", 2);
	return out + 2;
}

/* No whole number. */
static inline char *put_decimal(char *out, double value, nf_decimal d)
{
	if (value >= 0.5)
		return put_from_half(out, value, d);
	return value >= 1e-4 ? put_below_half(out, d) : put_scientific(out, d);
}

char *nf_put_any_real(char *out, double value)
{
	if (signbit(value)) {
		*out++ = '-';
		value = -value;
	}
	if (nf_real_is_whole(value))
		return put_whole(out, value);
	const nf_decimal decimal = nf_shortest(value);
	/* What has no decimal here is below 1e-4, or from 1e16 on: then std::to_chars has Python's form. */
	return decimal.places ? put_decimal(out, value, decimal) : nf_put_shortest_scientific(out, value);
}

/*
 * One number after the other takes as long as its steps, each of which waits for the one before; the processor cannot see far enough ahead to
 * begin the next number meanwhile. So each loop takes one step of all numbers.
 */
void nf_put_reals(nf_real_text *texts, const double *values, const uint8_t *which, size_t n)
{
	nf_decimal decimals[NF_REALS_MOST];

	for (size_t k = 0; k < n; k++)
		decimals[k] = nf_shortest(values[which[k]]);
	for (size_t k = 0; k < n; k++) {
		nf_real_text *text = &texts[which[k]];
		const double value = values[which[k]];
		char *end;

		if (decimals[k].places)
			end = put_decimal(text->characters, value, decimals[k]);
		else
			end = nf_put_any_real(text->characters, value);
		text->length = (size_t)(end - text->characters);
	}
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
	return ns < EXPONENT_NS ? put_small_seconds(out, ns) : put_billionths(out, ns);
}

char *nf_put_time(char *out, int64_t ns)
{
	uint64_t magnitude = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	if (ns < 0)
		*out++ = '-';
	return put_billionths(out, magnitude);
}
