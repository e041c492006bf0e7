/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file numbers_cic.h
 * The numbers of a flow in the CICFlowMeter profiles, exact. Times are whole microseconds (ns / 1000, rounded down), and differences of
 * times are signed: packets are taken in their order, whatever their times say.
 */
#ifndef NF_FLOW_NUMBERS_CIC_H
#define NF_FLOW_NUMBERS_CIC_H

#include "record.h"

/** What remains of many values. Sums wrap around. */
typedef struct nf_cic_tally {
	nf_u128 squares;
	uint64_t n;
	int64_t sum, min, max; /**< min and max have no meaning where there are no values */
} nf_cic_tally;

/** Bulks: four packets or more with payload and gaps of at most 1 s. */
typedef struct nf_cic_bulks {
	int64_t start_us; /**< of the run now open; 0: none is */
	int64_t last_us;
	uint64_t run_packets, run_bytes;
	uint64_t n, packets, bytes;
	int64_t duration_us;
} nf_cic_bulks;

typedef struct nf_cic_side {
	nf_cic_tally length; /**< of payload_bytes; one value for each packet */
	nf_cic_tally gap;    /**< between successive packets, us */
	nf_cic_bulks bulks;
	int64_t last_us;
	uint64_t header_bytes;
	uint64_t data_packets;
	uint64_t psh, urg, rst;
	uint64_t retransmitted; /**< set by the life */
	uint32_t header_min;
	uint32_t window;
} nf_cic_side;

typedef struct nf_cic {
	nf_cic_side dir[NF_DIRECTIONS];
	nf_cic_tally gap, active, idle;
	int64_t first_us, last_us;
	int64_t active_first_us;
	uint64_t subflows;
	uint64_t fin, syn, rst, psh, ack, urg, cwr, ece;
	uint64_t first_payload; /**< payload of the first packet */
	int64_t before_us;      /**< set by the life: time of the connection's pieces before this one */
	void *seen;             /**< the life's, which sets it to NULL before the numbers leave it */
	int16_t icmp_type, icmp_code; /**< of the first packet; -1: it is none of ICMP, or not known */
	uint8_t first_dir;
} nf_cic;

static inline int64_t nf_cic_us(int64_t ns)
{
	return ns / 1000 - (ns % 1000 < 0);
}

static inline uint64_t nf_cic_packets(const nf_cic *f)
{
	return f->dir[NF_FWD].length.n + f->dir[NF_BWD].length.n;
}

/** a + b, wrapping around. */
static inline int64_t nf_cic_sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

/** later - earlier, wrapping around. */
static inline int64_t nf_cic_gap(int64_t earlier, int64_t later)
{
	return (int64_t)((uint64_t)later - (uint64_t)earlier);
}

#endif
