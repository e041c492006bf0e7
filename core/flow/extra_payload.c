/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extra_payload.h"

/* In the order in which they stand. */
static const struct {
	unsigned bit;
	size_t bytes;
} facts_table[] = {
	{NF_EXTRA_TLS, sizeof(nf_extra_tls)},
	{NF_EXTRA_HTTP, sizeof(nf_http)},
	{NF_EXTRA_DNS, sizeof(nf_dns)},
	{NF_EXTRA_ENTROPY, 2 * sizeof(nf_entropy)},
};
enum { FACTS = sizeof facts_table / sizeof *facts_table };

/* mDNS and LLMNR have DNS's form (RFC 6762, RFC 4795). */
enum { PORT_DNS = 53, PORT_MDNS = 5353, PORT_LLMNR = 5355 };

static size_t rounded(size_t bytes)
{
	return (bytes + 15) / 16 * 16;
}

size_t nf_extra_payload_bytes(unsigned extras)
{
	size_t bytes = rounded(sizeof(nf_extra_stream));

	for (int i = 0; i < FACTS; i++)
		bytes += extras & facts_table[i].bit ? rounded(facts_table[i].bytes) : 0;
	return extras & NF_EXTRA_PAYLOAD ? bytes : 0;
}

void *nf_extra_fact(const void *facts, unsigned extras, unsigned bit)
{
	char *at = (char *)facts + rounded(sizeof(nf_extra_stream));

	if (!(extras & bit))
		return NULL;
	for (int i = 0; facts_table[i].bit != bit; i++)
		at += extras & facts_table[i].bit ? rounded(facts_table[i].bytes) : 0;
	return at;
}

/* Whether a TCP segment's payload goes on where the one before ended. What was seen already is not taken again. */
static bool is_next(nf_extra_stream *stream, const nf_brief *b, const nf_detail *d)
{
	const uint32_t seq = d->tcp_seq + !!(b->tcp_flags & NF_TCP_SYN);

	if (stream->begun[b->dir] && seq != stream->next_seq[b->dir]) {
		if ((int32_t)(seq - stream->next_seq[b->dir]) > 0)
			stream->broken[b->dir] = true;
		return false;
	}
	stream->begun[b->dir] = true;
	stream->next_seq[b->dir] = seq + b->payload_bytes;
	return true;
}

static bool is_dns(const nf_key *key)
{
	for (int i = 0; i < 2; i++)
		if (key->port[i] == PORT_DNS || key->port[i] == PORT_MDNS || key->port[i] == PORT_LLMNR)
			return true;
	return false;
}

/* TLS and HTTP speak over TCP, and the side that began says what is wanted. */
static void add_forward(void *facts, unsigned extras, const nf_detail *d)
{
	nf_extra_tls *tls = nf_extra_fact(facts, extras, NF_EXTRA_TLS);
	nf_http *http = nf_extra_fact(facts, extras, NF_EXTRA_HTTP);

	if (tls && tls->tls.state == NF_FACTS_WANTED)
		nf_tls_data(&tls->tls, d->payload, d->payload_kept, &tls->hello);
	if (http && http->state == NF_FACTS_WANTED)
		nf_http_data(http, d->payload, d->payload_kept);
}

void nf_extra_payload_add(void *facts, unsigned extras, const nf_brief *b, const nf_turn *turn)
{
	nf_extra_stream *stream = facts;
	const nf_detail *d = turn->detail;
	nf_dns *dns = nf_extra_fact(facts, extras, NF_EXTRA_DNS);
	nf_entropy *entropy = nf_extra_fact(facts, extras, NF_EXTRA_ENTROPY);

	if (!d || b->payload_bytes == 0 || (b->is_tcp && !is_next(stream, b, d)))
		return;
	if (d->payload_kept > 0) {
		if (entropy)
			nf_entropy_data(&entropy[b->dir], d->payload, d->payload_kept, NF_ENTROPY_BYTES);
		if (dns && dns->state == NF_FACTS_WANTED && is_dns(&turn->key))
			nf_dns_data(dns, d->payload, d->payload_kept, b->is_tcp);
		if (b->is_tcp && b->dir == NF_FWD && !stream->broken[NF_FWD])
			add_forward(facts, extras, d);
	}
	if (d->payload_kept < b->payload_bytes)
		stream->broken[b->dir] = true;
}
