/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nearest.h"

#include <string.h>

enum { LIST_MAX = 320 };

size_t nf_name_distance(const char *a, const char *b)
{
	size_t row[NF_NAME_MAX + 1], n = strnlen(b, NF_NAME_MAX);

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

const char *nf_nearest(const char *name, const char *(*name_at)(const void *of, size_t i), const void *of, size_t n)
{
	const char *best = name_at(of, 0);
	size_t least = nf_name_distance(best, name);

	for (size_t i = 0; i < n; i++)
		if (*name && strncmp(name_at(of, i), name, strlen(name)) == 0)
			return name_at(of, i);
	for (size_t i = 1; i < n; i++) {
		const char *other = name_at(of, i);
		const size_t distance = nf_name_distance(other, name);
		if (distance < least) {
			best = other;
			least = distance;
		}
	}
	return best;
}

nf_status nf_find_name(const char *what, const char *name, const char *(*name_at)(const void *of, size_t i), const void *of, size_t n, size_t *found,
		       nf_error *error)
{
	char list[LIST_MAX] = "";

	for (size_t i = 0; i < n; i++) {
		if (strcmp(name, name_at(of, i)) == 0) {
			*found = i;
			return NF_OK;
		}
		if (i)
			strncat(list, ", ", sizeof list - strlen(list) - 1);
		strncat(list, name_at(of, i), sizeof list - strlen(list) - 1);
	}
	return nf_fail(error, NF_ARGUMENT, "no %s is called '%s'; there are: %s; the nearest name is '%s'", what, name, list,
		       nf_nearest(name, name_at, of, n));
}
