/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sources of frames: what is read from capture files, in which order, and what is said of files that cannot be read. */
#include <netflower/filter.h>
#include <netflower/source.h>

#include <glib.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined NF_HAVE_WIRETAP && NF_HAVE_WIRETAP
#include "source/wiretap_record.h"
#endif

#define SECOND INT64_C(1000000000)

static char *folder;
static bool with_wiretap;

/* --- Bytes of captures, written here by their specifications --- */

static void put(GByteArray *to, bool big, int bytes, uint64_t value)
{
	for (int i = 0; i < bytes; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * (big ? bytes - 1 - i : i));
		g_byte_array_append(to, &byte, 1);
	}
}

static GByteArray *text(const char *words)
{
	GByteArray *to = g_byte_array_new();
	return g_byte_array_append(to, (const uint8_t *)words, (unsigned)strlen(words));
}

/* A frame of 60 bytes that all are its id. */
static void put_frame(GByteArray *to, uint8_t id, unsigned captured)
{
	for (unsigned i = 0; i < captured; i++)
		g_byte_array_append(to, &id, 1);
}

static GByteArray *pcap(bool big, bool nano, uint32_t link)
{
	GByteArray *to = g_byte_array_new();
	put(to, big, 4, nano ? 0xa1b23c4d : 0xa1b2c3d4);
	put(to, big, 2, 2);
	put(to, big, 2, 4);
	put(to, big, 8, 0);
	put(to, big, 4, 65535);
	put(to, big, 4, link);
	return to;
}

static void pcap_record(GByteArray *to, bool big, uint32_t sec, uint32_t fraction, uint8_t id, uint32_t captured, uint32_t wire)
{
	put(to, big, 4, sec);
	put(to, big, 4, fraction);
	put(to, big, 4, captured);
	put(to, big, 4, wire);
	put_frame(to, id, captured);
}

/* A little-endian microsecond file of Ethernet with one frame for each second given, whose id counts from first_id; -1 ends. */
static GByteArray *pcap_at(uint8_t first_id, int sec, ...)
{
	GByteArray *to = pcap(false, false, 1);
	va_list more;
	va_start(more, sec);
	for (; sec >= 0; sec = va_arg(more, int))
		pcap_record(to, false, (uint32_t)sec, 0, first_id++, 60, 60);
	va_end(more);
	return to;
}

/* Longer than a pipe and than the readers' buffers. */
static GByteArray *long_pcap(uint32_t first, unsigned frames)
{
	GByteArray *bytes = pcap(false, false, 1);
	for (unsigned i = 0; i < frames; i++)
		pcap_record(bytes, false, first + i, 0, (uint8_t)i, 60, 60);
	return bytes;
}

static GByteArray *pcapng(void)
{
	GByteArray *to = g_byte_array_new();
	put(to, false, 4, 0x0a0d0d0a);
	put(to, false, 4, 28);
	put(to, false, 4, 0x1a2b3c4d);
	put(to, false, 2, 1);
	put(to, false, 2, 0);
	put(to, false, 8, UINT64_MAX);
	put(to, false, 4, 28);
	return to;
}

static void pcapng_interface(GByteArray *to, uint16_t link, uint8_t resolution, int64_t offset)
{
	put(to, false, 4, 1);
	put(to, false, 4, 40);
	put(to, false, 2, link);
	put(to, false, 2, 0);
	put(to, false, 4, 0);
	put(to, false, 2, 9); /* if_tsresol */
	put(to, false, 2, 1);
	put(to, false, 4, resolution);
	put(to, false, 2, 14); /* if_tsoffset */
	put(to, false, 2, 8);
	put(to, false, 8, (uint64_t)offset);
	put(to, false, 4, 40); /* no opt_endofopt: the block's end ends the options */
}

static void pcapng_packet(GByteArray *to, uint32_t interface, uint64_t ts, uint8_t id)
{
	put(to, false, 4, 6);
	put(to, false, 4, 92);
	put(to, false, 4, interface);
	put(to, false, 4, ts >> 32);
	put(to, false, 4, ts & UINT32_MAX);
	put(to, false, 4, 60);
	put(to, false, 4, 1500);
	put_frame(to, id, 60);
	put(to, false, 4, 92);
}

static void pcapng_simple_packet(GByteArray *to, uint8_t id)
{
	put(to, false, 4, 3);
	put(to, false, 4, 76);
	put(to, false, 4, 60);
	put_frame(to, id, 60);
	put(to, false, 4, 76);
}

/* RFC 1761, Ethernet. Of the formats that only wiretap knows the simplest one. */
static GByteArray *snoop(void)
{
	GByteArray *to = text("snoop");
	put(to, true, 3, 0);
	put(to, true, 4, 2);
	put(to, true, 4, 4);
	return to;
}

static void snoop_record(GByteArray *to, uint32_t sec, uint32_t usec, uint8_t id, uint32_t captured)
{
	put(to, true, 4, 1514); /* original, included, record length, drops, time */
	put(to, true, 4, captured);
	put(to, true, 4, 24 + captured);
	put(to, true, 4, 0);
	put(to, true, 4, sec);
	put(to, true, 4, usec);
	put_frame(to, id, captured);
}

/* The same frames as in long_pcap(). */
static GByteArray *long_snoop(uint32_t first, unsigned frames)
{
	GByteArray *bytes = snoop();
	for (unsigned i = 0; i < frames; i++)
		snoop_record(bytes, first + i, 0, (uint8_t)i, 60);
	return bytes;
}

static uint32_t crc32_of(const GByteArray *bytes)
{
	uint32_t crc = UINT32_MAX;
	for (unsigned i = 0; i < bytes->len; i++) {
		crc ^= bytes->data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* gzip (RFC 1952) with stored blocks (RFC 1951). Takes the bytes over. */
static GByteArray *gzip(GByteArray *bytes)
{
	GByteArray *to = g_byte_array_new();
	static const uint8_t header[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
	g_byte_array_append(to, header, sizeof header);
	unsigned at = 0;
	do {
		unsigned n = MIN(bytes->len - at, 65535);
		put(to, false, 1, at + n == bytes->len); /* the last block? */
		put(to, false, 2, n);
		put(to, false, 2, (uint16_t)~n);
		g_byte_array_append(to, bytes->data + at, n);
		at += n;
	} while (at < bytes->len);
	put(to, false, 4, crc32_of(bytes));
	put(to, false, 4, bytes->len);
	g_byte_array_free(bytes, TRUE);
	return to;
}

/* Writes the bytes into a file of the folder and frees them; the path is to be freed. */
static char *file(const char *name, GByteArray *bytes)
{
	char *path = g_build_filename(folder, name, NULL);
	g_assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
	g_byte_array_free(bytes, TRUE);
	return path;
}

/* --- What is expected of a source --- */

static nf_source *open_names(const char *const *names, size_t n, nf_source_order order)
{
	nf_source *source = NULL;
	nf_error error;
	g_assert_cmpint(nf_source_open_files(&source, names, n, order, &error), ==, NF_OK);
	return source;
}

static nf_source *open_name(const char *name)
{
	return open_names(&name, 1, NF_SOURCE_BY_TIME);
}

static nf_frame next_frame(nf_source *source)
{
	nf_frame frame = {.ts_ns = 1};
	nf_source_event event;
	nf_error error = {.text = ""};
	nf_status status = nf_source_next(source, &frame, &event, &error);
	g_assert_cmpstr(error.text, ==, "");
	g_assert_cmpint(status, ==, NF_OK);
	g_assert_false(event.file_ended);
	return frame;
}

static void expect_frame(nf_source *source, uint8_t id, int64_t ts_ns, uint32_t link, uint32_t interface, uint32_t flags)
{
	nf_frame frame = next_frame(source);
	g_assert_cmpuint(frame.captured, ==, 60);
	g_assert_cmpuint(frame.data[0], ==, id);
	g_assert_cmpuint(frame.data[59], ==, id);
	g_assert_cmpint(frame.ts_ns, ==, ts_ns);
	g_assert_cmpuint(frame.link, ==, link);
	g_assert_cmpuint(frame.interface, ==, interface);
	g_assert_cmpuint(frame.flags, ==, flags);
}

static void expect_id(nf_source *source, uint8_t id)
{
	g_assert_cmpuint(next_frame(source).data[0], ==, id);
}

static void expect_long(nf_source *source, uint32_t first, unsigned frames)
{
	for (unsigned i = 0; i < frames; i++)
		expect_frame(source, (uint8_t)i, (first + i) * SECOND, 1, 0, 0);
}

static void expect_file_end(nf_source *source, const char *name)
{
	nf_frame frame;
	nf_source_event event;
	nf_source_info info;
	nf_error error = {.text = ""};
	nf_status status = nf_source_next(source, &frame, &event, &error);
	g_assert_cmpstr(error.text, ==, "");
	g_assert_cmpint(status, ==, NF_OK);
	g_assert_true(event.file_ended);
	nf_source_get_info(source, &info);
	g_assert_cmpstr(info.name, ==, name);
}

static void expect_end(nf_source *source)
{
	nf_frame frame;
	nf_source_event event;
	g_assert_cmpint(nf_source_next(source, &frame, &event, NULL), ==, NF_END);
	g_assert_cmpint(nf_source_next(source, &frame, &event, NULL), ==, NF_END);
	nf_source_close(source);
}

/* The text is one line and has the name of the file and the words. */
static void expect_fault(nf_source *source, nf_status status, const char *name, const char *words)
{
	nf_frame frame;
	nf_source_event event;
	nf_source_info info;
	nf_error error = {.text = ""};
	nf_status got = nf_source_next(source, &frame, &event, &error);
	g_test_message("%s", error.text);
	g_assert_cmpstr(nf_status_text(got), ==, nf_status_text(status));
	g_assert_cmpint(error.status, ==, status);
	g_assert_false(event.file_ended);
	g_assert_nonnull(strstr(error.text, name));
	g_assert_nonnull(strstr(error.text, words));
	g_assert_null(strchr(error.text, '\n'));
	nf_source_get_info(source, &info);
	g_assert_cmpstr(info.name, ==, name);
}

/* A file of which nothing can be read. */
static void expect_unreadable(char *path, nf_status status, const char *words)
{
	nf_source *source = open_name(path);
	expect_fault(source, status, path, words);
	expect_end(source);
	g_free(path);
}

/* --- Formats --- */

static void pcap_all_variants(void)
{
	for (int i = 0; i < 4; i++) {
		bool big = i & 1, nano = i & 2;
		GByteArray *bytes = pcap(big, nano, 1);
		pcap_record(bytes, big, 1700000000, 123456, 0x11, 60, 60);
		pcap_record(bytes, big, 1700000001, 999999, 0x22, 60, 60);
		char *path = file("variant.pcap", bytes);
		nf_source *source = open_name(path);
		expect_frame(source, 0x11, 1700000000 * SECOND + (nano ? 123456 : 123456000), 1, 0, 0);
		expect_frame(source, 0x22, 1700000001 * SECOND + (nano ? 999999 : 999999000), 1, 0, 0);
		expect_file_end(source, path);
		expect_end(source);
		g_free(path);
	}
}

static void pcap_lengths(void)
{
	GByteArray *bytes = pcap(false, false, 1);
	pcap_record(bytes, false, 1, 0, 1, 60, 1514);
	pcap_record(bytes, false, 2, 0, 2, 0, 64);
	pcap_record(bytes, false, 3, 0, 3, 64, 64);
	char *path = file("lengths.pcap", bytes);
	nf_source *source = open_name(path);
	nf_frame frame = next_frame(source);
	g_assert_cmpuint(frame.captured, ==, 60);
	g_assert_cmpuint(frame.wire, ==, 1514);
	frame = next_frame(source);
	g_assert_cmpuint(frame.captured, ==, 0);
	g_assert_cmpuint(frame.wire, ==, 64);
	frame = next_frame(source);
	g_assert_cmpuint(frame.captured, ==, 64);
	g_assert_cmpuint(frame.fcs_bytes, ==, 0);
	expect_file_end(source, path);
	expect_end(source);
	g_free(path);
}

/* The upper bits of a pcap file's link type tell the length of the frame check sequence: 2 units of 16 bits, and a bit that says so. */
static void pcap_fcs(void)
{
	GByteArray *bytes = pcap(false, false, 0x24000001);
	pcap_record(bytes, false, 1, 0, 1, 64, 64);
	char *path = file("fcs.pcap", bytes);
	nf_source *source = open_name(path);
	g_assert_cmpuint(next_frame(source).fcs_bytes, ==, 4);
	expect_file_end(source, path);
	expect_end(source);
	g_free(path);
}

/* Values on the wire are LINKTYPE_ values, whatever libpcap calls them on this system. */
static void pcap_link_types(void)
{
	static const uint32_t links[] = {0, 1, 8, 9, 100, 101, 104, 105, 107, 108, 113, 127, 228, 229, 276};
	for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
		GByteArray *bytes = pcap(false, false, links[i]);
		pcap_record(bytes, false, 1, 0, 1, 60, 60);
		char *path = file("link.pcap", bytes);
		nf_source *source = open_name(path);
		expect_frame(source, 1, SECOND, links[i], 0, 0);
		expect_file_end(source, path);
		expect_end(source);
		g_free(path);
	}
}

static void pcap_header_alone(void)
{
	char *path = file("header.pcap", pcap(false, false, 1));
	nf_source *source = open_name(path);
	expect_file_end(source, path);
	expect_end(source);
	g_free(path);
}

static void pcapng_two_interfaces(void)
{
	GByteArray *bytes = pcapng();
	pcapng_interface(bytes, 1, 6, 0);
	pcapng_interface(bytes, 113, 9, 100);
	pcapng_packet(bytes, 0, 1700000000000001, 1);
	pcapng_packet(bytes, 1, 2000000003, 2);
	pcapng_packet(bytes, 0, 1700000000000002, 3);
	char *path = file("two.pcapng", bytes);
	nf_source *source = open_name(path);
	expect_frame(source, 1, 1700000000 * SECOND + 1000, 1, 0, 0);
	expect_frame(source, 2, 102 * SECOND + 3, 113, 1, 0);
	expect_frame(source, 3, 1700000000 * SECOND + 2000, 1, 0, 0);
	expect_file_end(source, path);
	expect_end(source);
	g_free(path);
}

/* Binary fractions: 2^-10 seconds. */
static void pcapng_binary_time(void)
{
	GByteArray *bytes = pcapng();
	pcapng_interface(bytes, 1, 0x80 | 10, 0);
	pcapng_packet(bytes, 0, 1024 * 5 + 512, 1);
	char *path = file("binary.pcapng", bytes);
	nf_source *source = open_name(path);
	expect_frame(source, 1, 5 * SECOND + SECOND / 2, 1, 0, 0);
	expect_file_end(source, path);
	expect_end(source);
	g_free(path);
}

static void pcapng_simple(void)
{
	GByteArray *bytes = pcapng();
	pcapng_interface(bytes, 1, 6, 0);
	pcapng_simple_packet(bytes, 7);
	pcapng_packet(bytes, 0, 8000000, 8);
	char *path = file("simple.pcapng", bytes);
	nf_source *source = open_name(path);
	expect_frame(source, 7, 0, 1, 0, NF_FRAME_NO_TIME);
	expect_frame(source, 8, 8 * SECOND, 1, 0, 0);
	expect_file_end(source, path);
	expect_end(source);
	g_free(path);
}

/* int64 nanoseconds end at 9223372036.854775807 s and begin at -9223372036.854775808 s. */
static void pcapng_far_times(void)
{
	static const struct {
		int64_t offset;
		uint64_t ns;
		int64_t expected;
		uint32_t flags;
	} cases[] = {
		{9223372036, 854775807, INT64_MAX, 0},
		{9223372036, 854775808, 0, NF_FRAME_NO_TIME},
		{9223372037, 0, 0, NF_FRAME_NO_TIME},
		{INT64_C(1000000000000), 1, 0, NF_FRAME_NO_TIME},
		{-100, 1000000001, -99 * SECOND + 1, 0},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GByteArray *bytes = pcapng();
		pcapng_interface(bytes, 1, 9, cases[i].offset);
		pcapng_packet(bytes, 0, cases[i].ns, 1);
		char *path = file("far.pcapng", bytes);
		nf_source *source = open_name(path);
		expect_frame(source, 1, cases[i].expected, 1, 0, cases[i].flags);
		expect_file_end(source, path);
		expect_end(source);
		g_free(path);
	}
}

/* A custom block (RFC draft pcapng 4.8) that may be copied, of Wireshark's own number: wiretap gives systemd journals and these. */
static void pcapng_not_a_packet(void)
{
	if (!with_wiretap) {
		g_test_skip("the native reader alone passes over journals");
		return;
	}
	GByteArray *bytes = pcapng();
	static const char entry[] = "__REALTIME_TIMESTAMP=1000000\n\n\n\n";
	put(bytes, false, 4, 9); /* systemd journal export block */
	put(bytes, false, 4, 44);
	g_byte_array_append(bytes, (const uint8_t *)entry, 32);
	put(bytes, false, 4, 44);
	pcapng_interface(bytes, 1, 6, 0);
	pcapng_packet(bytes, 0, 2000000, 2);
	char *path = file("journal.pcapng", bytes);
	nf_source *source = open_name(path);
	nf_frame frame = next_frame(source);
	g_assert_cmpuint(frame.flags & NF_FRAME_NOT_PACKET, !=, 0);
	g_assert_cmpuint(frame.captured, ==, 0);
	expect_frame(source, 2, 2 * SECOND, 1, 0, 0);
	expect_file_end(source, path);
	expect_end(source);
	g_free(path);
}

/* wiretap writes debug messages to standard error, several for each packet of pcapng, unless it is told not to. */
static void pcapng_silent(void)
{
	GByteArray *bytes = pcapng();
	pcapng_interface(bytes, 1, 6, 0);
	pcapng_packet(bytes, 0, 1, 1);
	char *path = file("silent.pcapng", bytes), *said = g_build_filename(folder, "said", NULL), *words;
	int before = dup(STDERR_FILENO), fd = open(said, O_CREAT | O_TRUNC | O_RDWR, 0600);
	dup2(fd, STDERR_FILENO);
	nf_source *source = open_name(path);
	expect_id(source, 1);
	expect_file_end(source, path);
	expect_end(source);
	dup2(before, STDERR_FILENO);
	close(before);
	close(fd);
	g_assert_true(g_file_get_contents(said, &words, NULL, NULL));
	g_assert_cmpstr(words, ==, "");
	g_free(words);
	g_free(said);
	g_free(path);
}

static void snoop_ethernet(void)
{
	GByteArray *bytes = snoop();
	snoop_record(bytes, 1000, 7, 0x33, 60);
	char *path = file("test.snoop", bytes);
	nf_source *source = open_name(path);
	if (with_wiretap) {
		expect_frame(source, 0x33, 1000 * SECOND + 7000, 1, 0, 0);
		expect_file_end(source, path);
	} else {
		expect_fault(source, NF_FORMAT, path, "not a capture");
	}
	expect_end(source);
	g_free(path);
}

static void gzip_good(void)
{
	char *path = file("good.pcap.gz", gzip(pcap_at(1, 10, 11, -1)));
	nf_source *source = open_name(path);
	if (with_wiretap || NF_HAVE_ZLIB) {
		expect_frame(source, 1, 10 * SECOND, 1, 0, 0);
		expect_frame(source, 2, 11 * SECOND, 1, 0, 0);
		expect_file_end(source, path);
	} else {
		expect_fault(source, NF_FORMAT, path, "gzip: unpack it first");
	}
	expect_end(source);
	g_free(path);
}

static void gzip_bad_checksum(void)
{
	if (!with_wiretap) {
		g_test_skip("the native reader alone has other words for that");
		return;
	}
	/* In a file that is shorter than its buffers wiretap meets the end when it opens it. */
	GByteArray *bytes = gzip(pcap_at(1, 10, 11, -1));
	bytes->data[bytes->len - 8] ^= 1;
	expect_unreadable(file("short.pcap.gz", bytes), NF_DAMAGED, "is damaged before the first frame: Uncompression error: bad CRC");
	bytes = gzip(long_pcap(1000, 10000));
	bytes->data[bytes->len - 8] ^= 1;
	char *path = file("checksum.pcap.gz", bytes);
	nf_source *source = open_name(path);
	expect_long(source, 1000, 10000);
	expect_fault(source, NF_DAMAGED, path, "is damaged after frame 10000: Uncompression error: bad CRC");
	expect_end(source);
	g_free(path);
}

static void gzip_cut(void)
{
	if (!with_wiretap) {
		g_test_skip("the native reader alone has other words for that");
		return;
	}
	GByteArray *bytes = gzip(long_pcap(1000, 10000));
	g_byte_array_set_size(bytes, bytes->len - 8 - 5);
	char *path = file("cut.pcap.gz", bytes);
	nf_source *source = open_name(path);
	expect_long(source, 1000, 9999);
	expect_fault(source, NF_CUT, path, "is cut short in frame 10000");
	expect_end(source);
	g_free(path);
}

/* --- Files that cannot be read, or not to their end --- */

static void bad_missing(void)
{
	expect_unreadable(g_build_filename(folder, "missing.pcap", NULL), NF_OPEN, "No such file");
}

static void bad_directory(void)
{
	expect_unreadable(g_strdup(folder), NF_OPEN, "is a directory");
}

static void bad_device(void)
{
	expect_unreadable(g_strdup("/dev/null"), NF_OPEN, "neither a file nor a pipe");
}

/* root may read everything, so it steps down while the file is opened. */
static void bad_permission(void)
{
	char *path = file("secret.pcap", pcap_at(1, 1, -1));
	g_assert_cmpint(g_chmod(path, 0), ==, 0);
	bool root = geteuid() == 0;
	if (root && seteuid(65534) != 0) {
		g_test_skip("cannot become another user");
		g_free(path);
		return;
	}
	nf_source *source = open_name(path);
	expect_fault(source, NF_OPEN, path, "Permission denied");
	if (root)
		g_assert_cmpint(seteuid(0), ==, 0);
	expect_end(source);
	g_free(path);
}

/* The ending makes wiretap try other formats first. */
static void bad_empty(void)
{
	static const char *const names[] = {"empty", "empty.pcap", "empty.pem", "empty.json", "empty.txt", "empty.erf"};
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		expect_unreadable(file(names[i], g_byte_array_new()), NF_FORMAT, "is empty");
	if (with_wiretap)
		expect_unreadable(file("empty.gz", gzip(g_byte_array_new())), NF_FORMAT, "is empty");
}

static void bad_not_a_capture(void)
{
	GByteArray *bytes = g_byte_array_new();
	put(bytes, true, 4, 20);
	g_byte_array_append(bytes, (const uint8_t *)"ftypisom\0\0\2\0isom", 16);
	expect_unreadable(file("video.mp4", bytes), NF_FORMAT, "is not a capture: it is an MP4 video");
	expect_unreadable(file("notes.txt", text("Notes, two lines\nof them\n")), NF_FORMAT, "is not a capture: it is text");
	expect_unreadable(file("data.json", text("{\"a\":1}\n")), NF_FORMAT,
			  with_wiretap ? "is not a capture: it is JavaScript Object Notation" : "is not a capture: it is text");
	expect_unreadable(file("picture.png", text("\x89PNG\r\n\x1a\n....")), NF_FORMAT, "is not a capture: it is a PNG image");
	expect_unreadable(file("program", text("\x7f\x45LF\2\1\1...........")), NF_FORMAT, "is not a capture: it is a program");
	expect_unreadable(file("key.pem", text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")), NF_FORMAT,
			  "is not a capture: it is PEM");
	expect_unreadable(file("page.xml", text("<?xml version=\"1.0\"?><a/>\n")), NF_FORMAT, "is not a capture: it is XML");
	expect_unreadable(file("packed.pcap.xz", text("\xfd\x37zXZ......")), NF_FORMAT, "is packed with xz: unpack it first");
	bytes = g_byte_array_new();
	for (unsigned i = 1; i < 20000; i++)
		put(bytes, true, 4, i * 2654435761U);
	expect_unreadable(file("noise", bytes), NF_FORMAT, "is not a capture in");
}

/* Every length of a header that is cut short. */
static void bad_cut_header(void)
{
	for (unsigned length = 4; length < 24; length++) {
		GByteArray *bytes = pcap(false, false, 1);
		expect_unreadable(file("header.pcap", g_byte_array_set_size(bytes, length)), NF_CUT, "is cut short in its header");
		bytes = pcapng();
		expect_unreadable(file("header.pcapng", g_byte_array_set_size(bytes, length)), NF_CUT, "is cut short in its header");
	}
}

/*
 * Every length of a last record that is cut short. It is the fourth: with one whole record and 4 or 8 bytes more, wiretap (and so
 * Wireshark) takes the file for a variant of pcap whose record headers are that much longer, and finds no fault.
 */
static void bad_cut_record(void)
{
	for (unsigned left = 1; left < 76; left++) {
		GByteArray *bytes = pcap_at(1, 10, 11, 12, 13, -1);
		char *path = file("cut.pcap", g_byte_array_set_size(bytes, bytes->len - 76 + left));
		nf_source *source = open_name(path);
		expect_frame(source, 1, 10 * SECOND, 1, 0, 0);
		expect_frame(source, 2, 11 * SECOND, 1, 0, 0);
		expect_frame(source, 3, 12 * SECOND, 1, 0, 0);
		expect_fault(source, NF_CUT, path, "is cut short in frame 4");
		expect_end(source);
		g_free(path);
	}
}

static void bad_huge_record(void)
{
	GByteArray *bytes = pcap_at(1, 10, -1);
	put(bytes, false, 8, 11);
	put(bytes, false, 4, UINT32_MAX);
	put(bytes, false, 4, UINT32_MAX);
	put_frame(bytes, 2, 100);
	char *path = file("huge.pcap", bytes);
	nf_source *source = open_name(path);
	expect_id(source, 1);
	expect_fault(source, NF_DAMAGED, path, "is damaged in frame 2: ");
	expect_end(source);
	g_free(path);
}

/* A fault of one file is told once, and the others go on; control characters of a name do not reach the text. */
static void bad_among_good(void)
{
	char *a = file("a.pcap", pcap_at(1, 10, -1)), *b = file("b.pcap", pcap_at(2, 20, -1));
	char *missing = g_build_filename(folder, "mis\nsing", NULL), *shown = g_build_filename(folder, "mis?sing", NULL);
	const char *names[] = {a, missing, b};
	nf_source *source = open_names(names, 3, NF_SOURCE_AS_GIVEN);
	nf_frame frame;
	nf_source_event event;
	nf_error error;
	expect_id(source, 1);
	expect_file_end(source, a);
	g_assert_cmpint(nf_source_next(source, &frame, &event, &error), ==, NF_OPEN);
	g_assert_nonnull(strstr(error.text, shown));
	expect_id(source, 2);
	expect_file_end(source, b);
	expect_end(source);
	source = open_names(names, 3, NF_SOURCE_BY_TIME);
	g_assert_cmpint(nf_source_next(source, &frame, &event, NULL), ==, NF_OPEN);
	expect_id(source, 1);
	expect_file_end(source, a);
	expect_id(source, 2);
	expect_file_end(source, b);
	expect_end(source);
	g_free(a);
	g_free(b);
	g_free(missing);
	g_free(shown);
}

static void names_checked(void)
{
	static const char *const twice[] = {"-", "x", "-"}, *const empty[] = {"x", ""};
	nf_source *source = NULL;
	nf_error error;
	g_assert_cmpint(nf_source_open_files(&source, NULL, 0, NF_SOURCE_BY_TIME, &error), ==, NF_ARGUMENT);
	g_assert_cmpint(nf_source_open_files(&source, twice, 3, NF_SOURCE_BY_TIME, &error), ==, NF_ARGUMENT);
	g_assert_nonnull(strstr(error.text, "standard input"));
	g_assert_cmpint(nf_source_open_files(&source, empty, 2, NF_SOURCE_BY_TIME, &error), ==, NF_ARGUMENT);
	g_assert_null(source);
	nf_source_close(NULL);
}

/* --- Order --- */

static void order_by_time(void)
{
	char *late = file("late.pcap", pcap_at(30, 300, 301, -1)), *early = file("early.pcap", pcap_at(10, 100, 400, -1));
	char *middle = file("middle.pcap", pcap_at(20, 200, -1)), *none = file("none.pcap", pcap(false, false, 1));
	const char *names[] = {late, middle, none, early};
	nf_source *source = open_names(names, 4, NF_SOURCE_BY_TIME);
	expect_file_end(source, none);
	expect_frame(source, 10, 100 * SECOND, 1, 0, 0);
	expect_frame(source, 11, 400 * SECOND, 1, 0, 0);
	expect_file_end(source, early);
	expect_id(source, 20);
	expect_file_end(source, middle);
	expect_id(source, 30);
	expect_id(source, 31);
	expect_file_end(source, late);
	expect_end(source);
	source = open_names(names, 4, NF_SOURCE_AS_GIVEN);
	expect_id(source, 30);
	expect_id(source, 31);
	expect_file_end(source, late);
	expect_id(source, 20);
	expect_file_end(source, middle);
	expect_file_end(source, none);
	expect_id(source, 10);
	expect_id(source, 11);
	expect_file_end(source, early);
	expect_end(source);
	g_free(late);
	g_free(early);
	g_free(middle);
	g_free(none);
}

static void order_ties_as_given(void)
{
	char *paths[20];
	for (int i = 0; i < 20; i++) {
		char *name = g_strdup_printf("tie%d.pcap", 19 - i);
		paths[i] = file(name, pcap_at((uint8_t)i, i % 2 ? 5 : 4, -1));
		g_free(name);
	}
	nf_source *source = open_names((const char *const *)paths, 20, NF_SOURCE_BY_TIME);
	for (int odd = 0; odd < 2; odd++) {
		for (int i = odd; i < 20; i += 2) {
			expect_id(source, (uint8_t)i);
			expect_file_end(source, paths[i]);
		}
	}
	expect_end(source);
	for (int i = 0; i < 20; i++)
		g_free(paths[i]);
}

/* The first frame with a time counts, and times before 1970 come first. */
static void order_odd_times(void)
{
	GByteArray *bytes = pcapng();
	pcapng_interface(bytes, 1, 6, 0);
	pcapng_simple_packet(bytes, 1);
	pcapng_packet(bytes, 0, 50000000, 2);
	char *fifty = file("fifty.pcapng", bytes);
	bytes = pcapng();
	pcapng_interface(bytes, 1, 6, -100);
	pcapng_packet(bytes, 0, 1, 3);
	char *before = file("before.pcapng", bytes);
	bytes = pcapng();
	pcapng_interface(bytes, 1, 6, 0);
	pcapng_simple_packet(bytes, 4);
	char *never = file("never.pcapng", bytes);
	char *ten = file("ten.pcap", pcap_at(5, 10, -1));
	const char *names[] = {fifty, ten, never, before};
	nf_source *source = open_names(names, 4, NF_SOURCE_BY_TIME);
	expect_frame(source, 4, 0, 1, 0, NF_FRAME_NO_TIME);
	expect_file_end(source, never);
	expect_frame(source, 3, -100 * SECOND + 1000, 1, 0, 0);
	expect_file_end(source, before);
	expect_id(source, 5);
	expect_file_end(source, ten);
	expect_id(source, 1);
	expect_id(source, 2);
	expect_file_end(source, fifty);
	expect_end(source);
	g_free(fifty);
	g_free(before);
	g_free(never);
	g_free(ten);
}

/* More files than may be open at once. */
static void order_many_files(void)
{
	enum { FILES = 600 };
	char *paths[FILES];
	struct rlimit before, few;
	for (int i = 0; i < FILES; i++) {
		char *name = g_strdup_printf("many%d.pcap", i);
		paths[i] = file(name, pcap_at((uint8_t)i, 10000 - i, -1));
		g_free(name);
	}
	g_assert_cmpint(getrlimit(RLIMIT_NOFILE, &before), ==, 0);
	few = before;
	few.rlim_cur = 24;
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &few), ==, 0);
	nf_source *source = open_names((const char *const *)paths, FILES, NF_SOURCE_BY_TIME);
	for (int i = FILES - 1; i >= 0; i--) {
		expect_frame(source, (uint8_t)i, (10000 - i) * SECOND, 1, 0, 0);
		expect_file_end(source, paths[i]);
	}
	expect_end(source);
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &before), ==, 0);
	for (int i = 0; i < FILES; i++) {
		g_unlink(paths[i]);
		g_free(paths[i]);
	}
}

/* --- Pipes --- */

struct writer {
	char *path;
	GByteArray *bytes;
	GThread *thread;
};

static void *write_pipe(void *data)
{
	struct writer *writer = data;
	int fd = open(writer->path, O_WRONLY);
	g_assert_cmpint(fd, >=, 0);
	for (unsigned at = 0; at < writer->bytes->len;) {
		ssize_t n = write(fd, writer->bytes->data + at, MIN(writer->bytes->len - at, 1000));
		if (n < 0)
			break;
		at += (unsigned)n;
	}
	close(fd);
	return NULL;
}

/* A pipe with a name, into which a thread writes the bytes. */
static struct writer pipe_of(const char *name, GByteArray *bytes)
{
	struct writer writer = {.path = g_strdup_printf("%s/%s.fifo", folder, name), .bytes = bytes};
	g_assert_cmpint(mkfifo(writer.path, 0600), ==, 0);
	return writer;
}

static void start(struct writer *writer)
{
	writer->thread = g_thread_new("writer", write_pipe, writer);
}

static void finish(struct writer *writer)
{
	g_thread_join(writer->thread);
	g_unlink(writer->path);
	g_free(writer->path);
	g_byte_array_free(writer->bytes, TRUE);
}

static void pipe_alone(void)
{
	struct writer writer = pipe_of("alone", long_pcap(1000, 20000));
	start(&writer);
	nf_source *source = open_name(writer.path);
	expect_long(source, 1000, 20000);
	nf_source_info info;
	nf_source_get_info(source, &info);
	g_assert_cmpuint(info.bytes_total, ==, 0);
	expect_file_end(source, writer.path);
	expect_end(source);
	finish(&writer);
}

static void pipes_among_files(void)
{
	struct writer late = pipe_of("late", long_pcap(300000, 5000)), early = pipe_of("early", long_pcap(100000, 5000));
	char *middle = file("middle.pcap", long_pcap(200000, 5000));
	const char *names[] = {late.path, middle, early.path};
	start(&late);
	start(&early);
	nf_source *source = open_names(names, 3, NF_SOURCE_BY_TIME);
	expect_long(source, 100000, 5000);
	expect_file_end(source, early.path);
	expect_long(source, 200000, 5000);
	expect_file_end(source, middle);
	expect_long(source, 300000, 5000);
	expect_file_end(source, late.path);
	expect_end(source);
	finish(&late);
	finish(&early);
	g_free(middle);
}

/* Frames without a time before the first one that has one are held; and more of them than are looked at. */
static void pipe_with_late_time(void)
{
	static const unsigned untimed[] = {0, 3, 63, 64, 65, 200};
	for (size_t c = 0; c < G_N_ELEMENTS(untimed); c++) {
		GByteArray *bytes = pcapng();
		pcapng_interface(bytes, 1, 6, 0);
		for (unsigned i = 0; i < untimed[c]; i++)
			pcapng_simple_packet(bytes, (uint8_t)i);
		pcapng_packet(bytes, 0, 50000000, 250);
		pcapng_packet(bytes, 0, 51000000, 251);
		struct writer writer = pipe_of("untimed", bytes);
		char *ten = file("ten.pcap", pcap_at(9, 10, -1));
		const char *names[] = {writer.path, ten};
		start(&writer);
		nf_source *source = open_names(names, 2, NF_SOURCE_BY_TIME);
		if (untimed[c] < 64) {
			expect_id(source, 9);
			expect_file_end(source, ten);
		}
		for (unsigned i = 0; i < untimed[c]; i++)
			expect_frame(source, (uint8_t)i, 0, 1, 0, NF_FRAME_NO_TIME);
		expect_frame(source, 250, 50 * SECOND, 1, 0, 0);
		expect_frame(source, 251, 51 * SECOND, 1, 0, 0);
		expect_file_end(source, writer.path);
		if (untimed[c] >= 64) {
			expect_id(source, 9);
			expect_file_end(source, ten);
		}
		expect_end(source);
		finish(&writer);
		g_free(ten);
	}
}

/* Faults that were met while looking are told when the frames before them have been given. */
static void pipe_with_fault(void)
{
	GByteArray *bytes = pcapng();
	pcapng_interface(bytes, 1, 6, 0);
	pcapng_simple_packet(bytes, 1);
	pcapng_simple_packet(bytes, 2);
	g_byte_array_set_size(bytes, bytes->len - 10);
	struct writer cut = pipe_of("cut", bytes), words = pipe_of("words", text("No capture at all, but more than a few bytes\n"));
	struct writer empty = pipe_of("empty", g_byte_array_new());
	char *ten = file("ten.pcap", pcap_at(9, 10, -1));
	const char *names[] = {ten, cut.path, words.path, empty.path};
	start(&cut);
	start(&words);
	start(&empty);
	nf_source *source = open_names(names, 4, NF_SOURCE_BY_TIME);
	expect_id(source, 1);
	expect_fault(source, NF_CUT, cut.path, "is cut short in frame 2");
	expect_fault(source, NF_FORMAT, words.path, "is not a capture");
	expect_fault(source, NF_FORMAT, empty.path, "is empty");
	expect_id(source, 9);
	expect_file_end(source, ten);
	expect_end(source);
	finish(&cut);
	finish(&words);
	finish(&empty);
	g_free(ten);
}

/* Closing in the middle of everything leaks nothing (which the sanitizers see) and does not wait for writers. */
static void pipe_left_early(void)
{
	struct writer first = pipe_of("first", long_pcap(100000, 20000)), second = pipe_of("second", long_pcap(200000, 20000));
	const char *names[] = {second.path, first.path};
	start(&first);
	start(&second);
	nf_source *source = open_names(names, 2, NF_SOURCE_BY_TIME);
	expect_long(source, 100000, 10);
	nf_source_close(source);
	finish(&first);
	finish(&second);
}

/* Runs with a file as standard input. */
static void with_input(const char *path, void (*body)(const char *other), const char *other)
{
	int before = dup(STDIN_FILENO), fd = open(path, O_RDONLY);
	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(dup2(fd, STDIN_FILENO), ==, STDIN_FILENO);
	close(fd);
	body(other);
	if (before >= 0) {
		dup2(before, STDIN_FILENO);
		close(before);
	} else {
		close(STDIN_FILENO);
	}
}

static void read_input_and(const char *other)
{
	const char *names[] = {other, "-"};
	nf_source *source = open_names(names, 2, NF_SOURCE_BY_TIME);
	expect_long(source, 1000, 5000);
	expect_file_end(source, "standard input");
	expect_id(source, 9);
	expect_file_end(source, other);
	expect_end(source);
}

static void read_input_alone(const char *other)
{
	(void)other;
	nf_source *source = open_name("-");
	expect_long(source, 1000, 5000);
	expect_file_end(source, "standard input");
	expect_end(source);
	g_assert_cmpint(fcntl(STDIN_FILENO, F_GETFD), >=, 0);
}

static void read_bad_input(const char *words)
{
	nf_source *source = open_name("-");
	expect_fault(source, NF_FORMAT, "standard input", words);
	expect_end(source);
}

static void standard_input(void)
{
	char *input = file("input.pcap", long_pcap(1000, 5000)), *other = file("other.pcap", pcap_at(9, 99999, -1));
	with_input(input, read_input_alone, NULL);
	with_input(input, read_input_and, other);
	struct writer writer = pipe_of("input", long_pcap(1000, 5000));
	start(&writer);
	with_input(writer.path, read_input_and, other);
	finish(&writer);
	g_free(input);
	input = file("empty", g_byte_array_new());
	with_input(input, read_bad_input, "is empty");
	g_free(input);
	input = file("words", text("Not a capture, whatever it is called\n"));
	with_input(input, read_bad_input, "is not a capture");
	g_free(input);
	g_free(other);
}

/* --- Several frames at once --- */

enum { ROOM = 128, FEW = 5 };

static nf_source *open_with(nf_source_reader reader, const char *const *names, size_t n)
{
	nf_source *source = open_names(names, n, NF_SOURCE_AS_GIVEN);
	g_assert_cmpint(nf_source_set_reader(source, reader, NULL), ==, NF_OK);
	return source;
}

/* A frame and all that is there behind it, a few at a time. The bytes of all of them stay. */
static unsigned next_and_more(nf_source *source, nf_frame frames[ROOM])
{
	unsigned n = 1;
	frames[0] = next_frame(source);
	for (size_t more; (more = nf_source_more(source, &frames[n], MIN(FEW, ROOM - n))) > 0; n += (unsigned)more)
		g_assert_cmpuint(more, <=, FEW);
	return n;
}

/* n frames, each with its place in the file as its time and id, from the first on; tells how often nf_source_next() had to give one. */
static unsigned expect_run(nf_source *source, unsigned first, unsigned n, uint32_t link)
{
	nf_frame frames[ROOM];
	unsigned asked = 0;
	for (unsigned given = 0, got; given < n; given += got, asked++) {
		got = next_and_more(source, frames);
		g_assert_cmpuint(got, <=, n - given);
		for (unsigned i = 0; i < got; i++) {
			g_assert_cmpint(frames[i].ts_ns, ==, (first + given + i) * SECOND);
			g_assert_cmpuint(frames[i].link, ==, link);
			g_assert_cmpuint(frames[i].captured, ==, 60);
			g_assert_cmpuint(frames[i].data[0], ==, (uint8_t)(first + given + i));
			g_assert_cmpuint(frames[i].data[59], ==, (uint8_t)(first + given + i));
		}
	}
	return asked;
}

/* Runs of all lengths, so that a link type ends at every place of what is read ahead. */
static void more_of_one_link(void)
{
	enum { LONGEST = 70 };
	GByteArray *bytes = pcapng();
	unsigned at = 0;
	pcapng_interface(bytes, 1, 0, 0);
	pcapng_interface(bytes, 113, 0, 0);
	for (unsigned run = 1; run <= LONGEST; run++)
		for (unsigned i = 0; i < run; i++, at++)
			pcapng_packet(bytes, run % 2, at, (uint8_t)at);
	const unsigned frames = at;
	char *path = file("runs.pcapng", bytes);
	for (nf_source_reader reader = NF_SOURCE_READER_AUTO; reader <= NF_SOURCE_READER_WIRETAP; reader++) {
		if (reader == NF_SOURCE_READER_WIRETAP && !with_wiretap)
			continue;
		nf_source *source = open_with(reader, (const char *const[]){path}, 1);
		unsigned asked = 0;
		at = 0;
		for (unsigned run = 1; run <= LONGEST; at += run++)
			asked += expect_run(source, at, run, run % 2 ? 113 : 1);
		g_assert_cmpuint(at, ==, frames);
		g_assert_cmpuint(asked, <, frames / 4);
		expect_file_end(source, path);
		expect_end(source);
	}
	g_free(path);
}

/* The frames before a fault come first, however far it was read ahead; then it is told once, and the next file follows. */
static void expect_fault_after(unsigned frames, GByteArray *bytes, nf_status status, const char *what, const char *next)
{
	char *path = file("bad.snoop", bytes);
	char *words = g_strdup_printf("%s in frame %u", what, frames + 1);
	nf_source *source = open_with(NF_SOURCE_READER_AUTO, (const char *const[]){path, next}, 2);
	nf_frame frame;
	expect_run(source, 0, frames, 1);
	g_assert_cmpuint(nf_source_more(source, &frame, 1), ==, 0);
	expect_fault(source, status, path, words);
	g_assert_cmpuint(nf_source_more(source, &frame, 1), ==, 0);
	expect_run(source, 0, 40, 1);
	expect_file_end(source, next);
	expect_end(source);
	g_free(words);
	g_free(path);
}

static void more_before_fault(void)
{
	if (!with_wiretap) {
		g_test_skip("only wiretap reads snoop");
		return;
	}
	/* Frames are read ahead 32 at a time. */
	static const unsigned before[] = {1, 2, 5, 31, 32, 33, 34, 63, 64, 65, 100};
	char *next = file("good.snoop", long_snoop(0, 40));
	for (size_t i = 0; i < G_N_ELEMENTS(before); i++) {
		GByteArray *bytes = long_snoop(0, before[i] + 1);
		expect_fault_after(before[i], g_byte_array_set_size(bytes, bytes->len - 1), NF_CUT, "is cut short", next);
		bytes = long_snoop(0, before[i] + 1);
		expect_fault_after(before[i], g_byte_array_set_size(bytes, bytes->len - 60 - 10), NF_CUT, "is cut short", next);
		bytes = long_snoop(0, before[i]);
		put(bytes, true, 8, UINT64_MAX); /* the lengths */
		put(bytes, true, 4, UINT32_MAX);
		put_frame(bytes, 1, 1000);
		expect_fault_after(before[i], bytes, NF_DAMAGED, "is damaged", next);
	}
	g_free(next);
}

/* Of records that need much room one at a time is held: D-Bus messages may have 128 MiB. */
static void more_but_large_ones(void)
{
	if (!with_wiretap) {
		g_test_skip("the native reader does not know records of this size");
		return;
	}
	static const unsigned sizes[] = {100, 2 << 20, 2 << 20, 100, 100}, asked[] = {0, 2, 3}; /* the places of those that are not given as more */
	GByteArray *bytes = pcap(false, false, 231);
	for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++)
		pcap_record(bytes, false, i, 0, (uint8_t)i, sizes[i], sizes[i]);
	char *path = file("large.pcap", bytes);
	nf_source *source = open_with(NF_SOURCE_READER_WIRETAP, (const char *const[]){path}, 1);
	for (unsigned i = 0, at = 0; i < G_N_ELEMENTS(asked); i++) {
		nf_frame frames[ROOM];
		g_assert_cmpuint(at, ==, asked[i]);
		const unsigned n = next_and_more(source, frames);
		for (unsigned k = 0; k < n; k++, at++)
			g_assert_cmpint(frames[k].ts_ns, ==, at * SECOND);
	}
	expect_file_end(source, path);
	expect_end(source);
	g_free(path);
}

/* A writer that holds the pipe open: who reads ahead would wait for it, here until the alarm ends the test. */
static void more_of_pipe(void)
{
	if (!with_wiretap) {
		g_test_skip("only wiretap reads snoop");
		return;
	}
	static const nf_source_reader readers[] = {NF_SOURCE_READER_AUTO, NF_SOURCE_READER_WIRETAP};
	for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
		struct writer writer = pipe_of("open", long_snoop(0, 2));
		int fd = open(writer.path, O_RDWR | O_CLOEXEC);
		g_assert_cmpint(write(fd, writer.bytes->data, writer.bytes->len), ==, writer.bytes->len);
		nf_source *source = open_with(readers[i], (const char *const[]){writer.path}, 1);
		nf_frame frame;
		alarm(30);
		expect_frame(source, 0, 0, 1, 0, 0);
		g_assert_cmpuint(nf_source_more(source, &frame, 1), ==, 0);
		expect_frame(source, 1, SECOND, 1, 0, 0);
		g_assert_cmpuint(nf_source_more(source, &frame, 1), ==, 0);
		alarm(0);
		close(fd);
		expect_file_end(source, writer.path);
		expect_end(source);
		g_unlink(writer.path);
		g_free(writer.path);
		g_byte_array_free(writer.bytes, TRUE);
	}
}

static void grows_while_read(void)
{
	char *path = file("growing.pcap", pcap_at(1, 10, 11, 12, -1));
	GByteArray *more = g_byte_array_new();
	pcap_record(more, false, 13, 0, 4, 60, 60);
	nf_source *source = open_name(path);
	expect_id(source, 1);
	FILE *stream = fopen(path, "ab");
	g_assert_cmpuint(fwrite(more->data, 1, more->len, stream), ==, more->len);
	fclose(stream);
	expect_id(source, 2);
	expect_id(source, 3);
	expect_id(source, 4);
	expect_file_end(source, path);
	expect_end(source);
	g_byte_array_free(more, TRUE);
	g_free(path);
}

static void info_of_file(void)
{
	char *path = file("info.pcap", pcap_at(1, 10, 11, -1));
	nf_source *source = open_name(path);
	nf_source_info info;
	nf_source_get_info(source, &info);
	g_assert_cmpstr(info.name, ==, path);
	g_assert_cmpstr(info.format, ==, "");
	g_assert_cmpstr(info.link_name, ==, "");
	expect_id(source, 1);
	nf_source_get_info(source, &info);
	g_assert_nonnull(strstr(info.format, "pcap"));
	g_assert_cmpstr(info.link_name, ==, "Ethernet");
	g_assert_cmpuint(info.bytes_total, ==, 24 + 2 * 76);
	g_assert_cmpuint(info.snapshot_length, ==, 65535);
	expect_id(source, 2);
	expect_file_end(source, path);
	nf_source_get_info(source, &info);
	g_assert_cmpuint(info.bytes_read, ==, 24 + 2 * 76);
	g_assert_cmpuint(info.bytes_total, ==, 24 + 2 * 76);
	expect_end(source);
	g_free(path);
}

/* --- Filters --- */

/* Ethernet, IPv4, TCP from port 1000 to port 80. */
static const uint8_t packet[] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0,                                 /* Ethernet */
	0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2,      /* IPv4 */
	0x03, 0xe8, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0x20, 0, 0, 0, 0, 0, /* TCP */
};

static bool matches(const char *expression, uint32_t link, const uint8_t *data, uint32_t captured)
{
	nf_filter *filter = NULL;
	nf_error error = {.text = ""};
	bool result = false;
	nf_frame frame = {.data = data, .captured = captured, .wire = sizeof packet, .link = link};
	nf_status status = nf_filter_new(&filter, expression, &error);
	g_assert_cmpstr(error.text, ==, "");
	g_assert_cmpint(status, ==, NF_OK);
	g_assert_cmpint(nf_filter_match(filter, &frame, &result, &error), ==, NF_OK);
	nf_filter_free(filter);
	return result;
}

static bool no_filters(void)
{
	nf_filter *filter = NULL;
	nf_error error;
	if (nf_filter_new(&filter, "ip", &error) == NF_OK) {
		nf_filter_free(filter);
		return false;
	}
	g_assert_cmpint(error.status, ==, NF_ARGUMENT);
	g_assert_nonnull(strstr(error.text, "no capture filters"));
	g_test_skip("this build has no filters");
	return true;
}

static void filter_matches(void)
{
	if (no_filters())
		return;
	g_assert_true(matches("tcp port 80", 1, packet, sizeof packet));
	g_assert_true(matches("tcp and host 192.0.2.1", 1, packet, sizeof packet));
	g_assert_false(matches("tcp port 81", 1, packet, sizeof packet));
	g_assert_false(matches("udp", 1, packet, sizeof packet));
	g_assert_true(matches("tcp port 80", 101, packet + 14, sizeof packet - 14)); /* LINKTYPE_RAW is DLT_RAW, another number */
	g_assert_true(matches("tcp port 80", 228, packet + 14, sizeof packet - 14));
	g_assert_false(matches("tcp port 80", 101, packet, sizeof packet));
	g_assert_true(matches("tcp", 1, packet, 24));
	g_assert_false(matches("tcp port 80", 1, packet, 24)); /* the ports were not captured */
	g_assert_false(matches("tcp", 1, NULL, 0));
	g_assert_true(matches("greater 54", 1, packet, 24));
	g_assert_false(matches("greater 55", 1, packet, 24));
}

static void filter_rejects_bad(void)
{
	if (no_filters())
		return;
	static const char *const bad[] = {"tcp prot 80", "port", "host 1.2.3.4.5", "(tcp", "tcp port 99999"};
	nf_filter *filter = NULL;
	nf_error error;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_assert_cmpint(nf_filter_new(&filter, bad[i], &error), ==, NF_ARGUMENT);
		g_assert_nonnull(strstr(error.text, bad[i]));
	}
	g_assert_cmpint(nf_filter_new(&filter, "", &error), ==, NF_ARGUMENT);
	g_assert_cmpint(nf_filter_new(&filter, " \n", &error), ==, NF_ARGUMENT);
	g_assert_nonnull(strstr(error.text, "empty"));
	g_assert_null(filter);
	nf_filter_free(NULL);
}

static void filter_link_types(void)
{
	if (no_filters())
		return;
	nf_filter *filter = NULL;
	nf_error error;
	bool result;
	nf_frame frame = {.data = packet, .captured = sizeof packet, .wire = sizeof packet, .link = 1};
	g_assert_cmpint(nf_filter_new(&filter, "tcp port 80", &error), ==, NF_OK);
	for (int round = 0; round < 3; round++) {
		frame.link = 1;
		g_assert_cmpint(nf_filter_match(filter, &frame, &result, &error), ==, NF_OK);
		g_assert_true(result);
		frame.link = NF_LINK_UNKNOWN;
		g_assert_cmpint(nf_filter_match(filter, &frame, &result, &error), ==, round == 0 ? NF_ARGUMENT : NF_OK);
		g_assert_false(result);
		frame.link = 190; /* CAN 2.0B: there is no IP in it */
		g_assert_cmpint(nf_filter_match(filter, &frame, &result, &error), ==, round == 0 ? NF_ARGUMENT : NF_OK);
		g_assert_false(result);
	}
	frame.flags = NF_FRAME_NOT_PACKET;
	g_assert_cmpint(nf_filter_match(filter, &frame, &result, &error), ==, NF_OK);
	g_assert_true(result);
	nf_filter_free(filter);
	/* An expression for 802.11 alone is taken, and cannot be used on Ethernet. */
	frame = (nf_frame){.data = packet, .captured = sizeof packet, .wire = sizeof packet, .link = 1};
	g_assert_cmpint(nf_filter_new(&filter, "wlan type data", &error), ==, NF_OK);
	g_assert_cmpint(nf_filter_match(filter, &frame, &result, &error), ==, NF_ARGUMENT);
	g_assert_nonnull(strstr(error.text, "wlan type data"));
	nf_filter_free(filter);
}

/* --- Records of wiretap --- */

#if defined NF_HAVE_WIRETAP && NF_HAVE_WIRETAP
static const uint8_t forty[40] = {0x45, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};

static wtap_rec record(int encap)
{
	wtap_rec rec;
	memset(&rec, 0, sizeof rec);
	rec.rec_type = REC_TYPE_PACKET;
	rec.presence_flags = WTAP_HAS_TS;
	rec.ts.secs = 7;
	rec.ts.nsecs = 9;
	rec.rec_header.packet_header.pkt_encap = encap;
	rec.rec_header.packet_header.caplen = 40;
	rec.rec_header.packet_header.len = 100;
	return rec;
}

/* Its names are there once a file was opened. */
static void wiretap_ready(void)
{
	nf_frame frame;
	nf_source_event event;
	nf_source *source = open_name(folder);
	g_assert_cmpint(nf_source_next(source, &frame, &event, NULL), ==, NF_OPEN);
	nf_source_close(source);
}

static void expect_link(const wtap_rec *rec, const uint8_t *data, uint32_t link, uint32_t taken_off)
{
	nf_frame frame;
	nf_wiretap_to_frame(rec, data, &frame);
	g_test_message("%s", nf_wiretap_encap_name(rec->rec_header.packet_header.pkt_encap));
	g_assert_cmpuint(frame.link, ==, link);
	g_assert_cmpuint(frame.captured, ==, 40 - taken_off);
	g_assert_cmpuint(frame.wire, ==, 100 - taken_off);
	g_assert_true(frame.data == data + taken_off);
	g_assert_cmpint(frame.ts_ns, ==, 7000000009);
	g_assert_cmpuint(frame.flags, ==, 0);
}

/* The numbers are those of https://www.tcpdump.org/linktypes.html */
static void record_plain_links(void)
{
	static const struct {
		int encap;
		uint32_t link;
	} known[] = {
		{WTAP_ENCAP_ETHERNET, 1}, {WTAP_ENCAP_TOKEN_RING, 6}, {WTAP_ENCAP_SLIP, 8}, {WTAP_ENCAP_PPP, 9}, {WTAP_ENCAP_FDDI, 10},
		{WTAP_ENCAP_FDDI_BITSWAPPED, NF_LINK_FDDI_BITSWAPPED}, {WTAP_ENCAP_RAW_IP, 101}, {WTAP_ENCAP_RAW_IP4, 228},
		{WTAP_ENCAP_RAW_IP6, 229}, {WTAP_ENCAP_ARCNET, 7}, {WTAP_ENCAP_ARCNET_LINUX, 129}, {WTAP_ENCAP_ATM_RFC1483, 100},
		{WTAP_ENCAP_LINUX_ATM_CLIP, 106}, {WTAP_ENCAP_NULL, 0}, {WTAP_ENCAP_LOOP, 108}, {WTAP_ENCAP_IP_OVER_FC, 122},
		{WTAP_ENCAP_PPP_WITH_PHDR, 9}, {WTAP_ENCAP_IEEE_802_11, 105}, {WTAP_ENCAP_IEEE_802_11_WITH_RADIO, 105},
		{WTAP_ENCAP_IEEE_802_11_PRISM, 119}, {WTAP_ENCAP_IEEE_802_11_AVS, 163}, {WTAP_ENCAP_IEEE_802_11_RADIOTAP, 127},
		{WTAP_ENCAP_PPI, 192}, {WTAP_ENCAP_SLL, 113}, {WTAP_ENCAP_SLL2, 276}, {WTAP_ENCAP_FRELAY, 107},
		{WTAP_ENCAP_FRELAY_WITH_PHDR, 107}, {WTAP_ENCAP_CHDLC, 104}, {WTAP_ENCAP_CHDLC_WITH_PHDR, 104},
		{WTAP_ENCAP_PPP_ETHER, 51}, {WTAP_ENCAP_ENC, 109}, {WTAP_ENCAP_PFLOG, 117}, {WTAP_ENCAP_SYMANTEC, 99},
		{WTAP_ENCAP_APPLE_IP_OVER_IEEE1394, 138}, {WTAP_ENCAP_NETTL_ETHERNET, 1}, {WTAP_ENCAP_NETTL_TOKEN_RING, 6},
		{WTAP_ENCAP_NETTL_FDDI, NF_LINK_FDDI_BITSWAPPED}, {WTAP_ENCAP_IPNET, 226}, {WTAP_ENCAP_NFLOG, 239},
		{WTAP_ENCAP_IP_OVER_IB_PCAP, 242}, {WTAP_ENCAP_DOCSIS, 143}, {WTAP_ENCAP_NETANALYZER, 240},
		{WTAP_ENCAP_NETANALYZER_TRANSPARENT, 241}, {WTAP_ENCAP_TZSP, 128}, {WTAP_ENCAP_ETHERNET_MPACKET, 274},
		{WTAP_ENCAP_JUNIPER_ATM1, 137}, {WTAP_ENCAP_JUNIPER_ATM2, 135}, {WTAP_ENCAP_JUNIPER_CHDLC, 181},
		{WTAP_ENCAP_JUNIPER_ETHER, 178}, {WTAP_ENCAP_JUNIPER_FRELAY, 180}, {WTAP_ENCAP_JUNIPER_GGSN, 133},
		{WTAP_ENCAP_JUNIPER_MLFR, 131}, {WTAP_ENCAP_JUNIPER_MLPPP, 130}, {WTAP_ENCAP_JUNIPER_PPP, 179},
		{WTAP_ENCAP_JUNIPER_PPPOE, 167}, {WTAP_ENCAP_JUNIPER_ST, 200}, {WTAP_ENCAP_JUNIPER_SVCS, 136},
		{WTAP_ENCAP_JUNIPER_VN, 184}, {WTAP_ENCAP_JUNIPER_VP, 183},
	};
	bool is_known[300] = {false};
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		wtap_rec rec = record(known[i].encap);
		expect_link(&rec, forty, known[i].link, 0);
		is_known[known[i].encap] = true;
	}
	/* Those that take more than the encapsulation are told apart below; with a pseudo-header of zeros they are unknown too. */
	for (int encap = -2; encap < 300; encap++) {
		wtap_rec rec = record(encap);
		nf_frame frame;
		if (encap >= 0 && is_known[encap])
			continue;
		nf_wiretap_to_frame(&rec, forty, &frame);
		g_assert_cmpuint(frame.link, ==, NF_LINK_UNKNOWN);
		g_assert_nonnull(nf_wiretap_encap_name(encap));
	}
}

static void record_frame_check_sequence(void)
{
	static const int lengths[][2] = {{-1, 0}, {0, 0}, {4, 4}, {-2, 0}};
	nf_frame frame;
	for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
		wtap_rec rec = record(WTAP_ENCAP_ETHERNET);
		rec.rec_header.packet_header.pseudo_header.eth.fcs_len = lengths[i][0];
		nf_wiretap_to_frame(&rec, forty, &frame);
		g_assert_cmpuint(frame.fcs_bytes, ==, (unsigned)lengths[i][1]);
		rec = record(WTAP_ENCAP_IEEE_802_11_WITH_RADIO);
		rec.rec_header.packet_header.pseudo_header.ieee_802_11.fcs_len = lengths[i][0];
		nf_wiretap_to_frame(&rec, forty, &frame);
		g_assert_cmpuint(frame.fcs_bytes, ==, (unsigned)lengths[i][1]);
	}
}

static void record_802_11(void)
{
	wtap_rec rec = record(WTAP_ENCAP_IEEE_802_11_WITH_RADIO);
	rec.rec_header.packet_header.pseudo_header.ieee_802_11.datapad = 1;
	expect_link(&rec, forty, NF_LINK_80211_DATAPAD, 0);
	rec.rec_header.packet_header.pkt_encap = WTAP_ENCAP_IEEE_802_11;
	expect_link(&rec, forty, NF_LINK_80211_DATAPAD, 0);
	/* The header of NetMon: version 2, length 32 in little-endian order. */
	uint8_t netmon[40] = {2, 32, 0};
	rec = record(WTAP_ENCAP_IEEE_802_11_NETMON);
	expect_link(&rec, netmon, 105, 32);
	netmon[0] = 3;
	expect_link(&rec, netmon, NF_LINK_UNKNOWN, 0);
	netmon[0] = 2;
	netmon[1] = 31;
	expect_link(&rec, netmon, NF_LINK_UNKNOWN, 0);
	netmon[1] = 60; /* longer than what was captured */
	nf_frame frame;
	nf_wiretap_to_frame(&rec, netmon, &frame);
	g_assert_cmpuint(frame.link, ==, 105);
	g_assert_cmpuint(frame.captured, ==, 0);
	g_assert_cmpuint(frame.wire, ==, 40);
}

static void record_erf(void)
{
	static const struct {
		uint8_t type, first;
		uint32_t link;
	} cases[] = {
		{2, 0, 1}, {11, 0, 1}, {16, 0, 1}, {20, 0, 1}, {0x82, 0, 1}, {22, 0x45, 228}, {23, 0x60, 229}, {1, 0xff, 9}, {1, 0x0f, 104},
		{1, 0x8f, 104}, {5, 0xff, 9}, {5, 0x0f, 104}, {10, 0xff, 9}, {15, 0xff, 9}, {17, 0xff, 9}, {19, 0xff, 9}, {3, 0, 0x10000},
		{7, 0, 0x10000}, {21, 0, 0x10000}, {25, 0, 0x10000},
	};
	uint8_t data[40] = {0};
	wtap_rec rec = record(WTAP_ENCAP_ERF);
	struct erf_phdr *header = &rec.rec_header.packet_header.pseudo_header.erf.phdr;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		header->type = cases[i].type;
		data[0] = cases[i].first;
		expect_link(&rec, data, cases[i].link, 0);
	}
	static const uint8_t aal5[40] = {0, 0, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0};
	header->type = 4;
	expect_link(&rec, aal5, 100, 4);
	header->type = 9;
	expect_link(&rec, aal5, 100, 4);
	expect_link(&rec, forty, NF_LINK_UNKNOWN, 4);
	static const uint8_t none[] = {27, 48}; /* metadata, padding */
	for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
		nf_frame frame;
		header->type = none[i];
		nf_wiretap_to_frame(&rec, data, &frame);
		g_assert_cmpuint(frame.flags, ==, NF_FRAME_NOT_PACKET);
		g_assert_cmpuint(frame.captured, ==, 0);
	}
}

static void record_atm(void)
{
	wtap_rec rec = record(WTAP_ENCAP_ATM_PDUS);
	struct atm_phdr *header = &rec.rec_header.packet_header.pseudo_header.atm;
	header->aal = AAL_5;
	header->type = TRAF_LLCMX;
	expect_link(&rec, forty, 100, 0);
	rec.rec_header.packet_header.pkt_encap = WTAP_ENCAP_ATM_PDUS_UNTRUNCATED;
	expect_link(&rec, forty, 100, 0);
	header->flags = ATM_RAW_CELL;
	expect_link(&rec, forty, NF_LINK_UNKNOWN, 0);
	header->flags = 0;
	header->type = TRAF_LANE;
	header->subtype = TRAF_ST_LANE_802_3;
	expect_link(&rec, forty, 1, 2);
	header->subtype = TRAF_ST_LANE_802_5_MC;
	expect_link(&rec, forty, 6, 2);
	header->subtype = TRAF_ST_LANE_LE_CTRL;
	expect_link(&rec, forty, NF_LINK_UNKNOWN, 0);
	header->aal = AAL_2;
	header->type = TRAF_LLCMX;
	expect_link(&rec, forty, NF_LINK_UNKNOWN, 0);
}

static void record_debug_output(void)
{
	static const struct {
		uint8_t encap, direction;
		uint32_t link, off;
	} boards[] = {
		{COSINE_ENCAP_ETH, COSINE_DIR_RX, 1, 0}, {COSINE_ENCAP_ATM, COSINE_DIR_RX, NF_LINK_LLC, 16},
		{COSINE_ENCAP_PPoATM, COSINE_DIR_RX, NF_LINK_LLC, 16}, {COSINE_ENCAP_PPP, COSINE_DIR_RX, 9, 4},
		{COSINE_ENCAP_HDLC, COSINE_DIR_TX, 104, 2}, {COSINE_ENCAP_HDLC, COSINE_DIR_RX, 104, 4},
		{COSINE_ENCAP_FR, COSINE_DIR_RX, 107, 4}, {COSINE_ENCAP_TEST, COSINE_DIR_RX, NF_LINK_UNKNOWN, 0},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(boards); i++) {
		wtap_rec rec = record(WTAP_ENCAP_COSINE);
		rec.rec_header.packet_header.pseudo_header.cosine.encap = boards[i].encap;
		rec.rec_header.packet_header.pseudo_header.cosine.direction = boards[i].direction;
		expect_link(&rec, forty, boards[i].link, boards[i].off);
	}
	static const uint32_t ascend[][2] = {{1, 9}, {2, 9}, {3, 1}, {4, NF_LINK_UNKNOWN}, {5, NF_LINK_UNKNOWN}, {6, 1}};
	for (size_t i = 0; i < G_N_ELEMENTS(ascend); i++) {
		wtap_rec rec = record(WTAP_ENCAP_ASCEND);
		rec.rec_header.packet_header.pseudo_header.ascend.type = (uint16_t)ascend[i][0];
		expect_link(&rec, forty, ascend[i][1], 0);
	}
	wtap_rec rec = record(WTAP_ENCAP_NETTL_RAW_IP);
	struct nettl_phdr *nettl = &rec.rec_header.packet_header.pseudo_header.nettl;
	expect_link(&rec, forty, NF_LINK_UNKNOWN, 0);
	nettl->kind = 0x20000000;
	expect_link(&rec, forty, 101, 0);
	nettl->subsys = 268; /* SCTP without IP */
	expect_link(&rec, forty, NF_LINK_UNKNOWN, 0);
}

static void record_prefixes(void)
{
	uint8_t infiniband[40] = {8, 0, 0, 0, 0x45};
	wtap_rec rec = record(WTAP_ENCAP_IP_OVER_IB_SNOOP);
	expect_link(&rec, infiniband, 228, 4);
	infiniband[0] = 0x86;
	infiniband[1] = 0xdd;
	expect_link(&rec, infiniband, 229, 4);
	infiniband[0] = 8;
	infiniband[1] = 6;
	expect_link(&rec, infiniband, NF_LINK_UNKNOWN, 4);
	rec = record(WTAP_ENCAP_NETMON_HEADER);
	rec.rec_header.packet_header.pseudo_header.netmon.sub_encap = WTAP_ENCAP_ETHERNET;
	expect_link(&rec, forty, 1, 0);
	rec.rec_header.packet_header.pseudo_header.netmon.sub_encap = WTAP_ENCAP_IEEE_802_11_NETMON;
	expect_link(&rec, forty, NF_LINK_UNKNOWN, 0);
	/* Nothing captured: nothing is read. */
	static const int encaps[] = {WTAP_ENCAP_IP_OVER_IB_SNOOP, WTAP_ENCAP_IEEE_802_11_NETMON, WTAP_ENCAP_ERF, WTAP_ENCAP_COSINE};
	for (size_t i = 0; i < G_N_ELEMENTS(encaps); i++) {
		nf_frame frame;
		rec = record(encaps[i]);
		rec.rec_header.packet_header.caplen = rec.rec_header.packet_header.len = 0;
		rec.rec_header.packet_header.pseudo_header.erf.phdr.type = 4;
		nf_wiretap_to_frame(&rec, NULL, &frame);
		g_assert_cmpuint(frame.captured, ==, 0);
		g_assert_cmpuint(frame.wire, ==, 0);
	}
}

static void record_times(void)
{
	static const struct {
		int64_t secs;
		int nsecs;
		int64_t expected;
		bool timed;
	} cases[] = {
		{0, 0, 0, true}, {-1, 999999999, -1, true}, {9223372036, 854775807, INT64_MAX, true},
		{9223372036, 854775808, 0, false}, {-9223372036, -854775808, INT64_MIN, true}, {-9223372037, 0, 0, false},
		{INT64_MAX, 0, 0, false}, {INT64_MIN, 0, 0, false}, {1, 1500000000, 2500000000, true},
	};
	nf_frame frame;
	wtap_rec rec = record(WTAP_ENCAP_ETHERNET);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		rec.ts.secs = cases[i].secs;
		rec.ts.nsecs = cases[i].nsecs;
		nf_wiretap_to_frame(&rec, forty, &frame);
		g_assert_cmpint(frame.ts_ns, ==, cases[i].expected);
		g_assert_cmpuint(frame.flags, ==, cases[i].timed ? 0 : NF_FRAME_NO_TIME);
	}
	rec.presence_flags = 0;
	nf_wiretap_to_frame(&rec, forty, &frame);
	g_assert_cmpint(frame.ts_ns, ==, 0);
	g_assert_cmpuint(frame.flags, ==, NF_FRAME_NO_TIME);
}

static void record_kinds(void)
{
	nf_frame frame;
	wtap_rec rec = record(WTAP_ENCAP_ETHERNET);
	rec.rec_header.packet_header.interface_id = 3;
	nf_wiretap_to_frame(&rec, forty, &frame);
	g_assert_cmpuint(frame.interface, ==, 0);
	rec.presence_flags |= WTAP_HAS_INTERFACE_ID;
	nf_wiretap_to_frame(&rec, forty, &frame);
	g_assert_cmpuint(frame.interface, ==, 3);
	for (unsigned type = REC_TYPE_FT_SPECIFIC_EVENT; type <= REC_TYPE_CUSTOM_BLOCK; type++) {
		rec.rec_type = type;
		nf_wiretap_to_frame(&rec, forty, &frame);
		g_assert_cmpuint(frame.flags, ==, NF_FRAME_NOT_PACKET);
		g_assert_cmpuint(frame.link, ==, NF_LINK_UNKNOWN);
		g_assert_cmpuint(frame.captured, ==, 0);
		g_assert_cmpint(frame.ts_ns, ==, 7000000009);
	}
}
#endif

static void remove_folder(void)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	for (const char *name; dir && (name = g_dir_read_name(dir));) {
		char *path = g_build_filename(folder, name, NULL);
		g_unlink(path);
		g_free(path);
	}
	g_dir_close(dir);
	g_rmdir(folder);
	g_free(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	signal(SIGPIPE, SIG_IGN);
	folder = g_dir_make_tmp("netflower-source-XXXXXX", NULL);
	g_assert_nonnull(folder);
	with_wiretap = g_str_has_prefix(nf_source_backend(), "libwiretap");
	g_test_add_func("/source/pcap/variants", pcap_all_variants);
	g_test_add_func("/source/pcap/lengths", pcap_lengths);
	g_test_add_func("/source/pcap/fcs", pcap_fcs);
	g_test_add_func("/source/pcap/link-types", pcap_link_types);
	g_test_add_func("/source/pcap/header-alone", pcap_header_alone);
	g_test_add_func("/source/pcapng/two-interfaces", pcapng_two_interfaces);
	g_test_add_func("/source/pcapng/binary-time", pcapng_binary_time);
	g_test_add_func("/source/pcapng/simple-packet", pcapng_simple);
	g_test_add_func("/source/pcapng/far-times", pcapng_far_times);
	g_test_add_func("/source/pcapng/not-a-packet", pcapng_not_a_packet);
	g_test_add_func("/source/pcapng/silent", pcapng_silent);
	g_test_add_func("/source/snoop/ethernet", snoop_ethernet);
	g_test_add_func("/source/gzip/good", gzip_good);
	g_test_add_func("/source/gzip/bad-checksum", gzip_bad_checksum);
	g_test_add_func("/source/gzip/cut", gzip_cut);
	g_test_add_func("/source/bad/missing", bad_missing);
	g_test_add_func("/source/bad/directory", bad_directory);
	g_test_add_func("/source/bad/device", bad_device);
	g_test_add_func("/source/bad/permission", bad_permission);
	g_test_add_func("/source/bad/empty", bad_empty);
	g_test_add_func("/source/bad/not-a-capture", bad_not_a_capture);
	g_test_add_func("/source/bad/cut-header", bad_cut_header);
	g_test_add_func("/source/bad/cut-record", bad_cut_record);
	g_test_add_func("/source/bad/huge-record", bad_huge_record);
	g_test_add_func("/source/bad/among-good", bad_among_good);
	g_test_add_func("/source/names/checked", names_checked);
	g_test_add_func("/source/order/by-time", order_by_time);
	g_test_add_func("/source/order/ties-as-given", order_ties_as_given);
	g_test_add_func("/source/order/odd-times", order_odd_times);
	g_test_add_func("/source/order/many-files", order_many_files);
	g_test_add_func("/source/pipe/alone", pipe_alone);
	g_test_add_func("/source/pipe/among-files", pipes_among_files);
	g_test_add_func("/source/pipe/late-time", pipe_with_late_time);
	g_test_add_func("/source/pipe/fault", pipe_with_fault);
	g_test_add_func("/source/pipe/left-early", pipe_left_early);
	g_test_add_func("/source/pipe/standard-input", standard_input);
	g_test_add_func("/source/more/one-link", more_of_one_link);
	g_test_add_func("/source/more/before-fault", more_before_fault);
	g_test_add_func("/source/more/large", more_but_large_ones);
	g_test_add_func("/source/more/pipe", more_of_pipe);
	g_test_add_func("/source/file/grows", grows_while_read);
	g_test_add_func("/source/file/info", info_of_file);
	g_test_add_func("/source/filter/matches", filter_matches);
	g_test_add_func("/source/filter/rejects-bad", filter_rejects_bad);
	g_test_add_func("/source/filter/link-types", filter_link_types);
#if defined NF_HAVE_WIRETAP && NF_HAVE_WIRETAP
	wiretap_ready();
	g_test_add_func("/source/record/plain-links", record_plain_links);
	g_test_add_func("/source/record/frame-check-sequence", record_frame_check_sequence);
	g_test_add_func("/source/record/802-11", record_802_11);
	g_test_add_func("/source/record/erf", record_erf);
	g_test_add_func("/source/record/atm", record_atm);
	g_test_add_func("/source/record/debug-output", record_debug_output);
	g_test_add_func("/source/record/prefixes", record_prefixes);
	g_test_add_func("/source/record/times", record_times);
	g_test_add_func("/source/record/kinds", record_kinds);
#endif
	int result = g_test_run();
	remove_folder();
	return result;
}
