/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values parted by commas or tabs, quoted where RFC 4180 asks for it. */
#include "sink_internal.h"

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

static inline nf_status row(nf_sink *sink, const nf_value *values, char separator, nf_error *error)
{
	const size_t n = sink->n_columns;
	size_t room = n * (NF_VALUE_PRINT_MAX + 1);

	for (size_t i = 0; i < sink->n_texts; i++)
		if (values[sink->texts[i]].kind == NF_VALUE_TEXT)
			room += text_room(values[sink->texts[i]].u.text);
	nf_status status = nf_sink_room(sink, room, error);
	if (status != NF_OK)
		return status;

	char *out = sink->buffer + sink->used;
	for (size_t i = 0; i < n; i++) {
		if (values[i].kind == NF_VALUE_TEXT)
			out = put_text(out, values[i].u.text, separator);
		else
			out = nf_put_value(out, &values[i]);
		*out++ = separator;
	}
	out[-1] = '\n';
	sink->used = (size_t)(out - sink->buffer);
	return NF_OK;
}

static nf_status csv_begin(nf_sink *sink, nf_error *error)
{
	return header(sink, ',', error);
}

static nf_status csv_row(nf_sink *sink, const nf_value *values, nf_error *error)
{
	return row(sink, values, ',', error);
}

static nf_status tsv_begin(nf_sink *sink, nf_error *error)
{
	return header(sink, '\t', error);
}

static nf_status tsv_row(nf_sink *sink, const nf_value *values, nf_error *error)
{
	return row(sink, values, '\t', error);
}

const nf_sink_format nf_sink_csv = {csv_begin, csv_row, NULL};
const nf_sink_format nf_sink_tsv = {tsv_begin, tsv_row, NULL};
