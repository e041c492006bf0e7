/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One job for each -z netflower of a run. */
#include "compat.h"

#include "tap.h"

#include "arguments.h"
#include "host.h"
#include "record.h"

#include <netflower/meter.h>
#include <netflower/overview.h>
#include <netflower/settings.h>
#include <netflower/summary.h>
#include <netflower/terminal.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long a reader at the end of a pipe waits for rows while packets come. */
enum { FLUSH_US = G_USEC_PER_SEC };

typedef struct job {
	arguments args;
	nf_meter *meter; /* NULL when all is written */
	nf_zeek_log zeek; /* of the formats zeek and zeek-json */
	nf_overview_options overview; /* of the formats summary and summary-json */
	gint64 start_us;
	gint64 flushed_us;
} job;

/* Those that have something to write still. */
static GSList *jobs;

static void job_free(job *j)
{
	jobs = g_slist_remove(jobs, j);
	nf_meter_free(j->meter);
	nf_zeek_log_close(&j->zeek);
	arguments_clear(&j->args);
	g_free(j);
}

/* tshark may exit before it comes to us: no temporary files may stay. */
static void give_all_up(void)
{
	while (jobs)
		job_free(jobs->data);
}

static void fail(const job *j, nf_status status, const nf_error *error)
{
	/* A reader who has seen enough closes the pipe, and needs no message. */
	if (status == NF_CLOSED)
		exit(1);
	host_fail("-z %s: %s", j->args.text, error->text);
}

/* tshark's own lines on the same standard output come before what is written now. */
static void flush_standard_output(void)
{
	fflush(stdout);
}

/* True when tshark has the file open for reading: it is the capture, which is open already, or something else that it needs. */
static bool is_being_read(const char *name)
{
	struct stat file, open_file;
	bool found = false;

	if (stat(name, &file) != 0 || !S_ISREG(file.st_mode))
		return false;
	GDir *dir = g_dir_open("/proc/self/fd", 0, NULL);
	const char *number;
	while (dir && !found && (number = g_dir_read_name(dir)) != NULL) {
		int fd = atoi(number);
		int flags = fcntl(fd, F_GETFL);
		found = flags >= 0 && (flags & O_ACCMODE) == O_RDONLY && fstat(fd, &open_file) == 0 && open_file.st_dev == file.st_dev &&
			open_file.st_ino == file.st_ino;
	}
	if (dir)
		g_dir_close(dir);
	return found;
}

static nf_status check_output(const char *name, nf_error *error)
{
	if (!nf_output_is_standard(name) && is_being_read(name))
		return nf_fail(error, NF_ARGUMENT, "'%s' would overwrite a file that is being read", name);
	for (GSList *other = jobs; other; other = other->next) {
		const job *j = other->data;
		if (nf_output_is_same(j->args.file, name))
			return nf_fail(error, NF_ARGUMENT, "the rows of -z %s go there too: give each its own file", j->args.text);
	}
	return NF_OK;
}

/* A screen is made for where it is seen. */
static void look_at_terminal(job *j)
{
	const nf_terminal seen = nf_output_is_standard(j->args.file) ? nf_terminal_of(STDOUT_FILENO) : (nf_terminal){0};

	j->overview = (nf_overview_options){.width = seen.width, .colour = seen.colour, .plain_ascii = seen.ascii, .own = &j->args.engine.decode};
}

static nf_status open_meter(job *j, nf_error *error)
{
	const bool is_log = nf_zeek_is_log(j->args.format);
	const nf_meter_settings settings = {
		.overview = nf_is_overview(j->args.format) ? &j->overview : NULL,
		.zeek = is_log ? &j->zeek.options : NULL,
		.engine = j->args.engine,
		.columns = j->args.columns,
		.no_header = j->args.no_header,
		.format = j->args.format,
		.output = j->args.file,
		.before_write = nf_output_is_standard(j->args.file) ? flush_standard_output : NULL,
	};
	nf_status status = check_output(j->args.file, error);

	if (status == NF_OK && is_log)
		status = nf_zeek_log_open(&j->zeek, j->args.local_nets, error);
	j->zeek.options.vlan = j->args.zeek_vlan;
	j->zeek.options.community_id = j->args.zeek_community;
	look_at_terminal(j);
	return status == NF_OK ? nf_meter_new(&j->meter, &settings, error) : status;
}

static nf_status flush_for_reader(job *j, nf_error *error)
{
	gint64 now_us = g_get_monotonic_time();

	if (now_us - j->flushed_us < FLUSH_US || !nf_meter_rows_waiting(j->meter))
		return NF_OK;
	j->flushed_us = now_us;
	return nf_meter_flush(j->meter, error);
}

static tap_packet_status packet(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *nothing, tap_flags_t flags)
{
	job *j = data;
	nf_error error;
	nf_frame frame;
	(void)nothing;
	(void)flags;

	record_to_frame(pinfo, edt, &frame);
	nf_status status = nf_meter_frame(j->meter, &frame, &error);
	if (status == NF_OK && nf_meter_is_interactive(j->meter))
		status = flush_for_reader(j, &error);
	if (status == NF_OK)
		return TAP_PACKET_DONT_REDRAW;
	fail(j, status, &error);
	return TAP_PACKET_FAILED;
}

/* tshark gives no way to the name of the capture; the text of the -z tells several of them apart. */
static void say_summary(const job *j)
{
	const char *name = j->args.text;
	const nf_stats *stats = nf_meter_stats(j->meter);
	const nf_summary summary = {
		.decode = &j->args.engine.decode,
		.program = "tshark",
		.files = &name,
		.n_files = 1,
		.stats = stats,
		.rows = nf_meter_rows(j->meter),
		.bytes = stats->wire_bytes,
		.seconds = (double)(g_get_monotonic_time() - j->start_us) / G_USEC_PER_SEC,
	};
	char *text = nf_summary_text(&summary);

	fflush(stdout);
	if (text)
		fputs(text, stderr);
	free(text);
}

/* After the last packet, once. */
static void draw(void *data)
{
	job *j = data;
	nf_error error;
	char *name;

	if (!j->meter)
		return;
	nf_zeek_log_now(&j->zeek);
	nf_status status = nf_meter_end_flows(j->meter, &error);
	if (status == NF_OK)
		status = nf_meter_commit(j->meter, &name, &error);
	if (status != NF_OK) {
		fail(j, status, &error);
		return;
	}
	/* That of what is in the capture has told all of it. */
	if (j->args.summary && strcmp(j->args.format, "summary") != 0)
		say_summary(j);
	nf_meter_free(j->meter);
	j->meter = NULL;
}

static void finish(void *data)
{
	job_free(data);
}

/* Error packets too: a dissection that fails within an ICMP error leaves its mark on the whole frame, and the frame would be missing. */
static nf_status listen_to_frames(job *j, nf_error *error)
{
	GString *why = register_tap_listener("frame", j, j->args.filter, TL_REQUIRES_NOTHING | TL_REQUIRES_ERROR_PACKETS, NULL, packet,
					     draw, finish);
	if (!why)
		return NF_OK;
	nf_status status = nf_fail(error, NF_ARGUMENT, "%s", why->str);
	g_string_free(why, TRUE);
	return status;
}

static void start(const char *text, void *nothing)
{
	job *j = g_new0(job, 1);
	nf_error error;
	(void)nothing;

	j->start_us = j->flushed_us = g_get_monotonic_time();
	nf_status status = arguments_parse(&j->args, text, &error);
	if (host_has_windows()) {
		status = nf_fail(&error, NF_ARGUMENT, "-z %s is for tshark. In Wireshark, see Statistics, Netflower.", text);
	} else if (status == NF_OK && j->args.help) {
		arguments_print_help();
		exit(0);
	}
	if (status != NF_OK) {
		host_fail("%s", error.text);
		job_free(j);
		return;
	}
	status = open_meter(j, &error);
	if (status == NF_OK)
		status = listen_to_frames(j, &error);
	jobs = g_slist_append(jobs, j);
	if (status != NF_OK)
		fail(j, status, &error);
}

/* -z is matched by its beginning, the longest name first: "netflower" is for what has no better match. */
void tap_register(void)
{
	static const char *const names[] = {"netflower,csv", "netflower,zeek", "netflower,summary", "netflower"};
	static stat_tap_ui uis[G_N_ELEMENTS(names)];

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		uis[i] = (stat_tap_ui){REGISTER_PACKET_STAT_GROUP_UNSORTED, NULL, names[i], start, 0, NULL};
		register_stat_tap_ui(&uis[i], NULL);
	}
	atexit(give_all_up);
}
