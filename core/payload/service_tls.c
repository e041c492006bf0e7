/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS over TCP, DTLS, and QUIC, whose first packet holds a ClientHello. */
#include "payload/look.h"

enum { RECORD_HEAD = 5, HANDSHAKE = 22, ALERT = 21, CLIENT_HELLO = 1, SERVER_HELLO = 2, RECORD_MOST = 16384 + 2048, HELLO_MOST = 1 << 18 };

/*
 * RFC 8446, 5.1 and 4: record type, version, length; handshake type, length (24 bits), version (16 bits), random (32 bytes), session id's length
 */
static bool hello_at(const uint8_t *p, size_t n, uint8_t type)
{
	enum { SESSION = RECORD_HEAD + 4 + 2 + 32 };

	if (n < RECORD_HEAD + 6 || p[0] != HANDSHAKE || p[1] != 3 || p[2] > 4 || p[5] != type)
		return false;
	const uint32_t record = nf_look_u16(p + 3);
	const uint32_t hello = nf_look_u32(p + 5) & 0xffffff;
	const bool version = (p[9] == 3 && p[10] <= 4) || (type == SERVER_HELLO && p[9] == 0x7f);
	if (!version || record < 4 || record > RECORD_MOST || hello < 38 || hello > HELLO_MOST)
		return false;
	return n <= SESSION || p[SESSION] <= 32;
}

bool nf_look_hello(const nf_look *look, uint8_t type)
{
	return hello_at(look->bytes, look->n, type);
}

/* A ClientHello, or a ServerHello (an alert may stand before it, RFC 6066, 3), each at the beginning of a packet. */
nf_verdict nf_match_ssl(nf_look *look)
{
	const bool claimed = look->service->named_count > look->service->lower || look->service->skip[0] || look->service->skip[1];
	const size_t alert = look->n > 7 && look->bytes[0] == ALERT && look->bytes[1] == 3 ? 7 : 0;

	if (nf_look_hello(look, CLIENT_HELLO) || hello_at(look->bytes + alert, look->n - alert, SERVER_HELLO)) {
		look->used = true;
		return NF_DONE;
	}
	if (claimed || look->service->packets[0] + look->service->packets[1] < 4)
		return NF_WAIT;
	return (look->service->alive & (look->service->alive - 1)) == 0 ? NF_NO : NF_WAIT;
}

/* RFC 6347, 4.1 and 4.2.2: type, version, epoch, number (8 bytes), length; handshake type, length, sequence, fragment (8), version */
nf_verdict nf_match_dtls(nf_look *look)
{
	const uint8_t *p = look->bytes;

	if (look->n < 27 || p[0] != HANDSHAKE || p[1] != 0xfe || (p[2] != 0xff && p[2] != 0xfd) || nf_look_u16(p + 3) != 0)
		return NF_NO;
	if (p[13] != CLIENT_HELLO && p[13] != SERVER_HELLO)
		return NF_NO;
	return p[25] == 0xfe && (p[26] == 0xff || p[26] == 0xfd) && nf_look_u16(p + 11) <= look->n - 13 ? NF_DONE : NF_NO;
}

/* RFC 9000, 16. Returns false if it is not all there. */
static bool quic_number(const nf_look *look, size_t *at, uint64_t *number)
{
	if (*at >= look->n)
		return false;
	const size_t bytes = (size_t)1 << (look->bytes[*at] >> 6);

	if (look->n - *at < bytes)
		return false;
	*number = look->bytes[*at] & 0x3f;
	for (size_t i = 1; i < bytes; i++)
		*number = *number << 8 | look->bytes[*at + i];
	*at += bytes;
	return true;
}

/*
 * RFC 9000, 17.2.2, and 9369, 3.2: an Initial packet of the originator: long header, version, connection ids (at most 20 bytes, RFC 9000, 17.2),
 * token, length; a datagram of at least 1200 bytes (14.1). It begins a ClientHello, so this is ssl too; it is not deciphered.
 */
nf_verdict nf_match_quic(nf_look *look)
{
	const uint8_t *p = look->bytes;
	size_t at = 5;
	uint64_t token, length;

	if (look->side != 0 || (look->n < 1200 && look->complete) || look->n < 7)
		return NF_NO;
	const uint32_t version = nf_look_u32(p + 1);
	const uint8_t type = p[0] & 0xf0;
	if (!(version == 1 && type == 0xc0) && !(version == 0x6b3343cf && type == 0xd0))
		return NF_NO;
	for (int i = 0; i < 2; i++) {
		if (at >= look->n || p[at] > 20 || look->n - at - 1 < p[at])
			return NF_NO;
		at += 1 + (size_t)p[at];
	}
	if (!quic_number(look, &at, &token) || token > look->n - at)
		return NF_NO;
	at += (size_t)token;
	if (!quic_number(look, &at, &length) || length < 20 || (look->complete && length > look->n - at))
		return NF_NO;
	nf_look_add(look, NF_SERVICE_QUIC);
	nf_look_add(look, NF_SERVICE_SSL);
	return NF_DONE;
}
