/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file connection.h
 * What is kept of a connection of the zeek profile: the numbers of its flow.
 */
#ifndef NF_ZEEK_CONNECTION_H
#define NF_ZEEK_CONNECTION_H

#include "tcp.h"
#include "uid.h"

#include "payload/service.h"

/** The tunnels a connection may come through, one after the other, that are kept apart. More are not told. */
enum { NF_PARENTS = 4 };

/** A connection without a state machine. The bytes of an end count once it has sent something good. */
typedef struct nf_datagrams {
	uint64_t bytes[2];
	uint32_t bad_checksums[2];
	bool active[2];
} nf_datagrams;

/** When something is to be looked at, ns; INT64_MAX: never. */
typedef struct nf_due {
	int64_t armed;   /**< the earliest that the deadlines know */
	int64_t attempt; /**< has the SYN an answer? */
	int64_t reset;   /**< RST after FIN */
	int64_t close;   /**< nothing else matters then */
	int64_t check;   /**< half closed and silent? UDP: no more questions for DNS? */
	int64_t half;    /**< the same, by another count: from when it was half closed */
	int64_t silence; /**< so long, not when */
} nf_due;

/** What each packet looks at comes first; what only a row needs is last. */
typedef struct nf_connection {
	int64_t last_ns;        /**< of the packets that count for the duration */
	uint64_t packets[2], ip_bytes[2];
	uint8_t originator;     /**< which end of the record's key */
	uint8_t parents;
	bool has_vlan, has_inner_vlan;
	uint16_t vlan, inner_vlan; /**< of the first packet */
	nf_history history;
	nf_due due;
	nf_service service;
	nf_uid uid;
	nf_uid parent[NF_PARENTS];
	union {
		nf_tcp tcp;
		nf_datagrams datagrams;
	} u;
} nf_connection;

/** Whether its payload was found to be of this service. */
bool nf_connection_has_service(const nf_connection *connection, const char *service);

#endif
