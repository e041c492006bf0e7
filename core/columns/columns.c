/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of columns as data, selections of columns, and the values of a flow in them. */
#include "values.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
#define NF_COLUMN(name, type, unit, value, cic, formula) COLUMN_##name,
#include "columns.def"
#undef NF_COLUMN
	COLUMNS
};

static const nf_column table[COLUMNS] = {
#define NF_COLUMN(name, type, unit, value, cic, formula) {#name, NF_TYPE_##type, unit, formula, cic},
#include "columns.def"
#undef NF_COLUMN
};

/* Names longer than this are unknown anyway. */
enum { NAME_MAX_LENGTH = 63 };

struct nf_columns {
	size_t n;
	bool is_profile; /* the whole table in its order */
	uint16_t ids[];
};

const char *nf_type_name(nf_type type)
{
	static const char *const names[] = {
		[NF_TYPE_TEXT] = "text", [NF_TYPE_INT] = "int", [NF_TYPE_REAL] = "real", [NF_TYPE_TIME] = "decimal"};

	return (size_t)type < sizeof names / sizeof *names ? names[type] : NULL;
}

size_t nf_column_count(void)
{
	return COLUMNS;
}

const nf_column *nf_column_at(size_t id)
{
	return id < COLUMNS ? &table[id] : NULL;
}

static size_t find(const char *name)
{
	size_t id = 0;

	while (id < COLUMNS && strcmp(table[id].name, name) != 0)
		id++;
	return id;
}

/* Edits that turn one name into the other: inserted, deleted and changed characters (Levenshtein's distance). */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LENGTH + 1], n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t corner = row[0]++;
		for (size_t j = 1; j <= n; j++) {
			size_t change = corner + (a[i - 1] != b[j - 1]);
			size_t edit = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			corner = row[j];
			row[j] = change < edit ? change : edit;
		}
	}
	return row[n];
}

static const char *nearest(const char *name)
{
	size_t best = 0;

	for (size_t id = 1; id < COLUMNS; id++)
		if (distance(table[id].name, name) < distance(table[best].name, name))
			best = id;
	return table[best].name;
}

static nf_status add_column(nf_columns *columns, const char *name, nf_error *error)
{
	if (!*name)
		return nf_fail(error, NF_ARGUMENT, "a column name is empty");
	size_t id = find(name);
	if (id == COLUMNS)
		return nf_fail(error, NF_ARGUMENT, "no column is called '%s'; the nearest name is '%s'", name, nearest(name));
	for (size_t i = 0; i < columns->n; i++)
		if (columns->ids[i] == id)
			return nf_fail(error, NF_ARGUMENT, "column '%s' is there already", name);
	columns->ids[columns->n++] = (uint16_t)id;
	return NF_OK;
}

/* Cuts the next name out of a list; *plus: it began with '+'. False: the name is too long to be one. */
static bool next_name(const char **list, char name[NAME_MAX_LENGTH + 1], bool *plus)
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
	bool fits = length <= NAME_MAX_LENGTH;
	if (!fits)
		length = NAME_MAX_LENGTH;
	memcpy(name, begin, length);
	name[length] = '\0';
	return fits;
}

static void add_profile(nf_columns *columns)
{
	for (size_t id = 0; id < COLUMNS; id++)
		columns->ids[columns->n++] = (uint16_t)id;
}

static bool is_profile(const nf_columns *columns)
{
	size_t i = 0;

	while (i < columns->n && columns->ids[i] == i)
		i++;
	return i == COLUMNS;
}

static nf_status add_list(nf_columns *columns, const char *list, nf_error *error)
{
	const bool adding = list[strspn(list, " ")] == '+';

	if (adding)
		add_profile(columns);
	for (;; list++) {
		char name[NAME_MAX_LENGTH + 1];
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

nf_status nf_columns_new(nf_columns **result, const char *list, nf_error *error)
{
	/* No name may be given twice, so no selection is longer than the table. */
	nf_columns *columns = calloc(1, sizeof *columns + COLUMNS * sizeof *columns->ids);
	nf_status status = NF_OK;

	*result = NULL;
	if (!columns)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	if (list && *list)
		status = add_list(columns, list, error);
	else
		add_profile(columns);
	if (status != NF_OK) {
		nf_columns_free(columns);
		return status;
	}
	columns->is_profile = is_profile(columns);
	*result = columns;
	return NF_OK;
}

void nf_columns_free(nf_columns *columns)
{
	free(columns);
}

size_t nf_columns_count(const nf_columns *columns)
{
	return columns->n;
}

const nf_column *nf_columns_at(const nf_columns *columns, size_t i)
{
	return i < columns->n ? &table[columns->ids[i]] : NULL;
}

/* One after the other, so that the compiler sees what they share. */
static void profile_values(const nf_flow *flow, nf_value *values)
{
	const nf_features *f = flow->features;
	const nf_side *fwd = &f->dir[NF_FWD], *bwd = &f->dir[NF_BWD];

#define NF_COLUMN(name, type, unit, value, cic, formula) *values++ = value;
#include "columns.def"
#undef NF_COLUMN
}

static nf_value one_value(const nf_flow *flow, unsigned id)
{
	const nf_features *f = flow->features;
	const nf_side *fwd = &f->dir[NF_FWD], *bwd = &f->dir[NF_BWD];

	switch (id) {
#define NF_COLUMN(name, type, unit, value, cic, formula) \
	case COLUMN_##name: return value;
#include "columns.def"
#undef NF_COLUMN
	}
	assert(!"a selection holds columns of the table only");
	return (nf_value){0};
}

void nf_columns_values(const nf_columns *columns, const nf_flow *flow, nf_value *values)
{
	if (columns->is_profile) {
		profile_values(flow, values);
		return;
	}
	for (size_t i = 0; i < columns->n; i++)
		values[i] = one_value(flow, columns->ids[i]);
}
