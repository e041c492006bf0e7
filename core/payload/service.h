/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file service.h
 * The application protocol of a connection, from the first bytes of its payload: what Zeek writes as `service` in conn.log.
 *
 * A service is named when the payload has confirmed it in the way Zeek's analyzers confirm theirs: http by a request and its answer, ssl by
 * a ClientHello or ServerHello, ssh by both banners and the key exchange, dns by a message that parses. Ports decide what is tried (a
 * service whose messages say little of themselves is tried at its ports alone, as Zeek does), never what is named. One that was confirmed
 * and then breaks its own rules is taken back. Several are named in the order in which they were confirmed: "pop3,ssl".
 *
 * The rows are in services.def; each has one matcher. All is in the caller's nf_service: no allocation, no globals, no I/O. A state belongs
 * to one thread at a time. No byte outside those given is read.
 */
#ifndef NF_PAYLOAD_SERVICE_H
#define NF_PAYLOAD_SERVICE_H

#include <netflower/export.h>
#include <netflower/packet.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The services, in the order of services.def. */
typedef enum nf_service_id {
#define NF_SERVICE(id, name, transports, matcher) NF_SERVICE_##id,
#include "payload/services.def"
#undef NF_SERVICE
	NF_SERVICE_COUNT
} nf_service_id;

enum {
	NF_SERVICE_NAMED_MOST = 5,  /**< so many services of one connection are named */
	NF_SERVICE_HELD_MOST = 24,  /**< so many bytes of a side are kept until there are more */
	NF_SERVICE_PACKETS_MOST = 40, /**< after so many packets with payload of one side nothing is looked for any more */
	NF_SERVICE_NAME_BYTES = 64, /**< room that every name fits in, with the 0 */
};

/** What is known of a connection. Read it by the functions below alone. */
typedef struct nf_service {
	uint64_t alive;       /* a bit for each row that may still match */
	uint32_t skip[2];     /* bytes of each side that belong to a record whose head was seen */
	uint16_t port[2];     /* originator's and responder's */
	uint8_t protocol;
	uint8_t lower;        /* services named before the innermost one began (inside socks and CONNECT) */
	uint8_t packets[2];   /* with payload, of each side */
	uint8_t held[2];      /* bytes in head */
	uint8_t flags;        /* NF_SERVICE_ bits of service.c */
	uint8_t named_count;
	uint8_t named[NF_SERVICE_NAMED_MOST]; /* nf_service_id */
	uint8_t note[NF_SERVICE_COUNT];       /* what each matcher remembers */
	uint8_t head[2][NF_SERVICE_HELD_MOST];
} nf_service;

/**
 * Begins a connection.
 *
 * @param protocol         NF_PROTOCOL_TCP or NF_PROTOCOL_UDP; anything else has no service
 * @param originator_port  the port of the side that began
 * @param responder_port   the other's
 */
NF_API void nf_service_init(nf_service *service, uint8_t protocol, uint16_t originator_port, uint16_t responder_port);

/**
 * Gives the payload of one packet. TCP: in order of sequence numbers, each byte once; behind a gap call nf_service_gap() first. UDP: one
 * datagram.
 *
 * @param side      0: from the originator, 1: from the responder
 * @param bytes     the captured payload; may be NULL if n is 0
 * @param n         its bytes; 0 does nothing
 * @param complete  false where the payload on the wire was longer: the rest of the packet is missing, what follows is behind a gap
 * @return true as long as more payload may change the name; false: the caller may stop calling
 */
NF_API bool nf_service_data(nf_service *service, unsigned side, const uint8_t *bytes, size_t n, bool complete);

/**
 * The connection was picked up in its midst (TCP, neither SYN seen). As Zeek, what makes sense from its beginning only is not looked for then:
 * http, ssl, ssh, smtp, pop3, imap, xmpp, rfb, rdp, mysql, krb_tcp, dce_rpc and socks. To be called behind nf_service_init(); who prefers a guess
 * leaves it out.
 */
NF_API void nf_service_partial(nf_service *service);

/** Bytes of a side are missing (TCP): what was kept of it is forgotten, and what lines or records it was in. */
NF_API void nf_service_gap(nf_service *service, unsigned side);

/**
 * The originator is the responder and the other way round (Zeek's `^`). To be called before any payload was given, or at once after the first
 * packet; what was found stays.
 */
NF_API void nf_service_flip(nf_service *service);

/** @return false when the name is final: nf_service_data() would do nothing. */
NF_API bool nf_service_wants(const nf_service *service);

/**
 * The services of the connection, by commas.
 *
 * @param text  at least NF_SERVICE_NAME_BYTES
 * @return the number of characters; 0 and an empty text where none is known
 */
NF_API size_t nf_service_name(const nf_service *service, char *text);

/** @return the name of one service, a constant; NULL where there is none of that number */
NF_API const char *nf_service_id_name(unsigned id);

#endif
