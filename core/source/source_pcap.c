/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capture files through libpcap, in a build without libwiretap: pcap and pcapng, not compressed. */
#if !NF_HAVE_WIRETAP && NF_HAVE_PCAP
#include "source/faults.h"
#include "source/link_pcap.h"
#include "source/source.h"

#include <glib.h>
#include <pcap/pcap.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct capture {
	nf_source base;
	const char *name;
	FILE *stream;
	pcap_t *file;
	uint64_t frames;
	bool is_pcapng;
};

/* libpcap has no codes for what is wrong with a file, only texts. */
static nf_status failed(struct capture *capture, const char *text, uint64_t frame, nf_error *error)
{
	if (ferror(capture->stream))
		return nf_fault_read(error, capture->name, frame, errno);
	if (strstr(text, "truncated"))
		return nf_fault_cut(error, capture->name, frame);
	if (strstr(text, "different from the type of the first interface") || strstr(text, "unsupported") || strstr(text, "unknown"))
		return nf_fault_unsupported(error, capture->name, frame, text);
	return nf_fault_damaged(error, capture->name, frame, text);
}

static nf_status open_failed(struct capture *capture, const char *text, nf_error *error)
{
	if (strstr(text, "tried to read 4 file header bytes, only got 0"))
		return nf_fault_empty(error, capture->name);
	if (strstr(text, "unknown file format"))
		return nf_fault_no_capture(error, capture->name, NULL);
	return failed(capture, text, 0, error);
}

static nf_status capture_next(nf_source *source, nf_frame *frame, nf_source_event *event, nf_error *error)
{
	struct capture *capture = (struct capture *)source;
	struct pcap_pkthdr *header;
	const u_char *data;
	(void)event;
	int got = pcap_next_ex(capture->file, &header, &data);
	if (got == PCAP_ERROR_BREAK)
		return NF_END;
	if (got != 1)
		return failed(capture, pcap_geterr(capture->file), capture->frames + 1, error);
	capture->frames++;
	*frame = (nf_frame){
		.data = data,
		.captured = header->caplen,
		.wire = header->len,
		.link = nf_link_from_dlt(pcap_datalink(capture->file)),
	};
	/* With nanoseconds asked for, tv_usec has them. A simple packet block, which has no time, gets 0. */
	int64_t ns;
	if ((capture->is_pcapng && header->ts.tv_sec == 0 && header->ts.tv_usec == 0) ||
	    __builtin_mul_overflow((int64_t)header->ts.tv_sec, INT64_C(1000000000), &ns) ||
	    __builtin_add_overflow(ns, (int64_t)header->ts.tv_usec, &frame->ts_ns)) {
		frame->ts_ns = 0;
		frame->flags |= NF_FRAME_NO_TIME;
	}
	return NF_OK;
}

static void capture_get_info(const nf_source *source, nf_source_info *info)
{
	const struct capture *capture = (const struct capture *)source;
	struct stat st;
	off_t at = ftello(capture->stream);
	bool regular = fstat(fileno(capture->stream), &st) == 0 && S_ISREG(st.st_mode);
	const char *link = pcap_datalink_val_to_description(pcap_datalink(capture->file));
	*info = (nf_source_info){
		.name = nf_capture_name(capture->name),
		.format = capture->is_pcapng ? "pcapng" : "pcap",
		.bytes_read = at > 0 ? (uint64_t)at : 0,
		.bytes_total = regular ? (uint64_t)st.st_size : 0,
		.snapshot_length = (uint32_t)pcap_snapshot(capture->file),
		.link_name = capture->frames == 0 ? ""
			     : link               ? link
						  : "unknown",
	};
}

static void capture_close(nf_source *source)
{
	struct capture *capture = (struct capture *)source;
	if (capture->file)
		pcap_close(capture->file);
	else if (capture->stream)
		fclose(capture->stream);
	g_free(capture);
}

static const nf_source_ops ops = {capture_next, capture_get_info, capture_close};

/* Standard input stays open when the capture is closed. */
static FILE *open_stream(const char *name)
{
	if (strcmp(name, "-") != 0)
		return fopen(name, "rbe");
	int fd = dup(STDIN_FILENO);
	return fd < 0 ? NULL : fdopen(fd, "rb");
}

static nf_status open_capture(struct capture *capture, nf_error *error)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	struct stat st;
	capture->stream = open_stream(capture->name);
	if (!capture->stream || fstat(fileno(capture->stream), &st) != 0)
		return nf_fault_open(error, capture->name, errno);
	if (S_ISDIR(st.st_mode))
		return nf_fault_open(error, capture->name, EISDIR);
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return nf_fault_not_a_file(error, capture->name);
	capture->file = pcap_fopen_offline_with_tstamp_precision(capture->stream, PCAP_TSTAMP_PRECISION_NANO, text);
	if (!capture->file)
		return open_failed(capture, text, error);
	/* libpcap gives pcapng files version 1.x, and pcap files theirs, 2.x. */
	capture->is_pcapng = pcap_major_version(capture->file) == 1;
	return NF_OK;
}

nf_status nf_capture_open(nf_source **source, const char *name, nf_error *error)
{
	struct capture *capture = g_try_new0(struct capture, 1);
	if (!capture)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	capture->base.ops = &ops;
	capture->name = name;
	nf_status status = open_capture(capture, error);
	if (status == NF_OK)
		*source = &capture->base;
	else
		capture_close(&capture->base);
	return status;
}

const char *nf_source_backend(void)
{
	return pcap_lib_version();
}
#endif
