/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a column set of columns.def. No guard: whoever includes it defines NF_SET_NAME first, and NF_POPULATION where standard deviations
 * and variances are those of the population.
 */
#include "set.h"
#include "value.h"
#include "values.h"

#include <assert.h>

#ifdef NF_POPULATION
#define SPREAD_OF "population "
#else
#define SPREAD_OF "sample "
#endif

enum {
#define NF_COLUMN(name, type, unit, value, cic, formula) COLUMN_##name,
#include "columns.def"
#undef NF_COLUMN
	COLUMNS
};

_Static_assert((int)COLUMNS <= (int)NF_REALS_MOST, "all of them may be reals");

static const nf_column table[COLUMNS] = {
#define NF_COLUMN(name, type, unit, value, cic, formula) {#name, NF_TYPE_##type, unit, formula, cic},
#include "columns.def"
#undef NF_COLUMN
};

/* One after the other, so that the compiler sees what they share. */
static void all_values(const nf_flow *flow, nf_value *values)
{
	const nf_features *f = flow->features;
	const nf_side *fwd = &f->dir[NF_FWD], *bwd = &f->dir[NF_BWD];

#define NF_COLUMN(name, type, unit, value, cic, formula) *values++ = value;
#include "columns.def"
#undef NF_COLUMN
}

/*
 * Here the compiler knows the kind of each value and what makes it 0. The reals, which are most of the work, become texts first, all together;
 * then the columns are put one behind the other.
 */
__attribute__((flatten)) static char *put_all(const nf_flow *flow, char *out, char separator)
{
	const nf_features *f = flow->features;
	const nf_side *fwd = &f->dir[NF_FWD], *bwd = &f->dir[NF_BWD];
	double reals[COLUMNS];
	nf_real_text texts[COLUMNS];
	uint8_t which[COLUMNS], is_long[COLUMNS];
	size_t n = 0;

#define NF_TWIN(name, like, type, unit, value, cic, formula)
#define NF_COLUMN(name, type, unit, value, cic, formula) \
	{ \
		const nf_value column = value; \
		if (column.kind == NF_VALUE_TEXT) \
			return NULL; \
		if (column.kind == NF_VALUE_REAL) { \
			reals[COLUMN_##name] = column.u.real; \
			which[n] = COLUMN_##name; \
			n += is_long[COLUMN_##name] = !nf_real_is_whole(column.u.real); \
		} \
	}
#include "columns.def"
#undef NF_COLUMN
	nf_put_reals(texts, reals, which, n);

#define NF_TWIN(name, like, type, unit, value, cic, formula) PUT_REAL(like)
#define NF_COLUMN(name, type, unit, value, cic, formula) \
	{ \
		const nf_value column = value; \
		if (column.kind == NF_VALUE_REAL) { \
			PUT_REAL(name) \
		} else { \
			out = nf_put_value(out, &column); \
			*out++ = separator; \
		} \
	}
#define PUT_REAL(name) \
	if (is_long[COLUMN_##name]) { \
		memcpy(out, texts[COLUMN_##name].characters, NF_REAL_TEXT_MAX); \
		out += texts[COLUMN_##name].length; \
	} else { \
		out = nf_put_real(out, reals[COLUMN_##name]); \
	} \
	*out++ = separator;
#include "columns.def"
#undef NF_COLUMN
#undef PUT_REAL
	return out;
}

static nf_value one_value(const nf_flow *flow, size_t id)
{
	const nf_features *f = flow->features;
	const nf_side *fwd = &f->dir[NF_FWD], *bwd = &f->dir[NF_BWD];

	switch (id) {
#define NF_COLUMN(name, type, unit, value, cic, formula) \
	case COLUMN_##name: return value;
#include "columns.def"
#undef NF_COLUMN
	}
	assert(!"a selection holds columns of its set only");
	return (nf_value){0};
}

const nf_column_set NF_SET_NAME = {table, COLUMNS, one_value, all_values, NULL, put_all};
