/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file community.h
 * Community ID version 1: a name for a 5-tuple that other tools give too (https://github.com/corelight/community-id-spec).
 */
#ifndef NF_COLUMNS_COMMUNITY_H
#define NF_COLUMNS_COMMUNITY_H

#include <netflower/packet.h>

/** "1:" and 20 bytes in Base64. */
enum { NF_COMMUNITY_TEXT = 2 + 28 };

/** Writes the id of a key at @p out, NF_COMMUNITY_TEXT characters without a closing NUL. Returns their end. */
char *nf_put_community_id(char *out, const nf_key *key, uint16_t seed);

#endif
