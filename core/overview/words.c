/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No printf() of a double and no %' here: a program that hosts us may have set a locale with other points and commas. */
#include "words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void nf_words_put(nf_words *t, const char *bytes, size_t n)
{
	if (t->failed)
		return;
	if (t->size - t->used <= n) {
		size_t size = 2 * (t->size + n + 1);
		char *larger = realloc(t->bytes, size);
		if (!larger) {
			t->failed = true;
			return;
		}
		t->bytes = larger;
		t->size = size;
	}
	memcpy(t->bytes + t->used, bytes, n);
	t->used += n;
	t->bytes[t->used] = '\0';
}

void nf_words_puts(nf_words *t, const char *string)
{
	nf_words_put(t, string, strlen(string));
}

void nf_words_print(nf_words *t, const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	nf_words_puts(t, line);
}

void nf_words_cut(nf_words *t, size_t used)
{
	if (t->failed || used >= t->used)
		return;
	t->used = used;
	t->bytes[used] = '\0';
}

char *nf_words_result(nf_words *t)
{
	if (!t->failed)
		return t->bytes;
	free(t->bytes);
	return NULL;
}

size_t nf_utf8_length(const unsigned char *s)
{
	static const struct {
		unsigned char first, last, second_first, second_last;
		size_t length;
	} forms[] = {
		{0x00, 0x7f, 0, 0, 1},          {0xc2, 0xdf, 0x80, 0xbf, 2},    {0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3},    {0xed, 0xed, 0x80, 0x9f, 3},    {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4},    {0xf1, 0xf3, 0x80, 0xbf, 4},    {0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (s[0] < forms[i].first || s[0] > forms[i].last)
			continue;
		if (forms[i].length > 1 && (s[1] < forms[i].second_first || s[1] > forms[i].second_last))
			return 0;
		for (size_t j = 2; j < forms[i].length; j++)
			if (s[j] < 0x80 || s[j] > 0xbf)
				return 0;
		return forms[i].length;
	}
	return 0;
}

/* C1 controls are two bytes in UTF-8; what is no UTF-8 may be one of them to a terminal with another encoding. */
void nf_words_name(nf_words *t, const char *name)
{
	if (strcmp(name, "-") == 0)
		name = "standard input";
	for (const unsigned char *s = (const unsigned char *)name; *s;) {
		const size_t n = nf_utf8_length(s);
		const bool safe = n > 0 && *s >= 0x20 && *s != 0x7f && !(n == 2 && s[0] == 0xc2 && s[1] < 0xa0);

		nf_words_put(t, safe ? (const char *)s : "?", safe ? n : 1);
		s += n > 0 ? n : 1;
	}
}

void nf_words_json(nf_words *t, const char *string)
{
	nf_words_put(t, "\"", 1);
	for (const unsigned char *s = (const unsigned char *)string; *s;) {
		size_t n = nf_utf8_length(s);
		if (*s == '"' || *s == '\\')
			nf_words_print(t, "\\%c", *s);
		else if (*s < 0x20)
			nf_words_print(t, "\\u%04x", *s);
		else if (n == 0)
			nf_words_puts(t, "\xef\xbf\xbd");
		else
			nf_words_put(t, (const char *)s, n);
		s += n ? n : 1;
	}
	nf_words_put(t, "\"", 1);
}

char *nf_summary_count(uint64_t n, char out[NF_SUMMARY_NUMBER_MAX])
{
	char digits[NF_SUMMARY_NUMBER_MAX];
	int length = snprintf(digits, sizeof digits, "%" PRIu64, n);
	char *to = out;

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return out;
}

char *nf_summary_size(uint64_t bytes, char out[NF_SUMMARY_NUMBER_MAX])
{
	static const char *const units[] = {"B", "kB", "MB", "GB"};
	enum { LARGEST = sizeof units / sizeof *units - 1 };
	uint64_t unit = 1;
	size_t i = 0;
	char whole[NF_SUMMARY_NUMBER_MAX];

	/* 999,950 is no longer 999.9 kB, rounded. */
	while (i < LARGEST && bytes >= 1000 * unit - (i ? unit / 20 : 0)) {
		unit *= 1000;
		i++;
	}
	if (i == 0) {
		snprintf(out, NF_SUMMARY_NUMBER_MAX, "%" PRIu64 " B", bytes);
		return out;
	}
	uint64_t tenths = bytes / unit * 10 + (bytes % unit + unit / 20) / (unit / 10);
	nf_summary_count(tenths / 10, whole);
	snprintf(out, NF_SUMMARY_NUMBER_MAX, "%.20s.%u %s", whole, (unsigned)(tenths % 10), units[i]);
	return out;
}

static char *tenths_of(uint64_t tenths, const char *unit, char out[NF_WORDS_ROOM])
{
	char whole[NF_SUMMARY_NUMBER_MAX];

	snprintf(out, NF_WORDS_ROOM, "%s.%u %s", nf_summary_count(tenths / 10, whole), (unsigned)(tenths % 10), unit);
	return out;
}

static char *two_units(uint64_t large, const char *large_unit, uint64_t small, const char *small_unit, char out[NF_WORDS_ROOM])
{
	char whole[NF_SUMMARY_NUMBER_MAX];

	snprintf(out, NF_WORDS_ROOM, "%s %s %02" PRIu64 " %s", nf_summary_count(large, whole), large_unit, small, small_unit);
	return out;
}

char *nf_words_duration(uint64_t ns, bool ascii, char out[NF_WORDS_ROOM])
{
	const uint64_t tenths = ns / 100000000 + (ns % 100000000 >= 50000000), seconds = ns / 1000000000 + (ns % 1000000000 >= 500000000);

	if (ns == 0)
		return tenths_of(0, "s", out);
	if (ns < 999950)
		return tenths_of((ns + 50) / 100, ascii ? "us" : "\xc2\xb5s", out);
	if (ns < 999950000)
		return tenths_of((ns + 50000) / 100000, "ms", out);
	if (tenths < 600)
		return tenths_of(tenths, "s", out);
	if (seconds < 3600)
		return two_units(seconds / 60, "min", seconds % 60, "s", out);
	if (seconds < 86400)
		return two_units(seconds / 3600, "h", seconds % 3600 / 60, "min", out);
	return two_units(seconds / 86400, "d", seconds % 86400 / 3600, "h", out);
}

char *nf_words_rate(uint64_t bytes, uint64_t ns, char out[NF_WORDS_ROOM])
{
	static const char *const units[] = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s"};
	size_t i = 0;

	if (ns == 0)
		return strcpy(out, "-");
	unsigned __int128 tenths = ((unsigned __int128)bytes * 8 * 10 * 1000000000 + ns / 2) / ns;
	for (; tenths >= 9999 && i + 1 < sizeof units / sizeof *units; i++)
		tenths = (tenths + 500) / 1000;
	return tenths_of(tenths > UINT64_MAX ? UINT64_MAX : (uint64_t)tenths, units[i], out);
}

char *nf_words_share(uint64_t part, uint64_t whole, char out[NF_WORDS_ROOM])
{
	if (whole == 0)
		return strcpy(out, "-");
	return tenths_of((uint64_t)(((unsigned __int128)part * 1000 + whole / 2) / whole), "%", out);
}
