/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file sha256.h
 * SHA-256 (FIPS 180-4), for fingerprints alone: it is not written for secrets.
 */
#ifndef NF_PAYLOAD_SHA256_H
#define NF_PAYLOAD_SHA256_H

#include <netflower/export.h>

#include <stddef.h>
#include <stdint.h>

enum { NF_SHA256_BYTES = 32 };

/** A digest in the making; the caller's. */
typedef struct nf_sha256 {
	uint32_t h[8];
	uint64_t n; /* bytes so far */
	uint8_t block[64];
} nf_sha256;

/** Begins. */
NF_API void nf_sha256_init(nf_sha256 *sha);

/** Adds n bytes. */
NF_API void nf_sha256_add(nf_sha256 *sha, const void *bytes, size_t n);

/** Ends, and writes the digest. The state must be begun anew for another. */
NF_API void nf_sha256_end(nf_sha256 *sha, uint8_t digest[NF_SHA256_BYTES]);

#endif
