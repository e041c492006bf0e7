/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/team.h"

#include "flow/parcel.h"
#include "sink/sink_internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* A thread that has to be woken costs as much as some hundred packets: so several batches go from one to the other at once. */
enum { CHUNK_FLOWS = 128, CHUNKS = 12, BATCHES = 8, BUNDLES = 8 };

typedef struct bundle {
	nf_batch batches[BATCHES];
	size_t n; /* of them that are in use; all but the last are full */
	struct bundle *next;
} bundle;

typedef enum chunk_state { WAITING, PRINTING, PRINTED } chunk_state;

typedef struct chunk {
	unsigned char *parcels; /* CHUNK_FLOWS of them */
	size_t n;
	chunk_state state;
	nf_sink *sink; /* has no writer: it holds the rows until they are written */
	struct chunk *next;
} chunk;

struct nf_team {
	pthread_mutex_t mutex; /* guards all but what belongs to one thread by the flags below */
	pthread_cond_t change;
	nf_engine *engine;
	nf_writer writer;
	unsigned n_threads;
	pthread_t *threads;
	bool over;
	unsigned working; /* threads in a job */
	nf_status failed;
	nf_error why;

	bundle *filling; /* the caller's */
	bundle *free_bundles, *full_first, **full_last;
	bool engine_busy; /* a thread works with the engine and with what it gathers into */
	chunk *gathering;
	chunk *free_chunks, *order_first, **order_last; /* not written yet, in order */
	bool writing;
	atomic_uint_fast64_t rows; /* read by the caller at any time */
	nf_decoder *decoder;  /* the engine's; only the caller's thread uses it */
	nf_parcel_form form;
	bundle bundles[BUNDLES];
	chunk chunks[CHUNKS];
};

static void fail(nf_team *team, nf_status status, const nf_error *error)
{
	if (status == NF_OK || team->failed != NF_OK)
		return;
	team->failed = status;
	team->why = *error;
}

static void *parcel_at(const nf_team *team, const chunk *c, size_t i)
{
	return c->parcels + i * team->form.bytes;
}

/* --- jobs: called with the mutex held, which they let go while they work; false: there was nothing to do ------------------------- */

static bool write_job(nf_team *team)
{
	chunk *c = team->order_first;
	nf_error error;

	if (!c || c->state != PRINTED || team->writing)
		return false;
	team->writing = true;
	pthread_mutex_unlock(&team->mutex);
	nf_status status = team->writer.write(team->writer.to, c->sink->buffer, c->sink->used, &error);
	c->sink->used = 0;
	pthread_mutex_lock(&team->mutex);
	fail(team, status, &error);
	team->writing = false;
	team->rows += c->n;
	team->order_first = c->next;
	if (!team->order_first)
		team->order_last = &team->order_first;
	c->next = team->free_chunks;
	team->free_chunks = c;
	return true;
}

static bool print_job(nf_team *team)
{
	chunk *c = team->order_first;
	nf_status status = NF_OK;
	nf_error error;

	while (c && c->state != WAITING)
		c = c->next;
	if (!c)
		return false;
	c->state = PRINTING;
	pthread_mutex_unlock(&team->mutex);
	for (size_t i = 0; i < c->n && status == NF_OK; i++) {
		nf_flow flow = nf_parcel_flow(&team->form, parcel_at(team, c, i));
		status = nf_sink_flow(c->sink, &flow, &error);
	}
	pthread_mutex_lock(&team->mutex);
	fail(team, status, &error);
	c->state = PRINTED;
	return true;
}

static bool do_rows(nf_team *team)
{
	return write_job(team) || print_job(team);
}

static void wait_for_change(nf_team *team)
{
	pthread_cond_wait(&team->change, &team->mutex);
}

/* Puts what was gathered in line for printing. */
static void close_chunk(nf_team *team)
{
	chunk *c = team->gathering;

	if (!c || c->n == 0)
		return;
	team->gathering = NULL;
	c->state = WAITING;
	c->next = NULL;
	*team->order_last = c;
	team->order_last = &c->next;
	pthread_cond_broadcast(&team->change);
}

/* A chunk to gather into. With all of them in use the thread helps to get one free. */
static chunk *open_chunk(nf_team *team)
{
	while (!team->gathering) {
		chunk *c = team->free_chunks;
		if (c) {
			team->free_chunks = c->next;
			c->n = 0;
			team->gathering = c;
		} else if (do_rows(team)) {
			pthread_cond_broadcast(&team->change);
		} else {
			wait_for_change(team);
		}
	}
	return team->gathering;
}

/* Packs all flows that have ended. The engine is this thread's. */
static void gather(nf_team *team)
{
	for (;;) {
		chunk *c = open_chunk(team);
		pthread_mutex_unlock(&team->mutex);
		while (c->n < CHUNK_FLOWS && nf_engine_pack(team->engine, parcel_at(team, c, c->n)))
			c->n++;
		pthread_mutex_lock(&team->mutex);
		if (c->n < CHUNK_FLOWS)
			return;
		close_chunk(team);
	}
}

/* Works through a bundle, and empties it. */
static nf_status work_on(nf_engine *engine, bundle *b, nf_error *error)
{
	nf_status status = NF_OK;

	for (size_t i = 0; i < b->n; i++) {
		if (status == NF_OK)
			status = nf_engine_batch(engine, &b->batches[i], error);
		nf_batch_clear(&b->batches[i]);
	}
	b->n = 1;
	return status;
}

static bool engine_job(nf_team *team)
{
	bundle *b = team->full_first;
	nf_error error;

	if (!b || team->engine_busy)
		return false;
	team->engine_busy = true;
	team->full_first = b->next;
	if (!team->full_first)
		team->full_last = &team->full_first;
	pthread_mutex_unlock(&team->mutex);
	nf_status status = work_on(team->engine, b, &error);
	pthread_mutex_lock(&team->mutex);
	fail(team, status, &error);
	b->next = team->free_bundles;
	team->free_bundles = b;
	if (status == NF_OK)
		gather(team);
	team->engine_busy = false;
	return true;
}

/* The engine before the printing: all else comes from it. */
static bool do_a_job(nf_team *team)
{
	team->working++;
	const bool done = write_job(team) || engine_job(team) || print_job(team);
	team->working--;
	if (done)
		pthread_cond_broadcast(&team->change);
	return done;
}

static void *member(void *data)
{
	nf_team *team = data;

	pthread_mutex_lock(&team->mutex);
	while (!team->over)
		if (team->failed != NF_OK || !do_a_job(team))
			wait_for_change(team);
	pthread_mutex_unlock(&team->mutex);
	return NULL;
}

/* --- the caller's thread --------------------------------------------------------------------------------------------------------- */

/* After a failure nobody works any more, so that the engine's numbers can be asked for. */
static nf_status told(nf_team *team, nf_error *error)
{
	while (team->failed != NF_OK && team->working)
		wait_for_change(team);
	if (team->failed != NF_OK && error)
		*error = team->why;
	return team->failed;
}

/* Hands the bundle over and gets an empty one, helping as long as there is none. */
static nf_status hand_over(nf_team *team, nf_error *error)
{
	bundle *b = team->filling;

	pthread_mutex_lock(&team->mutex);
	b->next = NULL;
	*team->full_last = b;
	team->full_last = &b->next;
	pthread_cond_broadcast(&team->change);
	while (!team->free_bundles && team->failed == NF_OK)
		if (!do_a_job(team))
			wait_for_change(team);
	team->filling = team->free_bundles;
	if (team->filling)
		team->free_bundles = team->filling->next;
	nf_status status = told(team, error);
	pthread_mutex_unlock(&team->mutex);
	return status;
}

/* The batch being filled is full. */
static nf_status next_batch(nf_team *team, nf_error *error)
{
	if (team->filling->n == BATCHES)
		return hand_over(team, error);
	team->filling->n++;
	return NF_OK;
}

nf_status nf_team_frames(nf_team *team, const nf_frame *frames, size_t n, uint64_t number, nf_error *error)
{
	nf_status status = NF_OK;
	size_t taken;

	for (; n > 0 && status == NF_OK; frames += taken, n -= taken, number += taken)
		if (!nf_batch_frames(&team->filling->batches[team->filling->n - 1], team->decoder, frames, n, number, &taken))
			status = next_batch(team, error);
	return status;
}

nf_status nf_team_drain(nf_team *team, nf_error *error)
{
	nf_status status = hand_over(team, error);

	if (status != NF_OK)
		return status;
	pthread_mutex_lock(&team->mutex);
	while (team->failed == NF_OK && (team->full_first || team->engine_busy))
		if (!do_a_job(team))
			wait_for_change(team);
	/* What ended without a batch, and what the last chunk holds. */
	if (team->failed == NF_OK) {
		gather(team);
		close_chunk(team);
	}
	while (team->failed == NF_OK && team->order_first)
		if (!do_a_job(team))
			wait_for_change(team);
	status = told(team, error);
	pthread_mutex_unlock(&team->mutex);
	return status;
}

uint64_t nf_team_rows(const nf_team *team)
{
	return team->rows;
}

/* --- its begin and end ----------------------------------------------------------------------------------------------------------- */

void nf_team_free(nf_team *team)
{
	if (!team)
		return;
	pthread_mutex_lock(&team->mutex);
	team->over = true;
	pthread_cond_broadcast(&team->change);
	pthread_mutex_unlock(&team->mutex);
	for (unsigned i = 0; i < team->n_threads; i++)
		pthread_join(team->threads[i], NULL);
	for (int i = 0; i < CHUNKS; i++) {
		nf_sink_free(team->chunks[i].sink);
		free(team->chunks[i].parcels);
	}
	for (int i = 0; i < BUNDLES; i++)
		for (int k = 0; k < BATCHES; k++)
			nf_batch_release(&team->bundles[i].batches[k]);
	free(team->threads);
	pthread_cond_destroy(&team->change);
	pthread_mutex_destroy(&team->mutex);
	free(team);
}

static nf_status fill(nf_team *team, const char *format, const nf_columns *columns, nf_error *error)
{
	nf_status status = NF_OK;

	for (int i = 0; i < BUNDLES; i++) {
		for (int k = 0; k < BATCHES && status == NF_OK; k++)
			status = nf_batch_init(&team->bundles[i].batches[k], team->decoder, error);
		team->bundles[i].n = 1;
		team->bundles[i].next = team->free_bundles;
		team->free_bundles = &team->bundles[i];
	}
	team->filling = team->free_bundles;
	team->free_bundles = team->filling->next;
	for (int i = 0; i < CHUNKS && status == NF_OK; i++) {
		team->chunks[i].next = team->free_chunks;
		team->free_chunks = &team->chunks[i];
		team->chunks[i].parcels = aligned_alloc(NF_PARCEL_ALIGNMENT, CHUNK_FLOWS * team->form.bytes);
		if (!team->chunks[i].parcels)
			return nf_fail(error, NF_NO_MEMORY, "out of memory");
		status = nf_sink_new(&team->chunks[i].sink, format, columns, (nf_writer){0}, error);
	}
	return status;
}

static nf_status start(nf_team *team, unsigned threads, nf_error *error)
{
	while (team->n_threads < threads - 1) {
		if (pthread_create(&team->threads[team->n_threads], NULL, member, team) != 0)
			return nf_fail(error, NF_NO_MEMORY, "cannot start a thread");
		team->n_threads++;
	}
	return NF_OK;
}

nf_status nf_team_new(nf_team **result, unsigned threads, nf_engine *engine, const char *format, const nf_columns *columns, nf_writer writer,
		      nf_error *error)
{
	nf_team *team = calloc(1, sizeof *team);
	pthread_t *handles = calloc(threads, sizeof *handles);

	*result = NULL;
	if (!team || !handles) {
		free(team);
		free(handles);
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	}
	pthread_mutex_init(&team->mutex, NULL);
	pthread_cond_init(&team->change, NULL);
	team->threads = handles;
	team->engine = engine;
	team->decoder = nf_engine_decoder(engine);
	team->form = nf_engine_parcel_form(engine);
	team->writer = writer;
	team->full_last = &team->full_first;
	team->order_last = &team->order_first;
	nf_status status = fill(team, format, columns, error);
	if (status == NF_OK)
		status = start(team, threads, error);
	if (status == NF_OK)
		*result = team;
	else
		nf_team_free(team);
	return status;
}
