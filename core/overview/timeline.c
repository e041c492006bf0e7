/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timeline.h"

#include <string.h>

enum { FIRST_SHIFT = 10 };

static void add(nf_bucket *to, nf_bucket more)
{
	to->frames += more.frames;
	to->bytes += more.bytes;
}

/* Each two buckets become one. */
static void widen(nf_timeline *t)
{
	nf_bucket *b = t->buckets;

	for (size_t i = 0; i < NF_TIMELINE_BUCKETS / 2; i++) {
		nf_bucket both = b[2 * i];

		add(&both, b[2 * i + 1]);
		b[i] = both;
	}
	memset(b + NF_TIMELINE_BUCKETS / 2, 0, NF_TIMELINE_BUCKETS / 2 * sizeof *b);
	t->shift++;
}

static uint64_t bucket_of(const nf_timeline *t, int64_t ns)
{
	return (uint64_t)((unsigned __int128)(ns - t->from_ns) >> t->shift);
}

/* Buckets that lie before the first one but would have to be there. */
static uint64_t missing_before(const nf_timeline *t, int64_t ns)
{
	return ns < t->from_ns ? (uint64_t)((unsigned __int128)(t->from_ns - ns - 1) >> t->shift) + 1 : 0;
}

/* Moves the buckets by @p n, so that the first one begins so much earlier. */
static void move(nf_timeline *t, size_t n)
{
	if (n == 0)
		return;
	memmove(t->buckets + n, t->buckets, (NF_TIMELINE_BUCKETS - n) * sizeof *t->buckets);
	memset(t->buckets, 0, n * sizeof *t->buckets);
	t->from_ns -= (__int128)n << t->shift;
}

void nf_timeline_add(nf_timeline *t, int64_t ns, uint64_t bytes)
{
	uint64_t before;

	if (t->shift == 0) {
		t->shift = FIRST_SHIFT;
		t->from_ns = t->first_ns = t->last_ns = ns;
	}
	const int64_t last_ns = ns > t->last_ns ? ns : t->last_ns;

	while ((before = missing_before(t, ns)) + bucket_of(t, last_ns) >= NF_TIMELINE_BUCKETS)
		widen(t);
	move(t, (size_t)before);
	t->first_ns = ns < t->first_ns ? ns : t->first_ns;
	t->last_ns = last_ns;
	add(&t->buckets[bucket_of(t, ns)], (nf_bucket){1, bytes});
}

size_t nf_timeline_used(const nf_timeline *t, size_t *first)
{
	if (t->shift == 0)
		return *first = 0;
	*first = (size_t)bucket_of(t, t->first_ns);
	return (size_t)bucket_of(t, t->last_ns) - *first + 1;
}
