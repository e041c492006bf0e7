/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes over time, a character for each column. */
#include "screen_internal.h"

#include <stdio.h>

enum { LEVELS = 8 };

/* Characters are whole buckets, so that all of them are alike. */
static size_t buckets_each(size_t used, unsigned width)
{
	return (used + width - 1) / width;
}

static uint64_t bytes_of(const nf_timeline *t, size_t first, size_t used, size_t each, size_t column)
{
	uint64_t sum = 0;

	for (size_t i = column * each; i < (column + 1) * each && i < used; i++)
		sum += t->buckets[first + i].bytes;
	return sum;
}

static uint64_t frames_of(const nf_timeline *t, size_t first, size_t used, size_t each, size_t column)
{
	uint64_t sum = 0;

	for (size_t i = column * each; i < (column + 1) * each && i < used; i++)
		sum += t->buckets[first + i].frames;
	return sum;
}

/* Where there is anything there is a mark. */
static const char *mark_of(const nf_pen *pen, uint64_t bytes, uint64_t frames, uint64_t most)
{
	static const char *const blocks[LEVELS] = {"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84",
						   "\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88"};
	static const char *const signs[LEVELS] = {".", ":", "-", "=", "+", "*", "#", "%"};
	const size_t level = most == 0 ? 0 : (size_t)(((unsigned __int128)bytes * LEVELS + most - 1) / most);

	if (frames == 0)
		return " ";
	return (pen->ascii ? signs : blocks)[level > 0 ? level - 1 : 0];
}

static void put_scale(nf_pen *pen, const nf_timeline *t, uint64_t width_ns, uint64_t most)
{
	char time[NF_TIME_BYTES], span[NF_WORDS_ROOM], rate[NF_WORDS_ROOM], text[4 * NF_WORDS_ROOM];

	snprintf(text, sizeof text, "from %.8s, a column %s, at most %s", nf_tell_time(t->first_ns, time) + 11,
		 nf_words_duration(width_ns, pen->ascii, span), nf_words_rate(most, width_ns, rate));
	nf_pen_wrap(pen, NF_DIM, text, 0);
	nf_pen_line(pen);
	nf_pen_line(pen);
}

void nf_screen_timeline(nf_pen *pen, const nf_telling *telling)
{
	const nf_timeline *t = &telling->overview->timeline;
	size_t first;
	const size_t used = nf_timeline_used(t, &first);
	uint64_t most = 0;

	if (used == 0 || t->last_ns == t->first_ns)
		return;
	const size_t each = buckets_each(used, pen->width), columns = (used + each - 1) / each;

	for (size_t i = 0; i < columns; i++) {
		const uint64_t bytes = bytes_of(t, first, used, each, i);

		most = bytes > most ? bytes : most;
	}
	for (size_t i = 0; i < columns; i++)
		nf_pen_text(pen, NF_BAR, mark_of(pen, bytes_of(t, first, used, each, i), frames_of(t, first, used, each, i), most));
	nf_pen_line(pen);
	put_scale(pen, t, (uint64_t)each << t->shift, most);
}
