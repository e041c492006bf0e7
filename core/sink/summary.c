/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No printf() of a double and no %' here: a program that hosts us may have set a locale with other points and commas. */
#include <netflower/summary.h>

#include "overview/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATOR " \xc2\xb7 " /* U+00B7, a middle dot */

/* Seconds in parts, rounded: 0.207 in hundredths is 21. */
static uint64_t seconds_in(double seconds, uint64_t parts)
{
	return seconds > 0 && seconds < 1e12 ? (uint64_t)(seconds * (double)parts + 0.5) : 0;
}

/* A name for a terminal, not as strict as nf_words_name(): other bytes than UTF-8 stay, since it may be needed to find the file again. C1 controls do not. */
static void put_name(nf_words *t, const char *name)
{
	if (strcmp(name, "-") == 0)
		name = "standard input";
	for (const unsigned char *s = (const unsigned char *)name; *s;) {
		size_t n = nf_utf8_length(s);
		bool control = *s < 0x20 || *s == 0x7f || (n == 2 && s[0] == 0xc2 && s[1] < 0xa0);
		if (n == 0)
			n = 1;
		if (control)
			nf_words_put(t, "?", 1);
		else
			nf_words_put(t, (const char *)s, n);
		s += n;
	}
}

static void put_files(nf_words *t, const nf_summary *summary)
{
	char count[NF_SUMMARY_NUMBER_MAX];

	if (summary->n_files == 1)
		put_name(t, summary->files[0]);
	else
		nf_words_print(t, "%s %s", nf_summary_count(summary->n_files, count), summary->live ? "interfaces" : "files");
}

/* One reason with its number. */
typedef struct item {
	const char *text, *option;
	uint64_t n;
} item;

static void put_items(nf_words *t, const item *items, size_t n)
{
	char count[NF_SUMMARY_NUMBER_MAX];

	for (size_t i = 0; i < n; i++) {
		nf_words_print(t, "%s%s %s", i ? SEPARATOR : "   ", items[i].text, nf_summary_count(items[i].n, count));
		if (items[i].option)
			nf_words_print(t, " (%s)", items[i].option);
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

static void put_line(nf_words *t, const char *label, uint64_t n, int width, const item *items, size_t n_items)
{
	char count[NF_SUMMARY_NUMBER_MAX];

	nf_words_print(t, "  %-7s  %*s", label, width, nf_summary_count(n, count));
	put_items(t, items, n_items);
	nf_words_puts(t, "\n");
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

static void put_first_line(nf_words *t, const nf_summary *summary)
{
	char frames[NF_SUMMARY_NUMBER_MAX], size[NF_SUMMARY_NUMBER_MAX], whole[NF_SUMMARY_NUMBER_MAX];
	uint64_t hundredths = seconds_in(summary->seconds, 100);

	nf_words_print(t, "%s: ", summary->program);
	put_files(t, summary);
	nf_words_print(t, ":%s %s frame%s, %s in %s.%02u s\n", summary->so_far ? " so far" : "", nf_summary_count(summary->stats->frames, frames),
	      summary->stats->frames == 1 ? "" : "s", nf_summary_size(summary->bytes, size), nf_summary_count(hundredths / 100, whole),
	      (unsigned)(hundredths % 100));
}

static void put_seconds(nf_words *t, double seconds)
{
	const uint64_t milliseconds = seconds_in(seconds, 1000);

	nf_words_print(t, "%" PRIu64 ".%03u s", milliseconds / 1000, (unsigned)(milliseconds % 1000));
}

/* What the capture lost, and how late the rows are. */
static void put_capture(nf_words *t, const nf_summary *summary, int width)
{
	char count[NF_SUMMARY_NUMBER_MAX];
	const item drops[] = {{"dropped", NULL, summary->dropped}, {"dropped by interface", NULL, summary->interface_dropped}};

	nf_words_print(t, "  %-7s  %*s", "capture", width, nf_summary_count(summary->received, count));
	put_items(t, drops, summary->interface_dropped > 0 ? 2 : 1);
	if (summary->live) {
		nf_words_puts(t, SEPARATOR "rows late by ");
		put_seconds(t, summary->so_far ? summary->lag_lately : summary->lag);
		if (summary->so_far) {
			nf_words_puts(t, ", at most ");
			put_seconds(t, summary->lag);
		}
	}
	nf_words_puts(t, "\n");
}

char *nf_summary_text(const nf_summary *summary)
{
	const nf_stats *stats = summary->stats;
	const uint64_t numbers[] = {stats->used, sum(stats->skipped, NF_SKIP_COUNT), sum(stats->ended, NF_END_COUNT),
				    summary->so_far ? stats->alive : 0, summary->received, summary->dropped};
	const int width = width_of(numbers, sizeof numbers / sizeof *numbers);
	item skips[NF_SKIP_COUNT], ends[NF_END_COUNT];
	nf_words t = {0};

	put_first_line(&t, summary);
	put_line(&t, "used", numbers[0], width, NULL, 0);
	put_line(&t, "skipped", numbers[1], width, skips, skips_of(summary, skips));
	put_line(&t, "flows", numbers[2], width, ends, ends_of(stats, ends));
	if (summary->so_far)
		put_line(&t, "open", numbers[3], width, NULL, 0);
	if (summary->live || summary->received > 0)
		put_capture(&t, summary, width);
	return nf_words_result(&t);
}

char *nf_summary_why_unused(const nf_summary *summary)
{
	const nf_stats *stats = summary->stats;
	item skips[NF_SKIP_COUNT];
	size_t n = skips_of(summary, skips);
	char count[NF_SUMMARY_NUMBER_MAX];
	nf_words t = {0};

	if (stats->frames == 0 || stats->used > 0 || n == 0)
		return NULL;
	if (stats->frames == 1)
		nf_words_puts(&t, "the only frame was skipped:");
	else
		nf_words_print(&t, "all %s frames were skipped:", nf_summary_count(stats->frames, count));
	for (size_t i = 0; i < n; i++) {
		nf_words_print(&t, "%s %s", i ? "," : "", skips[i].text);
		if (n > 1)
			nf_words_print(&t, " %s", nf_summary_count(skips[i].n, count));
		if (skips[i].option)
			nf_words_print(&t, " (%s)", skips[i].option);
	}
	return nf_words_result(&t);
}

static void put_numbers(nf_words *t, const char *key, const item *items, size_t n)
{
	nf_words_print(t, ",\"%s\":{", key);
	for (size_t i = 0; i < n; i++)
		nf_words_print(t, "%s\"%s\":%" PRIu64, i ? "," : "", items[i].text, items[i].n);
	nf_words_puts(t, "}");
}

/* What became of the frames: all reasons are there, those that did not occur with 0. */
static void put_counts(nf_words *t, const nf_stats *stats, uint64_t rows)
{
	item skips[NF_SKIP_COUNT - 1], ends[NF_END_COUNT];

	for (unsigned skip = NF_SKIP_NONE + 1; skip < NF_SKIP_COUNT; skip++)
		skips[skip - 1] = (item){nf_skip_name((nf_skip)skip), NULL, stats->skipped[skip]};
	for (unsigned end = 0; end < NF_END_COUNT; end++)
		ends[end] = (item){nf_end_reason_name((nf_end_reason)end), NULL, stats->ended[end]};
	nf_words_print(t, ",\"used\":%" PRIu64, stats->used);
	put_numbers(t, "skipped", skips, NF_SKIP_COUNT - 1);
	put_numbers(t, "flows", ends, NF_END_COUNT);
	nf_words_print(t, ",\"rows\":%" PRIu64, rows);
}

static void put_outputs(nf_words *t, const nf_summary *summary)
{
	if (summary->n_outputs < 2)
		return;
	nf_words_puts(t, ",\"outputs\":[");
	for (size_t i = 0; i < summary->n_outputs; i++) {
		const nf_summary_output *output = &summary->outputs[i];
		nf_words_print(t, "%s{\"format\":\"%s\",\"file\":", i ? "," : "", output->format);
		nf_words_json(t, output->name);
		put_counts(t, output->stats, output->rows);
		nf_words_puts(t, "}");
	}
	nf_words_puts(t, "]");
}

char *nf_summary_json(const nf_summary *summary)
{
	const uint64_t microseconds = seconds_in(summary->seconds, 1000000);
	nf_words t = {0};

	nf_words_puts(&t, "{\"files\":[");
	for (size_t i = 0; i < summary->n_files; i++) {
		nf_words_puts(&t, i ? "," : "");
		nf_words_json(&t, summary->files[i]);
	}
	nf_words_print(&t, "],\"frames\":%" PRIu64, summary->stats->frames);
	put_counts(&t, summary->stats, summary->rows);
	put_outputs(&t, summary);
	nf_words_print(&t, ",\"bytes\":%" PRIu64 ",\"seconds\":%" PRIu64 ".%06u", summary->bytes, microseconds / 1000000, (unsigned)(microseconds % 1000000));
	nf_words_print(&t, ",\"capture\":{\"received\":%" PRIu64 ",\"dropped\":%" PRIu64, summary->received, summary->dropped);
	if (summary->live || summary->received > 0)
		nf_words_print(&t, ",\"interface_dropped\":%" PRIu64, summary->interface_dropped);
	if (summary->live)
		nf_words_print(&t, ",\"lag\":%" PRIu64 ".%06u", seconds_in(summary->lag, 1000000) / 1000000,
		      (unsigned)(seconds_in(summary->lag, 1000000) % 1000000));
	nf_words_puts(&t, "}}\n");
	return nf_words_result(&t);
}
