/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file sink.h
 * From flows to an output format. A sink sees columns and values only; where its bytes go is the caller's business.
 */
#ifndef NETFLOWER_SINK_H
#define NETFLOWER_SINK_H

#include <netflower/columns.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where the bytes of a sink go: called with large pieces, in order. A failure ends the sink. */
typedef struct nf_writer {
	nf_status (*write)(void *to, const void *bytes, size_t n, nf_error *error);
	void *to;
} nf_writer;

typedef struct nf_sink nf_sink;

/** Number of output formats, and the name ("csv") and description of each; NULL beyond. Static. */
NF_API size_t nf_sink_format_count(void);
NF_API const char *nf_sink_format_name(size_t i);
NF_API const char *nf_sink_format_text(size_t i);

/**
 * A new sink, to be freed with nf_sink_free().
 * @param format   "csv", "tsv" or "ndjson"; anything else is NF_ARGUMENT with the list of what there is
 * @param columns  kept, not copied: must outlive the sink
 */
NF_API NF_MUST_CHECK nf_status nf_sink_new(nf_sink **sink, const char *format, const nf_columns *columns, nf_writer writer, nf_error *error);
NF_API void nf_sink_free(nf_sink *sink);

/** Writes what stands before the first row (a header line). */
NF_API NF_MUST_CHECK nf_status nf_sink_begin(nf_sink *sink, nf_error *error);

/** Gives frames, before the flows that they end. Formats that tell of frames look at them ("summary"); it does nothing with the others. */
NF_API void nf_sink_frames(nf_sink *sink, const nf_frame *frames, size_t n);

/** Writes one row. */
NF_API NF_MUST_CHECK nf_status nf_sink_flow(nf_sink *sink, const nf_flow *flow, nf_error *error);

/** Hands all rows so far to the writer. */
NF_API NF_MUST_CHECK nf_status nf_sink_flush(nf_sink *sink, nf_error *error);

/** Writes what stands behind the last row, and flushes. */
NF_API NF_MUST_CHECK nf_status nf_sink_end(nf_sink *sink, nf_error *error);

/** Rows written so far. */
NF_API uint64_t nf_sink_rows(const nf_sink *sink);

#ifdef __cplusplus
}
#endif
#endif
