/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services of records with a head: mysql, postgresql, mqtt, socks, modbus, dnp3. */
#include "payload/look.h"

enum { MYSQL_GREETED = 1 };

/* MySQL's client/server protocol: length (24 bits, little endian), number, then version 9 or 10 and a text; the answer confirms. */
nf_verdict nf_match_mysql(nf_look *look)
{
	const uint8_t *p = look->bytes;

	if (!NF_PORTS(look, 1434, 3306))
		return NF_NO;
	if (look->n < 6)
		return look->n < 4 || look->side == 1 ? NF_WAIT : NF_NO;
	const uint32_t length = (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
	look->used = true;
	if (look->side == 1) {
		if (*look->note & MYSQL_GREETED)
			return NF_WAIT;
		if (length < 20 || length > 1024 || p[3] != 0 || (p[4] != 9 && p[4] != 10) || p[5] < '0' || p[5] > '9')
			return NF_NO;
		*look->note |= MYSQL_GREETED;
		return NF_CLAIM;
	}
	if (!(*look->note & MYSQL_GREETED) || p[3] != 1 || length < 32)
		return NF_NO;
	return NF_DONE;
}

enum { PG_SECURE = 1, PG_PLAIN = 2 };

/* A StartupMessage: length, version 3.x, pairs of texts, "user" among them, a 0. */
static bool pg_is_startup(const nf_look *look)
{
	if (look->n < 9 || nf_look_u16(look->bytes + 4) != 3 || nf_look_u16(look->bytes + 6) > 2)
		return false;
	const uint32_t length = nf_look_u32(look->bytes);
	const nf_text text = {look->bytes + 8, look->n - 8};

	return length >= 9 && length <= look->n && look->bytes[length - 1] == 0 && nf_look_find(text.at, text.n, "user\0", 5) < text.n;
}

/* PostgreSQL's frontend/backend protocol 3: an SSLRequest that is answered by S or N, or a StartupMessage (elsewhere: and its answer). */
nf_verdict nf_match_postgresql(nf_look *look)
{
	const bool own = NF_PORTS(look, 5432);

	if (look->side == 0) {
		if (NF_IS(look, 0, "\x00\x00\x00\x08\x04\xd2\x16\x2f") && look->n == 8)
			*look->note |= PG_SECURE;
		else if (pg_is_startup(look))
			*look->note |= PG_PLAIN;
		else
			return look->n < 9 && look->n > 0 && look->bytes[0] == 0 ? NF_WAIT : *look->note ? NF_WAIT : NF_NO;
		look->used = true;
		return own && *look->note & PG_PLAIN ? NF_DONE : NF_WAIT;
	}
	look->used = *look->note != 0;
	if (*look->note & PG_PLAIN)
		return look->n >= 5 && nf_look_u16(look->bytes + 1) == 0 && look->bytes[0] >= 'A' && look->bytes[0] <= 'z'
			       ? NF_DONE
			       : NF_NO;
	if (*look->note & PG_SECURE)
		return look->bytes[0] == 'S' || look->bytes[0] == 'N' ? NF_DONE : NF_NO;
	return NF_NO;
}

enum { MQTT_CONNECT = 1 };

/* MQTT 3.1.1 and 5, 3.1 and 3.2: CONNECT with "MQTT" or "MQIsdp", then CONNACK, which confirms. */
nf_verdict nf_match_mqtt(nf_look *look)
{
	const uint8_t *p = look->bytes;
	size_t at = 1;

	if (look->n < 4)
		return look->n > 0 && (p[0] == 0x10 || p[0] == 0x20) && look->service->packets[look->side] == 0 ? NF_WAIT : NF_NO;
	if (look->side == 1)
		return *look->note & MQTT_CONNECT && p[0] == 0x20 && p[1] >= 2 && p[1] < 128 ? NF_DONE : NF_NO;
	if (*look->note & MQTT_CONNECT)
		return NF_WAIT;
	if (p[0] != 0x10)
		return NF_NO;
	while (at < look->n && at < 4 && p[at] & 0x80)
		at++;
	if (!NF_IS(look, at + 1, "\x00\x04MQTT") && !NF_IS(look, at + 1, "\x00\x06MQIsdp"))
		return NF_NO;
	*look->note |= MQTT_CONNECT;
	look->used = true;
	return NF_WAIT;
}

enum { SOCKS4_ASKED = 1, SOCKS5_ASKED = 2, SOCKS5_CHOSEN = 4, SOCKS5_WANTED = 8 };

static nf_verdict socks_request(nf_look *look)
{
	const uint8_t *p = look->bytes;

	if (look->n < 3)
		return *look->note || p[0] == 4 || p[0] == 5 ? NF_WAIT : NF_NO;
	if (*look->note & SOCKS5_CHOSEN) {
		if (p[0] == 5 && p[1] >= 1 && p[1] <= 3 && p[2] == 0)
			*look->note |= SOCKS5_WANTED;
		else if (p[0] != 1)
			return NF_NO;
	} else if (p[0] == 5 && p[1] >= 1 && look->n == (size_t)p[1] + 2) {
		*look->note |= SOCKS5_ASKED;
	} else if (p[0] == 4 && (p[1] == 1 || p[1] == 2) && look->n >= 9 && p[look->n - 1] == 0) {
		*look->note |= SOCKS4_ASKED;
	} else {
		return NF_NO;
	}
	look->used = true;
	return NF_WAIT;
}

/* RFC 1928, 4 to 6, and SOCKS 4: the answer to the request confirms, and the connection behind the proxy follows. */
nf_verdict nf_match_socks(nf_look *look)
{
	const uint8_t *p = look->bytes;

	if (look->side == 0)
		return socks_request(look);
	if (*look->note == 0)
		return NF_NO;
	look->used = true;
	if (*look->note & SOCKS4_ASKED)
		return look->n == 8 && p[0] == 0 && p[1] >= 0x5a && p[1] <= 0x5d ? NF_RESTART : NF_NO;
	if (*look->note & SOCKS5_WANTED)
		return look->n >= 7 && p[0] == 5 && p[1] <= 8 && p[2] == 0 && (p[3] == 1 || p[3] == 3 || p[3] == 4) ? NF_RESTART : NF_NO;
	if (*look->note & SOCKS5_CHOSEN)
		return look->n == 2 && p[0] == 1 ? NF_WAIT : NF_NO;
	if (!(*look->note & SOCKS5_ASKED) || look->n != 2 || p[0] != 5 || p[1] > 2)
		return NF_NO;
	*look->note |= SOCKS5_CHOSEN;
	return NF_WAIT;
}

/* The length that the body of a message must have behind its function code, as far as it is fixed or told; -1: any. */
static int modbus_body(const uint8_t *p, size_t n, bool request)
{
	switch (p[7]) {
	case 1: case 2: case 3: case 4: return request ? 4 : n > 8 ? 1 + p[8] : 2;
	case 5: case 6: return 4;
	case 15: case 16: return !request ? 4 : n > 12 ? 5 + p[12] : 6;
	case 20: case 21: return n > 8 ? 1 + p[8] : 2;
	case 22: return 6;
	default: return -1;
	}
}

/* Modbus Messaging on TCP/IP, 3.1.3: transaction, protocol 0, length, unit; then function and body. At its port alone. */
nf_verdict nf_match_modbus(nf_look *look)
{
	const uint8_t *p = look->bytes;

	if (!NF_PORTS(look, 502))
		return NF_NO;
	if (look->n < 8)
		return NF_WAIT;
	const uint32_t length = nf_look_u16(p + 4);
	if (nf_look_u16(p + 2) != 0 || length < 2 || length > 254 || p[7] == 0)
		return NF_NO;
	if (look->n < 6 + (size_t)length)
		return NF_WAIT;
	const int body = modbus_body(p, look->n, look->side == 0);
	return body < 0 || (uint32_t)body == length - 2 ? NF_DONE : NF_NO;
}

/* IEEE 1815, 9.2.4.1: the remainder by x^16 + x^13 + x^12 + x^11 + x^10 + x^8 + x^6 + x^5 + x^2 + 1, bits reversed, complemented. */
static uint16_t dnp3_crc(const uint8_t *bytes, size_t n)
{
	uint32_t crc = 0;

	for (size_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xa6bc : crc >> 1;
	}
	return (uint16_t)~crc;
}

/* IEEE 1815, 9.2.4: 0x05 0x64, length, control, two addresses, and the check sum of these eight bytes. */
nf_verdict nf_match_dnp3(nf_look *look)
{
	const uint8_t *p = look->bytes;

	if (look->n < 10)
		return look->n > 0 && p[0] == 5 && look->service->protocol == NF_PROTOCOL_TCP && look->service->packets[look->side] == 0 ? NF_WAIT : NF_NO;
	if (p[0] != 0x05 || p[1] != 0x64 || p[2] < 5)
		return NF_NO;
	const uint16_t crc = dnp3_crc(p, 8);
	return p[8] == (crc & 0xff) && p[9] == crc >> 8 ? NF_DONE : NF_NO;
}
