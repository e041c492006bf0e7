/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all sinks share: the list of formats, and a buffer that goes to the writer in large pieces. */
#include "sink_internal.h"

#include "flow/nearest.h"

#include <stdlib.h>
#include <string.h>

/* What is behind a piece is the beginning of the next one. */
enum { PIECE_BYTES = 1 << 20, BUFFER_BYTES = PIECE_BYTES + (1 << 16) };

static const struct {
	const char *name, *text;
	const nf_sink_format *format;
} formats[] = {
#define NF_SINK(id, name, text) {name, text, &nf_sink_##id},
#include "sinks.def"
#undef NF_SINK
};
enum { FORMATS = sizeof formats / sizeof *formats };

size_t nf_sink_format_count(void)
{
	return FORMATS;
}

const char *nf_sink_format_name(size_t i)
{
	return i < FORMATS ? formats[i].name : NULL;
}

const char *nf_sink_format_text(size_t i)
{
	return i < FORMATS ? formats[i].text : NULL;
}

static const char *name_at(const void *of, size_t i)
{
	(void)of;
	return formats[i].name;
}

static bool make_times(nf_sink *sink)
{
	sink->clock = nf_columns_clock(sink->columns);
	if (!sink->clock || sink->n_texts == 0)
		return true;
	sink->times = calloc(sink->n_texts, sizeof *sink->times);
	return sink->times;
}

nf_status nf_sink_new(nf_sink **result, const char *format, const nf_columns *columns, nf_writer writer, nf_error *error)
{
	size_t i;

	*result = NULL;
	nf_status status = nf_find_name("output format", format, name_at, NULL, FORMATS, &i, error);
	if (status != NF_OK)
		return status;
	if (formats[i].format->of_zeek && nf_columns_profile(columns) != NF_PROFILE_ZEEK)
		return nf_fail(error, NF_ARGUMENT, "the format %s writes connections of the profile zeek, not flows of %s", format,
			       nf_profile_name(nf_columns_profile(columns)));

	nf_sink *sink = calloc(1, sizeof *sink);
	if (!sink)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	*sink = (nf_sink){.format = formats[i].format, .columns = columns, .writer = writer, .size = BUFFER_BYTES};
	sink->n_columns = nf_columns_count(columns);
	sink->buffer = malloc(sink->size);
	sink->values = calloc(sink->n_columns, sizeof *sink->values);
	sink->texts = calloc(sink->n_columns, sizeof *sink->texts);
	if (!sink->buffer || !sink->values || !sink->texts) {
		nf_sink_free(sink);
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	}
	for (size_t c = 0; c < sink->n_columns; c++)
		if (nf_columns_at(columns, c)->type == NF_TYPE_TEXT)
			sink->texts[sink->n_texts++] = c;
	if (!make_times(sink)) {
		nf_sink_free(sink);
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	}
	*result = sink;
	return NF_OK;
}

void nf_sink_free(nf_sink *sink)
{
	if (!sink)
		return;
	if (sink->format->free)
		sink->format->free(sink);
	free(sink->buffer);
	free(sink->values);
	free(sink->texts);
	free(sink->times);
	free(sink);
}

/*
 * A piece of what is there goes to the writer; a sink without one keeps it. All pieces but those of a flush have one size, a power of two: then
 * a file system has less to do than with pieces that end where a row does.
 */
nf_status nf_sink_room(nf_sink *sink, size_t n, nf_error *error)
{
	if (sink->size - sink->used >= n)
		return NF_OK;
	while (sink->writer.write && sink->used > 0) {
		const size_t piece = sink->used < PIECE_BYTES ? sink->used : PIECE_BYTES;
		nf_status status = sink->writer.write(sink->writer.to, sink->buffer, piece, error);

		sink->used -= piece;
		memmove(sink->buffer, sink->buffer + piece, sink->used);
		if (status != NF_OK || sink->size - sink->used >= n)
			return status;
	}
	const size_t size = sink->used + (n > sink->size ? n : sink->size);
	char *buffer = realloc(sink->buffer, size);
	if (!buffer)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	sink->buffer = buffer;
	sink->size = size;
	return NF_OK;
}

nf_status nf_sink_begin(nf_sink *sink, nf_error *error)
{
	return sink->format->begin ? sink->format->begin(sink, error) : NF_OK;
}

/* With a clock, the columns that hold times are among those of texts. */
void nf_sink_write_times(nf_sink *sink)
{
	for (size_t i = 0; sink->clock && i < sink->n_texts; i++) {
		nf_value *value = &sink->values[sink->texts[i]];
		if (value->kind != NF_VALUE_TIME)
			continue;
		*nf_put_clock(sink->times[i], sink->clock, value->u.integer) = '\0';
		*value = (nf_value){NF_VALUE_TEXT, {.text = sink->times[i]}};
	}
}

void nf_sink_frames(nf_sink *sink, const nf_frame *frames, size_t n)
{
	for (size_t i = 0; sink->format->frame && i < n; i++)
		sink->format->frame(sink, &frames[i]);
}

nf_status nf_sink_flow(nf_sink *sink, const nf_flow *flow, nf_error *error)
{
	nf_status status;

	if (sink->format->flow) {
		status = sink->format->flow(sink, flow, error);
	} else {
		nf_columns_values(sink->columns, flow, sink->values);
		nf_sink_write_times(sink);
		status = sink->format->row(sink, sink->values, error);
	}
	sink->rows += status == NF_OK;
	return status;
}

nf_status nf_sink_flush(nf_sink *sink, nf_error *error)
{
	size_t n = sink->used;

	sink->used = 0;
	return n ? sink->writer.write(sink->writer.to, sink->buffer, n, error) : NF_OK;
}

nf_status nf_sink_end(nf_sink *sink, nf_error *error)
{
	nf_status status = sink->format->end ? sink->format->end(sink, error) : NF_OK;

	return status == NF_OK ? nf_sink_flush(sink, error) : status;
}

uint64_t nf_sink_rows(const nf_sink *sink)
{
	return sink->rows;
}
