/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No printf() of a double and no %' here: a program that hosts us may have set a locale with other points and commas. */
#include <netflower/summary.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATOR " \xc2\xb7 " /* U+00B7, a middle dot */

/* Text that grows. Out of memory is kept until the end: text is then NULL. */
typedef struct text {
	char *bytes;
	size_t used, size;
	bool failed;
} text;

static void put(text *t, const char *bytes, size_t n)
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

static void puts_to(text *t, const char *string)
{
	put(t, string, strlen(string));
}

NF_PRINTF(2, 3) static void print(text *t, const char *format, ...)
{
	char line[128];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	puts_to(t, line);
}

static char *result(text *t)
{
	if (!t->failed)
		return t->bytes;
	free(t->bytes);
	return NULL;
}

/* Seconds in parts, rounded: 0.207 in hundredths is 21. */
static uint64_t seconds_in(double seconds, uint64_t parts)
{
	return seconds > 0 && seconds < 1e12 ? (uint64_t)(seconds * (double)parts + 0.5) : 0;
}

/* The bytes of the UTF-8 character at s, 1 to 4; 0: there is none (RFC 3629: shortest form, no surrogates, up to U+10FFFF). */
static size_t utf8_length(const unsigned char *s)
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

/* A name for a terminal. Other bytes than UTF-8 stay, since the terminal may use another encoding; C1 controls do not. */
static void put_name(text *t, const char *name)
{
	if (strcmp(name, "-") == 0)
		name = "standard input";
	for (const unsigned char *s = (const unsigned char *)name; *s;) {
		size_t n = utf8_length(s);
		bool control = *s < 0x20 || *s == 0x7f || (n == 2 && s[0] == 0xc2 && s[1] < 0xa0);
		if (n == 0)
			n = 1;
		if (control)
			put(t, "?", 1);
		else
			put(t, (const char *)s, n);
		s += n;
	}
}

static void put_files(text *t, const nf_summary *summary)
{
	char count[NF_SUMMARY_NUMBER_MAX];

	if (summary->n_files == 1)
		put_name(t, summary->files[0]);
	else
		print(t, "%s %s", nf_summary_count(summary->n_files, count), summary->live ? "interfaces" : "files");
}

/* One reason with its number. */
typedef struct item {
	const char *text, *option;
	uint64_t n;
} item;

static void put_items(text *t, const item *items, size_t n)
{
	char count[NF_SUMMARY_NUMBER_MAX];

	for (size_t i = 0; i < n; i++) {
		print(t, "%s%s %s", i ? SEPARATOR : "   ", items[i].text, nf_summary_count(items[i].n, count));
		if (items[i].option)
			print(t, " (%s)", items[i].option);
	}
}

static uint64_t sum(const uint64_t *numbers, size_t n)
{
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += numbers[i];
	return total;
}

/* The option that would take such frames; NULL: there is none, or it is set. */
static const char *hint(const nf_summary *summary, nf_skip skip)
{
	return summary->decode && nf_decode_takes(summary->decode, skip) ? NULL : nf_skip_option(skip);
}

/* The skip reasons that occurred, the largest first, equal ones in the order of the table. */
static size_t skips_of(const nf_summary *summary, item items[NF_SKIP_COUNT])
{
	const nf_stats *stats = summary->stats;
	size_t n = 0;

	for (unsigned skip = NF_SKIP_NONE + 1; skip < NF_SKIP_COUNT; skip++) {
		size_t at = n;
		if (stats->skipped[skip] == 0)
			continue;
		for (; at > 0 && items[at - 1].n < stats->skipped[skip]; at--)
			items[at] = items[at - 1];
		items[at] = (item){nf_skip_text((nf_skip)skip), hint(summary, (nf_skip)skip), stats->skipped[skip]};
		n++;
	}
	return n;
}

static size_t ends_of(const nf_stats *stats, item items[NF_END_COUNT])
{
	size_t n = 0;

	for (unsigned end = 0; end < NF_END_COUNT; end++)
		if (stats->ended[end] > 0)
			items[n++] = (item){nf_end_reason_name((nf_end_reason)end), NULL, stats->ended[end]};
	return n;
}

static void put_line(text *t, const char *label, uint64_t n, int width, const item *items, size_t n_items)
{
	char count[NF_SUMMARY_NUMBER_MAX];

	print(t, "  %-7s  %*s", label, width, nf_summary_count(n, count));
	put_items(t, items, n_items);
	puts_to(t, "\n");
}

static int width_of(const uint64_t *numbers, size_t n)
{
	size_t width = 0;
	char count[NF_SUMMARY_NUMBER_MAX];

	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(nf_summary_count(numbers[i], count));
		width = length > width ? length : width;
	}
	return (int)width;
}

static void put_first_line(text *t, const nf_summary *summary)
{
	char frames[NF_SUMMARY_NUMBER_MAX], size[NF_SUMMARY_NUMBER_MAX], whole[NF_SUMMARY_NUMBER_MAX];
	uint64_t hundredths = seconds_in(summary->seconds, 100);

	print(t, "%s: ", summary->program);
	put_files(t, summary);
	print(t, ":%s %s frame%s, %s in %s.%02u s\n", summary->so_far ? " so far" : "", nf_summary_count(summary->stats->frames, frames),
	      summary->stats->frames == 1 ? "" : "s", nf_summary_size(summary->bytes, size), nf_summary_count(hundredths / 100, whole),
	      (unsigned)(hundredths % 100));
}

static void put_seconds(text *t, double seconds)
{
	const uint64_t milliseconds = seconds_in(seconds, 1000);

	print(t, "%" PRIu64 ".%03u s", milliseconds / 1000, (unsigned)(milliseconds % 1000));
}

/* What the capture lost, and how late the rows are. */
static void put_capture(text *t, const nf_summary *summary, int width)
{
	char count[NF_SUMMARY_NUMBER_MAX];
	const item drops[] = {{"dropped", NULL, summary->dropped}, {"dropped by interface", NULL, summary->interface_dropped}};

	print(t, "  %-7s  %*s", "capture", width, nf_summary_count(summary->received, count));
	put_items(t, drops, summary->interface_dropped > 0 ? 2 : 1);
	if (summary->live) {
		puts_to(t, SEPARATOR "rows late by ");
		put_seconds(t, summary->so_far ? summary->lag_lately : summary->lag);
		if (summary->so_far) {
			puts_to(t, ", at most ");
			put_seconds(t, summary->lag);
		}
	}
	puts_to(t, "\n");
}

char *nf_summary_text(const nf_summary *summary)
{
	const nf_stats *stats = summary->stats;
	const uint64_t numbers[] = {stats->used, sum(stats->skipped, NF_SKIP_COUNT), sum(stats->ended, NF_END_COUNT),
				    summary->so_far ? stats->alive : 0, summary->received, summary->dropped};
	const int width = width_of(numbers, sizeof numbers / sizeof *numbers);
	item skips[NF_SKIP_COUNT], ends[NF_END_COUNT];
	text t = {0};

	put_first_line(&t, summary);
	put_line(&t, "used", numbers[0], width, NULL, 0);
	put_line(&t, "skipped", numbers[1], width, skips, skips_of(summary, skips));
	put_line(&t, "flows", numbers[2], width, ends, ends_of(stats, ends));
	if (summary->so_far)
		put_line(&t, "open", numbers[3], width, NULL, 0);
	if (summary->live || summary->received > 0)
		put_capture(&t, summary, width);
	return result(&t);
}

char *nf_summary_why_unused(const nf_summary *summary)
{
	const nf_stats *stats = summary->stats;
	item skips[NF_SKIP_COUNT];
	size_t n = skips_of(summary, skips);
	char count[NF_SUMMARY_NUMBER_MAX];
	text t = {0};

	if (stats->frames == 0 || stats->used > 0 || n == 0)
		return NULL;
	if (stats->frames == 1)
		puts_to(&t, "the only frame was skipped:");
	else
		print(&t, "all %s frames were skipped:", nf_summary_count(stats->frames, count));
	for (size_t i = 0; i < n; i++) {
		print(&t, "%s %s", i ? "," : "", skips[i].text);
		if (n > 1)
			print(&t, " %s", nf_summary_count(skips[i].n, count));
		if (skips[i].option)
			print(&t, " (%s)", skips[i].option);
	}
	return result(&t);
}

/* A JSON string (RFC 8259, 7). */
static void put_string(text *t, const char *string)
{
	put(t, "\"", 1);
	for (const unsigned char *s = (const unsigned char *)string; *s;) {
		size_t n = utf8_length(s);
		if (*s == '"' || *s == '\\')
			print(t, "\\%c", *s);
		else if (*s < 0x20)
			print(t, "\\u%04x", *s);
		else if (n == 0)
			puts_to(t, "\xef\xbf\xbd");
		else
			put(t, (const char *)s, n);
		s += n ? n : 1;
	}
	put(t, "\"", 1);
}

static void put_numbers(text *t, const char *key, const item *items, size_t n)
{
	print(t, ",\"%s\":{", key);
	for (size_t i = 0; i < n; i++)
		print(t, "%s\"%s\":%" PRIu64, i ? "," : "", items[i].text, items[i].n);
	puts_to(t, "}");
}

/* What became of the frames: all reasons are there, those that did not occur with 0. */
static void put_counts(text *t, const nf_stats *stats, uint64_t rows)
{
	item skips[NF_SKIP_COUNT - 1], ends[NF_END_COUNT];

	for (unsigned skip = NF_SKIP_NONE + 1; skip < NF_SKIP_COUNT; skip++)
		skips[skip - 1] = (item){nf_skip_name((nf_skip)skip), NULL, stats->skipped[skip]};
	for (unsigned end = 0; end < NF_END_COUNT; end++)
		ends[end] = (item){nf_end_reason_name((nf_end_reason)end), NULL, stats->ended[end]};
	print(t, ",\"used\":%" PRIu64, stats->used);
	put_numbers(t, "skipped", skips, NF_SKIP_COUNT - 1);
	put_numbers(t, "flows", ends, NF_END_COUNT);
	print(t, ",\"rows\":%" PRIu64, rows);
}

static void put_outputs(text *t, const nf_summary *summary)
{
	if (summary->n_outputs < 2)
		return;
	puts_to(t, ",\"outputs\":[");
	for (size_t i = 0; i < summary->n_outputs; i++) {
		const nf_summary_output *output = &summary->outputs[i];
		print(t, "%s{\"format\":\"%s\",\"file\":", i ? "," : "", output->format);
		put_string(t, output->name);
		put_counts(t, output->stats, output->rows);
		puts_to(t, "}");
	}
	puts_to(t, "]");
}

char *nf_summary_json(const nf_summary *summary)
{
	const uint64_t microseconds = seconds_in(summary->seconds, 1000000);
	text t = {0};

	puts_to(&t, "{\"files\":[");
	for (size_t i = 0; i < summary->n_files; i++) {
		puts_to(&t, i ? "," : "");
		put_string(&t, summary->files[i]);
	}
	print(&t, "],\"frames\":%" PRIu64, summary->stats->frames);
	put_counts(&t, summary->stats, summary->rows);
	put_outputs(&t, summary);
	print(&t, ",\"bytes\":%" PRIu64 ",\"seconds\":%" PRIu64 ".%06u", summary->bytes, microseconds / 1000000, (unsigned)(microseconds % 1000000));
	print(&t, ",\"capture\":{\"received\":%" PRIu64 ",\"dropped\":%" PRIu64, summary->received, summary->dropped);
	if (summary->live || summary->received > 0)
		print(&t, ",\"interface_dropped\":%" PRIu64, summary->interface_dropped);
	if (summary->live)
		print(&t, ",\"lag\":%" PRIu64 ".%06u", seconds_in(summary->lag, 1000000) / 1000000,
		      (unsigned)(seconds_in(summary->lag, 1000000) % 1000000));
	puts_to(&t, "}}\n");
	return result(&t);
}
