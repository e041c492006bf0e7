/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file value.h
 * A value as text, for sinks.
 */
#ifndef NF_COLUMNS_VALUE_H
#define NF_COLUMNS_VALUE_H

#include "java.h"
#include "number.h"

#include <netflower/columns.h>

/** An IPv4 address (in room for 16 characters), and an IPv6 address in the form of RFC 5952 (at most 45). */
char *nf_put_ipv4(char *out, const uint8_t *bytes);
char *nf_put_ipv6(char *out, const uint8_t *bytes);

/**
 * Writes a value that is no text at @p out, without a closing NUL. It needs room for NF_VALUE_PRINT_MAX characters, see number.h. Returns
 * the end of what it wrote; for a text, @p out. Inlined, so that where the kind is known little is left.
 */
__attribute__((always_inline)) static inline char *nf_put_value(char *out, const nf_value *value)
{
	switch (value->kind) {
	case NF_VALUE_INT: return nf_put_integer(out, value->u.integer);
	case NF_VALUE_REAL: return nf_put_real(out, value->u.real);
	case NF_VALUE_SECONDS: return nf_put_seconds(out, value->u.ns);
	case NF_VALUE_TIME: return nf_put_time(out, value->u.integer);
	case NF_VALUE_IPV4: return nf_put_ipv4(out, value->u.address);
	case NF_VALUE_IPV6: return nf_put_ipv6(out, value->u.address);
	case NF_VALUE_JAVA: return nf_put_java(out, value->u.real);
	case NF_VALUE_KEY: return nf_put_key(out, value->u.key, 0);
	case NF_VALUE_KEY_REVERSED: return nf_put_key(out, value->u.key, 1);
	case NF_VALUE_TEXT: break;
	}
	return out;
}

#endif
