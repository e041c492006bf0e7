/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file extra.h
 * What is kept of a flow only for columns that are asked for by name. It stands behind the flow's record and is the same in all profiles.
 */
#ifndef NF_FLOW_EXTRA_H
#define NF_FLOW_EXTRA_H

#include "model.h"

/** Bytes behind each record for these options; a multiple of 16, 0 where nothing is asked for. */
size_t nf_extra_bytes(const nf_options *options);

/** Makes it empty. */
void nf_extra_init(void *extra, const nf_options *options);

/** Adds a packet of the flow. */
void nf_extra_add(void *extra, const nf_options *options, const nf_brief *brief, const nf_turn *turn);

/** The extra of a record that has one. */
static inline void *nf_record_extra(const nf_record *record)
{
	return (char *)record + NF_RECORD_BYTES;
}

#endif
