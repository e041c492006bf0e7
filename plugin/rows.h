/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file rows.h
 * The rows of the table: flows as the cells that Wireshark's windows show.
 *
 * A window keeps pointers to the cells of the rows it shows, and several windows share one stat_tap_table. So the cells of a row stay
 * where they are until no window can show them, while their values may change.
 */
#ifndef NF_PLUGIN_ROWS_H
#define NF_PLUGIN_ROWS_H

#include "compat.h"

#include <netflower/columns.h>

typedef struct rows rows;

/**
 * No rows yet.
 * @param columns  become the rows' own
 * @param most     rows there may be
 */
rows *rows_new(nf_columns *columns, guint most);

/** @param cells  false: Wireshark has freed the cells already */
void rows_free(rows *r, bool cells);

/** The values of all rows are to be set again, from the first one on. */
void rows_begin(rows *r);

/** Sets the values of the next row, which is made where it is not there yet. Counts only, once there are as many rows as there may be. */
void rows_next(rows *r, const nf_flow *flow);

/** All values are set: @a table shows the rows. */
void rows_show(rows *r, stat_tap_table *table);

/** Flows for which there is no row, since there were too many. */
guint rows_left_out(const rows *r);

/** The display filter of a flow's packets by the number of its row, from 1; NULL: there is no such row. */
const char *rows_filter(const rows *r, guint number);

/** Describes the columns of rows with these columns. @param fields room for rows_fields() */
void rows_describe(const nf_columns *columns, stat_tap_table_item *fields);

/** Number of cells in a row. */
guint rows_fields(const nf_columns *columns);

#endif
