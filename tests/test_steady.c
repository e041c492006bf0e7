/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stamps of a system clock that is set, while packets stamped before that still wait. */
#include "source/steady.h"

#include <glib.h>

#define MS INT64_C(1000000)
#define HOUR (INT64_C(3600000) * MS)

static const int64_t start = 5000000 * MS, offset = INT64_C(1700000000000) * MS;

static nf_clocks clocks_at(int64_t ms, int64_t before_ms, int64_t shift)
{
	return (nf_clocks){.now_ns = start + ms * MS, .before_ns = start + before_ms * MS, .offset_ns = offset + shift};
}

static void test_clock_untouched(void)
{
	nf_steady s = {.offset_ns = offset};
	nf_clocks c = clocks_at(100, 50, 300);

	nf_steady_look(&s, &c, true);
	g_assert_cmpint(nf_steady_time(&s, &c, start + offset + 60 * MS), ==, start + 60 * MS);
	g_assert_cmpint(s.offset_ns, ==, offset);
	g_assert_cmpint(s.noticed_ns, ==, 0);
}

/* Packets of before the clock was set are read after that. */
static void test_clock_set(gconstpointer data)
{
	const int64_t by = *(const int64_t *)data;
	nf_steady s = {.offset_ns = offset};
	nf_clocks c = clocks_at(100, 50, by);

	nf_steady_look(&s, &c, true);
	g_assert_cmpint(nf_steady_time(&s, &c, start + offset + 60 * MS), ==, start + 60 * MS);
	g_assert_cmpint(s.offset_ns, ==, offset);
	g_assert_cmpint(nf_steady_time(&s, &c, start + offset + 90 * MS + by), ==, start + 90 * MS);
	g_assert_cmpint(s.offset_ns, ==, offset + by);
	g_assert_cmpint(nf_steady_time(&s, &c, start + offset + 99 * MS + by), ==, start + 99 * MS);
}

/* The program was stopped for a minute, and the clock was set in the middle of it. */
static void test_clock_set_while_stopped(void)
{
	nf_steady s = {.offset_ns = offset};
	nf_clocks c = clocks_at(60000, 50, -HOUR);

	nf_steady_look(&s, &c, true);
	g_assert_cmpint(nf_steady_time(&s, &c, start + offset + 20000 * MS), ==, start + 20000 * MS);
	g_assert_cmpint(nf_steady_time(&s, &c, start + offset + 40000 * MS - HOUR), ==, start + 40000 * MS);
}

/* Set by less than can be told from a packet's time: believed a moment later. */
static void test_clock_set_a_little(void)
{
	nf_steady s = {.offset_ns = offset};

	for (int ms = 100; ms <= 400; ms += 50) {
		nf_clocks c = clocks_at(ms, ms - 50, 40 * MS);
		nf_steady_look(&s, &c, ms != 350);
		g_assert_cmpint(s.offset_ns, ==, ms <= 350 ? offset : offset + 40 * MS);
	}
	g_assert_cmpint(s.noticed_ns, ==, 0);
}

static void test_set_and_set_back(void)
{
	nf_steady s = {.offset_ns = offset};
	nf_clocks c = clocks_at(100, 50, HOUR), d = clocks_at(150, 100, 0), e = clocks_at(500, 450, 0);

	nf_steady_look(&s, &c, true);
	g_assert_cmpint(s.noticed_ns, !=, 0);
	nf_steady_look(&s, &d, true);
	nf_steady_look(&s, &e, true);
	g_assert_cmpint(s.noticed_ns, ==, 0);
	g_assert_cmpint(s.offset_ns, ==, offset);
}

/* A stamp that cannot be does not move the clock ahead. */
static void test_stamp_from_the_future(void)
{
	nf_steady s = {.offset_ns = offset};
	nf_clocks c = clocks_at(100, 50, 0);

	nf_steady_look(&s, &c, true);
	g_assert_cmpint(nf_steady_time(&s, &c, start + offset + HOUR), ==, c.now_ns);
	g_assert_cmpint(nf_steady_time(&s, &c, 0), <, c.now_ns);
}

static void test_clocks_are_read(void)
{
	nf_clocks a = {0}, b = {0};

	nf_clocks_read(&a);
	g_usleep(2000);
	nf_clocks_read(&b);
	g_assert_cmpint(b.now_ns - a.now_ns, >=, 2 * MS);
	g_assert_cmpint(ABS(a.now_ns + a.offset_ns - g_get_real_time() * 1000), <, 60000 * MS);
}

int main(int argc, char **argv)
{
	static const int64_t forward = HOUR, back = -HOUR;

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/steady/untouched", test_clock_untouched);
	g_test_add_data_func("/steady/set/forward", &forward, test_clock_set);
	g_test_add_data_func("/steady/set/back", &back, test_clock_set);
	g_test_add_func("/steady/set/while-stopped", test_clock_set_while_stopped);
	g_test_add_func("/steady/set/a-little", test_clock_set_a_little);
	g_test_add_func("/steady/set/and-back", test_set_and_set_back);
	g_test_add_func("/steady/future", test_stamp_from_the_future);
	g_test_add_func("/steady/clocks", test_clocks_are_read);
	return g_test_run();
}
