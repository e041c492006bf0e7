/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file extra_columns.h
 * The columns of columns_extra.def, which any profile may add to its own.
 */
#ifndef NF_COLUMNS_EXTRA_COLUMNS_H
#define NF_COLUMNS_EXTRA_COLUMNS_H

#include <netflower/columns.h>

enum {
#define NF_COLUMN(name, type, unit, needs, value, formula) NF_EXTRA_COLUMN_##name,
#include "columns_extra.def"
#undef NF_COLUMN
	NF_EXTRA_COLUMNS
};

/** Column number @p id, below NF_EXTRA_COLUMNS. */
const nf_column *nf_extra_column(size_t id);

/** The NF_EXTRA_ bits that it needs. */
unsigned nf_extra_column_needs(size_t id);

/** Its value. A text lives as long as the flow; it is empty when there is no room for one, for the engine was not told that it is wanted. */
nf_value nf_extra_column_value(const nf_flow *flow, size_t id);

/** The flow's label by the rules for labels; without rules @p without. */
const char *nf_flow_label(const nf_flow *flow, const char *without);

#endif
