/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file source.h
 * Where frames come from. Part of the programs, not of libnetflower.
 *
 * Thread rule: a source belongs to one thread at a time.
 */
#ifndef NETFLOWER_SOURCE_H
#define NETFLOWER_SOURCE_H

#include <netflower/error.h>
#include <netflower/frame.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nf_source nf_source;

/**
 * What is known of the file that a source reads now: the one whose frame, end or fault nf_source_next() told last.
 * Strings live as long as the source.
 */
typedef struct nf_source_info {
	const char *name;     /**< as the user gave it; "standard input" for "-" */
	const char *format;   /**< "Wireshark/... - pcapng", ...; "" where not known */
	uint64_t bytes_read;  /**< bytes of the file read so far (compressed ones where it is compressed) */
	uint64_t bytes_total; /**< size of the file; 0 where not known (a pipe) */
	uint32_t snapshot_length; /**< bytes kept of each frame, as the file states it; 0: not stated */
	const char *link_name; /**< what the framing of the frame given last is called, "Bluetooth H4", ...; "" before the first */
} nf_source_info;

/** How several files are put together. */
typedef enum nf_source_order {
	/**
	 * One file after another in order of the time of their first packet. Equal times stay as given. What has no time (nothing in
	 * it, no timed packet among its first 64 records, cannot be read) comes before everything else, as given.
	 * Each file is looked into before the first frame comes; that waits for the writers of all pipes among them.
	 * One file alone is not looked into.
	 */
	NF_SOURCE_BY_TIME,
	NF_SOURCE_AS_GIVEN, /**< in the order given */
} nf_source_order;

/** Who reads the files. Whoever does, the frames and the faults are the same. */
typedef enum nf_source_reader {
	/** The native reader as far as all is plain pcap or pcapng, libwiretap for everything else. */
	NF_SOURCE_READER_AUTO,
	NF_SOURCE_READER_NATIVE,  /**< the native reader alone: what it does not know is NF_FORMAT */
	NF_SOURCE_READER_WIRETAP, /**< libwiretap alone */
} nf_source_reader;

/** What nf_source_next() met. */
typedef struct nf_source_event {
	bool file_ended; /**< NF_OK only: no frame was filled; the file that nf_source_info() names was read to its end */
} nf_source_event;

/**
 * Opens capture files, "-" being standard input (once at most), in any format that the build can read (wiretap's; pcap and
 * pcapng in a build without it; compressed or not). Nothing fails here but memory and arguments
 * (NF_ARGUMENT: no name, an empty one, "-" twice): what is wrong with a file is told by nf_source_next() when its turn comes.
 * One regular file is open at a time, however many there are, and each pipe from the first frame on.
 */
NF_MUST_CHECK nf_status nf_source_open_files(nf_source **source, const char *const *names, size_t n, nf_source_order order,
					     nf_error *error);

/**
 * Chooses the reader of a source that nf_source_open_files() made, before its first frame; without this it is NF_SOURCE_READER_AUTO.
 * NF_ARGUMENT: this build does not have it.
 */
NF_MUST_CHECK nf_status nf_source_set_reader(nf_source *source, nf_source_reader reader, nf_error *error);

/** Closes everything and frees. NULL is allowed. */
void nf_source_close(nf_source *source);

/**
 * The next frame. Its bytes live until the next call.
 *
 * A read of a pipe that a signal without SA_RESTART interrupts is NF_READ and ends that pipe.
 *
 * @return NF_OK: either a frame was filled, or event->file_ended is set;
 *         NF_END: no more files;
 *         NF_OPEN, NF_FORMAT, NF_CUT, NF_DAMAGED, NF_READ: something is wrong with one file (the text names it, and the frame where it
 *         happened); all its frames before that point were given. It is told once, no file_ended follows, and the next call goes on
 *         with the next file.
 */
NF_MUST_CHECK nf_status nf_source_next(nf_source *source, nf_frame *frame, nf_source_event *event, nf_error *error);

/**
 * Frames behind that of nf_source_next(), as far as they can be had without waiting and have its link type: a cheaper way to them, never the
 * only one.
 * Their bytes stay until the next call of nf_source_next().
 * @param most  room in frames
 * @return how many; 0: ask nf_source_next()
 */
size_t nf_source_more(nf_source *source, nf_frame *frames, size_t most);

/** What is known of the file being read, or of the last one when all are read. It asks the system: not for every frame. */
void nf_source_get_info(const nf_source *source, nf_source_info *info);

/** What reads the files beside the native reader: "libwiretap 4.0.17", or words for there being nothing else. Static. */
const char *nf_source_backend(void);

#ifdef __cplusplus
}
#endif
#endif
