/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file set.h
 * The columns of a profile: a table, and functions that give the values of a flow. A selection (nf_columns) is taken from one set.
 */
#ifndef NF_COLUMNS_SET_H
#define NF_COLUMNS_SET_H

#include <netflower/columns.h>
#include <netflower/profile.h>

typedef struct nf_column_set {
	const nf_column *columns;
	size_t n;
	/** One value. @param id  below n */
	nf_value (*value)(const nf_flow *flow, size_t id);
	/** All of them, in order. */
	void (*values)(const nf_flow *flow, nf_value *values);
	/** How values of the kind NF_VALUE_TIME are written, see clock.h; NULL: as decimal seconds. */
	const char *time_form;
	/** Writes them as text, see nf_columns_put(); NULL: there is no such function, they are printed one by one. */
	char *(*put)(const nf_flow *flow, char *out, char separator);
} nf_column_set;

#define NF_PROFILE(id, name, model, columns, text) extern const nf_column_set columns;
#include <netflower/profiles.def>
#undef NF_PROFILE

#endif
