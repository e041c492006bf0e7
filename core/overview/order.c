/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of the counters, in which order, and by which names. */
#include "overview_internal.h"

#include <stdio.h>

uint64_t nf_overview_hosts(const nf_overview *o, bool *exact)
{
	*exact = !o->hosts.taken_over;
	return *exact ? o->hosts.used : nf_registers_count(o->host_registers, NF_OVERVIEW_HOST_BITS);
}

uint64_t nf_overview_pairs(const nf_overview *o, bool *exact)
{
	*exact = !o->pairs.taken_over;
	return *exact ? o->pairs.used : nf_registers_count(o->pair_registers, NF_OVERVIEW_HOST_BITS);
}

static void add(nf_volume *to, const nf_volume *more)
{
	to->connections += more->connections;
	to->packets += more->packets;
	to->bytes += more->bytes;
}

/* Puts a row in its place; what falls out goes to others. */
static size_t put_row(nf_protocol_row rows[NF_PROTOCOL_ROWS], size_t n, const nf_protocol_row *row, nf_volume *others)
{
	size_t to = n;

	while (to > 0 && rows[to - 1].volume.bytes < row->volume.bytes)
		to--;
	if (to == NF_PROTOCOL_ROWS) {
		add(others, &row->volume);
		return n;
	}
	if (n == NF_PROTOCOL_ROWS)
		add(others, &rows[--n].volume);
	memmove(rows + to + 1, rows + to, (n - to) * sizeof *rows);
	rows[to] = *row;
	return n + 1;
}

size_t nf_overview_protocols(const nf_overview *o, nf_protocol_row rows[NF_PROTOCOL_ROWS], nf_volume *others)
{
	size_t n = 0;

	*others = (nf_volume){0};
	for (unsigned i = 0; i < 256 * 2 * 2; i++) {
		const nf_volume *volume = &o->protocols[i / 4][i / 2 % 2][i % 2];

		if (volume->connections == 0)
			continue;
		const nf_protocol_row row = {(uint8_t)(i / 4), i / 2 % 2 ? 6 : 4, i % 2, *volume};
		n = put_row(rows, n, &row, others);
	}
	return n;
}

const char *nf_protocol_name(uint8_t protocol, char *room)
{
	switch (protocol) {
#define NF_IP_PROTOCOL(number, name) \
	case number: return name;
#include "protocols.def"
#undef NF_IP_PROTOCOL
	default: break;
	}
	snprintf(room, 32, "IP protocol %u", protocol);
	return room;
}

static void put_switch(char *out, bool needed, const char *name)
{
	if (!needed)
		return;
	if (*out)
		strcat(out, " ");
	strcat(out, name);
}

char *nf_protocol_switches(const nf_protocol_row *row, const nf_decode_options *decode, char *out)
{
	static const nf_decode_options none;
	const nf_decode_options *d = decode ? decode : &none;
	const bool icmp = row->protocol == (row->ip_version == 6 ? NF_PROTOCOL_ICMPV6 : NF_PROTOCOL_ICMP);
	const bool sctp = row->protocol == NF_PROTOCOL_SCTP;
	const bool plain = row->protocol == NF_PROTOCOL_TCP || row->protocol == NF_PROTOCOL_UDP;

	*out = '\0';
	put_switch(out, row->tunnelled && d->tunnels == NF_TUNNELS_OUTER, "--decap");
	put_switch(out, row->ip_version == 6 && !nf_decode_takes(d, NF_SKIP_IPV6), nf_skip_option(NF_SKIP_IPV6));
	put_switch(out, icmp && !nf_decode_takes(d, NF_SKIP_ICMP), nf_skip_option(NF_SKIP_ICMP));
	put_switch(out, sctp && !nf_decode_takes(d, NF_SKIP_SCTP), nf_skip_option(NF_SKIP_SCTP));
	put_switch(out, !icmp && !sctp && !plain && !nf_decode_takes(d, NF_SKIP_OTHER_PROTOCOL), nf_skip_option(NF_SKIP_OTHER_PROTOCOL));
	return out;
}

size_t nf_overview_services(const nf_overview *o, uint8_t order[NF_OVERVIEW_SERVICES])
{
	for (size_t i = 0; i < o->n_services; i++) {
		const nf_service_volume *s = &o->services[i];
		size_t to = i;

		for (; to > 0; to--) {
			const nf_service_volume *before = &o->services[order[to - 1]];
			const uint64_t a = before->volume.connections, b = s->volume.connections;

			if (a > b || (a == b && strcmp(before->name, s->name) < 0))
				break;
			order[to] = order[to - 1];
		}
		order[to] = (uint8_t)i;
	}
	return o->n_services;
}

size_t nf_overview_states(const nf_overview *o, uint8_t order[NF_OVERVIEW_STATES])
{
	size_t n = 0;

	for (size_t i = 0; i < NF_OVERVIEW_STATES; i++) {
		size_t to = n;

		if (o->states[i] == 0)
			continue;
		for (; to > 0 && o->states[order[to - 1]] < o->states[i]; to--)
			order[to] = order[to - 1];
		order[to] = (uint8_t)i;
		n++;
	}
	return n;
}

static const struct {
	const char *name, *text;
} states[] = {
#define NF_STATE(name, text) {name, text},
#include "states.def"
#undef NF_STATE
};

const char *nf_state_name(size_t state)
{
	return states[state].name;
}

const char *nf_state_text(size_t state)
{
	return states[state].text;
}
