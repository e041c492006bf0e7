/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints numbers as netflower does, a line each, for test_numbers.py to check.
 * usage: tool_numbers real|seconds|time|ratio|variance, with binary 64-bit words on standard input:
 * real: a double; seconds, time: an integer of ns; ratio: a low, a high, b; variance: n, sum, squares low, squares high
 */
#include "columns/exact.h"

#include <netflower/columns.h>

#include <stdio.h>
#include <string.h>

typedef struct {
	const char *name;
	size_t words;
	nf_value (*value)(const uint64_t *w);
} mode;

static nf_value from_real(const uint64_t *w)
{
	nf_value v = {.kind = NF_VALUE_REAL};

	memcpy(&v.u.real, w, sizeof v.u.real);
	return v;
}

static nf_value from_seconds(const uint64_t *w)
{
	return (nf_value){NF_VALUE_SECONDS, {.ns = w[0]}};
}

static nf_value from_time(const uint64_t *w)
{
	return (nf_value){NF_VALUE_TIME, {.integer = (int64_t)w[0]}};
}

static nf_value from_ratio(const uint64_t *w)
{
	return (nf_value){NF_VALUE_REAL, {.real = nf_ratio((nf_u128)w[1] << 64 | w[0], w[2])}};
}

static nf_value from_variance(const uint64_t *w)
{
	return (nf_value){NF_VALUE_REAL, {.real = nf_variance(w[0], w[1], (nf_u128)w[3] << 64 | w[2])}};
}

static const mode modes[] = {
	{"real", 1, from_real}, {"seconds", 1, from_seconds}, {"time", 1, from_time},
	{"ratio", 3, from_ratio}, {"variance", 4, from_variance},
};

int main(int argc, char **argv)
{
	for (size_t m = 0; argc == 2 && m < sizeof modes / sizeof *modes; m++) {
		uint64_t words[4];

		if (strcmp(argv[1], modes[m].name) != 0)
			continue;
		while (fread(words, sizeof *words, modes[m].words, stdin) == modes[m].words) {
			char text[NF_VALUE_PRINT_MAX];
			nf_value value = modes[m].value(words);

			nf_value_print(&value, text, sizeof text);
			puts(text);
		}
		return fflush(stdout) == 0 ? 0 : 1;
	}
	return 2;
}
