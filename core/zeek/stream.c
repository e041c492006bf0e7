/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream.h"

#include <string.h>

void nf_stream_init(nf_stream *stream)
{
	stream->complete = stream->acknowledged = 1;
	stream->end = 0;
	stream->gave_up = false;
	stream->n = 0;
	stream->runs = NULL;
}

/* The whole number of a run's edge: all of them are less than 4 GB above what is complete. */
static uint64_t whole(const nf_stream *stream, uint32_t low)
{
	return stream->complete + (uint32_t)(low - (uint32_t)stream->complete);
}

static void drop_runs(nf_stream *stream, unsigned at, unsigned n)
{
	nf_run *run = stream->runs->run;

	memmove(run + at, run + at + n, (stream->n - at - n) * sizeof *run);
	stream->n = (uint8_t)(stream->n - n);
}

/* All up to here is complete, and so is what follows without a hole. */
static void complete_to(nf_stream *stream, uint64_t to)
{
	while (stream->n > 0 && whole(stream, stream->runs->run[0].from) <= to) {
		const uint64_t end = whole(stream, stream->runs->run[0].to);

		if (end > to)
			to = end;
		drop_runs(stream, 0, 1);
	}
	stream->complete = to;
}

/* Makes room for one more run. */
static void close_smallest_hole(nf_stream *stream)
{
	unsigned best = 0;
	uint32_t smallest = UINT32_MAX;

	for (unsigned i = 0; i + 1 < stream->n; i++) {
		const uint32_t hole = stream->runs->run[i + 1].from - stream->runs->run[i].to;

		if (hole < smallest) {
			smallest = hole;
			best = i;
		}
	}
	stream->runs->run[best].to = stream->runs->run[best + 1].to;
	drop_runs(stream, best + 1, 1);
}

/* A run above a hole, put among the others, with which it may overlap. */
static void add_run(nf_stream *stream, uint64_t from, uint64_t to)
{
	unsigned at = 0, joined = 0;

	while (at < stream->n && whole(stream, stream->runs->run[at].to) < from)
		at++;
	while (at + joined < stream->n && whole(stream, stream->runs->run[at + joined].from) <= to) {
		const uint64_t first = whole(stream, stream->runs->run[at + joined].from), end = whole(stream, stream->runs->run[at + joined].to);

		from = first < from ? first : from;
		to = end > to ? end : to;
		joined++;
	}
	if (joined == 0 && stream->n == NF_STREAM_RUNS) {
		close_smallest_hole(stream);
		add_run(stream, from, to);
		return;
	}
	if (joined == 0) {
		memmove(stream->runs->run + at + 1, stream->runs->run + at, (stream->n - at) * sizeof(nf_run));
		stream->n++;
	} else {
		drop_runs(stream, at + 1, joined - 1);
	}
	stream->runs->run[at] = (nf_run){(uint32_t)from, (uint32_t)to};
}

static void give_up(nf_stream *stream)
{
	stream->gave_up = true;
	stream->n = 0;
}

static uint64_t held(const nf_stream *stream)
{
	uint64_t bytes = stream->complete > stream->acknowledged ? stream->complete - stream->acknowledged : 0;

	for (unsigned i = 0; i < stream->n; i++)
		bytes += (uint32_t)(stream->runs->run[i].to - stream->runs->run[i].from);
	return bytes;
}

void nf_stream_data(nf_stream *stream, uint64_t from, uint64_t to, bool unacknowledged, uint64_t sent, nf_runs **spare)
{
	if (stream->gave_up || to <= stream->acknowledged || to <= from)
		return;
	if (from < stream->acknowledged)
		from = stream->acknowledged;
	if (to > stream->complete && to - stream->complete >= UINT32_MAX) {
		give_up(stream);
		return;
	}
	if (to > stream->end)
		stream->end = to;
	if (from > stream->complete) {
		if (!stream->runs) {
			stream->runs = *spare;
			*spare = NULL;
		}
		add_run(stream, from, to);
	} else if (to > stream->complete) {
		complete_to(stream, to);
		if (unacknowledged && sent > NF_STREAM_WITHOUT_ACK)
			stream->acknowledged = stream->complete;
	}
	if (unacknowledged && nf_stream_holds(stream) && stream->end > stream->complete + NF_STREAM_WITHOUT_ACK)
		give_up(stream);
	else if (held(stream) > NF_STREAM_HELD_MOST)
		give_up(stream);
}

/* The holes below a number are gaps: the bytes in them were acknowledged, so they will not come any more. */
static nf_gaps give_up_to(nf_stream *stream, uint64_t number)
{
	nf_gaps gaps = {0, 0};

	while (stream->n > 0 && whole(stream, stream->runs->run[0].from) < number) {
		const uint64_t from = whole(stream, stream->runs->run[0].from);

		gaps.n++;
		gaps.bytes += from - stream->complete;
		complete_to(stream, from);
	}
	if (number > stream->complete) {
		gaps.n++;
		gaps.bytes += number - stream->complete;
		complete_to(stream, number);
	}
	return gaps;
}

nf_gaps nf_stream_ack(nf_stream *stream, uint64_t number, bool partial)
{
	nf_gaps gaps = {0, 0};

	if (number <= stream->acknowledged)
		return gaps;
	if (number > stream->complete && !(number <= 2 && partial)) {
		if (stream->gave_up)
			stream->complete = number;
		else
			gaps = give_up_to(stream, number);
	}
	stream->acknowledged = number;
	return gaps;
}
