/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of a live capture: one poll() over interfaces, signals and the clock. No other thread is there. */
#include "run.h"

#include "notify.h"
#include "sandbox.h"
#include "say.h"
#include "signals.h"

#include <netflower/settings.h>

#include <inttypes.h>
#include <string.h>

enum {
	LOOK_FRAMES = 4096, /* after so many frames signals and the clock are looked at */
	TICK_MS = 50,       /* while there are flows, whose limits may pass */
	QUIET_MS = 500,     /* while there are none */
	FLUSH_MS = 500,     /* rows for a file are made readable so often */
	STATUS_MS = 5000,   /* the service manager hears so often how it goes */
};

/* When what is to be done next, by the monotonic clock. */
typedef struct times {
	gint64 stop_us;    /* of -a; INT64_MAX: never */
	gint64 flush_us, progress_us;
	gint64 summary_us; /* INT64_MAX: never */
	gint64 alive_us, status_us; /* for the service manager; INT64_MAX: never */
	bool stopping;
} times;

static void say_text(void *to, const char *text)
{
	(void)to;
	say("%s", text);
}

static nf_status open_devices(run *r)
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

/* An interface that has to be opened later needs again what opening needs. */
static bool will_open(const run *r)
{
	return r->options->wait || !nf_devices_all_open(r->devices);
}

nf_status live_open(run *r)
{
	const cli_options *o = r->options;
	const char *outputs[OUTPUTS_MOST + 2] = {o->stats_json, o->save_pcap};
	nf_status status = rights_new(&r->rights, o->user, &r->why);

	notify_begin();
	/* Before there is anything that the process of commands must not have. */
	if (status == NF_OK && o->post_command)
		status = command_begin(&r->command, o->post_command, r->rights, &r->why);
	if (status == NF_OK)
		status = open_devices(r);
	if (status != NF_OK)
		return status;
	for (unsigned i = 0; i < o->outputs->len; i++)
		outputs[2 + i] = options_output(o, i)->name;
	const unsigned keep = (will_open(r) ? RIGHTS_CAPTURE : 0u) | (o->monitor ? RIGHTS_MONITOR : 0u);
	return rights_drop(r->rights, keep, outputs, G_N_ELEMENTS(outputs), &r->why);
}

void live_free(run *r)
{
	g_free(r->live_filter);
	command_end(r->command);
	rights_free(r->rights);
}

static void add_folder(GPtrArray *folders, const char *file)
{
	if (file)
		g_ptr_array_add(folders, g_path_get_dirname(file));
}

/* The folders where files are made: of the temporary files, which are beside the others, links followed; and where the names of -w change. */
static GPtrArray *output_folders(const run *r)
{
	const cli_options *o = r->options;
	GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);

	for (unsigned i = 0; i < r->outlets.n; i++) {
		const char *temporary = nf_meter_temporary(r->outlets.all[i].meter), *name = r->outlets.all[i].output->name;
		add_folder(folders, temporary);
		if (temporary && strchr(name, '%'))
			g_ptr_array_add(folders, rights_folder_of(name));
	}
	add_folder(folders, r->statistics ? nf_output_temporary(r->statistics) : NULL);
	if (o->save_pcap)
		g_ptr_array_add(folders, g_strdup(o->save_pcap));
	return folders;
}

static nf_status enter_sandbox(run *r, const char **with)
{
	GPtrArray *folders = output_folders(r);
	sandbox_needs needs = {
		.n_folders = folders->len,
		.appends = r->options->save_pcap,
		.reopens = will_open(r) || r->options->monitor,
		.sockets = {notify_socket(), r->command ? command_socket(r->command) : -1},
	};

	for (unsigned i = 0; i < folders->len; i++)
		needs.folders[i] = g_ptr_array_index(folders, i);
	nf_status status = sandbox_enter(&needs, with, &r->why);
	g_ptr_array_free(folders, TRUE);
	return status;
}

/* Who does not ask for the sandbox can do without it. */
static nf_status confine(run *r, const char **with)
{
	const cli_options *o = r->options;

	if (o->no_sandbox) {
		*with = "none, for --no-sandbox";
		return NF_OK;
	}
	if (!sandbox_is_usual(with) && !o->sandbox)
		return NF_OK;
	nf_status status = enter_sandbox(r, with);
	if (status == NF_OK || o->sandbox)
		return status;
	*with = "none, see the warning";
	if (!o->quiet)
		say("warning: %s; going on without", r->why.text);
	return NF_OK;
}

nf_status live_confine(run *r)
{
	const char *with = "";

	sandbox_no_new_rights();
	nf_status status = confine(r, &with);
	if (status != NF_OK)
		return status;
	if (r->options->verbose) {
		char *who = rights_now(r->rights);
		say("capturing %s; sandbox: %s", who, with);
		g_free(who);
	}
	notify("READY=1\nSTATUS=capturing");
	return NF_OK;
}

void live_explain_output(const run *r)
{
	const cli_options *o = r->options;

	if (!r->devices)
		return;
	for (unsigned i = 0; i < o->outputs->len; i++)
		rights_explain_output(r->rights, options_output(o, i)->name);
	if (o->stats_json)
		rights_explain_output(r->rights, o->stats_json);
	if (sandbox_confines_files() && strcasestr(r->why.text, "permission"))
		say("in the sandbox files are made only in the folders that the outputs had at the start, and those below; --no-sandbox does without it");
}

static void stop(run *r, times *t)
{
	if (!t->stopping) {
		nf_devices_stop(r->devices);
		notify("STOPPING=1");
	}
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
		run_fail(r, outlets_shift_clock(&r->outlets, shift_ns, &r->why));
	}
	if (r->failed == NF_OK)
		run_fail(r, outlets_frames(&r->outlets, frame, 1, &r->why));
	if (r->options->ring_bytes && r->failed == NF_OK && outlets_rotation_is_due(&r->outlets))
		run_work(r, WORK_NEXT_FILE);
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

/* Rows that have come since the look before are of flows that were over later than what was settled then. */
static void note_rows(run *r)
{
	lag *l = &r->lag;

	if (outlets_rows(&r->outlets) > l->rows && l->since_ns == 0)
		l->since_ns = l->settled_ns;
	l->rows = outlets_rows(&r->outlets);
	l->settled_ns = nf_devices_given(r->devices);
}

/* Rows that waited are readable now, by a flush or because their file is whole. */
static void note_readable(run *r)
{
	lag *l = &r->lag;

	if (l->since_ns == 0 || outlets_rows_waiting(&r->outlets) > 0)
		return;
	l->lately_ns = MAX(l->lately_ns, nf_devices_clock() - l->since_ns);
	l->most_ns = MAX(l->most_ns, l->lately_ns);
	l->since_ns = 0;
}

static void look(run *r, times *t)
{
	nf_error error;
	nf_status status = nf_devices_look(r->devices, &error);

	if (status != NF_OK)
		meet_fault(r, t, status, &error);
	const bool all = take_frames(r, t);
	if (r->over)
		return;
	run_fail(r, all ? outlets_advance(&r->outlets, nf_devices_now(r->devices), &r->why) : outlets_catch_up(&r->outlets, &r->why));
	note_rows(r);
	r->over = r->over || (all && t->stopping && nf_devices_done(r->devices));
}

/* Rows that have come go on at once to a reader who waits, and to a file before long. */
static void flush(run *r, times *t, gint64 now)
{
	const bool everywhere = now >= t->flush_us;

	if (r->failed != NF_OK || outlets_rows_waiting(&r->outlets) == 0)
		return;
	run_fail(r, outlets_flush(&r->outlets, everywhere, &r->why));
	if (everywhere)
		t->flush_us = now + FLUSH_MS * G_TIME_SPAN_MILLISECOND;
}

/* We are alive as long as this is reached: frames were read, and rows written, by the same thread. */
static void tell_manager(const run *r, times *t, gint64 now)
{
	if (now >= t->alive_us) {
		notify("WATCHDOG=1");
		t->alive_us = now + notify_interval_us();
	}
	if (now >= t->status_us) {
		char *status = g_strdup_printf("STATUS=%" PRIu64 " frames, %" PRIu64 " rows, %" PRIu64 " flows alive",
					       outlets_stats(&r->outlets)->frames, outlets_rows(&r->outlets), outlets_alive(&r->outlets));
		notify(status);
		g_free(status);
		t->status_us = now + STATUS_MS * G_TIME_SPAN_MILLISECOND;
	}
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
	if (outlets_rotation_is_due(&r->outlets))
		work |= WORK_NEXT_FILE;
	run_work(r, work & ~(unsigned)WORK_STOP);
	flush(r, t, now);
	note_readable(r);
	tell_manager(r, t, now);
	if (now >= t->progress_us) {
		report_progress(r);
		t->progress_us = now + PROGRESS_TICK_MS * G_TIME_SPAN_MILLISECOND;
	}
}

static int wait_ms(const run *r, const times *t)
{
	const bool busy = t->stopping || outlets_alive(&r->outlets) > 0 || outlets_rows_waiting(&r->outlets) > 0;
	const gint64 now = g_get_monotonic_time();
	const gint64 next = MIN(MIN(MIN(t->stop_us, t->summary_us), t->alive_us), outlets_rotation_due_us(&r->outlets));
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
		.alive_us = notify_interval_us() ? now : G_MAXINT64,
		.status_us = notify_socket() >= 0 ? now : G_MAXINT64,
	};
	struct pollfd fds[SIGNALS_DESCRIPTORS];

	r->lag.settled_ns = nf_devices_given(r->devices);
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
