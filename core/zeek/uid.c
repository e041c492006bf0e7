/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "uid.h"

nf_uid nf_uid_make(const nf_hash_seed *seed, const nf_key *key, int64_t first_ns, uint64_t number)
{
	nf_uid uid;

	for (int i = 0; i < 2; i++) {
		const nf_hash_seed half = {{seed->word[i], seed->word[!i] ^ (uint64_t)i}};
		uint64_t h = nf_key_hash(key, &half);

		h = nf_fold_product(h ^ (uint64_t)first_ns ^ half.word[0], UINT64_C(0xa0761d6478bd642f) ^ half.word[1]);
		uid.word[i] = nf_fold_product(h ^ number ^ half.word[1], UINT64_C(0xe7037ed1a0b428db) ^ h);
	}
	return uid;
}

char *nf_put_uid(char *out, const nf_uid *uid)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	*out++ = 'C';
	for (int half = 0; half < 2; half++) {
		uint64_t n = uid->word[half];

		for (int i = 0; i < 9 - half; i++, n /= 62)
			*out++ = digits[n % 62];
	}
	return out;
}
