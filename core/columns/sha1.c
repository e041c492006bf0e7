/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sha1.h"

#include <assert.h>
#include <string.h>

enum { BLOCK = 64, ROUNDS = 80 };

static uint32_t left(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

/* FIPS 180-4, 4.1.1 and 4.2.1: the function of a round and its constant. */
static uint32_t mix(int t, uint32_t b, uint32_t c, uint32_t d)
{
	if (t < 20)
		return ((b & c) ^ (~b & d)) + 0x5a827999;
	if (t < 40)
		return (b ^ c ^ d) + 0x6ed9eba1;
	if (t < 60)
		return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdc;
	return (b ^ c ^ d) + 0xca62c1d6;
}

/* 6.1.2 */
static void add_block(uint32_t h[5], const uint8_t *p)
{
	uint32_t w[ROUNDS], v[5];

	for (int t = 0; t < 16; t++, p += 4)
		w[t] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	for (int t = 16; t < ROUNDS; t++)
		w[t] = left(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	memcpy(v, h, sizeof v);
	for (int t = 0; t < ROUNDS; t++) {
		const uint32_t next = left(v[0], 5) + mix(t, v[1], v[2], v[3]) + v[4] + w[t];

		v[4] = v[3];
		v[3] = v[2];
		v[2] = left(v[1], 30);
		v[1] = v[0];
		v[0] = next;
	}
	for (int i = 0; i < 5; i++)
		h[i] += v[i];
}

void nf_sha1(const uint8_t *bytes, size_t n, uint8_t digest[NF_SHA1_BYTES])
{
	uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
	uint8_t block[BLOCK] = {0};

	assert(n <= NF_SHA1_INPUT_MAX);
	memcpy(block, bytes, n);
	block[n] = 0x80;
	block[BLOCK - 2] = (uint8_t)(n * 8 >> 8);
	block[BLOCK - 1] = (uint8_t)(n * 8);
	add_block(h, block);
	for (int i = 0; i < 5; i++)
		for (int shift = 24; shift >= 0; shift -= 8)
			*digest++ = (uint8_t)(h[i] >> shift);
}
