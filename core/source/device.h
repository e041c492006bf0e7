/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file device.h
 * One interface of nf_devices: opened, lost and opened again.
 */
#ifndef NF_SOURCE_DEVICE_H
#define NF_SOURCE_DEVICE_H

#include "source/steady.h"

#include <netflower/devices.h>

#include <pcap/pcap.h>

/** How long the kernel may keep frames back to hand over many at once, in ms: less than NF_STEADY_LAG_NS. */
enum { NF_DEVICE_BLOCK_MS = 50 };

typedef struct nf_device {
	const char *name;
	pcap_t *handle;      /**< NULL: closed, or waited for */
	int fd;
	uint32_t link;
	unsigned index;      /**< of the interface; 0: it has none that could be looked at */
	bool lost;           /**< for good */
	bool told;           /**< that it is waited for */
	bool drained;        /**< nothing more to be read in this look */
	bool has_frame;      /**< a frame was read and not given yet */
	struct pcap_pkthdr *header;
	const u_char *data;
	int64_t time_ns;     /**< steady, of that frame */
	nf_steady steady;
	nf_device_counts counts; /**< of handles closed */
} nf_device;

/**
 * Opens it. An interface that is down, or not there where that is to be waited for, is NF_OK without a handle.
 * @param settings  of all
 */
NF_MUST_CHECK nf_status nf_device_open(nf_device *device, const nf_device_settings *settings, nf_error *error);

/** Closes it, keeping its counts. */
void nf_device_close(nf_device *device);

/** Whether it is there and up, and, for one that is open, is still the same. NF_GONE: it is not; up is then false. */
nf_status nf_device_check(const nf_device *device, int socket, bool *up);

/** Adds what its handles counted. */
void nf_device_add_counts(const nf_device *device, nf_device_counts *counts);

/** Tells the user. */
void nf_device_say(const nf_device_settings *settings, const char *format, ...) NF_PRINTF(2, 3);

#endif
