/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How connections live in the zeek profile: to which one a packet belongs, and when one ends. */
#include "connection.h"
#include "deadlines.h"
#include "ports.h"

#include "flow/engine_internal.h"

#include <netflower/zeek.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct nf_zeek_life {
	nf_deadlines deadlines;
	nf_zeek_options options;
	nf_hash_seed uid_seed;
	nf_arena runs;      /* of the streams of open connections that had a hole */
	nf_runs *spare;     /* one of them, for the next such stream */
	bool bad_frame;     /* the frame's first packet is not to be looked at, so what it carries is not either */
	bool carrier_only;  /* the frame's first packet was counted as skipped, for it may only be a tunnel's */
} nf_zeek_life;

static const int64_t never = INT64_MAX;

static nf_zeek_life *life_of(const nf_engine *engine)
{
	return engine->life;
}

static nf_connection *connection_of(const nf_record *record)
{
	return record->u.numbers;
}

void nf_zeek_options_init(nf_zeek_options *options)
{
	*options = (nf_zeek_options){
#define NF_ZEEK_TIME(name, seconds, text) .name##_ns = (seconds) * NF_SECOND_NS,
#include <netflower/zeek.def>
#undef NF_ZEEK_TIME
	};
}

static bool begin(nf_engine *engine)
{
	nf_zeek_life *life = calloc(1, sizeof *life);

	if (!life)
		return false;
	engine->life = life;
	nf_arena_init(&life->runs, sizeof(nf_runs));
	engine->life_reserve = nf_arena_cost(&life->runs);
	life->options = engine->options.zeek;
	life->deadlines.dropped = nf_engine_dropped_share(engine);
	if (life->options.fixed_uids) {
		life->uid_seed.word[0] = nf_fold_product(life->options.uid_seed ^ UINT64_C(0x589965cc75374cc3), UINT64_C(0xa0761d6478bd642f));
		life->uid_seed.word[1] = nf_fold_product(life->options.uid_seed ^ UINT64_C(0xe7037ed1a0b428db), UINT64_C(0x8ebc6af09c88c6e3));
		return true;
	}
	return getentropy(&life->uid_seed, sizeof life->uid_seed) == 0;
}

static void clear(nf_engine *engine)
{
	nf_zeek_life *life = life_of(engine);

	nf_deadlines_clear(&life->deadlines);
	nf_arena_clear(&life->runs);
	free(life);
}

static int64_t later(int64_t from_ns, int64_t by_ns)
{
	int64_t sum;

	return __builtin_add_overflow(from_ns, by_ns, &sum) ? never : sum;
}

/* --- Ends --- */

static bool is_tcp(const nf_record *record)
{
	return record->key.protocol == NF_PROTOCOL_TCP;
}

static nf_end_reason reason_of(const nf_record *record)
{
	const nf_connection *c = connection_of(record);

	if (!is_tcp(record) || (!c->u.tcp.end[0].closed && !c->u.tcp.end[1].closed))
		return NF_END_IDLE;
	return c->u.tcp.end[0].state == NF_TCP_RESET || c->u.tcp.end[1].state == NF_TCP_RESET ? NF_END_RST : NF_END_FIN;
}

/* A row needs no runs. Their room stays with the life, which counts it for good. */
static void free_runs(nf_engine *engine, nf_stream *stream)
{
	if (stream->runs)
		nf_arena_put(&life_of(engine)->runs, stream->runs);
	stream->runs = NULL;
}

static void leave(nf_engine *engine, nf_record *record, nf_end_reason reason)
{
	for (int i = 0; i < 2 && is_tcp(record); i++)
		free_runs(engine, &connection_of(record)->u.tcp.end[i].stream);
	nf_engine_enqueue(engine, record, reason);
}

/* A connection that is not in the deadlines ends. */
static void end(nf_engine *engine, nf_record *record, nf_end_reason reason)
{
	nf_table_remove(&engine->table, record);
	leave(engine, record, reason);
}

static void end_armed(nf_engine *engine, nf_record *record, nf_end_reason reason)
{
	nf_deadlines_forget(&life_of(engine)->deadlines);
	end(engine, record, reason);
}

/* Not 0, for then a connection would be looked at without end. */
static int64_t session_timer(const nf_zeek_life *life)
{
	return life->options.tcp_session_timer_ns > 0 ? life->options.tcp_session_timer_ns : 1;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When a connection is to be looked at next. */
static int64_t due_ns(const nf_record *record)
{
	const nf_connection *c = connection_of(record);
	const nf_due *due = &c->due;
	int64_t at = later(c->last_ns, due->silence);

	if (!is_tcp(record))
		return earlier(at, due->check);
	at = earlier(earlier(at, due->attempt), earlier(due->reset, due->close));
	at = earlier(at, due->half);
	/* Before a side has closed nothing comes of a check, so it need not be made. */
	return nf_tcp_may_wind_up(&c->u.tcp) ? earlier(at, due->check) : at;
}

/* Questions and answers over UDP do not wait for each other as long as other packets do. */
static bool is_dns_over(const nf_zeek_life *life, nf_record *record, int64_t now_ns)
{
	nf_connection *c = connection_of(record);
	const int64_t timeout = life->options.dns_session_timeout_ns;

	if (c->due.check > now_ns)
		return false;
	if (!nf_service_wants(&c->service) && !nf_connection_has_service(c, "dns"))
		c->due.check = never;
	else if (later(c->last_ns, timeout > NF_SECOND_NS ? timeout - NF_SECOND_NS : 0) <= now_ns)
		return true;
	else
		c->due.check = later(now_ns, timeout > 0 ? timeout : 1);
	return false;
}

/* Whether a connection that is looked at now is over. Sets its next limits where it is not. */
static bool is_over(const nf_zeek_life *life, nf_record *record, int64_t now_ns)
{
	nf_connection *c = connection_of(record);
	nf_due *due = &c->due;

	if (later(c->last_ns, due->silence) <= now_ns) {
		if (!is_tcp(record) || due->silence >= life->options.interactive_inactivity_timeout_ns ||
		    !(nf_connection_has_service(c, "ssh") || nf_connection_has_service(c, "ftp")))
			return true;
		due->silence = life->options.interactive_inactivity_timeout_ns;
	}
	if (!is_tcp(record))
		return is_dns_over(life, record, now_ns);
	if (due->close <= now_ns)
		return true;
	if (due->attempt <= now_ns) {
		if (nf_tcp_is_attempt(&c->u.tcp))
			return true;
		due->attempt = never;
	}
	if (due->reset <= now_ns) {
		if (!c->u.tcp.over)
			return true;
		due->reset = never;
	}
	if (due->check <= now_ns || due->half <= now_ns) {
		if (later(c->last_ns, life->options.tcp_connection_linger_ns) < now_ns && nf_tcp_is_winding_up(&c->u.tcp))
			return true;
		if (due->check <= now_ns)
			due->check = later(now_ns, session_timer(life));
		if (due->half <= now_ns)
			due->half = later(now_ns, session_timer(life));
	}
	return false;
}

/* The checks that were not made until now would have been made at these distances. */
static void catch_up(const nf_zeek_life *life, nf_due *due, int64_t now_ns)
{
	const int64_t step = session_timer(life);

	if (due->check > now_ns)
		return;
	if (now_ns - due->check >= step)
		due->check += (now_ns - due->check) / step * step;
	due->check = later(due->check, step);
}

/* Arms a connection anew when its limit has come nearer. */
static bool arm(nf_engine *engine, nf_record *record)
{
	const int64_t at = due_ns(record);

	return at >= connection_of(record)->due.armed || nf_deadlines_arm(&life_of(engine)->deadlines, record, at);
}

static bool expire(nf_engine *engine, int64_t now_ns)
{
	nf_zeek_life *life = life_of(engine);
	nf_record *record;

	while ((record = nf_deadlines_due(&life->deadlines, now_ns)) != NULL) {
		if (due_ns(record) <= now_ns && is_over(life, record, now_ns))
			end(engine, record, reason_of(record));
		else if (!nf_deadlines_arm(&life->deadlines, record, due_ns(record)))
			return false;
	}
	return true;
}

/* The connection that would end first makes room for another one. */
static bool evict(nf_engine *engine)
{
	nf_zeek_life *life = life_of(engine);
	nf_record *record;

	while ((record = nf_deadlines_due(&life->deadlines, never)) != NULL) {
		const int64_t at = due_ns(record);

		if (life->deadlines.heap.n == 0 || at <= life->deadlines.heap.first->deadline_ns) {
			end(engine, record, NF_END_EVICTED);
			return true;
		}
		if (!nf_deadlines_arm(&life->deadlines, record, at))
			return false;
	}
	return true;
}

/* --- Beginnings --- */

/* Whether it was the responder that sent the first packet seen: it sent from a port of servers. */
static bool is_from_responder(const nf_packet *p)
{
	static const uint8_t broadcast[4] = {255, 255, 255, 255};
	const uint8_t protocol = p->key.protocol, flags = p->tcp_flags;

	if (!nf_port_is_servers(protocol, p->key.port[0]) || (p->key.ip_version == 4 && memcmp(p->key.address[1], broadcast, 4) == 0))
		return false;
	const bool both = nf_port_is_servers(protocol, p->key.port[1]);

	if (protocol != NF_PROTOCOL_TCP)
		return !both;
	if ((flags & (NF_TCP_SYN | NF_TCP_ACK)) == NF_TCP_SYN)
		return false;
	return !both || (!(flags & NF_TCP_SYN) && p->key.port[0] < p->key.port[1]);
}

static int64_t first_silence(const nf_zeek_options *options, uint8_t protocol)
{
	switch (protocol) {
	case NF_PROTOCOL_TCP:
	case NF_PROTOCOL_UDP: return options->udp_inactivity_timeout_ns;
	case NF_PROTOCOL_ICMP:
	case NF_PROTOCOL_ICMPV6: return options->icmp_inactivity_timeout_ns;
	default: return options->unknown_ip_inactivity_timeout_ns;
	}
}

static void connection_init(const nf_zeek_life *life, nf_record *record, const nf_turn *w)
{
	nf_connection *c = connection_of(record);
	const nf_detail *d = w->detail;
	const uint8_t protocol = record->key.protocol;
	const bool flip = is_from_responder(w->packet);

	memset(c, 0, offsetof(nf_connection, u));
	c->uid = nf_uid_make(&life->uid_seed, &record->key, record->first_ns, record->sequence);
	c->last_ns = record->first_ns;
	c->originator = w->sender;
	c->due = (nf_due){never, never, never, never, never, never, first_silence(&life->options, protocol)};
	c->has_vlan = d && d->has & NF_HAS_VLAN;
	c->has_inner_vlan = d && d->has & NF_HAS_INNER_VLAN;
	c->vlan = c->has_vlan ? d->vlan[0] : 0;
	c->inner_vlan = c->has_inner_vlan ? d->vlan[1] : 0;
	if (protocol == NF_PROTOCOL_TCP) {
		nf_tcp_init(&c->u.tcp, w->sender);
		c->due.check = later(record->first_ns, life->options.tcp_SYN_timeout_ns);
	} else {
		c->u.datagrams = (nf_datagrams){0};
	}
	if (flip) {
		c->originator ^= 1;
		if (protocol == NF_PROTOCOL_TCP)
			nf_tcp_flip(&c->u.tcp, &c->history);
		else
			nf_history_add(&c->history, '^');
	}
	if (protocol == NF_PROTOCOL_UDP && nf_port_is_dns(record->key.port[!c->originator]))
		c->due.check = later(record->first_ns, life->options.dns_session_timeout_ns);
	record->forward = c->originator;
	nf_service_init(&c->service, protocol, record->key.port[c->originator], record->key.port[!c->originator]);
}

static nf_record *start(nf_engine *engine, const nf_turn *w)
{
	nf_zeek_life *life = life_of(engine);
	nf_stats *stats = &engine->stats;

	if (engine->options.max_flows && stats->alive >= engine->options.max_flows && !evict(engine))
		return NULL;
	nf_record *record = nf_engine_record_new(engine, &w->key, NF_STATE_OPEN, w->ts_ns);

	if (!record)
		return NULL;
	record->u.numbers = nf_engine_numbers_new(engine, record);
	if (!record->u.numbers || !nf_table_insert(&engine->table, record, w->hash))
		return NULL;
	record->packets = NF_MANY;
	connection_init(life, record, w);
	if (++stats->alive > stats->alive_most)
		stats->alive_most = stats->alive;
	return nf_deadlines_arm(&life->deadlines, record, due_ns(record)) ? record : NULL;
}

/* --- Packets --- */

/* The tunnel that carried a packet, if it is one that carried none of its connection yet. */
static void note_parent(nf_engine *engine, nf_connection *c, const nf_detail *d)
{
	const nf_key key = nf_key_compare_ends(&d->outer) > 0 ? nf_key_reversed(&d->outer) : d->outer;
	const nf_record *record = nf_table_find(&engine->table, &key, nf_table_hash(&engine->table, &key));
	const nf_uid uid = record ? connection_of(record)->uid : nf_uid_make(&life_of(engine)->uid_seed, &key, 0, 0);

	for (int i = 0; i < c->parents; i++)
		if (nf_uid_equal(&c->parent[i], &uid))
			return;
	if (c->parents < NF_PARENTS)
		c->parent[c->parents++] = uid;
}

/* New bytes of a side, in order, for the service. What came early is not kept: it is a gap there. */
static void note_service(nf_connection *c, const nf_detail *d, const nf_packet *p, const nf_segment *s, const uint64_t before[2])
{
	const nf_end *end = &c->u.tcp.end[s->end];
	const unsigned side = s->end != c->originator;
	const uint64_t after = end->stream.complete;

	if (c->u.tcp.end[!s->end].stream.complete > before[!s->end])
		nf_service_gap(&c->service, !side);
	if (after <= before[s->end] || p->payload_bytes == 0 || !d->payload)
		return;
	/* The segment made bytes complete, so it has the first of them. */
	const uint64_t from = end->start < 0 ? 0 : (uint64_t)(uint32_t)(s->seq + ((s->flags & NF_TCP_SYN) != 0) - (uint32_t)end->start);
	const uint32_t skip = (uint32_t)before[s->end] - (uint32_t)from;

	if (skip >= d->payload_kept)
		return;
	const bool complete = d->payload_kept >= p->payload_bytes;

	nf_service_data(&c->service, side, d->payload + skip, d->payload_kept - skip, complete);
	if (complete && after - before[s->end] > p->payload_bytes - skip)
		nf_service_gap(&c->service, side);
}

static void set_limits(const nf_zeek_life *life, nf_record *record, unsigned did, int64_t now_ns)
{
	nf_connection *c = connection_of(record);
	const nf_zeek_options *o = &life->options;
	nf_due *due = &c->due;

	if (did & NF_TCP_DID_WAKE)
		due->silence = o->tcp_inactivity_timeout_ns;
	if (did & NF_TCP_DID_ESTABLISH && nf_port_is_interactive(record->key.port[!c->originator]))
		due->silence = o->interactive_inactivity_timeout_ns;
	if (did & NF_TCP_DID_ATTEMPT)
		due->attempt = later(now_ns, o->tcp_attempt_delay_ns);
	if (did & NF_TCP_DID_RESET)
		due->reset = later(now_ns, o->tcp_reset_delay_ns);
	if (did & NF_TCP_DID_HALF_CLOSE)
		due->half = later(c->last_ns, o->tcp_session_timer_ns);
	if (did & NF_TCP_DID_CLOSE) {
		due->attempt = due->reset = due->check = due->half = never;
		due->close = later(c->last_ns, o->tcp_close_delay_ns);
	}
	catch_up(life, due, now_ns);
}

static bool has_spare(nf_engine *engine)
{
	nf_zeek_life *life = life_of(engine);

	if (life->spare)
		return true;
	if (!life->runs.spare)
		engine->life_bytes += nf_arena_cost(&life->runs);
	life->spare = nf_arena_get(&life->runs);
	return life->spare;
}

/* False: the packet is none that counts. */
static bool take_tcp(nf_engine *engine, nf_record *record, const nf_turn *w, const nf_segment *s, unsigned *did)
{
	nf_zeek_life *life = life_of(engine);
	nf_connection *c = connection_of(record);
	const nf_packet *p = w->packet;

	if (p->flags & NF_PACKET_BAD_CHECKSUM) {
		nf_tcp_bad_checksum(&c->u.tcp, &c->history, s->end);
		return false;
	}
	if (p->ip_bytes < (uint32_t)w->detail->ip_header_bytes + p->header_bytes)
		return false;
	const uint64_t before[2] = {c->u.tcp.end[0].stream.complete, c->u.tcp.end[1].stream.complete};

	*did = nf_tcp_segment(&c->u.tcp, &c->history, s, &life->spare);
	if (*did & NF_TCP_DID_COUNT)
		c->last_ns = w->ts_ns;
	if (*did & NF_TCP_DID_FLIP) {
		record->forward = c->originator = c->u.tcp.originator;
		nf_service_flip(&c->service);
	}
	if (*did & ~(unsigned)NF_TCP_DID_COUNT)
		set_limits(life, record, *did, w->ts_ns);
	if (nf_service_wants(&c->service))
		note_service(c, w->detail, p, s, before);
	return true;
}

static bool take_datagram(nf_record *record, const nf_turn *w, uint8_t from)
{
	nf_connection *c = connection_of(record);
	nf_datagrams *u = &c->u.datagrams;
	const nf_packet *p = w->packet;
	const nf_detail *d = w->detail;
	const bool is_udp = p->key.protocol == NF_PROTOCOL_UDP;

	if (p->flags & NF_PACKET_BAD_CHECKSUM) {
		if (is_udp)
			nf_history_scaled(&c->history, &u->bad_checksums[from], 'C', from == c->originator);
		return false;
	}
	c->last_ns = w->ts_ns;
	if (is_udp) {
		nf_history_once(&c->history, 'D', 'D', from == c->originator);
		if (nf_service_wants(&c->service) && d->payload)
			nf_service_data(&c->service, from != c->originator, d->payload, d->payload_kept, d->payload_kept >= p->payload_bytes);
		u->bytes[from] += p->payload_bytes;
		u->active[from] = true;
	} else if (p->key.protocol == NF_PROTOCOL_ICMP || p->key.protocol == NF_PROTOCOL_ICMPV6) {
		u->bytes[from] += p->ip_bytes - d->ip_header_bytes - 8u;
		u->active[from] = true;
	}
	return true;
}

/* The connection of a turn: the open one, or a new one. */
static nf_record *connection_for(nf_engine *engine, const nf_turn *w, nf_segment *s)
{
	nf_record *record = nf_engine_find(engine, w);

	if (record)
		s->end = w->is_loop ? connection_of(record)->originator : w->sender;
	if (record && is_tcp(record) && nf_tcp_is_reuse(&connection_of(record)->u.tcp, s)) {
		end_armed(engine, record, reason_of(record));
		record = NULL;
	}
	if (!record) {
		record = start(engine, w);
		if (record)
			s->end = w->is_loop ? connection_of(record)->originator : w->sender;
	}
	return record;
}

static bool has_room_for_header(const nf_turn *w)
{
	return w->packet->ip_bytes >= w->detail->ip_header_bytes + 8u;
}

/* IP protocols whose packets are no connections: they only carry others, or nothing that can be told apart. */
static bool is_carrier(uint8_t protocol)
{
	enum { IPIP = 4, IPV6 = 41, GRE = 47, ESP = 50, NO_NEXT = 59, MOBILITY = 135 };

	return protocol == IPIP || protocol == IPV6 || protocol == GRE || protocol == ESP || protocol == NO_NEXT || protocol == MOBILITY;
}

/* Whether a packet is one of a connection; counts it where it is not. */
static bool is_wanted(nf_engine *engine, const nf_turn *w)
{
	nf_zeek_life *life = life_of(engine);
	const nf_packet *p = w->packet;
	const uint8_t protocol = p->key.protocol;
	const bool also = p->flags & NF_PACKET_ALSO;
	nf_skip skip = NF_SKIP_NONE;

	if (also && life->bad_frame)
		return false;
	life->bad_frame = false;
	if (is_carrier(protocol))
		skip = NF_SKIP_OTHER_PROTOCOL;
	else if (p->flags & NF_PACKET_NO_LENGTH && engine->options.decode.checksums != NF_CHECKSUMS_IGNORE)
		skip = NF_SKIP_MALFORMED; /* its checksum cannot be right either */
	else if ((protocol == NF_PROTOCOL_ICMP || protocol == NF_PROTOCOL_ICMPV6) && !has_room_for_header(w))
		skip = NF_SKIP_MALFORMED;
	if (!also) {
		engine->stats.skipped[skip] += skip != NF_SKIP_NONE;
		life->carrier_only = skip == NF_SKIP_OTHER_PROTOCOL;
	}
	return skip == NF_SKIP_NONE;
}

/* What a frame counts as by what became of one of its packets. One that a tunnel carries decides where the tunnel's own is no connection. */
static void count(nf_engine *engine, const nf_packet *p, bool taken)
{
	nf_zeek_life *life = life_of(engine);
	const nf_skip skip = p->flags & NF_PACKET_BAD_CHECKSUM ? NF_SKIP_BAD_CHECKSUM : NF_SKIP_MALFORMED;

	life->bad_frame = !taken;
	if (p->flags & NF_PACKET_ALSO) {
		if (!life->carrier_only)
			return;
		engine->stats.skipped[NF_SKIP_OTHER_PROTOCOL]--;
		life->carrier_only = false;
	}
	engine->stats.used += taken;
	engine->stats.skipped[skip] += !taken;
}

static void tell_watchers(nf_engine *engine, nf_record *record, const nf_turn *w)
{
	const nf_brief brief = nf_turn_brief(w, record, w->ts_ns);
	nf_engine_watch(engine, record, &brief, w);
}

/* What a connection is known by: of ICMP the direction too, where messages have no answers, and of protocols without a state no ports. */
static void find_key(nf_engine *engine, nf_turn *w)
{
	const uint8_t protocol = w->key.protocol;

	if (protocol == NF_PROTOCOL_TCP || protocol == NF_PROTOCOL_UDP)
		return; /* only without details */
	w->key.identifier = 0;
	if (protocol != NF_PROTOCOL_ICMP && protocol != NF_PROTOCOL_ICMPV6) {
		w->key.port[0] = w->key.port[1] = 0;
		w->is_loop = w->is_loop || nf_key_compare_ends(&w->key) == 0;
	} else if (!nf_icmp_is_two_way(protocol, w->detail->icmp_type)) {
		w->key.identifier = (uint16_t)(1 + w->sender);
	}
	w->hash = nf_table_hash(&engine->table, &w->key);
}

static bool work(nf_engine *engine, const nf_turn *w)
{
	const nf_packet *p = w->packet;

	if (!expire(engine, w->ts_ns))
		return false;
	if (!is_wanted(engine, w))
		return true;
	const nf_detail *d = w->detail;
	nf_segment s = {d->tcp_seq, d->tcp_ack, p->payload_bytes, p->window, p->tcp_flags, w->sender, d->payload_captured >= p->payload_bytes};

	nf_record *record = connection_for(engine, w, &s);

	if (!record || !has_spare(engine))
		return false;
	nf_connection *c = connection_of(record);
	const int64_t last_ns = c->last_ns;
	unsigned did = 0;

	if (d->has & NF_HAS_OUTER)
		note_parent(engine, c, d);
	if (w->ts_ns < record->last_ns)
		nf_engine_note_out_of_order(engine, p);
	else
		record->last_ns = w->ts_ns;
	if (is_tcp(record) ? take_tcp(engine, record, w, &s, &did) : take_datagram(record, w, s.end)) {
		c->packets[s.end]++;
		c->ip_bytes[s.end] += p->flags & NF_PACKET_NO_LENGTH ? 0 : p->ip_bytes; /* Zeek counts what the header tells */
		count(engine, p, true);
		if (engine->watched)
			tell_watchers(engine, record, w);
	} else {
		count(engine, p, false);
	}
	/* A packet that only counts brings no limit nearer, unless it is late. */
	return did == 0 || (did == NF_TCP_DID_COUNT && c->last_ns >= last_ns) || arm(engine, record);
}

static bool turns(nf_engine *engine, const nf_turn *turns, size_t n)
{
	static const nf_detail nothing;

	for (size_t i = 0; i < n; i++) {
		const uint8_t protocol = turns[i].key.protocol;

		if (turns[i].detail && (protocol == NF_PROTOCOL_TCP || protocol == NF_PROTOCOL_UDP)) {
			if (!work(engine, &turns[i]))
				return false;
			continue;
		}
		nf_turn turn = turns[i];

		if (!turn.detail)
			turn.detail = &nothing;
		find_key(engine, &turn);
		if (!work(engine, &turn))
			return false;
	}
	return true;
}

static void finish(nf_engine *engine)
{
	nf_deadlines *deadlines = &life_of(engine)->deadlines;
	const nf_heap *heap = nf_deadlines_by_sequence(deadlines);

	for (size_t i = 0; i < heap->n; i++)
		leave(engine, nf_heap_at(heap, i)->record, NF_END_EOF);
	nf_deadlines_empty(deadlines);
}

static bool moved(nf_engine *engine, nf_record *record)
{
	const int64_t armed = connection_of(record)->due.armed;

	return armed == never || nf_heap_push(&life_of(engine)->deadlines.heap, (nf_timer){armed, record->sequence, record});
}

static size_t timer_bytes(const nf_engine *engine)
{
	return nf_heap_bytes(&life_of(engine)->deadlines.heap);
}

static const nf_life life_zeek = {begin, clear, turns, expire, finish, evict, moved, timer_bytes};

/* --- Numbers --- */

static void numbers_init(void *numbers)
{
	memset(numbers, 0, sizeof(nf_connection));
}

/* The life itself does it. */
static void numbers_add(void *numbers, const nf_brief *brief, const nf_detail *detail)
{
	(void)numbers;
	(void)brief;
	(void)detail;
}

static uint64_t numbers_packets(const void *numbers)
{
	const nf_connection *c = numbers;

	return c->packets[0] + c->packets[1];
}

static void numbers_shift(void *numbers, int64_t by_ns)
{
	nf_connection *c = numbers;

	c->last_ns = (int64_t)((uint64_t)c->last_ns + (uint64_t)by_ns);
}

static const nf_numbers numbers_zeek = {
	(sizeof(nf_connection) + 15) / 16 * 16, false, numbers_init, numbers_add, numbers_packets, numbers_shift};

const nf_model nf_model_zeek = {
	.life = &life_zeek,
	.numbers = &numbers_zeek,
	.limits = {NF_NO_SUCH_LIMIT, NF_NO_SUCH_LIMIT, NF_NO_SUCH_LIMIT},
	.live_limits = {NF_NO_SUCH_LIMIT, NF_NO_SUCH_LIMIT, NF_NO_SUCH_LIMIT},
	.wants_details = true,
};
