/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file save_files.h
 * The files of save.h: a few are open, the one that was written to longest ago is closed for another. While a flow lives its file is
 * called .netflower-RUN-NUMBER.part, so nothing needs to be remembered of a flow whose file is not open.
 */
#ifndef NF_SINK_SAVE_FILES_H
#define NF_SINK_SAVE_FILES_H

#include <netflower/error.h>
#include <netflower/flow.h>
#include <netflower/frame.h>

typedef struct nf_save_files nf_save_files;

/** As nf_saver_new(). */
NF_MUST_CHECK nf_status nf_save_files_new(nf_save_files **files, const char *folder, nf_error *error);

/** Frees, and removes files without a name. NULL is allowed. */
void nf_save_files_free(nf_save_files *files);

/** Writes a frame to the file of a flow. Frames that a pcap cannot hold (a framing without a link type, a time before 1970 or after 2106) are left out. */
NF_MUST_CHECK nf_status nf_save_files_write(nf_save_files *files, uint64_t flow, const nf_frame *frame, nf_error *error);

/** Gives the file of an ended flow its name. */
NF_MUST_CHECK nf_status nf_save_files_name(nf_save_files *files, const nf_flow *flow, nf_error *error);

/** Removes the file of a flow that gets no name. */
void nf_save_files_drop(nf_save_files *files, uint64_t flow);

/** Closes all files and removes those without a name. Nothing may be written afterwards. */
void nf_save_files_give_up(nf_save_files *files);

/** Files that got their names. */
uint64_t nf_save_files_named(const nf_save_files *files);

#endif
