/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/live.h>

#include <netflower/devices.h>

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { LOOK_FRAMES = 4096, TICK_MS = 50, QUIET_MS = 500 };

/* How far a capture has come. */
typedef enum stage { STAGE_OPEN, STAGE_RUNS, STAGE_ENDED } stage;

struct nf_live {
	nf_live_settings settings;
	nf_devices *devices;
	nf_engine *engine;
	char **names; /* copies */
	char *filter;
	int wake;     /* is readable when the capture is to stop */
	bool ends;    /* the thread has seen that, or a failure */

	pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t change;
	stage stage;
	bool joinable;
	pthread_t thread;
	nf_device_counts counts;
};

void nf_live_settings_init(nf_live_settings *settings)
{
	*settings = (nf_live_settings){0};
	nf_options_init(&settings->engine);
	settings->engine.idle_timeout_ns = 30 * NF_SECOND_NS;
	settings->engine.active_timeout_ns = 120 * NF_SECOND_NS;
	settings->engine.active_by_clock = true;
}

static void tell(nf_live *live, nf_status status, const char *text)
{
	if (live->settings.on_error)
		live->settings.on_error(live->settings.to, status, text);
}

static void tell_news(void *to, const char *text)
{
	tell(to, NF_OK, text);
}

static bool copy_texts(nf_live *live)
{
	nf_live_settings *s = &live->settings;

	live->names = calloc(s->n_interfaces + 1, sizeof *live->names);
	if (!live->names)
		return false;
	for (size_t i = 0; i < s->n_interfaces; i++)
		if (!(live->names[i] = strdup(s->interfaces[i])))
			return false;
	live->filter = s->filter ? strdup(s->filter) : NULL;
	return live->filter || !s->filter;
}

static nf_status open_all(nf_live *live, nf_error *error)
{
	const nf_live_settings *s = &live->settings;

	if (!s->on_flow)
		return nf_fail(error, NF_ARGUMENT, "on_flow is missing");
	if (!copy_texts(live) || (live->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
		return nf_fail(error, NF_NO_MEMORY, "out of memory or file descriptors");
	nf_status status = nf_engine_new(&live->engine, &s->engine, error);
	nf_device_settings devices = {
		.names = (const char *const *)live->names,
		.n = s->n_interfaces,
		.filter = live->filter,
		.snapshot_length = s->snapshot_length,
		.buffer_bytes = s->buffer_bytes,
		.own_only = s->own_only,
		.wait = s->wait,
		.say = tell_news,
		.to = live,
	};
	return status == NF_OK ? nf_devices_open(&live->devices, &devices, error) : status;
}

nf_status nf_live_open(nf_live **result, const nf_live_settings *settings, nf_error *error)
{
	nf_live *live = calloc(1, sizeof *live);

	*result = NULL;
	if (!live)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	live->settings = *settings;
	live->wake = -1;
	pthread_mutex_init(&live->mutex, NULL);
	pthread_cond_init(&live->change, NULL);
	nf_status status = open_all(live, error);
	if (status == NF_OK)
		*result = live;
	else
		nf_live_close(live);
	return status;
}

static void give_flows(nf_live *live)
{
	const nf_flow *flow;

	while ((flow = nf_engine_take(live->engine)) != NULL)
		live->settings.on_flow(live->settings.to, flow);
}

/* Begins the end; what the kernel has by now is still read. */
static void begin_end(nf_live *live)
{
	if (!live->ends)
		nf_devices_stop(live->devices);
	live->ends = true;
}

static void fail(nf_live *live, nf_status status, const nf_error *error)
{
	tell(live, status, error->text);
	begin_end(live);
}

static nf_status use_frame(nf_live *live, const nf_frame *frame, int64_t shift_ns, nf_error *error)
{
	nf_status status = shift_ns ? nf_engine_shift_clock(live->engine, shift_ns, error) : NF_OK;

	return status == NF_OK ? nf_engine_frame(live->engine, frame, error) : status;
}

/* All that one look gives. False: there is no memory to go on. */
static bool look(nf_live *live)
{
	nf_status status, worked = NF_OK;
	int64_t shift_ns;
	nf_frame frame;
	nf_error error;

	if ((status = nf_devices_look(live->devices, &error)) != NF_OK)
		fail(live, status, &error);
	for (int i = 0; i < LOOK_FRAMES && status != NF_END && worked == NF_OK; i++) {
		status = nf_devices_next(live->devices, &frame, &shift_ns, &error);
		if (status == NF_OK)
			worked = use_frame(live, &frame, shift_ns, &error);
		else if (status != NF_END)
			fail(live, status, &error);
	}
	if (worked == NF_OK)
		worked = status == NF_END ? nf_engine_advance(live->engine, nf_devices_now(live->devices), &error)
					  : nf_engine_flush(live->engine, &error);
	if (worked != NF_OK)
		fail(live, worked, &error);
	else
		give_flows(live);
	return worked == NF_OK;
}

static void *run(void *data)
{
	nf_live *live = data;
	struct pollfd wake = {.fd = live->wake, .events = POLLIN};
	bool goes_on = true;
	nf_error error;

	while (goes_on && !(live->ends && nf_devices_done(live->devices))) {
		wake.fd = live->ends ? -1 : live->wake;
		nf_devices_wait(live->devices, &wake, 1, live->ends || nf_engine_stats(live->engine)->alive > 0 ? TICK_MS : QUIET_MS);
		if (wake.revents & POLLIN)
			begin_end(live);
		goes_on = look(live);
		pthread_mutex_lock(&live->mutex);
		nf_devices_get_counts(live->devices, &live->counts);
		pthread_mutex_unlock(&live->mutex);
	}
	if (goes_on && nf_engine_finish(live->engine, &error) == NF_OK)
		give_flows(live);
	pthread_mutex_lock(&live->mutex);
	live->stage = STAGE_ENDED;
	pthread_cond_broadcast(&live->change);
	pthread_mutex_unlock(&live->mutex);
	return NULL;
}

/* Signals are for the threads of the program. */
static int start_thread(nf_live *live)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int result = pthread_create(&live->thread, NULL, run, live);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

nf_status nf_live_start(nf_live *live, nf_error *error)
{
	nf_status status = NF_OK;

	/* The thread finds its own id only after this. */
	pthread_mutex_lock(&live->mutex);
	if (live->joinable)
		status = nf_fail(error, NF_ARGUMENT, "the capture was started before");
	else if (live->stage == STAGE_OPEN && start_thread(live) != 0)
		status = nf_fail(error, NF_NO_MEMORY, "cannot start a thread");
	else if (live->stage == STAGE_OPEN) {
		live->joinable = true;
		live->stage = STAGE_RUNS;
	}
	pthread_mutex_unlock(&live->mutex);
	return status;
}

void nf_live_stop(nf_live *live)
{
	const uint64_t one = 1;

	(void)!write(live->wake, &one, sizeof one);
	pthread_mutex_lock(&live->mutex);
	if (live->stage == STAGE_OPEN)
		live->stage = STAGE_ENDED;
	if (!live->joinable || !pthread_equal(pthread_self(), live->thread))
		while (live->stage == STAGE_RUNS)
			pthread_cond_wait(&live->change, &live->mutex);
	pthread_mutex_unlock(&live->mutex);
}

void nf_live_wait(nf_live *live)
{
	pthread_mutex_lock(&live->mutex);
	while (live->stage == STAGE_RUNS)
		pthread_cond_wait(&live->change, &live->mutex);
	pthread_mutex_unlock(&live->mutex);
}

void nf_live_get_counts(nf_live *live, nf_live_counts *counts)
{
	pthread_mutex_lock(&live->mutex);
	*counts = (nf_live_counts){live->counts.received, live->counts.dropped, live->counts.interface_dropped};
	pthread_mutex_unlock(&live->mutex);
}

void nf_live_close(nf_live *live)
{
	if (!live)
		return;
	if (live->wake >= 0)
		nf_live_stop(live);
	if (live->joinable)
		pthread_join(live->thread, NULL);
	nf_devices_close(live->devices);
	nf_engine_free(live->engine);
	if (live->wake >= 0)
		close(live->wake);
	for (char **name = live->names; name && *name; name++)
		free(*name);
	free(live->names);
	free(live->filter);
	pthread_cond_destroy(&live->change);
	pthread_mutex_destroy(&live->mutex);
	free(live);
}
