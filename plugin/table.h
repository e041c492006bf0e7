/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file table.h
 * Statistics ▸ Netflower flows.
 */
#ifndef NF_PLUGIN_TABLE_H
#define NF_PLUGIN_TABLE_H

#include "compat.h"

/** Name of the tap that the table listens to. */
#define TABLE_TAP "netflower"

/** Makes the table known to Wireshark. */
void table_register(void);

/** The columns of the preferences have changed: windows opened from now on have them. */
void table_columns_changed(void);

/** A frame is dissected while the table listens; its packet may come to the table next. */
void table_expect(guint32 frame);

/** A frame is dissected while the table does not listen. */
void table_rest(void);

/** The display filter of the packets of a flow by its number in the table filled last; NULL: there is no such flow. */
const char *table_filter(guint number);

#endif
