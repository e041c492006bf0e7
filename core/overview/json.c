/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same facts as JSON. All numbers are exact integers; docs/SUMMARY.md names the keys. */
#include "told.h"
#include "words.h"

#include <inttypes.h>

/* --- Pieces --- */

/* What stands before a key or an element: nothing at the beginning of an object or array, else a comma. */
static void part(nf_words *w)
{
	const char last = w->used > 0 ? w->bytes[w->used - 1] : '{';

	if (!w->failed && last != '{' && last != '[')
		nf_words_puts(w, ",");
}

static void key(nf_words *w, const char *name)
{
	part(w);
	nf_words_print(w, "\"%s\":", name);
}

static void number(nf_words *w, const char *name, uint64_t n)
{
	key(w, name);
	nf_words_print(w, "%" PRIu64, n);
}

static void text(nf_words *w, const char *name, const char *value)
{
	key(w, name);
	nf_words_json(w, value);
}

static void truth(nf_words *w, const char *name, bool value)
{
	key(w, name);
	nf_words_puts(w, value ? "true" : "false");
}

/* An object or array begins; name NULL: it is an element. */
static void open(nf_words *w, const char *name, const char *bracket)
{
	if (name)
		key(w, name);
	else
		part(w);
	nf_words_puts(w, bracket);
}

static void time_at(nf_words *w, const char *name, int64_t ns)
{
	char iso[NF_TIME_BYTES], key_ns[32] = "";

	text(w, name, nf_tell_iso(ns, iso));
	strcat(strcpy(key_ns, name), "_ns");
	key(w, key_ns);
	nf_words_print(w, "%" PRId64, ns);
}

static void address(nf_words *w, const char *name, const nf_key *of, int side)
{
	char out[NF_ADDRESS_BYTES];

	text(w, name, nf_tell_address(of, side, out));
}

static void volume(nf_words *w, const nf_volume *v)
{
	number(w, "connections", v->connections);
	number(w, "packets", v->packets);
	number(w, "ip_bytes", v->bytes);
}

/* --- Capture --- */

static void put_names(nf_words *w, const nf_overview_options *options)
{
	open(w, "captures", "[");
	for (size_t i = 0; i < options->n_names; i++) {
		part(w);
		nf_words_json(w, options->names[i]);
	}
	nf_words_puts(w, "]");
}

static void put_capture(nf_words *w, const nf_telling *telling)
{
	const nf_overview *o = telling->overview;
	const nf_timeline *t = &o->timeline;
	bool exact;

	put_names(w, telling->options);
	if (t->shift > 0) {
		time_at(w, "first", t->first_ns);
		time_at(w, "last", t->last_ns);
		number(w, "duration_ns", nf_span_ns(t->first_ns, t->last_ns));
	}
	number(w, "frames", o->frames);
	number(w, "bytes", o->bytes);
	number(w, "frames_without_time", o->without_time);
	number(w, "frames_filtered", o->filtered);
	volume(w, &o->all);
	number(w, "connections_in_tunnels", o->tunnelled.connections);
	number(w, "hosts", nf_overview_hosts(o, &exact));
	truth(w, "hosts_exact", exact);
	number(w, "conversations", nf_overview_pairs(o, &exact));
	truth(w, "conversations_exact", exact);
}

static void put_timeline(nf_words *w, const nf_timeline *t)
{
	size_t first;
	const size_t used = nf_timeline_used(t, &first);

	open(w, "timeline", "{");
	if (used > 0) {
		const __int128 from = t->from_ns + ((__int128)first << t->shift);

		key(w, "from_ns");
		nf_words_print(w, "%" PRId64, from < INT64_MIN ? INT64_MIN : (int64_t)from);
		number(w, "bucket_ns", UINT64_C(1) << t->shift);
	}
	open(w, "frames", "[");
	for (size_t i = 0; i < used; i++) {
		part(w);
		nf_words_print(w, "%" PRIu64, t->buckets[first + i].frames);
	}
	nf_words_puts(w, "]");
	open(w, "bytes", "[");
	for (size_t i = 0; i < used; i++) {
		part(w);
		nf_words_print(w, "%" PRIu64, t->buckets[first + i].bytes);
	}
	nf_words_puts(w, "]}");
}

/* --- Tables --- */

static void put_protocols(nf_words *w, const nf_telling *telling)
{
	nf_protocol_row rows[NF_PROTOCOL_ROWS];
	nf_volume others;
	const size_t n = nf_overview_protocols(telling->overview, rows, &others);
	char room[64];

	open(w, "protocols", "[");
	for (size_t i = 0; i < n; i++) {
		open(w, NULL, "{");
		text(w, "name", nf_protocol_name(rows[i].protocol, room));
		number(w, "ip_protocol", rows[i].protocol);
		number(w, "ip_version", rows[i].ip_version);
		truth(w, "in_tunnel", rows[i].tunnelled);
		volume(w, &rows[i].volume);
		text(w, "csv_needs", nf_protocol_switches(&rows[i], telling->options->decode, room));
		nf_words_puts(w, "}");
	}
	nf_words_puts(w, "]");
	open(w, "other_protocols", "{");
	volume(w, &others);
	nf_words_puts(w, "}");
}

static void put_service(nf_words *w, const char *name, const nf_volume *v)
{
	open(w, NULL, "{");
	text(w, "service", name);
	volume(w, v);
	nf_words_puts(w, "}");
}

static void put_named(nf_words *w, const char *name, const nf_volume *v)
{
	open(w, name, "{");
	volume(w, v);
	nf_words_puts(w, "}");
}

static void put_services(nf_words *w, const nf_overview *o)
{
	uint8_t order[NF_OVERVIEW_SERVICES];
	const size_t n = nf_overview_services(o, order);

	open(w, "services", "[");
	for (size_t i = 0; i < n; i++)
		put_service(w, o->services[order[i]].name, &o->services[order[i]].volume);
	nf_words_puts(w, "]");
	put_named(w, "other_services", &o->other_services);
	put_named(w, "unknown_service", &o->unknown_service);
	put_named(w, "no_payload", &o->no_payload);
}

static void put_states(nf_words *w, const nf_overview *o)
{
	open(w, "states", "{");
	for (size_t i = 0; i < NF_OVERVIEW_STATES; i++)
		number(w, nf_state_name(i), o->states[i]);
	nf_words_puts(w, "}");
}

static void put_hosts(nf_words *w, const nf_overview *o)
{
	const nf_heavy_entry *top[NF_OVERVIEW_TOP];
	const size_t n = nf_heavy_top(&o->hosts, NULL, top, NF_OVERVIEW_TOP);

	open(w, "talkers", "[");
	for (size_t i = 0; i < n; i++) {
		const nf_host *host = nf_host_of(top[i]);

		open(w, NULL, "{");
		address(w, "address", &top[i]->key, 0);
		number(w, "ip_bytes", top[i]->weight);
		number(w, "ip_bytes_error", top[i]->error);
		number(w, "connections", host->connections);
		number(w, "sent_ip_bytes", host->sent_bytes);
		number(w, "received_ip_bytes", host->received_bytes);
		number(w, "sent_packets", host->sent_packets);
		number(w, "received_packets", host->received_packets);
		nf_words_puts(w, "}");
	}
	nf_words_puts(w, "]");
}

static void put_pairs(nf_words *w, const nf_overview *o)
{
	const nf_heavy_entry *top[NF_OVERVIEW_TOP];
	const size_t n = nf_heavy_top(&o->pairs, NULL, top, NF_OVERVIEW_TOP);

	open(w, "top_conversations", "[");
	for (size_t i = 0; i < n; i++) {
		const nf_pair *pair = nf_pair_of(top[i]);

		open(w, NULL, "{");
		address(w, "a", &top[i]->key, 0);
		address(w, "b", &top[i]->key, 1);
		number(w, "ip_bytes", top[i]->weight);
		number(w, "ip_bytes_error", top[i]->error);
		number(w, "connections", pair->connections);
		number(w, "a_ip_bytes", pair->bytes[0]);
		number(w, "b_ip_bytes", pair->bytes[1]);
		number(w, "a_packets", pair->packets[0]);
		number(w, "b_packets", pair->packets[1]);
		nf_words_puts(w, "}");
	}
	nf_words_puts(w, "]");
}

/* --- Connections --- */

static void put_told(nf_words *w, const nf_told *t)
{
	char room[32];

	open(w, NULL, "{");
	address(w, "orig_h", &t->key, 0);
	if (nf_has_ports(&t->key))
		number(w, "orig_p", t->key.port[0]);
	address(w, "resp_h", &t->key, 1);
	if (nf_has_ports(&t->key))
		number(w, "resp_p", t->key.port[1]);
	text(w, "protocol", nf_protocol_name(t->key.protocol, room));
	text(w, "service", t->service);
	text(w, "state", t->state);
	time_at(w, "first", t->first_ns);
	number(w, "duration_ns", t->duration_ns);
	number(w, "orig_ip_bytes", t->bytes[0]);
	number(w, "resp_ip_bytes", t->bytes[1]);
	number(w, "orig_packets", t->packets[0]);
	number(w, "resp_packets", t->packets[1]);
	number(w, "retransmissions", t->retransmissions);
	number(w, "missed_bytes", t->missed_bytes);
	number(w, "zero_windows", t->zero_windows);
	number(w, "bad_checksums", t->bad_checksums);
	nf_words_puts(w, "}");
}

static void put_list(nf_words *w, const char *name, const nf_top *top)
{
	open(w, name, "[");
	for (size_t i = 0; i < top->n; i++)
		put_told(w, &top->told[i]);
	nf_words_puts(w, "]");
}

/* --- Anomalies --- */

static void distinct(nf_words *w, const char *name, const nf_distinct *d, uint64_t most)
{
	char exact[32];

	number(w, name, nf_distinct_count(d, most));
	strcat(strcpy(exact, name), "_exact");
	truth(w, exact, nf_distinct_is_exact(d));
}

static void put_scans(nf_words *w, const char *name, const nf_heavy_entry *const *scans, size_t n)
{
	open(w, name, "[");
	for (size_t i = 0; i < n; i++) {
		const nf_scanner *s = nf_scanner_of(scans[i]);

		open(w, NULL, "{");
		address(w, "address", &scans[i]->key, 0);
		text(w, "protocol", scans[i]->key.protocol == NF_PROTOCOL_UDP ? "UDP" : "TCP");
		number(w, "attempts", scans[i]->weight);
		number(w, "attempts_error", scans[i]->error);
		number(w, "refused", s->refused);
		number(w, "unanswered", s->unanswered);
		distinct(w, "ports", &s->ports, nf_scanner_attempts(s));
		distinct(w, "hosts", &s->hosts, nf_scanner_attempts(s));
		address(w, "example_h", &s->example, 1);
		number(w, "example_p", s->example.port[1]);
		time_at(w, "first", s->first_ns);
		time_at(w, "last", s->last_ns);
		nf_words_puts(w, "}");
	}
	nf_words_puts(w, "]");
}

static void put_floods(nf_words *w, const nf_findings *f)
{
	open(w, "half_open_floods", "[");
	for (size_t i = 0; i < f->n_floods; i++) {
		const nf_target *target = nf_target_of(f->floods[i]);

		open(w, NULL, "{");
		address(w, "address", &f->floods[i]->key, 0);
		number(w, "port", f->floods[i]->key.port[0]);
		number(w, "half_open", f->floods[i]->weight);
		number(w, "half_open_error", f->floods[i]->error);
		distinct(w, "sources", &target->sources, f->floods[i]->weight);
		time_at(w, "first", target->first_ns);
		time_at(w, "last", target->last_ns);
		nf_words_puts(w, "}");
	}
	nf_words_puts(w, "]");
}

static void put_tally(nf_words *w, const char *name, const char *what, const nf_events *t)
{
	open(w, name, "{");
	number(w, what, t->total);
	number(w, "connections", t->connections);
}

static void put_retransmissions(nf_words *w, const nf_overview *o, const nf_findings *f)
{
	put_tally(w, "retransmissions", "packets", &o->retransmissions);
	number(w, "tcp_packets", o->tcp_packets);
	put_list(w, "top", &o->lists[NF_RETRANSMITTING]);
	open(w, "hosts", "[");
	for (size_t i = 0; i < f->n_retransmitters; i++) {
		open(w, NULL, "{");
		address(w, "address", &f->retransmitters[i]->key, 0);
		number(w, "packets", nf_host_of(f->retransmitters[i])->retransmissions);
		number(w, "tcp_packets", nf_host_of(f->retransmitters[i])->tcp_packets);
		nf_words_puts(w, "}");
	}
	nf_words_puts(w, "]}");
}

static void put_bad_checksums(nf_words *w, const nf_overview *o, const nf_findings *f)
{
	put_tally(w, "bad_checksums", "packets", &o->bad_checksums);
	put_list(w, "top", &o->lists[NF_BAD]);
	if (f->bad_sender) {
		open(w, "sender", "{");
		address(w, "address", &f->bad_sender->key, 0);
		number(w, "packets", nf_host_of(f->bad_sender)->bad_checksums);
		nf_words_puts(w, "}");
	}
	nf_words_puts(w, "}");
}

static void put_anomalies(nf_words *w, const nf_overview *o)
{
	nf_findings f;

	nf_overview_find(o, &f);
	open(w, "anomalies", "{");
	put_scans(w, "port_scans", f.port_scans, f.n_port_scans);
	put_scans(w, "host_scans", f.host_scans, f.n_host_scans);
	put_floods(w, &f);
	put_retransmissions(w, o, &f);
	put_tally(w, "content_gaps", "missed_bytes", &o->missed_bytes);
	number(w, "gaps", o->gaps.total);
	put_list(w, "top", &o->lists[NF_GAPPED]);
	nf_words_puts(w, "}");
	put_tally(w, "zero_windows", "packets", &o->zero_windows);
	put_list(w, "top", &o->lists[NF_STALLED]);
	nf_words_puts(w, "}");
	put_bad_checksums(w, o, &f);
	nf_words_puts(w, "}");
}

/* --- Skipped frames --- */

static void put_skipped(nf_words *w, const nf_telling *telling)
{
	const nf_decode_options *decode = telling->options->own ? telling->options->own : telling->options->decode;

	number(w, "used", telling->stats.used);
	open(w, "skipped", "[");
	for (unsigned i = NF_SKIP_NONE + 1; i < NF_SKIP_COUNT; i++) {
		const nf_skip skip = (nf_skip)i;
		const char *option = decode && nf_decode_takes(decode, skip) ? NULL : nf_skip_option(skip);

		if (telling->stats.skipped[i] == 0)
			continue;
		open(w, NULL, "{");
		text(w, "reason", nf_skip_name(skip));
		text(w, "text", nf_skip_text(skip));
		number(w, "frames", telling->stats.skipped[i]);
		text(w, "option", option ? option : "");
		nf_words_puts(w, "}");
	}
	nf_words_puts(w, "]");
}

char *nf_overview_json(const nf_telling *telling)
{
	const nf_overview *o = telling->overview;
	nf_words w = {.bytes = NULL};

	nf_words_puts(&w, "{");
	put_capture(&w, telling);
	put_timeline(&w, &o->timeline);
	put_protocols(&w, telling);
	put_services(&w, o);
	put_states(&w, o);
	put_hosts(&w, o);
	put_pairs(&w, o);
	put_list(&w, "largest", &o->lists[NF_LARGEST]);
	put_list(&w, "longest", &o->lists[NF_LONGEST]);
	put_anomalies(&w, o);
	if (telling->has_stats)
		put_skipped(&w, telling);
	nf_words_puts(&w, "}\n");
	return nf_words_result(&w);
}
