/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tcp.h"

#include <netflower/packet.h>

#include <string.h>

/* A SYN or RST whose number is so far away does not tell where the stream is. */
enum { FAR = 1 << 20 };

/* A segment on its way through the connection. */
typedef struct nf_pass {
	nf_tcp *tcp;
	nf_history *history;
	const nf_segment *segment;
	nf_end *end, *peer;
	unsigned did;
	int32_t advance; /* by which its end is above all the sender sent before */
	bool syn, ack, fin, rst;
	bool from_originator; /* when it came: roles may change meanwhile */
	bool closes;     /* its sender's close is to be noted */
	bool ends;       /* and is the end of something that had begun */
} nf_pass;

static int32_t distance(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

static bool is_originator(const nf_tcp *tcp, const nf_end *end)
{
	return end == &tcp->end[tcp->originator];
}

static nf_end *originator(nf_pass *p)
{
	return &p->tcp->end[p->tcp->originator];
}

static uint64_t sent_whole(const nf_end *end)
{
	return ((uint64_t)end->sent_wraps << 32) + end->sent;
}

static uint64_t acked_whole(const nf_end *end)
{
	return ((uint64_t)end->acked_wraps << 32) + end->acked;
}

/* Nothing of it was acknowledged, but for its SYN. */
static bool is_unacknowledged(const nf_end *end)
{
	const uint64_t acked = acked_whole(end), start = (uint64_t)end->start;

	return acked == start || acked == start + 1;
}

static void set_start(nf_end *end, uint32_t seq)
{
	end->start = seq;
}

static void set_sent(nf_end *end, uint32_t seq)
{
	end->sent_wraps += seq < end->sent;
	end->sent = seq;
}

static bool in_handshake(uint8_t state)
{
	return state == NF_TCP_INACTIVE || state == NF_TCP_SYN_SENT || state == NF_TCP_SYN_ACK_SENT;
}

static void set_state(nf_pass *p, nf_end *end, nf_end_state state)
{
	const nf_end *other = end == p->end ? p->peer : p->end;

	if (end->state == state)
		return;
	if (!in_handshake(state) && in_handshake(end->state) && in_handshake(other->state))
		p->did |= NF_TCP_DID_WAKE;
	end->before = end->state;
	end->state = (uint8_t)state;
}

/* --- Sequence numbers --- */

static uint32_t length_in_sequence(const nf_pass *p)
{
	return (p->rst ? 0 : p->segment->payload) + p->syn + p->fin;
}

/* Where the sender's numbers begin, if that is not known or a SYN says it anew. */
static void begin_numbers(nf_pass *p, uint32_t behind)
{
	nf_end *end = p->end;
	const uint32_t seq = p->segment->seq;

	switch (end->state) {
	case NF_TCP_INACTIVE:
		set_start(end, p->syn ? seq : seq - 1);
		end->acked = p->syn ? seq : seq - 1;
		end->sent = p->syn ? behind : seq;
		return;
	case NF_TCP_SYN_SENT:
	case NF_TCP_SYN_ACK_SENT:
		if (!p->syn || seq == (uint32_t)end->start)
			return;
		break;
	case NF_TCP_RESET:
		if (!p->syn || end->before != NF_TCP_INACTIVE)
			return;
		break;
	case NF_TCP_CLOSED:
		return;
	default:
		if (!p->syn)
			return;
	}
	set_start(end, seq);
	end->acked = seq;
	end->sent = behind;
}

/* A number relative to the end's first. *below: it lies before that one. */
static uint64_t relative(const nf_end *end, uint32_t number, uint32_t last, uint32_t wraps, bool *below)
{
	const int32_t d = distance(number, last);

	if (d < 0 && wraps && number > last)
		wraps--;
	else if (d > 0 && number < last)
		wraps++;
	if (wraps > 0)
		return ((uint64_t)wraps << 32) + number - (uint64_t)end->start;
	const int32_t from_start = distance(number, (uint32_t)end->start);

	*below = from_start < 0;
	return (uint64_t)(int64_t)from_start;
}

/* Whatever the sender acknowledges, its peer must have sent. Returns the acknowledged number, relative. */
static uint64_t note_ack(nf_pass *p)
{
	nf_end *peer = p->peer;
	const uint32_t ack = p->segment->ack;

	if (peer->state == NF_TCP_INACTIVE) {
		set_start(peer, ack - 1);
		peer->acked = peer->sent = ack - 1;
		return 1;
	}
	bool below = false;
	const uint64_t number = relative(peer, ack, peer->acked, peer->acked_wraps, &below);

	if (below)
		return 0;
	const int32_t d = distance(ack, peer->acked);

	if (!p->rst && d > 0 && !(ack == 0 && d > FAR)) {
		peer->acked_wraps += ack < peer->acked;
		peer->acked = ack;
	}
	return number;
}

static void note_sent(nf_pass *p, uint32_t behind)
{
	nf_end *end = p->end;
	const int32_t d = distance(behind, end->sent);

	p->advance = d;
	if ((p->syn || p->rst) && (d > FAR || d < -FAR))
		return;
	if (p->fin && end->sent == (uint32_t)end->start + 1)
		set_sent(end, behind);
	else if (end->state == NF_TCP_RESET)
		return;
	else if (d > 0)
		set_sent(end, behind);
	else if (p->segment->payload > 0)
		nf_history_scaled(p->history, &end->retransmissions, 'T', is_originator(p->tcp, end));
}

/* --- History --- */

/* A letter for a control segment: again when its number is another one than last time. */
static void note_control(nf_pass *p, char kind, char letter, uint64_t number, uint64_t *last)
{
	const bool by_originator = is_originator(p->tcp, p->end);

	if (nf_history_once(p->history, kind, letter, by_originator) && number != *last)
		nf_history_add(p->history, nf_history_letter(letter, by_originator));
	*last = number;
}

static void note_history(nf_pass *p, uint64_t number)
{
	nf_end *end = p->end;
	const bool by_originator = is_originator(p->tcp, end);

	if (p->syn + p->fin + p->rst > 1)
		nf_history_once(p->history, p->fin && p->rst ? 'I' : 'Q', p->fin && p->rst ? 'I' : 'Q', by_originator);
	else if (p->syn)
		note_control(p, 'S', p->ack ? 'H' : 'S', number, &end->last_syn);
	else if (p->fin)
		note_control(p, 'F', 'F', number + p->segment->payload, &end->last_fin);
	else if (p->rst)
		note_control(p, 'R', 'R', number, &end->last_rst);
	else if (p->segment->payload > 0)
		nf_history_once(p->history, 'D', 'D', by_originator);
	else if (p->ack)
		nf_history_once(p->history, 'A', 'A', by_originator);
	if (p->segment->window == 0 && !p->rst && p->peer->state != NF_TCP_CLOSED && end->state != NF_TCP_RESET)
		nf_history_scaled(p->history, &end->zero_windows, 'W', by_originator);
}

void nf_tcp_bad_checksum(nf_tcp *tcp, nf_history *history, uint8_t end)
{
	nf_history_scaled(history, &tcp->end[end].bad_checksums, 'C', end == tcp->originator);
}

/* --- States --- */

void nf_tcp_init(nf_tcp *tcp, uint8_t originator)
{
	memset(tcp, 0, sizeof *tcp);
	tcp->originator = originator;
	nf_stream_init(&tcp->end[0].stream);
	nf_stream_init(&tcp->end[1].stream);
}

void nf_tcp_flip(nf_tcp *tcp, nf_history *history)
{
	tcp->originator ^= 1;
	tcp->partial = false;
	nf_history_add(history, '^');
}

static void note_partial(nf_pass *p)
{
	nf_tcp *tcp = p->tcp;

	if (tcp->seen & 1u << p->segment->end)
		return;
	if (p->from_originator)
		tcp->partial = !p->syn || p->ack;
	else if (!tcp->partial)
		tcp->partial = !p->syn;
}

/* The first SYN of the originator, or the first of the responder. */
static void first_syn(nf_pass *p)
{
	nf_end *end = p->end, *peer = p->peer;

	if (p->from_originator) {
		set_state(p, end, p->ack ? NF_TCP_SYN_ACK_SENT : NF_TCP_SYN_SENT);
		p->did |= NF_TCP_DID_ATTEMPT;
		return;
	}
	if (!p->ack && peer->state == NF_TCP_SYN_ACK_SENT && p->segment->seq == (uint32_t)end->start) {
		/* SYN-ACK and SYN were seen in the wrong order. */
		nf_tcp_flip(p->tcp, p->history);
		p->did |= NF_TCP_DID_FLIP;
		set_state(p, peer, NF_TCP_ESTABLISHED);
		p->tcp->seen |= (uint8_t)(1u << p->segment->end);
	}
	if (peer->state == NF_TCP_SYN_SENT)
		set_state(p, peer, NF_TCP_ESTABLISHED);
	set_state(p, end, NF_TCP_ESTABLISHED);
	if (peer->state != NF_TCP_PARTIAL)
		p->did |= NF_TCP_DID_ESTABLISH;
}

static void first_rst(nf_pass *p)
{
	const uint8_t peer = p->peer->state;
	const bool rejects = p->from_originator ? peer == NF_TCP_ESTABLISHED : peer == NF_TCP_SYN_SENT || peer == NF_TCP_SYN_ACK_SENT;

	set_state(p, p->end, NF_TCP_RESET);
	p->closes = true;
	p->ends = !rejects;
}

/* Neither SYN, FIN nor RST. */
static void first_other(nf_pass *p)
{
	if (!p->from_originator && p->segment->payload == 0 && originator(p)->state == NF_TCP_SYN_SENT)
		return; /* some acknowledge a SYN before they answer it */
	if (p->ack && p->peer->state == NF_TCP_ESTABLISHED) {
		/* Only the SYN was missed. */
		set_state(p, p->end, NF_TCP_ESTABLISHED);
		p->tcp->partial = false;
		p->tcp->seen |= (uint8_t)(1u << p->segment->end);
	} else {
		set_state(p, p->end, NF_TCP_PARTIAL);
	}
}

static void from_inactive(nf_pass *p)
{
	if (p->syn)
		first_syn(p);
	if (p->fin) {
		set_state(p, p->end, NF_TCP_CLOSED);
		p->closes = p->ends = true;
	}
	if (p->rst)
		first_rst(p);
	if (p->end->state == NF_TCP_INACTIVE)
		first_other(p);
}

static void from_syn_sent(nf_pass *p)
{
	if (p->fin) {
		set_state(p, p->end, NF_TCP_CLOSED);
		p->closes = p->ends = true;
	}
	if (p->rst) {
		set_state(p, p->end, NF_TCP_RESET);
		p->tcp->over = true;
		p->closes = true;
	}
}

static void from_established(nf_pass *p)
{
	nf_end *end = p->end, *peer = p->peer;

	if (p->syn && !p->ack && end->state == NF_TCP_PARTIAL && peer->state == NF_TCP_INACTIVE)
		set_state(p, end, NF_TCP_SYN_SENT);
	if (p->fin && !p->rst) {
		set_state(p, end, NF_TCP_CLOSED);
		if (peer->state == NF_TCP_RESET && peer->before == NF_TCP_CLOSED)
			set_state(p, peer, NF_TCP_CLOSED); /* FIN, then RST: a close as usual */
		p->closes = p->ends = true;
	}
	if (p->rst) {
		set_state(p, end, NF_TCP_RESET);
		p->closes = true;
		if (peer->state != NF_TCP_RESET || peer->before != NF_TCP_ESTABLISHED)
			p->tcp->over = true;
	}
}

static void from_closed(nf_pass *p)
{
	if (!p->rst || p->peer->state == NF_TCP_CLOSED)
		return;
	set_state(p, p->end, NF_TCP_RESET);
	p->closes = !p->end->closed;
	p->did |= NF_TCP_DID_RESET;
}

static void change_state(nf_pass *p)
{
	switch (p->end->state) {
	case NF_TCP_INACTIVE: from_inactive(p); break;
	case NF_TCP_SYN_SENT:
	case NF_TCP_SYN_ACK_SENT: from_syn_sent(p); break;
	case NF_TCP_PARTIAL:
	case NF_TCP_ESTABLISHED: from_established(p); break;
	case NF_TCP_CLOSED: from_closed(p); break;
	default: break;
	}
}

/* --- Bytes --- */

static bool is_clean(const nf_end *end)
{
	return end->state == NF_TCP_ESTABLISHED || (end->state == NF_TCP_CLOSED && end->before == NF_TCP_ESTABLISHED);
}

/* Bytes of an end are missing, or wait for an acknowledgement, so that its close is not to be noted yet. */
static bool has_pending(const nf_end *end, const nf_end *peer)
{
	if (end->stream.gave_up)
		return false;
	const uint64_t complete = (uint64_t)end->start + end->stream.complete, sent = sent_whole(end);

	if (sent < complete)
		return false;
	if (complete != sent && complete + 1 != sent)
		return true;
	return end->state != NF_TCP_RESET && nf_stream_holds(&peer->stream);
}

static void note_close(nf_pass *p, nf_end *end, nf_end *peer, bool ends)
{
	nf_tcp *tcp = p->tcp;

	if (has_pending(end, peer)) {
		tcp->deferred = true;
		tcp->deferred_ends = tcp->deferred_ends || ends;
		return;
	}
	tcp->deferred = false;
	if (end->closed)
		return;
	end->closed = true;
	p->did |= NF_TCP_DID_CLOSE_SIDE;
	if (end->state != NF_TCP_RESET && !peer->closed && peer->state != NF_TCP_INACTIVE) {
		if (end->before != NF_TCP_INACTIVE)
			p->did |= NF_TCP_DID_HALF_CLOSE;
		return;
	}
	if (end->before != NF_TCP_INACTIVE || peer->state != NF_TCP_INACTIVE) {
		if (tcp->deferred_ends)
			ends = true;
		tcp->deferred_ends = false;
		tcp->over = tcp->over || ends;
	}
	p->did |= NF_TCP_DID_CLOSE;
}

/* All of an end's bytes may have been seen now: a close that waited for them is noted. */
static void check_end(nf_pass *p, nf_end *end, nf_end *peer)
{
	if (end->at_end || !(end->has_fin || end->state == NF_TCP_CLOSED || end->state == NF_TCP_RESET) || has_pending(end, peer))
		return;
	end->at_end = true;
	if (!p->tcp->deferred)
		return;
	note_close(p, end, peer, p->tcp->deferred_ends);
	p->tcp->deferred = false;
}

/* The sender acknowledges bytes of its peer. */
static void take_ack(nf_pass *p, uint64_t number)
{
	nf_end *peer = p->peer;

	if (peer->has_fin && number >= peer->fin)
		number = peer->fin - 1;
	if (number <= peer->stream.acknowledged)
		return;
	const nf_gaps gaps = nf_stream_ack(&peer->stream, number, p->tcp->partial);

	if (gaps.n > 0 && is_clean(p->end) && is_clean(peer)) {
		for (uint32_t i = 0; i < gaps.n; i++)
			nf_history_scaled(p->history, &peer->gaps, 'G', is_originator(p->tcp, peer));
		p->tcp->missed += gaps.bytes;
	}
	check_end(p, peer, p->end);
}

static void take_data(nf_pass *p, uint64_t number, nf_runs **spare)
{
	nf_end *end = p->end;
	uint64_t from = number + p->syn, to = from + p->segment->payload;
	const uint64_t acked = acked_whole(end) - (uint64_t)end->start;

	if (end->stream.gave_up)
		return;
	if (from < acked) {
		if (to <= acked)
			return;
		from = acked;
	}
	nf_stream_data(&end->stream, from, to, is_unacknowledged(end), nf_tcp_bytes(p->tcp, p->segment->end), spare);
}

/*
 * Most segments are of this kind: both ends established, nothing but an acknowledgement and perhaps the next bytes, no letter that is not
 * there yet. They are dealt with here as the long way would. False: nothing was done.
 */
static bool take_plain(nf_tcp *tcp, const nf_history *history, const nf_segment *s)
{
	nf_end *end = &tcp->end[s->end], *peer = &tcp->end[!s->end];
	const uint32_t seen = s->end == tcp->originator ? history->seen : history->seen_small;
	const uint32_t from = s->seq - (uint32_t)end->start, acked = s->ack - (uint32_t)peer->start;
	const uint32_t to = from + s->payload;

	if ((s->flags & (NF_TCP_SYN | NF_TCP_FIN | NF_TCP_RST | NF_TCP_ACK)) != NF_TCP_ACK || end->state != NF_TCP_ESTABLISHED ||
	    peer->state != NF_TCP_ESTABLISHED || s->window == 0 || !(seen & 1u << ((s->payload ? 'D' : 'A') - 'A')))
		return false;
	if (end->sent_wraps | peer->acked_wraps || s->seq + s->payload < s->seq || s->seq < (uint32_t)end->start || s->ack < peer->acked ||
	    from > INT32_MAX || acked > INT32_MAX || s->ack == 0 || acked > peer->stream.complete)
		return false;
	if (s->payload > 0 && (s->seq != end->sent || from != end->stream.complete || end->stream.n > 0 || !s->whole || end->stream.gave_up ||
			       to > end->stream.acknowledged + NF_STREAM_HELD_MOST))
		return false;
	if (s->payload == 0 && distance(s->seq, end->sent) > 0)
		return false;
	tcp->seen |= (uint8_t)(1u << s->end);
	peer->acked = s->ack;
	if (acked > peer->stream.acknowledged)
		peer->stream.acknowledged = acked;
	if (s->payload > 0) {
		end->sent = s->seq + s->payload;
		end->stream.complete = to;
		if (to > end->stream.end)
			end->stream.end = to;
		if (to > NF_STREAM_WITHOUT_ACK + 1 && is_unacknowledged(end))
			end->stream.acknowledged = to;
	}
	return true;
}

unsigned nf_tcp_segment(nf_tcp *tcp, nf_history *history, const nf_segment *segment, nf_runs **spare)
{
	nf_end *end = &tcp->end[segment->end], *peer = &tcp->end[!segment->end];

	if (take_plain(tcp, history, segment))
		return NF_TCP_DID_COUNT;
	nf_pass p = {
		.tcp = tcp,
		.history = history,
		.segment = segment,
		.end = end,
		.peer = peer,
		.syn = segment->flags & NF_TCP_SYN,
		.ack = segment->flags & NF_TCP_ACK,
		.fin = segment->flags & NF_TCP_FIN,
		.rst = segment->flags & NF_TCP_RST,
		.from_originator = segment->end == tcp->originator,
	};
	const uint32_t behind = segment->seq + length_in_sequence(&p);
	bool below = false;

	note_partial(&p);
	begin_numbers(&p, behind);
	const uint64_t number = relative(end, segment->seq, end->sent, end->sent_wraps, &below);

	note_history(&p, number);
	if (!end->closed || !peer->closed)
		p.did |= NF_TCP_DID_COUNT;
	if (p.fin) {
		end->has_fin = true;
		end->fin = number + length_in_sequence(&p);
	}
	const uint64_t acked = p.ack ? note_ack(&p) : 0;

	note_sent(&p, behind);
	change_state(&p);
	if (p.ack)
		take_ack(&p, acked);
	tcp->seen |= (uint8_t)(1u << segment->end);
	if (segment->payload > 0 && segment->whole && !p.rst && !below)
		take_data(&p, number, spare);
	check_end(&p, end, peer);
	if (p.closes)
		note_close(&p, end, peer, p.ends);
	return p.did;
}

/* --- Questions --- */

bool nf_tcp_is_reuse(const nf_tcp *tcp, const nf_segment *segment)
{
	const nf_end *first = &tcp->end[tcp->originator], *second = &tcp->end[!tcp->originator];

	if (!(segment->flags & NF_TCP_SYN))
		return false;
	const nf_end *end = first;

	if (segment->flags & NF_TCP_ACK) {
		if (first->state != NF_TCP_INACTIVE)
			return false;
		end = second;
	}
	if (first->closed && second->closed)
		return true;
	if (segment->seq == (uint32_t)end->start)
		return false;
	return (segment->flags & NF_TCP_ACK) || end->state != NF_TCP_SYN_ACK_SENT || second->state != NF_TCP_INACTIVE ||
	       segment->seq != (uint32_t)second->start;
}

bool nf_tcp_is_attempt(const nf_tcp *tcp)
{
	const uint8_t state = tcp->end[tcp->originator].state;

	return !tcp->over && (state == NF_TCP_SYN_SENT || state == NF_TCP_SYN_ACK_SENT) && tcp->end[!tcp->originator].state == NF_TCP_INACTIVE;
}

bool nf_tcp_is_winding_up(const nf_tcp *tcp)
{
	const nf_end *a = &tcp->end[0], *b = &tcp->end[1];

	if (tcp->over)
		return false;
	if (a->state == NF_TCP_INACTIVE && b->state == NF_TCP_INACTIVE)
		return true;
	if (!a->closed && !b->closed)
		return false;
	return (a->closed && b->closed) || a->state == NF_TCP_RESET || b->state == NF_TCP_RESET || a->state == NF_TCP_INACTIVE ||
	       b->state == NF_TCP_INACTIVE;
}

uint64_t nf_tcp_bytes(const nf_tcp *tcp, uint8_t which)
{
	const nf_end *end = &tcp->end[which], *peer = &tcp->end[!which];

	if (end->before == NF_TCP_SYN_SENT && end->state == NF_TCP_RESET && peer->state == NF_TCP_INACTIVE && !is_unacknowledged(end))
		return 0;
	const uint64_t sent = sent_whole(end), acked = acked_whole(end);
	uint64_t bytes = (sent > acked ? sent : acked) - (uint64_t)end->start;

	bytes -= bytes > 0;                   /* the SYN */
	bytes -= end->has_fin && bytes > 0;   /* the FIN */
	return bytes;
}

/* An S, and then an R with nothing of H, A, F, G, I, Q of the originator between. */
static bool is_syn_then_rst(const nf_history *history)
{
	unsigned i = history->n > 0 && history->letters[0] == '^';

	if (i >= history->n || history->letters[i] != 'S')
		return false;
	for (i++; i < history->n && history->letters[i] != 'R'; i++)
		if (strchr("HAFGIQ", history->letters[i]))
			return false;
	return i < history->n;
}

static bool is_silent(uint8_t state)
{
	return state == NF_TCP_INACTIVE || state == NF_TCP_PARTIAL;
}

const char *nf_tcp_state(const nf_tcp *tcp, const nf_history *history)
{
	const uint8_t o = tcp->end[tcp->originator].state, r = tcp->end[!tcp->originator].state;

	if (r == NF_TCP_RESET) {
		if (o == NF_TCP_SYN_SENT || o == NF_TCP_SYN_ACK_SENT)
			return "REJ";
		if (o == NF_TCP_RESET && nf_tcp_bytes(tcp, 0) == 0 && nf_tcp_bytes(tcp, 1) == 0)
			return "REJ";
		return is_silent(o) ? "RSTRH" : "RSTR";
	}
	if (o == NF_TCP_RESET) {
		if (!is_silent(r))
			return "RSTO";
		return is_syn_then_rst(history) ? "RSTOS0" : "OTH";
	}
	if (o == NF_TCP_CLOSED && r == NF_TCP_CLOSED)
		return "SF";
	if (o == NF_TCP_CLOSED)
		return is_silent(r) ? "SH" : "S2";
	if (r == NF_TCP_CLOSED)
		return is_silent(o) ? "SHR" : "S3";
	if (o == NF_TCP_SYN_SENT && r == NF_TCP_INACTIVE)
		return "S0";
	return o == NF_TCP_ESTABLISHED && r == NF_TCP_ESTABLISHED ? "S1" : "OTH";
}
