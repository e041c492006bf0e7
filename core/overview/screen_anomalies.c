/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Anomalies in words, a paragraph each. */
#include "screen_internal.h"

#include <stdio.h>

/* So many of a kind are told on the screen. */
enum { TOLD = 3, KIND = 18 };

static void begin(nf_pen *pen, const char *kind)
{
	nf_pen_text(pen, NF_WARN, "! ");
	nf_pen_text(pen, NF_WARN, kind);
	nf_pen_to(pen, pen->width >= 60 ? KIND : pen->at + 1);
}

static void end(nf_pen *pen, const char *text)
{
	nf_pen_wrap(pen, NF_PLAIN, text, pen->width >= 60 ? KIND : 2);
	nf_pen_line(pen);
}

/* "≈1,234 ports" */
static char *distinct(const nf_pen *pen, const nf_distinct *d, uint64_t most, const char *one, const char *many, char out[NF_WORDS_ROOM + 4])
{
	char count[NF_WORDS_ROOM];

	snprintf(out, NF_WORDS_ROOM + 4, "%s%s", nf_distinct_is_exact(d) ? "" : nf_pen_or(pen, "\xe2\x89\x88", "~"),
		 nf_screen_count(nf_distinct_count(d, most), one, many, count));
	return out;
}

static const char *transport(const nf_key *key)
{
	return key->protocol == NF_PROTOCOL_UDP ? "UDP" : "TCP";
}

static void put_scan(nf_pen *pen, const nf_heavy_entry *entry, const char *kind)
{
	const nf_scanner *s = nf_scanner_of(entry);
	char from[NF_ADDRESS_BYTES], ports[NF_WORDS_ROOM + 4], hosts[NF_WORDS_ROOM + 4], refused[NF_SUMMARY_NUMBER_MAX],
		unanswered[NF_SUMMARY_NUMBER_MAX], text[512];

	nf_tell_address(&entry->key, 0, from);
	distinct(pen, &s->ports, nf_scanner_attempts(s), "port", "ports", ports);
	distinct(pen, &s->hosts, nf_scanner_attempts(s), "host", "hosts", hosts);
	if (s->hosts.n == 1)
		nf_tell_address(&s->example, 1, hosts);
	if (s->ports.n == 1)
		snprintf(ports, sizeof ports, "port %u", s->example.port[1]);
	nf_summary_count(s->refused, refused);
	nf_summary_count(s->unanswered, unanswered);
	snprintf(text, sizeof text, "%s tried %s %s of %s in vain: %s refused, %s without answer", from, transport(&entry->key), ports, hosts,
		 refused, unanswered);
	begin(pen, kind);
	end(pen, text);
}

static void put_flood(nf_pen *pen, const nf_heavy_entry *entry, const char *kind)
{
	const nf_target *target = nf_target_of(entry);
	char at[NF_ADDRESS_BYTES], count[NF_WORDS_ROOM], sources[NF_WORDS_ROOM + 4], span[NF_WORDS_ROOM], text[512];

	nf_tell_end(&entry->key, 0, at);
	nf_screen_count(entry->weight, "half-open connection", "half-open connections", count);
	distinct(pen, &target->sources, entry->weight, "source", "sources", sources);
	nf_words_duration(nf_span_ns(target->first_ns, target->last_ns), pen->ascii, span);
	snprintf(text, sizeof text, "%s%s to %s from %s within %s", entry->error ? nf_pen_or(pen, "\xe2\x89\x88", "~") : "", count, at, sources, span);
	begin(pen, kind);
	end(pen, text);
}

static char *ends(const nf_pen *pen, const nf_told *t, char out[2 * NF_ADDRESS_BYTES + 8])
{
	char from[NF_ADDRESS_BYTES], to[NF_ADDRESS_BYTES];

	snprintf(out, 2 * NF_ADDRESS_BYTES + 8, "%s %s %s", nf_tell_end(&t->key, 0, from), nf_pen_or(pen, "\xe2\x86\x92", ">"),
		 nf_tell_end(&t->key, 1, to));
	return out;
}

/* " in 1 connection: 10.0.0.1:1 > 10.0.0.2:2", " in 3 connections, most in 10.0.0.1:1 > 10.0.0.2:2 (12)", of a list's first. */
static void append_where(const nf_pen *pen, const nf_overview *o, nf_list list, const nf_events *events, char *text, size_t size)
{
	const nf_top *top = &o->lists[list];
	char both[2 * NF_ADDRESS_BYTES + 8], number[NF_SUMMARY_NUMBER_MAX], conns[NF_WORDS_ROOM];
	size_t n = strlen(text);

	n += (size_t)snprintf(text + n, size - n, " in %s", nf_screen_count(events->connections, "connection", "connections", conns));
	if (top->n == 0)
		return;
	if (events->connections == 1) {
		snprintf(text + n, size - n, ": %s", ends(pen, &top->told[0], both));
		return;
	}
	if (list == NF_GAPPED)
		nf_summary_size(top->told[0].measure, number);
	else
		nf_summary_count(top->told[0].measure, number);
	snprintf(text + n, size - n, ", most in %s (%s)", ends(pen, &top->told[0], both), number);
}

static void put_retransmitter(nf_pen *pen, const nf_heavy_entry *entry, const char *kind)
{
	const nf_host *host = nf_host_of(entry);
	char address[NF_ADDRESS_BYTES], count[NF_SUMMARY_NUMBER_MAX], of[NF_SUMMARY_NUMBER_MAX], share[NF_WORDS_ROOM], text[512];

	snprintf(text, sizeof text, "%s of what %s sent: %s of %s TCP packets", nf_words_share(host->retransmissions, host->tcp_packets, share),
		 nf_tell_address(&entry->key, 0, address), nf_summary_count(host->retransmissions, count),
		 nf_summary_count(host->tcp_packets, of));
	begin(pen, kind);
	end(pen, text);
}

static void put_retransmissions(nf_pen *pen, const nf_overview *o)
{
	char share[NF_WORDS_ROOM], count[NF_SUMMARY_NUMBER_MAX], text[512];

	if (o->retransmissions.total == 0)
		return;
	snprintf(text, sizeof text, "%s of all TCP packets, %s", nf_words_share(o->retransmissions.total, o->tcp_packets, share),
		 nf_summary_count(o->retransmissions.total, count));
	append_where(pen, o, NF_RETRANSMITTING, &o->retransmissions, text, sizeof text);
	begin(pen, "retransmissions");
	end(pen, text);
}

static void put_gaps(nf_pen *pen, const nf_overview *o)
{
	char size[NF_SUMMARY_NUMBER_MAX], gaps[NF_WORDS_ROOM], text[512];

	if (o->missed_bytes.total == 0)
		return;
	snprintf(text, sizeof text, "%s acknowledged but not captured: %s", nf_summary_size(o->missed_bytes.total, size),
		 nf_screen_count(o->gaps.total, "gap", "gaps", gaps));
	append_where(pen, o, NF_GAPPED, &o->missed_bytes, text, sizeof text);
	begin(pen, "content gaps");
	end(pen, text);
}

static void put_zero_windows(nf_pen *pen, const nf_overview *o)
{
	char text[512];

	if (o->zero_windows.total == 0)
		return;
	nf_summary_count(o->zero_windows.total, text);
	append_where(pen, o, NF_STALLED, &o->zero_windows, text, sizeof text);
	begin(pen, "zero windows");
	end(pen, text);
}

static void put_bad_checksums(nf_pen *pen, const nf_overview *o, const nf_findings *f)
{
	char count[NF_WORDS_ROOM], conns[NF_WORDS_ROOM], address[NF_ADDRESS_BYTES], text[512];

	if (o->bad_checksums.total == 0)
		return;
	int n = snprintf(text, sizeof text, "%s in %s", nf_screen_count(o->bad_checksums.total, "packet", "packets", count),
			 nf_screen_count(o->bad_checksums.connections, "connection", "connections", conns));
	if (f->bad_sender)
		snprintf(text + n, sizeof text - (size_t)n,
			 ", most sent by %s: its network card may compute them behind the capture (then --checksums=ignore)",
			 nf_tell_address(&f->bad_sender->key, 0, address));
	begin(pen, "bad checksums");
	end(pen, text);
}

/* Those of one kind, and how many more there are. */
static void put_entries(nf_pen *pen, const nf_heavy_entry *const *entries, size_t n, const char *kind,
			void (*put)(nf_pen *pen, const nf_heavy_entry *entry, const char *kind))
{
	char text[NF_WORDS_ROOM];

	for (size_t i = 0; i < n && i < TOLD; i++)
		put(pen, entries[i], kind);
	if (n <= TOLD)
		return;
	begin(pen, kind);
	snprintf(text, sizeof text, "and %s%zu more", n == NF_FINDINGS ? "at least " : "", n - TOLD);
	end(pen, text);
}

void nf_screen_anomalies(nf_pen *pen, const nf_telling *telling)
{
	const nf_overview *o = telling->overview;
	const size_t before = pen->to->used;
	nf_findings f;

	nf_overview_find(o, &f);
	nf_pen_text(pen, NF_HEAD, "WORTH A LOOK");
	nf_pen_line(pen);
	const size_t heading = pen->to->used;

	put_entries(pen, f.port_scans, f.n_port_scans, "port scan", put_scan);
	put_entries(pen, f.host_scans, f.n_host_scans, "host scan", put_scan);
	put_entries(pen, f.floods, f.n_floods, "half-open flood", put_flood);
	put_retransmissions(pen, o);
	put_entries(pen, f.retransmitters, f.n_retransmitters, "retransmits", put_retransmitter);
	put_gaps(pen, o);
	put_zero_windows(pen, o);
	put_bad_checksums(pen, o, &f);
	if (pen->to->used > heading)
		nf_pen_line(pen);
	else
		nf_words_cut(pen->to, before);
}
