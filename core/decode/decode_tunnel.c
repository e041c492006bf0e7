/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tunnels: packets that carry packets. */
#include "layer.h"

#include <string.h>

static const struct {
	const char *name;
	uint16_t port;
	bool zeek;
} tunnels[] = {
#define NF_TUNNEL(id, name, port, zeek, text) {name, port, zeek},
#include "tunnels.def"
#undef NF_TUNNEL
};

nf_tunnel nf_tunnel_of_port(const nf_decode_options *options, uint16_t port)
{
	for (uint32_t i = 0; i < options->tunnel_ports; i++)
		if (options->tunnel_port[i].port == port)
			return (nf_tunnel)options->tunnel_port[i].tunnel;
	for (int i = 0; port && i < NF_TUNNEL_COUNT; i++)
		if (tunnels[i].port == port && (tunnels[i].zeek || !options->tunnels_of_zeek))
			return (nf_tunnel)i;
	return NF_TUNNEL_COUNT;
}

/* Decimal digits alone, 1 to 65535; 0: it is none. */
static uint16_t parse_port(const char *text)
{
	uint32_t port = 0;

	for (; *text >= '0' && *text <= '9' && port <= UINT16_MAX; text++)
		port = port * 10 + (uint32_t)(*text - '0');
	return *text || port > UINT16_MAX ? 0 : (uint16_t)port;
}

nf_status nf_decode_add_tunnel_port(nf_decode_options *options, const char *text, nf_error *error)
{
	const size_t length = strcspn(text, "=");
	const uint16_t port = text[length] ? parse_port(text + length + 1) : 0;
	uint16_t i = 0;

	while (i < NF_TUNNEL_COUNT && (tunnels[i].port == 0 || strlen(tunnels[i].name) != length || memcmp(tunnels[i].name, text, length) != 0))
		i++;
	if (i == NF_TUNNEL_COUNT || port == 0)
		return nf_fail(error, NF_ARGUMENT,
			       "takes NAME=PORT with a port from 1 to 65535 and one of vxlan, vxlan-gpe, geneve, gtp-u, teredo, l2tp, gre-in-udp, mpls, capwap, not '%s'", text);
	if (options->tunnel_ports == NF_TUNNEL_PORTS_MAX)
		return nf_fail(error, NF_ARGUMENT, "takes at most %d ports", NF_TUNNEL_PORTS_MAX);
	options->tunnel_port[options->tunnel_ports++] = (nf_tunnel_port){port, i};
	return NF_OK;
}

/* An IP packet right behind an IP header. */
nf_skip nf_decode_ip_in_ip(nf_layer *layer)
{
	const uint8_t protocol = layer->packet->key.protocol;

	if (!nf_looks_inside(layer))
		return nf_decode_other(layer);
	nf_fill(layer, 0, 0, layer->cursor.wire, 0, 0);
	return nf_enter(layer, NF_TUNNEL_IP, NF_BY_IP, protocol == 4 ? 4 : 6);
}

/* What an ethertype of GRE's says: PPP of PPTP, bridged Ethernet (also as NVGRE), ERSPAN types II and III, EoIP; IP and MPLS are ethertypes. */
enum { GRE_PPP = 0x880b, GRE_ETHERNET = 0x6558, GRE_ERSPAN_II = 0x88be, GRE_ERSPAN_III = 0x22eb, GRE_EOIP = 0x6400 };
enum { GRE_CHECKSUM = 0x8000, GRE_ROUTING = 0x4000, GRE_KEY = 0x2000, GRE_SEQUENCE = 0x1000, GRE_ACK = 0x0080, GRE_VERSION = 7 };

/* ERSPAN: type II has 8 bytes of header, and none without a sequence number (type I); type III has 12, and 8 more where bit O says so. */
static nf_skip erspan(nf_layer *layer, uint16_t type, bool sequence)
{
	nf_cursor *c = &layer->cursor;

	if (type == GRE_ERSPAN_II) {
		const nf_skip skip = sequence ? nf_step(c, 8) : NF_SKIP_NONE;
		return skip == NF_SKIP_NONE ? nf_enter(layer, NF_TUNNEL_GRE, NF_BY_LINK, 1) : skip;
	}
	const uint8_t *p = nf_take(c, 12);
	if (!p)
		return nf_too_short(c, 12);
	const nf_skip skip = p[11] & 1 ? nf_step(c, 8) : NF_SKIP_NONE;
	return skip == NF_SKIP_NONE ? nf_enter(layer, NF_TUNNEL_GRE, NF_BY_LINK, 1) : skip;
}

/* An HDLC address and control field may stand before the protocol (RFC 1662, 3.1). */
static nf_skip ppp(nf_layer *layer, nf_tunnel tunnel)
{
	const uint8_t *p = nf_peek(&layer->cursor, 2);

	if (p && p[0] == 0xff && p[1] == 0x03)
		nf_take(&layer->cursor, 2);
	const nf_skip skip = nf_next_ppp(layer);
	return skip == NF_SKIP_NONE ? nf_enter(layer, tunnel, layer->by, layer->key) : skip;
}

static nf_skip inside_gre(nf_layer *layer, uint16_t flags, uint16_t type)
{
	switch (type) {
	case GRE_PPP: return ppp(layer, NF_TUNNEL_GRE);
	case GRE_ETHERNET:
	case GRE_EOIP: return nf_enter(layer, NF_TUNNEL_GRE, NF_BY_LINK, 1);
	case GRE_ERSPAN_II:
	case GRE_ERSPAN_III: return erspan(layer, type, flags & GRE_SEQUENCE);
	case 0: return NF_SKIP_NONE; /* a keepalive */
	default: return nf_enter(layer, NF_TUNNEL_GRE, NF_BY_ETHERTYPE, type);
	}
}

/* Source routes: address family (2), offset (1), length (1) and as many bytes, up to one of length 0 (RFC 1701). */
static nf_skip routes(nf_cursor *c)
{
	const uint8_t *p;

	do {
		p = nf_take(c, 4);
		if (!p || !nf_take(c, p[3]))
			return NF_SKIP_NOT_IP;
	} while (p[3] != 0);
	return NF_SKIP_NONE;
}

/*  flags and version (2)  protocol type (2)  | (checksum, offset)  (key)  (sequence)  (acknowledgment)  (routes)     RFC 2890, RFC 1701, RFC 2637
 * In version 1 the key is the payload's length and a call id. A packet without payload is a keepalive, as that of EoIP.
 */
static nf_skip gre(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 4);
	if (!p)
		return nf_too_short(c, 4);
	const uint16_t flags = nf_be16(p), type = nf_be16(p + 2);
	const uint32_t optional = (flags & (GRE_CHECKSUM | GRE_ROUTING) ? 4u : 0) + (flags & GRE_KEY ? 4u : 0) + (flags & GRE_SEQUENCE ? 4u : 0) +
				  (flags & GRE_VERSION && flags & GRE_ACK ? 4u : 0);

	if ((flags & GRE_VERSION) > 1 || !nf_take(c, optional) || (flags & GRE_ROUTING && routes(c) != NF_SKIP_NONE) || c->wire == 0)
		return NF_SKIP_NOT_IP;
	return inside_gre(layer, flags, type);
}

/* What is wrong behind the outer IP header leaves the outer packet as it is. */
nf_skip nf_decode_gre(nf_layer *layer)
{
	if (!nf_looks_inside(layer))
		return nf_decode_other(layer);
	nf_fill(layer, 0, 0, layer->cursor.wire, 0, 0);
	if (gre(layer) != NF_SKIP_NONE)
		nf_next(layer, NF_BY_NOTHING, 0);
	return NF_SKIP_NONE;
}

/* The packet that it carries was entered when the port was seen. */
nf_skip nf_decode_gre_udp(nf_layer *layer)
{
	const nf_skip skip = gre(layer);

	layer->guess = true;
	layer->enters = false;
	return skip == NF_SKIP_NONE && layer->by == NF_BY_TUNNEL ? NF_SKIP_NOT_IP : skip;
}

/* flags (1), reserved (3), VNI (3), reserved (1): RFC 7348, 5. */
nf_skip nf_decode_vxlan(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 8);

	layer->guess = true;
	if (!p)
		return nf_too_short(&layer->cursor, 8);
	return p[0] & 0x08 ? nf_next(layer, NF_BY_LINK, 1) : NF_SKIP_NOT_IP;
}

/* The last byte of the flags' word names what follows: 1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5 MPLS. */
nf_skip nf_decode_vxlan_gpe(nf_layer *layer)
{
	const uint8_t *p = nf_take(&layer->cursor, 8);

	layer->guess = true;
	if (!p)
		return nf_too_short(&layer->cursor, 8);
	if (!(p[0] & 0x04))
		return p[0] & 0x08 ? nf_next(layer, NF_BY_LINK, 1) : NF_SKIP_NOT_IP;
	switch (p[3]) {
	case 1: return nf_next(layer, NF_BY_IP, 4);
	case 2: return nf_next(layer, NF_BY_IP, 6);
	case 3: return nf_next(layer, NF_BY_LINK, 1);
	case 4: return nf_next(layer, NF_BY_ETHERTYPE, 0x894f);
	case 5: return nf_next(layer, NF_BY_ETHERTYPE, 0x8847);
	default: return NF_SKIP_NOT_IP;
	}
}

/* version and length of options in words (1), flags (1), protocol (2), VNI (3), reserved (1), options: RFC 8926, 3.4. */
nf_skip nf_decode_geneve(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 8);

	layer->guess = true;
	if (!p)
		return nf_too_short(c, 8);
	const uint32_t options = (p[0] & 0x3fu) * 4;
	if (p[0] >> 6 != 0)
		return NF_SKIP_NOT_IP;
	if (!nf_take(c, options))
		return nf_too_short(c, options);
	return nf_be16(p + 2) == GRE_ETHERNET ? nf_next(layer, NF_BY_LINK, 1) : nf_next(layer, NF_BY_ETHERTYPE, nf_be16(p + 2));
}

/* Steps over the extension headers of GTP-U, each a length in words, content and the next one's type (TS 29.281, 5.2.1). */
static nf_skip gtp_extensions(nf_cursor *c, uint8_t next)
{
	while (next != 0) {
		const uint8_t *p = nf_peek(c, 1);
		if (!p)
			return nf_too_short(c, 1);
		const uint32_t length = p[0] * 4u;
		if (length == 0)
			return NF_SKIP_MALFORMED;
		p = nf_take(c, length);
		if (!p)
			return nf_too_short(c, length);
		next = p[length - 1];
	}
	return NF_SKIP_NONE;
}

/* flags (1), message type (1), length (2), TEID (4), and where a flag says so sequence number (2), N-PDU number (1), next extension (1). */
nf_skip nf_decode_gtp(nf_layer *layer)
{
	enum { G_PDU = 255, VERSION_1_GTP = 3, EXTENSION = 4, ANY = 7 };
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_take(c, 8);

	layer->guess = true;
	if (!p)
		return nf_too_short(c, 8);
	if (p[0] >> 4 != VERSION_1_GTP || p[1] != G_PDU)
		return NF_SKIP_NOT_IP;
	nf_clip(c, nf_be16(p + 2));
	if (p[0] & ANY) {
		const uint8_t *more = nf_take(c, 4);
		if (!more)
			return nf_too_short(c, 4);
		const nf_skip skip = p[0] & EXTENSION ? gtp_extensions(c, more[3]) : NF_SKIP_NONE;
		if (skip != NF_SKIP_NONE)
			return skip;
	}
	return nf_next(layer, NF_BY_IP, 0);
}

/* An IPv6 packet, before which authentication (00 01) and origin (00 00) indications may stand (RFC 4380, 5.1.1). */
nf_skip nf_decode_teredo(nf_layer *layer)
{
	nf_cursor *c = &layer->cursor;
	const uint8_t *p = nf_peek(c, 4);

	layer->guess = true;
	if (p && p[0] == 0 && p[1] == 1) {
		const nf_skip skip = nf_step(c, 13u + p[2] + p[3]);
		if (skip != NF_SKIP_NONE)
			return skip;
		p = nf_peek(c, 4);
	}
	if (p && p[0] == 0 && p[1] == 0) {
		const nf_skip skip = nf_step(c, 8);
		if (skip != NF_SKIP_NONE)
			return skip;
	}
	return nf_next(layer, NF_BY_IP, 6);
}
