/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop, and what happens around it. */
#include "run.h"

#include "say.h"
#include "signals.h"

#include <netflower/settings.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

double run_seconds(const run *r)
{
	return (double)(g_get_monotonic_time() - r->start_us) / G_TIME_SPAN_SECOND;
}

static int exit_of(nf_status status)
{
	switch (status) {
	case NF_OK:
	case NF_END: return EXIT_SUCCESS;
	case NF_ARGUMENT: return EXIT_USAGE;
	case NF_OPEN:
	case NF_FORMAT:
	case NF_CUT:
	case NF_DAMAGED:
	case NF_READ: return EXIT_INPUT;
	case NF_DENIED:
	case NF_GONE:
	case NF_CAPTURE: return EXIT_CAPTURE;
	default: return EXIT_OUTPUT;
	}
}

void run_fail(run *r, nf_status status)
{
	if (status == NF_OK)
		return;
	r->failed = status;
	r->over = true;
}

/* --- what signals and the clock ask for ------------------------------------------------------------------------------------------ */

/* A reader who waits gets the rows that there are; one who does not is not disturbed. */
static nf_status tick(run *r)
{
	report_progress(r);
	return outlets_flush(&r->outlets, false, &r->why);
}

static nf_status do_work(run *r, unsigned work)
{
	nf_status status = outlets_catch_up(&r->outlets, &r->why);

	if (status == NF_OK && work & WORK_FLUSH)
		status = outlets_flush(&r->outlets, true, &r->why);
	if (status == NF_OK && work & WORK_TICK)
		status = tick(r);
	if (status == NF_OK && work & (WORK_ROTATE | WORK_NEXT_FILE))
		status = outlets_rotate(&r->outlets, work & WORK_ROTATE, &r->why);
	if (status == NF_OK && work & WORK_SUMMARY)
		report_so_far(r);
	return status;
}

void run_work(run *r, unsigned work)
{
	/* After a failure there may be no output any more. */
	if (work && r->failed == NF_OK)
		run_fail(r, do_work(r, work));
}

/* Called by the main thread between frames, and by the watcher while the main thread waits for one. */
static bool work_that_waits(void *data)
{
	run *r = data;
	unsigned work = atomic_exchange(&signals_work, 0);

	if (work & ~(unsigned)WORK_STOP && !r->over)
		run_fail(r, do_work(r, work));
	if (work & WORK_STOP)
		r->over = r->stopped = true;
	return !r->over;
}

/* --- frames ---------------------------------------------------------------------------------------------------------------------- */

static void note_link(run *r, const nf_frame *frame)
{
	nf_source_info info;

	if (frame->flags & NF_FRAME_NOT_PACKET)
		return;
	r->link = frame->link;
	nf_source_get_info(r->source, &info);
	if (*info.link_name)
		g_hash_table_add(r->links, g_strdup(info.link_name));
}

static void filter(run *r, nf_frame *frame)
{
	nf_error why;
	bool matches;
	nf_status status = nf_filter_match(r->filter, frame, &matches, &why);

	if (!matches)
		frame->flags |= NF_FRAME_FILTERED;
	if (status == NF_NO_MEMORY)
		run_fail(r, nf_fail(&r->why, status, "out of memory"));
	else if (status != NF_OK)
		say("warning: %s", why.text);
}

/* The first time that comes begins the duration of -a. */
static bool is_too_late(run *r, const nf_frame *frame)
{
	if (r->options->max_ns < 0 || frame->flags & (NF_FRAME_NO_TIME | NF_FRAME_NOT_PACKET))
		return false;
	if (!r->has_first) {
		r->has_first = true;
		if (__builtin_add_overflow(frame->ts_ns, r->options->max_ns, &r->last_ns))
			r->last_ns = INT64_MAX;
	}
	return frame->ts_ns > r->last_ns;
}

/* Filter and limits. False: the frame is one too many. */
static bool is_wanted(run *r, nf_frame *frame)
{
	if (is_too_late(r, frame)) {
		r->over = true;
		return false;
	}
	if (r->filter)
		filter(r, frame);
	if (!(frame->flags & NF_FRAME_FILTERED) && ++r->taken == r->options->max_frames)
		r->over = true;
	return true;
}

static void end_capture(run *r)
{
	nf_source_info info;

	nf_source_get_info(r->source, &info);
	r->bytes_done += info.bytes_read;
	report_capture(r, &info);
	r->file_frames = 0;
	if (!r->options->per_file || r->failed != NF_OK)
		return;
	run_fail(r, outlets_end_flows(&r->outlets, &r->why));
}

static void meet_fault(run *r, nf_status status, const nf_error *error)
{
	/* Reading was ended by a signal, or by the watcher because of r->failed. */
	if (r->failed != NF_OK || (signals_stopped() && status != NF_NO_MEMORY)) {
		r->stopped = signals_stopped();
		r->over = true;
	} else if (exit_of(status) != EXIT_INPUT) {
		r->why = *error;
		run_fail(r, status);
	} else {
		r->input_failed = true;
		report_fault(r, error);
	}
}

static nf_status next(run *r, nf_frame *frame, nf_source_event *event, nf_error *error)
{
	if (!r->may_wait)
		return nf_source_next(r->source, frame, event, error);
	watch_let_go(r->watch);
	nf_status status = nf_source_next(r->source, frame, event, error);
	watch_hold(r->watch);
	return status;
}

static void use(run *r, const nf_frame *frames, size_t n)
{
	r->file_frames += n;
	run_fail(r, outlets_frames(&r->outlets, frames, n, &r->why));
}

/* The frames that are there already, of the link type of the last one. */
static void use_more(run *r)
{
	enum { MOST = 64 };
	nf_frame frames[MOST];
	size_t n = MOST;

	while (n == MOST && r->failed == NF_OK && !atomic_load_explicit(&signals_work, memory_order_relaxed)) {
		n = nf_source_more(r->source, frames, MOST);
		if (n > 0)
			use(r, frames, n);
	}
}

static void read_all(run *r)
{
	const bool picky = r->filter || r->options->max_frames != UINT64_MAX || r->options->max_ns >= 0;
	nf_source_event event;
	nf_frame frame;
	nf_error error;

	while (!r->over) {
		if (atomic_load_explicit(&signals_work, memory_order_relaxed) && !work_that_waits(r))
			break;
		nf_status status = next(r, &frame, &event, &error);
		if (status == NF_OK && !event.file_ended) {
			if (frame.link != r->link)
				note_link(r, &frame);
			if (picky && !is_wanted(r, &frame))
				continue;
			use(r, &frame, 1);
			if (!picky)
				use_more(r);
			continue;
		}
		if (status == NF_END)
			return;
		if (status != NF_OK)
			meet_fault(r, status, &error);
		end_capture(r);
	}
	/* Stopped within a capture. */
	if (r->file_frames > 0)
		end_capture(r);
}

/* --- around the frames ----------------------------------------------------------------------------------------------------------- */

/* tcpdump's comments in a filter file: '#' to the end of the line. */
static void blank_comments(char *text)
{
	for (bool comment = false; *text; text++) {
		comment = *text != '\n' && (comment || *text == '#');
		if (comment)
			*text = ' ';
	}
}

nf_status run_filter_text(run *r, char **text)
{
	const char *name = r->options->filter_file;
	GError *why = NULL;

	*text = g_strdup(r->options->filter);
	if (!name)
		return NF_OK;
	if (!g_file_get_contents(name, text, NULL, &why)) {
		nf_status status = nf_fail(&r->why, NF_ARGUMENT, "-F: %s", why->message);
		g_error_free(why);
		return status;
	}
	blank_comments(*text);
	return NF_OK;
}

static nf_status make_filter(run *r)
{
	char *text;
	nf_status status = run_filter_text(r, &text);

	if (status == NF_OK && text)
		status = nf_filter_new(&r->filter, text, &r->why);
	g_free(text);
	return status;
}

static nf_status open_files(run *r)
{
	const cli_options *options = r->options;
	nf_source_order order = options->per_file ? NF_SOURCE_AS_GIVEN : NF_SOURCE_BY_TIME;
	nf_status status = make_filter(r);

	if (status == NF_OK)
		status = nf_source_open_files(&r->source, (const char *const *)options->files->pdata, options->files->len, order, &r->why);
	if (status == NF_OK)
		status = nf_source_set_reader(r->source, options->reader, &r->why);
	return status;
}

static void look_at_names(run *r)
{
	for (unsigned i = 0; i < r->options->files->len; i++) {
		const char *name = g_ptr_array_index(r->options->files, i);
		struct stat st;
		bool standard = strcmp(name, "-") == 0;
		if ((standard ? fstat(STDIN_FILENO, &st) : stat(name, &st)) != 0)
			continue;
		if (S_ISREG(st.st_mode))
			r->progress.bytes_total += (uint64_t)st.st_size;
		else
			r->may_wait = true;
	}
	if (r->may_wait)
		r->progress.bytes_total = 0;
}

static nf_status open_statistics(run *r)
{
	if (!r->options->stats_json)
		return NF_OK;
	nf_status status = nf_output_open(&r->statistics, r->options->stats_json, &r->why);
	if (status == NF_OK)
		signals_remove_on_abort(SIGNALS_STATISTICS, nf_output_temporary(r->statistics));
	return status;
}

static nf_status start_watch(run *r)
{
	bool ticks = r->show_progress || outlets_are_interactive(&r->outlets);

	r->watch = watch_begin(work_that_waits, r, ticks ? PROGRESS_TICK_MS : 0);
	return r->watch ? NF_OK : nf_fail(&r->why, NF_NO_MEMORY, "cannot start a thread");
}

static nf_status make_outputs(run *r)
{
	signals_hold_quit(true);
	nf_status status = outlets_open(&r->outlets, r->command, &r->why);
	if (status == NF_OK)
		status = open_statistics(r);
	signals_hold_quit(false);
	return status;
}

/* All that can fail for want of something else than captures fails before the first one is opened. */
static nf_status set_up(run *r)
{
	const bool live = r->options->interfaces->len > 0;
	nf_status status = outlets_prepare(&r->outlets, r->options, &r->why);

	if (status == NF_OK)
		status = live ? live_open(r) : open_files(r);
	if (status == NF_OK && !signals_begin())
		status = nf_fail(&r->why, NF_NO_MEMORY, "cannot make a pipe");
	if (status == NF_OK)
		status = make_outputs(r);
	if (status == NF_OK)
		status = live ? live_confine(r) : start_watch(r);
	return status;
}

/* A file that is no capture gives no output, not even a header. */
static nf_status finish(run *r)
{
	return outlets_finish(&r->outlets, r->input_failed, &r->why);
}

static void clean_up(run *r)
{
	outlets_free(&r->outlets);
	nf_output_discard(r->statistics);
	signals_remove_on_abort(SIGNALS_STATISTICS, NULL);
	nf_source_close(r->source);
	nf_devices_close(r->devices);
	live_free(r);
	nf_filter_free(r->filter);
	g_hash_table_destroy(r->links);
}

/* Where no output failed, which is worse: rows are missing then that the input did have. */
static int exit_status(const run *r)
{
	if (r->input_failed)
		return EXIT_INPUT;
	if (r->capture_failed)
		return EXIT_CAPTURE;
	return outlets_stats(&r->outlets)->frames > 0 && !outlets_used(&r->outlets) && !r->stopped ? EXIT_UNUSED : EXIT_SUCCESS;
}

/* A reader who has seen enough closes the pipe, and needs no message. */
static int give_up(const run *r, nf_status status)
{
	/* A signal while the output waited for somebody to open its other end. */
	if (status == NF_CREATE && signals_stopped())
		return EXIT_SUCCESS;
	if (status != NF_CLOSED)
		say("%s", r->why.text);
	if (status == NF_DENIED)
		rights_explain_capture();
	else if (status == NF_CREATE)
		live_explain_output(r);
	else if (status == NF_GONE)
		say("nf-cli -D lists the interfaces");
	return exit_of(status);
}

static int read_and_report(run *r)
{
	nf_status status;

	if (r->devices)
		live_run(r);
	else
		read_all(r);
	watch_end(r->watch);
	say_progress_end();
	status = r->failed == NF_OK ? finish(r) : r->failed;
	if (status == NF_OK)
		report_end(r);
	nf_error why;
	nf_status statistics = r->statistics ? report_statistics(r, &why) : NF_OK;
	if (status != NF_OK)
		return give_up(r, status);
	r->why = why;
	return statistics == NF_OK ? exit_status(r) : give_up(r, statistics);
}

static bool has_standard_output(const cli_options *options)
{
	bool has = false;

	for (unsigned i = 0; i < options->outputs->len; i++)
		has = has || strcmp(options_output(options, i)->name, "-") == 0;
	return has;
}

int run_captures(const cli_options *options)
{
	run r = {.options = options, .link = UINT32_MAX, .start_us = g_get_monotonic_time()};

	r.links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	/* Rows on the same terminal would be mixed with the progress. */
	r.show_progress = options->progress || (isatty(STDERR_FILENO) && !options->quiet && !(has_standard_output(options) && isatty(STDOUT_FILENO)));
	look_at_names(&r);
	nf_status status = set_up(&r);
	int result = status == NF_OK ? read_and_report(&r) : give_up(&r, status);
	clean_up(&r);
	return result;
}
