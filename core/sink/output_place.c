/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an output goes: an open descriptor, a pipe or device, or a new file beside the one that it will replace. */
#include "output_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LINKS_MAX = 40,      /* as Linux has it */
	TRIES = 16,          /* for a temporary name that is free */
	BASE_MAX = 200,      /* bytes of the name that its temporary name repeats: both must fit into NAME_MAX */
	NEW = 0666,          /* less the umask */
	PRIVATE = 0600,
	PERMISSIONS = 0777,
	GROUP = 0070,
};

static nf_status no_memory(nf_error *error)
{
	return nf_fail(error, NF_NO_MEMORY, "out of memory");
}

static nf_status cannot_create(const nf_output *output, int number, nf_error *error)
{
	return nf_fail(error, NF_CREATE, "cannot create %s: %s", output->name, strerror(number));
}

/* The folder of a path, to be freed. */
static char *folder_of(const char *path)
{
	char *copy = strdup(path);
	char *folder = copy ? strdup(dirname(copy)) : NULL;

	free(copy);
	return folder;
}

/* "/dev/fd/3" -> 3; -1: the path does not name an open descriptor */
static int descriptor_named(const char *path)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		size_t n = strlen(folders[i]);
		if (strncmp(path, folders[i], n) != 0 || !path[n] || strspn(path + n, "0123456789") != strlen(path + n))
			continue;
		long fd = strtol(path + n, NULL, 10);
		return fd <= INT_MAX ? (int)fd : -1;
	}
	return -1;
}

/* What a link says, as a path from here. NULL with errno set. */
static char *read_link(const char *path)
{
	char text[PATH_MAX];
	ssize_t n = readlink(path, text, sizeof text - 1);

	if (n < 0)
		return NULL;
	text[n] = '\0';
	if (text[0] == '/')
		return strdup(text);
	char *folder = folder_of(path), *joined = NULL;
	if (folder && asprintf(&joined, "%s/%s", folder, text) < 0)
		joined = NULL;
	free(folder);
	return joined;
}

/* Follows links, dangling ones too, up to a file, to nothing, or to the name of a descriptor. To be freed; NULL with errno set. */
static char *resolve(const char *name)
{
	char *path = strdup(name);

	for (int links = 0; path && descriptor_named(path) < 0; links++) {
		struct stat st;
		if (lstat(path, &st) != 0 && errno != ENOENT) {
			free(path);
			return NULL;
		}
		if (lstat(path, &st) != 0 || !S_ISLNK(st.st_mode))
			return path;
		char *next = NULL;
		if (links == LINKS_MAX)
			errno = ELOOP;
		else
			next = read_link(path);
		free(path);
		path = next;
	}
	return path;
}

static nf_status use_descriptor(nf_output *output, int fd, nf_error *error)
{
	output->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return output->fd >= 0 ? NF_OK : nf_fail(error, NF_CREATE, "cannot write %s: %s", output->name, strerror(errno));
}

static nf_status open_existing(nf_output *output, const char *path, nf_error *error)
{
	output->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return output->fd >= 0 ? NF_OK : cannot_create(output, errno, error);
}

/* ".flows.csv.0123456789abcdef.tmp" beside the target; not to be guessed, so that nobody can lay a link there. */
static char *temporary_name(const char *folder, const char *base)
{
	uint64_t random;
	char *path;

	if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		return NULL;
	return asprintf(&path, "%s/.%.*s.%016" PRIx64 ".tmp", folder, BASE_MAX, base, random) < 0 ? NULL : path;
}

static nf_status cannot_create_in(const nf_output *output, const char *folder, int number, nf_error *error)
{
	if (number == ENOENT)
		return nf_fail(error, NF_CREATE, "cannot create %s: the folder %s is not there", output->name, folder);
	if (number == ENOTDIR)
		return nf_fail(error, NF_CREATE, "cannot create %s: %s is not a folder", output->name, folder);
	if (number == EACCES)
		return nf_fail(error, NF_CREATE, "cannot create %s: no permission to make files in the folder %s", output->name, folder);
	return cannot_create(output, number, error);
}

static nf_status create_temporary(nf_output *output, mode_t mode, nf_error *error)
{
	const char *slash = strrchr(output->target, '/');
	char *folder = folder_of(output->target);
	nf_status status = NF_OK;

	for (int i = 0; folder && output->fd < 0 && status == NF_OK; i++) {
		free(output->temporary);
		output->temporary = temporary_name(folder, slash ? slash + 1 : output->target);
		if (!output->temporary)
			break;
		output->fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (output->fd < 0 && (errno != EEXIST || i == TRIES))
			status = cannot_create_in(output, folder, errno, error);
	}
	if (!folder || !output->temporary)
		status = no_memory(error);
	if (output->fd < 0) { /* nothing to remove */
		free(output->temporary);
		output->temporary = NULL;
	}
	free(folder);
	return status;
}

/* Without the group of the older file its group's rights would go to another one. */
static void take_over(const nf_output *output, const struct stat *older)
{
	mode_t mode = older->st_mode & PERMISSIONS;
	struct stat st;

	if (fstat(output->fd, &st) != 0)
		return;
	if ((st.st_uid != older->st_uid || st.st_gid != older->st_gid) && fchown(output->fd, older->st_uid, older->st_gid) != 0 &&
	    st.st_gid != older->st_gid && fchown(output->fd, (uid_t)-1, older->st_gid) != 0)
		mode &= ~(mode_t)GROUP;
	(void)!fchmod(output->fd, mode);
}

static nf_status open_beside(nf_output *output, const struct stat *older, nf_error *error)
{
	const char *target = output->target;

	if (target[strlen(target) - 1] == '/')
		return nf_fail(error, NF_CREATE, "cannot create %s: the name of a file is missing behind the folder", output->name);
	if (older && faccessat(AT_FDCWD, target, W_OK, AT_EACCESS) != 0)
		return nf_fail(error, NF_CREATE, "cannot replace %s: %s", output->name, strerror(errno));
	/* Who may not read the older file must not get at the new one before it has the same permissions. */
	nf_status status = create_temporary(output, older ? PRIVATE : NEW, error);
	if (status == NF_OK && older)
		take_over(output, older);
	return status;
}

static nf_status place_path(nf_output *output, nf_error *error)
{
	struct stat st;
	char *path = resolve(output->name);

	if (!path)
		return errno == ENOMEM ? no_memory(error) : cannot_create(output, errno, error);
	output->target = path;
	bool exists = stat(path, &st) == 0;
	nf_status status;
	if (descriptor_named(path) >= 0)
		status = use_descriptor(output, descriptor_named(path), error);
	else if (exists && S_ISDIR(st.st_mode))
		status = nf_fail(error, NF_CREATE, "cannot create %s: it is a folder", output->name);
	else if (exists && !S_ISREG(st.st_mode))
		status = open_existing(output, path, error);
	else
		return open_beside(output, exists ? &st : NULL, error);
	free(output->target);
	output->target = NULL;
	return status;
}

nf_status nf_output_place(nf_output *output, nf_error *error)
{
	struct stat st;
	nf_status status = NF_OK;

	if (!*output->name)
		return nf_fail(error, NF_ARGUMENT, "the name of the output is empty");
	if (strcmp(output->name, "-") == 0) {
		char *name = strdup("standard output");
		if (!name)
			return no_memory(error);
		free(output->name);
		output->name = name;
		status = use_descriptor(output, STDOUT_FILENO, error);
	} else {
		status = place_path(output, error);
	}
	output->interactive = status == NF_OK && fstat(output->fd, &st) == 0 &&
			      (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(output->fd));
	return status;
}
