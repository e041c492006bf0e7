/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Internet checksum (RFC 1071). */
#include "layer.h"

static uint32_t add(uint32_t sum, const uint8_t *p, uint32_t n)
{
	uint64_t total = sum;

	for (; n > 1; p += 2, n -= 2)
		total += nf_be16(p);
	if (n)
		total += (uint32_t)p[0] << 8;
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return (uint32_t)total;
}

static nf_skip judge(nf_layer *layer, uint32_t sum)
{
	if (sum == 0xffff)
		return NF_SKIP_NONE;
	if (layer->options->checksums == NF_CHECKSUMS_VERIFY)
		return NF_SKIP_BAD_CHECKSUM;
	layer->packet->flags |= NF_PACKET_BAD_CHECKSUM;
	return NF_SKIP_NONE;
}

nf_skip nf_check_plain(nf_layer *layer, const uint8_t *p, uint32_t n)
{
	return layer->options->checksums == NF_CHECKSUMS_IGNORE ? NF_SKIP_NONE : judge(layer, add(0, p, n));
}

/* The pseudo header: addresses, length, protocol (RFC 9293, 3.1; RFC 8200, 8.1). ICMP has none. */
static uint32_t pseudo(const nf_key *key, uint8_t protocol, uint32_t length)
{
	const uint32_t bytes = key->ip_version == 4 ? 4 : 16;

	if (protocol == NF_PROTOCOL_ICMP)
		return 0;
	return add(add(add(0, key->address[0], bytes), key->address[1], bytes) + protocol + (length >> 16) + (length & 0xffff), NULL, 0);
}

/* UDP over IPv4 need not have a checksum (RFC 768), over IPv6 only what tunnels send (RFC 6935, 5). */
static bool may_have_none(const nf_layer *layer)
{
	const uint8_t *p = layer->cursor.p;

	return layer->packet->key.ip_version == 4 || nf_tunnel_of_port(layer->options, nf_be16(p)) != NF_TUNNEL_COUNT ||
	       nf_tunnel_of_port(layer->options, nf_be16(p + 2)) != NF_TUNNEL_COUNT;
}

nf_skip nf_check_transport(nf_layer *layer, uint8_t protocol)
{
	const nf_cursor *c = &layer->cursor;
	const nf_packet *packet = layer->packet;
	uint32_t length = c->wire;

	if (layer->options->checksums == NF_CHECKSUMS_IGNORE || packet->flags & NF_PACKET_FRAGMENT || layer->partial || c->captured < c->wire || c->wire < 8)
		return NF_SKIP_NONE;
	if (protocol == NF_PROTOCOL_UDP) {
		const uint32_t told = nf_be16(c->p + 4);
		if (nf_be16(c->p + 6) == 0 && may_have_none(layer))
			return NF_SKIP_NONE;
		if (told >= 8 && told < length)
			length = told;
	}
	return judge(layer, add(pseudo(&packet->key, protocol, length), c->p, length));
}
