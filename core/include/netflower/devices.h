/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file devices.h
 * Frames from network interfaces, live, through libpcap. Several interfaces are one stream in order of time. Part of the programs.
 *
 *     while (nf_devices_wait(), nf_devices_look() is NF_OK)
 *             nf_devices_next() until NF_END; then all frames before nf_devices_now() were given
 *
 * Nothing here but nf_devices_wait() waits. An interface that is down is waited for; one that is removed, or was never there, is a
 * failure, or waited for as well (settings.wait).
 *
 * Thread rule: devices belong to one thread at a time.
 */
#ifndef NETFLOWER_DEVICES_H
#define NETFLOWER_DEVICES_H

#include <netflower/error.h>
#include <netflower/frame.h>

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NF_DEVICES_MAX = 64, NF_SNAPSHOT_LENGTH = 1024, NF_SNAPSHOT_LENGTH_MAX = 262144, NF_BUFFER_BYTES = 8 << 20 };

/** What to capture from. Strings must live until nf_devices_close(). */
typedef struct nf_device_settings {
	const char *const *names;    /**< n of them, 1 to NF_DEVICES_MAX; "any" is every interface there is */
	size_t n;
	const char *filter;          /**< pcap-filter(7); NULL: none */
	const char *time_stamp_type; /**< pcap-tstamp(7), one that follows the system clock; NULL: the host's */
	int snapshot_length;         /**< bytes to keep of a frame; 0: NF_SNAPSHOT_LENGTH, enough for any headers */
	int buffer_bytes;            /**< of the kernel, for each interface; 0: NF_BUFFER_BYTES */
	bool own_only;               /**< not promiscuous */
	bool monitor;                /**< 802.11 monitor mode */
	bool immediate;              /**< every frame as soon as it comes, at the cost of more work for each */
	bool wait;                   /**< for interfaces that are not there */
	void (*say)(void *to, const char *text); /**< called with what is no failure ("eth0 is down; waiting"); NULL: nobody wants to know */
	void *to;
} nf_device_settings;

/** As libpcap counts them, of all interfaces. */
typedef struct nf_device_counts {
	uint64_t received;          /**< that passed the filter */
	uint64_t dropped;           /**< of these, by the kernel for want of buffer */
	uint64_t interface_dropped; /**< by interface or driver */
} nf_device_counts;

typedef struct nf_devices nf_devices;

/**
 * Opens all interfaces; frames are captured from then on.
 * @return NF_DENIED: a right is missing; NF_GONE: no such interface; NF_ARGUMENT: filter or time stamp type; NF_CAPTURE: all else,
 *         a build without libpcap too; NF_NO_MEMORY
 */
NF_MUST_CHECK nf_status nf_devices_open(nf_devices **devices, const nf_device_settings *settings, nf_error *error);

/** NULL is allowed. */
void nf_devices_close(nf_devices *devices);

/** Waits for frames, for one of the n others, or for so many ms. Signals end it too. @param n  at most 8 */
void nf_devices_wait(nf_devices *devices, struct pollfd *others, size_t n, int timeout_ms);

/**
 * Begins a look: reads the clocks, and once a second looks whether the interfaces are there.
 * @return NF_GONE, NF_DENIED, NF_CAPTURE: an interface is lost, which is told once; the others go on
 */
NF_MUST_CHECK nf_status nf_devices_look(nf_devices *devices, nf_error *error);

/**
 * The next frame that can be had in this look; its bytes live until the next call.
 *
 * A frame has the time that the kernel stamped on it. When the system clock has been set, @p shift_ns is by how much, once; give it to
 * nf_engine_shift_clock() before the frame. Frames of an interface that still have the old clock's time are put on the new one then.
 * @return NF_END: no more in this look; else as nf_devices_look()
 */
NF_MUST_CHECK nf_status nf_devices_next(nf_devices *devices, nf_frame *frame, int64_t *shift_ns, nf_error *error);

/** After NF_END, in the frames' scale: all frames up to this time were given. */
int64_t nf_devices_now(const nf_devices *devices);

/**
 * For measuring how late something is, by a clock that nobody sets, in ns: the time now, and that of the latest frame given, or, after
 * NF_END, the time up to which all frames were given. What a frame at least that old could cause can be done.
 */
int64_t nf_devices_clock(void);
int64_t nf_devices_given(const nf_devices *devices);

/** Whether each interface is captured from, and none has to be opened yet. */
bool nf_devices_all_open(const nf_devices *devices);

/** Frames that the kernel gets from now on are not given any more. */
void nf_devices_stop(nf_devices *devices);

/** After nf_devices_stop(): all frames before it were given. */
bool nf_devices_done(const nf_devices *devices);

void nf_devices_get_counts(nf_devices *devices, nf_device_counts *counts);

/** Calls for each interface that could be captured from, with name, description ("" where there is none) and whether it is up. */
NF_MUST_CHECK nf_status nf_devices_list(void (*each)(void *to, const char *name, const char *description, bool up), void *to, nf_error *error);

#ifdef __cplusplus
}
#endif
#endif
