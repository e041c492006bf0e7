/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adding a packet to the numbers of its flow as CICFlowMeter does, and as its corrected fork does. */
#include "cic.h"

#include <string.h>

enum { BULK_PACKETS_MIN = 4 };
static const int64_t BULK_GAP_US = 1000000, SUBFLOW_GAP_US = 1000000, IDLE_GAP_US = 5000000;

/* Minimum and maximum are set by the first value, so zeros are empty. */
static inline void tally_add(nf_cic_tally *t, int64_t value)
{
	const uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	t->squares += (nf_u128)magnitude * magnitude;
	t->sum = nf_cic_sum(t->sum, value);
	if (t->n == 0 || value < t->min)
		t->min = value;
	if (t->n == 0 || value > t->max)
		t->max = value;
	t->n++;
}

static void add_to_bulk(nf_cic_bulks *b, int64_t us, uint32_t payload)
{
	if (payload == 0)
		return;
	if (b->start_us == 0 || nf_cic_gap(b->last_us, us) > BULK_GAP_US) {
		b->start_us = b->last_us = us;
		b->run_packets = 1;
		b->run_bytes = payload;
		return;
	}
	b->run_packets++;
	b->run_bytes += payload;
	if (b->run_packets == BULK_PACKETS_MIN) {
		b->n++;
		b->packets += BULK_PACKETS_MIN;
		b->bytes += b->run_bytes;
		b->duration_us = nf_cic_sum(b->duration_us, nf_cic_gap(b->start_us, us));
	} else if (b->run_packets > BULK_PACKETS_MIN) {
		b->packets++;
		b->bytes += payload;
		b->duration_us = nf_cic_sum(b->duration_us, nf_cic_gap(b->last_us, us));
	}
	b->last_us = us;
}

/* The original takes all packets for backward ones here. In the fork a packet of the other side ends the run. */
static inline void add_bulk(nf_cic *f, const nf_brief *b, int64_t us, bool fixed)
{
	nf_cic_bulks *mine = &f->dir[fixed ? b->dir : NF_BWD].bulks;

	if (fixed && f->dir[!b->dir].bulks.last_us > mine->start_us)
		mine->start_us = 0;
	add_to_bulk(mine, us, b->payload_bytes);
}

/* A gap of the whole flow may begin a subflow, and end the active period before it. */
static void add_gap(nf_cic *f, int64_t us)
{
	const int64_t gap = nf_cic_gap(f->last_us, us);

	tally_add(&f->gap, gap);
	if (gap <= SUBFLOW_GAP_US)
		return;
	f->subflows++;
	if (gap <= IDLE_GAP_US)
		return;
	const int64_t active = nf_cic_gap(f->active_first_us, f->last_us);
	if (active > 0)
		tally_add(&f->active, active);
	tally_add(&f->idle, gap);
	f->active_first_us = us;
}

static inline void add_flags(nf_cic *f, uint8_t flags)
{
	f->fin += (flags & NF_TCP_FIN) != 0;
	f->syn += (flags & NF_TCP_SYN) != 0;
	f->rst += (flags & NF_TCP_RST) != 0;
	f->psh += (flags & NF_TCP_PSH) != 0;
	f->ack += (flags & NF_TCP_ACK) != 0;
	f->urg += (flags & NF_TCP_URG) != 0;
	f->cwr += (flags & NF_TCP_CWR) != 0;
	f->ece += (flags & NF_TCP_ECE) != 0;
}

/* The windows: the flow's first packet's if it is forward; backward the last one, in the fork the first that is not 0. */
static inline void add_window(nf_cic_side *side, const nf_brief *b, bool first, bool fixed)
{
	if (b->dir == NF_FWD ? first : !fixed || side->window == 0)
		side->window = b->window;
}

static inline void add_to_side(nf_cic_side *side, const nf_brief *b, int64_t us, bool first, bool fixed)
{
	if (side->length.n > 0)
		tally_add(&side->gap, nf_cic_gap(side->last_us, us));
	side->last_us = us;
	tally_add(&side->length, b->payload_bytes);
	side->header_bytes += b->header_bytes;
	/* In the fork the side that did not send the first packet begins with 0, below which there is nothing. */
	if (first || (!fixed && side->length.n == 1) || b->header_bytes < side->header_min)
		side->header_min = b->header_bytes;
	side->data_packets += b->payload_bytes > 0 && (fixed || !first);
	if (fixed || first) {
		side->psh += (b->tcp_flags & NF_TCP_PSH) != 0;
		side->urg += (b->tcp_flags & NF_TCP_URG) != 0;
		side->rst += (b->tcp_flags & NF_TCP_RST) != 0;
	}
	add_window(side, b, first, fixed);
}

static inline void add(nf_cic *f, const nf_brief *b, bool fixed)
{
	const int64_t us = nf_cic_us(b->ts_ns);
	const bool first = nf_cic_packets(f) == 0;

	add_bulk(f, b, us, fixed);
	if (first) {
		f->first_us = f->active_first_us = us;
		f->first_payload = b->payload_bytes;
		f->first_dir = b->dir;
	} else {
		add_gap(f, us);
	}
	f->last_us = us;
	add_flags(f, b->tcp_flags);
	add_to_side(&f->dir[b->dir], b, us, first, fixed);
}

static void init(void *numbers)
{
	nf_cic *f = numbers;

	memset(f, 0, sizeof *f);
	f->icmp_type = f->icmp_code = -1;
}

static void add_original(void *numbers, const nf_brief *brief, const nf_detail *detail)
{
	(void)detail;
	add(numbers, brief, false);
}

static void add_fixed(void *numbers, const nf_brief *brief, const nf_detail *detail)
{
	(void)detail;
	add(numbers, brief, true);
}

static uint64_t packets(const void *numbers)
{
	return nf_cic_packets(numbers);
}

/* Whole microseconds: a clock is never set by less. */
static void shift(void *numbers, int64_t by_ns)
{
	nf_cic *f = numbers;
	const int64_t by_us = nf_cic_us(by_ns);

	f->first_us = nf_cic_sum(f->first_us, by_us);
	f->last_us = nf_cic_sum(f->last_us, by_us);
}

enum { BYTES = (sizeof(nf_cic) + 15) / 16 * 16 };

const nf_numbers nf_numbers_cic = {BYTES, true, init, add_original, packets, shift};
const nf_numbers nf_numbers_cic_fixed = {BYTES, false, init, add_fixed, packets, shift};
