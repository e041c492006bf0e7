/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outlets.h"

#include "say.h"
#include "signals.h"

#include <netflower/terminal.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert(SIGNALS_FILES - SIGNALS_OUTPUTS >= OUTPUTS_MOST, "a place for each output");

#define FOR_EACH(all_, o) for (outlet *o = (all_)->all; o < (all_)->all + (all_)->n; o++)
#define FOR_EACH_CONST(all_, o) for (const outlet *o = (all_)->all; o < (all_)->all + (all_)->n; o++)

/* The first failure is the last that is done. */
#define FOR_EACH_WHILE_OK(all_, o, status) for (outlet *o = (all_)->all; (status) == NF_OK && o < (all_)->all + (all_)->n; o++)

/* --- Making them ---------------------------------------------------------------------------------------------------------------- */

static nf_status read_labels(outlets *all, nf_error *error)
{
	const cli_options *options = all->options;
	char *text;
	GError *why = NULL;

	if (!options->labels)
		return NF_OK;
	if (!g_file_get_contents(options->labels, &text, NULL, &why)) {
		nf_status status = nf_fail(error, NF_ARGUMENT, "--labels: %s", why->message);
		g_error_free(why);
		return status;
	}
	nf_status status = nf_labels_new(&all->labels, text, options->labels, options->label_default ? options->label_default : "BENIGN", error);
	g_free(text);
	return status;
}

static nf_status open_zeek(const cli_options *options, outlet *o, nf_error *error)
{
	nf_error why;

	if (!nf_zeek_is_log(o->output->format))
		return NF_OK;
	nf_status status = nf_zeek_log_open(&o->zeek, options->local_nets, &why);
	o->zeek.options.vlan = options->zeek_vlan;
	o->zeek.options.community_id = options->zeek_community;
	return status == NF_OK ? NF_OK : nf_fail(error, status, "--%s", why.text);
}

/* A screen is made for where it is seen. */
static nf_overview_options overview_of(const cli_options *options, const cli_output *output)
{
	const nf_terminal seen = strcmp(output->name, "-") == 0 ? nf_terminal_of(STDOUT_FILENO) : (nf_terminal){0};
	const GPtrArray *names = options->interfaces->len > 0 ? options->interfaces : options->files;

	return (nf_overview_options){
		.width = seen.width,
		.colour = seen.colour,
		.plain_ascii = seen.ascii,
		.names = (const char *const *)names->pdata,
		.n_names = names->len,
		.decode = &options->engine.decode,
		.own = &output->engine.decode,
	};
}

nf_status outlets_prepare(outlets *all, const cli_options *options, nf_error *error)
{
	nf_status status = NF_OK;

	all->options = options;
	for (unsigned i = 0; i < options->outputs->len && status == NF_OK; i++) {
		outlet *o = &all->all[all->n++];
		o->output = options_output(options, i);
		o->overview = overview_of(options, o->output);
		status = nf_columns_new_for(&o->columns, &o->output->columns, error);
		if (status == NF_OK)
			status = open_zeek(options, o, error);
	}
	return status == NF_OK ? read_labels(all, error) : status;
}

/* What has to be removed when the run is ended by force. */
static void note_temporary(const outlets *all, const outlet *o)
{
	signals_remove_on_abort(SIGNALS_OUTPUTS + (int)(o - all->all), o->meter ? nf_meter_temporary(o->meter) : NULL);
}

static void say_failed_saving(void *to, const nf_error *why)
{
	(void)to;
	say("warning: %s", why->text);
}

static unsigned threads_of(const cli_options *options)
{
	return options->interfaces->len > 0 ? 1 : options->threads ? options->threads : g_get_num_processors();
}

static nf_status open_one(outlets *all, outlet *o, command *told, nf_error *error)
{
	const cli_options *options = all->options;
	const cli_output *output = o->output;

	o->ring = options->interfaces->len > 0 && strcmp(output->name, "-") != 0 ? ring_new(options, output->name, told) : NULL;
	nf_meter_settings settings = {
		.engine = output->engine,
		.columns = o->columns,
		.no_header = options->no_header && !output->of_zeek,
		.format = output->format,
		.output = o->ring ? ring_next(o->ring) : output->name,
		.store_early = options->interfaces->len == 0,
		.apart = o->ring && ring_makes_names(o->ring),
		.zeek = nf_zeek_is_log(output->format) ? &o->zeek.options : NULL,
		.overview = nf_is_overview(output->format) ? &o->overview : NULL,
		.save = o == all->all ? options->save_pcap : NULL,
		.save_failed = say_failed_saving,
		.threads = threads_of(options),
	};
	settings.engine.labels = output->of_zeek ? NULL : all->labels;
	nf_status status = nf_meter_new(&o->meter, &settings, error);
	note_temporary(all, o);
	return status;
}

nf_status outlets_open(outlets *all, command *told, nf_error *error)
{
	nf_status status = NF_OK;

	FOR_EACH_WHILE_OK(all, o, status)
		status = open_one(all, o, told, error);
	return status;
}

void outlets_free(outlets *all)
{
	FOR_EACH(all, o) {
		nf_meter_free(o->meter);
		o->meter = NULL;
		note_temporary(all, o);
		ring_free(o->ring);
		nf_columns_free(o->columns);
		nf_zeek_log_close(&o->zeek);
	}
	nf_labels_free(all->labels);
}

/* --- The same for all of them --------------------------------------------------------------------------------------------------- */

nf_status outlets_frames(outlets *all, const nf_frame *frames, size_t n, nf_error *error)
{
	nf_status status = NF_OK;

	FOR_EACH_WHILE_OK(all, o, status)
		status = nf_meter_frames(o->meter, frames, n, error);
	return status;
}

nf_status outlets_catch_up(outlets *all, nf_error *error)
{
	nf_status status = NF_OK;

	FOR_EACH_WHILE_OK(all, o, status)
		status = nf_meter_catch_up(o->meter, error);
	return status;
}

nf_status outlets_advance(outlets *all, int64_t now_ns, nf_error *error)
{
	nf_status status = NF_OK;

	FOR_EACH_WHILE_OK(all, o, status)
		status = nf_meter_advance(o->meter, now_ns, error);
	return status;
}

nf_status outlets_shift_clock(outlets *all, int64_t by_ns, nf_error *error)
{
	nf_status status = NF_OK;

	FOR_EACH_WHILE_OK(all, o, status)
		status = nf_meter_shift_clock(o->meter, by_ns, error);
	return status;
}

nf_status outlets_end_flows(outlets *all, nf_error *error)
{
	nf_status status = NF_OK;

	FOR_EACH_WHILE_OK(all, o, status)
		status = nf_meter_end_flows(o->meter, error);
	return status;
}

nf_status outlets_flush(outlets *all, bool everywhere, nf_error *error)
{
	nf_status status = NF_OK;

	FOR_EACH_WHILE_OK(all, o, status)
		if (everywhere || (nf_meter_is_interactive(o->meter) && nf_meter_rows_waiting(o->meter) > 0))
			status = nf_meter_flush(o->meter, error);
	return status;
}

/* --- Files that end ------------------------------------------------------------------------------------------------------------- */

/* Says under which name the rows are, where it is not the one asked for. */
static void say_name(const outlet *o, char *name)
{
	if (name)
		say("%s of this run is still there: the rows after it are in %s", o->output->name, name);
	free(name);
}

/* The name of a file that is whole is told before that of the next one is made. */
static nf_status rotate_ring(outlet *o, nf_error *error)
{
	const char *before = ring_name(o->ring);
	const bool is_file = nf_meter_temporary(o->meter);
	char *name;
	nf_status status = nf_meter_rotate_to(o->meter, ring_next(o->ring), &name, error);

	if (is_file && status == NF_OK)
		ring_finished(o->ring, name ? name : before);
	free(name);
	return status;
}

static nf_status rotate(outlet *o, nf_error *error)
{
	char *name;

	nf_zeek_log_now(&o->zeek);
	if (o->ring)
		return rotate_ring(o, error);
	nf_status status = nf_meter_rotate(o->meter, &name, error);

	say_name(o, name);
	return status;
}

static bool is_due(const outlet *o)
{
	return o->ring && ring_is_due(o->ring, nf_meter_bytes(o->meter));
}

nf_status outlets_rotate(outlets *all, bool every, nf_error *error)
{
	nf_status status = NF_OK;

	FOR_EACH_WHILE_OK(all, o, status) {
		if (!every && !is_due(o))
			continue;
		status = rotate(o, error);
		note_temporary(all, o);
	}
	return status;
}

static nf_status commit(outlet *o, nf_error *error)
{
	const bool is_file = nf_meter_temporary(o->meter);
	char *name;

	nf_zeek_log_now(&o->zeek);
	nf_status status = nf_meter_commit(o->meter, &name, error);
	if (o->ring && is_file && status == NF_OK) {
		ring_finished(o->ring, name);
		g_clear_pointer(&name, free);
	}
	say_name(o, name);
	return status;
}

static nf_status finish(outlet *o, bool input_failed, nf_error *error)
{
	nf_status status = nf_meter_end_flows(o->meter, error);

	if (status == NF_OK && !(input_failed && nf_meter_stats(o->meter)->frames == 0))
		return commit(o, error);
	nf_meter_discard(o->meter);
	return status;
}

nf_status outlets_finish(outlets *all, bool input_failed, nf_error *error)
{
	nf_status first = NF_OK;
	nf_error why;

	FOR_EACH(all, o) {
		nf_status status = finish(o, input_failed, &why);
		note_temporary(all, o);
		if (status == NF_OK || first != NF_OK)
			continue;
		first = status;
		*error = why;
	}
	return first;
}

bool outlets_rotation_is_due(const outlets *all)
{
	bool due = false;

	FOR_EACH_CONST(all, o)
		due = due || is_due(o);
	return due;
}

gint64 outlets_rotation_due_us(const outlets *all)
{
	gint64 due = G_MAXINT64;

	FOR_EACH_CONST(all, o)
		if (o->ring)
			due = MIN(due, ring_due_us(o->ring));
	return due;
}

/* --- How it goes ---------------------------------------------------------------------------------------------------------------- */

uint64_t outlets_rows(const outlets *all)
{
	uint64_t rows = 0;

	FOR_EACH_CONST(all, o)
		rows += nf_meter_rows(o->meter);
	return rows;
}

uint64_t outlets_rows_waiting(const outlets *all)
{
	uint64_t rows = 0;

	FOR_EACH_CONST(all, o)
		rows += nf_meter_rows_waiting(o->meter);
	return rows;
}

uint64_t outlets_alive(const outlets *all)
{
	uint64_t alive = 0;

	FOR_EACH_CONST(all, o)
		alive += nf_meter_stats(o->meter)->alive;
	return alive;
}

bool outlets_are_interactive(const outlets *all)
{
	bool are = false;

	FOR_EACH_CONST(all, o)
		are = are || nf_meter_is_interactive(o->meter);
	return are;
}

bool outlets_used(const outlets *all)
{
	bool used = false;

	FOR_EACH_CONST(all, o)
		used = used || nf_meter_stats(o->meter)->used > 0;
	return used;
}

const nf_stats *outlets_stats(const outlets *all)
{
	return nf_meter_stats(all->all[0].meter);
}
