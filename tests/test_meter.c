/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same bytes and counts for any number of threads, and what a failing output leads to. */
#include <netflower/batch.h>
#include <netflower/meter.h>

#include <glib.h>
#include <glib/gstdio.h>

#include <string.h>

/* Ethernet, IPv4 and TCP between 10.0.x.y and 192.0.2.1; what is not a TCP frame is ARP. */
static void make_frame(uint8_t bytes[54], GRand *rnd)
{
	static const uint8_t head[54] = {[12] = 0x08, [14] = 0x45, [17] = 40, [22] = 64, [23] = 6, [26] = 10, [30] = 192, [32] = 2,
					 [33] = 1,    [36] = 0,    [37] = 80, [46] = 0x50};

	memcpy(bytes, head, sizeof head);
	if (g_rand_int_range(rnd, 0, 20) == 0)
		bytes[13] = 0x06;
	bytes[28] = (uint8_t)g_rand_int_range(rnd, 0, 30);
	bytes[29] = (uint8_t)g_rand_int_range(rnd, 0, 100);
	bytes[47] = g_rand_int_range(rnd, 0, 30) == 0 ? 0x04 : 0x10; /* RST or ACK */
}

static nf_status feed(nf_meter *meter, int frames, nf_error *error)
{
	GRand *rnd = g_rand_new_with_seed(1);
	nf_status status = NF_OK;
	int64_t now = 0;

	for (int i = 0; i < frames && status == NF_OK; i++) {
		uint8_t bytes[54];
		make_frame(bytes, rnd);
		now += g_rand_int_range(rnd, -3000, 50000000);
		nf_frame frame = {.data = bytes, .captured = sizeof bytes, .wire = sizeof bytes, .ts_ns = now, .link = 1};
		status = nf_meter_frame(meter, &frame, error);
		if (status == NF_OK && i == frames / 2)
			status = nf_meter_flush(meter, error);
		if (status == NF_OK && i == frames / 3)
			status = nf_meter_catch_up(meter, error);
	}
	if (status == NF_OK)
		status = nf_meter_end_flows(meter, error);
	g_rand_free(rnd);
	return status;
}

typedef struct {
	char *csv;
	size_t size;
	nf_stats stats;
	uint64_t rows;
} result;

static result run(unsigned threads, int frames)
{
	g_autofree char *folder = g_dir_make_tmp("nf-meter-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "out.csv", NULL);
	nf_columns *columns;
	nf_meter *meter;
	nf_error error;
	char *name;
	result r;

	g_assert_cmpint(nf_columns_new(&columns, NULL, &error), ==, NF_OK);
	nf_meter_settings settings = {.columns = columns, .format = "csv", .output = path, .threads = threads};
	nf_options_init(&settings.engine);
	g_assert_cmpint(nf_meter_new(&meter, &settings, &error), ==, NF_OK);
	g_assert_cmpint(feed(meter, frames, &error), ==, NF_OK);
	g_assert_cmpint(nf_meter_commit(meter, &name, &error), ==, NF_OK);
	r.stats = *nf_meter_stats(meter);
	r.rows = nf_meter_rows(meter);
	nf_meter_free(meter);
	nf_columns_free(columns);
	g_assert_true(g_file_get_contents(path, &r.csv, &r.size, NULL));
	g_remove(path);
	g_rmdir(folder);
	return r;
}

static void test_threads(void)
{
	enum { FRAMES = 150000 };
	result one = run(1, FRAMES);

	g_assert_cmpuint(one.stats.frames, ==, FRAMES);
	g_assert_cmpuint(one.rows, >, 5000);
	g_assert_cmpuint(one.stats.ended[NF_END_IDLE], >, 0);
	for (unsigned threads = 2; threads <= 8; threads *= 2) {
		result many = run(threads, FRAMES);
		g_assert_cmpmem(many.csv, many.size, one.csv, one.size);
		g_assert_cmpmem(&many.stats, sizeof many.stats, &one.stats, sizeof one.stats);
		g_assert_cmpuint(many.rows, ==, one.rows);
		g_free(many.csv);
	}
	g_free(one.csv);
}

/* Frames that are given alone have their rows as soon as the engine has worked on them, a batch at a time. */
static void test_single_frames(void)
{
	nf_columns *columns;
	nf_meter *meter;
	nf_error error;

	g_assert_cmpint(nf_columns_new(&columns, NULL, &error), ==, NF_OK);
	nf_meter_settings settings = {.columns = columns, .format = "csv", .output = "/dev/null", .threads = 1};
	nf_options_init(&settings.engine);
	g_assert_cmpint(nf_meter_new(&meter, &settings, &error), ==, NF_OK);
	for (unsigned i = 0; i < 2 * NF_BATCH_PACKETS; i++) {
		const uint8_t bytes[54] = {[12] = 0x08, [14] = 0x45, [17] = 40, [22] = 64, [23] = 6, [26] = 10, [29] = (uint8_t)i,
					   [30] = 192, [35] = (uint8_t)(i >> 8), [37] = 80, [46] = 0x50, [47] = 0x04};
		const nf_frame frame = {.data = bytes, .captured = sizeof bytes, .wire = sizeof bytes, .ts_ns = i, .link = 1};

		g_assert_cmpint(nf_meter_frame(meter, &frame, &error), ==, NF_OK);
		g_assert_cmpuint(nf_meter_rows(meter) + NF_BATCH_PACKETS, >=, i + 1);
	}
	g_assert_cmpuint(nf_meter_rows(meter), ==, 2 * NF_BATCH_PACKETS);
	nf_meter_free(meter);
	nf_columns_free(columns);
}

static void test_full_output(void)
{
	for (unsigned threads = 1; threads <= 4; threads *= 2) {
		nf_columns *columns;
		nf_meter *meter;
		nf_error error;

		g_assert_cmpint(nf_columns_new(&columns, NULL, &error), ==, NF_OK);
		nf_meter_settings settings = {.columns = columns, .format = "csv", .output = "/dev/full", .threads = threads};
		nf_options_init(&settings.engine);
		g_assert_cmpint(nf_meter_new(&meter, &settings, &error), ==, NF_OK);
		g_assert_cmpint(feed(meter, 150000, &error), ==, NF_WRITE);
		g_assert_nonnull(strstr(error.text, "/dev/full"));
		nf_meter_free(meter);
		nf_columns_free(columns);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/meter/threads/same-bytes", test_threads);
	g_test_add_func("/meter/single-frames", test_single_frames);
	g_test_add_func("/meter/threads/full-output", test_full_output);
	return g_test_run();
}
