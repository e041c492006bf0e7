/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file sink_internal.h
 * What an output format is: a few functions over columns and values, and a line in sinks.def. The buffer and the writer are sink.c's.
 */
#ifndef NF_SINK_INTERNAL_H
#define NF_SINK_INTERNAL_H

#include "columns/clock.h"

#include <netflower/sink.h>

/** A format. Each function appends text to the sink with nf_sink_room(), and returns NF_OK or what that gave. */
typedef struct nf_sink_format {
	nf_status (*begin)(nf_sink *sink, nf_error *error);                         /**< before the first row; NULL: nothing */
	nf_status (*row)(nf_sink *sink, const nf_value *values, nf_error *error);   /**< not called where there is flow */
	nf_status (*end)(nf_sink *sink, nf_error *error);                           /**< behind the last row; NULL: nothing */
	nf_status (*flow)(nf_sink *sink, const nf_flow *flow, nf_error *error);     /**< a row, by the ways of columns/row.h; NULL: row */
	void (*frame)(nf_sink *sink, const nf_frame *frame); /**< each frame, before the flows that end by it; NULL: frames are not looked at */
	void (*free)(nf_sink *sink); /**< frees sink->state; NULL: there is none */
	bool of_zeek; /**< it writes flows of the profile zeek, and no others */
} nf_sink_format;

#define NF_SINK(id, name, text) extern const nf_sink_format nf_sink_##id;
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
	const nf_clock *clock; /**< NULL: times stay what they are */
	char (*times)[NF_VALUE_PRINT_MAX]; /**< with a clock, one text for each of the columns in texts: formats see texts */
	const struct nf_zeek_log_options *zeek; /**< for the formats zeek and zeek-json; NULL: none */
	struct {
		const struct nf_overview_options *options; /**< NULL: the default */
		const struct nf_stats *stats;  /**< NULL: none */
	} overview; /**< for the formats summary and summary-json */
	void *state; /**< the format's own; freed by its free() */
	uint64_t rows;
	char *buffer;
	size_t used, size;
};

/**
 * Room for n more bytes at sink->buffer + sink->used; what was there goes to the writer when it must. The format adds to sink->used
 * what it wrote.
 */
nf_status nf_sink_room(nf_sink *sink, size_t n, nf_error *error);

/** Makes texts of those of sink->values that are times, where the selection has a clock. Formats whose row() gets values need not. */
void nf_sink_write_times(nf_sink *sink);

#endif
