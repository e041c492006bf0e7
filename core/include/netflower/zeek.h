/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file zeek.h
 * Connections as Zeek's conn.log has them: settings of the profile "zeek", and conn.log's lines from its flows.
 *
 * Thread rule: as engine.h; what only reads its arguments may be called from any thread.
 */
#ifndef NETFLOWER_ZEEK_H
#define NETFLOWER_ZEEK_H

#include <netflower/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nf_sink;

/** How long connections live: Zeek's settings of the same names. All times are in ns, 0 to INT64_MAX. */
typedef struct nf_zeek_options {
#define NF_ZEEK_TIME(name, seconds, text) int64_t name##_ns; /**< see zeek.def */
#include <netflower/zeek.def>
#undef NF_ZEEK_TIME
	uint64_t uid_seed;   /**< of the connections' uids; used when fixed_uids is set */
	bool fixed_uids;     /**< false (default): a random seed for each engine */
} nf_zeek_options;

/** Zeek's defaults. Never fails. */
NF_API void nf_zeek_options_init(nf_zeek_options *options);

/** Networks, of which those of conn.log's local_orig and local_resp. To be freed with nf_zeek_nets_free(). */
typedef struct nf_zeek_nets nf_zeek_nets;

/**
 * @param list  networks as ADDRESS/BITS, parted by commas; an address alone is one host. NULL: the default, the private and special
 *              address ranges that Zeek takes as local. "": no address is local, and both fields are unset.
 * @return NF_ARGUMENT: an entry is no network, and which
 */
NF_API NF_MUST_CHECK nf_status nf_zeek_nets_new(nf_zeek_nets **nets, const char *list, nf_error *error);
NF_API void nf_zeek_nets_free(nf_zeek_nets *nets);

/** Whether an address, 4 or 16 bytes as ip_version says, is in one of them. */
NF_API bool nf_zeek_nets_have(const nf_zeek_nets *nets, const uint8_t *address, uint8_t ip_version);

/** How many there are. */
NF_API size_t nf_zeek_nets_count(const nf_zeek_nets *nets);

/** What a conn.log has beside Zeek's own fields, and what stands around its lines. */
typedef struct nf_zeek_log_options {
	const nf_zeek_nets *nets; /**< local networks; NULL: none */
	bool vlan;                /**< fields vlan and inner_vlan */
	bool community_id;        /**< field community_id */
	const char *opened;       /**< time in #open as Zeek writes it, "2026-11-24-18-33-40"; NULL: no such line */
	const char *closed;       /**< the same in #close, read when the log ends */
} nf_zeek_log_options;

/**
 * Sets what a sink of the format "zeek" or "zeek-json" writes beside a connection's own fields, before nf_sink_begin(). Other formats do not
 * look at it. Their flows must be those of an engine with the profile zeek.
 * @param options  kept, not copied: must outlive the sink. NULL: none
 */
NF_API void nf_sink_set_zeek(struct nf_sink *sink, const nf_zeek_log_options *options);

#ifdef __cplusplus
}
#endif
#endif
