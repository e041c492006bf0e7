/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tcp.h
 * A TCP connection as conn.log tells it: states of both ends, sequence spaces that wrap around, bytes by sequence numbers, gaps, and the
 * letters of its history. It follows what Zeek's analyzer was found to do, segment by segment; it knows neither times nor memory.
 */
#ifndef NF_ZEEK_TCP_H
#define NF_ZEEK_TCP_H

#include "history.h"
#include "stream.h"

/** State of an end. */
#define NF_ENDS(END) \
	END(INACTIVE)     /* nothing was seen of it */ \
	END(SYN_SENT)     /* a SYN, no answer yet */ \
	END(SYN_ACK_SENT) /* a SYN-ACK, but no SYN before */ \
	END(PARTIAL)      /* something else, but no SYN */ \
	END(ESTABLISHED)  /* answered */ \
	END(CLOSED)       /* a FIN */ \
	END(RESET)        /* a RST */

typedef enum nf_end_state {
#define END(name) NF_TCP_##name,
	NF_ENDS(END)
#undef END
	NF_TCP_STATES
} nf_end_state;

/** One end: what it sent. Numbers called relative count from start. What each segment looks at comes first. */
typedef struct nf_end {
	int64_t start;             /**< its first sequence number, as if there had been a SYN */
	uint32_t sent, sent_wraps; /**< sequence number behind the last it sent, and how often that passed 2^32 */
	uint32_t acked, acked_wraps; /**< the same of what the other end acknowledged */
	uint8_t state, before;     /**< nf_end_state: now, and before the last change */
	bool has_fin;
	bool closed;               /**< its close was noted: with all its bytes */
	bool at_end;               /**< all that it sent until its close was seen */
	nf_stream stream;
	uint64_t fin;              /**< relative number behind its last FIN */
	uint64_t last_syn, last_fin, last_rst; /**< relative numbers in the history */
	uint32_t gaps, bad_checksums, retransmissions, zero_windows;
} nf_end;

typedef struct nf_tcp {
	nf_end end[2];
	uint64_t missed;    /**< bytes in gaps */
	uint8_t originator; /**< which end */
	uint8_t seen;       /**< bit of an end: a segment of it was looked at */
	bool partial;       /**< the beginning was not seen */
	bool deferred;      /**< a close waits for bytes that were not seen yet */
	bool deferred_ends;
	bool over;          /**< finished, rejected or reset: only the close delay matters now */
} nf_tcp;

typedef struct nf_segment {
	uint32_t seq, ack;
	uint32_t payload;  /**< bytes on the wire */
	uint16_t window;
	uint8_t flags;     /**< NF_TCP_ bits */
	uint8_t end;       /**< which end sent it */
	bool whole;        /**< all of the payload was captured */
} nf_segment;

/** What a segment did beside changing the state, as bits. */
enum {
	NF_TCP_DID_COUNT = 1 << 0,       /**< the segment is within the connection's duration */
	NF_TCP_DID_ESTABLISH = 1 << 1,
	NF_TCP_DID_WAKE = 1 << 2,        /**< the handshake is over */
	NF_TCP_DID_ATTEMPT = 1 << 3,     /**< an answer is waited for: see nf_tcp_is_attempt() */
	NF_TCP_DID_RESET = 1 << 4,       /**< a RST after a FIN */
	NF_TCP_DID_HALF_CLOSE = 1 << 5,
	NF_TCP_DID_CLOSE = 1 << 6,       /**< closed, no other limit but the close delay matters */
	NF_TCP_DID_CLOSE_SIDE = 1 << 7,  /**< a side's close was noted */
	NF_TCP_DID_FLIP = 1 << 8,        /**< originator and responder were exchanged */
};

/** A connection without segments. */
void nf_tcp_init(nf_tcp *tcp, uint8_t originator);

/** Exchanges originator and responder before the first segment; the history tells. */
void nf_tcp_flip(nf_tcp *tcp, nf_history *history);

/** Takes the next segment. @param spare  room for runs: see nf_stream_data(). @return NF_TCP_DID_ bits */
unsigned nf_tcp_segment(nf_tcp *tcp, nf_history *history, const nf_segment *segment, nf_runs **spare);

/** A segment with a bad checksum: nothing of it is looked at. */
void nf_tcp_bad_checksum(nf_tcp *tcp, nf_history *history, uint8_t end);

/** Whether a segment does not belong to the connection but begins another one with the same addresses and ports. */
bool nf_tcp_is_reuse(const nf_tcp *tcp, const nf_segment *segment);

/** Whether nothing answered the originator's SYN. */
bool nf_tcp_is_attempt(const nf_tcp *tcp);

/** Whether a side has closed, and the connection is likely to be over when it is silent. */
bool nf_tcp_is_winding_up(const nf_tcp *tcp);

/** Whether that may become so without another segment. */
static inline bool nf_tcp_may_wind_up(const nf_tcp *tcp)
{
	const nf_end *a = &tcp->end[0], *b = &tcp->end[1];

	return !tcp->over && (a->closed || b->closed || (a->state == NF_TCP_INACTIVE && b->state == NF_TCP_INACTIVE));
}

/** Bytes that an end sent, by sequence numbers. */
uint64_t nf_tcp_bytes(const nf_tcp *tcp, uint8_t end);

/** conn_state. @param history  of the same connection */
const char *nf_tcp_state(const nf_tcp *tcp, const nf_history *history);

#endif
