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
	f->subflows = 1;
	for (int d = 0; d < NF_DIRECTIONS; d++) {
		f->dir[d].length.min = f->dir[d].gap.min = UINT64_MAX;
		f->dir[d].header_min = UINT32_MAX;
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

/* The run's last packet is the side's last one, for a packet without payload ends the run. */
static inline void add_to_bulk(nf_side *side, const nf_brief *b)
{
	nf_bulks *bulks = &side->bulks;

	if (b->payload_bytes > 0) {
		if (bulks->run_packets++ == 0)
			bulks->run_first_ns = b->ts_ns;
		bulks->run_bytes += b->payload_bytes;
		return;
	}
	if (bulks->run_packets >= BULK_PACKETS_MIN) {
		bulks->n++;
		bulks->packets += bulks->run_packets;
		bulks->bytes += bulks->run_bytes;
		bulks->duration_ns += nf_gap_ns(bulks->run_first_ns, side->last_ns);
	}
	bulks->run_packets = bulks->run_bytes = 0;
}

static inline void add_to_side(nf_side *side, const nf_brief *b)
{
	if (side->packets == 0)
		side->first_ns = b->ts_ns;
	else
		spread_add(&side->gap, nf_gap_ns(side->last_ns, b->ts_ns));
	add_to_bulk(side, b);
	side->last_ns = b->ts_ns;
	side->packets++;
	side->bytes += b->ip_bytes;
	spread_add(&side->length, b->ip_bytes);
	side->header_bytes += b->header_bytes;
	side->header_min = b->header_bytes < side->header_min ? b->header_bytes : side->header_min;
	side->data_packets += b->payload_bytes > 0;
	side->psh += (b->tcp_flags & NF_TCP_PSH) != 0;
	side->urg += (b->tcp_flags & NF_TCP_URG) != 0;
	if (side->window < 0 && b->is_tcp)
		side->window = b->window;
}

void nf_features_add(nf_features *f, const nf_brief *b)
{
	if (nf_features_packets(f) == 0)
		f->first_ns = f->active_first_ns = b->ts_ns;
	else
		add_gap(f, b->ts_ns);
	f->last_ns = b->ts_ns;
	f->fin += (b->tcp_flags & NF_TCP_FIN) != 0;
	f->syn += (b->tcp_flags & NF_TCP_SYN) != 0;
	f->rst += (b->tcp_flags & NF_TCP_RST) != 0;
	f->ack += (b->tcp_flags & NF_TCP_ACK) != 0;
	f->ece += (b->tcp_flags & NF_TCP_ECE) != 0;
	f->cwr += (b->tcp_flags & NF_TCP_CWR) != 0;
	add_to_side(&f->dir[b->dir], b);
}
