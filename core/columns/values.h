/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file values.h
 * The words in which columns.def says what a column's value is. Where there is nothing to count every one of them gives 0.
 */
#ifndef NF_COLUMNS_VALUES_H
#define NF_COLUMNS_VALUES_H

#include "exact.h"
#include "values_key.h"

#include "flow/record.h"

#include <netflower/columns.h>
#include <netflower/engine.h>

#include <math.h>

/* ---- groups of values, as far as a column needs them */

typedef struct nf_group {
	uint64_t n, sum, min, max;
	nf_u128 squares;
} nf_group;

static inline nf_group group(const nf_spread *spread, uint64_t n, uint64_t sum)
{
	return n ? (nf_group){n, sum, spread->min, spread->max, spread->squares} : (nf_group){0};
}

static inline nf_group side_length(const nf_side *side)
{
	return side->packets ? (nf_group){side->packets, side->bytes, side->length_min, side->length_max, side->length_squares} : (nf_group){0};
}

static inline nf_group flow_length(const nf_features *f)
{
	const nf_side *a = &f->dir[NF_FWD], *b = &f->dir[NF_BWD];

	return (nf_group){
		.n = nf_features_packets(f),
		.sum = a->bytes + b->bytes,
		.min = a->length_min < b->length_min ? a->length_min : b->length_min,
		.max = a->length_max > b->length_max ? a->length_max : b->length_max,
		.squares = a->length_squares + b->length_squares,
	};
}

static inline uint64_t duration(const nf_features *f)
{
	return nf_gap_ns(f->first_ns, f->last_ns);
}

static inline nf_group side_gap(const nf_side *side)
{
	return group(&side->gap, side->packets ? side->packets - 1 : 0, nf_gap_ns(side->first_ns, side->last_ns));
}

static inline nf_group flow_gap(const nf_features *f)
{
	return group(&f->gap, nf_features_packets(f) - 1, duration(f));
}

static inline nf_group periods(const nf_tally *tally)
{
	return group(&tally->spread, tally->n, tally->sum);
}

static inline uint64_t packets(const nf_features *f)
{
	return nf_features_packets(f);
}

static inline uint64_t bytes(const nf_features *f)
{
	return f->dir[NF_FWD].bytes + f->dir[NF_BWD].bytes;
}

static inline uint64_t header_min(const nf_side *side)
{
	return side->packets ? side->header_min : 0;
}

/* ---- values */

static inline nf_value integer(uint64_t value)
{
	return (nf_value){NF_VALUE_INT, {.integer = (int64_t)value}};
}

static inline nf_value window(const nf_side *side)
{
	return (nf_value){NF_VALUE_INT, {.integer = side->window}};
}

static inline nf_value instant(int64_t ns)
{
	return (nf_value){NF_VALUE_TIME, {.integer = ns}};
}

static inline nf_value seconds(uint64_t ns)
{
	return (nf_value){NF_VALUE_SECONDS, {.ns = ns}};
}

static inline nf_value real(double value)
{
	return (nf_value){NF_VALUE_REAL, {.real = value}};
}

static inline nf_value ratio(uint64_t a, uint64_t b)
{
	return real(nf_ratio(a, b));
}

static inline nf_value rate(uint64_t count, uint64_t ns)
{
	return real(nf_ratio((nf_u128)count * 1000000000u, ns));
}

static inline nf_value mean(nf_group g)
{
	return ratio(g.sum, g.n);
}

static inline nf_value mean_seconds(nf_group g)
{
	return real(nf_ratio(g.sum, (nf_u128)g.n * 1000000000u));
}

/* Of the sample, or where the set of columns says so (set_netflower.h) of the population. */
static inline double spread_of(nf_group g)
{
#ifdef NF_POPULATION
	return nf_population_variance(g.n, g.sum, g.squares);
#else
	return nf_variance(g.n, g.sum, g.squares);
#endif
}

static inline nf_value variance(nf_group g)
{
	return real(spread_of(g));
}

static inline nf_value deviation(nf_group g)
{
	return real(sqrt(spread_of(g)));
}

static inline nf_value deviation_seconds(nf_group g)
{
	return real(sqrt(spread_of(g)) / 1e9);
}

#endif
