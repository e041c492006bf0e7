/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "community.h"

#include "sha1.h"

#include <string.h>

/* seed (2), addresses (16 each), protocol, padding, ports (2 each) */
enum { INPUT_MAX = 2 + 32 + 2 + 4 };

static uint8_t *put16(uint8_t *out, uint16_t n)
{
	*out++ = (uint8_t)(n >> 8);
	*out++ = (uint8_t)n;
	return out;
}

static bool has_ports(const nf_key *key)
{
	switch (key->protocol) {
	case NF_PROTOCOL_TCP:
	case NF_PROTOCOL_UDP:
	case NF_PROTOCOL_ICMP:
	case NF_PROTOCOL_ICMPV6:
	case NF_PROTOCOL_SCTP: return true;
	default: return false;
	}
}

/* ICMP messages that have an answer, by type; the key's other port is then the answer's type, else the code, and the key has a direction. */
static bool is_one_way(const nf_key *key)
{
	static const uint8_t icmp[] = {0, 8, 9, 10, 13, 14, 15, 16, 17, 18};
	static const uint8_t icmpv6[] = {128, 129, 130, 131, 133, 134, 135, 136, 139, 140, 144, 145};
	const bool v6 = key->protocol == NF_PROTOCOL_ICMPV6;
	const uint8_t *types = v6 ? icmpv6 : icmp;
	const size_t n = v6 ? sizeof icmpv6 : sizeof icmp;

	return (v6 || key->protocol == NF_PROTOCOL_ICMP) && (key->port[0] > UINT8_MAX || !memchr(types, key->port[0], n));
}

/* The lower end comes first, by address and then by port, so that both directions have one id. */
static bool is_reversed(const nf_key *key, size_t address_bytes)
{
	const int order = memcmp(key->address[0], key->address[1], address_bytes);

	return !is_one_way(key) && (order > 0 || (order == 0 && key->port[0] > key->port[1]));
}

/* RFC 4648, 4 */
static char *put_base64(char *out, const uint8_t *bytes, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		const uint32_t b1 = i + 1 < n ? bytes[i + 1] : 0, b2 = i + 2 < n ? bytes[i + 2] : 0;
		const uint32_t bits = (uint32_t)bytes[i] << 16 | b1 << 8 | b2;

		*out++ = digits[bits >> 18];
		*out++ = digits[bits >> 12 & 63];
		*out++ = i + 1 < n ? digits[bits >> 6 & 63] : '=';
		*out++ = i + 2 < n ? digits[bits & 63] : '=';
	}
	return out;
}

char *nf_put_community_id(char *out, const nf_key *key, uint16_t seed)
{
	const size_t address_bytes = key->ip_version == 4 ? 4 : 16;
	const int first = is_reversed(key, address_bytes);
	uint8_t input[INPUT_MAX], digest[NF_SHA1_BYTES], *p = put16(input, seed);

	memcpy(p, key->address[first], address_bytes);
	memcpy(p + address_bytes, key->address[!first], address_bytes);
	p += 2 * address_bytes;
	*p++ = key->protocol;
	*p++ = 0;
	if (has_ports(key)) {
		p = put16(p, key->port[first]);
		p = put16(p, key->port[!first]);
	}
	nf_sha1(input, (size_t)(p - input), digest);
	*out++ = '1';
	*out++ = ':';
	return put_base64(out, digest, sizeof digest);
}
