/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/faults.h"
#include "source/native.h"

#include <glib.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_BYTES = 512 };

#if NF_HAVE_WIRETAP
#define KNOWN "in a format that Wireshark reads"
#else
#define KNOWN "in pcap or pcapng format"
#endif

enum sort {
	OTHER,    /* it is what it is */
	UNPACKED, /* compressed in a way that wiretap undoes, and the native reader perhaps */
	PACKED,   /* compressed in a way that nothing here undoes */
	CAPTURE,  /* too little of one */
};

/* What a file is by its first bytes. */
static const struct {
	uint8_t at, length;
	const char *magic;
	enum sort sort;
	const char *what;
} kinds[] = {
	{0, 4, "\xd4\xc3\xb2\xa1", CAPTURE, ""},
	{0, 4, "\xa1\xb2\xc3\xd4", CAPTURE, ""},
	{0, 4, "\x4d\x3c\xb2\xa1", CAPTURE, ""},
	{0, 4, "\xa1\xb2\x3c\x4d", CAPTURE, ""},
	{0, 4, "\n\r\r\n", CAPTURE, ""},
	{0, 2, "\x1f\x8b", UNPACKED, "gzip"},
	{0, 4, "\x28\xb5\x2f\xfd", UNPACKED, "zstd"},
	{0, 4, "\x04\x22\x4d\x18", UNPACKED, "lz4"},
	{0, 5, "\xfd\x37zXZ", PACKED, "xz"},
	{0, 3, "BZh", PACKED, "bzip2"},
	{0, 4, "PK\3\4", PACKED, "zip"},
	{0, 4, "7z\xbc\xaf", PACKED, "7-Zip"},
	{0, 4, "Rar!", PACKED, "RAR"},
	{0, 4, "\x7f\x45LF", OTHER, "a program (ELF)"},
	{0, 4, "\x89PNG", OTHER, "a PNG image"},
	{0, 3, "\xff\xd8\xff", OTHER, "a JPEG image"},
	{0, 4, "GIF8", OTHER, "a GIF image"},
	{4, 4, "ftyp", OTHER, "an MP4 video"},
	{0, 4, "%PDF", OTHER, "a PDF document"},
	{0, 5, "<?xml", OTHER, "XML"},
	{0, 11, "-----BEGIN ", OTHER, "PEM (a key or a certificate)"},
};

/* The start of a regular file; 0 for what is none: a look would take bytes away from whoever reads a pipe. */
static size_t look(const char *name, uint8_t bytes[LOOK_BYTES])
{
	struct stat st;
	int fd = strcmp(name, "-") == 0 ? -1 : open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return 0;
	ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, bytes, LOOK_BYTES) : 0;
	close(fd);
	return n > 0 ? (size_t)n : 0;
}

static bool is_text(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] == 0x7f || (bytes[i] < 0x20 && !strchr("\t\n\v\f\r", bytes[i])) || bytes[i] == 0)
			return false;
	return n > 0;
}

bool nf_looks_like_text(const char *name)
{
	uint8_t bytes[LOOK_BYTES];
	return is_text(bytes, look(name, bytes));
}

nf_status nf_fault_open(nf_error *error, const char *name, int number)
{
	if (number == EISDIR)
		return nf_fail(error, NF_OPEN, "%s is a directory: give the captures that are in it", nf_capture_name(name));
	return nf_fail(error, NF_OPEN, "cannot open %s: %s", nf_capture_name(name), g_strerror(number));
}

nf_status nf_fault_not_a_file(nf_error *error, const char *name)
{
	return nf_fail(error, NF_OPEN, "%s is neither a file nor a pipe", nf_capture_name(name));
}

nf_status nf_fault_empty(nf_error *error, const char *name)
{
	return nf_fail(error, NF_FORMAT, "%s is empty: it has not even the header of a capture", nf_capture_name(name));
}

/* It is kinds[kind]. */
static nf_status no_capture_but(nf_error *error, const char *name, size_t kind, bool unpacked)
{
	const char *shown = nf_capture_name(name), *what = kinds[kind].what;
	if (kinds[kind].sort == CAPTURE)
		return nf_fault_cut(error, name, 0);
	if (kinds[kind].sort == UNPACKED && unpacked)
		return nf_fail(error, NF_FORMAT, "%s is not a capture " KNOWN ", inside its %s compression", shown, what);
	if (kinds[kind].sort != OTHER)
		return nf_fail(error, NF_FORMAT, "%s is packed with %s: unpack it first", shown, what);
	return nf_fail(error, NF_FORMAT, "%s is not a capture: it is %s", shown, what);
}

nf_status nf_fault_no_capture(nf_error *error, const char *name, const char *format)
{
	uint8_t bytes[LOOK_BYTES];
	size_t n = look(name, bytes);
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (n >= (size_t)kinds[i].at + kinds[i].length && memcmp(bytes + kinds[i].at, kinds[i].magic, kinds[i].length) == 0)
			return no_capture_but(error, name, i, NF_HAVE_WIRETAP || nf_unpack_knows(bytes, n));
	if (!format && is_text(bytes, n))
		format = "text";
	if (format)
		return nf_fail(error, NF_FORMAT, "%s is not a capture: it is %s", nf_capture_name(name), format);
	return nf_fail(error, NF_FORMAT, "%s is not a capture " KNOWN, nf_capture_name(name));
}

/* "x.pcap WHAT in frame 17: DETAIL", "x.pcap WHAT in its header: DETAIL" */
static nf_status fault(nf_error *error, nf_status status, const char *name, const char *what, uint64_t frame, const char *detail)
{
	const char *colon = detail && *detail ? ": " : "";
	const char *shown = nf_capture_name(name);
	if (!detail)
		detail = "";
	if (frame == 0)
		return nf_fail(error, status, "%s %s in its header%s%s", shown, what, colon, detail);
	return nf_fail(error, status, "%s %s in frame %" PRIu64 "%s%s", shown, what, frame, colon, detail);
}

nf_status nf_fault_unsupported(nf_error *error, const char *name, uint64_t frame, const char *detail)
{
	return fault(error, NF_FORMAT, name, "has what cannot be read", frame, detail);
}

nf_status nf_fault_cut(nf_error *error, const char *name, uint64_t frame)
{
	return fault(error, NF_CUT, name, "is cut short", frame, NULL);
}

nf_status nf_fault_damaged(nf_error *error, const char *name, uint64_t frame, const char *detail)
{
	return fault(error, NF_DAMAGED, name, "is damaged", frame, detail);
}

nf_status nf_fault_damaged_after(nf_error *error, const char *name, uint64_t frame, const char *detail)
{
	if (frame <= 1)
		return nf_fail(error, NF_DAMAGED, "%s is damaged before the first frame: %s", nf_capture_name(name), detail);
	return nf_fail(error, NF_DAMAGED, "%s is damaged after frame %" PRIu64 ": %s", nf_capture_name(name), frame - 1, detail);
}

nf_status nf_fault_read(nf_error *error, const char *name, uint64_t frame, int number)
{
	return nf_fail(error, NF_READ, "cannot read %s after frame %" PRIu64 ": %s", nf_capture_name(name), frame ? frame - 1 : 0,
		       g_strerror(number));
}
