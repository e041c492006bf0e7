/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file faults.h
 * What is said of files that cannot be read, the same whichever library reads them. Each call fills the error and returns its status.
 *
 * @a name is as the user gave it. @a frame is the number of the frame that could not be read, 0 for the file's header.
 * @a detail is the reading library's own text, or NULL.
 */
#ifndef NETFLOWER_SOURCE_FAULTS_H
#define NETFLOWER_SOURCE_FAULTS_H

#include <netflower/error.h>

#include <stdbool.h>
#include <stdint.h>

/** NF_OPEN: the system does not open it; @a number is its errno. */
nf_status nf_fault_open(nf_error *error, const char *name, int number);

/** NF_OPEN: a device or a socket. */
nf_status nf_fault_not_a_file(nf_error *error, const char *name);

/** NF_FORMAT: there is nothing in it, not even a header. */
nf_status nf_fault_empty(nf_error *error, const char *name);

/**
 * NF_FORMAT: it is something else than a capture. What it is gets looked up in its first bytes where it can be opened again;
 * @a format names it where they say nothing, or is NULL.
 */
nf_status nf_fault_no_capture(nf_error *error, const char *name, const char *format);

/** True where the first bytes of a file that can be opened again are text. */
bool nf_looks_like_text(const char *name);

/** NF_FORMAT: a capture, but one with contents that cannot be read. */
nf_status nf_fault_unsupported(nf_error *error, const char *name, uint64_t frame, const char *detail);

/** NF_CUT: it ends in the middle of a frame or of its header. */
nf_status nf_fault_cut(nf_error *error, const char *name, uint64_t frame);

/** NF_DAMAGED: a frame or the header makes no sense. */
nf_status nf_fault_damaged(nf_error *error, const char *name, uint64_t frame, const char *detail);

/** NF_DAMAGED: what surrounds the frames (compression) is wrong somewhere after the last frame that was read, @a frame - 1. */
nf_status nf_fault_damaged_after(nf_error *error, const char *name, uint64_t frame, const char *detail);

/** NF_READ: the system failed to read; @a number is its errno. */
nf_status nf_fault_read(nf_error *error, const char *name, uint64_t frame, int number);

#endif
