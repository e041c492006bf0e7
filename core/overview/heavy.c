/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "heavy.h"

#include <stdlib.h>
#include <unistd.h>

static nf_heavy_entry *at(const nf_heavy *h, uint32_t i)
{
	return (nf_heavy_entry *)(h->entries + i * h->entry_bytes);
}

bool nf_heavy_init(nf_heavy *h, uint32_t capacity, size_t body_bytes)
{
	*h = (nf_heavy){.capacity = capacity, .slots = 2 * capacity, .entry_bytes = (sizeof(nf_heavy_entry) + body_bytes + 7) / 8 * 8};
	h->entries = calloc(capacity, h->entry_bytes);
	h->index = calloc(h->slots, sizeof *h->index);
	h->heap = calloc(capacity, sizeof *h->heap);
	return h->entries && h->index && h->heap && getentropy(&h->seed, sizeof h->seed) == 0;
}

void nf_heavy_clear(nf_heavy *h)
{
	free(h->entries);
	free(h->index);
	free(h->heap);
}

/* --- The index: open addressing, linear --- */

static uint32_t hash_of(const nf_heavy *h, const nf_key *key)
{
	return (uint32_t)nf_key_hash(key, &h->seed);
}

/* The slot with the key, or the free one where it belongs. */
static uint32_t slot_of(const nf_heavy *h, const nf_key *key, uint32_t hash)
{
	uint32_t slot = hash & (h->slots - 1);

	for (; h->index[slot]; slot = (slot + 1) & (h->slots - 1)) {
		const nf_heavy_entry *entry = at(h, h->index[slot] - 1);

		if (entry->hash == hash && nf_key_equal(&entry->key, key))
			break;
	}
	return slot;
}

/* Frees a slot; those behind it that are not where they belong move up. */
static void free_slot(nf_heavy *h, uint32_t slot)
{
	const uint32_t mask = h->slots - 1;

	for (uint32_t next = (slot + 1) & mask; h->index[next]; next = (next + 1) & mask) {
		const uint32_t home = at(h, h->index[next] - 1)->hash & mask;

		if (((next - home) & mask) < ((next - slot) & mask))
			continue;
		h->index[slot] = h->index[next];
		slot = next;
	}
	h->index[slot] = 0;
}

/* --- The heap --- */

static bool is_lighter(const nf_heavy_entry *a, const nf_heavy_entry *b)
{
	return a->weight != b->weight ? a->weight < b->weight : memcmp(&a->key, &b->key, sizeof a->key) < 0;
}

static void put_at(nf_heavy *h, uint32_t place, uint32_t i)
{
	h->heap[place] = i;
	at(h, i)->place = place;
}

static void sink_down(nf_heavy *h, uint32_t place)
{
	const uint32_t moved = h->heap[place];

	for (;;) {
		uint32_t child = 2 * place + 1;

		if (child >= h->used)
			break;
		if (child + 1 < h->used && is_lighter(at(h, h->heap[child + 1]), at(h, h->heap[child])))
			child++;
		if (!is_lighter(at(h, h->heap[child]), at(h, moved)))
			break;
		put_at(h, place, h->heap[child]);
		place = child;
	}
	put_at(h, place, moved);
}

static void rise(nf_heavy *h, uint32_t place)
{
	const uint32_t moved = h->heap[place];

	for (; place > 0 && is_lighter(at(h, moved), at(h, h->heap[(place - 1) / 2])); place = (place - 1) / 2)
		put_at(h, place, h->heap[(place - 1) / 2]);
	put_at(h, place, moved);
}

static void begin_heap(nf_heavy *h)
{
	h->taken_over = true;
	for (uint32_t place = h->used / 2; place-- > 0;)
		sink_down(h, place);
}

/* --- Counting --- */

static nf_heavy_entry *first_for(nf_heavy *h)
{
	put_at(h, h->used, h->used);
	return at(h, h->used++);
}

/* The lightest counter, out of the index; its weight stays. */
static nf_heavy_entry *take_over(nf_heavy *h)
{
	if (!h->taken_over)
		begin_heap(h);
	nf_heavy_entry *entry = at(h, h->heap[0]);

	free_slot(h, slot_of(h, &entry->key, entry->hash));
	entry->error = entry->weight;
	memset(entry->body, 0, h->entry_bytes - sizeof *entry);
	return entry;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

nf_heavy_entry *nf_heavy_add(nf_heavy *h, const nf_key *key, uint64_t weight)
{
	const uint32_t hash = hash_of(h, key), slot = slot_of(h, key, hash);
	nf_heavy_entry *entry;

	h->total = sum(h->total, weight);
	if (h->index[slot]) {
		entry = at(h, h->index[slot] - 1);
	} else {
		entry = h->used < h->capacity ? first_for(h) : take_over(h);
		entry->key = *key;
		entry->hash = hash;
		/* The slot may be another one now that one was freed. */
		h->index[slot_of(h, key, hash)] = (uint32_t)(((uint8_t *)entry - h->entries) / h->entry_bytes) + 1;
	}
	entry->weight = sum(entry->weight, weight);
	if (h->taken_over) {
		/* Of a counter that changed hands with weight 0 the key may be a smaller one than before. */
		sink_down(h, entry->place);
		rise(h, entry->place);
	}
	return entry;
}

const nf_heavy_entry *nf_heavy_find(const nf_heavy *h, const nf_key *key)
{
	const uint32_t slot = slot_of(h, key, hash_of(h, key));

	return h->index[slot] ? at(h, h->index[slot] - 1) : NULL;
}

static bool is_before(uint64_t a, const nf_heavy_entry *entry_a, uint64_t b, const nf_heavy_entry *entry_b)
{
	return a != b ? a > b : memcmp(&entry_a->key, &entry_b->key, sizeof entry_a->key) < 0;
}

size_t nf_heavy_top(const nf_heavy *h, uint64_t (*measure)(const nf_heavy_entry *entry), const nf_heavy_entry **top, size_t most)
{
	size_t n = 0;

	for (uint32_t i = 0; i < h->used; i++) {
		const nf_heavy_entry *entry = at(h, i);
		const uint64_t its = measure ? measure(entry) : entry->weight;
		size_t to = n;

		if (its == 0)
			continue;
		while (to > 0 && is_before(its, entry, measure ? measure(top[to - 1]) : top[to - 1]->weight, top[to - 1]))
			to--;
		if (to == most)
			continue;
		n += n < most;
		memmove(top + to + 1, top + to, (n - to - 1) * sizeof *top);
		top[to] = entry;
	}
	return n;
}
