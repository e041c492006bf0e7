/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The native reader of pcap and pcapng, against libwiretap where the build has it: everything in a capture, in both byte orders, and
 * every place where a capture may end. test_readers.py does the same with many damaged captures.
 */
#include "source/native.h"

#include <netflower/source.h>

#include <glib.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#if NF_HAVE_WIRETAP
#include "source/wiretap_record.h"
#include <wiretap/pcap-encap.h>
#endif

static char *path;

/* --- Captures --- */

static void put(GByteArray *to, bool big, int bytes, uint64_t value)
{
	for (int i = 0; i < bytes; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * (big ? bytes - 1 - i : i));
		g_byte_array_append(to, &byte, 1);
	}
}

static GByteArray *pcap(bool big, uint32_t magic, uint32_t link, unsigned records)
{
	GByteArray *to = g_byte_array_new();
	put(to, big, 4, magic);
	put(to, big, 2, 2);
	put(to, big, 2, 4);
	put(to, big, 8, 0);
	put(to, big, 4, 65535);
	put(to, big, 4, link);
	for (unsigned i = 0; i < records; i++) {
		put(to, big, 4, 1700000000 + i);
		put(to, big, 4, 999999 - i);
		put(to, big, 4, 20 + i);
		put(to, big, 4, 40);
		for (unsigned j = 0; j < 20 + i; j++)
			put(to, big, 1, j);
	}
	return to;
}

/* Where the lengths of blocks that begin and do not end yet are. */
static unsigned block_at;

static void block(GByteArray *to, bool big, uint32_t type)
{
	block_at = to->len;
	put(to, big, 4, type);
	put(to, big, 4, 0);
}

static void block_end(GByteArray *to, bool big)
{
	while (to->len % 4)
		put(to, big, 1, 0);
	uint32_t length = to->len + 4 - block_at;
	put(to, big, 4, length);
	for (int i = 0; i < 4; i++)
		to->data[block_at + 4 + i] = (uint8_t)(length >> 8 * (big ? 3 - i : i));
}

static void option(GByteArray *to, bool big, unsigned code, unsigned bytes, uint64_t value)
{
	put(to, big, 2, code);
	put(to, big, 2, bytes);
	put(to, big, (int)bytes, value);
	while (to->len % 4)
		put(to, big, 1, 0);
}

static void section(GByteArray *to, bool big)
{
	block(to, big, 0x0a0d0d0a);
	put(to, big, 4, 0x1a2b3c4d);
	put(to, big, 2, 1);
	put(to, big, 2, 0);
	put(to, big, 8, UINT64_MAX);
	option(to, big, 4, 3, 0x414243);
	option(to, big, 0, 0, 0);
	block_end(to, big);
}

static void interface(GByteArray *to, bool big, unsigned link, unsigned resolution, int64_t offset, unsigned fcs)
{
	block(to, big, 1);
	put(to, big, 2, link);
	put(to, big, 2, 0);
	put(to, big, 4, 96);
	option(to, big, 9, 1, resolution);
	option(to, big, 14, 8, (uint64_t)offset);
	option(to, big, 13, 1, fcs);
	block_end(to, big);
}

static void packet(GByteArray *to, bool big, uint32_t at, uint64_t ts, uint32_t flags)
{
	block(to, big, 6);
	put(to, big, 4, at);
	put(to, big, 4, ts >> 32);
	put(to, big, 4, ts & UINT32_MAX);
	put(to, big, 4, 21);
	put(to, big, 4, 60);
	for (int i = 0; i < 21; i++)
		put(to, big, 1, (uint64_t)i);
	while (to->len % 4)
		put(to, big, 1, 0);
	if (flags)
		option(to, big, 2, 4, flags);
	block_end(to, big);
}

static void old_packet(GByteArray *to, bool big)
{
	block(to, big, 2);
	put(to, big, 2, 1);
	put(to, big, 2, 7);
	put(to, big, 8, 0);
	put(to, big, 4, 6);
	put(to, big, 4, 6);
	put(to, big, 6, 99);
	block_end(to, big);
}

static void simple_packet(GByteArray *to, bool big)
{
	block(to, big, 3);
	put(to, big, 4, 7);
	put(to, big, 7, 99);
	block_end(to, big);
}

static void names(GByteArray *to, bool big)
{
	block(to, big, 4);
	put(to, big, 2, 1);
	put(to, big, 2, 6);
	put(to, true, 4, 0x0a000001);
	put(to, true, 2, 0x6100);
	put(to, big, 2, 0);
	put(to, big, 4, 0);
	block_end(to, big);
}

static void statistics(GByteArray *to, bool big)
{
	block(to, big, 5);
	put(to, big, 4, 0);
	put(to, big, 8, 1);
	option(to, big, 4, 8, 12);
	block_end(to, big);
}

static void words(GByteArray *to, bool big, uint32_t type, uint32_t first, uint32_t second)
{
	block(to, big, type);
	put(to, big, 4, first);
	put(to, big, 4, second);
	put(to, big, 4, 0);
	block_end(to, big);
}

/* Every kind of block, names only where they are wanted; the journal, which is wiretap's to read, comes last. */
static GByteArray *pcapng_of(bool big, bool with_names)
{
	GByteArray *to = g_byte_array_new();
	section(to, big);
	interface(to, big, 1, 6, 0, 4);
	interface(to, big, 113, 9, -5, 0);
	packet(to, big, 0, 1700000000000001, 0);
	if (with_names)
		names(to, big);
	packet(to, big, 1, 1700000000000000001, 2 << 5);
	old_packet(to, big);
	simple_packet(to, big);
	words(to, big, 10, 0x544c534b, 3);
	words(to, big, 0xbad, 32473, 0);
	words(to, big, 0x40000bad, 32473, 0);
	words(to, big, 0x7777, 1, 2);
	section(to, !big);
	interface(to, !big, 101, 0x80 | 10, 0, 0);
	packet(to, !big, 0, 1024 * 5 + 512, 0);
	statistics(to, !big);
	block(to, !big, 9);
	g_byte_array_append(to, (const uint8_t *)"__REALTIME_TIMESTAMP=1000000\n\n\n\n", 32);
	block_end(to, !big);
	return to;
}

static GByteArray *pcapng(bool big)
{
	return pcapng_of(big, true);
}

static void save(const GByteArray *bytes, unsigned n)
{
	/* Without waiting for the disk each time. */
	g_assert_true(g_file_set_contents_full(path, (const char *)bytes->data, n, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* --- Both readers --- */

static nf_source *source_of(const char *name, nf_source_reader reader)
{
	nf_source *source;
	g_assert_cmpint(nf_source_open_files(&source, &name, 1, NF_SOURCE_AS_GIVEN, NULL), ==, NF_OK);
	g_assert_cmpint(nf_source_set_reader(source, reader, NULL), ==, NF_OK);
	return source;
}

/* One line for all that a reader tells. */
static GString *all_of(nf_source_reader reader)
{
	GString *out = g_string_new("");
	nf_source *source = source_of(path, reader);
	nf_frame f;
	nf_source_event event;
	nf_source_info info;
	nf_error error = {.text = ""};
	nf_status status;
	while ((status = nf_source_next(source, &f, &event, &error)) == NF_OK && !event.file_ended) {
		g_string_append_printf(out, "%" G_GINT64_FORMAT " %u/%u %u %u %u %u ", f.ts_ns, f.captured, f.wire, f.link, f.interface,
				       f.fcs_bytes, f.flags);
		for (uint32_t i = 0; i < f.captured; i++)
			g_string_append_printf(out, "%02x", f.data[i]);
		g_string_append_c(out, '\n');
	}
	nf_source_get_info(source, &info);
	g_string_append_printf(out, "%d %s, %s, %s, %u", (int)status, error.text, info.format, info.link_name, info.snapshot_length);
	nf_source_close(source);
	return out;
}

static bool with_wiretap(void)
{
	if (!NF_HAVE_WIRETAP)
		g_test_skip("there is no libwiretap in this build to compare with");
	return NF_HAVE_WIRETAP;
}

static void expect_same(const GByteArray *bytes, unsigned n)
{
	save(bytes, n);
	GString *ours = all_of(NF_SOURCE_READER_AUTO), *theirs = all_of(NF_SOURCE_READER_WIRETAP);
	g_assert_cmpstr(ours->str, ==, theirs->str);
	g_string_free(ours, TRUE);
	g_string_free(theirs, TRUE);
}

/* Takes the bytes over. */
static void expect_same_at_every_end(GByteArray *bytes)
{
	for (unsigned n = 0; n <= bytes->len; n++)
		expect_same(bytes, n);
	g_byte_array_free(bytes, TRUE);
}

static void cut_pcap(void)
{
	static const uint32_t magics[] = {0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34};
	for (size_t i = 0; with_wiretap() && i < 2 * G_N_ELEMENTS(magics); i++)
		expect_same_at_every_end(pcap(i % 2, magics[i / 2], 1, 5));
}

static void cut_pcapng(void)
{
	if (!with_wiretap())
		return;
	expect_same_at_every_end(pcapng(false));
	expect_same_at_every_end(pcapng(true));
}

/*
 * Lengths that lie: each word of a capture becomes larger, smaller, huge, nothing. There are no names in it, because wiretap loses
 * memory over damaged ones, which would be laid at our door.
 */
static void lies(void)
{
	static const uint32_t values[] = {0, 8, 12, 16, 60, 0x40000, 0x40001, 0x1000000, 0x7fffffff, 0x80000000, 0xfffffffc, UINT32_MAX};
	GByteArray *good = pcapng_of(false, false);
	for (unsigned at = 0; with_wiretap() && at + 4 <= good->len; at += 4)
		for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
			uint8_t before[4];
			memcpy(before, good->data + at, 4);
			for (int j = 0; j < 4; j++)
				good->data[at + (unsigned)j] = (uint8_t)(values[i] >> 8 * j);
			expect_same(good, good->len);
			memcpy(good->data + at, before, 4);
		}
	g_byte_array_free(good, TRUE);
}

/* Every resolution there can be, with times that overflow where they can. */
static void resolutions(void)
{
	static const uint64_t times[] = {0, 1, 1700000000123456789, INT64_MAX, UINT64_C(1) << 63, UINT64_MAX};
	static const int64_t offsets[] = {0, -1700000000, INT64_MAX, INT64_MIN};
	for (unsigned resolution = 0; with_wiretap() && resolution < 256; resolution++) {
		GByteArray *bytes = g_byte_array_new();
		section(bytes, false);
		for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++)
			interface(bytes, false, 1, resolution, offsets[i], 0);
		for (size_t i = 0; i < G_N_ELEMENTS(times) * G_N_ELEMENTS(offsets); i++)
			packet(bytes, false, (uint32_t)(i % G_N_ELEMENTS(offsets)), times[i / G_N_ELEMENTS(offsets)], 0);
		expect_same(bytes, bytes->len);
		g_byte_array_free(bytes, TRUE);
	}
}

/* Every length of a frame check sequence, and both places that tell it. */
static void check_sequences(void)
{
	static const unsigned links[] = {1, 105, 113};
	for (size_t i = 0; with_wiretap() && i < G_N_ELEMENTS(links) * 256; i++) {
		unsigned fcs = (unsigned)i % 256, link = links[i / 256];
		GByteArray *bytes = pcap(false, 0xa1b2c3d4, fcs % 16 << 28 | 0x04000000 | link, 4);
		expect_same(bytes, bytes->len);
		g_byte_array_set_size(bytes, 0);
		section(bytes, true);
		interface(bytes, true, link, 6, 0, fcs);
		packet(bytes, true, 0, 1, 0);
		packet(bytes, true, 0, 2, (fcs * 7 % 16) << 5);
		expect_same(bytes, bytes->len);
		g_byte_array_free(bytes, TRUE);
	}
}

#if NF_HAVE_WIRETAP
/* Each line of the table of framings, and each framing that has none. */
static void framings(void)
{
	for (uint32_t type = 0; type < 400; type++) {
		nf_native_link link;
		GByteArray *bytes = pcap(false, 0xa1b2c3d4, type, 4);
		expect_same(bytes, bytes->len);
		if (nf_native_link_get(type, &link)) {
			g_assert_cmpuint(link.type, ==, type);
			g_assert_cmpstr(link.name, ==, nf_wiretap_encap_name(wtap_pcap_encap_to_wtap_encap((int)type)));
		}
		g_byte_array_free(bytes, TRUE);
	}
}
#endif

/* --- The native reader alone --- */

/* It reads all of this itself: but for the journal at the end every block. */
static void alone(void)
{
	for (int big = 0; big < 2; big++) {
		GByteArray *bytes = pcapng(big);
		save(bytes, bytes->len);
		GString *all = all_of(NF_SOURCE_READER_NATIVE);
		g_assert_nonnull(strstr(all->str, "1700000000000001000 21/60 1 0 4 0 "));
		g_assert_nonnull(strstr(all->str, "1699999995000000001 21/60 113 1 0 0 "));
		g_assert_nonnull(strstr(all->str, "5500000000 21/60 101 "));
		g_assert_nonnull(
			strstr(all->str, NF_HAVE_WIRETAP ? "cannot be read in frame 8: the native reader does not know it" : "\n0 , "));
		g_string_free(all, TRUE);
		g_byte_array_free(bytes, TRUE);
	}
}

static void alone_not_a_capture(void)
{
	g_assert_true(g_file_set_contents(path, "words\n", -1, NULL));
	GString *all = all_of(NF_SOURCE_READER_NATIVE);
	g_assert_nonnull(strstr(all->str, "is not a capture: it is text"));
	g_string_free(all, TRUE);
}

/* A record that claims 4 GB takes no memory. */
static void huge_claim(void)
{
	GByteArray *bytes = pcap(false, 0xa1b23c4d, 1, 1);
	memset(bytes->data + 24 + 8, 0xff, 8);
	save(bytes, bytes->len);
	g_byte_array_free(bytes, TRUE);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	nf_input input;
	nf_pcap state = {0};
	nf_frame frame;
	g_assert_true(nf_input_open(&input, fd));
	size_t before = input.size;
	g_assert_cmpint(nf_pcap_begin(&state, &input, false), ==, NF_NATIVE_FRAME);
	g_assert_cmpint(nf_pcap_next(&state, &input, &frame), ==, NF_NATIVE_DAMAGED);
	g_assert_cmpuint(input.size, ==, before);
	nf_input_close(&input);
	close(fd);
}

static void nothing(int number)
{
	(void)number;
}

/* A signal ends a read of a pipe that waits in the middle of a record, or before one. */
static void interrupted(void)
{
	const struct sigaction action = {.sa_handler = nothing};
	sigaction(SIGALRM, &action, NULL);
	for (unsigned left = 0; left < 20; left += 10) {
		int ends[2];
		nf_frame frame;
		nf_source_event event;
		nf_error error;
		GByteArray *bytes = pcap(false, 0xa1b2c3d4, 1, 2);
		g_assert_cmpint(pipe(ends), ==, 0);
		unsigned n = bytes->len - 21 - 16 + left;
		g_assert_cmpint(write(ends[1], bytes->data, n), ==, (gssize)n);
		char *name = g_strdup_printf("/dev/fd/%d", ends[0]);
		nf_source *source = source_of(name, NF_SOURCE_READER_NATIVE);
		g_assert_cmpint(nf_source_next(source, &frame, &event, &error), ==, NF_OK);
		alarm(1);
		g_assert_cmpint(nf_source_next(source, &frame, &event, &error), ==, NF_READ);
		g_assert_nonnull(strstr(error.text, "after frame 1: Interrupted"));
		nf_source_close(source);
		g_free(name);
		g_byte_array_free(bytes, TRUE);
		close(ends[0]);
		close(ends[1]);
	}
}

#if NF_HAVE_WIRETAP
/* The other reader takes over in the middle of a pipe that stays open, and is left before its end comes. */
static void left_while_handed_over(void)
{
	int ends[2];
	nf_frame frame;
	nf_source_event event;
	GByteArray *bytes = pcapng(false);
	packet(bytes, true, 0, 7 * 1024, 0);
	g_assert_cmpint(pipe(ends), ==, 0);
	g_assert_cmpint(write(ends[1], bytes->data, bytes->len), ==, (gssize)bytes->len);
	char *name = g_strdup_printf("/dev/fd/%d", ends[0]);
	nf_source *source = source_of(name, NF_SOURCE_READER_AUTO);
	for (int i = 0; i < 9; i++)
		g_assert_cmpint(nf_source_next(source, &frame, &event, NULL), ==, NF_OK);
	g_assert_cmpint(frame.ts_ns, ==, INT64_C(7000000000));
	nf_source_close(source);
	g_free(name);
	g_byte_array_free(bytes, TRUE);
	close(ends[0]);
	close(ends[1]);
}
#endif

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	signal(SIGPIPE, SIG_IGN);
	int fd = g_file_open_tmp("netflower-native-XXXXXX", &path, NULL);
	g_assert_cmpint(fd, >=, 0);
	close(fd);
	g_test_add_func("/native/cut/pcap", cut_pcap);
	g_test_add_func("/native/cut/pcapng", cut_pcapng);
	g_test_add_func("/native/lies", lies);
	g_test_add_func("/native/resolutions", resolutions);
	g_test_add_func("/native/check-sequences", check_sequences);
	g_test_add_func("/native/alone/capture", alone);
	g_test_add_func("/native/alone/not-a-capture", alone_not_a_capture);
	g_test_add_func("/native/huge-claim", huge_claim);
	g_test_add_func("/native/interrupted", interrupted);
#if NF_HAVE_WIRETAP
	g_test_add_func("/native/framings", framings);
	g_test_add_func("/native/left-while-handed-over", left_while_handed_over);
#endif
	int result = g_test_run();
	g_unlink(path);
	g_free(path);
	return result;
}
