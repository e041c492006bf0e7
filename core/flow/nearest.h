/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file nearest.h
 * Names in tables: which one is it, and which one may somebody have meant.
 */
#ifndef NF_FLOW_NEAREST_H
#define NF_FLOW_NEAREST_H

#include <netflower/error.h>

#include <stddef.h>

/** Names longer than this are never looked for. */
enum { NF_NAME_MAX = 63 };

/** Edits that turn one name into the other: inserted, deleted and changed characters (Levenshtein's distance). At most NF_NAME_MAX of b count. */
size_t nf_name_distance(const char *a, const char *b);

/** The nearest of n names: the first that begins with @p name, else that of the fewest edits, of equally near ones the first. @param name_at  gives name i of what @p of points to */
const char *nf_nearest(const char *name, const char *(*name_at)(const void *of, size_t i), const void *of, size_t n);

/**
 * The place of a name among n. @param what  "profile": of what they are the names, for the message
 * @return NF_ARGUMENT: it is none of them; the text tells all there are and the nearest
 */
NF_MUST_CHECK nf_status nf_find_name(const char *what, const char *name, const char *(*name_at)(const void *of, size_t i), const void *of, size_t n,
				     size_t *found, nf_error *error);

#endif
