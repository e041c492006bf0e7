/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our numbers as text against the C and C++ libraries': reals against std::to_chars, integers and times against printf. NF_NUMBERS in the
 * environment says how many random numbers each case tries (default: 1,500,000).
 */
#include "columns/exact.h"
#include "columns/number.h"
#include "columns/shortest.h"
#include "columns/value.h"

#include <glib.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
static int64_t tries;

/* SplitMix64: every bit as random as the next, and the same numbers each time. */
static uint64_t random64(void)
{
	uint64_t x = state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* An integer of any number of bits up to top. */
static uint64_t random_size(unsigned top)
{
	return random64() >> (64 - 1 - random64() % top);
}

static double double_of(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits;
}

char *put_shortest_fixed(char *out, double value); /* shortest_fixed.cc */

/* By std::to_chars, in Python's form. */
static char *put_expected(char *out, double value)
{
	const double size = fabs(value);

	if (signbit(value))
		*out++ = '-';
	if (size != 0 && (size < 1e-4 || size >= 1e16))
		return nf_put_shortest_scientific(out, size);
	char *end = put_shortest_fixed(out, size);
	return size == floor(size) ? mempcpy(end, ".0", 2) : end;
}

static void compare(double value, const char *got, size_t length)
{
	char expected[2 * NF_NUMBER_MAX];

	*put_expected(expected, value) = '\0';
	if (strlen(expected) != length || memcmp(got, expected, length) != 0)
		g_error("%a: expected %s, got %.*s", value, expected, (int)length, got);
}

/* Those that are no whole numbers are kept, and checked together once there are many: half of them, backwards, then the others. */
static void check_together(double value)
{
	static double values[NF_REALS_MOST];
	static size_t kept;
	nf_real_text texts[NF_REALS_MOST];

	if (nf_real_is_whole(fabs(value)))
		return;
	values[kept++] = value;
	if (kept < NF_REALS_MOST)
		return;
	for (size_t odd = 0; odd < 2; odd++) {
		uint8_t which[NF_REALS_MOST];
		size_t n = 0;

		for (size_t i = kept; i-- > 0;)
			if (i % 2 == odd)
				which[n++] = (uint8_t)i;
		nf_put_reals(texts, values, which, n);
	}
	for (size_t i = 0; i < kept; i++) {
		g_assert_cmpuint(texts[i].length, <=, NF_REAL_TEXT_MAX);
		compare(values[i], texts[i].characters, texts[i].length);
	}
	kept = 0;
}

static void check_real(double value)
{
	char got[NF_NUMBER_MAX];

	compare(value, got, (size_t)(nf_put_real(got, value) - got));
	check_together(value);
}

static void check_bits(uint64_t bits)
{
	if (isfinite(double_of(bits)))
		check_real(double_of(bits));
}

/* Every exponent with the fractions at which something may change. */
static void test_real_borders(void)
{
	static const int64_t fractions[] = {0, 1, 2, 3, -1, -2, -3, INT64_C(1) << 51, (INT64_C(1) << 51) - 1, (INT64_C(1) << 51) + 1};

	for (uint64_t exponent = 0; exponent < 2 * 2047; exponent++)
		for (size_t i = 0; i < G_N_ELEMENTS(fractions); i++)
			check_bits((exponent << 52) + (uint64_t)fractions[i]);
	for (int e = -320; e < 309; e++)
		for (int digit = 1; digit < 100; digit++)
			for (int64_t d = -3; d <= 3; d++) {
				char text[16];
				g_snprintf(text, sizeof text, "%de%d", digit, e);
				check_bits(bits_of(strtod(text, NULL)) + (uint64_t)d);
			}
}

/* Doubles with few bits are those that lie in the middle between two decimals. */
static void test_real_few_bits(void)
{
	for (int shift = 0; shift < 90; shift++)
		for (int value = 1; value < 5000; value++)
			check_real(ldexp(value, -shift));
	for (int64_t i = 0; i < tries / 4; i++) {
		const unsigned top = 1 + (unsigned)(random64() % 53);
		check_real(ldexp((double)(random64() >> (64 - top)), -(int)(random64() % 100)));
	}
}

static void test_real_random(void)
{
	for (int64_t i = 0; i < tries; i++)
		check_bits(random64());
}

/* The exponents that nf_shortest() takes. */
static void test_real_random_sizes(void)
{
	int64_t taken = 0;

	for (int64_t i = 0; i < tries; i++) {
		const uint64_t exponent = 1023 - 36 + random64() % 90;
		const double value = double_of(exponent << 52 | random64() >> 12);
		taken += nf_shortest(value).places > 0;
		check_real(value);
	}
	g_assert_cmpint(taken, >, tries * 9 / 10);
}

/* Numbers as flows have them: quotients of integers, and their roots. */
static void test_real_quotients(void)
{
	for (int64_t i = 0; i < tries; i++) {
		const uint64_t a = random_size(40), b = 1 + random_size(random64() % 2 ? 8 : 40);
		check_real((double)a / (double)b);
		check_real((double)a * 1e9 / (double)b);
		check_real(sqrt((double)a / (double)b));
		check_real((double)a / (double)b / 1e9);
	}
}

/* Decimals of few digits are their own shortest text, whatever the search for it finds. */
static void test_real_few_digits(void)
{
	for (int64_t i = 0; i < tries; i++) {
		char got[NF_NUMBER_MAX + 1], expected[64];
		const int places = 1 + (int)(random64() % 9);
		const uint64_t one = (uint64_t)(pow(10, places) + 0.5), units = random_size(49) / 10 * 10 + 1 + random64() % 9;

		g_snprintf(expected, sizeof expected, "%" PRIu64 ".%0*" PRIu64, units / one, places, units % one);
		const double value = strtod(expected, NULL);
		if (value < 1e-4 || units >= UINT64_C(1000000000000000))
			continue;
		*nf_put_real(got, value) = '\0';
		g_assert_cmpstr(got, ==, expected);
	}
}

static void check_integer(uint64_t value)
{
	char got[NF_NUMBER_MAX + 1], expected[32];

	*nf_put_unsigned(got, value) = '\0';
	g_snprintf(expected, sizeof expected, "%" PRIu64, value);
	g_assert_cmpstr(got, ==, expected);
	*nf_put_integer(got, (int64_t)value) = '\0';
	g_snprintf(expected, sizeof expected, "%" PRId64, (int64_t)value);
	g_assert_cmpstr(got, ==, expected);
}

static void test_integers(void)
{
	uint64_t power = 1;

	for (uint64_t value = 0; value < 100000; value++)
		check_integer(value);
	for (int i = 0; i < 20; i++, power *= 10)
		for (uint64_t d = 0; d < 5; d++)
			check_integer(power - 2 + d);
	for (int64_t i = 0; i < tries; i++)
		check_integer(random_size(64));
}

static void check_seconds(uint64_t ns)
{
	char got[NF_NUMBER_MAX + 1], expected[2 * NF_NUMBER_MAX];

	*nf_put_seconds(got, ns) = '\0';
	*put_expected(expected, nf_ratio(ns, 1000000000)) = '\0';
	g_assert_cmpstr(got, ==, expected);

	g_snprintf(expected, sizeof expected, "%" PRIu64 ".%09" PRIu64, ns / 1000000000, ns % 1000000000);
	size_t length = strlen(expected);
	while (expected[length - 1] == '0' && expected[length - 2] != '.')
		expected[--length] = '\0';
	if (ns > INT64_MAX)
		return;
	*nf_put_time(got, (int64_t)ns) = '\0';
	g_assert_cmpstr(got, ==, expected);
}

static void test_seconds(void)
{
	uint64_t power = 1;

	for (uint64_t ns = 0; ns < 200000; ns++)
		check_seconds(ns);
	for (int i = 0; i < 19; i++, power *= 10)
		for (uint64_t digit = 1; digit < 100; digit++)
			for (uint64_t d = 0; d < 5; d++)
				check_seconds(power * digit - 2 + d);
	for (int64_t i = 0; i < tries; i++)
		check_seconds(random_size(64));
}

static void test_octets(void)
{
	for (unsigned i = 0; i < 256; i++) {
		const uint8_t bytes[4] = {(uint8_t)i, (uint8_t)(255 - i), (uint8_t)(i * 7), (uint8_t)i};
		char got[NF_VALUE_PRINT_MAX], expected[INET_ADDRSTRLEN];

		*nf_put_ipv4(got, bytes) = '\0';
		g_assert_cmpstr(got, ==, inet_ntop(AF_INET, bytes, expected, sizeof expected));
	}
}

int main(int argc, char **argv)
{
	const char *n = g_getenv("NF_NUMBERS");

	g_test_init(&argc, &argv, NULL);
	tries = n ? g_ascii_strtoll(n, NULL, 10) : 1500000;
	g_test_add_func("/number/real/borders", test_real_borders);
	g_test_add_func("/number/real/few-bits", test_real_few_bits);
	g_test_add_func("/number/real/random", test_real_random);
	g_test_add_func("/number/real/random-sizes", test_real_random_sizes);
	g_test_add_func("/number/real/quotients", test_real_quotients);
	g_test_add_func("/number/real/few-digits", test_real_few_digits);
	g_test_add_func("/number/integers", test_integers);
	g_test_add_func("/number/seconds", test_seconds);
	g_test_add_func("/number/octets", test_octets);
	return g_test_run();
}
