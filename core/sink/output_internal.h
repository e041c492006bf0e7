/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file output_internal.h
 * What an output is made of: a place (output_place.c), a compression or none (output_gzip.c, output_zstd.c), and output.c around them.
 */
#ifndef NF_OUTPUT_INTERNAL_H
#define NF_OUTPUT_INTERNAL_H

#include <netflower/output.h>

/** A compression: turns bytes into others and hands them to nf_output_put(). */
typedef struct nf_compression {
	const char *name;   /**< "gzip" */
	const char *suffix; /**< ".gz" */
	/** Makes output->compressor. */
	nf_status (*begin)(nf_output *output, nf_error *error);
	nf_status (*write)(nf_output *output, const void *bytes, size_t n, nf_error *error);
	/** Everything so far becomes readable. */
	nf_status (*flush)(nf_output *output, nf_error *error);
	nf_status (*end)(nf_output *output, nf_error *error);
	/** Frees output->compressor, which is not NULL. */
	void (*free)(nf_output *output);
} nf_compression;

/** In a build without the library there is a name and a suffix, and begin is NULL. */
extern const nf_compression nf_output_gzip, nf_output_zstd;

struct nf_output {
	char *name;      /**< for messages */
	char *target;    /**< the file to be replaced or made, links resolved; NULL: written to directly */
	char *temporary; /**< the file beside it that is written; NULL as above */
	int fd;
	uint64_t written, begun; /**< bytes; those of them that were told to go to the disk */
	bool interactive;
	bool stores_early;
	const nf_compression *compression; /**< NULL: none */
	void *compressor;
};

/** Writes bytes to the descriptor, all of them or it fails. */
nf_status nf_output_put(nf_output *output, const void *bytes, size_t n, nf_error *error);

/**
 * Finds out what output->name names and opens it: sets fd, interactive, and for a file target and temporary. On failure the caller
 * frees what was set.
 */
nf_status nf_output_place(nf_output *output, nf_error *error);

#endif
