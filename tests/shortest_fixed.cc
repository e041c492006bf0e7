// SPDX-License-Identifier: GPL-2.0-or-later
// What test_number.c compares with: std::to_chars without an exponent, of a finite value of at least 0.
#include <charconv>

extern "C" char *put_shortest_fixed(char *out, double value);

char *put_shortest_fixed(char *out, double value)
{
	return std::to_chars(out, out + 64, value, std::chars_format::fixed).ptr;
}
