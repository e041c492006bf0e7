/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file live.h
 * Flows of network interfaces, as they end. Part of libnetflower where it was built with libpcap; elsewhere nf_live_open() fails.
 *
 *     nf_live_settings_init() ... nf_live_open(), nf_live_start(), nf_live_wait() or work of your own, nf_live_stop(), nf_live_close()
 *
 * Thread rule: nf_live_stop(), nf_live_wait() and nf_live_get_counts() may be called by any thread at any time between open and close. The
 * callbacks are called by a thread of the capture's own, one at a time. Any number of captures may run in one process, one after another or
 * at once; they share nothing.
 */
#ifndef NETFLOWER_LIVE_H
#define NETFLOWER_LIVE_H

#include <netflower/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What to capture, and who is told. Fill with nf_live_settings_init(), then change. Strings need only live until nf_live_open() returns. */
typedef struct nf_live_settings {
	const char *const *interfaces; /**< n_interfaces names, at least one; "any" is all there are */
	size_t n_interfaces;
	const char *filter;            /**< pcap-filter(7); NULL (default): none */
	int snapshot_length;           /**< bytes to keep of a frame; 0 (default): enough for any headers */
	int buffer_bytes;              /**< of the kernel, for each interface; 0 (default): 8 MiB */
	bool own_only;                 /**< true: not promiscuous */
	bool wait;                     /**< true: wait for interfaces that are not there, instead of failing */
	nf_options engine;             /**< default: idle 30 s, active 120 s, both by the clock */
	/** Called for each flow that has ended, soon after; the flow lives until the call returns. */
	void (*on_flow)(void *to, const nf_flow *flow);
	/**
	 * Called when something happens. NF_OK: no failure ("eth0 is down; waiting for it"). All else ends the capture: the flows are ended, told,
	 * and that is all. NULL (default): nobody wants to know.
	 */
	void (*on_error)(void *to, nf_status status, const char *text);
	void *to;                      /**< for the callbacks */
} nf_live_settings;

/** What was captured, as libpcap counts it. */
typedef struct nf_live_counts {
	uint64_t received;          /**< frames that passed the filter */
	uint64_t dropped;           /**< of these, by the kernel for want of buffer */
	uint64_t interface_dropped; /**< by interface or driver */
} nf_live_counts;

typedef struct nf_live nf_live;

NF_API void nf_live_settings_init(nf_live_settings *settings);

/**
 * Opens the interfaces; the kernel captures from now on. This needs CAP_NET_RAW, which may be given up after it (not with wait).
 * @return NF_DENIED, NF_GONE, NF_ARGUMENT (filter, a timeout, no on_flow, too many interfaces), NF_CAPTURE, NF_NO_MEMORY
 */
NF_API NF_MUST_CHECK nf_status nf_live_open(nf_live **live, const nf_live_settings *settings, nf_error *error);

/** Starts the thread that reads. Once for each nf_live. */
NF_API NF_MUST_CHECK nf_status nf_live_start(nf_live *live, nf_error *error);

/**
 * Ends the capture. What the kernel received before is still read; then all flows are ended and told. Returns when the last callback has
 * returned; called from within a callback it returns at once. May be called many times, and before the start: nothing is then read.
 */
NF_API void nf_live_stop(nf_live *live);

/** Waits until the capture has ended, by nf_live_stop() or by a failure, and the last callback has returned. Not from within a callback. */
NF_API void nf_live_wait(nf_live *live);

/** Counts so far. */
NF_API void nf_live_get_counts(nf_live *live, nf_live_counts *counts);

/** Stops, if that was not done, and frees. Not from within a callback. NULL is allowed. */
NF_API void nf_live_close(nf_live *live);

#ifdef __cplusplus
}
#endif
#endif
