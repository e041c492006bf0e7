/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distinct.h"

#include "flow/key.h"

uint64_t nf_distinct_hash(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	uint64_t h = UINT64_C(0x2d358dccaa6c78a5) ^ n;

	for (; n > 0; p += n < 8 ? n : 8, n -= n < 8 ? n : 8) {
		uint64_t word = 0;

		memcpy(&word, p, n < 8 ? n : 8);
		h = nf_fold_product(h ^ word ^ UINT64_C(0x8bb84b93962eacc9), UINT64_C(0x9e3779b97f4a7c15)) + word;
	}
	/* MurmurHash3's finalizer: a product alone leaves patterns of the last word. */
	h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 33;
}

void nf_registers_add(uint8_t *registers, unsigned bits, uint64_t hash)
{
	const uint64_t rest = hash << bits | UINT64_C(1) << (bits - 1);
	const uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
	uint8_t *to = &registers[hash >> (64 - bits)];

	if (*to < rank)
		*to = rank;
}

/* H(m) - H(empty), m times. */
static double draws(size_t m, size_t empty)
{
	double sum = 0;

	for (size_t k = m; k > empty; k--)
		sum += 1.0 / (double)k;
	return sum * (double)m;
}

uint64_t nf_registers_count(const uint8_t *registers, unsigned bits)
{
	const size_t m = (size_t)1 << bits;
	size_t empty = 0;
	double sum = 0;

	for (size_t i = 0; i < m; i++) {
		sum += 1.0 / (double)(UINT64_C(1) << registers[i]);
		empty += registers[i] == 0;
	}
	const double of = (double)m, estimate = 0.7213 / (1 + 1.079 / of) * of * of / sum;

	return (uint64_t)((estimate <= 2.5 * of && empty > 0 ? draws(m, empty) : estimate) + 0.5);
}

static void to_registers(nf_distinct *d)
{
	uint64_t hashes[NF_DISTINCT_EXACT];

	memcpy(hashes, d->u.hashes, sizeof hashes);
	memset(d->u.registers, 0, sizeof d->u.registers);
	for (int i = 0; i < NF_DISTINCT_EXACT; i++)
		nf_registers_add(d->u.registers, NF_DISTINCT_BITS, hashes[i]);
}

void nf_distinct_add(nf_distinct *d, uint64_t hash)
{
	if (d->n <= NF_DISTINCT_EXACT) {
		for (unsigned i = 0; i < d->n; i++)
			if (d->u.hashes[i] == hash)
				return;
		if (d->n < NF_DISTINCT_EXACT) {
			d->u.hashes[d->n++] = hash;
			return;
		}
		to_registers(d);
		d->n = NF_DISTINCT_EXACT + 1;
	}
	nf_registers_add(d->u.registers, NF_DISTINCT_BITS, hash);
}

/* Once there are registers it is known that there were more than can be held exactly. */
uint64_t nf_distinct_count(const nf_distinct *d, uint64_t most)
{
	if (nf_distinct_is_exact(d))
		return d->n;
	const uint64_t n = nf_registers_count(d->u.registers, NF_DISTINCT_BITS), least = NF_DISTINCT_EXACT + 1;

	return n < least ? least : n < most ? n : most;
}
