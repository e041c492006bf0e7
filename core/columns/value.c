/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A value as a number and as text. */
#include "value.h"

#include "exact.h"

#include <netflower/columns.h>

#include <string.h>

_Static_assert((int)NF_NUMBER_MAX < (int)NF_VALUE_PRINT_MAX, "every number fits where every value fits");

/* 0 to 255, each with a point behind it. */
#define OCTET(text) {text ".", sizeof text},
#define TEN(tens) OCTET(tens "0") OCTET(tens "1") OCTET(tens "2") OCTET(tens "3") OCTET(tens "4") OCTET(tens "5") OCTET(tens "6") OCTET(tens "7") OCTET(tens "8") OCTET(tens "9")
#define HUNDRED(hundreds) \
	TEN(hundreds "0") TEN(hundreds "1") TEN(hundreds "2") TEN(hundreds "3") TEN(hundreds "4") \
	TEN(hundreds "5") TEN(hundreds "6") TEN(hundreds "7") TEN(hundreds "8") TEN(hundreds "9")
static const struct {
	char text[4];
	uint8_t length;
} octets[] = {
	TEN("") TEN("1") TEN("2") TEN("3") TEN("4") TEN("5") TEN("6") TEN("7") TEN("8") TEN("9") HUNDRED("1")
	TEN("20") TEN("21") TEN("22") TEN("23") TEN("24") OCTET("250") OCTET("251") OCTET("252") OCTET("253") OCTET("254") OCTET("255")};
#undef HUNDRED
#undef TEN
#undef OCTET
_Static_assert(sizeof octets / sizeof *octets == 256, "one text for each octet");

char *nf_put_ipv4(char *out, const uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		memcpy(out, octets[bytes[i]].text, 4);
		out += octets[bytes[i]].length;
	}
	return out - 1;
}

static char *put_hex(char *out, unsigned group)
{
	int shift = 12;

	while (shift > 0 && group >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*out++ = "0123456789abcdef"[group >> shift & 15];
	return out;
}

/* RFC 5952: the longest run of two or more zero groups, the first of equals, becomes "::". */
char *nf_put_ipv6(char *out, const uint8_t *bytes)
{
	unsigned group[8];
	int run = 0, run_length = 1;

	for (int i = 0; i < 8; i++)
		group[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
	for (int i = 0, length; i < 8; i += length ? length : 1) {
		for (length = 0; i + length < 8 && group[i + length] == 0; length++)
			;
		if (length > run_length) {
			run = i;
			run_length = length;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (run_length > 1 && i == run) {
			*out++ = ':';
			i += run_length - 1;
			if (i == 7)
				*out++ = ':';
			continue;
		}
		if (i > 0)
			*out++ = ':';
		out = put_hex(out, group[i]);
	}
	return out;
}

double nf_value_double(const nf_value *value)
{
	switch (value->kind) {
	case NF_VALUE_INT: return (double)value->u.integer;
	case NF_VALUE_JAVA:
	case NF_VALUE_REAL: return value->u.real;
	case NF_VALUE_SECONDS: return nf_ratio(value->u.ns, 1000000000u);
	case NF_VALUE_TIME:
		return value->u.integer < 0 ? -nf_ratio(0 - (uint64_t)value->u.integer, 1000000000u)
					    : nf_ratio((uint64_t)value->u.integer, 1000000000u);
	case NF_VALUE_TEXT:
	case NF_VALUE_KEY:
	case NF_VALUE_KEY_REVERSED:
	case NF_VALUE_IPV4:
	case NF_VALUE_IPV6: break;
	}
	return 0.0;
}

static size_t print_text(const char *text, char *out, size_t size)
{
	size_t length = strlen(text);

	if (length >= size)
		length = size - 1;
	memcpy(out, text, length);
	out[length] = '\0';
	return length;
}

size_t nf_value_print(const nf_value *value, char *out, size_t size)
{
	if (value->kind == NF_VALUE_TEXT)
		return print_text(value->u.text, out, size);
	char *end = nf_put_value(out, value);
	*end = '\0';
	return (size_t)(end - out);
}
