/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file filter.h
 * Capture filters (pcap-filter(7), "tcp port 80") for frames that come from files. Part of the programs, not of libnetflower.
 *
 * Thread rule: a filter belongs to one thread at a time.
 */
#ifndef NETFLOWER_FILTER_H
#define NETFLOWER_FILTER_H

#include <netflower/error.h>
#include <netflower/frame.h>

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nf_filter nf_filter;

/**
 * Makes a filter. The expression is tried at once, on Ethernet first, since the link types to come are not known yet; one that
 * only another link type knows (802.11, ...) is taken as well. It is compiled for a link type when the first such frame comes.
 *
 * @return NF_ARGUMENT: the expression is empty or wrong (the text says how), or this build has no filters; NF_NO_MEMORY.
 */
NF_MUST_CHECK nf_status nf_filter_new(nf_filter **filter, const char *expression, nf_error *error);

/** NULL is allowed. */
void nf_filter_free(nf_filter *filter);

/**
 * Whether the filter takes a frame. A record that is no packet (NF_FRAME_NOT_PACKET) is always taken: a filter says nothing of it.
 *
 * @return NF_OK, or NF_ARGUMENT where the filter cannot be used on the frame's link type: once for each such link type, whose
 *         frames never match; NF_NO_MEMORY. *matches is set in any case.
 */
NF_MUST_CHECK nf_status nf_filter_match(nf_filter *filter, const nf_frame *frame, bool *matches, nf_error *error);

#ifdef __cplusplus
}
#endif
#endif
