/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Internet checksum (RFC 1071). */
#include "layer.h"

#include <endian.h>
#include <string.h>

/*
 * The sum of 16 bit words, modulo 2^16 - 1. Longer words may be added just so, for 2^16 is 1 then, and words in the machine's order, for that
 * exchanges the bytes of the sum and no more (RFC 1071, 2).
 */
typedef uint64_t nf_pair __attribute__((vector_size(16)));

static inline nf_pair load_pair(const uint8_t *p)
{
	nf_pair pair;

	memcpy(&pair, p, sizeof pair);
	return pair;
}

static inline uint64_t load_32(const uint8_t *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof word);
	return word;
}

static inline uint64_t load_16(const uint8_t *p)
{
	uint16_t word;

	memcpy(&word, p, sizeof word);
	return word;
}

/* What overflows the sum of whole pairs is known from the sum of their high halves: the low ones' is what is left without those. */
static inline uint64_t add_pairs(const uint8_t *p, uint32_t n)
{
	nf_pair whole = {0, 0}, high = {0, 0};

	for (; n >= 32; p += 32, n -= 32) {
		const nf_pair a = load_pair(p), b = load_pair(p + 16);

		whole += a;
		high += a >> 32;
		whole += b;
		high += b >> 32;
	}
	high += whole - (high << 32);
	return high[0] + high[1];
}

/* The last byte has a zero behind it. */
static inline uint64_t add(uint64_t sum, const uint8_t *p, uint32_t n)
{
	sum += add_pairs(p, n);
	p += n / 32 * 32;
	for (n %= 32; n >= 4; p += 4, n -= 4)
		sum += load_32(p);
	if (n & 2)
		sum += load_16(p);
	return n & 1 ? sum + htole16(p[n & 2]) : sum;
}

/* A sum that a checksum is part of is all ones. */
static inline bool is_right(uint64_t sum)
{
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 32) + (sum >> 16 & 0xffff) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return (sum >> 16) + (sum & 0xffff) == 0xffff;
}

bool nf_header_is_right(const uint8_t *p, uint32_t n)
{
	uint64_t sum = 0;

	for (; n >= 4; p += 4, n -= 4)
		sum += load_32(p);
	return is_right(sum);
}

static nf_skip judge(nf_layer *layer, bool right)
{
	if (right)
		return NF_SKIP_NONE;
	if (layer->options->checksums == NF_CHECKSUMS_VERIFY)
		return NF_SKIP_BAD_CHECKSUM;
	layer->packet->flags |= NF_PACKET_BAD_CHECKSUM;
	return NF_SKIP_NONE;
}

nf_skip nf_check_plain(nf_layer *layer, const uint8_t *p, uint32_t n)
{
	return layer->options->checksums == NF_CHECKSUMS_IGNORE ? NF_SKIP_NONE : judge(layer, nf_header_is_right(p, n));
}

/* The pseudo header: addresses, length, protocol (RFC 9293, 3.1; RFC 8200, 8.1). ICMP has none. What IPv4 does not need of an address is 0. */
static inline uint64_t pseudo(const nf_key *key, uint8_t protocol, uint32_t length)
{
	if (protocol == NF_PROTOCOL_ICMP)
		return 0;
	return add((uint64_t)htobe16(protocol) + htobe32(length), key->address[0], sizeof key->address);
}

/* UDP over IPv4 need not have a checksum (RFC 768), over IPv6 only what tunnels send (RFC 6935, 5). */
static bool may_have_none(const nf_decode_options *options, const nf_key *key, const uint8_t *p)
{
	return key->ip_version == 4 || nf_tunnel_of_port(options, nf_be16(p)) != NF_TUNNEL_COUNT ||
	       nf_tunnel_of_port(options, nf_be16(p + 2)) != NF_TUNNEL_COUNT;
}

bool nf_transport_is_right(const nf_decode_options *options, const nf_key *key, uint8_t protocol, const uint8_t *p, uint32_t length)
{
	if (protocol == NF_PROTOCOL_UDP) {
		const uint32_t told = nf_be16(p + 4);
		if (nf_be16(p + 6) == 0 && may_have_none(options, key, p))
			return true;
		if (told >= 8 && told < length)
			length = told;
	}
	return is_right(add(pseudo(key, protocol, length), p, length));
}

nf_skip nf_check_transport(nf_layer *layer, uint8_t protocol)
{
	const nf_cursor *c = &layer->cursor;
	const nf_packet *packet = layer->packet;

	if (layer->options->checksums == NF_CHECKSUMS_IGNORE || packet->flags & (NF_PACKET_FRAGMENT | NF_PACKET_BAD_CHECKSUM) || layer->partial ||
	    c->captured < c->wire || c->wire < 8)
		return NF_SKIP_NONE;
	return judge(layer, nf_transport_is_right(layer->options, &packet->key, protocol, c->p, c->wire));
}
