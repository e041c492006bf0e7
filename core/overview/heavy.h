/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file heavy.h
 * The heaviest of any number of keys, with a fixed number of counters: Space-Saving (Metwally, Agrawal, El Abbadi: "Efficient computation of
 * frequent and top-k elements in data streams", 2005) with weights. As long as there are no more keys than counters all is exact. Then a new
 * key takes over the lightest counter and its weight: the weight is then too large by `error` at most, and `error` is never above
 * total / capacity. Every key heavier than that is there.
 *
 * Which counter is the lightest is settled by weight and key alone, so that the result depends on nothing but the order of what was added.
 */
#ifndef NF_OVERVIEW_HEAVY_H
#define NF_OVERVIEW_HEAVY_H

#include "flow/key.h"

#include <stddef.h>

/** A counter; its body of the caller's numbers stands behind it. */
typedef struct nf_heavy_entry {
	nf_key key;
	uint64_t weight; /**< never too small */
	uint64_t error;  /**< too large by that at most; 0: exact */
	uint32_t place;  /**< in the heap */
	uint32_t hash;
	_Alignas(8) uint8_t body[]; /**< all zero when a key gets it: of a key with an error, it counts since then only */
} nf_heavy_entry;

typedef struct nf_heavy {
	uint32_t capacity, used, slots;
	size_t entry_bytes;
	nf_hash_seed seed; /**< for the index alone */
	uint8_t *entries;
	uint32_t *index;   /**< entries + 1, by hash; 0: free */
	uint32_t *heap;    /**< the lightest first; in order only once a counter was taken over */
	bool taken_over;   /**< from now on weights may be too large */
	uint64_t total;    /**< of all weights */
} nf_heavy;

/** @param capacity  counters, a power of 2. @return false: out of memory, or there is no seed; nf_heavy_clear() is needed all the same */
bool nf_heavy_init(nf_heavy *heavy, uint32_t capacity, size_t body_bytes);
void nf_heavy_clear(nf_heavy *heavy);

/** Adds to a key's weight, which may be 0. @return its counter, until the next call */
nf_heavy_entry *nf_heavy_add(nf_heavy *heavy, const nf_key *key, uint64_t weight);

/** @param i  below heavy->used; in no order */
static inline const nf_heavy_entry *nf_heavy_at(const nf_heavy *heavy, uint32_t i)
{
	return (const nf_heavy_entry *)(heavy->entries + i * heavy->entry_bytes);
}

/** Where a key's counter is; NULL: it has none. */
const nf_heavy_entry *nf_heavy_find(const nf_heavy *heavy, const nf_key *key);

/**
 * The entries of the largest measures above 0, the largest first, equal ones in the order of their keys.
 * @param measure  NULL: the weight
 * @param top      gets at most n
 * @return how many
 */
size_t nf_heavy_top(const nf_heavy *heavy, uint64_t (*measure)(const nf_heavy_entry *entry), const nf_heavy_entry **top, size_t n);

#endif
