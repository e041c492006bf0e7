/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one piece of C++: libstdc++ has a shortest-digits algorithm (Ryu) for every real number. */
#include <charconv>

extern "C" {
#include "number.h"

char *nf_put_shortest_scientific(char *out, double value)
{
	return std::to_chars(out, out + NF_NUMBER_MAX, value, std::chars_format::scientific).ptr;
}
}
