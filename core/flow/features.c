/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adding a packet to the numbers of its flow, one function per group of features. */
#include "features.h"

#include <string.h>

enum { BULK_PACKETS_MIN = 5 };
static const uint64_t SUBFLOW_GAP_NS = UINT64_C(1000000000);
static const uint64_t IDLE_GAP_NS = UINT64_C(5000000000);

/* Short flows have a new smallest or largest value so often that a branch would be guessed wrong: both are always written. */
static inline void spread_add(nf_spread *s, uint64_t value)
{
	s->squares += (nf_u128)value * value;
	s->min = value < s->min ? value : s->min;
	s->max = value > s->max ? value : s->max;
}

static void tally_add(nf_tally *t, uint64_t value)
{
	t->n++;
	t->sum += value;
	spread_add(&t->spread, value);
}

void nf_features_init(nf_features *f)
{
	memset(f, 0, sizeof *f);
	f->gap.min = f->active.spread.min = f->idle.spread.min = UINT64_MAX;
	for (int d = 0; d < NF_DIRECTIONS; d++) {
		f->dir[d].gap.min = UINT64_MAX;
		f->dir[d].length_min = f->dir[d].header_min = UINT32_MAX;
		f->dir[d].window = -1;
	}
}

/* A gap of the whole flow may begin a subflow, and end the active period before it. */
static inline void add_gap(nf_features *f, int64_t ts_ns)
{
	uint64_t gap = nf_gap_ns(f->last_ns, ts_ns);

	spread_add(&f->gap, gap);
	f->subflows += gap > SUBFLOW_GAP_NS;
	if (gap <= IDLE_GAP_NS)
		return;
	if (f->last_ns > f->active_first_ns)
		tally_add(&f->active, nf_gap_ns(f->active_first_ns, f->last_ns));
	tally_add(&f->idle, gap);
	f->active_first_ns = ts_ns;
}

static void begin(nf_features *f, int64_t ts_ns)
{
	f->first_ns = f->active_first_ns = ts_ns;
	f->subflows = 1;
}

/* The run's last packet is the side's last one, for a packet without payload ends the run. */
static inline void add_to_run(nf_side *side, const nf_brief *b)
{
	if (b->payload_bytes > 0) {
		if (side->run_packets++ == 0)
			side->run_first_ns = b->ts_ns;
		side->run_bytes += b->payload_bytes;
		return;
	}
	if (side->run_packets >= BULK_PACKETS_MIN) {
		side->bulks.n++;
		side->bulks.packets += side->run_packets;
		side->bulks.bytes += side->run_bytes;
		side->bulks.duration_ns += nf_gap_ns(side->run_first_ns, side->last_ns);
	}
	side->run_packets = side->run_bytes = 0;
}

static inline uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static inline void add_to_side(nf_side *side, const nf_brief *b)
{
	if (side->packets > 0) {
		spread_add(&side->gap, nf_gap_ns(side->last_ns, b->ts_ns));
	} else {
		side->first_ns = b->ts_ns;
		if (b->is_tcp) /* all packets of a flow are, or none is */
			side->window = b->window;
	}
	add_to_run(side, b);
	side->last_ns = b->ts_ns;
	side->packets++;
	side->bytes += b->ip_bytes;
	side->length_squares += (uint64_t)b->ip_bytes * b->ip_bytes;
	side->length_min = smaller(side->length_min, b->ip_bytes);
	side->length_max = side->length_max > b->ip_bytes ? side->length_max : b->ip_bytes;
	side->header_bytes += b->header_bytes;
	side->header_min = smaller(side->header_min, b->header_bytes);
	side->data_packets += b->payload_bytes > 0;
	side->psh += (b->tcp_flags & NF_TCP_PSH) != 0;
}

/* Those that few packets have. */
static void add_rare_flags(nf_features *f, const nf_brief *b)
{
	f->fin += (b->tcp_flags & NF_TCP_FIN) != 0;
	f->syn += (b->tcp_flags & NF_TCP_SYN) != 0;
	f->rst += (b->tcp_flags & NF_TCP_RST) != 0;
	f->ece += (b->tcp_flags & NF_TCP_ECE) != 0;
	f->cwr += (b->tcp_flags & NF_TCP_CWR) != 0;
	f->dir[b->dir].urg += (b->tcp_flags & NF_TCP_URG) != 0;
}

void nf_features_add(nf_features *f, const nf_brief *b)
{
	if (f->subflows > 0)
		add_gap(f, b->ts_ns);
	else
		begin(f, b->ts_ns);
	f->last_ns = b->ts_ns;
	f->ack += (b->tcp_flags & NF_TCP_ACK) != 0;
	if (b->tcp_flags & ~(NF_TCP_ACK | NF_TCP_PSH))
		add_rare_flags(f, b);
	add_to_side(&f->dir[b->dir], b);
}
