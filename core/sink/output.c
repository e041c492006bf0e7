/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output_internal.h"

#include <glib.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const nf_compression *const compressions[] = {&nf_output_gzip, &nf_output_zstd};
enum { COMPRESSIONS = sizeof compressions / sizeof *compressions, SYNC_BYTES = 8 << 20 };

static const nf_compression *compression_of(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < COMPRESSIONS; i++) {
		size_t m = strlen(compressions[i]->suffix);
		if (n >= m && strcmp(name + n - m, compressions[i]->suffix) == 0)
			return compressions[i];
	}
	return NULL;
}

const char *nf_output_compressions(void)
{
#if NF_HAVE_ZLIB && NF_HAVE_ZSTD
	return "gzip, zstd";
#elif NF_HAVE_ZLIB
	return "gzip";
#elif NF_HAVE_ZSTD
	return "zstd";
#else
	return "";
#endif
}

/* Frees all but the descriptor and the files. */
static void free_output(nf_output *output)
{
	if (output->compressor)
		output->compression->free(output);
	free(output->name);
	free(output->target);
	free(output->temporary);
	free(output);
}

void nf_output_discard(nf_output *output)
{
	if (!output)
		return;
	if (output->fd >= 0)
		close(output->fd);
	if (output->temporary)
		unlink(output->temporary);
	free_output(output);
}

static nf_status open_named(nf_output *output, nf_error *error)
{
	output->compression = compression_of(output->name);
	if (output->compression && !output->compression->begin)
		return nf_fail(error, NF_ARGUMENT, "cannot write %s: this build has no %s compression; give a name without %s", output->name,
			       output->compression->name, output->compression->suffix);
	nf_status status = nf_output_place(output, error);
	if (status == NF_OK && output->compression)
		status = output->compression->begin(output, error);
	return status;
}

nf_status nf_output_open(nf_output **result, const char *name, nf_error *error)
{
	nf_output *output = calloc(1, sizeof *output);

	*result = NULL;
	if (output)
		output->fd = -1;
	if (!output || !(output->name = strdup(name ? name : "-"))) {
		free(output);
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	}
	nf_status status = open_named(output, error);
	if (status == NF_OK)
		*result = output;
	else
		nf_output_discard(output);
	return status;
}

static nf_status write_failed(const nf_output *output, int number, nf_error *error)
{
	if (number == EPIPE)
		return nf_fail(error, NF_CLOSED, "the reader of %s has gone", output->name);
	return nf_fail(error, NF_WRITE, "cannot write %s: %s", output->name, strerror(number));
}

void nf_output_store_early(nf_output *output)
{
	output->stores_early = output->target;
}

/* What sync_data() will ask for. It is no more than a hint. */
static void begin_to_sync(nf_output *output)
{
	if (!output->stores_early || output->written - output->begun < SYNC_BYTES)
		return;
	(void)!sync_file_range(output->fd, (off_t)output->begun, (off_t)(output->written - output->begun), SYNC_FILE_RANGE_WRITE);
	output->begun = output->written;
}

nf_status nf_output_put(nf_output *output, const void *bytes, size_t n, nf_error *error)
{
	const char *at = bytes;

	while (n > 0) {
		ssize_t done = write(output->fd, at, n);
		if (done < 0 && errno == EAGAIN) {
			/* A pipe that somebody else made non-blocking. */
			struct pollfd ready = {.fd = output->fd, .events = POLLOUT};
			(void)!poll(&ready, 1, -1);
		} else if (done < 0 && errno != EINTR) {
			return write_failed(output, errno, error);
		} else if (done > 0) {
			at += done;
			n -= (size_t)done;
			output->written += (uint64_t)done;
		}
	}
	begin_to_sync(output);
	return NF_OK;
}

nf_status nf_output_write(nf_output *output, const void *bytes, size_t n, nf_error *error)
{
	return output->compression ? output->compression->write(output, bytes, n, error) : nf_output_put(output, bytes, n, error);
}

nf_status nf_output_flush(nf_output *output, nf_error *error)
{
	return output->compression ? output->compression->flush(output, error) : NF_OK;
}

static int sync_data(int fd)
{
	int result;

	do
		result = fdatasync(fd);
	while (result != 0 && errno == EINTR);
	/* Some file systems have nothing to be asked. */
	return result != 0 && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP ? -1 : 0;
}

/* Ends the compression and closes. A file's bytes must be on the disk before its name is: a crash between the two would leave an
 * empty file in the place of a good one. Only now do some file systems say that the disk is full. */
static nf_status finish(nf_output *output, nf_error *error)
{
	nf_status status = output->compression ? output->compression->end(output, error) : NF_OK;

	if (status == NF_OK && output->target && sync_data(output->fd) != 0)
		status = write_failed(output, errno, error);
	int fd = output->fd;
	output->fd = -1;
	if (close(fd) != 0 && errno != EINTR && status == NF_OK)
		status = write_failed(output, errno, error);
	return status;
}

static nf_status rename_failed(const nf_output *output, int number, nf_error *error)
{
	return nf_fail(error, NF_WRITE, "cannot give %s its name: %s", output->name, strerror(number));
}

nf_status nf_output_commit(nf_output *output, nf_error *error)
{
	nf_status status = finish(output, error);

	if (status == NF_OK && output->target && rename(output->temporary, output->target) != 0)
		status = rename_failed(output, errno, error);
	if (status != NF_OK) {
		nf_output_discard(output);
		return status;
	}
	free_output(output);
	return NF_OK;
}

/* "flows.csv.gz", 2 -> "flows.csv.2.gz"; 0 is the path itself. To be freed; NULL: out of memory. */
static char *numbered(const nf_output *output, const char *path, unsigned number)
{
	const char *suffix = output->compression ? output->compression->suffix : "";
	size_t n = strlen(path);
	char *name;

	if (number == 0)
		return strdup(path);
	if (compression_of(path))
		n -= strlen(suffix);
	else
		suffix = "";
	return asprintf(&name, "%.*s.%u%s", (int)n, path, number, suffix) < 0 ? NULL : name;
}

/* rename() that replaces nothing. Some file systems cannot do that in one step; a second name does it there. */
static int rename_apart(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	return link(from, to) == 0 ? unlink(from) : -1;
}

static nf_status name_apart(nf_output *output, char **name, nf_error *error)
{
	for (unsigned number = 0;; number++) {
		char *path = numbered(output, output->target, number);
		if (!path)
			return nf_fail(error, NF_NO_MEMORY, "out of memory");
		int result = rename_apart(output->temporary, path);
		int why = errno;
		free(path);
		if (result == 0) {
			*name = numbered(output, output->name, number);
			return *name ? NF_OK : nf_fail(error, NF_NO_MEMORY, "out of memory");
		}
		if (why != EEXIST)
			return rename_failed(output, why, error);
	}
}

nf_status nf_output_commit_apart(nf_output *output, char **name, nf_error *error)
{
	nf_status status = finish(output, error);

	*name = NULL;
	if (status == NF_OK && output->target)
		status = name_apart(output, name, error);
	if (status != NF_OK) {
		nf_output_discard(output);
		return status;
	}
	free_output(output);
	return NF_OK;
}

const char *nf_output_temporary(const nf_output *output)
{
	return output->temporary;
}

static nf_status write_to(void *output, const void *bytes, size_t n, nf_error *error)
{
	return nf_output_write(output, bytes, n, error);
}

nf_writer nf_output_writer(nf_output *output)
{
	return (nf_writer){.write = write_to, .to = output};
}

bool nf_output_is_standard(const char *name)
{
	static const char *const names[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool status_of(const char *name, struct stat *st)
{
	return (nf_output_is_standard(name) ? fstat(STDOUT_FILENO, st) : stat(name, st)) == 0;
}

static bool is_same_inode(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Of names of files that are not there: the same name in the same folder. */
static bool is_same_place(const char *a, const char *b)
{
	struct stat one, other;
	char *folders[] = {g_path_get_dirname(a), g_path_get_dirname(b)}, *names[] = {g_path_get_basename(a), g_path_get_basename(b)};
	const bool same = strcmp(a, b) == 0 || (strcmp(names[0], names[1]) == 0 && stat(folders[0], &one) == 0 && stat(folders[1], &other) == 0 &&
						is_same_inode(&one, &other));

	for (int i = 0; i < 2; i++) {
		g_free(folders[i]);
		g_free(names[i]);
	}
	return same;
}

bool nf_output_is_same(const char *a, const char *b)
{
	struct stat one, other;
	const bool a_is_there = status_of(a, &one), b_is_there = status_of(b, &other);

	if (nf_output_is_standard(a) && nf_output_is_standard(b))
		return true;
	if (!a_is_there && !b_is_there)
		return is_same_place(a, b);
	return a_is_there && b_is_there && (S_ISREG(one.st_mode) || S_ISFIFO(one.st_mode)) && is_same_inode(&one, &other);
}

bool nf_output_is_interactive(const nf_output *output)
{
	return output->interactive;
}
