/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file told.h
 * Addresses and times as text, for the screen and for JSON.
 */
#ifndef NF_OVERVIEW_TOLD_H
#define NF_OVERVIEW_TOLD_H

#include "overview_internal.h"

#include <netflower/columns.h>

enum { NF_ADDRESS_BYTES = 56, NF_TIME_BYTES = NF_VALUE_PRINT_MAX };

/** "192.0.2.1", "2001:db8::1". @return @p out */
char *nf_tell_address(const nf_key *key, int side, char out[NF_ADDRESS_BYTES]);

/** "192.0.2.1:80", "[2001:db8::1]:80"; the address alone for protocols without ports. @return @p out */
char *nf_tell_end(const nf_key *key, int side, char out[NF_ADDRESS_BYTES]);

/** UTC, "2026-11-24 18:33:40.123456". @return @p out */
char *nf_tell_time(int64_t ns, char out[NF_TIME_BYTES]);

/** UTC, "2026-11-24T18:33:40.123456789Z". @return @p out */
char *nf_tell_iso(int64_t ns, char out[NF_TIME_BYTES]);

/** Whether ports of a protocol are ports. */
static inline bool nf_has_ports(const nf_key *key)
{
	return key->protocol == NF_PROTOCOL_TCP || key->protocol == NF_PROTOCOL_UDP || key->protocol == NF_PROTOCOL_SCTP;
}

/** The name of a capture before its folders. */
const char *nf_tell_file(const char *name);

#endif
