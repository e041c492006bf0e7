/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "address.h"

#include <stddef.h>
#include <string.h>

/* Up to four digits. NULL: there is none, or it is more. */
static const char *parse_number(const char *at, unsigned most, unsigned *value)
{
	unsigned n = 0, digits = 0;

	for (; *at >= '0' && *at <= '9' && digits < 4; at++, digits++)
		n = n * 10 + (unsigned)(*at - '0');
	*value = n;
	return digits > 0 && n <= most ? at : NULL;
}

const char *nf_parse_ipv4(const char *at, uint8_t address[4])
{
	for (int i = 0; i < 4; i++) {
		unsigned value;

		if (i > 0 && *at++ != '.')
			return NULL;
		at = parse_number(at, 255, &value);
		if (!at)
			return NULL;
		address[i] = (uint8_t)value;
	}
	return at;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Up to four digits. NULL: there is none, or there are more. */
static const char *parse_group(const char *at, unsigned *group)
{
	int digits = 0;

	*group = 0;
	for (; hex_digit(*at) >= 0; at++, digits++)
		*group = *group << 4 | (unsigned)hex_digit(*at);
	return digits >= 1 && digits <= 4 ? at : NULL;
}

const char *nf_parse_ipv6(const char *at, uint8_t address[16])
{
	uint8_t groups[16] = {0};
	int n = 0, zeros = -1;

	if (at[0] == ':' && at[1] == ':') {
		zeros = 0;
		at += 2;
	}
	while (n < 8 && hex_digit(*at) >= 0) {
		unsigned group;

		at = parse_group(at, &group);
		if (!at)
			return NULL;
		groups[2 * n] = (uint8_t)(group >> 8);
		groups[2 * n + 1] = (uint8_t)group;
		n++;
		if (at[0] == ':' && at[1] == ':' && zeros < 0) {
			zeros = n;
			at += 2;
		} else if (at[0] == ':' && hex_digit(at[1]) >= 0) {
			at++;
		} else {
			break;
		}
	}
	if (zeros < 0 ? n != 8 : n == 8)
		return NULL;
	if (zeros < 0)
		zeros = n;
	memset(address, 0, 16);
	memcpy(address, groups, (size_t)zeros * 2);
	memcpy(address + 16 - (n - zeros) * 2, groups + zeros * 2, (size_t)(n - zeros) * 2);
	return at;
}

const char *nf_parse_prefix(const char *at, unsigned most, unsigned *bits)
{
	*bits = most;
	return *at == '/' ? parse_number(at + 1, most, bits) : at;
}
