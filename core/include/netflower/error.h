/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file error.h
 * Errors of our own environment: memory, files, arguments. A bad packet is never an error (see frame.h, nf_skip).
 *
 * Every call that can fail returns an nf_status and takes an nf_error that the caller owns, or NULL where the text is not wanted.
 * Nothing in the library prints or exits.
 */
#ifndef NETFLOWER_ERROR_H
#define NETFLOWER_ERROR_H

#include <netflower/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How a call ended. NF_OK is 0. NF_END is no failure: the input has no more to give. */
typedef enum nf_status {
#define NF_STATUS(id, text) NF_##id,
#include <netflower/status.def>
#undef NF_STATUS
} nf_status;

enum { NF_ERROR_TEXT_MAX = 512 };

/** What failed, in words for a person: one line, no line end, with the file and the frame where they are known. */
typedef struct nf_error {
	nf_status status;
	char text[NF_ERROR_TEXT_MAX];
} nf_error;

/**
 * Fills @p error (if not NULL) and returns @p status, so that a caller can write `return nf_fail(...)`.
 * A text longer than NF_ERROR_TEXT_MAX - 1 bytes is cut. Control characters in it (a file name may hold them) become '?'.
 */
NF_API nf_status nf_fail(nf_error *error, nf_status status, const char *format, ...) NF_PRINTF(3, 4);

/** The general text of a status; never NULL. The string is static. */
NF_API const char *nf_status_text(nf_status status);

#ifdef __cplusplus
}
#endif
#endif
