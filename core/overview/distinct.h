/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file distinct.h
 * How many different things there were, in fixed memory: HyperLogLog (Flajolet, Fusy, Gandouet, Meunier: "HyperLogLog: the analysis of a
 * near-optimal cardinality estimation algorithm", 2007) with 64-bit hashes, so that there is no correction for large numbers. For small ones,
 * linear counting (Whang, Vander-Zanden, Taylor: "A linear-time probabilistic counting algorithm for database applications", 1990) in its
 * exact form: of m places V are empty after m (H(m) - H(V)) draws on average, H being the harmonic numbers.
 *
 * The hash has no seed, so that the estimate does not change from run to run. Whoever knows it can mislead the estimate, and nothing else.
 */
#ifndef NF_OVERVIEW_DISTINCT_H
#define NF_OVERVIEW_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** 64 bits of @p n bytes, each depending on all of them. */
uint64_t nf_distinct_hash(const void *bytes, size_t n);

/** Registers as such: 2^bits of them, bits at least 7. The standard error is 1.04 / sqrt(2^bits). */
void nf_registers_add(uint8_t *registers, unsigned bits, uint64_t hash);
uint64_t nf_registers_count(const uint8_t *registers, unsigned bits);

enum { NF_DISTINCT_EXACT = 64, NF_DISTINCT_BITS = 9 };

/** A small count: exact up to NF_DISTINCT_EXACT, then by 512 registers (standard error 4.6 %). All zero: nothing. */
typedef struct nf_distinct {
	union {
		uint64_t hashes[NF_DISTINCT_EXACT];
		uint8_t registers[1 << NF_DISTINCT_BITS];
	} u;
	uint8_t n; /**< hashes; above NF_DISTINCT_EXACT: registers are in use */
} nf_distinct;

void nf_distinct_add(nf_distinct *distinct, uint64_t hash);

/** @param most  there were certainly no more: so many things were added, alike or not */
uint64_t nf_distinct_count(const nf_distinct *distinct, uint64_t most);

/** Two hashes that are the same aside, which no one will see. */
static inline bool nf_distinct_is_exact(const nf_distinct *distinct)
{
	return distinct->n <= NF_DISTINCT_EXACT;
}

#endif
