/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file sink_internal.h
 * What an output format is: a few functions over columns and values, and a line in sinks.def. The buffer and the writer are sink.c's.
 */
#ifndef NF_SINK_INTERNAL_H
#define NF_SINK_INTERNAL_H

#include <netflower/sink.h>

/** A format. Each function appends text to the sink with nf_sink_room(), and returns NF_OK or what that gave. */
typedef struct nf_sink_format {
	nf_status (*begin)(nf_sink *sink, nf_error *error);                         /**< before the first row; NULL: nothing */
	nf_status (*row)(nf_sink *sink, const nf_value *values, nf_error *error);
	nf_status (*end)(nf_sink *sink, nf_error *error);                           /**< behind the last row; NULL: nothing */
} nf_sink_format;

#define NF_SINK(name, text) extern const nf_sink_format nf_sink_##name;
#include "sinks.def"
#undef NF_SINK

/** A sink, as far as formats may know it. */
struct nf_sink {
	const nf_sink_format *format;
	const nf_columns *columns;
	nf_writer writer; /**< without a function: the buffer grows, and whoever made the sink takes it from there */
	size_t n_columns;
	size_t *texts;    /**< places of the columns that may hold texts, n_texts of them */
	size_t n_texts;
	nf_value *values; /**< of the row being written */
	uint64_t rows;
	char *buffer;
	size_t used, size;
};

/**
 * Room for n more bytes at sink->buffer + sink->used; what was there goes to the writer when it must. The format adds to sink->used
 * what it wrote.
 */
nf_status nf_sink_room(nf_sink *sink, size_t n, nf_error *error);

#endif
