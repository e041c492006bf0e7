/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file dialect.h
 * The headers of published data sets: which columns, in which order, under which names.
 */
#ifndef NF_COLUMNS_DIALECT_H
#define NF_COLUMNS_DIALECT_H

#include <netflower/columns.h>

/** Columns of the longest dialect, or more. */
enum { NF_DIALECT_COLUMNS_MAX = 96 };

typedef struct nf_dialect_column {
	const char *name;   /**< as published, with every space */
	const char *source; /**< the column of the CICFlowMeter profiles that it shows, or as dialects.def says */
} nf_dialect_column;

typedef struct nf_dialect {
	const char *name, *text;
	const char *time_form; /**< see clock.h */
	const nf_dialect_column *columns;
	size_t n;
} nf_dialect;

/** @return NF_ARGUMENT: there is none of that name; the text names all there are */
NF_MUST_CHECK nf_status nf_dialect_find(const nf_dialect **dialect, const char *name, nf_error *error);

#endif
