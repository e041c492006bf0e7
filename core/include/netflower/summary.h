/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file summary.h
 * What a run says at its end, as text and as JSON. Part of the programs, not of libnetflower.
 *
 * Reentrant: nothing here has a state, and the locale has no influence.
 */
#ifndef NETFLOWER_SUMMARY_H
#define NETFLOWER_SUMMARY_H

#include <netflower/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An output of a run that has several. */
typedef struct nf_summary_output {
	const char *format;    /**< "csv" */
	const char *name;      /**< "-": standard output */
	const nf_stats *stats; /**< of its engine */
	uint64_t rows;
} nf_summary_output;

/** All that a summary tells. */
typedef struct nf_summary {
	const char *program;      /**< "nf-cli", "tshark" */
	const char *const *files; /**< names of the files read, n_files of them; "-" is standard input */
	size_t n_files;
	const nf_stats *stats;    /**< of the engine, complete (nf_engine_flush()) */
	const nf_decode_options *decode; /**< options that are set are not named as those that would take a frame; NULL: none is */
	uint64_t rows;            /**< rows written */
	uint64_t bytes;           /**< bytes read, or of the frames on the wire where that is not known */
	double seconds;           /**< how long it took */
	uint64_t received;        /**< frames that the capture received and dropped, as libpcap counts them; 0 for files */
	uint64_t dropped;
	uint64_t interface_dropped; /**< by the interfaces, before the kernel saw them */
	double lag;               /**< live: seconds by which rows were late at most, in the whole run (docs/LIVE.md says what that is) */
	double lag_lately;        /**< the same since the summary before; told where so_far is set */
	bool so_far;              /**< the run goes on */
	bool live;                /**< files are the names of interfaces */
	const nf_summary_output *outputs; /**< n_outputs of them, told in the JSON alone; stats and rows above are those of the first */
	size_t n_outputs;
} nf_summary;

/**
 * The summary as lines of text, each ending in '\n'. Control characters in a file name become '?'.
 * @return to be freed with free(); NULL: out of memory
 */
char *nf_summary_text(const nf_summary *summary);

/**
 * The same numbers as one line with one JSON object, ending in '\n'. All skip and end reasons are there, those that did not occur
 * with 0. Bytes of a file name that are no UTF-8 become U+FFFD.
 * @return to be freed with free(); NULL: out of memory
 */
char *nf_summary_json(const nf_summary *summary);

/**
 * Why nothing was used, as one sentence without a line end: "all 120 frames were skipped: IPv6".
 * @return to be freed with free(); NULL: there was no frame, or one was used, or out of memory
 */
char *nf_summary_why_unused(const nf_summary *summary);

/** Room that nf_summary_count() and nf_summary_size() need. */
enum { NF_SUMMARY_NUMBER_MAX = 32 };

/** "1,032,900". @return @p out */
char *nf_summary_count(uint64_t n, char out[NF_SUMMARY_NUMBER_MAX]);

/** A number of bytes with its unit, of 1000 each: "512 B", "228.1 MB". @return @p out */
char *nf_summary_size(uint64_t bytes, char out[NF_SUMMARY_NUMBER_MAX]);

#ifdef __cplusplus
}
#endif
#endif
