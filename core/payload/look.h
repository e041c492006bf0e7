/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file look.h
 * What a matcher sees of a connection, and what it may say. Private to core/payload.
 *
 * A new service is a row in services.def and a function nf_match_NAME(). It is called with each packet's payload while it is alive; what it
 * must remember of earlier ones goes into its note (one byte, 0 at the start) and, once it has claimed the connection, into skip.
 */
#ifndef NF_PAYLOAD_LOOK_H
#define NF_PAYLOAD_LOOK_H

#include "payload/service.h"

#include <string.h>

/** One packet, as a matcher sees it. */
typedef struct nf_look {
	nf_service *service;
	const uint8_t *bytes; /* the payload, behind what was held of this side */
	size_t n;
	uint8_t *note;        /* of this matcher */
	unsigned side;        /* 0: originator, 1: responder */
	uint8_t id;           /* of this matcher */
	bool complete;        /* nothing is missing at the end */
	bool begins;          /* bytes begins where a line begins (TCP) */
	bool used;            /* set by a matcher: do not hold these bytes */
} nf_look;

/** What a matcher says. */
typedef enum nf_verdict {
	NF_NO,      /**< it is not this, and never will be */
	NF_WAIT,    /**< it may be */
	NF_CLAIM,   /**< it is this and nothing else (but what services carry inside), though not confirmed */
	NF_YES,     /**< confirmed; go on asking */
	NF_DONE,    /**< confirmed; do not ask again */
	NF_BROKEN,  /**< it was not this after all: not even if it was confirmed */
	NF_RESTART, /**< confirmed, and what follows is another connection inside it */
} nf_verdict;

typedef nf_verdict nf_matcher(nf_look *look);

#define NF_SERVICE(id, name, transports, matcher) nf_matcher nf_match_##matcher;
#include "payload/services.def"
#undef NF_SERVICE

/** Names a service that was found inside another. */
void nf_look_add(nf_look *look, nf_service_id id);

/** True if the service was named. */
bool nf_look_named(const nf_look *look, nf_service_id id);

/** True if the responder's port is one of them; ports end with 0. */
static inline bool nf_look_port(const nf_look *look, const uint16_t *ports)
{
	for (; *ports; ports++)
		if (look->service->port[1] == *ports)
			return true;
	return false;
}

/** True if one end's port is this. */
static inline bool nf_look_any_port(const nf_look *look, uint16_t port)
{
	return look->service->port[0] == port || look->service->port[1] == port;
}

#define NF_PORTS(look, ...) nf_look_port((look), (const uint16_t[]){__VA_ARGS__, 0})

static inline uint32_t nf_look_u16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t nf_look_u32(const uint8_t *p)
{
	return nf_look_u16(p) << 16 | nf_look_u16(p + 2);
}

/** True if the bytes from at on are those of a string literal. */
#define NF_IS(look, at, literal) nf_look_is((look)->bytes, (look)->n, (at), (literal), sizeof(literal) - 1)

static inline bool nf_look_is(const uint8_t *bytes, size_t n, size_t at, const char *what, size_t length)
{
	return at <= n && n - at >= length && memcmp(bytes + at, what, length) == 0;
}

/** The first place of a string of length bytes, or n where there is none. */
size_t nf_look_find(const uint8_t *bytes, size_t n, const char *what, size_t length);

#define NF_FIND(look, literal) nf_look_find((look)->bytes, (look)->n, (literal), sizeof(literal) - 1)

/** A line without its end, or a word of it. */
typedef struct nf_text {
	const uint8_t *at;
	size_t n;
} nf_text;

/**
 * The next whole line. at: 0 at first, moved on by each call. False at the end. A line that began in a packet before is passed by.
 */
bool nf_look_line(const nf_look *look, size_t *at, nf_text *line);

/** Takes the next word (what is not blank) off the front of text. Empty at the end. */
nf_text nf_look_word(nf_text *text);

/** True if the word is one of a list of upper case words, separated and enclosed by blanks, whatever the word's case. */
bool nf_look_among(nf_text word, const char *list);

/** True if all bytes are printable ASCII, tabs or line ends. */
bool nf_look_printable(const uint8_t *bytes, size_t n);

/** True if the text begins with three digits; *code gets their number. */
bool nf_look_code(nf_text line, unsigned *code);

/**
 * ASN.1, BER or DER: the head at bytes[*at]: *tag and *length; *at moves to the contents. False where the head is not all there or has no
 * definite length of at most four bytes.
 */
bool nf_look_ber(const uint8_t *bytes, size_t n, size_t *at, uint8_t *tag, uint32_t *length);

/** Names gssapi, ntlm and krb where bytes hold such a token: SPNEGO or Kerberos in GSS-API framing, NTLMSSP. */
void nf_look_tokens(nf_look *look, const uint8_t *bytes, size_t n);

/** True if the packet begins with a TLS ClientHello or ServerHello; a few bytes too few are false. */
bool nf_look_hello(const nf_look *look, uint8_t type);

/** True if the bytes are a DNS message: the header, its questions and answers. port: 137 allows longer labels (NetBIOS). */
bool nf_look_dns(const uint8_t *bytes, size_t n, uint16_t port);

#endif
