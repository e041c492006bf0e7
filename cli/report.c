/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said about a run. */
#include "run.h"

#include "say.h"
#include "signals.h"

#include <netflower/summary.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Runs shorter than this show no progress on a terminal. */
static const double quick_seconds = 0.5;

/* While the main thread waits for a pipe nobody else may ask the source; the engine knows nearly the same. */
static uint64_t bytes_of(const run *r, bool reading)
{
	uint64_t bytes = r->bytes_done;
	nf_source_info info;

	if (r->devices)
		return outlets_stats(&r->outlets)->wire_bytes;
	if (!reading)
		return bytes ? bytes : outlets_stats(&r->outlets)->wire_bytes;
	if (r->may_wait)
		return outlets_stats(&r->outlets)->wire_bytes;
	nf_source_get_info(r->source, &info);
	return bytes + info.bytes_read;
}

/* What is read or captured from. */
static const GPtrArray *names_of(const run *r)
{
	return r->devices ? r->options->interfaces : r->options->files;
}

static nf_summary summary_of(const run *r, const outlet *o, bool so_far)
{
	const GPtrArray *names = names_of(r);
	nf_device_counts counts = {0};

	if (r->devices)
		nf_devices_get_counts(r->devices, &counts);
	return (nf_summary){
		.program = "nf-cli",
		.files = (const char *const *)names->pdata,
		.n_files = names->len,
		.received = counts.received,
		.dropped = counts.dropped,
		.interface_dropped = counts.interface_dropped,
		.stats = nf_meter_stats(o->meter),
		.decode = &o->output->engine.decode,
		.rows = nf_meter_rows(o->meter),
		.bytes = bytes_of(r, so_far),
		.seconds = run_seconds(r),
		.lag = (double)r->lag.most_ns / (double)NF_SECOND_NS,
		.lag_lately = (double)r->lag.lately_ns / (double)NF_SECOND_NS,
		.so_far = so_far,
		.live = r->devices,
	};
}

/* Of the first output, or of one beside it, which is told by what it is: the frames are the same, but what became of them is not. */
static void say_summary(const run *r, const outlet *o, bool so_far)
{
	nf_summary summary = summary_of(r, o, so_far);
	char *which = g_strdup_printf("-T %s, %s", o->output->format, strcmp(o->output->name, "-") == 0 ? "standard output" : o->output->name);

	if (o != r->outlets.all) {
		summary.files = (const char *const *)&which;
		summary.n_files = 1;
	}
	char *text = nf_summary_text(&summary);
	if (text)
		say_lines(text);
	free(text);
	g_free(which);
}

/* One that tells what is in the capture has told all of this by itself. */
static bool tells_itself(const outlet *o)
{
	return strcmp(o->output->format, "summary") == 0;
}

static void say_summaries(const run *r, bool so_far)
{
	for (unsigned i = 0; i < r->outlets.n; i++)
		if (so_far || !tells_itself(&r->outlets.all[i]))
			say_summary(r, &r->outlets.all[i], so_far);
}

void report_so_far(run *r)
{
	say_summaries(r, true);
	r->lag.lately_ns = 0;
}

static void warn_of_order(const nf_stats *stats)
{
	char count[NF_SUMMARY_NUMBER_MAX];

	if (stats->out_of_order == 1)
		say("warning: a packet is older than the one before it in its flow: frame %" PRIu64 "; it counts as arriving with that one",
		    stats->out_of_order_first);
	else if (stats->out_of_order > 0)
		say("warning: %s packets are older than one before them in their flow, first frame %" PRIu64 "; they count as arriving with it",
		    nf_summary_count(stats->out_of_order, count), stats->out_of_order_first);
}

static void warn_of_links(GHashTable *links)
{
	if (g_hash_table_size(links) < 2)
		return;
	GList *names = g_list_sort(g_hash_table_get_keys(links), (GCompareFunc)strcmp);
	GString *list = g_string_new(NULL);
	for (GList *name = names; name; name = name->next)
		g_string_append_printf(list, "%s%s", list->len ? ", " : "", (char *)name->data);
	say("warning: there are several link types: %s", list->str);
	g_string_free(list, TRUE);
	g_list_free(names);
}

/* Whether an option that is not given would take some of the frames. */
static bool more_would_be_used(const run *r)
{
	const nf_stats *stats = outlets_stats(&r->outlets);

	for (unsigned skip = NF_SKIP_NONE + 1; skip < NF_SKIP_COUNT; skip++)
		if (stats->skipped[skip] && nf_skip_option((nf_skip)skip) && !nf_decode_takes(&options_output(r->options, 0)->engine.decode, (nf_skip)skip))
			return true;
	return false;
}

static void say_unused(const run *r, const char *why)
{
	const GPtrArray *files = names_of(r);
	const char *name = g_ptr_array_index(files, 0);
	char *several = files->len > 1 ? g_strdup_printf("%u %s", files->len, r->devices ? "interfaces" : "files") : NULL;

	say("%s: nothing could be used: %s%s", several ? several : strcmp(name, "-") == 0 ? "standard input" : name, why,
	    more_would_be_used(r) ? "; without options for more, TCP and UDP over IPv4 are used" : "");
	g_free(several);
}

static void warn_of_labels(const nf_labels *labels)
{
	char text[NF_ERROR_TEXT_MAX];

	for (size_t i = 0; nf_labels_unreached(labels, &i, text, sizeof text);)
		say("warning: %s", text);
	for (size_t i = 0; nf_labels_unused(labels, &i, text, sizeof text);)
		say("warning: %s", text);
}

/* Of the first output that looks at checksums. */
static void warn_of_checksums(const run *r)
{
	char bad[NF_SUMMARY_NUMBER_MAX], all[NF_SUMMARY_NUMBER_MAX], address[INET6_ADDRSTRLEN];

	for (unsigned i = 0; i < r->outlets.n; i++) {
		const nf_bad_source *source = nf_meter_bad_source(r->outlets.all[i].meter);
		if (!nf_bad_source_is_sender(source))
			continue;
		inet_ntop(source->ip_version == 4 ? AF_INET : AF_INET6, source->address, address, sizeof address);
		say("warning: %s of %s packets from %s have bad checksums: most likely its network card computes them after they were captured "
		    "(checksum offloading); --checksums=ignore uses them", nf_summary_count(source->bad, bad),
		    nf_summary_count(source->bad + source->good, all), address);
		return;
	}
}

void report_end(run *r)
{
	const nf_stats *stats = outlets_stats(&r->outlets);
	nf_summary summary = summary_of(r, r->outlets.all, false);
	char *why = outlets_used(&r->outlets) ? NULL : nf_summary_why_unused(&summary);

	/* Where nothing could be read, the fault has been told, and there is nothing to sum up. */
	if (!r->options->quiet && (stats->frames > 0 || !r->input_failed)) {
		say_summaries(r, false);
		warn_of_order(stats);
		warn_of_links(r->links);
		warn_of_checksums(r);
		if (r->outlets.labels)
			warn_of_labels(r->outlets.labels);
	}
	if (why)
		say_unused(r, why);
	free(why);
}

nf_status report_statistics(run *r, nf_error *error)
{
	nf_output *output = r->statistics;
	nf_summary_output outputs[OUTPUTS_MOST];
	nf_summary summary = summary_of(r, r->outlets.all, false);

	for (unsigned i = 0; i < r->outlets.n; i++) {
		const outlet *o = &r->outlets.all[i];
		outputs[i] = (nf_summary_output){o->output->format, o->output->name, nf_meter_stats(o->meter), nf_meter_rows(o->meter)};
	}
	summary.outputs = outputs;
	summary.n_outputs = r->outlets.n;
	char *json = nf_summary_json(&summary);

	r->statistics = NULL;
	nf_status status = json ? nf_output_write(output, json, strlen(json), error) : nf_fail(error, NF_NO_MEMORY, "out of memory");
	free(json);
	if (status == NF_OK)
		status = nf_output_commit(output, error);
	else
		nf_output_discard(output);
	signals_remove_on_abort(SIGNALS_STATISTICS, NULL);
	return status;
}

void report_capture(const run *r, const nf_source_info *info)
{
	char frames[NF_SUMMARY_NUMBER_MAX], size[NF_SUMMARY_NUMBER_MAX];

	if (!r->options->verbose)
		return;
	say("%s: %s%s%s%s%s frame%s, %s", info->name, info->format, *info->format ? ", " : "", info->link_name, *info->link_name ? ", " : "",
	    nf_summary_count(r->file_frames, frames), r->file_frames == 1 ? "" : "s", nf_summary_size(info->bytes_read, size));
}

void report_fault(const run *r, const nf_error *error)
{
	char frames[NF_SUMMARY_NUMBER_MAX];

	if (r->file_frames == 0)
		say("%s", error->text);
	else if (r->file_frames == 1)
		say("%s; the frame before that was read", error->text);
	else
		say("%s; the %s frames before that were read", error->text, nf_summary_count(r->file_frames, frames));
}

void report_progress(run *r)
{
	const nf_stats *stats = outlets_stats(&r->outlets);
	double seconds = run_seconds(r);

	if (!r->show_progress || (seconds < quick_seconds && !r->options->progress))
		return;
	char *line = progress_line(&r->progress, seconds, bytes_of(r, true), stats->frames, outlets_rows(&r->outlets) + outlets_alive(&r->outlets));
	say_progress(line);
	g_free(line);
}
