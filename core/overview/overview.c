/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What frames and connections add to the counters and sketches. */
#include "overview_internal.h"

#include "flow/record.h"
#include "zeek/connection.h"
#include "zeek/fields.h"

#include <stdlib.h>

nf_overview *nf_overview_new(void)
{
	nf_overview *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	bool good = nf_heavy_init(&o->hosts, NF_OVERVIEW_HOSTS, sizeof(nf_host));

	good = nf_heavy_init(&o->pairs, NF_OVERVIEW_PAIRS, sizeof(nf_pair)) && good;
	good = nf_heavy_init(&o->scanners, NF_OVERVIEW_SCANNERS, sizeof(nf_scanner)) && good;
	good = nf_heavy_init(&o->targets, NF_OVERVIEW_TARGETS, sizeof(nf_target)) && good;
	if (good)
		return o;
	nf_overview_free(o);
	return NULL;
}

void nf_overview_free(nf_overview *o)
{
	if (!o)
		return;
	nf_heavy_clear(&o->hosts);
	nf_heavy_clear(&o->pairs);
	nf_heavy_clear(&o->scanners);
	nf_heavy_clear(&o->targets);
	free(o);
}

/* Frames that the user's filter does not take are none of the capture's for them. */
void nf_overview_frame(nf_overview *o, const nf_frame *frame)
{
	const uint32_t wire = frame->wire > frame->captured ? frame->wire : frame->captured;

	if (frame->flags & NF_FRAME_FILTERED) {
		o->filtered++;
		return;
	}
	o->frames++;
	o->bytes += wire;
	if (frame->flags & NF_FRAME_NO_TIME)
		o->without_time++;
	else
		nf_timeline_add(&o->timeline, frame->ts_ns, wire);
}

/* --- A connection --- */

static size_t field_of(const char *name)
{
	size_t i = 0;

	while (strcmp(nf_field_name(i), name) != 0)
		i++;
	return i;
}

static void add(nf_volume *to, const nf_told *t)
{
	to->connections++;
	to->packets += t->packets[0] + t->packets[1];
	to->bytes += t->bytes[0] + t->bytes[1];
}

/* A text of conn.log that is a constant. */
static const char *state_of(const nf_flow *flow)
{
	static const nf_zeek_log_options none;
	char room[NF_FIELD_ROOM];
	const nf_field field = nf_field_value(field_of("conn_state"), flow, &none, room);

	for (size_t i = 0; i < NF_OVERVIEW_STATES; i++)
		if (strncmp(nf_state_name(i), field.u.text.from, field.u.text.n) == 0 && nf_state_name(i)[field.u.text.n] == '\0')
			return nf_state_name(i);
	return "OTH";
}

static void describe_tcp(nf_told *t, const nf_tcp *tcp)
{
	for (int end = 0; end < 2; end++) {
		t->retransmissions += tcp->end[end].retransmissions;
		t->zero_windows += tcp->end[end].zero_windows;
		t->bad_checksums += tcp->end[end].bad_checksums;
	}
	t->missed_bytes = tcp->missed;
}

static nf_told describe(const nf_flow *flow)
{
	const nf_connection *c = flow->features;
	const int o = c->originator;
	const nf_key *key = &flow->record->key;
	nf_told t = {.number = nf_flow_number(flow), .key = o == 0 ? *key : nf_key_reversed(key), .first_ns = flow->record->first_ns};

	t.duration_ns = c->last_ns > t.first_ns ? nf_span_ns(t.first_ns, c->last_ns) : 0;
	for (int side = 0; side < 2; side++) {
		t.bytes[side] = c->ip_bytes[side ^ o];
		t.packets[side] = c->packets[side ^ o];
	}
	if (key->protocol == NF_PROTOCOL_TCP)
		describe_tcp(&t, &c->u.tcp);
	else
		t.bad_checksums = (uint64_t)c->u.datagrams.bad_checksums[0] + c->u.datagrams.bad_checksums[1];
	t.state = state_of(flow);
	nf_service_name(&c->service, t.service);
	return t;
}

/* --- Counters --- */

static bool has_payload(const nf_flow *flow)
{
	const nf_connection *c = flow->features;

	if (flow->record->key.protocol == NF_PROTOCOL_TCP)
		return nf_tcp_bytes(&c->u.tcp, 0) > 0 || nf_tcp_bytes(&c->u.tcp, 1) > 0;
	return c->u.datagrams.bytes[0] > 0 || c->u.datagrams.bytes[1] > 0;
}

static nf_volume *service_of(nf_overview *o, const char *name)
{
	for (size_t i = 0; i < o->n_services; i++)
		if (strcmp(o->services[i].name, name) == 0)
			return &o->services[i].volume;
	if (o->n_services == NF_OVERVIEW_SERVICES)
		return &o->other_services;
	memcpy(o->services[o->n_services].name, name, strlen(name) + 1);
	return &o->services[o->n_services++].volume;
}

static void count_service(nf_overview *o, const nf_flow *flow, const nf_told *t)
{
	if (t->key.protocol != NF_PROTOCOL_TCP && t->key.protocol != NF_PROTOCOL_UDP)
		return;
	if (t->service[0])
		add(service_of(o, t->service), t);
	else
		add(has_payload(flow) ? &o->unknown_service : &o->no_payload, t);
}

static void tally(nf_events *to, uint64_t n)
{
	to->total += n;
	to->connections += n > 0;
}

static void count(nf_overview *o, const nf_flow *flow, const nf_told *t)
{
	const nf_connection *c = flow->features;
	const bool tunnelled = c->parents > 0;

	add(&o->all, t);
	if (tunnelled)
		add(&o->tunnelled, t);
	add(&o->protocols[t->key.protocol][t->key.ip_version == 6][tunnelled], t);
	count_service(o, flow, t);
	for (size_t i = 0; i < NF_OVERVIEW_STATES; i++)
		o->states[i] += t->state == nf_state_name(i);
	if (t->key.protocol == NF_PROTOCOL_TCP) {
		o->tcp_packets += t->packets[0] + t->packets[1];
		tally(&o->gaps, (uint64_t)c->u.tcp.end[0].gaps + c->u.tcp.end[1].gaps);
	}
	tally(&o->retransmissions, t->retransmissions);
	tally(&o->missed_bytes, t->missed_bytes);
	tally(&o->zero_windows, t->zero_windows);
	tally(&o->bad_checksums, t->bad_checksums);
}

static void list(nf_top *top, const nf_told *t, uint64_t measure)
{
	size_t to = top->n;

	if (measure == 0)
		return;
	while (to > 0 && (top->told[to - 1].measure < measure || (top->told[to - 1].measure == measure && top->told[to - 1].number > t->number)))
		to--;
	if (to == NF_OVERVIEW_TOP)
		return;
	top->n += top->n < NF_OVERVIEW_TOP;
	memmove(top->told + to + 1, top->told + to, (top->n - to - 1) * sizeof *t);
	top->told[to] = *t;
	top->told[to].measure = measure;
}

static void list_all(nf_overview *o, const nf_told *t)
{
	const uint64_t packets = t->packets[0] + t->packets[1];
	const bool retransmits = t->retransmissions >= NF_RETRANSMISSIONS_LEAST &&
				 t->retransmissions >= (packets * NF_RETRANSMISSIONS_PERCENT + 99) / 100;

	list(&o->lists[NF_LARGEST], t, t->bytes[0] + t->bytes[1]);
	list(&o->lists[NF_LONGEST], t, t->duration_ns);
	list(&o->lists[NF_RETRANSMITTING], t, retransmits ? t->retransmissions : 0);
	list(&o->lists[NF_GAPPED], t, t->missed_bytes);
	list(&o->lists[NF_STALLED], t, t->zero_windows);
	list(&o->lists[NF_BAD], t, t->bad_checksums);
}

/* --- Sketches --- */

static nf_key host_key(const nf_key *key, int side)
{
	nf_key host = {.ip_version = key->ip_version};

	memcpy(host.address[0], key->address[side], 16);
	return host;
}

static void count_hosts(nf_overview *o, const nf_flow *flow, const nf_told *t)
{
	const nf_connection *c = flow->features;
	const bool is_tcp = t->key.protocol == NF_PROTOCOL_TCP;

	for (int side = 0; side < 2; side++) {
		const nf_key key = host_key(&t->key, side);
		nf_host *host = (nf_host *)nf_heavy_add(&o->hosts, &key, t->bytes[0] + t->bytes[1])->body;
		const int end = side ^ c->originator;

		nf_registers_add(o->host_registers, NF_OVERVIEW_HOST_BITS, nf_distinct_hash(&key, sizeof key));
		host->connections++;
		host->sent_bytes += t->bytes[side];
		host->received_bytes += t->bytes[!side];
		host->sent_packets += t->packets[side];
		host->received_packets += t->packets[!side];
		host->tcp_packets += is_tcp ? t->packets[side] : 0;
		host->retransmissions += is_tcp ? c->u.tcp.end[end].retransmissions : 0;
		host->bad_checksums += is_tcp ? c->u.tcp.end[end].bad_checksums : c->u.datagrams.bad_checksums[end];
		if (memcmp(t->key.address[0], t->key.address[1], 16) == 0) {
			host->sent_bytes += t->bytes[!side];
			host->sent_packets += t->packets[!side];
			break;
		}
	}
}

static void count_pair(nf_overview *o, const nf_told *t)
{
	const bool swap = memcmp(t->key.address[0], t->key.address[1], 16) > 0;
	nf_key key = host_key(&t->key, swap);

	memcpy(key.address[1], t->key.address[!swap], 16);
	nf_registers_add(o->pair_registers, NF_OVERVIEW_HOST_BITS, nf_distinct_hash(&key, sizeof key));
	nf_pair *pair = (nf_pair *)nf_heavy_add(&o->pairs, &key, t->bytes[0] + t->bytes[1])->body;

	pair->connections++;
	for (int side = 0; side < 2; side++) {
		pair->bytes[side] += t->bytes[side ^ swap];
		pair->packets[side] += t->packets[side ^ swap];
	}
}

static bool is_group(const nf_key *key)
{
	static const uint8_t broadcast[4] = {255, 255, 255, 255};
	const uint8_t *a = key->address[1];

	if (key->ip_version == 6)
		return a[0] == 0xff;
	return (a[0] & 0xf0) == 0xe0 || memcmp(a, broadcast, 4) == 0;
}

static void see(int64_t *first_ns, int64_t *last_ns, bool is_first, int64_t ns)
{
	*first_ns = is_first || ns < *first_ns ? ns : *first_ns;
	*last_ns = is_first || ns > *last_ns ? ns : *last_ns;
}

/* Without an answer, or refused; an answer that is none was given to a SYN of a scan, too. */
static void count_scanner(nf_overview *o, const nf_told *t)
{
	const bool refused = strcmp(t->state, "REJ") == 0;
	const bool unanswered = strcmp(t->state, "S0") == 0 || strcmp(t->state, "SH") == 0 || strcmp(t->state, "RSTOS0") == 0;

	if ((!refused && !unanswered) || is_group(&t->key))
		return;
	nf_key key = host_key(&t->key, 0);

	key.protocol = t->key.protocol;
	nf_scanner *s = (nf_scanner *)nf_heavy_add(&o->scanners, &key, 1)->body;

	if (s->refused + s->unanswered == 0)
		s->example = t->key;
	see(&s->first_ns, &s->last_ns, s->refused + s->unanswered == 0, t->first_ns);
	s->refused += refused;
	s->unanswered += unanswered;
	nf_distinct_add(&s->ports, nf_distinct_hash(&t->key.port[1], sizeof t->key.port[1]));
	nf_distinct_add(&s->hosts, nf_distinct_hash(t->key.address[1], 16));
}

/* A SYN of the originator, and neither an ACK of it nor a RST of the responder: it does not matter whether there was a SYN-ACK. */
static bool is_half_open(const nf_history *history)
{
	return strchr(history->letters, 'S') && !strpbrk(history->letters, "ADr");
}

static void count_target(nf_overview *o, const nf_flow *flow, const nf_told *t)
{
	const nf_connection *c = flow->features;

	if (t->key.protocol != NF_PROTOCOL_TCP || !is_half_open(&c->history))
		return;
	nf_key key = host_key(&t->key, 1);

	key.protocol = t->key.protocol;
	key.port[0] = t->key.port[1];
	nf_target *target = (nf_target *)nf_heavy_add(&o->targets, &key, 1)->body;
	const bool is_first = target->sources.n == 0;

	if (is_first)
		target->example = t->key;
	see(&target->first_ns, &target->last_ns, is_first, t->first_ns);
	nf_distinct_add(&target->sources, nf_distinct_hash(t->key.address[0], 16));
}

void nf_overview_flow(nf_overview *o, const nf_flow *flow)
{
	const nf_told t = describe(flow);

	count(o, flow, &t);
	list_all(o, &t);
	count_hosts(o, flow, &t);
	count_pair(o, &t);
	if (t.key.protocol == NF_PROTOCOL_TCP || t.key.protocol == NF_PROTOCOL_UDP)
		count_scanner(o, &t);
	count_target(o, flow, &t);
}
