/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tool_frames READER [-c] [-p] [FILE...]
 *
 * Each capture on its own, as READER (auto, native, wiretap) sees it: a line for each frame with its number, time, captured and wire
 * length, link type, interface, bytes of frame check sequence, flags and a hash of the bytes, and at the end the status and its text.
 * -c: only how many frames there were, and one hash of all those lines.
 * -p: through a pipe, in pieces.
 * Names on standard input, one a line, where none is given.
 */
#include <netflower/source.h>

#include <glib.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint64_t hash(uint64_t h, const void *data, size_t n)
{
	const uint8_t *p = data;
	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return h;
}

static void tell(const char *name, nf_source_reader reader, bool brief)
{
	nf_source *source;
	nf_frame frame;
	nf_source_event event;
	nf_error error = {.text = ""};
	nf_source_info info;
	uint64_t n = 0, all = 0;
	nf_status status = nf_source_open_files(&source, &name, 1, NF_SOURCE_BY_TIME, &error);
	if (status != NF_OK) {
		printf("%s: %s\n", name, error.text);
		return;
	}
	status = nf_source_set_reader(source, reader, &error);
	while (status == NF_OK && (status = nf_source_next(source, &frame, &event, &error)) == NF_OK && !event.file_ended) {
		char line[256];
		uint64_t bytes = hash(UINT64_C(0xcbf29ce484222325), frame.data, frame.captured);
		snprintf(line, sizeof line, "%" PRIu64 " %" PRId64 " %u %u %u %u %u %u %016" PRIx64 "\n", ++n, frame.ts_ns, frame.captured,
			 frame.wire, frame.link, frame.interface, frame.fcs_bytes, frame.flags, bytes);
		all = hash(all, line, strlen(line));
		if (!brief)
			fputs(line, stdout);
	}
	nf_source_get_info(source, &info);
	printf("%s: %" PRIu64 " frames %016" PRIx64 ", %s: %s; %s, %s, snapshot length %u\n", name, n, all, nf_status_text(status),
	       status == NF_OK || status == NF_END ? "" : error.text, info.format, info.link_name, info.snapshot_length);
	nf_source_close(source);
}

/* --- Through a pipe --- */

struct feed {
	int fd;
	char *bytes;
	gsize n;
};

static void *write_pieces(void *data)
{
	const struct feed *feed = data;
	gsize at = 0, n = 64; /* fewer to begin with, and wiretap does not see what the compression is */
	for (ssize_t done = 0; at < feed->n && done >= 0; n = n * 7 % 4099) {
		done = write(feed->fd, feed->bytes + at, MIN(n, feed->n - at));
		at += done > 0 ? (gsize)done : 0;
	}
	close(feed->fd);
	return NULL;
}

/* The pipe has the same name each time, so that the texts are the same. */
static void tell_through_pipe(const char *name, nf_source_reader reader, bool brief)
{
	enum { NUMBER = 9 };
	int ends[2];
	struct feed feed;
	if (!g_file_get_contents(name, &feed.bytes, &feed.n, NULL) || pipe(ends) != 0 || dup2(ends[0], NUMBER) < 0)
		return;
	close(ends[0]);
	feed.fd = ends[1];
	GThread *thread = g_thread_new("feed", write_pieces, &feed);
	tell("/dev/fd/9", reader, brief);
	close(NUMBER);
	g_thread_join(thread);
	g_free(feed.bytes);
}

int main(int argc, char **argv)
{
	static const char *const readers[] = {"auto", "native", "wiretap"};
	int reader = 0, first = 2;
	while (reader < 3 && (argc < 2 || strcmp(argv[1], readers[reader]) != 0))
		reader++;
	if (reader == 3) {
		fputs("tool_frames auto|native|wiretap [-c] [FILE...]\n", stderr);
		return 2;
	}
	bool brief = false, through_pipe = false;
	for (; first < argc && argv[first][0] == '-' && argv[first][1]; first++) {
		brief = brief || strcmp(argv[first], "-c") == 0;
		through_pipe = through_pipe || strcmp(argv[first], "-p") == 0;
	}
	signal(SIGPIPE, SIG_IGN);
	void (*act)(const char *, nf_source_reader, bool) = through_pipe ? tell_through_pipe : tell;
	for (int i = first; i < argc; i++)
		act(argv[i], (nf_source_reader)reader, brief);
	char name[4096];
	while (first == argc && fgets(name, sizeof name, stdin)) {
		name[strcspn(name, "\n")] = '\0';
		act(name, (nf_source_reader)reader, brief);
		fflush(stdout);
	}
	return 0;
}
