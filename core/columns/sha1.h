/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file sha1.h
 * SHA-1 (FIPS 180-4) of a short message, for names, not for secrets.
 */
#ifndef NF_COLUMNS_SHA1_H
#define NF_COLUMNS_SHA1_H

#include <stddef.h>
#include <stdint.h>

enum { NF_SHA1_BYTES = 20, NF_SHA1_INPUT_MAX = 55 };

/** @param n  at most NF_SHA1_INPUT_MAX, so that the message is one block */
void nf_sha1(const uint8_t *bytes, size_t n, uint8_t digest[NF_SHA1_BYTES]);

#endif
