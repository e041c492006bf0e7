/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of the screen: each is a line of columns and a function that fills a row. */
#include "screen_internal.h"

#include <stdio.h>

/* Rows of each that a screen has; the last of services and states is what there is no row for. */
enum { PROTOCOLS = 8, SERVICES = 7, HOSTS = 5, PAIRS = 5, CONNECTIONS = 3 };

/* --- Protocols --- */

typedef struct protocols {
	nf_protocol_row rows[NF_PROTOCOL_ROWS];
	nf_volume others;
	size_t n;
	const nf_overview *overview;
	const nf_decode_options *decode;
} protocols;

static void put_volume(nf_table_row *row, const nf_volume *v, uint64_t whole)
{
	nf_summary_count(v->connections, row->cell[0]);
	nf_summary_count(v->packets, row->cell[1]);
	nf_summary_size(v->bytes, row->cell[2]);
	row->part = v->bytes;
	row->whole = whole;
	nf_words_share(v->bytes, whole, row->cell[4]);
}

static void protocol_row(const void *of, size_t i, nf_table_row *row)
{
	const protocols *p = of;
	const uint64_t whole = p->overview->all.bytes - p->overview->tunnelled.bytes;
	char room[32];

	if (i == p->n) {
		strcpy(row->label[0], "others");
		put_volume(row, &p->others, whole);
		return;
	}
	const nf_protocol_row *r = &p->rows[i];

	snprintf(row->label[0], sizeof row->label[0], "%s%s%s", nf_protocol_name(r->protocol, room),
		 r->ip_version == 6 && r->protocol != NF_PROTOCOL_ICMPV6 ? "/IPv6" : "", r->tunnelled ? " in tunnels" : "");
	put_volume(row, &r->volume, whole);
	nf_protocol_switches(r, p->decode, row->cell[5]);
}

static unsigned switches_width(const protocols *p)
{
	unsigned width = 0;
	char text[NF_CELL_BYTES];

	for (size_t i = 0; i < p->n; i++) {
		const unsigned n = (unsigned)strlen(nf_protocol_switches(&p->rows[i], p->decode, text));

		width = n > width ? n : width;
	}
	return width == 0 ? 0 : width < 9 ? 11 : width + 2;
}

static void add(nf_volume *to, const nf_volume *more)
{
	to->connections += more->connections;
	to->packets += more->packets;
	to->bytes += more->bytes;
}

static void put_protocols(nf_pen *pen, const nf_telling *telling)
{
	protocols p = {.overview = telling->overview, .decode = telling->options->decode};

	p.n = nf_overview_protocols(telling->overview, p.rows, &p.others);
	while (p.n > PROTOCOLS)
		add(&p.others, &p.rows[--p.n].volume);
	const nf_table table = {
		.title = "PROTOCOLS", .label = 24, .rows = p.n + (p.others.connections > 0), .row = protocol_row, .of = &p,
		.columns = {{"conns", 9, 0, false, false}, {"packets", 11, 3, false, false}, {"IP bytes", 11, 0, false, false},
			    {"", pen->width >= 100 ? 21 : 9, 2, false, true}, {"share", 8, 4, false, false},
			    {"csv needs", switches_width(&p), 5, true, false}},
	};

	nf_pen_table(pen, &table);
}

/* --- Services and states --- */

typedef struct services {
	const nf_overview *overview;
	uint8_t order[NF_OVERVIEW_SERVICES];
	size_t n, rows, named; /* of the named ones, so many have a row */
	nf_volume others;
	uint64_t most;
	struct {
		const char *name;
		const nf_volume *volume;
	} row[NF_OVERVIEW_SERVICES + 3];
} services;

static void service_row(const void *of, size_t i, nf_table_row *row)
{
	const services *s = of;

	snprintf(row->label[0], sizeof row->label[0], "%s", s->row[i].name);
	nf_summary_count(s->row[i].volume->connections, row->cell[0]);
	nf_summary_size(s->row[i].volume->bytes, row->cell[1]);
	row->part = s->row[i].volume->connections;
	row->whole = s->most;
}

static void add_row(services *s, const char *name, const nf_volume *volume)
{
	if (volume->connections == 0)
		return;
	s->row[s->rows].name = name;
	s->row[s->rows++].volume = volume;
	s->most = volume->connections > s->most ? volume->connections : s->most;
}

/* Named ones first; then what has none. */
static void gather_services(services *s, const nf_overview *o)
{
	s->overview = o;
	s->n = nf_overview_services(o, s->order);
	s->others = o->other_services;
	for (size_t i = 0; i < s->n; i++) {
		const nf_service_volume *service = &o->services[s->order[i]];

		if (i < SERVICES)
			add_row(s, service->name, &service->volume);
		else
			add(&s->others, &service->volume);
	}
	add_row(s, "others", &s->others);
	add_row(s, "unknown", &o->unknown_service);
	add_row(s, "no payload", &o->no_payload);
}

typedef struct states {
	const nf_overview *overview;
	uint8_t order[NF_OVERVIEW_STATES];
	size_t n;
} states;

static void state_row(const void *of, size_t i, nf_table_row *row)
{
	const states *s = of;
	const uint64_t n = s->overview->states[s->order[i]];

	snprintf(row->label[0], sizeof row->label[0], "%-6s %s", nf_state_name(s->order[i]), nf_state_text(s->order[i]));
	nf_summary_count(n, row->cell[0]);
	nf_words_share(n, s->overview->all.connections, row->cell[1]);
	row->part = n;
	row->whole = s->overview->all.connections;
}

static void put_services_and_states(nf_pen *pen, const nf_telling *telling)
{
	services s = {.n = 0};
	states t = {.overview = telling->overview};

	gather_services(&s, telling->overview);
	t.n = nf_overview_states(telling->overview, t.order);
	const unsigned bar = pen->width >= 100 ? 13 : 7;
	const nf_table left = {
		.title = "SERVICES", .label = 16, .rows = s.rows, .row = service_row, .of = &s,
		.columns = {{"conns", 9, 0, false, false}, {"IP bytes", 11, 3, false, false}, {"", bar, 2, false, true}},
	};
	const nf_table right = {
		.title = "STATES", .label = 22, .rows = t.n, .row = state_row, .of = &t,
		.columns = {{"conns", 9, 0, false, false}, {"share", 8, 3, false, false}, {"", bar, 2, false, true}},
	};

	nf_pen_tables(pen, &left, &right, NF_TWO_NARROW);
}

/* --- Hosts and pairs --- */

typedef struct heaviest {
	const nf_heavy_entry *top[HOSTS > PAIRS ? HOSTS : PAIRS];
	size_t n;
	bool ascii;
} heaviest;

/* A sum that may be too large, or too small. */
static void put_bytes(char *cell, uint64_t bytes, bool exact, const char *mark)
{
	char size[NF_SUMMARY_NUMBER_MAX];

	snprintf(cell, NF_CELL_BYTES, "%s%s", exact ? "" : mark, nf_summary_size(bytes, size));
}

static void host_row(const void *of, size_t i, nf_table_row *row)
{
	const heaviest *h = of;
	const nf_heavy_entry *entry = h->top[i];
	const nf_host *host = nf_host_of(entry);
	const bool exact = entry->error == 0;
	const char *least = h->ascii ? ">" : "\xe2\x89\xa5";

	nf_tell_address(&entry->key, 0, row->label[0]);
	nf_summary_count(host->connections, row->cell[0]);
	put_bytes(row->cell[1], host->sent_bytes, exact, least);
	put_bytes(row->cell[2], host->received_bytes, exact, least);
	put_bytes(row->cell[3], entry->weight, exact, h->ascii ? "~" : "\xe2\x89\x88");
	row->part = entry->weight;
	row->whole = h->top[0]->weight;
}

static void pair_row(const void *of, size_t i, nf_table_row *row)
{
	const heaviest *h = of;
	const nf_heavy_entry *entry = h->top[i];

	nf_tell_address(&entry->key, 0, row->label[0]);
	nf_tell_address(&entry->key, 1, row->label[1]);
	row->both_ways = true;
	nf_summary_count(nf_pair_of(entry)->connections, row->cell[0]);
	put_bytes(row->cell[1], entry->weight, entry->error == 0, h->ascii ? "~" : "\xe2\x89\x88");
	row->part = entry->weight;
	row->whole = h->top[0]->weight;
}

/* Which numbers are none to rely on. */
static void put_bound(nf_pen *pen, const nf_heavy *heavy, const char *what)
{
	char counters[NF_SUMMARY_NUMBER_MAX], size[NF_SUMMARY_NUMBER_MAX], text[256];

	snprintf(text, sizeof text, "%s more than %s %s: numbers with this mark are too large by at most %s",
		 nf_pen_or(pen, "\xe2\x89\x88", "~"), nf_summary_count(heavy->capacity, counters), what,
		 nf_summary_size(heavy->total / heavy->capacity, size));
	nf_pen_wrap(pen, NF_DIM, text, 2);
	nf_pen_line(pen);
}

static void put_heaviest(nf_pen *pen, const nf_telling *telling)
{
	const nf_overview *o = telling->overview;
	heaviest hosts = {.ascii = pen->ascii}, pairs = hosts;

	hosts.n = nf_heavy_top(&o->hosts, NULL, hosts.top, HOSTS);
	pairs.n = nf_heavy_top(&o->pairs, NULL, pairs.top, PAIRS);
	const nf_table left = {
		.title = "TALKERS", .label = 38, .rows = hosts.n, .row = host_row, .of = &hosts,
		.columns = {{"conns", 9, 4, false, false}, {"sent", 11, 2, false, false}, {"received", 11, 2, false, false},
			    {"IP bytes", 11, 0, false, false}, {"", 11, 1, false, true}},
	};
	const nf_table right = {
		.title = "CONVERSATIONS", .label = 45, .rows = pairs.n, .row = pair_row, .of = &pairs,
		.columns = {{"conns", 9, 4, false, false}, {"IP bytes", 11, 0, false, false}, {"", 11, 1, false, true}},
	};

	nf_pen_tables(pen, &left, &right, NF_TWO_WIDE);
	if (o->hosts.taken_over)
		put_bound(pen, &o->hosts, "hosts");
	if (o->pairs.taken_over)
		put_bound(pen, &o->pairs, "conversations");
	if (o->hosts.taken_over || o->pairs.taken_over)
		nf_pen_line(pen);
}

/* --- Connections --- */

static void put_told(const nf_told *t, nf_table_row *row)
{
	nf_tell_end(&t->key, 0, row->label[0]);
	nf_tell_end(&t->key, 1, row->label[1]);
	snprintf(row->cell[2], NF_CELL_BYTES, "%s", t->state);
}

/* Which of the connection's words there is: its service, or its protocol. */
static void put_kind(const nf_told *t, char *cell)
{
	char room[32];

	snprintf(cell, NF_CELL_BYTES, "%s", t->service[0] ? t->service : nf_protocol_name(t->key.protocol, room));
}

static void largest_row(const void *of, size_t i, nf_table_row *row)
{
	const nf_told *t = &((const nf_top *)of)->told[i];

	put_told(t, row);
	nf_summary_size(t->bytes[0] + t->bytes[1], row->cell[0]);
	nf_words_duration(t->duration_ns, true, row->cell[1]);
	put_kind(t, row->cell[3]);
}

static void longest_row(const void *of, size_t i, nf_table_row *row)
{
	const nf_told *t = &((const nf_top *)of)->told[i];

	put_told(t, row);
	nf_words_duration(t->duration_ns, true, row->cell[0]);
	nf_summary_size(t->bytes[0] + t->bytes[1], row->cell[1]);
	put_kind(t, row->cell[3]);
}

static size_t most(size_t n, size_t limit)
{
	return n < limit ? n : limit;
}

static void put_connections(nf_pen *pen, const nf_telling *telling)
{
	const nf_top *largest = &telling->overview->lists[NF_LARGEST], *longest = &telling->overview->lists[NF_LONGEST];
	const nf_table left = {
		.title = "LARGEST", .label = 45, .rows = most(largest->n, CONNECTIONS), .row = largest_row, .of = largest,
		.columns = {{"IP bytes", 11, 0, false, false}, {"time", 13, 1, false, false}, {"state", 8, 2, true, false}, {"service", 10, 3, true, false}},
	};
	const nf_table right = {
		.title = "LONGEST", .label = 45, .rows = most(longest->n, CONNECTIONS), .row = longest_row, .of = longest,
		.columns = {{"time", 13, 0, false, false}, {"IP bytes", 11, 1, false, false}, {"state", 8, 2, true, false}, {"service", 10, 3, true, false}},
	};

	nf_pen_tables(pen, &left, &right, NF_TWO_WIDE);
}

void nf_screen_tables(nf_pen *pen, const nf_telling *telling)
{
	put_protocols(pen, telling);
	put_services_and_states(pen, telling);
	put_heaviest(pen, telling);
	put_connections(pen, telling);
}
