/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extra.h"

#include <string.h>

/* Room for the texts of fixed length: two MAC addresses and a Community ID. */
enum { TEXT_BYTES = 128, SEQUENCE_TEXT_BYTES = 48 };

static const unsigned KEPT = NF_EXTRA_DETAIL | NF_EXTRA_SEQUENCE | NF_EXTRA_PAYLOAD;

size_t nf_extra_bytes(const nf_options *options)
{
	const size_t packets = options->extras & NF_EXTRA_SEQUENCE ? options->sequence_most : 0;

	if (!(options->extras & KEPT))
		return 0;
	return (sizeof(nf_extra) + 15) / 16 * 16 + packets * sizeof(nf_extra_packet) + nf_extra_payload_bytes(options->extras);
}

size_t nf_extra_text_bytes(const nf_options *options)
{
	if (!options->extras)
		return 0;
	return TEXT_BYTES + (options->extras & NF_EXTRA_SEQUENCE ? (size_t)options->sequence_most * SEQUENCE_TEXT_BYTES : 0);
}

void nf_extra_init(void *extra, const nf_options *options)
{
	if (options->extras & KEPT)
		memset(extra, 0, sizeof(nf_extra));
	if (options->extras & NF_EXTRA_PAYLOAD)
		memset(nf_extra_facts(extra, options), 0, nf_extra_payload_bytes(options->extras));
}

/* What the first packet says for the flow. */
static void begin(nf_extra *x, const nf_detail *d, int dir)
{
	x->link = d->has;
	x->vlan[0] = d->vlan[0];
	x->vlan[1] = d->vlan[1];
	x->mpls_label = d->mpls_label;
	x->interface = d->interface;
	x->tos = d->tos;
	memcpy(x->mac[dir], d->mac[0], 6);
	memcpy(x->mac[!dir], d->mac[1], 6);
}

static void add_ttl(nf_extra_side *side, uint8_t ttl)
{
	if (!(side->has & NF_EXTRA_HAS_TTL) || ttl < side->ttl_min)
		side->ttl_min = ttl;
	if (!(side->has & NF_EXTRA_HAS_TTL) || ttl > side->ttl_max)
		side->ttl_max = ttl;
	side->has |= NF_EXTRA_HAS_TTL;
}

static void add_options(nf_extra_side *side, const nf_detail *d)
{
	if (side->has & NF_EXTRA_HAS_SYN)
		return;
	side->has |= NF_EXTRA_HAS_SYN;
	if (d->has & NF_HAS_MSS) {
		side->has |= NF_EXTRA_HAS_MSS;
		side->mss = d->mss;
	}
	if (d->has & NF_HAS_WINDOW_SCALE) {
		side->has |= NF_EXTRA_HAS_WINDOW_SCALE;
		side->window_scale = d->window_scale;
	}
	if (d->has & NF_HAS_SACK_PERMITTED)
		side->has |= NF_EXTRA_HAS_SACK;
}

/* RFC 9293, 3.5: SYN, SYN and ACK from the other side, ACK from the first. */
static void add_handshake(nf_extra *x, const nf_brief *b, int64_t ts_ns)
{
	const uint8_t flags = b->tcp_flags & (NF_TCP_SYN | NF_TCP_ACK | NF_TCP_RST);

	if (flags == NF_TCP_SYN && b->dir == NF_FWD && !x->handshake) {
		x->handshake = NF_HANDSHAKE_SYN;
		x->syn_ns = ts_ns;
	} else if (flags == (NF_TCP_SYN | NF_TCP_ACK) && b->dir == NF_BWD && x->handshake == NF_HANDSHAKE_SYN) {
		x->handshake |= NF_HANDSHAKE_SYN_ACK;
		x->syn_ack_ns = ts_ns;
	} else if (flags == NF_TCP_ACK && b->dir == NF_FWD && x->handshake == (NF_HANDSHAKE_SYN | NF_HANDSHAKE_SYN_ACK)) {
		x->handshake |= NF_HANDSHAKE_ACK;
		x->ack_ns = ts_ns;
	}
}

/* Differences of sequence numbers are taken modulo 2^32 (RFC 9293, 3.4). */
static int32_t after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/*
 * A segment behind next_seq leaves a gap; one that ends within what was seen is a retransmission, or came late if it lies in the gap. One byte
 * right before next_seq is a keep-alive (RFC 9293, 3.8.4) and neither.
 */
static void add_segment(nf_extra_side *side, const nf_brief *b, uint32_t seq)
{
	const uint32_t space = b->payload_bytes + !!(b->tcp_flags & NF_TCP_SYN) + !!(b->tcp_flags & NF_TCP_FIN);
	const uint32_t end = seq + space;

	if (space == 0 || b->tcp_flags & NF_TCP_RST)
		return;
	if (!(side->has & NF_EXTRA_HAS_SEQ)) {
		side->has |= NF_EXTRA_HAS_SEQ;
		side->next_seq = end;
		return;
	}
	if (after(end, side->next_seq) > 0) {
		if (after(seq, side->next_seq) > 0) {
			side->gap_begin = side->next_seq;
			side->gap_end = seq;
		}
		side->next_seq = end;
		return;
	}
	if (space == 1 && b->payload_bytes == 1 && end == side->next_seq)
		return;
	if (after(seq, side->gap_begin) >= 0 && after(end, side->gap_end) <= 0 && side->gap_begin != side->gap_end) {
		side->reordered++;
		if (seq == side->gap_begin)
			side->gap_begin = end;
		else
			side->gap_end = seq;
	} else {
		side->retransmitted++;
	}
}

static void add_to_sequence(nf_extra *x, const nf_brief *b, int64_t before_ns)
{
	nf_extra_packet *p = &nf_extra_sequence(x)[x->sequence_n];

	*p = (nf_extra_packet){x->sequence_n ? (uint64_t)b->ts_ns - (uint64_t)before_ns : 0, b->ip_bytes, b->dir};
	x->sequence_n++;
}

void nf_extra_add(void *extra, const nf_options *options, const nf_brief *b, const nf_turn *turn)
{
	nf_extra *x = extra;
	const nf_detail *d = turn->detail;

	if (options->extras & NF_EXTRA_SEQUENCE && x->sequence_n < options->sequence_most)
		add_to_sequence(x, b, x->last_ns);
	if (!x->begun && d)
		begin(x, d, b->dir);
	x->begun = true;
	x->last_ns = b->ts_ns;
	if (b->is_tcp)
		add_handshake(x, b, b->ts_ns);
	if (options->extras & NF_EXTRA_PAYLOAD)
		nf_extra_payload_add(nf_extra_facts(x, options), options->extras, b, turn);
	if (!d || !(options->extras & NF_EXTRA_DETAIL))
		return;
	nf_extra_side *side = &x->dir[b->dir];
	add_ttl(side, d->ttl);
	if (!b->is_tcp)
		return;
	if (b->tcp_flags & NF_TCP_SYN)
		add_options(side, d);
	add_segment(side, b, d->tcp_seq);
}
