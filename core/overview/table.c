/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pen.h"

#include <string.h>

/* Between two tables that stand side by side. */
enum { GAP = 2 };

/* What of a table fits into its place. */
typedef struct layout {
	unsigned left, right, label;
	bool shown[NF_CELLS];
} layout;

static unsigned label_of(const nf_table *table, const layout *l)
{
	unsigned taken = 0;

	for (size_t c = 0; c < NF_CELLS; c++)
		taken += l->shown[c] ? table->columns[c].width : 0;
	return taken < l->right - l->left ? l->right - l->left - taken : 0;
}

/* What labels need, if they may have it. */
static unsigned label_need(const nf_table *table)
{
	size_t need = strlen(table->title);

	for (size_t i = 0; i < table->rows; i++) {
		nf_table_row row = {.whole = 0};

		table->row(table->of, i, &row);
		const size_t n = strlen(row.label[0]) + (row.label[1][0] ? 3 + strlen(row.label[1]) : 0);
		need = n > need ? n : need;
	}
	return need < table->label ? (unsigned)need : table->label;
}

/* Columns go until the labels have their room. */
static layout lay_out(const nf_table *table, unsigned left, unsigned right)
{
	const unsigned need = label_need(table);
	layout l = {.left = left, .right = right};

	for (size_t c = 0; c < NF_CELLS; c++)
		l.shown[c] = table->columns[c].width > 0;
	while ((l.label = label_of(table, &l)) < need) {
		size_t least = NF_CELLS;

		for (size_t c = 0; c < NF_CELLS; c++)
			if (l.shown[c] && table->columns[c].keep > 0 &&
			    (least == NF_CELLS || table->columns[c].keep < table->columns[least].keep))
				least = c;
		if (least == NF_CELLS)
			break;
		l.shown[least] = false;
	}
	return l;
}

/* A text within [from, to), at its left or right. */
static void put_cell(nf_pen *pen, nf_style style, const char *text, unsigned from, unsigned to, bool at_left)
{
	const unsigned columns = nf_pen_columns(text);

	pen->end = to;
	nf_pen_to(pen, at_left || columns >= to - from ? from : to - columns);
	nf_pen_text(pen, style, text);
}

/* Two texts share their room; what one does not need the other gets. */
static void put_two(nf_pen *pen, const nf_table_row *row, unsigned room)
{
	const char *arrow = row->both_ways ? nf_pen_or(pen, " \xe2\x86\x94 ", " - ") : nf_pen_or(pen, " \xe2\x86\x92 ", " > ");
	const unsigned both = room > 3 ? room - 3 : 0;
	const unsigned a = (unsigned)strlen(row->label[0]), b = (unsigned)strlen(row->label[1]);
	unsigned first = a, second = b;

	if (a + b > both) {
		first = a <= both / 2 ? a : b <= both / 2 ? both - b : both - both / 2;
		second = both - first;
	}
	nf_pen_shortened(pen, NF_PLAIN, row->label[0], first);
	nf_pen_text(pen, NF_DIM, arrow);
	nf_pen_shortened(pen, NF_PLAIN, row->label[1], second);
}

static void put_label(nf_pen *pen, const nf_table_row *row, const layout *l)
{
	pen->end = l->left + l->label;
	nf_pen_to(pen, l->left);
	if (row->label[1][0])
		put_two(pen, row, l->label);
	else
		nf_pen_shortened(pen, NF_PLAIN, row->label[0], l->label);
}

static void put_titles(nf_pen *pen, const nf_table *table, const layout *l)
{
	unsigned at = l->left + l->label;

	put_cell(pen, NF_HEAD, table->title, l->left, at, true);
	for (size_t c = 0; c < NF_CELLS; c++) {
		const nf_table_column *column = &table->columns[c];

		if (!l->shown[c])
			continue;
		put_cell(pen, NF_DIM, column->title, at + 1, at + column->width, column->left || column->bar);
		at += column->width;
	}
}

static void put_row(nf_pen *pen, const nf_table *table, const layout *l, size_t i)
{
	unsigned at = l->left + l->label;
	nf_table_row row = {.whole = 0};

	table->row(table->of, i, &row);
	put_label(pen, &row, l);
	for (size_t c = 0; c < NF_CELLS; c++) {
		const nf_table_column *column = &table->columns[c];

		if (!l->shown[c])
			continue;
		if (column->bar) {
			pen->end = at + column->width;
			nf_pen_to(pen, at + 1);
			nf_pen_bar(pen, row.part, row.whole, column->width - 1);
		} else {
			put_cell(pen, column->left ? NF_HINT : NF_PLAIN, row.cell[c], at + 1, at + column->width, column->left);
		}
		at += column->width;
	}
}

static void put_line(nf_pen *pen, const nf_table *table, const layout *l, size_t line)
{
	if (line == 0)
		put_titles(pen, table, l);
	else if (line <= table->rows)
		put_row(pen, table, l, line - 1);
}

void nf_pen_table(nf_pen *pen, const nf_table *table)
{
	const layout l = lay_out(table, 0, pen->width);

	if (table->rows == 0)
		return;
	for (size_t line = 0; line <= table->rows; line++) {
		put_line(pen, table, &l, line);
		nf_pen_line(pen);
	}
	nf_pen_line(pen);
}

void nf_pen_tables(nf_pen *pen, const nf_table *left, const nf_table *right, unsigned from)
{
	if (pen->width < from || left->rows == 0 || right->rows == 0) {
		nf_pen_table(pen, left);
		nf_pen_table(pen, right);
		return;
	}
	const unsigned half = (pen->width - GAP) / 2;
	const layout a = lay_out(left, 0, half), b = lay_out(right, half + GAP, pen->width);
	const size_t rows = left->rows > right->rows ? left->rows : right->rows;

	for (size_t line = 0; line <= rows; line++) {
		put_line(pen, left, &a, line);
		put_line(pen, right, &b, line);
		nf_pen_line(pen);
	}
	nf_pen_line(pen);
}
