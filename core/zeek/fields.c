/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fields.h"

#include "connection.h"

#include "columns/community.h"
#include "flow/record.h"

#include <netflower/engine.h>

#include <string.h>

static nf_field unset(void)
{
	return (nf_field){.kind = NF_FIELD_UNSET};
}

static nf_field time_of(int64_t ns)
{
	return (nf_field){.kind = NF_FIELD_TIME, .u.ns = ns};
}

static nf_field interval_of(int64_t ns)
{
	return (nf_field){.kind = NF_FIELD_INTERVAL, .u.ns = ns};
}

static nf_field count_of(uint64_t count)
{
	return (nf_field){.kind = NF_FIELD_COUNT, .u.count = count};
}

static nf_field text_n(const char *from, size_t n)
{
	return (nf_field){.kind = NF_FIELD_TEXT, .u.text = {from, n}};
}

static nf_field text_of(const char *from)
{
	return text_n(from, strlen(from));
}

static nf_field enum_of(const char *from)
{
	return text_of(from);
}

static nf_field uid_of(const nf_uid *uid, char *room)
{
	return text_n(room, (size_t)(nf_put_uid(room, uid) - room));
}

static nf_field address_of(const nf_flow *flow, int end)
{
	const nf_key *key = &flow->record->key;

	return (nf_field){.kind = key->ip_version == 4 ? NF_FIELD_IPV4 : NF_FIELD_IPV6, .u.address = key->address[end]};
}

static nf_field port_of(const nf_flow *flow, int end)
{
	return count_of(flow->record->key.port[end]);
}

static const char *protocol_name(const nf_flow *flow)
{
	switch (flow->record->key.protocol) {
	case NF_PROTOCOL_TCP: return "tcp";
	case NF_PROTOCOL_UDP: return "udp";
	case NF_PROTOCOL_ICMP:
	case NF_PROTOCOL_ICMPV6: return "icmp";
	default: return "unknown_transport";
	}
}

static bool is_tcp(const nf_flow *flow)
{
	return flow->record->key.protocol == NF_PROTOCOL_TCP;
}

static nf_field service_of(const nf_connection *c, char *room)
{
	const size_t n = nf_service_name(&c->service, room);

	return n > 0 ? text_n(room, n) : unset();
}

static int64_t duration_ns(const nf_flow *flow)
{
	const nf_connection *c = flow->features;

	return (int64_t)((uint64_t)c->last_ns - (uint64_t)flow->record->first_ns);
}

static bool has_duration(const nf_flow *flow)
{
	return duration_ns(flow) > 0;
}

static uint64_t bytes_of(const nf_flow *flow, int end)
{
	const nf_connection *c = flow->features;

	return is_tcp(flow) ? nf_tcp_bytes(&c->u.tcp, (uint8_t)end) : c->u.datagrams.bytes[end];
}

static uint64_t missed_of(const nf_flow *flow)
{
	const nf_connection *c = flow->features;

	return is_tcp(flow) ? c->u.tcp.missed : 0;
}

static const char *state_of(const nf_flow *flow)
{
	const nf_connection *c = flow->features;

	if (is_tcp(flow))
		return nf_tcp_state(&c->u.tcp, &c->history);
	if (flow->record->key.protocol != NF_PROTOCOL_UDP)
		return "OTH";
	const bool o = c->u.datagrams.active[c->originator], r = c->u.datagrams.active[!c->originator];

	return o ? (r ? "SF" : "S0") : (r ? "SHR" : "OTH");
}

static nf_field local_of(const nf_flow *flow, int end, const nf_zeek_log_options *o)
{
	const nf_key *key = &flow->record->key;

	if (!o->nets || nf_zeek_nets_count(o->nets) == 0)
		return unset();
	return (nf_field){.kind = NF_FIELD_BOOL, .u.truth = nf_zeek_nets_have(o->nets, key->address[end], key->ip_version)};
}

static nf_field history_of(const nf_connection *c)
{
	return c->history.n > 0 ? text_n(c->history.letters, c->history.n) : unset();
}

static nf_field parents_of(const nf_connection *c, char *room)
{
	char *out = room;

	for (int i = 0; i < c->parents; i++) {
		if (i > 0)
			*out++ = ',';
		out = nf_put_uid(out, &c->parent[i]);
	}
	return c->parents > 0 ? (nf_field){.kind = NF_FIELD_SET, .u.text = {room, (size_t)(out - room)}} : unset();
}

/* Of the key from the originator's side, and without what only parts connections of one direction. */
static nf_field community_of(const nf_flow *flow, char *room)
{
	nf_key key = nf_flow_key(flow);

	key.identifier = 0;
	return text_n(room, (size_t)(nf_put_community_id(room, &key, (uint16_t)flow->options->community_seed) - room));
}

bool nf_connection_has_service(const nf_connection *c, const char *service)
{
	char name[NF_SERVICE_NAME_BYTES];
	const size_t n = strlen(service);

	nf_service_name(&c->service, name);
	for (const char *at = name; *at; at += *at == ',') {
		const size_t part = strcspn(at, ",");

		if (part == n && memcmp(at, service, n) == 0)
			return true;
		at += part;
	}
	return false;
}

static const struct {
	const char *name, *type;
} fields[] = {
#define NF_FIELD(name, type, wanted, value) {name, type},
#include "fields.def"
#undef NF_FIELD
};
enum { FIELDS = sizeof fields / sizeof *fields };

size_t nf_field_count(void)
{
	return FIELDS;
}

const char *nf_field_name(size_t i)
{
	return fields[i].name;
}

const char *nf_field_type(size_t i)
{
	return fields[i].type;
}

enum { WANTED_BASE = __COUNTER__ + 1 };

bool nf_field_is_wanted(size_t i, const nf_zeek_log_options *o)
{
	switch (i) {
#define NF_FIELD(name, type, wanted, value) \
	case __COUNTER__ - WANTED_BASE: return wanted;
#include "fields.def"
#undef NF_FIELD
	}
	return false;
}

enum { BASE = __COUNTER__ + 1 };

nf_field nf_field_value(size_t i, const nf_flow *flow, const nf_zeek_log_options *o, char *room)
{
	const nf_connection *c = flow->features;

	switch (i) {
#define NF_FIELD(name, type, wanted, value) \
	case __COUNTER__ - BASE: return value;
#include "fields.def"
#undef NF_FIELD
	}
	return unset();
}
