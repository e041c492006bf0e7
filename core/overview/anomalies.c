/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is worth a look. Thresholds hold for what is certain: a weight less its error. */
#include "overview_internal.h"

static uint64_t certain(const nf_heavy_entry *entry)
{
	return entry->weight - entry->error;
}

/*
 * Whether attempts went through n things, of which there are n_least at least, while they kept to other ones. Where both are many, as with
 * whoever talks to many peers at a port each, every thing must have been tried with several others.
 */
static bool goes_through(uint64_t n, uint64_t n_least, uint64_t others, uint64_t attempts)
{
	const uint64_t most = n > others ? n : others;

	return n >= n_least && (n >= NF_SCAN_RATIO * others || attempts >= NF_SCAN_RATIO * most);
}

static uint64_t port_scan(const nf_heavy_entry *entry)
{
	const nf_scanner *s = nf_scanner_of(entry);
	const uint64_t attempts = nf_scanner_attempts(s), ports = nf_distinct_count(&s->ports, attempts);

	return goes_through(ports, NF_SCAN_PORTS_LEAST, nf_distinct_count(&s->hosts, attempts), attempts) ? ports : 0;
}

static uint64_t host_scan(const nf_heavy_entry *entry)
{
	const nf_scanner *s = nf_scanner_of(entry);
	const uint64_t attempts = nf_scanner_attempts(s), hosts = nf_distinct_count(&s->hosts, attempts);

	return goes_through(hosts, NF_SCAN_HOSTS_LEAST, nf_distinct_count(&s->ports, attempts), attempts) ? hosts : 0;
}

static uint64_t flood(const nf_heavy_entry *entry)
{
	return certain(entry) >= NF_FLOOD_LEAST ? certain(entry) : 0;
}

static uint64_t retransmitted(const nf_heavy_entry *entry)
{
	const nf_host *h = nf_host_of(entry);
	const bool is_much = h->retransmissions >= (h->tcp_packets * NF_RETRANSMISSIONS_PERCENT + 99) / 100;

	return h->retransmissions >= NF_RETRANSMISSIONS_LEAST && is_much ? h->retransmissions : 0;
}

static uint64_t bad(const nf_heavy_entry *entry)
{
	return nf_host_of(entry)->bad_checksums;
}

void nf_overview_find(const nf_overview *o, nf_findings *f)
{
	f->n_port_scans = nf_heavy_top(&o->scanners, port_scan, f->port_scans, NF_FINDINGS);
	f->n_host_scans = nf_heavy_top(&o->scanners, host_scan, f->host_scans, NF_FINDINGS);
	f->n_floods = nf_heavy_top(&o->targets, flood, f->floods, NF_FINDINGS);
	f->n_retransmitters = nf_heavy_top(&o->hosts, retransmitted, f->retransmitters, NF_FINDINGS);
	if (nf_heavy_top(&o->hosts, bad, &f->bad_sender, 1) == 0 ||
	    bad(f->bad_sender) < o->bad_checksums.total * NF_BAD_CHECKSUMS_PERCENT / 100)
		f->bad_sender = NULL;
}
