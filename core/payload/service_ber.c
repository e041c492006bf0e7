/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services in ASN.1: ldap, snmp, Kerberos. */
#include "payload/look.h"

enum { SEQUENCE = 0x30, INTEGER = 0x02, OCTETS = 0x04 };

/* RFC 4511, 4.1.1: SEQUENCE { messageID INTEGER, protocolOp APPLICATION }. Returns the length of the message with its head, 0 if it is none. */
static size_t ldap_message(const uint8_t *bytes, size_t n, uint8_t *operation, size_t *contents)
{
	size_t at = 0;
	uint8_t tag;
	uint32_t length, inner;

	if (!nf_look_ber(bytes, n, &at, &tag, &length) || tag != SEQUENCE || length < 5)
		return 0;
	const size_t whole = at + length;
	if (!nf_look_ber(bytes, n, &at, &tag, &inner) || tag != INTEGER || inner < 1 || inner > 4 || at + inner > n)
		return 0;
	at += inner;
	if (!nf_look_ber(bytes, n, &at, operation, &inner) || (*operation & 0xc0) != 0x40 || at + inner > whole)
		return 0;
	*contents = at;
	return whole;
}

static bool ldap_is_request(uint8_t operation)
{
	return operation == 0x60 || operation == 0x63 || operation == 0x66 || operation == 0x68 || operation == 0x4a ||
	       operation == 0x6c || operation == 0x6e || operation == 0x77;
}

/* [APPLICATION 0] to 16, 19, 23, 24, 25 */
static bool ldap_is_operation(uint8_t operation)
{
	const unsigned number = operation & 0x1f;

	return number <= 16 || number == 19 || (number >= 23 && number <= 25);
}

enum { LDAP_REQUEST = 1, LDAP_TOO_LONG = 64 * 1024 * 1024 };

/* Walks over the messages of a packet. Binds name what authenticates them. */
static nf_verdict ldap_messages(nf_look *look, bool own)
{
	uint32_t *skip = &look->service->skip[look->side];
	size_t at = *skip < look->n ? *skip : look->n, contents;
	uint8_t operation;
	const bool went_on = *skip > 0;

	*skip -= (uint32_t)at;
	if (at >= look->n)
		return went_on && *skip == 0 && (own || *look->note & LDAP_REQUEST) ? NF_YES : NF_WAIT;
	const size_t whole = ldap_message(look->bytes + at, look->n - at, &operation, &contents);
	if (whole == 0 || whole > LDAP_TOO_LONG || !ldap_is_operation(operation))
		return nf_look_named(look, look->id) ? NF_WAIT : look->n < 12 && look->bytes[0] == SEQUENCE ? NF_WAIT : NF_NO;
	look->used = true;
	if (look->side == 0 && ldap_is_request(operation))
		*look->note |= LDAP_REQUEST;
	if (!own && !(*look->note & LDAP_REQUEST))
		return NF_NO;
	if (operation == 0x60 || operation == 0x61)
		nf_look_tokens(look, look->bytes + at, look->n - at < whole ? look->n - at : whole);
	if (whole > look->n - at) {
		*skip = (uint32_t)(whole - (look->n - at));
		return look->service->protocol == NF_PROTOCOL_UDP ? NF_NO : NF_WAIT;
	}
	return own || look->side == 1 ? NF_YES : NF_WAIT;
}

nf_verdict nf_match_ldap(nf_look *look)
{
	const bool own = look->service->protocol == NF_PROTOCOL_UDP ? NF_PORTS(look, 389) : NF_PORTS(look, 389, 3268);

	if (look->n == 0 || (look->bytes[0] != SEQUENCE && look->service->skip[look->side] == 0))
		return nf_look_named(look, look->id) || look->service->named_count > 0 ? NF_WAIT : NF_NO;
	return ldap_messages(look, own);
}

/* RFC 1157, 1901, 3412: SEQUENCE { version INTEGER 0, 1 or 3; community OCTET STRING or SEQUENCE. An answer confirms. */
nf_verdict nf_match_snmp(nf_look *look)
{
	size_t at = 0;
	uint8_t tag;
	uint32_t length;

	if (!NF_PORTS(look, 161, 162))
		return NF_NO;
	if (!nf_look_ber(look->bytes, look->n, &at, &tag, &length) || tag != SEQUENCE || length > look->n - at)
		return NF_NO;
	if (!nf_look_ber(look->bytes, look->n, &at, &tag, &length) || tag != INTEGER || length != 1 || at >= look->n)
		return NF_NO;
	const uint8_t version = look->bytes[at++];
	if (version != 0 && version != 1 && version != 3)
		return NF_NO;
	if (!nf_look_ber(look->bytes, look->n, &at, &tag, &length) || tag != (version == 3 ? SEQUENCE : OCTETS) || length > look->n - at)
		return NF_NO;
	return look->side == 1 ? NF_DONE : NF_WAIT;
}

/*
 * RFC 4120, 5.4: [APPLICATION n] SEQUENCE { [0 or 1] INTEGER 5 (the version), [1 or 2] INTEGER n (the type) ... n is 10 to 15, 20, 21, 22 or
 * 30. Requests to the KDC (10, 12) number from 1.
 */
static bool is_krb(const uint8_t *bytes, size_t n)
{
	size_t at = 0;
	uint8_t tag;
	uint32_t length;

	if (!nf_look_ber(bytes, n, &at, &tag, &length) || (tag & 0xe0) != 0x60)
		return false;
	const unsigned number = tag & 0x1f;
	const bool known = (number >= 10 && number <= 15) || (number >= 20 && number <= 22) || number == 30;
	const uint8_t first = number == 10 || number == 12 ? 0xa1 : 0xa0;
	if (!known || length < 12 || !nf_look_ber(bytes, n, &at, &tag, &length) || tag != SEQUENCE)
		return false;
	if (n - at < 10 || bytes[at] != first || memcmp(bytes + at + 1, "\x03\x02\x01\x05", 4) != 0)
		return false;
	return bytes[at + 5] == first + 1 && memcmp(bytes + at + 6, "\x03\x02\x01", 3) == 0 && bytes[at + 9] == number;
}

/* Over UDP: at its port, and a request elsewhere. */
nf_verdict nf_match_krb(nf_look *look)
{
	const bool own = NF_PORTS(look, 88) || (look->n > 0 && look->bytes[0] == 0x6c);

	return own && is_krb(look->bytes, look->n) ? NF_DONE : NF_NO;
}

/* RFC 4120, 7.2.2: behind four bytes of length, the highest bit 0. */
nf_verdict nf_match_krb_tcp(nf_look *look)
{
	if (!NF_PORTS(look, 88))
		return NF_NO;
	if (look->n < 5)
		return NF_WAIT;
	const uint32_t length = nf_look_u32(look->bytes);
	return length < 0x100000 && is_krb(look->bytes + 4, look->n - 4) ? NF_DONE : NF_NO;
}
