/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seen.h"

#include <stdlib.h>

enum { PLACES_LEAST = 16, PLACES_MOST = 65536 };
_Static_assert(sizeof(nf_cic_segment) == 16, "segments are compared as two words");
_Static_assert(PLACES_MOST / 4 * 3 == NF_CIC_SEEN_LEAST, "a table is full when three of four places are");

static bool make_table(nf_engine *engine, nf_cic_segment **table, size_t places)
{
	*table = calloc(places, sizeof **table);
	if (*table)
		engine->life_bytes += places * sizeof **table;
	return *table;
}

static void free_table(nf_engine *engine, nf_cic_segment *table, size_t places)
{
	if (table)
		engine->life_bytes -= places * sizeof *table;
	free(table);
}

size_t nf_cic_seen_begin(nf_engine *engine)
{
	const uint64_t memory = engine->options.max_memory;
	size_t places = PLACES_MOST;

	while (memory && places > PLACES_LEAST && 2 * places * sizeof(nf_cic_segment) > memory / 8)
		places /= 2;
	nf_cic_life_of(engine)->seen_places = places;
	return places * sizeof(nf_cic_segment) + sizeof(nf_cic_seen);
}

nf_cic_seen *nf_cic_seen_new(nf_engine *engine)
{
	nf_cic_life *life = nf_cic_life_of(engine);
	nf_cic_seen *seen = calloc(1, sizeof *seen);

	if (!seen)
		return NULL;
	seen->places = PLACES_LEAST;
	if (!make_table(engine, &seen->now, seen->places)) {
		free(seen);
		return NULL;
	}
	engine->life_bytes += sizeof *seen;
	seen->next = life->seen_first;
	if (seen->next)
		seen->next->previous = seen;
	life->seen_first = seen;
	return seen;
}

void nf_cic_seen_free(nf_engine *engine, nf_cic_seen *seen)
{
	if (!seen)
		return;
	if (seen->next)
		seen->next->previous = seen->previous;
	if (seen->previous)
		seen->previous->next = seen->next;
	else
		nf_cic_life_of(engine)->seen_first = seen->next;
	free_table(engine, seen->now, seen->places);
	free_table(engine, seen->before, seen->places_before);
	engine->life_bytes -= sizeof *seen;
	free(seen);
}

static bool equal(const nf_cic_segment *a, const nf_cic_segment *b)
{
	return nf_load64(a) == nf_load64(b) && nf_load64(&a->payload_bytes) == nf_load64(&b->payload_bytes);
}

/* The segment's place, or the free one where it belongs; there always is one. */
static nf_cic_segment *place_of(const nf_engine *engine, nf_cic_segment *table, size_t places, const nf_cic_segment *segment)
{
	const nf_hash_seed *seed = &engine->table.seed;
	size_t i = nf_fold_product(nf_load64(segment) ^ seed->word[0], nf_load64(&segment->payload_bytes) ^ seed->word[1]) & (places - 1);

	while (table[i].used && !equal(&table[i], segment))
		i = (i + 1) & (places - 1);
	return &table[i];
}

static bool grow(nf_engine *engine, nf_cic_seen *seen)
{
	nf_cic_segment *larger;

	if (!make_table(engine, &larger, seen->places * 2))
		return false;
	for (size_t i = 0; i < seen->places; i++)
		if (seen->now[i].used)
			*place_of(engine, larger, seen->places * 2, &seen->now[i]) = seen->now[i];
	free_table(engine, seen->now, seen->places);
	seen->now = larger;
	seen->places *= 2;
	return true;
}

/* The table is full: it becomes the one before, and what that knew is forgotten. */
static bool begin_anew(nf_engine *engine, nf_cic_seen *seen)
{
	nf_cic_segment *table;

	if (!make_table(engine, &table, seen->places))
		return false;
	free_table(engine, seen->before, seen->places_before);
	seen->before = seen->now;
	seen->places_before = seen->places;
	seen->now = table;
	seen->n = 0;
	return true;
}

bool nf_cic_seen_add(nf_engine *engine, nf_cic_seen *seen, const nf_cic_segment *segment, bool *again)
{
	if (seen->n >= seen->places / 4 * 3 && !(seen->places < nf_cic_life_of(engine)->seen_places ? grow(engine, seen) : begin_anew(engine, seen)))
		return false;
	nf_cic_segment *place = place_of(engine, seen->now, seen->places, segment);
	*again = place->used;
	if (place->used)
		return true;
	*again = seen->before && place_of(engine, seen->before, seen->places_before, segment)->used;
	*place = *segment;
	seen->n++;
	return true;
}
