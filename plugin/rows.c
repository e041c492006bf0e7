/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row has its number, the columns, and the display filter of the flow's packets. */
#include "rows.h"

#include <arpa/inet.h>

enum { AROUND = 2, STRINGS_BYTES = 16 * 1024, ADDRESS_MAX = INET6_ADDRSTRLEN, TIME_MAX = 32 };

typedef stat_tap_table_item_type cell;

struct rows {
	nf_columns *columns;
	nf_value *values;
	bool *wide;   /* integers of this column are shown as real numbers: cells have 32 bits for integers */
	cell **cells; /* a row is rows_fields() of them */
	guint n, room, most;
	guint next;             /* the row to be set next; counts those too that there are too many of */
	GStringChunk *strings;  /* of the values that are set */
	GStringChunk *previous; /* of those that are set again */
};

guint rows_fields(const nf_columns *columns)
{
	return (guint)nf_columns_count(columns) + AROUND;
}

void rows_describe(const nf_columns *columns, stat_tap_table_item *fields)
{
	*fields++ = (stat_tap_table_item){TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "#", "%u"};
	for (size_t i = 0; i < nf_columns_count(columns); i++) {
		const nf_column *column = nf_columns_at(columns, i);
		stat_tap_table_item *field = fields++;
		switch (column->type) {
		case NF_TYPE_TEXT: *field = (stat_tap_table_item){TABLE_ITEM_STRING, TAP_ALIGN_LEFT, column->name, "%s"}; break;
		case NF_TYPE_INT: *field = (stat_tap_table_item){TABLE_ITEM_INT, TAP_ALIGN_RIGHT, column->name, "%d"}; break;
		default: *field = (stat_tap_table_item){TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, column->name, "%f"}; break;
		}
	}
	*fields = (stat_tap_table_item){TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "display_filter", "%s"};
}

rows *rows_new(nf_columns *columns, guint most)
{
	rows *r = g_new0(rows, 1);

	r->columns = columns;
	r->most = most;
	r->values = g_new0(nf_value, nf_columns_count(columns));
	r->wide = g_new0(bool, nf_columns_count(columns));
	return r;
}

static void free_strings(GStringChunk **strings)
{
	if (*strings)
		g_string_chunk_free(*strings);
	*strings = NULL;
}

void rows_free(rows *r, bool cells)
{
	if (!r)
		return;
	for (guint i = 0; cells && i < r->n; i++)
		g_free(r->cells[i]);
	if (cells)
		g_free(r->cells);
	free_strings(&r->strings);
	free_strings(&r->previous);
	nf_columns_free(r->columns);
	g_free(r->values);
	g_free(r->wide);
	g_free(r);
}

void rows_begin(rows *r)
{
	r->next = 0;
	r->previous = r->strings;
	r->strings = g_string_chunk_new(STRINGS_BYTES);
}

/* --- values ---------------------------------------------------------------------------------------------------------------------- */

/* All cells of a column must have one type, since they are compared with each other. */
static void widen(rows *r, size_t column)
{
	r->wide[column] = true;
	for (guint i = 0; i < r->n; i++) {
		cell *c = &r->cells[i][column + 1];
		if (c->type == TABLE_ITEM_INT)
			*c = (cell){.type = TABLE_ITEM_FLOAT, .value.float_value = c->value.int_value};
	}
}

static cell cell_of(rows *r, size_t column, const nf_value *value)
{
	char text[NF_VALUE_PRINT_MAX];

	switch (value->kind) {
	case NF_VALUE_TEXT:
		return (cell){.type = TABLE_ITEM_STRING, .value.string_value = g_string_chunk_insert_const(r->strings, value->u.text)};
	case NF_VALUE_IPV4:
	case NF_VALUE_IPV6:
		nf_value_print(value, text, sizeof text);
		return (cell){.type = TABLE_ITEM_STRING, .value.string_value = g_string_chunk_insert_const(r->strings, text)};
	case NF_VALUE_INT:
		if (!r->wide[column] && (value->u.integer > G_MAXINT32 || value->u.integer < G_MININT32))
			widen(r, column);
		if (!r->wide[column])
			return (cell){.type = TABLE_ITEM_INT, .value.int_value = (gint)value->u.integer};
		break;
	default: break;
	}
	return (cell){.type = TABLE_ITEM_FLOAT, .value.float_value = nf_value_double(value)};
}

/* Nanoseconds as seconds in the form of frame.time_epoch. */
static char *print_time(int64_t ns, char out[TIME_MAX])
{
	uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	g_snprintf(out, TIME_MAX, "%s%" G_GUINT64_FORMAT ".%09u", ns < 0 ? "-" : "", size / 1000000000, (unsigned)(size % 1000000000));
	return out;
}

/* What takes the packets of this flow and of no other. The ports alone would take swapped ones too. */
static const char *filter_of(rows *r, const nf_flow *flow)
{
	const nf_key key = nf_flow_key(flow);
	const int family = key.ip_version == 6 ? AF_INET6 : AF_INET;
	const char *ip = key.ip_version == 6 ? "ipv6" : "ip";
	const char *transport = key.protocol == NF_PROTOCOL_TCP ? "tcp" : "udp";
	char a[ADDRESS_MAX], b[ADDRESS_MAX], first[TIME_MAX], last[TIME_MAX], text[512];

	inet_ntop(family, key.address[0], a, sizeof a);
	inet_ntop(family, key.address[1], b, sizeof b);
	g_snprintf(text, sizeof text,
		   "((%s.src == %s && %s.dst == %s && %s.srcport == %u && %s.dstport == %u) || "
		   "(%s.src == %s && %s.dst == %s && %s.srcport == %u && %s.dstport == %u)) && "
		   "frame.time_epoch >= %s && frame.time_epoch <= %s",
		   ip, a, ip, b, transport, key.port[0], transport, key.port[1], ip, b, ip, a, transport, key.port[1], transport,
		   key.port[0], print_time(nf_flow_first_ns(flow), first), print_time(nf_flow_last_ns(flow), last));
	return g_string_chunk_insert(r->strings, text);
}

static cell *row_at(rows *r, guint i)
{
	if (i < r->n)
		return r->cells[i];
	if (r->n == r->room) {
		r->room = MAX(64, 2 * r->room);
		r->cells = g_renew(cell *, r->cells, r->room);
	}
	return r->cells[r->n++] = g_new0(cell, rows_fields(r->columns));
}

void rows_next(rows *r, const nf_flow *flow)
{
	const size_t n = nf_columns_count(r->columns);

	if (r->next++ >= r->most)
		return;
	cell *row = row_at(r, r->next - 1);
	nf_columns_values(r->columns, flow, r->values);
	row[0] = (cell){.type = TABLE_ITEM_UINT, .value.uint_value = r->next};
	for (size_t i = 0; i < n; i++)
		row[i + 1] = cell_of(r, i, &r->values[i]);
	row[n + 1] = (cell){.type = TABLE_ITEM_STRING, .value.string_value = filter_of(r, flow)};
}

void rows_show(rows *r, stat_tap_table *table)
{
	/* More packets never make fewer flows, so all rows have been set, and nothing points to the previous strings any more. */
	free_strings(&r->previous);
	table->elements = r->cells;
	table->num_elements = r->n;
	table->num_fields = rows_fields(r->columns);
}

guint rows_left_out(const rows *r)
{
	return r->next > r->n ? r->next - r->n : 0;
}

const char *rows_filter(const rows *r, guint number)
{
	if (number == 0 || number > r->n)
		return NULL;
	return r->cells[number - 1][rows_fields(r->columns) - 1].value.string_value;
}
