/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file engine.h
 * The engine: frames or packets go in, ended flows come out.
 *
 *     nf_engine_frame() ... nf_engine_take() ... nf_engine_finish(), nf_engine_take() ...
 *
 * Thread rule: an engine belongs to one thread at a time. Any number of engines may live in one process; they share nothing.
 */
#ifndef NETFLOWER_ENGINE_H
#define NETFLOWER_ENGINE_H

#include <netflower/batch.h>
#include <netflower/error.h>
#include <netflower/flow.h>
#include <netflower/frame.h>
#include <netflower/labels.h>
#include <netflower/packet.h>
#include <netflower/profile.h>
#include <netflower/zeek.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NF_SECOND_NS INT64_C(1000000000)

/** Bits of nf_options.extras: what is kept of a flow only for columns beside the profile's (nf_columns_extras() tells which a selection needs). */
enum {
	NF_EXTRA_TEXT = 1 << 0,     /**< room to write texts into, such as the Community ID */
	NF_EXTRA_DETAIL = 1 << 1,   /**< from nf_detail: link, TTL, TCP options, handshake, retransmissions */
	NF_EXTRA_SEQUENCE = 1 << 2, /**< lengths and gaps of the first packets */
	/* From the payload; these want decode.payload_most, too: what it cuts off is not known. */
	NF_EXTRA_TLS = 1 << 3,
	NF_EXTRA_HTTP = 1 << 4,
	NF_EXTRA_DNS = 1 << 5,
	NF_EXTRA_ENTROPY = 1 << 6,
	NF_EXTRA_PAYLOAD = NF_EXTRA_TLS | NF_EXTRA_HTTP | NF_EXTRA_DNS | NF_EXTRA_ENTROPY,
};

/** The most that nf_options.sequence_most may be. */
enum { NF_SEQUENCE_MOST = 1000 };

/** The least that nf_options.max_memory may be, other than 0. */
enum { NF_MEMORY_LEAST = 1 << 20 };

/** Settings of an engine. Fill with nf_options_init(), then change. All times are in ns, 0 to INT64_MAX. */
typedef struct nf_options {
	int64_t idle_timeout_ns;   /**< a gap longer than this ends a flow; default 120 s */
	int64_t active_timeout_ns; /**< a packet later than this after a flow's first ends it; 0 (default): no limit */
	int64_t close_linger_ns;   /**< for this long after its close, packets of a TCP connection are remains; 0: none are; default 1 s */
	uint64_t max_flows;        /**< most flows held at once, the one idle longest is then ended; 0 (default): no limit */
	/**
	 * Most bytes for the flows held at once, 0 (default): no limit, at least NF_MEMORY_LEAST: before more would be needed the flow idle
	 * longest is ended. What counts: their records with all that is kept of them, their places in the table and in the queues of limits,
	 * and the marks of closed connections, of which the oldest goes first where they are more than flows. What does not: some MiB that
	 * do not depend on the flows, fragments that wait (at most 4 MiB), and flows that have ended and were not taken yet.
	 */
	uint64_t max_memory;
	/**
	 * For captures from files: takes memory for many flows in pages of 2 MiB where the system gives them to who asks (Linux:
	 * transparent_hugepage is madvise or always). There are fewer faults, but each makes 2 MiB of zeros at once, for which a live
	 * capture would have to wait. Without an effect with max_memory. Default false.
	 */
	bool huge_pages;
	uint64_t hash_seed;        /**< seed of the flow table; used when fixed_seed is set. It has no influence on any output. */
	bool fixed_seed;           /**< false (default): a random seed for each engine, so that nobody can aim at one bucket */
	/**
	 * For captures in real time: a flow ends with NF_END_ACTIVE as soon as the clock passes its active limit, not only when its next
	 * packet comes. A packet that would have belonged to it then starts the next piece, as it does without this. The flows are the same
	 * ones; those whose packets stop before that limit get another end reason, and rows another order. Default false.
	 */
	bool active_by_clock;
	nf_profile profile;       /**< what flows are, and their numbers; default NF_PROFILE_NETFLOWER */
	nf_zeek_options zeek;     /**< of the profile zeek alone */
	nf_decode_options decode; /**< which packets nf_engine_frame() takes; nf_engine_batch() wants batches of a decoder with these options */
	unsigned extras;           /**< NF_EXTRA_ bits; NF_EXTRA_DETAIL and NF_EXTRA_PAYLOAD want decode.details */
	uint64_t sequence_most;    /**< with NF_EXTRA_SEQUENCE: so many packets are kept of each flow; default 20 */
	uint64_t community_seed;   /**< of the Community ID, 0 (default) to 65535 */
	const nf_labels *labels;   /**< of the column label; kept, not copied; NULL (default): the column is empty */
	/**
	 * Called for each packet that becomes one of a flow, with the number that nf_flow_number() will tell: in order, and before that flow
	 * can be taken. NULL (default): nothing is called.
	 */
	void (*on_packet)(void *to, uint64_t flow, const nf_packet *packet);
	/** Called for a flow of which packets were told to on_packet, and which is not to be taken ever: its profile does not tell it. */
	void (*on_dropped)(void *to, uint64_t flow);
	void *on_packet_to; /**< the first argument of both */
} nf_options;

/** What an engine has done so far. frames == used + the sum of skipped, once nf_engine_flush() or nf_engine_finish() has been called. */
typedef struct nf_stats {
	uint64_t frames;                    /**< frames and packets given to the engine */
	uint64_t wire_bytes;                /**< sum of the wire lengths of the frames */
	uint64_t used;                      /**< packets that belong to a flow */
	uint64_t skipped[NF_SKIP_COUNT];    /**< by nf_skip; [NF_SKIP_NONE] stays 0 */
	uint64_t ended[NF_END_COUNT];       /**< flows ended, by nf_end_reason */
	uint64_t alive;                     /**< flows not ended yet */
	uint64_t alive_most;                /**< the most that were alive at once */
	uint64_t out_of_order;              /**< packets older than the latest of their flow */
	uint64_t out_of_order_first;        /**< number of the first such frame; 0: none */
	uint64_t memory_bytes;              /**< for the flows held, as nf_options.max_memory counts */
	uint64_t memory_peak_bytes;         /**< its highest: after each packet where there is such a limit, else after each call */
} nf_stats;

typedef struct nf_engine nf_engine;

/** The defaults for capture files. Never fails. */
NF_API void nf_options_init(nf_options *options);

/**
 * A new engine, to be freed with nf_engine_free().
 * @param options  copied; NULL means the defaults. A negative time is NF_ARGUMENT.
 */
NF_API NF_MUST_CHECK nf_status nf_engine_new(nf_engine **engine, const nf_options *options, nf_error *error);

/** Frees an engine and every flow it holds, taken or not. NULL is allowed. */
NF_API void nf_engine_free(nf_engine *engine);

/**
 * Gives one frame: it is decoded at once, counted, and put into its flow now or a few frames later (frames are worked on in batches;
 * nf_engine_flush() makes sure of it). The frame's bytes are not needed after the call.
 * Its number is the count of frames given so far.
 * @return NF_OK, whatever the frame holds; NF_NO_MEMORY: the engine can then only be freed.
 */
NF_API NF_MUST_CHECK nf_status nf_engine_frame(nf_engine *engine, const nf_frame *frame, nf_error *error);

/** The same for several frames in their order, at less cost. */
NF_API NF_MUST_CHECK nf_status nf_engine_frames(nf_engine *engine, const nf_frame *frames, size_t n, nf_error *error);

/**
 * Gives packets that somebody else decoded, in their order. Each counts as one frame (of ip_bytes bytes) of the statistics.
 * @return as nf_engine_frame()
 */
NF_API NF_MUST_CHECK nf_status nf_engine_packets(nf_engine *engine, const nf_packet *packets, size_t n, nf_error *error);

/**
 * Gives frames that were decoded and counted apart, in their order. Frames given with nf_engine_frame() before must be flushed first.
 * @return as nf_engine_frame()
 */
NF_API NF_MUST_CHECK nf_status nf_engine_batch(nf_engine *engine, const nf_batch *batch, nf_error *error);

/** Works on every frame given so far: afterwards all flows that they ended can be taken and the statistics are complete. */
NF_API NF_MUST_CHECK nf_status nf_engine_flush(nf_engine *engine, nf_error *error);

/**
 * Says that it is now @p now_ns (same scale as the packets' times): ends the flows whose idle limit lies before it, and with
 * active_by_clock those whose active limit does. Each packet does so for its own time, hence this is only for times at which no packet comes. An earlier time than before does nothing.
 */
NF_API NF_MUST_CHECK nf_status nf_engine_advance(nf_engine *engine, int64_t now_ns, nf_error *error);

/**
 * Says that the clock which stamps the packets was set: the times of all packets and calls from now on are @p by_ns later (negative:
 * earlier) than they would have been. For the flows nothing happens by that: no gap and no limit is longer or shorter, and a flow keeps
 * the time of its first packet. Without this a clock set forward would end all flows, and one set back would keep them.
 */
NF_API NF_MUST_CHECK nf_status nf_engine_shift_clock(nf_engine *engine, int64_t by_ns, nf_error *error);

/**
 * Ends all flows with NF_END_EOF, in order of their first packets. The engine is then as new but for its statistics:
 * more frames may follow and start flows of their own.
 */
NF_API NF_MUST_CHECK nf_status nf_engine_finish(nf_engine *engine, nf_error *error);

/**
 * The next ended flow, in the order in which flows ended; NULL when there is none for now.
 * The flow belongs to the engine and lives until the next call of nf_engine_take() or nf_engine_free().
 * Ended flows stay in memory until they are taken: take them after every call that feeds the engine.
 */
NF_API const nf_flow *nf_engine_take(nf_engine *engine);

/** Statistics so far; the pointer is good until nf_engine_free(). */
NF_API const nf_stats *nf_engine_stats(const nf_engine *engine);

#ifdef __cplusplus
}
#endif
#endif
