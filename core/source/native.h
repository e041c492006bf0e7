/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file native.h
 * pcap and pcapng read without a library: read(2) into one buffer, and a walk over the headers in it.
 *
 * The native reader does what is plain and judges nothing. A parser that meets anything else (a variant that has to be guessed, a
 * framing with a header of its own, a block it does not know, a length that makes no sense, an end in the middle) gives no frame for
 * it and says so; native_source.c then hands the capture over to libwiretap, which goes on with the very record the parser stopped at
 * and tells what is wrong in its own words. So both readers give the same frames and the same faults, and the rules here may be stricter
 * than wiretap's, but never laxer.
 */
#ifndef NETFLOWER_SOURCE_NATIVE_H
#define NETFLOWER_SOURCE_NATIVE_H

#include "source/source.h"

#include <string.h>

/** Nobody else is there to judge: what would only be seen differently by wiretap is taken as it is. */
enum { NF_NATIVE_IS_ALONE = !NF_HAVE_WIRETAP };

/* --- Bytes --- */

enum {
	NF_INPUT_MOST = 1 << 20,           /**< bytes that may be asked for at once */
	NF_NATIVE_PACKET_MOST = 256 << 10, /**< wiretap's limit of the framings that native_link.c has */
};

typedef struct nf_unpack nf_unpack;

/** A file or a pipe, unpacked, through one buffer. Everything between at and end is there to be looked at. */
typedef struct nf_input {
	int fd;
	uint8_t *buffer;
	size_t size, at, end;
	uint64_t taken;    /**< bytes read from the descriptor so far */
	bool ended;        /**< no more bytes come */
	bool spoilt;       /**< they end because the compression is wrong, or goes on in a way that is not plain */
	int error;         /**< they end because read(2) failed so; 0: it did not */
	nf_unpack *unpack; /**< NULL: not compressed */
} nf_input;

/** Begins with a descriptor that stays the caller's. @return false: no memory */
bool nf_input_open(nf_input *input, int fd);

/** Frees, and ends the thread. */
void nf_input_close(nf_input *input);

/** Takes the bytes from the descriptor through the decompression that they start with, from where the descriptor is. @return false: no memory, no thread */
bool nf_input_unpack(nf_input *input);

/** True where the bytes begin like a compression that this build undoes. */
bool nf_unpack_knows(const uint8_t *bytes, size_t n);

const uint8_t *nf_input_fill(nf_input *input, size_t n);

/**
 * The next @a n bytes (at most NF_INPUT_MOST), without taking them, or NULL where fewer are left (then see ended, spoilt, error). What
 * was asked for before may move. Waits only where they are not there yet.
 */
static inline const uint8_t *nf_input_need(nf_input *input, size_t n)
{
	if (__builtin_expect(input->end - input->at >= n, 1))
		return input->buffer + input->at;
	return nf_input_fill(input, n);
}

/* --- The thread that undoes compression --- */

/** Begins to unpack what the descriptor has from here on. NULL: no memory, no thread. */
nf_unpack *nf_unpack_open(int fd);

/**
 * Up to @a size bytes. 0: no more; then @a spoilt tells whether the compression ended as it should. As much as is certain to be
 * unpacked by wiretap, too, is given before that.
 */
size_t nf_unpack_read(nf_unpack *unpack, uint8_t *to, size_t size, bool *spoilt, int *error);

/** Bytes taken from the descriptor so far. */
uint64_t nf_unpack_taken(nf_unpack *unpack);

void nf_unpack_close(nf_unpack *unpack);

/* --- A pipe that is handed over --- */

typedef struct nf_pump nf_pump;

/**
 * A pipe that gives the n bytes, and then what comes from @a fd, by a thread of its own. @a fd stays the caller's.
 * NULL: no memory, no descriptors, no thread.
 */
nf_pump *nf_pump_open(const uint8_t *bytes, size_t n, int fd);

/** The end to read from; -1 once nf_pump_forget_end() was called, which the reader does as soon as it has the pipe open itself. */
int nf_pump_end(const nf_pump *pump);
void nf_pump_forget_end(nf_pump *pump);

/** Ends the thread, wherever it is. */
void nf_pump_close(nf_pump *pump);

/* --- Framings --- */

/** A framing whose packets wiretap gives as they are in the file. */
typedef struct nf_native_link {
	uint32_t type; /**< in the file */
	uint32_t link; /**< nf_frame.link */
	const char *name;
} nf_native_link;

/** @return false: it is none of them, and has to be left to wiretap */
bool nf_native_link_get(uint32_t type, nf_native_link *link);

/* --- Parsers --- */

/** What a parser met. */
typedef enum nf_native_step {
	NF_NATIVE_FRAME,   /**< a frame was filled and taken */
	NF_NATIVE_STOP,    /**< too few bytes are left: an end, a cut, a fault; the input knows which */
	NF_NATIVE_ODD,     /**< something not plain; nothing of it was taken */
	NF_NATIVE_DAMAGED, /**< the same, where no reader could make sense of it */
} nf_native_step;

/** pcap: where the file says how its records look. */
typedef struct nf_pcap {
	bool big, nano;
	const char *format;     /* what wiretap calls the variant */
	uint32_t record_header; /* bytes */
	uint32_t snapshot_length;
	uint32_t fcs_bytes;
	nf_native_link link;
	uint8_t header[28];    /* as it is in the file */
	uint32_t header_bytes; /* 0 before it was taken */
} nf_pcap;

bool nf_pcap_knows(const uint8_t magic[4]);

/** Takes the file's header, and looks at the first records where the variant depends on them. A @a pipe is not looked into. */
nf_native_step nf_pcap_begin(nf_pcap *pcap, nf_input *input, bool pipe);

nf_native_step nf_pcap_next(nf_pcap *pcap, nf_input *input, nf_frame *frame);

/** Further frames that are in the buffer, at most so many; see nf_source_more(). */
size_t nf_pcap_more(const nf_pcap *pcap, nf_input *input, nf_frame *frames, size_t most);

/** pcapng: a section and its interfaces. */
typedef struct nf_pcapng {
	bool big;
	bool opening; /* nothing but interfaces came so far */
	bool keep;    /* keep the section's header and interfaces as they are in the file */
	struct nf_pcapng_interface *interfaces;
	uint32_t n, room;
	const char *link_name; /* of the last packet, NULL before */
	uint8_t *kept;
	size_t kept_bytes, kept_room;
} nf_pcapng;

bool nf_pcapng_knows(const uint8_t magic[4]);

/** Takes the first section's header. */
nf_native_step nf_pcapng_begin(nf_pcapng *pcapng, nf_input *input, bool pipe);

nf_native_step nf_pcapng_next(nf_pcapng *pcapng, nf_input *input, nf_frame *frame);

/** As nf_pcap_more(). */
size_t nf_pcapng_more(nf_pcapng *pcapng, nf_input *input, nf_frame *frames, size_t most);

void nf_pcapng_clear(nf_pcapng *pcapng);

/**
 * A section of its own with one interface and one packet of no bytes: what a reader that goes on in the middle of a capture gets to see
 * first, so that to it the faults of what follows are those of a record, and not of the file's header.
 */
const uint8_t *nf_pcapng_stand_in(size_t *n);

/* --- Numbers in files --- */

static inline uint16_t nf_get16(const uint8_t *p, bool big)
{
	return (uint16_t)(big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

static inline uint32_t nf_get32(const uint8_t *p, bool big)
{
	uint32_t little = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	return big ? __builtin_bswap32(little) : little;
}

static inline uint64_t nf_get64(const uint8_t *p, bool big)
{
	uint64_t first = nf_get32(p, big), second = nf_get32(p + 4, big);
	return big ? first << 32 | second : second << 32 | first;
}

/** Seconds and nanoseconds as wiretap has them. */
static inline void nf_native_set_time(nf_frame *frame, int64_t seconds, int32_t nanoseconds)
{
	int64_t ns;
	if (__builtin_expect(!__builtin_mul_overflow(seconds, INT64_C(1000000000), &ns) &&
				     !__builtin_add_overflow(ns, (int64_t)nanoseconds, &frame->ts_ns),
			     1))
		return;
	frame->ts_ns = 0;
	frame->flags |= NF_FRAME_NO_TIME;
}

#endif
