/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One JSON object (RFC 8259) a line, with the columns' names as keys; numbers are written as in CSV. */
#include "sink_internal.h"

#include <string.h>

/* The most that a text can take: every character as \u00XX, and quotes. */
static size_t text_room(const char *text)
{
	return 6 * strlen(text) + 2;
}

/* Bytes that are no UTF-8 would make no JSON; they are taken as Latin-1. Names and texts of ours are ASCII. */
static char *put_string(char *out, const char *text)
{
	*out++ = '"';
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\') {
			*out++ = '\\';
			*out++ = (char)*c;
		} else if (*c < 0x20 || *c >= 0x7f) {
			out = mempcpy(out, "\\u00", 4);
			*out++ = "0123456789abcdef"[*c >> 4];
			*out++ = "0123456789abcdef"[*c & 15];
		} else {
			*out++ = (char)*c;
		}
	}
	*out++ = '"';
	return out;
}

/* NaN and Infinity, which some profiles write, are no JSON numbers. */
static bool is_number(const char *text)
{
	text += *text == '-';
	return *text >= '0' && *text <= '9';
}

static char *put_value(char *out, const nf_columns *columns, const nf_value *value, nf_type type)
{
	char text[NF_VALUE_PRINT_MAX];

	if (value->kind == NF_VALUE_TEXT)
		return put_string(out, value->u.text);
	const size_t n = nf_columns_print(columns, value, text, sizeof text);
	if (type == NF_TYPE_TEXT || !is_number(text))
		return put_string(out, text);
	return mempcpy(out, text, n);
}

static nf_status ndjson_row(nf_sink *sink, const nf_value *values, nf_error *error)
{
	for (size_t i = 0; i < sink->n_columns; i++) {
		const nf_column *column = nf_columns_at(sink->columns, i);
		const size_t room = values[i].kind == NF_VALUE_TEXT ? text_room(values[i].u.text) : 6 * NF_VALUE_PRINT_MAX;
		nf_status status = nf_sink_room(sink, text_room(column->name) + room + 4, error);
		if (status != NF_OK)
			return status;
		char *out = sink->buffer + sink->used;
		*out++ = i ? ',' : '{';
		out = put_string(out, column->name);
		*out++ = ':';
		out = put_value(out, sink->columns, &values[i], column->type);
		if (i + 1 == sink->n_columns) {
			*out++ = '}';
			*out++ = '\n';
		}
		sink->used = (size_t)(out - sink->buffer);
	}
	return NF_OK;
}

const nf_sink_format nf_sink_ndjson = {.row = ndjson_row};
