/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file overview_internal.h
 * What is kept of a capture for its summary: counters, and sketches of fixed size (docs/SUMMARY.md tells how large). Nothing grows with the
 * capture.
 *
 * In a key of a sketch only what the sketch is about is set: of a host address[0] and ip_version, of a pair both addresses, the lower one first.
 */
#ifndef NF_OVERVIEW_INTERNAL_H
#define NF_OVERVIEW_INTERNAL_H

#include "distinct.h"
#include "heavy.h"
#include "timeline.h"

#include "payload/service.h"

#include <netflower/overview.h>

/* --- What is kept --- */

enum {
	NF_OVERVIEW_HOSTS = 4096,    /**< counters of the sketches */
	NF_OVERVIEW_PAIRS = 4096,
	NF_OVERVIEW_SCANNERS = 1024,
	NF_OVERVIEW_TARGETS = 1024,
	NF_OVERVIEW_HOST_BITS = 12,  /**< registers for the number of hosts and of pairs: standard error 1.6 % */
	NF_OVERVIEW_SERVICES = 64,   /**< different texts of `service`; connections with others are counted as one */
	NF_OVERVIEW_TOP = 10,        /**< connections in a list */
};

/** conn_state, in the order of states.def. */
enum {
	NF_OVERVIEW_STATES = 0
#define NF_STATE(name, text) +1
#include "states.def"
#undef NF_STATE
};

/** Connections, with their packets and IP bytes. */
typedef struct nf_volume {
	uint64_t connections, packets, bytes;
} nf_volume;

/** What a host did; all packets and bytes are those of its connections. */
typedef struct nf_host {
	uint64_t connections, sent_bytes, received_bytes, sent_packets, received_packets;
	uint64_t tcp_packets, retransmissions, bad_checksums; /**< sent */
} nf_host;

/** What a pair of hosts did. Index 0: sent by the first address. */
typedef struct nf_pair {
	uint64_t connections, bytes[2], packets[2];
} nf_pair;

/** Failed attempts of one host, of one transport. The counter's weight is their number. */
typedef struct nf_scanner {
	uint64_t refused, unanswered;
	int64_t first_ns, last_ns;
	nf_key example; /**< of the first: address[1] and port[1] are what was tried */
	nf_distinct ports, hosts;
} nf_scanner;

/** Half-open TCP connections to one port of one host. The counter's weight is their number. */
typedef struct nf_target {
	int64_t first_ns, last_ns;
	nf_key example;
	nf_distinct sources;
} nf_target;

/** A connection, as lists have it. Index 0: the originator. */
typedef struct nf_told {
	uint64_t measure; /**< of the list it is in */
	uint64_t number;  /**< nf_flow_number() */
	nf_key key;       /**< side 0 is the originator */
	int64_t first_ns;
	uint64_t duration_ns, bytes[2], packets[2];
	uint64_t retransmissions, missed_bytes, zero_windows, bad_checksums;
	const char *state; /**< static */
	char service[NF_SERVICE_NAME_BYTES];
} nf_told;

/** The connections with the largest measures above 0, the largest first, equal ones in the order of their beginnings. */
typedef struct nf_top {
	size_t n;
	nf_told told[NF_OVERVIEW_TOP];
} nf_top;

typedef enum nf_list {
	NF_LARGEST,  /**< by bytes */
	NF_LONGEST,  /**< by duration */
	NF_RETRANSMITTING, /**< of those with NF_RETRANSMISSIONS_LEAST and NF_RETRANSMISSIONS_PERCENT */
	NF_GAPPED,   /**< by missed bytes */
	NF_STALLED,  /**< by zero windows */
	NF_BAD,      /**< by bad checksums */
	NF_LISTS
} nf_list;

/** A thing that connections had: how often in all, and how many connections. */
typedef struct nf_events {
	uint64_t total, connections;
} nf_events;

typedef struct nf_service_volume {
	char name[NF_SERVICE_NAME_BYTES];
	nf_volume volume;
} nf_service_volume;

/** IP protocols by number, IPv4 or IPv6, outside and inside tunnels. */
typedef nf_volume nf_protocol_volumes[256][2][2];

typedef struct nf_overview {
	/* frames */
	uint64_t frames, bytes, filtered, without_time;
	nf_timeline timeline;
	/* connections */
	nf_volume all, tunnelled;
	nf_protocol_volumes protocols;
	size_t n_services;
	nf_service_volume services[NF_OVERVIEW_SERVICES];
	nf_volume other_services, unknown_service, no_payload; /**< of TCP and UDP, as services */
	uint64_t states[NF_OVERVIEW_STATES];
	uint64_t tcp_packets;
	nf_events retransmissions, missed_bytes, gaps, zero_windows, bad_checksums;
	nf_top lists[NF_LISTS];
	/* sketches */
	nf_heavy hosts, pairs, scanners, targets;
	uint8_t host_registers[1 << NF_OVERVIEW_HOST_BITS], pair_registers[1 << NF_OVERVIEW_HOST_BITS];
} nf_overview;

/** A new one, to be freed with nf_overview_free(); NULL: out of memory. */
nf_overview *nf_overview_new(void);
void nf_overview_free(nf_overview *overview);

/** Counts a frame. */
void nf_overview_frame(nf_overview *overview, const nf_frame *frame);

/** Counts a flow of the profile zeek. */
void nf_overview_flow(nf_overview *overview, const nf_flow *flow);

/* --- What is told of it --- */

/** All that a telling needs. */
typedef struct nf_telling {
	const nf_overview *overview;
	const nf_overview_options *options; /**< not NULL */
	bool has_stats;
	nf_stats stats; /**< since the overview began; only frames, used and skipped */
} nf_telling;

/** The screen and the JSON document, each ending in '\n'. @return to be freed with free(); NULL: out of memory */
char *nf_overview_text(const nf_telling *telling);
char *nf_overview_json(const nf_telling *telling);

/** Different hosts and pairs of hosts. @param exact  whether that is no estimate */
uint64_t nf_overview_hosts(const nf_overview *overview, bool *exact);
uint64_t nf_overview_pairs(const nf_overview *overview, bool *exact);

/** A protocol's row. */
typedef struct nf_protocol_row {
	uint8_t protocol, ip_version;
	bool tunnelled;
	nf_volume volume;
} nf_protocol_row;

enum { NF_PROTOCOL_ROWS = 32 };

/** Rows by bytes, the largest first, equal ones by number, at most NF_PROTOCOL_ROWS. @param others  those that there is no row for */
size_t nf_overview_protocols(const nf_overview *overview, nf_protocol_row rows[NF_PROTOCOL_ROWS], nf_volume *others);

/** Name of an IP protocol ("TCP"), static or in @p room of 32 characters. */
const char *nf_protocol_name(uint8_t protocol, char *room);

/** The switches that csv would need for a row ("--ipv6 --icmp"); "": none. @param out  of 64 characters. @return @p out */
char *nf_protocol_switches(const nf_protocol_row *row, const nf_decode_options *decode, char *out);

/** Services by connections, the most first, equal ones by name; all of them. @param order  indices of overview->services. @return how many */
size_t nf_overview_services(const nf_overview *overview, uint8_t order[NF_OVERVIEW_SERVICES]);

/** States by connections, the most first, equal ones in the order of states.def. @return how many there were */
size_t nf_overview_states(const nf_overview *overview, uint8_t order[NF_OVERVIEW_STATES]);
const char *nf_state_name(size_t state);
const char *nf_state_text(size_t state);

/* --- Anomalies worth a look --- */

enum {
	NF_SCAN_PORTS_LEAST = 15, /**< different ports without success: a port scan */
	NF_SCAN_HOSTS_LEAST = 25, /**< different hosts without success: a host scan */
	NF_SCAN_RATIO = 3,        /**< what a scan goes through has so many times more members than what it does not, or is gone through so often */
	NF_FLOOD_LEAST = 100,     /**< half-open connections to one port of one host */
	NF_RETRANSMISSIONS_LEAST = 5,
	NF_RETRANSMISSIONS_PERCENT = 3,
	NF_BAD_CHECKSUMS_PERCENT = 80, /**< of the bad ones, sent by one host: they were computed behind the capture */
	NF_FINDINGS = 10,         /**< so many of a kind are told */
};

typedef struct nf_findings {
	size_t n_port_scans, n_host_scans, n_floods, n_retransmitters;
	const nf_heavy_entry *port_scans[NF_FINDINGS], *host_scans[NF_FINDINGS], *floods[NF_FINDINGS], *retransmitters[NF_FINDINGS];
	const nf_heavy_entry *bad_sender; /**< NULL: no single host sent most of the bad checksums */
} nf_findings;

void nf_overview_find(const nf_overview *overview, nf_findings *findings);

static inline const nf_host *nf_host_of(const nf_heavy_entry *entry)
{
	return (const nf_host *)entry->body;
}

static inline const nf_pair *nf_pair_of(const nf_heavy_entry *entry)
{
	return (const nf_pair *)entry->body;
}

static inline const nf_scanner *nf_scanner_of(const nf_heavy_entry *entry)
{
	return (const nf_scanner *)entry->body;
}

/** Those that are certain: since it got its counter. */
static inline uint64_t nf_scanner_attempts(const nf_scanner *scanner)
{
	return scanner->refused + scanner->unanswered;
}

static inline const nf_target *nf_target_of(const nf_heavy_entry *entry)
{
	return (const nf_target *)entry->body;
}

#endif
