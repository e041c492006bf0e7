/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file uid.h
 * Names of connections: 'C' and 17 characters of base 62. The same packets with the same seed have the same ones.
 */
#ifndef NF_ZEEK_UID_H
#define NF_ZEEK_UID_H

#include "flow/key.h"

enum { NF_UID_CHARACTERS = 18 };

typedef struct nf_uid {
	uint64_t word[2];
} nf_uid;

/** A uid from a key, a time and a number that together are those of one connection. */
nf_uid nf_uid_make(const nf_hash_seed *seed, const nf_key *key, int64_t first_ns, uint64_t number);

/** Writes a uid, NF_UID_CHARACTERS and no NUL; returns the end. */
char *nf_put_uid(char *out, const nf_uid *uid);

static inline bool nf_uid_equal(const nf_uid *a, const nf_uid *b)
{
	return a->word[0] == b->word[0] && a->word[1] == b->word[1];
}

#endif
