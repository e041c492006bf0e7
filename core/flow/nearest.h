/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file nearest.h
 * Which of the names that there are somebody may have meant.
 */
#ifndef NF_FLOW_NEAREST_H
#define NF_FLOW_NEAREST_H

#include <stddef.h>

/** Names longer than this are never looked for. */
enum { NF_NAME_MAX = 63 };

/** Edits that turn one name into the other: inserted, deleted and changed characters (Levenshtein's distance). At most NF_NAME_MAX of b count. */
size_t nf_name_distance(const char *a, const char *b);

/** The nearest of n names, of equally near ones the first. @param name_at  gives name i of what @p of points to */
const char *nf_nearest(const char *name, const char *(*name_at)(const void *of, size_t i), const void *of, size_t n);

#endif
