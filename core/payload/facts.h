/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file facts.h
 * What the first payload of a flow tells beside its service: TLS's server name, ALPN and JA4, HTTP's first request, DNS's first question,
 * and the entropy of the bytes.
 *
 * Each has a state of fixed size that the caller owns, zeroed at the beginning ({0}), and takes payload packet by packet: TCP in order of
 * sequence numbers, each byte once. No allocation, no globals, no I/O; a state belongs to one thread at a time. No byte outside those given is
 * read. Texts end with 0, and are "" while they are not known. Bytes of a text that are not printable ASCII, and the backslash, are written
 * \xNN; a text too long is cut.
 */
#ifndef NF_PAYLOAD_FACTS_H
#define NF_PAYLOAD_FACTS_H

#include <netflower/export.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NF_TEXT_BYTES = 256,     /**< room of most texts, with the 0 */
	NF_JA4_BYTES = 37,       /**< a JA4 fingerprint has 36 characters */
	NF_HELLO_MOST = 4096,    /**< a ClientHello of more bytes is not read */
	NF_METHOD_BYTES = 24,
};

/** How far a state is. */
typedef enum nf_facts_state {
	NF_FACTS_WANTED, /**< more payload is wanted */
	NF_FACTS_FOUND,  /**< found; more payload changes nothing */
	NF_FACTS_NONE,   /**< this is not it; more payload changes nothing */
} nf_facts_state;

/** What a ClientHello tells. */
typedef struct nf_hello {
	char sni[NF_TEXT_BYTES];  /**< server_name, RFC 6066, 3: the first host name */
	char alpn[NF_TEXT_BYTES]; /**< the first protocol of RFC 7301 */
	char ja4[NF_JA4_BYTES];   /**< FoxIO's JA4, "t13d1516h2_8daaf6152771_e5627efa2ab1" */
	uint16_t version;         /**< highest that is offered, GREASE aside: 0x0304 is TLS 1.3 */
} nf_hello;

/** A ClientHello that comes in pieces. */
typedef struct nf_tls {
	nf_facts_state state;
	uint16_t have;   /* bytes of the handshake message in bytes */
	uint16_t record; /* bytes to come of the present record */
	uint8_t heads;   /* bytes of the present record's head in head */
	uint8_t head[5];
	uint8_t bytes[NF_HELLO_MOST];
} nf_tls;

/**
 * Takes payload of the side that began, TCP. The handshake message may be spread over records and packets.
 *
 * @param hello  filled when the state becomes NF_FACTS_FOUND
 * @return the state: tls->state
 */
NF_API nf_facts_state nf_tls_data(nf_tls *tls, const uint8_t *bytes, size_t n, nf_hello *hello);

/**
 * Reads a whole ClientHello.
 *
 * @param bytes      the handshake message from its type (1) on, four bytes of head (DTLS: twelve) included
 * @param transport  't' TCP, 'q' QUIC, 'd' DTLS: JA4's first letter, and the form of the message
 * @return false if it is none, or cut; hello is then empty
 */
NF_API bool nf_hello_read(nf_hello *hello, const uint8_t *bytes, size_t n, char transport);

/** The first request of HTTP/1 (RFC 9112). */
typedef struct nf_http {
	nf_facts_state state;
	uint8_t phase;   /* of facts_http.c */
	uint8_t matched; /* characters of "host:" */
	uint16_t seen;   /* bytes so far, at most 65535 */
	char method[NF_METHOD_BYTES]; /**< "GET" */
	char target[NF_TEXT_BYTES];   /**< as in the request's first line */
	char host[NF_TEXT_BYTES];     /**< the value of the first Host field, without blanks around it */
} nf_http;

/**
 * Takes payload of the side that began, TCP. It is found when the head of the request is at its end, or its 16384th byte; method and target are
 * there as soon as the line is.
 */
NF_API nf_facts_state nf_http_data(nf_http *http, const uint8_t *bytes, size_t n);

/** The first question of DNS (RFC 1035). */
typedef struct nf_dns {
	nf_facts_state state;
	char name[NF_TEXT_BYTES]; /**< without the last dot; "." for the root; a dot or backslash within a label is \xNN */
	uint16_t type;            /**< 1: A, 28: AAAA */
	uint16_t class_;          /**< 1: IN */
	bool is_answer;           /**< it stood in an answer */
} nf_dns;

/**
 * Takes one datagram, or over TCP one packet (in_tcp: two bytes of length go before). Compression pointers must point back, and are followed at
 * most 64 times. A message without a question leaves the state wanted.
 */
NF_API nf_facts_state nf_dns_data(nf_dns *dns, const uint8_t *bytes, size_t n, bool in_tcp);

/** How often each byte was there. */
typedef struct nf_entropy {
	uint32_t n;
	uint16_t count[256];
} nf_entropy;

/**
 * Counts payload: of one side, or of both in one state, as the caller likes.
 *
 * @param most  so many bytes of a state are counted, the first ones; at most 65535
 */
NF_API void nf_entropy_data(nf_entropy *entropy, const uint8_t *bytes, size_t n, uint32_t most);

/**
 * @return Shannon's entropy of the bytes counted, in bits per byte: the sum over all byte values of -p log2(p), p = count / n; 0 to 8, 0
 *         where there are none. It is that of these bytes, not of their source: n bytes have at most log2(n).
 */
NF_API double nf_entropy_bits(const nf_entropy *entropy);

#endif
