/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "defrag.h"

#include <stdlib.h>
#include <string.h>

enum {
	UNIT = 8,
	UNITS = 65536 / UNIT,
	BUCKETS = 1024,
	DATAGRAMS_MOST = 1024,
	BYTES_MOST = 4 << 20,
	ROOM_LEAST = 1024,
};
static const uint64_t WAIT_NS = UINT64_C(30000000000);
static const uint32_t NOT_KNOWN = UINT32_MAX;

typedef struct datagram {
	struct datagram *next;          /* in its bucket, or of those that are done */
	struct datagram *older, *newer; /* by their first fragments */
	nf_key key;                     /* addresses, version, protocol of IPv4 */
	uint32_t identification;
	uint32_t hash;
	int64_t since_ns;
	uint64_t frames;                /* that were counted as fragments */
	uint32_t total;                 /* bytes, by its last fragment */
	uint32_t end;                   /* of what came so far */
	uint32_t units;                 /* that came so far */
	uint32_t header_bytes;          /* of its first fragment, as the following */
	uint32_t head;                  /* captured bytes */
	uint8_t protocol, tos, ttl;
	uint32_t room;                  /* at bytes */
	uint8_t *bytes;
	uint64_t came[UNITS / 64], captured[UNITS / 64];
} datagram;

struct nf_defrag {
	datagram *buckets[BUCKETS];
	datagram *oldest, *newest;
	size_t n, bytes;
	datagram *waits; /* for which a fragment of this frame came */
	datagram *done;  /* by fragments of this frame */
};

static bool has(const uint64_t *bits, uint32_t i)
{
	return bits[i / 64] >> i % 64 & 1;
}

static void set(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= UINT64_C(1) << i % 64;
}

/* --- the datagrams that wait ---------------------------------------------------------------------------------------------------- */

static void take_out(nf_defrag *defrag, datagram *d)
{
	datagram **link = &defrag->buckets[d->hash % BUCKETS];

	while (*link != d)
		link = &(*link)->next;
	*link = d->next;
	*(d->older ? &d->older->newer : &defrag->oldest) = d->newer;
	*(d->newer ? &d->newer->older : &defrag->newest) = d->older;
	defrag->n--;
	defrag->bytes -= sizeof *d + d->room;
	if (defrag->waits == d)
		defrag->waits = NULL;
}

static void free_one(datagram *d)
{
	free(d->bytes);
	free(d);
}

static void forget(nf_defrag *defrag, datagram *d)
{
	take_out(defrag, d);
	free_one(d);
}

static uint32_t mix(uint32_t hash, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		hash = (hash ^ p[i]) * 16777619u;
	return hash;
}

static uint32_t hash_of(const nf_key *key, uint32_t identification)
{
	const uint32_t hash = mix(2166136261u ^ identification, key->address[0], sizeof key->address);

	return (hash ^ hash >> 15) * 0x2c1b3c6du >> 7;
}

static datagram *add_new(nf_defrag *defrag, const nf_key *key, uint32_t identification, int64_t ts_ns)
{
	datagram *d = calloc(1, sizeof *d);

	if (!d)
		return NULL;
	d->key = *key;
	d->identification = identification;
	d->hash = hash_of(key, identification);
	d->since_ns = ts_ns;
	d->total = NOT_KNOWN;
	d->next = defrag->buckets[d->hash % BUCKETS];
	defrag->buckets[d->hash % BUCKETS] = d;
	d->older = defrag->newest;
	*(d->older ? &d->older->newer : &defrag->oldest) = d;
	defrag->newest = d;
	defrag->n++;
	defrag->bytes += sizeof *d;
	return d;
}

static datagram *find(const nf_defrag *defrag, const nf_key *key, uint32_t identification)
{
	datagram *d = defrag->buckets[hash_of(key, identification) % BUCKETS];

	while (d && (d->identification != identification || memcmp(&d->key, key, sizeof *key) != 0))
		d = d->next;
	return d;
}

static void expire(nf_defrag *defrag, int64_t now_ns)
{
	const datagram *d;

	while ((d = defrag->oldest) != NULL && now_ns > d->since_ns && (uint64_t)now_ns - (uint64_t)d->since_ns > WAIT_NS)
		forget(defrag, defrag->oldest);
}

/* Forgets others, the oldest first, as long as there are too many. */
static void keep_budget(nf_defrag *defrag, const datagram *but)
{
	while (defrag->n > DATAGRAMS_MOST || defrag->bytes > BYTES_MOST) {
		datagram *d = defrag->oldest != but ? defrag->oldest : defrag->oldest->newer;
		if (!d)
			return;
		forget(defrag, d);
	}
}

/* --- their bytes ---------------------------------------------------------------------------------------------------------------- */

static bool make_room(nf_defrag *defrag, datagram *d, uint32_t bytes)
{
	uint32_t room = d->room ? d->room : ROOM_LEAST;

	if (bytes <= d->room)
		return true;
	while (room < bytes)
		room *= 2;
	uint8_t *grown = realloc(d->bytes, room);
	if (!grown)
		return false;
	defrag->bytes += room - d->room;
	d->bytes = grown;
	d->room = room;
	keep_budget(defrag, d);
	return true;
}

/* What is there already stays. Of a unit that was cut by the snapshot length the captured bytes are kept, but only at the end of the head they count. */
static void put(datagram *d, uint32_t offset, const nf_cursor *c)
{
	for (uint32_t at = 0; at < c->wire; at += UNIT) {
		const uint32_t unit = (offset + at) / UNIT;
		const uint32_t bytes = c->wire - at < UNIT ? c->wire - at : UNIT;
		const uint32_t captured = c->captured <= at ? 0 : c->captured - at < bytes ? c->captured - at : bytes;

		d->units += !has(d->came, unit);
		set(d->came, unit);
		if (captured == 0 || has(d->captured, unit))
			continue;
		memcpy(d->bytes + offset + at, c->p + at, captured);
		if (captured == bytes)
			set(d->captured, unit);
	}
}

/* The bytes from the beginning that were captured without a gap. */
static uint32_t captured_bytes(const datagram *d)
{
	uint32_t unit = 0;

	while (unit < UNITS && unit * UNIT < d->total && has(d->captured, unit))
		unit++;
	if (unit * UNIT >= d->total)
		return d->total;
	return d->head / UNIT == unit ? d->head : unit * UNIT;
}

static bool contradicts(const datagram *d, uint32_t end, bool more)
{
	if (more)
		return d->total != NOT_KNOWN && end >= d->total;
	return d->end > end || (d->total != NOT_KNOWN && d->total != end);
}

static nf_skip finish(nf_layer *layer, datagram *d, uint8_t *protocol)
{
	nf_defrag *defrag = layer->defrag;

	take_out(defrag, d);
	d->next = defrag->done;
	defrag->done = d;
	layer->cursor = (nf_cursor){d->bytes, captured_bytes(d), d->total};
	layer->packet->ip_bytes = d->header_bytes + d->total;
	layer->packet->flags |= NF_PACKET_REASSEMBLED;
	layer->detail->ip_header_bytes = (uint16_t)d->header_bytes;
	layer->detail->tos = d->tos;
	layer->detail->ttl = d->ttl;
	*protocol = d->protocol;
	return NF_SKIP_NONE;
}

/* The first fragment tells what stands in the header. */
static void note_first(datagram *d, const nf_layer *layer, const nf_fragment *fragment)
{
	d->header_bytes = fragment->header_bytes;
	d->protocol = fragment->protocol;
	d->tos = layer->detail->tos;
	d->ttl = layer->detail->ttl;
	d->head = layer->cursor.captured;
}

nf_skip nf_defrag_add(nf_layer *layer, const nf_fragment *fragment, uint8_t *protocol)
{
	nf_defrag *defrag = layer->defrag;
	const nf_cursor *c = &layer->cursor;
	const uint32_t end = fragment->offset + c->wire;
	nf_key key = layer->packet->key;

	if (c->wire == 0 || c->wire > UINT16_MAX || end > UINT16_MAX || (fragment->more && c->wire % UNIT))
		return NF_SKIP_MALFORMED;
	key.protocol = key.ip_version == 4 ? fragment->protocol : 0;
	expire(defrag, layer->packet->ts_ns);
	datagram *d = find(defrag, &key, fragment->identification);
	if (d && contradicts(d, end, fragment->more))
		return NF_SKIP_MALFORMED;
	if (!d)
		d = add_new(defrag, &key, fragment->identification, layer->packet->ts_ns);
	if (!d)
		return NF_SKIP_FRAGMENT;
	keep_budget(defrag, d);
	if (!make_room(defrag, d, fragment->offset + c->captured)) {
		forget(defrag, d);
		return NF_SKIP_FRAGMENT;
	}
	if (fragment->offset == 0 && !has(d->came, 0))
		note_first(d, layer, fragment);
	put(d, fragment->offset, c);
	d->end = d->end > end ? d->end : end;
	if (!fragment->more)
		d->total = end;
	if (d->total != NOT_KNOWN && d->units == (d->total + UNIT - 1) / UNIT)
		return finish(layer, d, protocol);
	defrag->waits = d;
	return NF_SKIP_FRAGMENT;
}

uint64_t nf_defrag_settle(nf_defrag *defrag, bool elsewhere)
{
	uint64_t frames = 0;

	if (defrag->waits && !elsewhere)
		defrag->waits->frames++;
	defrag->waits = NULL;
	while (defrag->done) {
		datagram *d = defrag->done;
		defrag->done = d->next;
		frames += d->frames;
		free_one(d);
	}
	return frames;
}

/* --- begin and end -------------------------------------------------------------------------------------------------------------- */

nf_defrag *nf_defrag_new(void)
{
	return calloc(1, sizeof(nf_defrag));
}

void nf_defrag_clear(nf_defrag *defrag)
{
	nf_defrag_settle(defrag, true);
	while (defrag->oldest)
		forget(defrag, defrag->oldest);
}

void nf_defrag_free(nf_defrag *defrag)
{
	if (!defrag)
		return;
	nf_defrag_clear(defrag);
	free(defrag);
}
