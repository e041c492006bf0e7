/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The screen's frame: what is in which capture, when, how much, and what was left out. */
#include "screen_internal.h"

#include <stdio.h>
#include <stdlib.h>

char *nf_screen_count(uint64_t n, const char *one, const char *many, char out[NF_WORDS_ROOM])
{
	char count[NF_SUMMARY_NUMBER_MAX];

	snprintf(out, NF_WORDS_ROOM, "%s %s", nf_summary_count(n, count), n == 1 ? one : many);
	return out;
}

static void put_names(nf_pen *pen, const nf_overview_options *options)
{
	nf_words names = {.bytes = NULL};

	if (options->n_names > 1)
		nf_words_print(&names, "%zu captures: ", options->n_names);
	for (size_t i = 0; i < options->n_names; i++) {
		nf_words_puts(&names, i > 0 ? ", " : "");
		nf_words_name(&names, nf_tell_file(options->names[i]));
	}
	char *text = nf_words_result(&names);

	nf_pen_text(pen, NF_TITLE, text ? text : "capture");
	pen->to->failed = pen->to->failed || names.failed;
	free(text);
	nf_pen_line(pen);
}

static void put_times(nf_pen *pen, const nf_timeline *t)
{
	char first[NF_TIME_BYTES], last[NF_TIME_BYTES], span[NF_WORDS_ROOM], text[3 * NF_TIME_BYTES];

	if (t->shift == 0)
		return;
	nf_words_duration(nf_span_ns(t->first_ns, t->last_ns), pen->ascii, span);
	snprintf(text, sizeof text, "%s to %s UTC, %s", nf_tell_time(t->first_ns, first), nf_tell_time(t->last_ns, last), span);
	nf_pen_wrap(pen, NF_PLAIN, text, 0);
	nf_pen_line(pen);
}

/* Facts with points between them. */
static void put_fact(nf_pen *pen, const char *fact)
{
	const unsigned columns = nf_pen_columns(fact);

	if (pen->at > 0 && pen->at + 3 + columns > pen->end)
		nf_pen_line(pen);
	if (pen->at > 0)
		nf_pen_text(pen, NF_DIM, nf_pen_or(pen, " \xc2\xb7 ", " - "));
	nf_pen_text(pen, NF_PLAIN, fact);
}

static void put_amounts(nf_pen *pen, const nf_overview *o)
{
	const nf_timeline *t = &o->timeline;
	char text[NF_WORDS_ROOM + 16], number[NF_WORDS_ROOM];

	put_fact(pen, nf_screen_count(o->frames, "frame", "frames", text));
	put_fact(pen, nf_summary_size(o->bytes, text));
	if (t->shift > 0 && t->last_ns > t->first_ns)
		put_fact(pen, nf_words_rate(o->bytes, nf_span_ns(t->first_ns, t->last_ns), text));
	if (o->frames > 0) {
		snprintf(text, sizeof text, "%s a frame", nf_summary_size((o->bytes + o->frames / 2) / o->frames, number));
		put_fact(pen, text);
	}
}

static void put_estimate(nf_pen *pen, uint64_t n, bool exact, const char *one, const char *many)
{
	char count[NF_WORDS_ROOM], text[NF_WORDS_ROOM + 4];

	snprintf(text, sizeof text, "%s%s", exact ? "" : nf_pen_or(pen, "\xe2\x89\x88", "~"), nf_screen_count(n, one, many, count));
	put_fact(pen, text);
}

void nf_screen_facts(nf_pen *pen, const nf_telling *telling)
{
	const nf_overview *o = telling->overview;
	char text[NF_WORDS_ROOM + 16], number[NF_WORDS_ROOM];
	bool exact;

	put_names(pen, telling->options);
	put_times(pen, &o->timeline);
	put_amounts(pen, o);
	put_fact(pen, nf_screen_count(o->all.connections, "connection", "connections", text));
	if (o->tunnelled.connections > 0) {
		snprintf(text, sizeof text, "%s of them in tunnels", nf_summary_count(o->tunnelled.connections, number));
		put_fact(pen, text);
	}
	if (o->all.connections > 0) {
		const uint64_t hosts = nf_overview_hosts(o, &exact);

		put_estimate(pen, hosts, exact, "host", "hosts");
		const uint64_t pairs = nf_overview_pairs(o, &exact);

		put_estimate(pen, pairs, exact, "conversation", "conversations");
	}
	nf_pen_line(pen);
	nf_pen_line(pen);
}

/* --- What was left out --- */

static uint64_t sum(const uint64_t *numbers, size_t n)
{
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += numbers[i];
	return total;
}

static void put_reason(nf_pen *pen, const nf_telling *telling, nf_skip skip)
{
	const nf_decode_options *decode = telling->options->own ? telling->options->own : telling->options->decode;
	const char *option = decode && nf_decode_takes(decode, skip) ? NULL : nf_skip_option(skip);
	char text[2 * NF_WORDS_ROOM + 64], count[NF_SUMMARY_NUMBER_MAX];

	snprintf(text, sizeof text, "%s %s%s%s%s", nf_skip_text(skip), nf_summary_count(telling->stats.skipped[skip], count), option ? " (" : "",
		 option ? option : "", option ? ")" : "");
	put_fact(pen, text);
}

void nf_screen_skipped(nf_pen *pen, const nf_telling *telling)
{
	const uint64_t skipped = sum(telling->stats.skipped, NF_SKIP_COUNT);
	uint64_t left[NF_SKIP_COUNT];
	char text[NF_WORDS_ROOM];

	if (!telling->has_stats || skipped == 0)
		return;
	nf_pen_text(pen, NF_HEAD, "SKIPPED");
	nf_pen_to(pen, 9);
	nf_pen_text(pen, NF_DIM, nf_screen_count(skipped, "frame in no connection", "frames in no connection", text));
	nf_pen_line(pen);
	memcpy(left, telling->stats.skipped, sizeof left);
	for (;;) {
		size_t most = 0;

		for (size_t i = 1; i < NF_SKIP_COUNT; i++)
			most = left[i] > left[most] ? i : most;
		if (left[most] == 0)
			break;
		put_reason(pen, telling, (nf_skip)most);
		left[most] = 0;
	}
	nf_pen_line(pen);
}

static unsigned width_of(const nf_overview_options *options)
{
	const unsigned width = options->width > 0 ? options->width : NF_OVERVIEW_WIDTH_DEFAULT;

	return width < NF_OVERVIEW_WIDTH_LEAST ? NF_OVERVIEW_WIDTH_LEAST : width > NF_OVERVIEW_WIDTH_MOST ? NF_OVERVIEW_WIDTH_MOST : width;
}

char *nf_overview_text(const nf_telling *telling)
{
	const nf_overview_options *options = telling->options;
	const unsigned width = width_of(options);
	nf_words words = {.bytes = NULL};
	nf_pen pen = {.to = &words, .width = width, .end = width, .colour = options->colour, .ascii = options->plain_ascii};

	nf_screen_facts(&pen, telling);
	nf_screen_timeline(&pen, telling);
	nf_screen_tables(&pen, telling);
	nf_screen_anomalies(&pen, telling);
	nf_screen_skipped(&pen, telling);
	while (!words.failed && words.used > 1 && words.bytes[words.used - 2] == '\n')
		nf_words_cut(&words, words.used - 1);
	return nf_words_result(&words);
}
