/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file record.h
 * A packet as Wireshark's taps give it → the frame that nf-cli would have read.
 */
#ifndef NF_PLUGIN_RECORD_H
#define NF_PLUGIN_RECORD_H

#include "compat.h"

#include <netflower/frame.h>

/** Fills all of @a frame. Its bytes live as long as the dissection. */
void record_to_frame(const packet_info *pinfo, const epan_dissect_t *edt, nf_frame *frame);

#endif
