/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several capture files as one stream. */
#include "source/source.h"

#include <glib.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LOOK_FRAMES = 64 };

/* What was read from a pipe while looking for its first time: frames with bytes of their own, and what came after them. */
struct held {
	nf_source *pipe; /* NULL when it did not open or is at its end */
	nf_frame frames[LOOK_FRAMES];
	unsigned n, given;
	nf_status after; /* NF_OK: more is to come */
	nf_error error;
};

struct file {
	char *name;
	size_t place; /* among the names as given */
	bool timed;
	int64_t first_ns;
	struct held *held;
};

struct files {
	nf_source base;
	nf_source_order order;
	nf_source_reader reader;
	bool looked, begun;
	size_t n, at;
	struct file *files;
	nf_source *current;  /* a capture of files[at], or NULL */
	nf_source_info info; /* of what was closed last */
};

static bool can_reopen(const char *name)
{
	struct stat st;
	return strcmp(name, "-") != 0 && (stat(name, &st) != 0 || !S_ISFIFO(st.st_mode));
}

/* True when the frame settles the file's time. */
static bool takes_time_of(struct file *file, const nf_frame *frame)
{
	if (frame->flags & (NF_FRAME_NO_TIME | NF_FRAME_NOT_PACKET))
		return false;
	file->timed = true;
	file->first_ns = frame->ts_ns;
	return true;
}

/* A fault met here is met again when the file's turn comes, and is told then. */
static void look_into_file(struct file *file, nf_source_reader reader)
{
	nf_source *capture;
	nf_source_event event;
	nf_frame frame;
	if (nf_capture_open(&capture, file->name, reader, NULL) != NF_OK)
		return;
	for (int i = 0; i < LOOK_FRAMES; i++)
		if (nf_source_next(capture, &frame, &event, NULL) != NF_OK || takes_time_of(file, &frame))
			break;
	nf_source_close(capture);
}

static nf_status hold(struct held *held, const nf_frame *frame, nf_error *error)
{
	uint8_t *bytes = frame->captured ? g_try_malloc(frame->captured) : NULL;
	if (frame->captured && !bytes)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	if (bytes)
		memcpy(bytes, frame->data, frame->captured);
	held->frames[held->n] = *frame;
	held->frames[held->n++].data = bytes;
	return NF_OK;
}

static nf_status look_into_pipe(struct file *file, nf_source_reader reader, nf_error *error)
{
	nf_source_event event;
	nf_frame frame;
	nf_status status = NF_OK;
	struct held *held = file->held = g_try_new0(struct held, 1);
	if (!held)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	held->after = nf_capture_open(&held->pipe, file->name, reader, &held->error);
	while (held->after == NF_OK && status == NF_OK && held->n < LOOK_FRAMES) {
		held->after = nf_source_next(held->pipe, &frame, &event, &held->error);
		if (held->after == NF_OK)
			status = hold(held, &frame, error);
		if (held->after == NF_OK && takes_time_of(file, &frame))
			break;
	}
	return status;
}

static int by_time(const void *a, const void *b)
{
	const struct file *left = a, *right = b;
	if (left->timed != right->timed)
		return left->timed ? 1 : -1;
	if (left->timed && left->first_ns != right->first_ns)
		return left->first_ns < right->first_ns ? -1 : 1;
	return left->place < right->place ? -1 : 1;
}

static nf_status put_in_order(struct files *files, nf_error *error)
{
	if (files->order == NF_SOURCE_AS_GIVEN || files->n == 1)
		return NF_OK;
	for (size_t i = 0; i < files->n; i++) {
		nf_status status = NF_OK;
		if (can_reopen(files->files[i].name))
			look_into_file(&files->files[i], files->reader);
		else
			status = look_into_pipe(&files->files[i], files->reader, error);
		if (status != NF_OK)
			return status;
	}
	qsort(files->files, files->n, sizeof *files->files, by_time);
	return NF_OK;
}

static void drop(struct held *held)
{
	if (!held)
		return;
	for (unsigned i = 0; i < held->n; i++)
		g_free((void *)held->frames[i].data);
	nf_source_close(held->pipe);
	g_free(held);
}

/* Opens files[at], or takes up what was held of it. */
static nf_status begin(struct files *files, nf_error *error)
{
	struct file *file = &files->files[files->at];
	files->begun = true;
	files->info = (nf_source_info){.name = nf_capture_name(file->name), .format = "", .link_name = ""};
	if (!file->held)
		return nf_capture_open(&files->current, file->name, files->reader, error);
	files->current = file->held->pipe;
	file->held->pipe = NULL;
	return NF_OK;
}

static nf_status go_on(struct files *files, nf_frame *frame, nf_source_event *event, nf_error *error)
{
	struct held *held = files->files[files->at].held;
	if (held && held->given < held->n) {
		*frame = held->frames[held->given++];
		return NF_OK;
	}
	if (!held || held->after == NF_OK)
		return nf_source_next(files->current, frame, event, error);
	if (held->after != NF_END && error)
		*error = held->error;
	return held->after;
}

static void end(struct files *files)
{
	struct file *file = &files->files[files->at++];
	if (files->current) {
		nf_source_get_info(files->current, &files->info);
		nf_source_close(files->current);
		files->current = NULL;
	}
	drop(file->held);
	file->held = NULL;
	files->begun = false;
}

static nf_status files_next(nf_source *source, nf_frame *frame, nf_source_event *event, nf_error *error)
{
	struct files *files = (struct files *)source;
	nf_status status = NF_OK;
	if (!files->looked) {
		files->looked = true;
		status = put_in_order(files, error);
		if (status != NF_OK)
			return status;
	}
	if (files->at == files->n)
		return NF_END;
	if (!files->begun)
		status = begin(files, error);
	if (status == NF_OK)
		status = go_on(files, frame, event, error);
	if (status == NF_OK)
		return NF_OK;
	end(files);
	if (status != NF_END)
		return status;
	event->file_ended = true;
	return NF_OK;
}

static size_t files_more(nf_source *source, nf_frame *frames, size_t most)
{
	const struct files *files = (const struct files *)source;
	if (!files->current || files->files[files->at].held)
		return 0;
	return nf_source_more(files->current, frames, most);
}

static void files_get_info(const nf_source *source, nf_source_info *info)
{
	const struct files *files = (const struct files *)source;
	if (files->current)
		nf_source_get_info(files->current, info);
	else
		*info = files->info;
}

static void files_close(nf_source *source)
{
	struct files *files = (struct files *)source;
	nf_source_close(files->current);
	for (size_t i = 0; i < files->n; i++) {
		drop(files->files[i].held);
		g_free(files->files[i].name);
	}
	g_free(files->files);
	g_free(files);
}

static const nf_source_ops ops = {files_next, files_more, files_get_info, files_close};

static nf_status check_names(const char *const *names, size_t n, nf_error *error)
{
	size_t inputs = 0;
	for (size_t i = 0; i < n; i++) {
		if (!*names[i])
			return nf_fail(error, NF_ARGUMENT, "the name of a capture is empty");
		if (strcmp(names[i], "-") == 0 && inputs++)
			return nf_fail(error, NF_ARGUMENT, "standard input (-) is given twice");
	}
	return n ? NF_OK : nf_fail(error, NF_ARGUMENT, "no capture is given");
}

nf_status nf_source_open_files(nf_source **source, const char *const *names, size_t n, nf_source_order order, nf_error *error)
{
	nf_status status = check_names(names, n, error);
	if (status != NF_OK)
		return status;
	struct files *files = g_try_new0(struct files, 1);
	struct file *each = g_try_new0(struct file, n);
	if (!files || !each) {
		g_free(files);
		g_free(each);
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	}
	files->base.ops = &ops;
	files->order = order;
	files->n = n;
	files->files = each;
	for (size_t i = 0; i < n; i++) {
		each[i].name = g_strdup(names[i]);
		each[i].place = i;
	}
	files->info = (nf_source_info){.name = nf_capture_name(each[0].name), .format = "", .link_name = ""};
	*source = &files->base;
	return NF_OK;
}

nf_status nf_source_set_reader(nf_source *source, nf_source_reader reader, nf_error *error)
{
	if (reader == NF_SOURCE_READER_WIRETAP && !NF_HAVE_WIRETAP)
		return nf_fail(error, NF_ARGUMENT, "this build has no libwiretap");
	((struct files *)source)->reader = reader;
	return NF_OK;
}
