/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/steady.h"

#include <time.h>

/* A packet may be stamped while we read. */
static const int64_t ahead_ns = 1000000000;

static int64_t read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* The reading that was disturbed least. */
void nf_clocks_read(nf_clocks *clocks)
{
	int64_t least = INT64_MAX;

	for (int i = 0; i < 3; i++) {
		int64_t before = read_clock(CLOCK_BOOTTIME), system = read_clock(CLOCK_REALTIME), after = read_clock(CLOCK_BOOTTIME);
		if (after - before >= least)
			continue;
		least = after - before;
		clocks->now_ns = after;
		clocks->offset_ns = system - before - least / 2;
	}
}

static bool is_other(const nf_steady *steady, const nf_clocks *clocks)
{
	int64_t difference = clocks->offset_ns - steady->offset_ns;

	return difference > NF_STEADY_SAME_NS || difference < -NF_STEADY_SAME_NS;
}

void nf_steady_look(nf_steady *steady, const nf_clocks *clocks, bool drained)
{
	if (!is_other(steady, clocks))
		steady->noticed_ns = 0;
	else if (steady->noticed_ns == 0)
		steady->noticed_ns = clocks->now_ns;
	else if (drained && clocks->now_ns - steady->noticed_ns > 2 * NF_STEADY_LAG_NS) {
		steady->offset_ns = clocks->offset_ns;
		steady->noticed_ns = 0;
	}
}

static bool can_be(int64_t time_ns, const nf_clocks *clocks)
{
	return time_ns >= clocks->before_ns - NF_STEADY_LAG_NS && time_ns <= clocks->now_ns + ahead_ns;
}

int64_t nf_steady_time(nf_steady *steady, const nf_clocks *clocks, int64_t stamp_ns)
{
	int64_t time_ns = stamp_ns - steady->offset_ns;

	if (steady->noticed_ns && !can_be(time_ns, clocks) && can_be(stamp_ns - clocks->offset_ns, clocks)) {
		steady->offset_ns = clocks->offset_ns;
		steady->noticed_ns = 0;
		time_ns = stamp_ns - steady->offset_ns;
	}
	return time_ns <= clocks->now_ns + ahead_ns ? time_ns : clocks->now_ns;
}
