/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a column set of columns_cic.def. No guard: whoever includes it defines NF_SET_NAME and NF_SET_TIMES (the form of times), and
 * NF_CIC(), which gives the columns that the set has as NF_COLUMN(name, type, unit, value, formula).
 */
#include "set.h"
#include "values_cic.h"

#include <assert.h>

static const nf_column table[] = {
#define NF_COLUMN(name, type, unit, value, formula) {name, NF_TYPE_##type, unit, formula, name},
#include "columns_cic.def"
#undef NF_COLUMN
};

/* One after the other, so that the compiler sees what they share. */
static void all_values(const nf_flow *flow, nf_value *values)
{
	const nf_cic *f = flow->features;
	const nf_cic_side *fwd = &f->dir[NF_FWD], *bwd = &f->dir[NF_BWD];

#define NF_COLUMN(name, type, unit, value, formula) *values++ = value;
#include "columns_cic.def"
#undef NF_COLUMN
}

static nf_value one_value(const nf_flow *flow, size_t id)
{
	const nf_cic *f = flow->features;
	const nf_cic_side *fwd = &f->dir[NF_FWD], *bwd = &f->dir[NF_BWD];
	size_t i = 0;

#define NF_COLUMN(name, type, unit, value, formula) \
	if (id == i++)                                  \
		return value;
#include "columns_cic.def"
#undef NF_COLUMN
	assert(!"a selection holds columns of its set only");
	return (nf_value){0};
}

const nf_column_set NF_SET_NAME = {table, sizeof table / sizeof *table, one_value, all_values, NF_SET_TIMES, NULL};
