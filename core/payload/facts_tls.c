/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ClientHello (RFC 8446, 4.1.2), and JA4 as FoxIO describes it (github.com/FoxIO-LLC/ja4, technical_details/JA4.md). */
#include "payload/facts.h"
#include "payload/sha256.h"
#include "payload/text.h"

enum { CLIENT_HELLO = 1, HANDSHAKE = 22, HEAD = 4, DTLS_HEAD = 12, LIST_MOST = NF_HELLO_MOST / 2 };
enum { SERVER_NAME = 0, SIGNATURES = 13, ALPN = 16, VERSIONS = 43 };

/* What is left to read. Once something was too short, failed stays. */
typedef struct cursor {
	const uint8_t *at;
	size_t n;
	bool failed;
} cursor;

static const uint8_t *take(cursor *c, size_t n)
{
	if (c->failed || c->n < n) {
		c->failed = true;
		return NULL;
	}
	c->at += n;
	c->n -= n;
	return c->at - n;
}

static uint32_t number(cursor *c, int bytes)
{
	const uint8_t *p = take(c, (size_t)bytes);
	uint32_t value = 0;

	for (int i = 0; p && i < bytes; i++)
		value = value << 8 | p[i];
	return value;
}

/* What a length of so many bytes goes before. */
static cursor vector(cursor *c, int length_bytes)
{
	const uint32_t n = number(c, length_bytes);
	const uint8_t *p = take(c, n);

	return (cursor){p, p ? n : 0, p == NULL};
}

/* Numbers of 16 bits, but for GREASE (RFC 8701). */
typedef struct list {
	size_t n;
	uint16_t value[LIST_MOST];
} list;

static bool is_grease(uint16_t value)
{
	return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

static void list_add(list *l, uint16_t value)
{
	if (!is_grease(value) && l->n < LIST_MOST)
		l->value[l->n++] = value;
}

static void list_fill(list *l, cursor c)
{
	while (c.n >= 2)
		list_add(l, (uint16_t)number(&c, 2));
}

static void sift(list *l, size_t root, size_t n)
{
	for (;;) {
		size_t child = 2 * root + 1;
		if (child >= n)
			return;
		if (child + 1 < n && l->value[child + 1] > l->value[child])
			child++;
		if (l->value[root] >= l->value[child])
			return;
		const uint16_t swap = l->value[root];
		l->value[root] = l->value[child];
		l->value[child] = swap;
		root = child;
	}
}

/* Heapsort: a list may have thousands of numbers, in the order that is worst for others. */
static void list_sort(list *l)
{
	for (size_t i = l->n / 2; i-- > 0;)
		sift(l, i, l->n);
	for (size_t n = l->n; n > 1;) {
		const uint16_t swap = l->value[0];
		l->value[0] = l->value[--n];
		l->value[n] = swap;
		sift(l, 0, n);
	}
}

static const char digits[] = "0123456789abcdef";

static void hash_list(nf_sha256 *sha, const list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const uint16_t v = l->value[i];
		const char text[5] = {',', digits[v >> 12], digits[v >> 8 & 15], digits[v >> 4 & 15], digits[v & 15]};
		nf_sha256_add(sha, text + (i == 0), sizeof text - (i == 0));
	}
}

/* "_" and the first twelve digits of the hash of a list, and of another behind it if that has any; zeros for none. */
static void put_hash(char *at, const list *first, const list *second)
{
	nf_sha256 sha;
	uint8_t digest[NF_SHA256_BYTES];

	nf_sha256_init(&sha);
	hash_list(&sha, first);
	if (second && second->n > 0) {
		nf_sha256_add(&sha, "_", 1);
		hash_list(&sha, second);
	}
	nf_sha256_end(&sha, digest);
	*at++ = '_';
	for (int i = 0; i < 12; i++)
		at[i] = first->n == 0 ? '0' : digits[i % 2 ? digest[i / 2] & 15 : digest[i / 2] >> 4];
}

static const char *version_text(uint16_t version)
{
	switch (version) {
	case 0x0304: return "13";
	case 0x0303: return "12";
	case 0x0302: return "11";
	case 0x0301: return "10";
	case 0x0300: return "s3";
	case 0x0002: return "s2";
	case 0xfeff: return "d1";
	case 0xfefd: return "d2";
	case 0xfefc: return "d3";
	default: return "00";
	}
}

static bool is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The lists of one ClientHello. */
typedef struct offer {
	list ciphers;
	list extensions; /* but for server_name and ALPN */
	list signatures;
	size_t extension_count; /* with them */
	bool has_name;
	cursor alpn;            /* the first protocol */
	uint16_t version;
} offer;

static void put_alpn(char *at, const cursor *alpn)
{
	if (alpn->n == 0)
		return;
	const uint8_t first = alpn->at[0], last = alpn->at[alpn->n - 1];
	const bool plain = is_alphanumeric(first) && is_alphanumeric(last);

	at[0] = plain ? (char)first : digits[first >> 4];
	at[1] = plain ? (char)last : digits[last & 15];
}

static void put_ja4(char *text, const offer *o, char transport)
{
	const unsigned ciphers = o->ciphers.n < 99 ? (unsigned)o->ciphers.n : 99;
	const unsigned extensions = o->extension_count < 99 ? (unsigned)o->extension_count : 99;

	memset(text, '0', NF_JA4_BYTES - 1);
	text[0] = transport;
	memcpy(text + 1, version_text(o->version), 2);
	text[3] = o->has_name ? 'd' : 'i';
	text[4] = (char)('0' + ciphers / 10);
	text[5] = (char)('0' + ciphers % 10);
	text[6] = (char)('0' + extensions / 10);
	text[7] = (char)('0' + extensions % 10);
	put_alpn(text + 8, &o->alpn);
	put_hash(text + 10, &o->ciphers, NULL);
	put_hash(text + 23, &o->extensions, &o->signatures);
	text[NF_JA4_BYTES - 1] = 0;
}

/* RFC 6066, 3: a list of (type, name); type 0 is a host's. */
static void read_name(nf_hello *hello, cursor c)
{
	cursor names = vector(&c, 2);

	while (names.n > 0 && !names.failed) {
		const uint32_t type = number(&names, 1);
		const cursor name = vector(&names, 2);
		if (type == 0 && !name.failed) {
			nf_text_set(hello->sni, sizeof hello->sni, name.at, name.n);
			return;
		}
	}
}

/* DTLS numbers its versions downwards: 0xfefd is newer than 0xfeff. */
static bool is_newer(uint16_t a, uint16_t b)
{
	return (a >> 8) == 0xfe && (b >> 8) == 0xfe ? a < b : a > b;
}

static void read_versions(offer *o, cursor c)
{
	cursor versions = vector(&c, 1);
	bool first = true;

	while (versions.n >= 2) {
		const uint16_t version = (uint16_t)number(&versions, 2);
		if (is_grease(version) || !(first || is_newer(version, o->version)))
			continue;
		o->version = version;
		first = false;
	}
}

static void read_extension(nf_hello *hello, offer *o, uint16_t type, cursor body)
{
	cursor protocols;

	if (is_grease(type))
		return;
	o->extension_count++;
	if (type != SERVER_NAME && type != ALPN)
		list_add(&o->extensions, type);
	switch (type) {
	case SERVER_NAME:
		o->has_name = true;
		read_name(hello, body);
		break;
	case SIGNATURES: list_fill(&o->signatures, vector(&body, 2)); break;
	case ALPN:
		protocols = vector(&body, 2);
		o->alpn = vector(&protocols, 1);
		nf_text_set(hello->alpn, sizeof hello->alpn, o->alpn.at, o->alpn.n);
		break;
	case VERSIONS: read_versions(o, body); break;
	default: break;
	}
}

/* version, random, session id, (DTLS: cookie), cipher suites, compression, extensions; the last may be absent */
static bool read_body(nf_hello *hello, offer *o, cursor c, char transport)
{
	o->version = (uint16_t)number(&c, 2);
	take(&c, 32);
	vector(&c, 1);
	if (transport == 'd')
		vector(&c, 1);
	list_fill(&o->ciphers, vector(&c, 2));
	vector(&c, 1);
	if (c.failed)
		return false;
	if (c.n == 0)
		return true;
	cursor extensions = vector(&c, 2);
	while (extensions.n > 0 && !extensions.failed) {
		const uint16_t type = (uint16_t)number(&extensions, 2);
		const cursor body = vector(&extensions, 2);
		if (!body.failed)
			read_extension(hello, o, type, body);
	}
	return !extensions.failed;
}

bool nf_hello_read(nf_hello *hello, const uint8_t *bytes, size_t n, char transport)
{
	cursor c = {bytes, n, false};
	offer o;

	*hello = (nf_hello){.version = 0};
	o.ciphers.n = o.extensions.n = o.signatures.n = o.extension_count = 0;
	o.has_name = false;
	o.alpn = (cursor){NULL, 0, true};
	if (n > NF_HELLO_MOST || number(&c, 1) != CLIENT_HELLO)
		return false;
	const uint32_t length = number(&c, 3);
	if (transport == 'd')
		take(&c, DTLS_HEAD - HEAD);
	if (c.failed || c.n < length)
		return false;
	c.n = length;
	if (!read_body(hello, &o, c, transport)) {
		*hello = (nf_hello){.version = 0};
		return false;
	}
	list_sort(&o.ciphers);
	list_sort(&o.extensions);
	hello->version = o.version;
	put_ja4(hello->ja4, &o, transport);
	return true;
}

/* Takes bytes of records' heads and contents until the message is whole. Returns the bytes taken. */
static size_t take_piece(nf_tls *tls, const uint8_t *bytes, size_t n)
{
	if (tls->record == 0) {
		tls->head[tls->heads++] = *bytes;
		if (tls->heads < sizeof tls->head)
			return 1;
		tls->heads = 0;
		tls->record = (uint16_t)(tls->head[3] << 8 | tls->head[4]);
		if (tls->head[0] != HANDSHAKE || tls->head[1] != 3 || tls->record == 0)
			tls->state = NF_FACTS_NONE;
		return 1;
	}
	size_t taken = n < tls->record ? n : tls->record;
	if (taken > (size_t)(NF_HELLO_MOST - tls->have))
		taken = (size_t)(NF_HELLO_MOST - tls->have);
	memcpy(tls->bytes + tls->have, bytes, taken);
	tls->have = (uint16_t)(tls->have + taken);
	tls->record = (uint16_t)(tls->record - taken);
	return taken;
}

/* True once all of the message is there; what cannot become one ends the search. */
static bool is_whole(nf_tls *tls)
{
	if (tls->have >= 1 && tls->bytes[0] != CLIENT_HELLO)
		tls->state = NF_FACTS_NONE;
	if (tls->have < HEAD || tls->state != NF_FACTS_WANTED)
		return false;
	const uint32_t length = (uint32_t)tls->bytes[1] << 16 | (uint32_t)tls->bytes[2] << 8 | tls->bytes[3];
	if (length > NF_HELLO_MOST - HEAD)
		tls->state = NF_FACTS_NONE;
	return tls->state == NF_FACTS_WANTED && tls->have >= HEAD + length;
}

nf_facts_state nf_tls_data(nf_tls *tls, const uint8_t *bytes, size_t n, nf_hello *hello)
{
	while (n > 0 && tls->state == NF_FACTS_WANTED) {
		const size_t taken = take_piece(tls, bytes, n);
		bytes += taken;
		n -= taken;
		if (is_whole(tls))
			tls->state = nf_hello_read(hello, tls->bytes, tls->have, 't') ? NF_FACTS_FOUND : NF_FACTS_NONE;
	}
	return tls->state;
}
