/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers and keys as CICFlowMeter writes them. The texts are those of the Java Language's Double.toString() (JDK 19 and later). */
#include "columns/java.h"
#include "columns/number.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void expect(double value, const char *expected)
{
	char text[NF_NUMBER_MAX + 1];

	*nf_put_java(text, value) = '\0';
	g_assert_cmpstr(text, ==, expected);
}

static void test_forms(void)
{
	expect(0.0, "0.0");
	expect(174.0, "174.0");
	expect(0.0125, "0.0125");
	expect(10781512.0, "1.0781512E7");
	expect(0.0005, "5.0E-4");
	expect(0.001, "0.001");
	expect(0.00099999999999999, "9.9999999999999E-4");
	expect(9999999.0, "9999999.0");
	expect(9999999.999, "9999999.999");
	expect(10000000.0, "1.0E7");
	expect(-2.5, "-2.5");
	expect(-2.0e8, "-2.0E8");
	expect(1.0 / 3.0, "0.3333333333333333");
	expect(2.0e23, "2.0E23");
	expect(0.1 + 0.2, "0.30000000000000004");
	expect(9007199254740992.0, "9.007199254740992E15");
	expect(NAN, "NaN");
	expect(INFINITY, "Infinity");
	expect(-INFINITY, "-Infinity");
}

/* Any number reads back as itself, and no text with a digit less does. */
static void test_shortest(void)
{
	GRand *random = g_rand_new_with_seed(7);

	for (int i = 0; i < 200000; i++) {
		const double value = ldexp(g_rand_double(random), g_rand_int_range(random, -40, 70));
		char text[NF_NUMBER_MAX + 1], shorter[64];
		int digits = 0;

		*nf_put_java(text, value) = '\0';
		g_assert_true(g_ascii_strtod(text, NULL) == value);
		const char *begin = text + strspn(text, "0.");
		for (const char *c = begin; *c && *c != 'E'; c++)
			digits += *c != '.';
		g_snprintf(shorter, sizeof shorter, "%.*e", digits - 2 > 0 ? digits - 2 : 0, value);
		if (digits > 2)
			g_assert_false(g_ascii_strtod(shorter, NULL) == value);
	}
	g_rand_free(random);
}

static void test_keys(void)
{
	nf_key key = {.address = {{10, 0, 0, 1}, {255, 255, 255, 255}}, .port = {65535, 80}, .protocol = 17, .ip_version = 4};
	char text[96 + 1];

	*nf_put_key(text, &key, 0) = '\0';
	g_assert_cmpstr(text, ==, "10.0.0.1-255.255.255.255-65535-80-17");
	*nf_put_key(text, &key, 1) = '\0';
	g_assert_cmpstr(text, ==, "255.255.255.255-10.0.0.1-80-65535-17");
}

/* IPv6 addresses stand in a Flow ID in the form of RFC 5952. */
static void test_keys_ipv6(void)
{
	nf_key key = {.port = {65535, 65535}, .protocol = 132, .ip_version = 6};
	char text[96 + 1];

	memset(key.address, 0xff, sizeof key.address);
	*nf_put_key(text, &key, 0) = '\0';
	g_assert_cmpstr(text, ==,
			"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff-65535-65535-132");
	g_assert_cmpuint(strlen(text), <=, 96);
	memset(key.address, 0, sizeof key.address);
	key.address[0][15] = 1;
	*nf_put_key(text, &key, 0) = '\0';
	g_assert_cmpstr(text, ==, "::1-::-65535-65535-132");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/java/nf_put_java/forms", test_forms);
	g_test_add_func("/java/nf_put_java/shortest", test_shortest);
	g_test_add_func("/java/nf_put_key/ipv4", test_keys);
	g_test_add_func("/java/nf_put_key/ipv6", test_keys_ipv6);
	return g_test_run();
}
