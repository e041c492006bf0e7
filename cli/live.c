/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of a live capture: one poll() over interfaces, signals and the clock. No other thread is there. */
#include "run.h"

#include "say.h"
#include "signals.h"

#include <netflower/settings.h>

enum {
	LOOK_FRAMES = 4096, /* after so many frames signals and the clock are looked at */
	TICK_MS = 50,       /* while there are flows, whose limits may pass */
	QUIET_MS = 500,     /* while there are none */
	FLUSH_MS = 500,     /* rows for a file are made readable so often */
};

/* When what is to be done next, by the monotonic clock. */
typedef struct times {
	gint64 stop_us;    /* of -a; INT64_MAX: never */
	gint64 flush_us, progress_us;
	gint64 summary_us; /* INT64_MAX: never */
	bool stopping;
} times;

static void say_text(void *to, const char *text)
{
	(void)to;
	say("%s", text);
}

nf_status live_open(run *r)
{
	const cli_options *o = r->options;
	nf_status status = run_filter_text(r, &r->live_filter);
	nf_device_settings settings = {
		.names = (const char *const *)o->interfaces->pdata,
		.n = o->interfaces->len,
		.filter = r->live_filter,
		.time_stamp_type = o->time_stamp_type,
		.snapshot_length = (int)o->snapshot_length,
		.buffer_bytes = (int)(o->buffer_mib << 20),
		.own_only = o->own_only,
		.monitor = o->monitor,
		.immediate = o->immediate,
		.wait = o->wait,
		.say = say_text,
	};

	if (status == NF_OK)
		status = nf_devices_open(&r->devices, &settings, &r->why);
	return status;
}

static void stop(run *r, times *t)
{
	if (!t->stopping)
		nf_devices_stop(r->devices);
	t->stopping = true;
	t->stop_us = G_MAXINT64;
}

/* An interface that is lost ends the capture; what the others have until now is still used. */
static void meet_fault(run *r, times *t, nf_status status, const nf_error *error)
{
	if (status == NF_NO_MEMORY) {
		r->why = *error;
		run_fail(r, status);
		return;
	}
	say("%s", error->text);
	r->capture_failed = true;
	stop(r, t);
}

static void use_frame(run *r, const nf_frame *frame, int64_t shift_ns)
{
	if (shift_ns) {
		say("the system clock was set by %+.3f s; flows go on as if it had not been", (double)shift_ns / (double)NF_SECOND_NS);
		run_fail(r, nf_meter_shift_clock(r->meter, shift_ns, &r->why));
	}
	if (r->failed == NF_OK)
		run_fail(r, nf_meter_frame(r->meter, frame, &r->why));
	if (r->ring && r->options->ring_bytes && r->failed == NF_OK && ring_is_due(r->ring, nf_meter_bytes(r->meter)))
		run_work(r, WORK_ROTATE);
	if (++r->taken == r->options->max_frames)
		r->over = true;
}

/* Takes the frames that there are. False: there are more. */
static bool take_frames(run *r, times *t)
{
	nf_status status = NF_OK;
	int64_t shift_ns;
	nf_frame frame;
	nf_error error;

	for (int i = 0; i < LOOK_FRAMES && !r->over; i++) {
		status = nf_devices_next(r->devices, &frame, &shift_ns, &error);
		if (status == NF_END)
			return true;
		if (status == NF_OK)
			use_frame(r, &frame, shift_ns);
		else
			meet_fault(r, t, status, &error);
	}
	return false;
}

static void look(run *r, times *t)
{
	nf_error error;
	nf_status status = nf_devices_look(r->devices, &error);

	if (status != NF_OK)
		meet_fault(r, t, status, &error);
	if (!take_frames(r, t) || r->over)
		return;
	run_fail(r, nf_meter_advance(r->meter, nf_devices_now(r->devices), &r->why));
	r->over = r->over || (t->stopping && nf_devices_done(r->devices));
}

/* Rows that have come go on at once to a reader who waits, and to a file before long. */
static void flush(run *r, times *t, gint64 now)
{
	if (r->failed != NF_OK || nf_meter_rows_waiting(r->meter) == 0 || (!nf_meter_is_interactive(r->meter) && now < t->flush_us))
		return;
	run_fail(r, nf_meter_flush(r->meter, &r->why));
	t->flush_us = now + FLUSH_MS * G_TIME_SPAN_MILLISECOND;
}

static void do_what_is_due(run *r, times *t)
{
	const gint64 now = g_get_monotonic_time();
	unsigned work = atomic_exchange(&signals_work, 0);

	if (work & WORK_STOP)
		r->stopped = true;
	if (work & WORK_STOP || now >= t->stop_us)
		stop(r, t);
	if (now >= t->summary_us) {
		work |= WORK_SUMMARY;
		t->summary_us = now + r->options->stats_interval_ns / 1000;
	}
	if (r->ring && ring_is_due(r->ring, nf_meter_bytes(r->meter)))
		work |= WORK_ROTATE;
	run_work(r, work & ~(unsigned)WORK_STOP);
	flush(r, t, now);
	if (now >= t->progress_us) {
		report_progress(r);
		t->progress_us = now + PROGRESS_TICK_MS * G_TIME_SPAN_MILLISECOND;
	}
}

static int wait_ms(const run *r, const times *t)
{
	const bool busy = t->stopping || nf_meter_stats(r->meter)->alive > 0 || nf_meter_rows_waiting(r->meter) > 0;
	const gint64 next = MIN(MIN(t->stop_us, t->summary_us), r->ring ? ring_due_us(r->ring) : G_MAXINT64), now = g_get_monotonic_time();
	const int most = busy ? TICK_MS : QUIET_MS;

	return next - now < most * G_TIME_SPAN_MILLISECOND ? (int)(MAX(0, next - now) / G_TIME_SPAN_MILLISECOND) + 1 : most;
}

/* A limit so far off that the clock cannot say when is none. */
static gint64 in_us(gint64 now, int64_t ns)
{
	return ns > INT64_MAX / 2 ? G_MAXINT64 : now + ns / 1000;
}

void live_run(run *r)
{
	const gint64 now = g_get_monotonic_time();
	const cli_options *o = r->options;
	times t = {
		.stop_us = o->max_ns >= 0 ? in_us(now, o->max_ns) : G_MAXINT64,
		.summary_us = o->stats_interval_ns ? in_us(now, o->stats_interval_ns) : G_MAXINT64,
	};
	struct pollfd fds[SIGNALS_DESCRIPTORS];

	signals_descriptors(fds);
	/* What stands before the first row is not to wait for it. */
	run_work(r, WORK_FLUSH);
	while (!r->over) {
		nf_devices_wait(r->devices, fds, SIGNALS_DESCRIPTORS, wait_ms(r, &t));
		signals_collect();
		look(r, &t);
		do_what_is_due(r, &t);
	}
}
