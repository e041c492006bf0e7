/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capture files through libwiretap: every format that Wireshark reads. */
#if NF_HAVE_WIRETAP
#include "source/faults.h"
#include "source/source.h"
#include "source/wiretap_library.h"
#include "source/wiretap_record.h"

#include <glib.h>
#include <ws_version.h>

#include <errno.h>
#include <string.h>

/* So many records are read at once, but none behind one that needs more room than LARGE: that room is given back before the next ones. */
enum { PLACES = 16, LARGE = 1 << 20 };

typedef struct place {
	wtap_rec rec;
	Buffer bytes;
} place;

struct capture {
	nf_source base;
	const char *name;
	wtap *file;
	bool is_regular;    /* a pipe may have to be waited for, so nothing is read from it before it is asked for */
	place places[PLACES];
	unsigned given, read; /* of the places */
	nf_status stopped;  /* NF_OK: more is to come; else what is to be told after the places */
	nf_error why;
	uint64_t frames;    /* read */
	uint32_t link;      /* of the last frame given */
	int encap;          /* of the last packet given, -1 before the first */
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

/* wiretap's own text for a failure; free it. Its general words for a file say less than the details do. */
static char *reason(int err, const char *info)
{
	if (!info || !*info)
		return g_strdup(nf_wiretap.wtap_strerror(err));
	if (err == WTAP_ERR_BAD_FILE || err == WTAP_ERR_UNSUPPORTED)
		return g_strdup(info);
	return g_strdup_printf("%s: %s", nf_wiretap.wtap_strerror(err), info);
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
	const char *name = nf_wiretap.wtap_file_type_subtype_name(nf_wiretap.wtap_file_type_subtype(file));
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
	for (int i = 0; i < PLACES; i++) {
		nf_wiretap.wtap_rec_cleanup(&capture->places[i].rec);
		nf_wiretap.ws_buffer_free(&capture->places[i].bytes);
	}
	nf_wiretap.wtap_close(capture->file);
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

/* Reads a record into the next place. False: it is told why there is none. */
static bool read_record(struct capture *capture)
{
	place *p = &capture->places[capture->read];
	int err;
	char *info;
	gint64 offset;
	nf_wiretap.wtap_rec_reset(&p->rec);
	if (!nf_wiretap.wtap_read(capture->file, &p->rec, &p->bytes, &err, &info, &offset)) {
		capture->stopped = ended(capture, err, info, &capture->why);
		return false;
	}
	capture->frames++;
	/* Guards against a reader of wiretap's that gives a length without the bytes. */
	if (p->rec.rec_type == REC_TYPE_PACKET && p->rec.rec_header.packet_header.caplen > p->bytes.allocated - p->bytes.start) {
		capture->stopped = nf_fault_damaged(&capture->why, capture->name, capture->frames, "bytes are missing");
		return false;
	}
	capture->read++;
	return true;
}

static void to_frame(struct capture *capture, nf_frame *frame)
{
	place *p = &capture->places[capture->given];
	nf_wiretap_to_frame(&p->rec, ws_buffer_start_ptr(&p->bytes), frame);
}

static void give(struct capture *capture, const nf_frame *frame)
{
	const wtap_rec *rec = &capture->places[capture->given++].rec;
	if (rec->rec_type == REC_TYPE_PACKET)
		capture->encap = rec->rec_header.packet_header.pkt_encap;
	capture->link = frame->link;
}

static bool is_large(const place *p)
{
	return p->bytes.allocated > LARGE;
}

/* All places are free. Only the last one can be large. */
static void start_again(struct capture *capture)
{
	if (capture->read > 0 && is_large(&capture->places[capture->read - 1])) {
		Buffer *bytes = &capture->places[capture->read - 1].bytes;
		nf_wiretap.ws_buffer_free(bytes);
		nf_wiretap.ws_buffer_init(bytes, 2048);
	}
	capture->given = capture->read = 0;
}

static nf_status capture_next(nf_source *source, nf_frame *frame, nf_source_event *event, nf_error *error)
{
	struct capture *capture = (struct capture *)source;
	(void)event;
	if (capture->given == capture->read) {
		start_again(capture);
		if (capture->stopped != NF_OK || !read_record(capture)) {
			if (error)
				*error = capture->why;
			return capture->stopped;
		}
	}
	to_frame(capture, frame);
	give(capture, frame);
	return NF_OK;
}

static size_t capture_more(nf_source *source, nf_frame *frames, size_t most)
{
	struct capture *capture = (struct capture *)source;
	size_t n = 0;
	while (n < most && capture->is_regular && capture->read > 0 && capture->read < PLACES && capture->stopped == NF_OK) {
		if (capture->given == capture->read && (is_large(&capture->places[capture->read - 1]) || !read_record(capture)))
			break;
		to_frame(capture, &frames[n]);
		if (frames[n].link != capture->link)
			break;
		give(capture, &frames[n++]);
	}
	return n;
}

static void capture_get_info(const nf_source *source, nf_source_info *info)
{
	const struct capture *capture = (const struct capture *)source;
	const char *format = nf_wiretap.wtap_file_type_subtype_description(nf_wiretap.wtap_file_type_subtype(capture->file));
	int err;
	gint64 read = nf_wiretap.wtap_read_so_far(capture->file);
	gint64 total = nf_wiretap.wtap_file_size(capture->file, &err);
	*info = (nf_source_info){
		.name = nf_capture_name(capture->name),
		.format = format ? format : "",
		.bytes_read = read > 0 ? (uint64_t)read : 0,
		.bytes_total = total > 0 ? (uint64_t)total : 0,
		.snapshot_length = nf_wiretap.wtap_snapshot_length(capture->file),
		.link_name = capture->encap < 0 ? "" : nf_wiretap_encap_name(capture->encap),
	};
}

static const nf_source_ops ops = {.next = capture_next, .more = capture_more, .get_info = capture_get_info, .close = capture_close};

/* What opens, but is nothing that packets can be read from. */
static nf_status refuse(wtap *file, const char *name, nf_error *error)
{
	int err;
	const char *format = format_name(file);
	bool regular = strcmp(name, "-") != 0 && g_file_test(name, G_FILE_TEST_IS_REGULAR);
	if (regular && nf_wiretap.wtap_file_size(file, &err) == 0)
		return nf_fault_empty(error, name);
	if (AMONG(format, vague) || (AMONG(format, found_in_text) && nf_looks_like_text(name)))
		return nf_fault_no_capture(error, name, NULL);
	if (AMONG(format, no_captures))
		return nf_fault_no_capture(error, name, nf_wiretap.wtap_file_type_subtype_description(nf_wiretap.wtap_file_type_subtype(file)));
	return NF_OK;
}

/* The build has the library, the system has not. What nobody could read is told as ever. */
static nf_status missing(const char *name, const char *path, uint64_t before, const char *why, nf_error *error)
{
	nf_status status = nf_file_look(name, path, error);
	if (status != NF_OK)
		return status;
	return nf_fail(error, NF_OPEN, "%s cannot be read%s: it needs libwiretap, which cannot be loaded (%s)", nf_capture_name(name),
		       before ? " on" : "", why);
}

nf_status nf_wiretap_open(nf_source **source, const char *name, const char *path, uint64_t before, nf_error *error)
{
	int err;
	char *info;
	const char *why;
	if (!nf_wiretap_load(&why))
		return missing(name, path, before, why, error);
	wtap *file = nf_wiretap.wtap_open_offline(path, WTAP_TYPE_AUTO, &err, &info, FALSE);
	if (!file)
		return open_failed(name, err, info, error);
	nf_status status = refuse(file, name, error);
	struct capture *capture = status == NF_OK ? g_try_new0(struct capture, 1) : NULL;
	if (!capture) {
		nf_wiretap.wtap_close(file);
		return status == NF_OK ? nf_fail(error, NF_NO_MEMORY, "out of memory") : status;
	}
	capture->base.ops = &ops;
	capture->name = name;
	capture->file = file;
	capture->frames = before;
	capture->encap = -1;
	capture->is_regular = strcmp(path, "-") != 0 && g_file_test(path, G_FILE_TEST_IS_REGULAR);
	for (int i = 0; i < PLACES; i++) {
		nf_wiretap.wtap_rec_init(&capture->places[i].rec);
		nf_wiretap.ws_buffer_init(&capture->places[i].bytes, 2048);
	}
	*source = &capture->base;
	return NF_OK;
}

const char *nf_source_backend(void)
{
	if (!nf_wiretap_load(NULL))
		return "the native reader of pcap and pcapng (libwiretap cannot be loaded)";
	return "libwiretap " G_STRINGIFY(WIRESHARK_VERSION_MAJOR) "." G_STRINGIFY(WIRESHARK_VERSION_MINOR) "." G_STRINGIFY(
		WIRESHARK_VERSION_MICRO);
}
#endif
