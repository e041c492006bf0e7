/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

#include <netflower/summary.h>

#include <glib.h>

static void update_rate(progress *p, double seconds, uint64_t bytes)
{
	double passed = seconds - p->last_seconds;

	if (passed <= 0)
		return;
	double now = (double)(bytes > p->last_bytes ? bytes - p->last_bytes : 0) / passed;
	p->rate = p->last_seconds > 0 ? p->rate * 0.7 + now * 0.3 : now;
	p->last_bytes = bytes;
	p->last_seconds = seconds;
}

char *progress_line(progress *p, double seconds, uint64_t bytes, uint64_t frames, uint64_t flows)
{
	char read[NF_SUMMARY_NUMBER_MAX], total[NF_SUMMARY_NUMBER_MAX], rate[NF_SUMMARY_NUMBER_MAX];
	char f[NF_SUMMARY_NUMBER_MAX], g[NF_SUMMARY_NUMBER_MAX];
	char *far;

	update_rate(p, seconds, bytes);
	nf_summary_size(bytes, read);
	if (p->bytes_total > 0)
		far = g_strdup_printf("%s of %s (%u %%)", read, nf_summary_size(p->bytes_total, total),
				      (unsigned)MIN(100, (double)bytes * 100 / (double)p->bytes_total));
	else
		far = g_strdup(read);
	char *line = g_strdup_printf("%s, %s/s, %s frames, %s flows", far, nf_summary_size((uint64_t)p->rate, rate),
				     nf_summary_count(frames, f), nf_summary_count(flows, g));
	g_free(far);
	return line;
}
