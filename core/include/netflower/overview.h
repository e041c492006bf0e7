/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file overview.h
 * What is in a capture, on one screen or as one JSON document (docs/SUMMARY.md): the output formats "summary" and "summary-json". They take
 * flows of the profile zeek, and every frame (nf_sink_frames()); all they say is written by nf_sink_end().
 *
 * Thread rule: as sink.h.
 */
#ifndef NETFLOWER_OVERVIEW_H
#define NETFLOWER_OVERVIEW_H

#include <netflower/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nf_sink;

/** The narrowest and the widest screen; other widths are taken as these. */
enum { NF_OVERVIEW_WIDTH_LEAST = 40, NF_OVERVIEW_WIDTH_DEFAULT = 80, NF_OVERVIEW_WIDTH_MOST = 200 };

/** How it is told. All zero is the default. */
typedef struct nf_overview_options {
	unsigned width;   /**< columns of the terminal; 0: NF_OVERVIEW_WIDTH_DEFAULT */
	bool colour;      /**< with SGR escape codes (ECMA-48) */
	bool plain_ascii; /**< no other characters than ASCII, apart from those in names: bars of # and - */
	const char *const *names; /**< of the captures or interfaces, n_names of them; "-" is standard input */
	size_t n_names;
	/**
	 * The options with which csv would be written: what they do not take is told with the switch that would, be it skipped here, too, or
	 * not. NULL: those of nf_options_init().
	 */
	const nf_decode_options *decode;
	const nf_decode_options *own; /**< those of its own engine: what they take already is not told as a way to have what was skipped. NULL: as decode */
} nf_overview_options;

/**
 * Sets how a sink of the format "summary" or "summary-json" tells, and where it finds what was skipped, before the first frame or flow.
 * Other formats do not look at it.
 * @param options  kept, not copied: must outlive the sink. NULL: the default
 * @param stats    of the engine; kept, and read now and by nf_sink_end(): what was counted before is not told. NULL: skipped frames are not told
 */
NF_API void nf_sink_set_overview(struct nf_sink *sink, const nf_overview_options *options, const nf_stats *stats);

#ifdef __cplusplus
}
#endif
#endif
