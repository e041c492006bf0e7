/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "java.h"

#include "number.h"
#include "shortest.h"
#include "value.h"

#include <math.h>
#include <string.h>

/* Whole numbers below it are doubles, and so far apart that their own digits are the shortest. */
static const double WHOLE = 9007199254740992.0;

/* 0.d1d2d3... x 10^point. */
typedef struct digits {
	char text[NF_NUMBER_MAX];
	int n, point;
} digits;

static void cut_zeros(digits *d)
{
	while (d->n > 1 && d->text[d->n - 1] == '0')
		d->n--;
}

static void of_integer(digits *d, uint64_t value, int places)
{
	d->n = (int)(nf_put_unsigned(d->text, value) - d->text);
	d->point = d->n - places;
	cut_zeros(d);
}

/* From "d.ddde-dd". */
static void of_scientific(digits *d, double value)
{
	char text[NF_NUMBER_MAX];
	const char *const end = nf_put_shortest_scientific(text, value), *c = text;
	int exponent = 0;

	d->n = 0;
	for (; *c != 'e'; c++)
		if (*c != '.')
			d->text[d->n++] = *c;
	const bool negative = *++c == '-';
	for (c++; c < end; c++)
		exponent = exponent * 10 + (*c - '0');
	d->point = (negative ? -exponent : exponent) + 1;
	cut_zeros(d);
}

static char *put_plain(char *out, const digits *d)
{
	int i = 0;

	if (d->point <= 0)
		*out++ = '0';
	for (; i < d->point; i++)
		*out++ = i < d->n ? d->text[i] : '0';
	*out++ = '.';
	for (int zeros = d->point; zeros < 0; zeros++)
		*out++ = '0';
	if (i >= d->n)
		*out++ = '0';
	for (; i < d->n; i++)
		*out++ = d->text[i];
	return out;
}

static char *put_with_exponent(char *out, const digits *d)
{
	*out++ = d->text[0];
	*out++ = '.';
	if (d->n == 1)
		*out++ = '0';
	memcpy(out, d->text + 1, (size_t)d->n - 1);
	out += d->n - 1;
	*out++ = 'E';
	return nf_put_integer(out, d->point - 1);
}

static char *put_word(char *out, const char *word)
{
	const size_t n = strlen(word);

	memcpy(out, word, n);
	return out + n;
}

char *nf_put_java(char *out, double value)
{
	digits d;

	if (isnan(value))
		return put_word(out, "NaN");
	if (signbit(value)) {
		*out++ = '-';
		value = -value;
	}
	if (value == 0)
		return put_word(out, "0.0");
	if (isinf(value))
		return put_word(out, "Infinity");
	if (value < WHOLE && value == (double)(uint64_t)value) {
		of_integer(&d, (uint64_t)value, 0);
	} else {
		const nf_decimal decimal = nf_shortest(value);
		if (decimal.places)
			of_integer(&d, decimal.digits, decimal.places);
		else
			of_scientific(&d, value);
	}
	return value >= 1e-3 && value < 1e7 ? put_plain(out, &d) : put_with_exponent(out, &d);
}

static char *put_address(char *out, const nf_key *key, int side)
{
	return key->ip_version == 6 ? nf_put_ipv6(out, key->address[side]) : nf_put_ipv4(out, key->address[side]);
}

char *nf_put_key(char *out, const nf_key *key, int first)
{
	for (int i = 0; i < 2; i++) {
		out = put_address(out, key, first ^ i);
		*out++ = '-';
	}
	for (int i = 0; i < 2; i++) {
		out = nf_put_unsigned(out, key->port[first ^ i]);
		*out++ = '-';
	}
	return nf_put_unsigned(out, key->protocol);
}
