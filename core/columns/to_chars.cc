/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one piece of C++: libstdc++ has the shortest-digits algorithm (Ryu) that every real number needs. */
#include <charconv>
#include <cstdlib>

extern "C" {
#include "number.h"

int nf_shortest_digits(double value, char digits[17], int *point)
{
	char text[32];
	char *end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
	int n = 0;
	char *p = text;

	*end = '\0';
	for (; *p != 'e'; p++)
		if (*p != '.')
			digits[n++] = *p;
	*point = std::atoi(p + 1) + 1;
	return n;
}
}
