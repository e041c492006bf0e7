/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file pen.h
 * Lines for a terminal, none wider than it: text in styles, bars, tables. Whatever does not fit is cut.
 */
#ifndef NF_OVERVIEW_PEN_H
#define NF_OVERVIEW_PEN_H

#include "words.h"

#include <netflower/packet.h>

typedef enum nf_style {
	NF_PLAIN,
	NF_TITLE,
	NF_HEAD,
	NF_DIM,
	NF_BAR,
	NF_WARN,
	NF_HINT,
	NF_STYLES
} nf_style;

typedef struct nf_pen {
	nf_words *to;
	unsigned width;  /**< of the terminal */
	unsigned at;     /**< columns written of this line */
	unsigned want;   /**< blanks are wanted up to here, should anything follow */
	unsigned end;    /**< nothing may be written from this column on */
	bool colour, ascii;
} nf_pen;

/** One of two texts: the second where only ASCII may be written. */
static inline const char *nf_pen_or(const nf_pen *pen, const char *utf8, const char *ascii)
{
	return pen->ascii ? ascii : utf8;
}

/** Columns that a text takes, which is cut at none. */
unsigned nf_pen_columns(const char *text);

/** Appends a text as far as there is room. With ascii, what is none becomes '?'. */
void nf_pen_text(nf_pen *pen, nf_style style, const char *text);

/** Goes on at a column, if the line is not there yet. */
void nf_pen_to(nf_pen *pen, unsigned column);

/** Ends the line. */
void nf_pen_line(nf_pen *pen);

/** A text of any length from here on, broken at blanks (a word of more than 140 bytes is cut); further lines begin at @p indent. The line is not ended. */
void nf_pen_wrap(nf_pen *pen, nf_style style, const char *text, unsigned indent);

/** part of whole, as a bar that would be @p columns long for the whole, at most 64. */
void nf_pen_bar(nf_pen *pen, uint64_t part, uint64_t whole, unsigned columns);

/** Texts of at most 100 characters with a mark in the middle where they are too long for @p room columns. ASCII texts only. */
void nf_pen_shortened(nf_pen *pen, nf_style style, const char *text, unsigned room);

/* --- Tables --- */

enum { NF_CELLS = 6, NF_CELL_BYTES = 72 };

typedef struct nf_table_row {
	char label[2][NF_CELL_BYTES]; /**< the second is parted from the first by an arrow, "": there is none */
	bool both_ways;               /**< the arrow has two heads */
	char cell[NF_CELLS][NF_CELL_BYTES];
	uint64_t part, whole;         /**< of the bar */
} nf_table_row;

typedef struct nf_table_column {
	const char *title;
	unsigned width;  /**< with the blank before it; 0: not there */
	unsigned keep;   /**< where there is too little room for labels the one with the lowest goes first; 0: it stays */
	bool left, bar;
} nf_table_column;

/** Label and columns. A row has a cell for each column, in their order. */
typedef struct nf_table {
	const char *title;
	unsigned label; /**< columns that labels get at least, if they need them */
	nf_table_column columns[NF_CELLS];
	size_t rows;
	void (*row)(const void *of, size_t i, nf_table_row *row);
	const void *of;
} nf_table;

/** A table over the whole width; nothing where it has no rows. Ends in an empty line. */
void nf_pen_table(nf_pen *pen, const nf_table *table);

/** Two, side by side where the terminal has @p from columns, else one below the other. */
void nf_pen_tables(nf_pen *pen, const nf_table *left, const nf_table *right, unsigned from);

#endif
