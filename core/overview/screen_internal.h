/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file screen_internal.h
 * The parts of the screen, from top to bottom.
 */
#ifndef NF_OVERVIEW_SCREEN_INTERNAL_H
#define NF_OVERVIEW_SCREEN_INTERNAL_H

#include "pen.h"
#include "told.h"

/** Terminals of so many columns get some tables side by side. */
enum { NF_TWO_NARROW = 76, NF_TWO_WIDE = 120 };

void nf_screen_facts(nf_pen *pen, const nf_telling *telling);
void nf_screen_timeline(nf_pen *pen, const nf_telling *telling);
void nf_screen_tables(nf_pen *pen, const nf_telling *telling);
void nf_screen_anomalies(nf_pen *pen, const nf_telling *telling);
void nf_screen_skipped(nf_pen *pen, const nf_telling *telling);

/** "1,234 frames", "1 frame". @return @p out */
char *nf_screen_count(uint64_t n, const char *one, const char *many, char out[NF_WORDS_ROOM]);

#endif
