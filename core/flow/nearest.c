/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nearest.h"

#include <string.h>

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
