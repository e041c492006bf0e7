/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file row.h
 * A flow straight to text: for sinks whose rows are the values one behind the other, this is half the work of taking the values
 * (nf_columns_values()) and printing each of them. The text is the same.
 */
#ifndef NF_COLUMNS_ROW_H
#define NF_COLUMNS_ROW_H

#include <netflower/columns.h>

/** How many columns of a selection, from the first on, nf_columns_put() writes: those of a whole profile in its order, or none. */
size_t nf_columns_put_count(const nf_columns *columns);

/**
 * Writes the values of a flow in these columns as nf_put_value() does (value.h), @p separator behind each. It needs NF_VALUE_PRINT_MAX + 1
 * characters of room for each.
 * @return the end of what it wrote; NULL if a value is a text, which it cannot write: what is at @p out is of no use then
 */
char *nf_columns_put(const nf_columns *columns, const nf_flow *flow, char *out, char separator);

/** The values of a flow in the columns from place @p first on. */
void nf_columns_values_from(const nf_columns *columns, size_t first, const nf_flow *flow, nf_value *values);

#endif
