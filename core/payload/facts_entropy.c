/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shannon's entropy of bytes. */
#include "payload/facts.h"

#include <math.h>

void nf_entropy_data(nf_entropy *entropy, const uint8_t *bytes, size_t n, uint32_t most)
{
	const uint32_t limit = most < UINT16_MAX ? most : UINT16_MAX;

	for (size_t i = 0; i < n && entropy->n < limit; i++, entropy->n++)
		entropy->count[bytes[i]]++;
}

double nf_entropy_bits(const nf_entropy *entropy)
{
	const double n = entropy->n;
	double sum = 0;

	/* log2(n) - sum(c log2 c) / n is the same with one division. */
	for (int i = 0; i < 256; i++)
		if (entropy->count[i] > 1)
			sum += entropy->count[i] * log2(entropy->count[i]);
	return entropy->n == 0 ? 0 : log2(n) - sum / n;
}
