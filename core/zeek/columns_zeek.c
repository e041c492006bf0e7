/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fields of conn.log as columns, for formats other than Zeek's: those that are no texts made for the purpose. */
#include "connection.h"
#include "fields.h"

#include "columns/set.h"
#include "flow/record.h"

#include <string.h>

static const nf_column columns[] = {
#define NF_ZEEK_COLUMN(name, type, unit, formula) {name, NF_TYPE_##type, unit, formula, ""},
#include "columns_zeek.def"
#undef NF_ZEEK_COLUMN
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static size_t field_named(const char *name)
{
	size_t i = 0;

	while (nf_field_name(i) != name && strcmp(nf_field_name(i), name) != 0)
		i++;
	return i;
}

/* A text ends in a NUL in all fields that are columns; what is unset is an empty text or 0. */
static nf_value value(const nf_flow *flow, size_t id)
{
	char room[NF_FIELD_ROOM];
	const nf_zeek_log_options none = {.nets = NULL};
	const nf_field field = nf_field_value(field_named(columns[id].name), flow, &none, room);

	switch (field.kind) {
	case NF_FIELD_TIME: return (nf_value){.kind = NF_VALUE_TIME, .u.integer = field.u.ns};
	case NF_FIELD_INTERVAL: return (nf_value){.kind = NF_VALUE_SECONDS, .u.ns = (uint64_t)field.u.ns};
	case NF_FIELD_COUNT: return (nf_value){.kind = NF_VALUE_INT, .u.integer = (int64_t)field.u.count};
	case NF_FIELD_IPV4: return (nf_value){.kind = NF_VALUE_IPV4, .u.address = field.u.address};
	case NF_FIELD_IPV6: return (nf_value){.kind = NF_VALUE_IPV6, .u.address = field.u.address};
	case NF_FIELD_TEXT: return (nf_value){.kind = NF_VALUE_TEXT, .u.text = field.u.text.from};
	default: break;
	}
	if (columns[id].type == NF_TYPE_TEXT)
		return (nf_value){.kind = NF_VALUE_TEXT, .u.text = ""};
	return (nf_value){.kind = NF_VALUE_INT, .u.integer = 0};
}

static void values(const nf_flow *flow, nf_value *out)
{
	for (size_t i = 0; i < COLUMNS; i++)
		out[i] = value(flow, i);
}

const nf_column_set nf_columns_zeek = {.columns = columns, .n = COLUMNS, .value = value, .values = values};
