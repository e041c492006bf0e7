/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file address.h
 * Addresses and networks as texts. Each function returns what is behind the text that it took, NULL where there is no such text. Whether
 * something may follow is the caller's to know.
 */
#ifndef NF_FLOW_ADDRESS_H
#define NF_FLOW_ADDRESS_H

#include <stdint.h>

/** Four decimal numbers with points between them. */
const char *nf_parse_ipv4(const char *at, uint8_t address[4]);

/** Groups of RFC 4291, 2.2, with "::" for some zeros; without a dotted end. */
const char *nf_parse_ipv6(const char *at, uint8_t address[16]);

/** "/" and a number of bits up to @p most, as in RFC 4632; nothing: all bits. */
const char *nf_parse_prefix(const char *at, unsigned most, unsigned *bits);

#endif
