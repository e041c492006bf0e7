/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capture files through libwiretap: every format that Wireshark reads. */
#if NF_HAVE_WIRETAP
#include "source/faults.h"
#include "source/source.h"
#include "source/wiretap_record.h"

#include <glib.h>
#include <ws_version.h>
#include <wsutil/wslog.h>

#include <errno.h>
#include <string.h>

struct capture {
	nf_source base;
	const char *name;
	wtap *file;
	wtap_rec rec;
	Buffer bytes;
	uint64_t frames;
	int encap; /* of the last packet, -1 before the first */
};

/* Files that wiretap opens for Wireshark to show, and logs: there are no packets in them. */
static const char *const no_captures[] = {
	"ber",
	"ipfix",
	"jpeg",
	"json",
	"logcat",
	"logcat-brief",
	"logcat-long",
	"logcat-process",
	"logcat-tag",
	"logcat-thread",
	"logcat-threadtime",
	"logcat-time",
	"mp2t",
	"mpeg",
	"rfc7468",
	"ruby_marshal",
	"stanag4607",
	"systemd_journal",
	"tnef",
};

/* wiretap takes a file of a few bytes for the first of these, and any of many formats for the second: the name tells nothing. */
static const char *const vague[] = {"mp4", "mime"};

/* Binary formats that wiretap finds in longer texts, too. */
static const char *const found_in_text[] = {"camins", "vwr80211", "vwreth"};

#define AMONG(format, formats) is_among(format, formats, G_N_ELEMENTS(formats))

/* A program that hosts us may have set wiretap up already; doing that twice would lose its tables. */
static void set_up(void)
{
	static gsize done;
	if (!g_once_init_enter(&done))
		return;
	if (!open_routines) {
		ws_log_set_level(LOG_LEVEL_CRITICAL);
		wtap_init(FALSE);
	}
	g_once_init_leave(&done, 1);
}

/* wiretap's own text for a failure; free it. Its general words for a file say less than the details do. */
static char *reason(int err, const char *info)
{
	if (!info || !*info)
		return g_strdup(wtap_strerror(err));
	if (err == WTAP_ERR_BAD_FILE || err == WTAP_ERR_UNSUPPORTED)
		return g_strdup(info);
	return g_strdup_printf("%s: %s", wtap_strerror(err), info);
}

/* Takes info over. frame is the one that was to be read, 0: the header. */
static nf_status failed(const char *name, uint64_t frame, int err, char *info, nf_error *error)
{
	char *detail = reason(err, info);
	nf_status status;
	if (err > 0)
		status = nf_fault_read(error, name, frame, err);
	else if (err == WTAP_ERR_SHORT_READ)
		status = nf_fault_cut(error, name, frame);
	else if (err == WTAP_ERR_UNSUPPORTED || err == WTAP_ERR_DECOMPRESSION_NOT_SUPPORTED)
		status = nf_fault_unsupported(error, name, frame, detail);
	else if (err == WTAP_ERR_DECOMPRESS)
		status = nf_fault_damaged_after(error, name, frame, detail);
	else
		status = nf_fault_damaged(error, name, frame, detail);
	g_free(detail);
	g_free(info);
	return status;
}

/* wiretap looks for the format by going back to the start, which a pipe allows only a little way: hence ESPIPE. */
static nf_status open_failed(const char *name, int err, char *info, nf_error *error)
{
	if (err <= 0 && err != WTAP_ERR_NOT_REGULAR_FILE && err != WTAP_ERR_FILE_UNKNOWN_FORMAT && err != WTAP_ERR_CANT_OPEN)
		return failed(name, 0, err, info, error);
	g_free(info);
	if (err == WTAP_ERR_NOT_REGULAR_FILE)
		return nf_fault_not_a_file(error, name);
	if (err == WTAP_ERR_FILE_UNKNOWN_FORMAT || err == ESPIPE)
		return nf_fault_no_capture(error, name, NULL);
	return nf_fault_open(error, name, err > 0 ? err : EIO);
}

static const char *format_name(wtap *file)
{
	const char *name = wtap_file_type_subtype_name(wtap_file_type_subtype(file));
	return name ? name : "";
}

static bool is_among(const char *format, const char *const *formats, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(format, formats[i]) == 0)
			return true;
	return false;
}

static void capture_close(nf_source *source)
{
	struct capture *capture = (struct capture *)source;
	wtap_rec_cleanup(&capture->rec);
	ws_buffer_free(&capture->bytes);
	wtap_close(capture->file);
	g_free(capture);
}

/* ERF has no header, so to wiretap nothing at all is an ERF file. */
static nf_status ended(struct capture *capture, int err, char *info, nf_error *error)
{
	if (err != 0)
		return failed(capture->name, capture->frames + 1, err, info, error);
	g_free(info);
	if (capture->frames == 0 && strcmp(format_name(capture->file), "erf") == 0)
		return nf_fault_empty(error, capture->name);
	return NF_END;
}

static nf_status capture_next(nf_source *source, nf_frame *frame, nf_source_event *event, nf_error *error)
{
	struct capture *capture = (struct capture *)source;
	int err;
	char *info;
	gint64 offset;
	(void)event;
	wtap_rec_reset(&capture->rec);
	if (!wtap_read(capture->file, &capture->rec, &capture->bytes, &err, &info, &offset))
		return ended(capture, err, info, error);
	capture->frames++;
	if (capture->rec.rec_type == REC_TYPE_PACKET) {
		/* Guards against a reader of wiretap's that gives a length without the bytes. */
		if (capture->rec.rec_header.packet_header.caplen > capture->bytes.allocated - capture->bytes.start)
			return nf_fault_damaged(error, capture->name, capture->frames, "bytes are missing");
		capture->encap = capture->rec.rec_header.packet_header.pkt_encap;
	}
	nf_wiretap_to_frame(&capture->rec, ws_buffer_start_ptr(&capture->bytes), frame);
	return NF_OK;
}

static void capture_get_info(const nf_source *source, nf_source_info *info)
{
	const struct capture *capture = (const struct capture *)source;
	const char *format = wtap_file_type_subtype_description(wtap_file_type_subtype(capture->file));
	int err;
	gint64 read = wtap_read_so_far(capture->file);
	gint64 total = wtap_file_size(capture->file, &err);
	*info = (nf_source_info){
		.name = nf_capture_name(capture->name),
		.format = format ? format : "",
		.bytes_read = read > 0 ? (uint64_t)read : 0,
		.bytes_total = total > 0 ? (uint64_t)total : 0,
		.snapshot_length = wtap_snapshot_length(capture->file),
		.link_name = capture->encap < 0 ? "" : nf_wiretap_encap_name(capture->encap),
	};
}

static const nf_source_ops ops = {.next = capture_next, .get_info = capture_get_info, .close = capture_close};

/* What opens, but is nothing that packets can be read from. */
static nf_status refuse(wtap *file, const char *name, nf_error *error)
{
	int err;
	const char *format = format_name(file);
	bool regular = strcmp(name, "-") != 0 && g_file_test(name, G_FILE_TEST_IS_REGULAR);
	if (regular && wtap_file_size(file, &err) == 0)
		return nf_fault_empty(error, name);
	if (AMONG(format, vague) || (AMONG(format, found_in_text) && nf_looks_like_text(name)))
		return nf_fault_no_capture(error, name, NULL);
	if (AMONG(format, no_captures))
		return nf_fault_no_capture(error, name, wtap_file_type_subtype_description(wtap_file_type_subtype(file)));
	return NF_OK;
}

nf_status nf_wiretap_open(nf_source **source, const char *name, const char *path, uint64_t before, nf_error *error)
{
	int err;
	char *info;
	set_up();
	wtap *file = wtap_open_offline(path, WTAP_TYPE_AUTO, &err, &info, FALSE);
	if (!file)
		return open_failed(name, err, info, error);
	nf_status status = refuse(file, name, error);
	struct capture *capture = status == NF_OK ? g_try_new0(struct capture, 1) : NULL;
	if (!capture) {
		wtap_close(file);
		return status == NF_OK ? nf_fail(error, NF_NO_MEMORY, "out of memory") : status;
	}
	capture->base.ops = &ops;
	capture->name = name;
	capture->file = file;
	capture->frames = before;
	capture->encap = -1;
	wtap_rec_init(&capture->rec);
	ws_buffer_init(&capture->bytes, WTAP_MAX_PACKET_SIZE_STANDARD / 4);
	*source = &capture->base;
	return NF_OK;
}

const char *nf_source_backend(void)
{
	return "libwiretap " G_STRINGIFY(WIRESHARK_VERSION_MAJOR) "." G_STRINGIFY(WIRESHARK_VERSION_MINOR) "." G_STRINGIFY(
		WIRESHARK_VERSION_MICRO);
}
#endif
