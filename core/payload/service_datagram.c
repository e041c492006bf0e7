/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services of whole datagrams: dns, dhcp, ntp, radius, and tunnels. */
#include "payload/look.h"

enum { DNS_HEAD = 12, DNS_QUESTIONS_MOST = 25, NETBIOS = 137 };

/* Passes by a name (RFC 1035, 4.1.4); a pointer ends it and must point back. */
static bool dns_name(const uint8_t *p, size_t n, size_t *at, size_t label_most)
{
	while (*at < n) {
		const uint8_t length = p[*at];
		if (length == 0) {
			(*at)++;
			return true;
		}
		if (length >= 0xc0) {
			if (n - *at < 2 || (nf_look_u16(p + *at) & 0x3fff) >= *at)
				return false;
			*at += 2;
			return true;
		}
		if (length > label_most || n - *at <= length)
			return false;
		*at += 1 + (size_t)length;
	}
	return false;
}

bool nf_look_dns(const uint8_t *p, size_t n, uint16_t port)
{
	const size_t label_most = port == NETBIOS ? 191 : 63;
	size_t at = DNS_HEAD;

	if (n < DNS_HEAD)
		return false;
	const uint32_t questions = nf_look_u16(p + 4), answers = nf_look_u16(p + 6);
	const uint32_t others = nf_look_u16(p + 8) + nf_look_u16(p + 10);
	if (questions > DNS_QUESTIONS_MOST || questions + answers + others == 0)
		return false;
	for (uint32_t i = 0; i < questions; i++) {
		if (!dns_name(p, n, &at, label_most) || n - at < 4)
			return false;
		at += 4;
	}
	for (uint32_t i = 0; i < answers; i++) {
		if (!dns_name(p, n, &at, label_most) || n - at < 10 || nf_look_u16(p + at + 8) > n - at - 10)
			return false;
		at += 10 + (size_t)nf_look_u16(p + at + 8);
	}
	return true;
}

/* RFC 1035, 4.2; 6762 (5353); 4795 (5355); 1002 (137). Over TCP behind two bytes of length. At its ports alone. */
nf_verdict nf_match_dns(nf_look *look)
{
	const uint8_t *p = look->bytes;
	const uint16_t port = look->service->port[1];

	if (look->service->protocol == NF_PROTOCOL_UDP)
		return !NF_PORTS(look, 53, NETBIOS, 5353, 5355) ? NF_NO : nf_look_dns(p, look->n, port) ? NF_DONE : NF_WAIT;
	if (!NF_PORTS(look, 53))
		return NF_NO;
	if (look->n < 2)
		return NF_WAIT;
	const size_t length = nf_look_u16(p);
	if (length < DNS_HEAD)
		return NF_NO;
	if (look->n - 2 < length)
		return look->n < NF_SERVICE_HELD_MOST ? NF_WAIT : NF_NO;
	return nf_look_dns(p + 2, length, port) ? NF_DONE : NF_NO;
}

/* RFC 2131, 2, and 2132, 2: operation, hardware, its address's length ... and the cookie 99.130.83.99 behind 236 bytes. */
nf_verdict nf_match_dhcp(nf_look *look)
{
	const uint8_t *p = look->bytes;

	return look->n >= 240 && (p[0] == 1 || p[0] == 2) && p[2] <= 16 && NF_IS(look, 236, "\x63\x82\x53\x63") ? NF_DONE : NF_NO;
}

/* RFC 5905, 7.3: leap, version, mode; 48 bytes and what may follow them. Modes 6 and 7 are RFC 9327's and the reference program's. */
nf_verdict nf_match_ntp(nf_look *look)
{
	if (!NF_PORTS(look, 123) || look->n < 8)
		return NF_NO;
	const unsigned version = look->bytes[0] >> 3 & 7, mode = look->bytes[0] & 7;

	if (version < 1 || version > 4 || mode == 0)
		return NF_NO;
	if (mode == 6)
		return look->n >= 12 && look->n >= 12 + nf_look_u16(look->bytes + 10) ? NF_DONE : NF_NO;
	return look->n >= (mode == 7 ? 8 : 48) ? NF_DONE : NF_NO;
}

/* RFC 2865, 3 and 5: code, identifier, length, authenticator (16 bytes), attributes of type, length and value. */
nf_verdict nf_match_radius(nf_look *look)
{
	const uint8_t *p = look->bytes;
	size_t at = 20;

	if (!NF_PORTS(look, 1812) || look->n < 20)
		return NF_NO;
	const size_t length = nf_look_u16(p + 2);
	if (length < 20 || length > look->n || p[0] == 0 || p[0] > 50)
		return NF_NO;
	while (at < length) {
		if (length - at < 2 || p[at + 1] < 2 || p[at + 1] > length - at)
			return NF_NO;
		at += p[at + 1];
	}
	return NF_DONE;
}

/* The place of the IPv6 packet in Teredo (RFC 4380, 5.1.1: authentication, then origin), or 0 behind nothing; n where there is none. */
static size_t teredo_inner(const uint8_t *p, size_t n)
{
	size_t at = 0;

	if (n >= 4 && p[0] == 0 && p[1] == 1)
		at = 13 + (size_t)p[2] + p[3];
	if (at <= n && n - at >= 8 && p[at] == 0 && p[at + 1] == 0)
		at += 8;
	if (at >= n || n - at < 40 || p[at] >> 4 != 6)
		return n;
	const size_t payload = nf_look_u16(p + at + 4);
	const bool fits = payload == n - at - 40 || (payload == 0 && p[at + 6] == 59);
	return fits ? at : n;
}

/*
 * A datagram of the originator confirms, one of the responder only if it is bare and with a Teredo address (2001::/32). Elsewhere than at its
 * port there must be such an address, or a header in front.
 */
nf_verdict nf_match_teredo(nf_look *look)
{
	const uint8_t *p = look->bytes;
	const size_t at = teredo_inner(p, look->n);

	if (at >= look->n)
		return NF_NO;
	const bool address = NF_IS(look, at + 8, "\x20\x01\x00\x00") || NF_IS(look, at + 24, "\x20\x01\x00\x00");
	if (!nf_look_any_port(look, 3544) && !address && at == 0)
		return NF_NO;
	return look->side == 0 || (at == 0 && address) ? NF_DONE : NF_WAIT;
}

/* 3GPP TS 29.060, 6, and 29.281, 5.1: version 1, protocol type 1, message, length of what follows the first eight bytes. */
nf_verdict nf_match_gtpv1(nf_look *look)
{
	const uint8_t *p = look->bytes;

	if (!nf_look_any_port(look, 2152) && !nf_look_any_port(look, 2123))
		return NF_NO;
	if (look->n < 8 || (p[0] & 0xf0) != 0x30 || p[1] == 0)
		return NF_NO;
	const size_t length = nf_look_u16(p + 2);
	return length <= look->n - 8 && !(p[0] & 7 && length < 4) ? NF_DONE : NF_NO;
}

/* RFC 7348, 5: the flag I. */
nf_verdict nf_match_vxlan(nf_look *look)
{
	return nf_look_any_port(look, 4789) && look->n >= 8 && (look->bytes[0] & 8) ? NF_DONE : NF_NO;
}

/* RFC 8926, 3.4: version 0, options that fit. */
nf_verdict nf_match_geneve(nf_look *look)
{
	const uint8_t *p = look->bytes;

	if (!nf_look_any_port(look, 6081) || look->n < 8 || p[0] >> 6 != 0)
		return NF_NO;
	return look->n >= 8 + (size_t)(p[0] & 0x3f) * 4 ? NF_DONE : NF_NO;
}
