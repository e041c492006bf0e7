/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file save.h
 * One capture file for each flow (--save-pcap): frames are kept until the engine says to which flow they belong, and go to that flow's
 * file, which gets its name when the flow has ended.
 *
 *     nf_saver_frame() ... nf_saver_packet() and nf_saver_dropped() (from the engine) ... nf_saver_flow() ...
 *
 * A file is a pcap with times in nanoseconds (magic number 0xa1b23c4d, draft-ietf-opsawg-pcap), the frames' link type and their lengths on
 * the wire. Its name is NUMBER_SOURCE-PORT_DESTINATION-PORT_PROTOCOL.pcap: the flow's number in this run, the forward side, the other side
 * (the colons of an IPv6 address as '.'), and tcp, udp, icmp, icmp6, sctp or the protocol's number. Frames of a second link type in one flow
 * go to a second file, with _linkN before .pcap. Where that name is taken, .1, .2 ... are put before .pcap: no file is ever replaced.
 *
 * Whatever the number of flows, at most NF_SAVE_FILES files are open, and at most NF_SAVE_BYTES and one frame are in memory.
 *
 * The first failure ends the saving: what is not whole is removed, and all calls do nothing from then on.
 * Thread rule: a saver belongs to one thread at a time.
 */
#ifndef NF_SINK_SAVE_H
#define NF_SINK_SAVE_H

#include <netflower/error.h>
#include <netflower/flow.h>
#include <netflower/frame.h>

#include <stddef.h>

enum {
	NF_SAVE_FILES = 64,
	NF_SAVE_FILE_BYTES = 16 * 1024, /**< waiting for each open file */
	NF_SAVE_WAITING = 4 << 20,      /**< of frames that wait for the engine's word; more than that, and it must be asked for */
	NF_SAVE_BYTES = NF_SAVE_FILES * NF_SAVE_FILE_BYTES + NF_SAVE_WAITING,
};

typedef struct nf_saver nf_saver;

/**
 * A new saver, to be freed with nf_saver_free().
 * @param folder  made if it is not there; kept, not copied
 * @return NF_CREATE: it cannot be made or written to
 */
NF_MUST_CHECK nf_status nf_saver_new(nf_saver **saver, const char *folder, nf_error *error);

/** Frees, and removes what belongs to flows that have not been given to nf_saver_flow(). NULL is allowed. */
void nf_saver_free(nf_saver *saver);

/**
 * Keeps a frame, whose bytes are copied.
 * @param number  of the frame, as its packets have it; greater than those before
 * @return false: so much waits that the engine must work on the frames so far before the next one
 */
bool nf_saver_frame(nf_saver *saver, const nf_frame *frame, uint64_t number);

/** As nf_options.on_packet, with the saver as @p to. */
void nf_saver_packet(void *to, uint64_t flow, const nf_packet *packet);

/** As nf_options.on_dropped, with the saver as @p to: the flow's file is removed. */
void nf_saver_dropped(void *to, uint64_t flow);

/** The engine has worked on all frames so far: those still waiting belong to no flow. */
void nf_saver_forget(nf_saver *saver);

/** A flow has ended: its file gets its name. */
void nf_saver_flow(nf_saver *saver, const nf_flow *flow);

/** What went wrong, once; false: nothing new. */
bool nf_saver_failed(nf_saver *saver, nf_error *error);

/** Files that have their names. */
uint64_t nf_saver_files(const nf_saver *saver);

#endif
