/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses as texts, against the system's inet_pton(). */
#include "flow/address.h"

#include <glib.h>

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

enum { TRIES = 300000 };

/* A text that is often an address and often nearly one: one that inet_ntop() wrote, with up to two characters changed, put in or taken out. */
static void make_text(GRand *random, int family, GString *text)
{
	const char *const alphabet = family == AF_INET ? "0123456789./" : "0123456789abcdefABCDEF::::/";
	char written[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(g_rand_boolean(random) ? g_rand_int_range(random, 0, 256) : 0);
	g_string_assign(text, inet_ntop(family, bytes, written, sizeof written));
	for (int changes = g_rand_int_range(random, 0, 3); changes > 0 && text->len > 0; changes--) {
		const gssize at = g_rand_int_range(random, 0, (gint32)text->len);
		const char c = alphabet[g_rand_int_range(random, 0, (gint32)strlen(alphabet))];

		switch (g_rand_int_range(random, 0, 3)) {
		case 0: text->str[at] = c; break;
		case 1: g_string_insert_c(text, at, c); break;
		default: g_string_erase(text, at, 1); break;
		}
	}
}

/* inet_pton() takes no zeros in front of an IPv4 number, and the dotted end of an IPv6 address, which are not compared. */
static bool is_compared(int family, const char *text)
{
	if (family == AF_INET6)
		return !strchr(text, '.');
	for (const char *c = text; *c; c++)
		if (*c == '0' && g_ascii_isdigit(c[1]) && (c == text || c[-1] == '.'))
			return false;
	return true;
}

static void compare(gconstpointer data)
{
	const int family = *(const int *)data;
	const size_t bytes = family == AF_INET ? 4 : 16;
	GRand *random = g_rand_new_with_seed(1);
	GString *text = g_string_new(NULL);
	int good = 0;

	for (int i = 0; i < TRIES; i++) {
		uint8_t expected[16] = {0}, got[16] = {0};

		make_text(random, family, text);
		if (!is_compared(family, text->str))
			continue;
		const bool is_address = inet_pton(family, text->str, expected) == 1;
		const char *end = family == AF_INET ? nf_parse_ipv4(text->str, got) : nf_parse_ipv6(text->str, got);
		if (is_address != (end && !*end))
			g_error("'%s' is %s address", text->str, is_address ? "an" : "no");
		if (is_address && memcmp(got, expected, bytes) != 0)
			g_error("'%s' is read as another address", text->str);
		good += is_address;
	}
	g_assert_cmpint(good, >, TRIES / 4);
	g_assert_cmpint(good, <, TRIES * 3 / 4);
	g_string_free(text, TRUE);
	g_rand_free(random);
}

static void test_prefix(void)
{
	unsigned bits;
	const char *const behind = ",x";

	g_assert_true(nf_parse_prefix(behind, 32, &bits) == behind);
	g_assert_cmpuint(bits, ==, 32);
	g_assert_cmpstr(nf_parse_prefix("/0,", 32, &bits), ==, ",");
	g_assert_cmpuint(bits, ==, 0);
	g_assert_cmpstr(nf_parse_prefix("/128", 128, &bits), ==, "");
	g_assert_cmpuint(bits, ==, 128);
	g_assert_null(nf_parse_prefix("/33", 32, &bits));
	g_assert_null(nf_parse_prefix("/", 32, &bits));
	g_assert_null(nf_parse_prefix("/x", 32, &bits));
}

int main(int argc, char **argv)
{
	static const int families[] = {AF_INET, AF_INET6};

	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/address/ipv4", &families[0], compare);
	g_test_add_data_func("/address/ipv6", &families[1], compare);
	g_test_add_func("/address/prefix", test_prefix);
	return g_test_run();
}
