/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values parted by commas or tabs, quoted where RFC 4180 asks for it. */
#include "sink_internal.h"

#include "columns/row.h"
#include "columns/value.h"

#include <string.h>

static bool needs_quotes(const char *text, char separator)
{
	const char special[] = {separator, '"', '\r', '\n', '\0'};

	return text[strcspn(text, special)] != '\0';
}

static char *put_quoted(char *out, const char *text)
{
	*out++ = '"';
	for (; *text; text++) {
		if (*text == '"')
			*out++ = '"';
		*out++ = *text;
	}
	*out++ = '"';
	return out;
}

static char *put_text(char *out, const char *text, char separator)
{
	return needs_quotes(text, separator) ? put_quoted(out, text) : mempcpy(out, text, strlen(text));
}

/* The most that a text can take. */
static size_t text_room(const char *text)
{
	return 2 * strlen(text) + 2;
}

static nf_status header(nf_sink *sink, char separator, nf_error *error)
{
	const size_t n = sink->n_columns;

	for (size_t i = 0; i < n; i++) {
		const char *name = nf_columns_at(sink->columns, i)->name;
		nf_status status = nf_sink_room(sink, text_room(name) + 1, error);
		if (status != NF_OK)
			return status;
		char *out = sink->buffer + sink->used;
		char *end = put_text(out, name, separator);
		*end++ = i + 1 < n ? separator : '\n';
		sink->used += (size_t)(end - out);
	}
	return NF_OK;
}

/* Room for the values from place first on, with the first ones as long as any but a text can be. */
static nf_status room_for(nf_sink *sink, size_t first, nf_error *error)
{
	size_t room = sink->n_columns * (NF_VALUE_PRINT_MAX + 1);

	for (size_t i = 0; first < sink->n_columns && i < sink->n_texts; i++) {
		const nf_value *value = &sink->values[sink->texts[i]];
		if (sink->texts[i] >= first && value->kind == NF_VALUE_TEXT)
			room += text_room(value->u.text);
	}
	return nf_sink_room(sink, room, error);
}

static char *put_values(const nf_sink *sink, size_t first, char *out, char separator)
{
	for (size_t i = first; i < sink->n_columns; i++) {
		const nf_value *value = &sink->values[i];
		if (value->kind == NF_VALUE_TEXT)
			out = put_text(out, value->u.text, separator);
		else
			out = nf_put_value(out, value);
		*out++ = separator;
	}
	return out;
}

/* The first columns straight to text, if the selection has such; the others by their values. */
static nf_status row(nf_sink *sink, const nf_flow *flow, char separator, nf_error *error)
{
	size_t first = nf_columns_put_count(sink->columns);
	char *out = NULL;

	for (;;) {
		if (first < sink->n_columns)
			nf_columns_values_from(sink->columns, first, flow, sink->values);
		nf_sink_write_times(sink);
		nf_status status = room_for(sink, first, error);
		if (status != NF_OK)
			return status;
		out = sink->buffer + sink->used;
		if (first)
			out = nf_columns_put(sink->columns, flow, out, separator);
		if (out)
			break;
		first = 0;
	}
	out = put_values(sink, first, out, separator);
	out[-1] = '\n';
	sink->used = (size_t)(out - sink->buffer);
	return NF_OK;
}

static nf_status csv_begin(nf_sink *sink, nf_error *error)
{
	return header(sink, ',', error);
}

static nf_status csv_flow(nf_sink *sink, const nf_flow *flow, nf_error *error)
{
	return row(sink, flow, ',', error);
}

static nf_status tsv_begin(nf_sink *sink, nf_error *error)
{
	return header(sink, '\t', error);
}

static nf_status tsv_flow(nf_sink *sink, const nf_flow *flow, nf_error *error)
{
	return row(sink, flow, '\t', error);
}

const nf_sink_format nf_sink_csv = {.begin = csv_begin, .flow = csv_flow};
const nf_sink_format nf_sink_tsv = {.begin = tsv_begin, .flow = tsv_flow};
