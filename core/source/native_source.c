/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which reader reads a capture, the native one as a source, and the way from it to the other. */
#include "source/faults.h"
#include "source/native.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct native {
	nf_source base;
	const char *name;
	nf_source_reader reader;
	int fd;
	bool pipe;
	off_t start; /* where a file begins: standard input may be anywhere in one */
	uint64_t size;
	nf_input input;
	bool is_ours, is_pcapng;
	nf_pcap pcap;
	nf_pcapng pcapng;
	uint64_t frames;
	/* once the capture is handed over */
	nf_source *other;
	bool other_gave; /* a frame */
	bool refused;    /* it did not open for the other one */
	nf_pump *pump;
	uint64_t skipped; /* bytes of a pipe that the other one has no part in */
};

static void native_close(nf_source *source)
{
	struct native *native = (struct native *)source;
	nf_source_close(native->other);
	nf_pump_close(native->pump);
	nf_input_close(&native->input);
	nf_pcapng_clear(&native->pcapng);
	if (native->fd >= 0)
		close(native->fd);
	free(native);
}

/* --- Handing over --- */

#if NF_HAVE_WIRETAP
enum { PATH_BYTES = 32 };

static void path_of(int fd, char path[PATH_BYTES])
{
	snprintf(path, PATH_BYTES, "/dev/fd/%d", fd);
}

static bool is_still_there(const struct native *native)
{
	struct stat mine, named;
	return fstat(native->fd, &mine) == 0 && stat(native->name, &named) == 0 && mine.st_dev == named.st_dev &&
	       mine.st_ino == named.st_ino;
}

/* wiretap opens the same file, and passes over the frames that were given. */
static nf_status hand_over_file(struct native *native, nf_error *error)
{
	char path[PATH_BYTES];
	nf_frame frame;
	nf_source_event event;
	const bool input = strcmp(native->name, "-") == 0;
	nf_input_close(&native->input);
	if (input)
		lseek(native->fd, native->start, SEEK_SET);
	path_of(native->fd, path);
	nf_status status = nf_wiretap_open(&native->other, native->name, input || is_still_there(native) ? native->name : path, 0, error);
	for (uint64_t i = 0; i < native->frames && status == NF_OK; i++)
		status = nf_source_next(native->other, &frame, &event, error);
	return status;
}

/* What wiretap has to have read so that it can go on where the native reader is: the header, or the section so far. */
static uint8_t *replay(const struct native *native, size_t *n, bool *stand_in)
{
	const nf_input *input = &native->input;
	size_t left = input->end - input->at, before = 0, first = 0;
	const uint8_t *start = NULL, *header = native->is_pcapng ? native->pcapng.kept : native->pcap.header;
	*stand_in = native->is_pcapng && native->pcapng.kept_bytes > 0 && !native->pcapng.opening;
	if (*stand_in)
		start = nf_pcapng_stand_in(&first);
	before = native->is_pcapng ? native->pcapng.kept_bytes : native->pcap.header_bytes;
	uint8_t *bytes = malloc(first + before + left + 1);
	if (!bytes)
		return NULL;
	if (first)
		memcpy(bytes, start, first);
	if (before)
		memcpy(bytes + first, header, before);
	memcpy(bytes + first + before, input->buffer + input->at, left);
	*n = first + before + left;
	return bytes;
}

static nf_status hand_over_pipe(struct native *native, nf_error *error)
{
	char path[PATH_BYTES];
	nf_frame frame;
	nf_source_event event;
	size_t n;
	bool stand_in;
	uint8_t *bytes = replay(native, &n, &stand_in);
	native->pump = bytes ? nf_pump_open(bytes, n, native->fd) : NULL;
	free(bytes);
	if (!native->pump)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	native->skipped = native->input.taken > n ? native->input.taken - n : 0;
	nf_input_close(&native->input);
	path_of(nf_pump_end(native->pump), path);
	nf_status status = nf_wiretap_open(&native->other, native->name, path, native->frames - stand_in, error);
	nf_pump_forget_end(native->pump);
	if (status == NF_OK && stand_in)
		status = nf_source_next(native->other, &frame, &event, error);
	return status;
}

static nf_status hand_over(struct native *native, nf_error *error)
{
	nf_status status = native->pipe ? hand_over_pipe(native, error) : hand_over_file(native, error);
	native->refused = native->other == NULL;
	return status;
}
#endif

/* Without anybody to hand over to. @a frame is the one that was to be read, 0: the header. */
static nf_status give_up(const struct native *native, nf_native_step step, uint64_t frame, nf_error *error)
{
	const nf_input *input = &native->input;
	if (input->spoilt && step == NF_NATIVE_STOP)
		return nf_fault_damaged_after(error, native->name, frame, "the compression is damaged or cut short");
	if (frame == 0 && !native->is_ours && (native->pipe ? input->ended && input->end == 0 : native->size == 0))
		return nf_fault_empty(error, native->name);
	if (frame == 0 && !native->is_ours)
		return nf_fault_no_capture(error, native->name, NULL);
	if (step == NF_NATIVE_STOP)
		return nf_fault_cut(error, native->name, frame);
	if (step == NF_NATIVE_DAMAGED)
		return nf_fault_damaged(error, native->name, frame, "its lengths make no sense");
	return nf_fault_unsupported(error, native->name, frame, "the native reader does not know it");
}

/* A step that gave no frame. @return NF_OK: the other reader goes on */
static nf_status stopped(struct native *native, nf_native_step step, bool begun, nf_error *error)
{
	const nf_input *input = &native->input;
	const bool nothing_left = input->at == input->end && !input->spoilt;
	const uint64_t frame = begun ? native->frames + 1 : 0;
	if (step == NF_NATIVE_STOP && input->error)
		return begun ? nf_fault_read(error, native->name, frame, input->error) : nf_fault_open(error, native->name, input->error);
	if (step == NF_NATIVE_STOP && nothing_left && begun)
		return NF_END;
#if NF_HAVE_WIRETAP
	if (native->reader != NF_SOURCE_READER_NATIVE)
		return hand_over(native, error);
#endif
	return give_up(native, step, frame, error);
}

/* --- Source --- */

static nf_status other_next(struct native *native, nf_frame *frame, nf_source_event *event, nf_error *error)
{
	nf_status status = nf_source_next(native->other, frame, event, error);
	native->other_gave = native->other_gave || status == NF_OK;
	return status;
}

static nf_status native_next(nf_source *source, nf_frame *frame, nf_source_event *event, nf_error *error)
{
	struct native *native = (struct native *)source;
	if (native->other)
		return other_next(native, frame, event, error);
	nf_native_step step = native->is_pcapng ? nf_pcapng_next(&native->pcapng, &native->input, frame)
						: nf_pcap_next(&native->pcap, &native->input, frame);
	if (step == NF_NATIVE_FRAME) {
		native->frames++;
		return NF_OK;
	}
	nf_status status = stopped(native, step, true, error);
	return status == NF_OK ? other_next(native, frame, event, error) : status;
}

static size_t native_more(nf_source *source, nf_frame *frames, size_t most)
{
	struct native *native = (struct native *)source;
	if (native->other)
		return nf_source_more(native->other, frames, most);
	const size_t n = native->is_pcapng ? nf_pcapng_more(&native->pcapng, &native->input, frames, most)
					   : nf_pcap_more(&native->pcap, &native->input, frames, most);
	native->frames += n;
	return n;
}

static void native_get_info(const nf_source *source, nf_source_info *info)
{
	const struct native *native = (const struct native *)source;
	const char *link_name = native->is_pcapng ? native->pcapng.link_name : native->frames ? native->pcap.link.name : NULL;
	*info = (nf_source_info){.format = "", .link_name = ""};
	if (native->other) {
		nf_source_get_info(native->other, info);
		info->bytes_read += native->skipped;
	} else if (!native->refused) {
		info->format = native->is_pcapng ? "Wireshark/... - pcapng" : native->pcap.format;
		info->bytes_read = native->input.unpack ? nf_unpack_taken(native->input.unpack) : native->input.taken;
		info->bytes_total = native->size;
		info->snapshot_length = native->is_pcapng ? 0 : native->pcap.snapshot_length;
	}
	info->name = nf_capture_name(native->name);
	if (!native->other_gave)
		info->link_name = link_name ? link_name : "";
}

static const nf_source_ops ops = {native_next, native_more, native_get_info, native_close};

/* --- Opening --- */

/* A descriptor for what is a file or a pipe, which does not end standard input when it is closed. */
static int open_name(const char *name, struct stat *st)
{
	int fd;
	if (strcmp(name, "-") == 0) {
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	} else {
		if (stat(name, st) != 0 || (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode)))
			return -1;
		fd = open(name, O_RDONLY | O_CLOEXEC);
	}
	if (fd >= 0 && fstat(fd, st) == 0 && (S_ISREG(st->st_mode) || S_ISFIFO(st->st_mode)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

enum { MAGIC = 4 };

/* A file is looked into without moving on in it, so that it can be unpacked, or left to another reader. */
static bool has_magic_of_ours(struct native *native)
{
	uint8_t file_magic[MAGIC];
	const uint8_t *magic = file_magic;
	if (native->pipe)
		magic = nf_input_need(&native->input, MAGIC);
	else if (pread(native->fd, file_magic, MAGIC, native->start) != MAGIC)
		return false;
	if (!magic)
		return false;
	if (!native->pipe && nf_unpack_knows(magic, MAGIC)) {
		if (!nf_input_unpack(&native->input))
			return false;
		magic = nf_input_need(&native->input, MAGIC);
	}
	native->is_pcapng = magic && nf_pcapng_knows(magic);
	return magic && (native->is_pcapng || nf_pcap_knows(magic));
}

static nf_status begin(struct native *native, nf_error *error)
{
	nf_native_step step = NF_NATIVE_ODD;
	native->is_ours = has_magic_of_ours(native);
	if (native->is_ours)
		step = native->is_pcapng ? nf_pcapng_begin(&native->pcapng, &native->input, native->pipe)
					 : nf_pcap_begin(&native->pcap, &native->input, native->pipe);
	else if (native->input.ended)
		step = NF_NATIVE_STOP;
	return step == NF_NATIVE_FRAME ? NF_OK : stopped(native, step, false, error);
}

static struct native *native_new(const char *name, nf_source_reader reader, int fd, const struct stat *st)
{
	struct native *native = calloc(1, sizeof *native);
	if (!native)
		return NULL;
	native->base.ops = &ops;
	native->name = name;
	native->reader = reader;
	native->fd = fd;
	native->pipe = S_ISFIFO(st->st_mode);
	native->start = native->pipe ? 0 : lseek(fd, 0, SEEK_CUR);
	native->size = native->pipe ? 0 : (uint64_t)st->st_size;
	if (nf_input_open(&native->input, fd))
		return native;
	free(native);
	return NULL;
}

nf_status nf_file_look(const char *name, const char *path, nf_error *error)
{
	struct stat st;
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int number = fd < 0 || fstat(fd, &st) != 0 ? errno : S_ISDIR(st.st_mode) ? EISDIR : 0;
	if (fd >= 0)
		close(fd);
	if (number)
		return nf_fault_open(error, name, number);
	return S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode) ? NF_OK : nf_fault_not_a_file(error, name);
}

#if !NF_HAVE_WIRETAP
/* Only asked for what is no file and no pipe, or cannot be opened. */
nf_status nf_wiretap_open(nf_source **capture, const char *name, const char *path, uint64_t before, nf_error *error)
{
	(void)capture;
	(void)before;
	nf_status status = nf_file_look(name, path, error);
	return status == NF_OK ? nf_fault_not_a_file(error, name) : status;
}

const char *nf_source_backend(void)
{
	return "the native reader of pcap and pcapng";
}
#endif

nf_status nf_capture_open(nf_source **capture, const char *name, nf_source_reader reader, nf_error *error)
{
	struct stat st;
	int fd = -1;
	if (reader != NF_SOURCE_READER_WIRETAP)
		fd = open_name(name, &st);
	if (fd < 0)
		return nf_wiretap_open(capture, name, name, 0, error);
	struct native *native = native_new(name, reader, fd, &st);
	if (!native) {
		close(fd);
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	}
	nf_status status = begin(native, error);
	if (status == NF_OK)
		*capture = &native->base;
	else
		native_close(&native->base);
	return status;
}
