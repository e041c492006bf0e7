/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file rows.h
 * Where the rows go: a sink and the file behind it, and the next file after a SIGHUP.
 *
 * Every failure but those of rows_open() leaves rows that can only be discarded.
 */
#ifndef NF_CLI_ROWS_H
#define NF_CLI_ROWS_H

#include <netflower/output.h>

typedef struct rows {
	const char *name, *format;
	const nf_columns *columns;
	nf_output *output; /**< NULL: none is open */
	nf_sink *sink;
	uint64_t before;   /**< rows in the files before this one */
	uint64_t flushed;  /**< rows at the last flush */
	bool has_written;  /**< this run gave a file the name already: it must not replace that one */
} rows;

/** Opens the output and writes the header. Strings and columns must outlive the rows. */
NF_MUST_CHECK nf_status rows_open(rows *r, const char *name, const char *format, const nf_columns *columns, nf_error *error);

/** Makes the rows so far readable to others. */
NF_MUST_CHECK nf_status rows_flush(rows *r, nf_error *error);

/** Ends the file and goes on in a new one. An output that is no file is flushed only. */
NF_MUST_CHECK nf_status rows_rotate(rows *r, nf_error *error);

/** Ends the file and gives it its name. */
NF_MUST_CHECK nf_status rows_commit(rows *r, nf_error *error);

/** Gives up what has no name yet. */
void rows_discard(rows *r);

/** Rows of all files. */
uint64_t rows_count(const rows *r);

#endif
