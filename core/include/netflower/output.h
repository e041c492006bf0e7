/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file output.h
 * A file that is whole or not there. Part of the programs, not of libnetflower.
 *
 * Thread rule: an output belongs to one thread at a time.
 */
#ifndef NETFLOWER_OUTPUT_H
#define NETFLOWER_OUTPUT_H

#include <netflower/sink.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nf_output nf_output;

/**
 * Opens an output for writing.
 *
 * A regular file is written under a temporary name in the same folder, and gets its own name, in place of an older file, only in
 * nf_output_commit(). Anything else that exists already (a pipe, a device) is written to directly.
 * A symbolic link is followed: it stays, and the file that it names is replaced, or made. The permissions of an older file are kept,
 * and its owner where that is allowed; one that may not be written to is not replaced. The names of open descriptors (/dev/stdout,
 * /dev/fd/3, /proc/self/fd/3) mean these descriptors.
 *
 * @param name  a path, compressed where it ends in ".gz" or ".zst"; "-" or NULL is standard output
 * @return NF_CREATE with the name and the reason (a signal that interrupts the opening of a pipe nobody reads is one); NF_ARGUMENT for a compression that this build does not have
 */
NF_MUST_CHECK nf_status nf_output_open(nf_output **output, const char *name, nf_error *error);

/**
 * Lets the disk begin with the bytes of a file while more are written: else nf_output_commit() has to wait for all of them. A call of
 * nf_output_write() may then wait for the disk, which a live capture must not.
 */
void nf_output_store_early(nf_output *output);

/** Writes bytes. NF_CLOSED when the reader of a pipe has gone, NF_WRITE (with name and reason) for everything else. */
NF_MUST_CHECK nf_status nf_output_write(nf_output *output, const void *bytes, size_t n, nf_error *error);

/** Makes all bytes so far readable to others, those within a compressor too. */
NF_MUST_CHECK nf_status nf_output_flush(nf_output *output, nf_error *error);

/** Ends the compression, makes sure that the bytes are stored, and gives the file its name. Frees the output in any case. */
NF_MUST_CHECK nf_status nf_output_commit(nf_output *output, nf_error *error);

/**
 * As nf_output_commit(), but replaces nothing: the file gets the first name of NAME, NAME.1, NAME.2, ... that is free ("NAME.1.gz"
 * where the name ends in ".gz" or ".zst").
 * @param name  the name that it got, to be freed with free(); NULL on failure, and for what is written to directly
 */
NF_MUST_CHECK nf_status nf_output_commit_apart(nf_output *output, char **name, nf_error *error);

/** Gives up: removes the temporary file and frees. NULL is allowed. */
void nf_output_discard(nf_output *output);

/** The output as a writer for a sink. */
nf_writer nf_output_writer(nf_output *output);

/**
 * Path of the temporary file, for a program that has to remove it when it is stopped by force; NULL where the output is written to
 * directly. Lives as long as the output.
 */
const char *nf_output_temporary(const nf_output *output);

/** Whether a name stands for standard output: "-" or one of its names under /dev and /proc. */
bool nf_output_is_standard(const char *name);

/** Whether two names are those of one file or pipe, which may not be there yet, however they are spelt. */
bool nf_output_is_same(const char *a, const char *b);

/** True when the output is a terminal or a pipe, whose reader wants each row soon. */
bool nf_output_is_interactive(const nf_output *output);

/** The compressions that this build has, as in "gzip, zstd"; "" for none. Static. */
const char *nf_output_compressions(void);

#ifdef __cplusplus
}
#endif
#endif
