/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selections of columns out of a profile's set, and the values of a flow in them. */
#include "clock.h"
#include "dialect.h"
#include "extra_columns.h"
#include "row.h"
#include "set.h"

#include "flow/nearest.h"

#include <stdlib.h>
#include <string.h>

static const nf_column_set *const sets[] = {
#define NF_PROFILE(id, name, model, columns, text) &columns,
#include <netflower/profiles.def>
#undef NF_PROFILE
};

struct nf_columns {
	const nf_column_set *set;
	nf_profile profile;
	bool is_profile; /* the whole set in its order */
	size_t n_put;    /* columns at the beginning that the set writes as text */
	bool has_clock;
	nf_clock clock;
	unsigned extras; /* NF_EXTRA_ bits that they need */
	size_t n;
	nf_column *shown; /* as nf_columns_at() tells them: a dialect has names of its own */
	uint16_t ids[]; /* of the set; behind those, of the columns that every profile may add */
};

const char *nf_type_name(nf_type type)
{
	static const char *const names[] = {
		[NF_TYPE_TEXT] = "text", [NF_TYPE_INT] = "int", [NF_TYPE_REAL] = "real", [NF_TYPE_TIME] = "decimal"};

	return (size_t)type < sizeof names / sizeof *names ? names[type] : NULL;
}

size_t nf_column_count(void)
{
	return sets[NF_PROFILE_NETFLOWER]->n;
}

size_t nf_extra_column_count(void)
{
	return NF_EXTRA_COLUMNS;
}

const nf_column *nf_extra_column_at(size_t id)
{
	return id < NF_EXTRA_COLUMNS ? nf_extra_column(id) : NULL;
}

const nf_column *nf_column_at(size_t id)
{
	const nf_column_set *set = sets[NF_PROFILE_NETFLOWER];

	return id < set->n ? &set->columns[id] : NULL;
}

static const nf_column *column_of(const nf_column_set *set, size_t id)
{
	return id < set->n ? &set->columns[id] : nf_extra_column(id - set->n);
}

static const char *name_at(const void *set, size_t id)
{
	return column_of(set, id)->name;
}

static size_t count_of(const nf_column_set *set)
{
	return set->n + NF_EXTRA_COLUMNS;
}

static size_t find(const nf_column_set *set, const char *name)
{
	size_t id = 0;

	while (id < count_of(set) && strcmp(name_at(set, id), name) != 0)
		id++;
	return id;
}

static void push(nf_columns *columns, size_t id)
{
	columns->shown[columns->n] = *column_of(columns->set, id);
	if (id >= columns->set->n)
		columns->extras |= nf_extra_column_needs(id - columns->set->n);
	columns->ids[columns->n++] = (uint16_t)id;
}

static nf_status add_column(nf_columns *columns, const char *name, nf_error *error)
{
	const nf_column_set *set = columns->set;

	if (!*name)
		return nf_fail(error, NF_ARGUMENT, "a column name is empty");
	size_t id = find(set, name);
	if (id == count_of(set))
		return nf_fail(error, NF_ARGUMENT, "no column is called '%s'; the nearest name is '%s'", name,
			       nf_nearest(name, name_at, set, count_of(set)));
	for (size_t i = 0; i < columns->n; i++)
		if (columns->ids[i] == id)
			return nf_fail(error, NF_ARGUMENT, "column '%s' is there already", name);
	push(columns, id);
	return NF_OK;
}

/* Cuts the next name out of a list; *plus: it began with '+'. False: the name is too long to be one. */
static bool next_name(const char **list, char name[NF_NAME_MAX + 1], bool *plus)
{
	const char *begin = *list + strspn(*list, " ");
	size_t length = strcspn(begin, ",");

	*list = begin + length;
	*plus = *begin == '+';
	if (*plus) {
		begin++;
		length--;
	}
	while (length > 0 && begin[length - 1] == ' ')
		length--;
	bool fits = length <= NF_NAME_MAX;
	if (!fits)
		length = NF_NAME_MAX;
	memcpy(name, begin, length);
	name[length] = '\0';
	return fits;
}

static void add_profile(nf_columns *columns)
{
	for (size_t id = 0; id < columns->set->n; id++)
		push(columns, id);
}

static bool is_profile(const nf_columns *columns)
{
	size_t i = 0;

	while (i < columns->n && columns->ids[i] == i)
		i++;
	return i == columns->set->n && i == columns->n;
}

/* The same, but others may follow, and a clock writes times in its own way. */
static size_t count_put(const nf_columns *columns)
{
	const size_t n = columns->set->n;
	size_t i = 0;

	if (!columns->set->put || columns->has_clock || columns->n < n)
		return 0;
	while (i < n && columns->ids[i] == i)
		i++;
	return i == n ? n : 0;
}

/* Columns that no set has: what a source "#" or "" in dialects.def stands for. */
enum { ID_NUMBER = UINT16_MAX, ID_ZERO = UINT16_MAX - 1 };

static void push_other(nf_columns *columns, uint16_t id)
{
	columns->shown[columns->n] = (nf_column){.type = NF_TYPE_INT, .unit = "", .cic = ""};
	columns->shown[columns->n].formula = id == ID_NUMBER ? "number of the flow, from 1" : "0: a flow does not know it";
	columns->ids[columns->n++] = id;
}

static bool push_source(nf_columns *columns, const char *source)
{
	if (!*source || strcmp(source, "#") == 0) {
		push_other(columns, *source ? ID_NUMBER : ID_ZERO);
		return true;
	}
	const size_t id = find(columns->set, source);
	if (id >= columns->set->n)
		return false;
	push(columns, id);
	return true;
}

static nf_status add_dialect(nf_columns *columns, const nf_dialect *dialect, nf_error *error)
{
	for (size_t i = 0; i < dialect->n; i++) {
		if (!push_source(columns, dialect->columns[i].source))
			return nf_fail(error, NF_ARGUMENT, "%s has the column '%s', which the profile cannot give; cicflowmeter and cicflowmeter-fixed can",
				       dialect->name, dialect->columns[i].name);
		columns->shown[columns->n - 1].name = dialect->columns[i].name;
	}
	return NF_OK;
}

static nf_status add_list(nf_columns *columns, const char *list, nf_error *error)
{
	const bool adding = columns->n > 0;

	for (;; list++) {
		char name[NF_NAME_MAX + 1];
		bool plus;

		if (!next_name(&list, name, &plus))
			return nf_fail(error, NF_ARGUMENT, "no column is called '%s...'", name);
		if (plus != adding)
			return nf_fail(error, NF_ARGUMENT, "'%s': either all column names begin with '+' or none", name);
		nf_status status = add_column(columns, name, error);
		if (status != NF_OK || !*list)
			return status;
	}
}

/* What the columns begin with, and then what the list adds. */
static nf_status fill(nf_columns *columns, const nf_columns_options *options, nf_error *error)
{
	const char *list = options->list && *options->list ? options->list : NULL;
	const bool adding = list && list[strspn(list, " ")] == '+';
	const nf_dialect *dialect = NULL;
	nf_status status = NF_OK;

	if (options->dialect) {
		status = nf_dialect_find(&dialect, options->dialect, error);
		if (status == NF_OK && list && !adding)
			return nf_fail(error, NF_ARGUMENT, "a dialect has its own columns: only '+NAME' can be added to those of %s", dialect->name);
		if (status == NF_OK)
			status = add_dialect(columns, dialect, error);
	} else if (!list || adding) {
		add_profile(columns);
	}
	return status == NF_OK && list ? add_list(columns, list, error) : status;
}

static bool has_label(const nf_columns *columns)
{
	for (size_t i = 0; i < columns->n; i++) {
		const char *name = column_of(columns->set, columns->ids[i])->name;
		if (strcmp(name, "label") == 0 || strcmp(name, "Label") == 0)
			return true;
	}
	return false;
}

static nf_status set_clock(nf_columns *columns, const nf_columns_options *options, nf_error *error)
{
	const nf_dialect *dialect = NULL;
	const char *form = options->time_form;

	if (!form && options->dialect) {
		nf_status status = nf_dialect_find(&dialect, options->dialect, error);
		if (status != NF_OK)
			return status;
		form = dialect->time_form;
	}
	if (!form)
		form = columns->set->time_form;
	return nf_clock_init(&columns->clock, form, options->zone, &columns->has_clock, error);
}

/* A column of times that are written as texts holds texts. */
static void tell_times(nf_columns *columns)
{
	for (size_t i = 0; columns->has_clock && i < columns->n; i++)
		if (columns->shown[i].type == NF_TYPE_TIME) {
			columns->shown[i].type = NF_TYPE_TEXT;
			columns->shown[i].unit = "";
		}
}

static nf_columns *empty_columns(const nf_column_set *set)
{
	/* No name of the set may be given twice, but a dialect may have one twice. */
	const size_t most = count_of(set) + NF_DIALECT_COLUMNS_MAX;
	nf_columns *columns = calloc(1, sizeof *columns + most * sizeof *columns->ids);

	if (!columns)
		return NULL;
	columns->set = set;
	columns->shown = calloc(most, sizeof *columns->shown);
	if (columns->shown)
		return columns;
	free(columns);
	return NULL;
}

nf_status nf_columns_new_for(nf_columns **result, const nf_columns_options *options, nf_error *error)
{
	*result = NULL;
	if ((unsigned)options->profile >= NF_PROFILE_COUNT)
		return nf_fail(error, NF_ARGUMENT, "no profile has the number %u", (unsigned)options->profile);
	nf_columns *columns = empty_columns(sets[options->profile]);
	if (!columns)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	columns->profile = options->profile;
	nf_status status = fill(columns, options, error);
	if (status == NF_OK && options->labelled && !has_label(columns))
		status = add_column(columns, "label", error);
	if (status == NF_OK)
		status = set_clock(columns, options, error);
	if (status != NF_OK) {
		nf_columns_free(columns);
		return status;
	}
	tell_times(columns);
	columns->is_profile = is_profile(columns);
	columns->n_put = count_put(columns);
	*result = columns;
	return NF_OK;
}

nf_status nf_columns_new(nf_columns **result, const char *list, nf_error *error)
{
	return nf_columns_new_for(result, &(nf_columns_options){.list = list}, error);
}

void nf_columns_free(nf_columns *columns)
{
	if (columns)
		free(columns->shown);
	free(columns);
}

nf_profile nf_columns_profile(const nf_columns *columns)
{
	return columns->profile;
}

size_t nf_columns_count(const nf_columns *columns)
{
	return columns->n;
}

const nf_column *nf_columns_at(const nf_columns *columns, size_t i)
{
	return i < columns->n ? &columns->shown[i] : NULL;
}

bool nf_columns_times_are_text(const nf_columns *columns)
{
	return columns->has_clock;
}

const nf_clock *nf_columns_clock(const nf_columns *columns)
{
	return columns->has_clock ? &columns->clock : NULL;
}

static nf_value value_of(const nf_column_set *set, const nf_flow *flow, size_t id)
{
	if (id == ID_ZERO || id == ID_NUMBER)
		return (nf_value){NF_VALUE_INT, {.integer = id == ID_ZERO ? 0 : (int64_t)nf_flow_number(flow)}};
	return id < set->n ? set->value(flow, id) : nf_extra_column_value(flow, id - set->n);
}

void nf_columns_values_from(const nf_columns *columns, size_t first, const nf_flow *flow, nf_value *values)
{
	if (columns->is_profile && first == 0) {
		columns->set->values(flow, values);
		return;
	}
	for (size_t i = first; i < columns->n; i++)
		values[i] = value_of(columns->set, flow, columns->ids[i]);
}

unsigned nf_columns_extras(const nf_columns *columns)
{
	return columns->extras;
}

void nf_columns_values(const nf_columns *columns, const nf_flow *flow, nf_value *values)
{
	nf_columns_values_from(columns, 0, flow, values);
}

size_t nf_columns_put_count(const nf_columns *columns)
{
	return columns->n_put;
}

char *nf_columns_put(const nf_columns *columns, const nf_flow *flow, char *out, char separator)
{
	return columns->set->put(flow, out, separator);
}

size_t nf_columns_print(const nf_columns *columns, const nf_value *value, char *out, size_t size)
{
	if (value->kind != NF_VALUE_TIME || !columns->has_clock)
		return nf_value_print(value, out, size);
	char *end = nf_put_clock(out, &columns->clock, value->u.integer);
	*end = '\0';
	return (size_t)(end - out);
}
