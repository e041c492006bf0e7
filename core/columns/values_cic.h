/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file values_cic.h
 * The words in which columns_cic.def says what a column's value is.
 */
#ifndef NF_COLUMNS_VALUES_CIC_H
#define NF_COLUMNS_VALUES_CIC_H

#include "extra_columns.h"
#include "exact.h"
#include "values_key.h"

#include "flow/cic.h"

#include <netflower/columns.h>

#include <math.h>

static const uint64_t SECOND_US = 1000000;

/* ---- numbers */

/* a / b for a signed a; 0 when b is 0. */
static inline double signed_ratio(int64_t a, uint64_t b)
{
	return a < 0 ? -nf_ratio(0 - (uint64_t)a, b) : nf_ratio((uint64_t)a, b);
}

static inline int64_t duration(const nf_cic *f)
{
	return nf_cic_gap(f->first_us, f->last_us);
}

static inline uint64_t packets(const nf_cic *f)
{
	return nf_cic_packets(f);
}

static inline uint64_t payload(const nf_cic *f)
{
	return (uint64_t)f->dir[NF_FWD].length.sum + (uint64_t)f->dir[NF_BWD].length.sum;
}

static inline double mean(const nf_cic_tally *t)
{
	return signed_ratio(t->sum, t->n);
}

static inline double variance(const nf_cic_tally *t)
{
	return nf_variance(t->n, t->sum < 0 ? 0 - (uint64_t)t->sum : (uint64_t)t->sum, t->squares);
}

static inline double deviation(const nf_cic_tally *t)
{
	return sqrt(variance(t));
}

static inline double most(const nf_cic_tally *t)
{
	return (double)t->max;
}

static inline double least(const nf_cic_tally *t)
{
	return (double)t->min;
}

/* Lengths of both directions. */
static inline nf_cic_tally lengths(const nf_cic *f)
{
	const nf_cic_tally *a = &f->dir[NF_FWD].length, *b = &f->dir[NF_BWD].length;

	if (a->n == 0 || b->n == 0)
		return a->n ? *a : *b;
	return (nf_cic_tally){
		.squares = a->squares + b->squares,
		.n = a->n + b->n,
		.sum = nf_cic_sum(a->sum, b->sum),
		.min = a->min < b->min ? a->min : b->min,
		.max = a->max > b->max ? a->max : b->max,
	};
}

/* ---- values */

static inline nf_value java(double value)
{
	return (nf_value){NF_VALUE_JAVA, {.real = value}};
}

static inline nf_value whole(int64_t value)
{
	return (nf_value){NF_VALUE_INT, {.integer = value}};
}

static inline nf_value integer(uint64_t value)
{
	return whole((int64_t)value);
}

static inline nf_value text(const char *text)
{
	return (nf_value){NF_VALUE_TEXT, {.text = text}};
}

static inline nf_value flow_id(const nf_flow *flow)
{
	const nf_record *r = flow->record;

	return (nf_value){nf_cic_id_end(r) ? NF_VALUE_KEY_REVERSED : NF_VALUE_KEY, {.key = &r->key}};
}

static inline nf_value instant_us(int64_t us)
{
	return (nf_value){NF_VALUE_TIME, {.integer = (int64_t)((uint64_t)us * 1000)}};
}

/* Where there are no values: the text "0", or "0.0", or "NaN". */
static inline nf_value or_zero(const nf_cic_tally *t, double value)
{
	return t->n ? java(value) : integer(0);
}

static inline nf_value or_zero_real(const nf_cic_tally *t, double value)
{
	return java(t->n ? value : 0);
}

static inline nf_value or_nan(const nf_cic_tally *t, double value)
{
	return java(t->n ? value : NAN);
}

#define total(tally) ((double)(tally)->sum)

static inline nf_value quotient(uint64_t a, uint64_t b)
{
	return java(nf_ratio(a, b));
}

/* Rounded down; 0 where there is nothing to divide by. */
static inline nf_value share(uint64_t a, uint64_t b)
{
	return integer(b ? a / b : 0);
}

static inline double per_second(uint64_t count, int64_t us)
{
	return us < 0 ? -nf_ratio((nf_u128)count * SECOND_US, 0 - (uint64_t)us) : nf_ratio((nf_u128)count * SECOND_US, (uint64_t)us);
}

/* As Java divides: x / 0 is infinite, 0 / 0 no number. */
static inline nf_value rate(uint64_t count, const nf_cic *f)
{
	if (duration(f) == 0)
		return java(count ? INFINITY : NAN);
	return java(per_second(count, duration(f)));
}

static inline nf_value rate_or_minus_one(uint64_t count, const nf_cic *f)
{
	return duration(f) == 0 ? whole(-1) : java(per_second(count, duration(f)));
}

static inline nf_value side_rate(const nf_cic_side *side, const nf_cic *f)
{
	return java(duration(f) > 0 ? per_second(side->length.n, duration(f)) : 0);
}

static inline nf_value bulk_rate(const nf_cic_bulks *b)
{
	return java(per_second(b->bytes, b->duration_us));
}

static inline nf_value whole_bulk_rate(const nf_cic_bulks *b)
{
	return b->duration_us > 0 ? integer((uint64_t)((nf_u128)b->bytes * SECOND_US / (uint64_t)b->duration_us))
				  : whole((int64_t)per_second(b->bytes, b->duration_us));
}

static inline nf_value lengths_once(const nf_cic *f, double (*of)(const nf_cic_tally *))
{
	const nf_cic_tally t = lengths(f);

	return java(of(&t));
}

static inline nf_value lengths_twice(const nf_cic *f, double (*of)(const nf_cic_tally *))
{
	nf_cic_tally t = lengths(f);

	t.n++;
	t.sum = nf_cic_sum(t.sum, (int64_t)f->first_payload);
	t.squares += (nf_u128)f->first_payload * f->first_payload;
	return java(of(&t));
}

static inline int64_t connection_time(const nf_flow *flow, const nf_cic *f)
{
	const uint8_t protocol = flow->record->key.protocol;

	return protocol == NF_PROTOCOL_TCP || protocol == NF_PROTOCOL_UDP ? nf_cic_sum(f->before_us, duration(f)) : 0;
}

#endif
