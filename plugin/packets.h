/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file packets.h
 * Decoded packets, kept so that the flows they make can be worked out again: an engine shows ended flows only, and to end the open ones
 * would part them from the packets to come.
 */
#ifndef NF_PLUGIN_PACKETS_H
#define NF_PLUGIN_PACKETS_H

#include <netflower/engine.h>

typedef struct packets packets;

packets *packets_new(void);
void packets_free(packets *all);

/** Keeps the packet of a frame, if it is used at all. */
void packets_add(packets *all, const nf_frame *frame);

/**
 * Calls @a row for each flow that the packets make, in the order of nf-cli's rows.
 * @return NF_NO_MEMORY
 */
NF_MUST_CHECK nf_status packets_flows(const packets *all, const nf_options *options, void (*row)(const nf_flow *flow), nf_error *error);

#endif
