/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file preferences.h
 * Edit ▸ Preferences ▸ Protocols ▸ Netflower. They are for the table and the export; -z netflower,csv has its own settings.
 */
#ifndef NF_PLUGIN_PREFERENCES_H
#define NF_PLUGIN_PREFERENCES_H

#include <netflower/columns.h>
#include <netflower/engine.h>

/** @param changed  called when they have been read or changed */
void preferences_register(int protocol, void (*changed)(void));

/**
 * What the preferences say.
 * @param columns  to be freed with nf_columns_free()
 * @return NF_ARGUMENT: one of them does not take its value; the text says which. Then the defaults are given in its place.
 */
nf_status preferences_get(nf_options *engine, nf_columns **columns, nf_error *error);

/** The most rows that the table may have. */
unsigned preferences_rows(void);

#endif
