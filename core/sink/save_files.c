/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/save_files.h"

#include "columns/value.h"
#include "sink/save.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 16, NAME_ROOM = 192, TRIES_MAX = 100000, SNAPSHOT_MAX = 262144 };

/* The file of a flow and a link type, open. */
typedef struct open_file {
	uint64_t flow;
	uint32_t link;
	int fd;         /* -1: this place is free */
	uint64_t used_at;
	size_t n;
	unsigned char bytes[NF_SAVE_FILE_BYTES];
} open_file;

struct nf_save_files {
	const char *folder;
	int folder_fd;
	uint32_t run;       /* in the names of files without a name, so that two runs may share a folder */
	uint64_t uses, named;
	unsigned links;     /* link types met; a flow may have a file for each */
	uint32_t link[LINKS_MAX];
	open_file open[NF_SAVE_FILES];
};

static nf_status cannot(const nf_save_files *files, const char *what, const char *name, nf_error *error)
{
	return nf_fail(error, NF_CREATE, "cannot %s %s/%s: %s", what, files->folder, name, strerror(errno));
}

static nf_status cannot_write(const nf_save_files *files, nf_error *error)
{
	return nf_fail(error, NF_CREATE, "cannot write captures to %s: %s; the rows go on without them", files->folder, strerror(errno));
}

nf_status nf_save_files_new(nf_save_files **result, const char *folder, nf_error *error)
{
	nf_save_files *files = calloc(1, sizeof *files);

	*result = NULL;
	if (!files)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	for (int i = 0; i < NF_SAVE_FILES; i++)
		files->open[i].fd = -1;
	files->folder = folder;
	if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
		nf_fail(error, NF_CREATE, "cannot make the folder %s: %s", folder, strerror(errno));
		free(files);
		return NF_CREATE;
	}
	files->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (files->folder_fd < 0 || faccessat(files->folder_fd, ".", W_OK | X_OK, AT_EACCESS) != 0) {
		nf_fail(error, NF_CREATE, "cannot write captures to the folder %s: %s", folder, strerror(errno));
		nf_save_files_free(files);
		return NF_CREATE;
	}
	if (getrandom(&files->run, sizeof files->run, 0) != sizeof files->run)
		files->run = (uint32_t)getpid();
	*result = files;
	return NF_OK;
}

static size_t prefix(const nf_save_files *files, char name[NAME_ROOM])
{
	return (size_t)snprintf(name, NAME_ROOM, ".netflower-%08" PRIx32 "-", files->run);
}

static void part_name(const nf_save_files *files, uint64_t flow, uint32_t link, char name[NAME_ROOM])
{
	size_t n = prefix(files, name);

	snprintf(name + n, NAME_ROOM - n, "%" PRIu64 "-%" PRIu32 ".part", flow, link);
}

static void remove_parts(const nf_save_files *files)
{
	char name[NAME_ROOM];
	size_t n = prefix(files, name);
	int fd = openat(files->folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
		if (strncmp(entry->d_name, name, n) == 0)
			unlinkat(files->folder_fd, entry->d_name, 0);
	closedir(dir);
}

void nf_save_files_give_up(nf_save_files *files)
{
	for (int i = 0; i < NF_SAVE_FILES; i++)
		if (files->open[i].fd >= 0) {
			close(files->open[i].fd);
			files->open[i].fd = -1;
		}
	if (files->folder_fd >= 0)
		remove_parts(files);
}

void nf_save_files_free(nf_save_files *files)
{
	if (!files)
		return;
	nf_save_files_give_up(files);
	if (files->folder_fd >= 0)
		close(files->folder_fd);
	free(files);
}

static nf_status put(const nf_save_files *files, open_file *f, nf_error *error)
{
	for (size_t done = 0; done < f->n;) {
		ssize_t n = write(f->fd, f->bytes + done, f->n - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cannot_write(files, error);
		done += (size_t)n;
	}
	f->n = 0;
	return NF_OK;
}

static nf_status shut(const nf_save_files *files, open_file *f, nf_error *error)
{
	nf_status status = put(files, f, error);

	if (close(f->fd) != 0 && status == NF_OK)
		status = cannot_write(files, error);
	f->fd = -1;
	return status;
}

static nf_status append(const nf_save_files *files, open_file *f, const void *bytes, size_t n, nf_error *error)
{
	const unsigned char *p = bytes;

	while (n > 0) {
		size_t room = sizeof f->bytes - f->n, now = n < room ? n : room;
		memcpy(f->bytes + f->n, p, now);
		f->n += now;
		p += now;
		n -= now;
		nf_status status = f->n == sizeof f->bytes ? put(files, f, error) : NF_OK;
		if (status != NF_OK)
			return status;
	}
	return NF_OK;
}

/* The link type of a file says also how long the frame check sequences are: bit 26 that it does, bits 28-31 the length in units of two bytes. */
static nf_status put_head(const nf_save_files *files, open_file *f, const nf_frame *frame, nf_error *error)
{
	const uint32_t fcs = frame->fcs_bytes && frame->fcs_bytes < 32 && frame->fcs_bytes % 2 == 0 ? 1u << 26 | frame->fcs_bytes / 2 << 28 : 0;
	const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, accuracy, snapshot, link;
	} head = {0xa1b23c4d, 2, 4, 0, 0, SNAPSHOT_MAX, f->link | fcs};

	return append(files, f, &head, sizeof head, error);
}

/* A place for an open file: a free one, or that of the file not used for longest. */
static nf_status place(nf_save_files *files, open_file **result, nf_error *error)
{
	open_file *oldest = &files->open[0];

	for (int i = 0; i < NF_SAVE_FILES; i++) {
		open_file *f = &files->open[i];
		if (f->fd < 0) {
			*result = f;
			return NF_OK;
		}
		if (f->used_at < oldest->used_at)
			oldest = f;
	}
	*result = oldest;
	return shut(files, oldest, error);
}

static open_file *find_open(nf_save_files *files, uint64_t flow, uint32_t link)
{
	for (int i = 0; i < NF_SAVE_FILES; i++)
		if (files->open[i].fd >= 0 && files->open[i].flow == flow && files->open[i].link == link)
			return &files->open[i];
	return NULL;
}

static nf_status open_part(nf_save_files *files, uint64_t flow, const nf_frame *frame, open_file **result, nf_error *error)
{
	char name[NAME_ROOM];
	struct stat st;
	open_file *f = find_open(files, flow, frame->link);

	*result = f;
	if (f)
		return NF_OK;
	nf_status status = place(files, &f, error);
	if (status != NF_OK)
		return status;
	part_name(files, flow, frame->link, name);
	f->fd = openat(files->folder_fd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (f->fd < 0)
		return cannot(files, "create", name, error);
	f->flow = flow;
	f->link = frame->link;
	f->n = 0;
	*result = f;
	return fstat(f->fd, &st) == 0 && st.st_size == 0 ? put_head(files, f, frame, error) : NF_OK;
}

static bool fits(nf_save_files *files, const nf_frame *frame)
{
	unsigned i = 0;

	if (frame->link >= NF_LINK_UNKNOWN || frame->ts_ns < 0 || frame->ts_ns / 1000000000 > UINT32_MAX)
		return false;
	while (i < files->links && files->link[i] != frame->link)
		i++;
	if (i == LINKS_MAX)
		return false;
	if (i == files->links)
		files->link[files->links++] = frame->link;
	return true;
}

nf_status nf_save_files_write(nf_save_files *files, uint64_t flow, const nf_frame *frame, nf_error *error)
{
	open_file *f;

	if (!fits(files, frame))
		return NF_OK;
	nf_status status = open_part(files, flow, frame, &f, error);
	if (status != NF_OK)
		return status;
	const uint32_t captured = frame->captured < SNAPSHOT_MAX ? frame->captured : SNAPSHOT_MAX;
	const uint32_t head[4] = {(uint32_t)(frame->ts_ns / 1000000000), (uint32_t)(frame->ts_ns % 1000000000), captured,
				  frame->wire > captured ? frame->wire : captured};
	f->used_at = ++files->uses;
	status = append(files, f, head, sizeof head, error);
	return status == NF_OK ? append(files, f, frame->data, captured, error) : status;
}

static char *put_end(char *out, const nf_key *key, int side)
{
	char *begin = out;

	out = key->ip_version == 4 ? nf_put_ipv4(out, key->address[side]) : nf_put_ipv6(out, key->address[side]);
	for (; begin < out; begin++)
		if (*begin == ':')
			*begin = '.';
	return out + sprintf(out, "-%u", key->port[side]);
}

static char *put_protocol(char *out, uint8_t protocol)
{
	switch (protocol) {
	case NF_PROTOCOL_TCP: return stpcpy(out, "tcp");
	case NF_PROTOCOL_UDP: return stpcpy(out, "udp");
	case NF_PROTOCOL_ICMP: return stpcpy(out, "icmp");
	case NF_PROTOCOL_ICMPV6: return stpcpy(out, "icmp6");
	case NF_PROTOCOL_SCTP: return stpcpy(out, "sctp");
	default: return out + sprintf(out, "%u", protocol);
	}
}

static void stem(const nf_flow *flow, uint32_t link, bool is_first, char name[NAME_ROOM])
{
	const nf_key key = nf_flow_key(flow);
	char *out = name + sprintf(name, "%" PRIu64 "_", nf_flow_number(flow));

	out = put_end(out, &key, 0);
	*out++ = '_';
	out = put_end(out, &key, 1);
	*out++ = '_';
	out = put_protocol(out, key.protocol);
	if (!is_first)
		out += sprintf(out, "_link%" PRIu32, link);
	*out = '\0';
}

/* Hard links never replace a file; where there are none (some network and FAT file systems) the name is asked for first. */
static bool move(const nf_save_files *files, const char *from, const char *to)
{
	if (linkat(files->folder_fd, from, files->folder_fd, to, 0) == 0)
		return unlinkat(files->folder_fd, from, 0) == 0;
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
		return false;
	if (faccessat(files->folder_fd, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return false;
	}
	return renameat(files->folder_fd, from, files->folder_fd, to) == 0;
}

static nf_status name_part(nf_save_files *files, const nf_flow *flow, uint32_t link, bool is_first, nf_error *error)
{
	char part[NAME_ROOM], base[NAME_ROOM], name[NAME_ROOM + 16];

	part_name(files, nf_flow_number(flow), link, part);
	stem(flow, link, is_first, base);
	snprintf(name, sizeof name, "%s.pcap", base);
	for (int i = 1; !move(files, part, name) && i < TRIES_MAX; i++) {
		if (errno != EEXIST)
			return cannot(files, "create", name, error);
		snprintf(name, sizeof name, "%s.%d.pcap", base, i);
	}
	files->named++;
	return NF_OK;
}

void nf_save_files_drop(nf_save_files *files, uint64_t flow)
{
	char part[NAME_ROOM];

	for (unsigned i = 0; i < files->links; i++) {
		open_file *f = find_open(files, flow, files->link[i]);
		if (f) {
			close(f->fd);
			f->fd = -1;
		}
		part_name(files, flow, files->link[i], part);
		unlinkat(files->folder_fd, part, 0);
	}
}

nf_status nf_save_files_name(nf_save_files *files, const nf_flow *flow, nf_error *error)
{
	const uint64_t number = nf_flow_number(flow);
	char part[NAME_ROOM];
	bool is_first = true;

	for (unsigned i = 0; i < files->links; i++) {
		open_file *f = find_open(files, number, files->link[i]);
		nf_status status = f ? shut(files, f, error) : NF_OK;
		if (status != NF_OK)
			return status;
		part_name(files, number, files->link[i], part);
		if (!f && faccessat(files->folder_fd, part, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		status = name_part(files, flow, files->link[i], is_first, error);
		if (status != NF_OK)
			return status;
		is_first = false;
	}
	return NF_OK;
}

uint64_t nf_save_files_named(const nf_save_files *files)
{
	return files->named;
}
