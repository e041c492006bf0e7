/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file key.h
 * The 5-tuple as the flow table knows it: both directions are one key.
 */
#ifndef NF_FLOW_KEY_H
#define NF_FLOW_KEY_H

#include <netflower/packet.h>

#include <string.h>

/** A secret that makes the hash unpredictable. */
typedef struct nf_hash_seed {
	uint64_t word[2];
} nf_hash_seed;

_Static_assert(sizeof(nf_key) == 40, "keys are compared and hashed as five words, so they hold no padding");

static inline uint64_t nf_load64(const void *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof word);
	return word;
}

/* The first word is the higher one. */
static inline unsigned __int128 nf_load128(const void *p)
{
	return (unsigned __int128)nf_load64(p) << 64 | nf_load64((const uint8_t *)p + 8);
}

static inline uint32_t nf_load32(const void *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof word);
	return word;
}

static inline bool nf_key_equal(const nf_key *a, const nf_key *b)
{
	uint64_t difference = 0;

	for (size_t i = 0; i < sizeof(nf_key); i += 8)
		difference |= nf_load64((const uint8_t *)a + i) ^ nf_load64((const uint8_t *)b + i);
	return difference == 0;
}

/**
 * Order of a key's two ends: below 0 when side 0 is the lower one, 0 when they are the same. The order has no meaning, but Zeek's uids of a
 * given seed are made of ordered keys. Which side is lower is as good as random, so this has no branches but for the version, for which there is
 * a short way.
 */
static inline int nf_key_compare_ends(const nf_key *key)
{
	if (key->ip_version == 4) {
		const uint64_t x = (uint64_t)nf_load32(key->address[0]) << 16 | key->port[0], y = (uint64_t)nf_load32(key->address[1]) << 16 | key->port[1];

		return (x > y) - (x < y);
	}
	const unsigned __int128 a = nf_load128(key->address[0]), b = nf_load128(key->address[1]);
	const int above = (a > b) | ((a == b) & (key->port[0] > key->port[1]));
	const int below = (a < b) | ((a == b) & (key->port[0] < key->port[1]));

	return above - below;
}

/** Writes the key with side @p first as side 0: 0 gives the same key, 1 the one with its sides exchanged. */
static inline void nf_key_copy_from(nf_key *to, const nf_key *key, int first)
{
	const uint32_t ports = nf_load32(key->port), rest = nf_load32((const uint8_t *)key + 36);
	const uint32_t in_order = (uint32_t)(((uint64_t)ports << 32 | ports) >> 16 * first);

	memcpy(to->address[0], key->address[first], 16);
	memcpy(to->address[1], key->address[!first], 16);
	memcpy(to->port, &in_order, sizeof in_order);
	memcpy((uint8_t *)to + 36, &rest, sizeof rest);
}

/** The key with its sides exchanged. */
static inline nf_key nf_key_reversed(const nf_key *key)
{
	nf_key r;

	nf_key_copy_from(&r, key, 1);
	return r;
}

/* The high and the low half of a 128-bit product, folded: every input bit reaches every output bit. */
static inline uint64_t nf_fold_product(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/** Hash of a key whose lower end is side 0. All 64 bits are usable. */
static inline uint64_t nf_key_hash(const nf_key *key, const nf_hash_seed *seed)
{
	const uint8_t *p = (const uint8_t *)key;
	/* In two parts, as it was written just now: the processor need not wait until both are in the cache. */
	const uint64_t tail = (uint64_t)nf_load32(p + 36) << 32 | nf_load32(p + 32);
	uint64_t h;

	if (key->ip_version == 4) {
		uint32_t a, b;

		memcpy(&a, key->address[0], 4);
		memcpy(&b, key->address[1], 4);
		h = nf_fold_product(((uint64_t)a << 32 | b) ^ seed->word[0], tail ^ seed->word[1]);
	} else {
		h = nf_fold_product(nf_load64(p) ^ seed->word[0], nf_load64(p + 8) ^ seed->word[1]);
		h = nf_fold_product(nf_load64(p + 16) ^ seed->word[0] ^ h, nf_load64(p + 24) ^ seed->word[1]);
		h = nf_fold_product(h ^ seed->word[0], tail ^ seed->word[1]);
	}
	return nf_fold_product(h ^ seed->word[1], UINT64_C(0x9e3779b97f4a7c15));
}

#endif
