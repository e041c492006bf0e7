/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/meter.h>
#include <netflower/overview.h>

#include "flow/parcel.h"
#include "sink/save.h"
#include "sink/sink_internal.h"
#include "sink/team.h"

#include <stdlib.h>
#include <string.h>

/* Threads cost more than they bring before so many frames. */
enum { TEAM_FRAMES = 30000 };

/* Flows that ended wait for so many frames, where these come together: the code that takes packets and the code that writes rows are in each other's way in the caches. */
enum { ROWS_FRAMES = 512 };

/* Of a packet: more than any on Ethernet carries, jumbo frames aside. */
enum { PAYLOAD_MOST = 2048 };

struct nf_meter {
	nf_meter_settings settings;
	nf_engine *engine;
	nf_output *output; /* NULL: none is open */
	nf_sink *sink;
	uint64_t before;   /* rows in the files before this one */
	uint64_t flushed;  /* rows of all files at the last flush */
	uint64_t frames;
	uint64_t looked;   /* frames when rows were written last */
	uint64_t bytes;    /* that went to this output */
	nf_saver *saver;   /* NULL: flows get no captures */
	nf_team *team;     /* NULL: there are too few frames yet, or one thread is to do all */
	bool has_written;  /* a file got the name already: it must not be replaced */
};

static nf_status write_to(void *to, const void *bytes, size_t n, nf_error *error)
{
	nf_meter *meter = to;

	if (meter->settings.before_write)
		meter->settings.before_write();
	meter->bytes += n;
	return nf_output_write(meter->output, bytes, n, error);
}

static nf_status open_output(nf_meter *meter, nf_error *error)
{
	const nf_meter_settings *settings = &meter->settings;
	nf_status status = nf_output_open(&meter->output, settings->output, error);

	if (status != NF_OK)
		return status;
	if (settings->store_early)
		nf_output_store_early(meter->output);
	meter->flushed = nf_meter_rows(meter);
	meter->bytes = 0;
	status = nf_sink_new(&meter->sink, settings->format, settings->columns, (nf_writer){write_to, meter}, error);
	if (status == NF_OK && settings->zeek)
		nf_sink_set_zeek(meter->sink, settings->zeek);
	if (status == NF_OK)
		nf_sink_set_overview(meter->sink, settings->overview, nf_engine_stats(meter->engine));
	return status == NF_OK && !settings->no_header ? nf_sink_begin(meter->sink, error) : status;
}

/* What the extras are made of. */
static void want_details(nf_options *options)
{
	nf_decode_options *decode = &options->decode;

	if (options->extras & (NF_EXTRA_DETAIL | NF_EXTRA_PAYLOAD))
		decode->details = true;
	if (options->extras & NF_EXTRA_PAYLOAD && decode->payload_most < PAYLOAD_MOST)
		decode->payload_most = PAYLOAD_MOST;
}

static nf_status start_saving(nf_meter *meter, nf_error *error)
{
	nf_status status = nf_saver_new(&meter->saver, meter->settings.save, error);

	meter->settings.engine.on_packet = nf_saver_packet;
	meter->settings.engine.on_dropped = nf_saver_dropped;
	meter->settings.engine.on_packet_to = meter->saver;
	meter->settings.threads = 1;
	return status;
}

nf_status nf_meter_new(nf_meter **result, const nf_meter_settings *settings, nf_error *error)
{
	nf_meter *meter = calloc(1, sizeof *meter);

	*result = NULL;
	if (!meter)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	meter->settings = *settings;
	meter->settings.engine.extras |= nf_columns_extras(settings->columns);
	want_details(&meter->settings.engine);
	if (settings->zeek || settings->overview)
		meter->settings.threads = 1;
	nf_status status = settings->save ? start_saving(meter, error) : NF_OK;
	if (status == NF_OK)
		status = nf_engine_new(&meter->engine, &meter->settings.engine, error);
	if (status == NF_OK)
		status = open_output(meter, error);
	if (status == NF_OK)
		*result = meter;
	else
		nf_meter_free(meter);
	return status;
}

void nf_meter_free(nf_meter *meter)
{
	if (!meter)
		return;
	nf_team_free(meter->team);
	nf_meter_discard(meter);
	nf_engine_free(meter->engine);
	nf_saver_free(meter->saver);
	free(meter);
}

static nf_status write_ended(nf_meter *meter, nf_error *error)
{
	const nf_flow *flow;
	nf_status status = NF_OK;

	while (status == NF_OK && (flow = nf_engine_take(meter->engine)) != NULL) {
		status = nf_sink_flow(meter->sink, flow, error);
		if (meter->saver)
			nf_saver_flow(meter->saver, flow);
	}
	return status;
}

static void tell_failed_saving(const nf_meter *meter)
{
	nf_error why;

	if (nf_saver_failed(meter->saver, &why) && meter->settings.save_failed)
		meter->settings.save_failed(meter->settings.save_failed_to, &why);
}

static nf_status start_team(nf_meter *meter, nf_error *error)
{
	const nf_meter_settings *s = &meter->settings;
	nf_status status = nf_meter_catch_up(meter, error);

	if (status == NF_OK)
		status = nf_sink_flush(meter->sink, error);
	if (status == NF_OK)
		status = nf_team_new(&meter->team, s->threads, meter->engine, s->format, s->columns, (nf_writer){write_to, meter}, error);
	return status;
}

/* A frame whose bytes somebody wants to keep. */
static nf_status save_frame(nf_meter *meter, const nf_frame *frame, nf_error *error)
{
	const bool has_room = nf_saver_frame(meter->saver, frame, ++meter->frames);
	nf_status status = nf_engine_frame(meter->engine, frame, error);

	if (status == NF_OK && !has_room)
		status = nf_meter_catch_up(meter, error);
	return status;
}

static nf_status save_frames(nf_meter *meter, const nf_frame *frames, size_t n, nf_error *error)
{
	nf_status status = NF_OK;

	for (size_t i = 0; i < n && status == NF_OK; i++)
		status = save_frame(meter, &frames[i], error);
	return status == NF_OK ? write_ended(meter, error) : status;
}

nf_status nf_meter_frames(nf_meter *meter, const nf_frame *frames, size_t n, nf_error *error)
{
	nf_status status = NF_OK;

	nf_sink_frames(meter->sink, frames, n);
	if (meter->saver)
		return save_frames(meter, frames, n, error);
	if (meter->frames >= TEAM_FRAMES && meter->settings.threads > 1 && !meter->team)
		status = start_team(meter, error);
	if (status != NF_OK)
		return status;
	const uint64_t number = meter->frames + 1;
	meter->frames += n;
	if (meter->team)
		return nf_team_frames(meter->team, frames, n, number, error);
	status = nf_engine_frames(meter->engine, frames, n, error);
	if (status != NF_OK || (n > 1 && meter->frames - meter->looked < ROWS_FRAMES))
		return status;
	meter->looked = meter->frames;
	return write_ended(meter, error);
}

nf_status nf_meter_frame(nf_meter *meter, const nf_frame *frame, nf_error *error)
{
	return nf_meter_frames(meter, frame, 1, error);
}

nf_status nf_meter_catch_up(nf_meter *meter, nf_error *error)
{
	if (meter->team)
		return nf_team_drain(meter->team, error);
	nf_status status = nf_engine_flush(meter->engine, error);

	if (status == NF_OK)
		status = write_ended(meter, error);
	if (meter->saver) {
		nf_saver_forget(meter->saver);
		tell_failed_saving(meter);
	}
	return status;
}

nf_status nf_meter_advance(nf_meter *meter, int64_t now_ns, nf_error *error)
{
	nf_status status = nf_meter_catch_up(meter, error);

	if (status == NF_OK)
		status = nf_engine_advance(meter->engine, now_ns, error);
	return status == NF_OK ? nf_meter_catch_up(meter, error) : status;
}

nf_status nf_meter_shift_clock(nf_meter *meter, int64_t by_ns, nf_error *error)
{
	nf_status status = nf_meter_catch_up(meter, error);

	return status == NF_OK ? nf_engine_shift_clock(meter->engine, by_ns, error) : status;
}

nf_status nf_meter_end_flows(nf_meter *meter, nf_error *error)
{
	nf_status status = nf_meter_catch_up(meter, error);

	if (status == NF_OK)
		status = nf_engine_finish(meter->engine, error);
	return status == NF_OK ? nf_meter_catch_up(meter, error) : status;
}

nf_status nf_meter_flush(nf_meter *meter, nf_error *error)
{
	nf_status status = nf_meter_catch_up(meter, error);

	if (status == NF_OK)
		status = nf_sink_flush(meter->sink, error);
	if (status == NF_OK)
		status = nf_output_flush(meter->output, error);
	meter->flushed = nf_meter_rows(meter);
	return status;
}

static void close_sink(nf_meter *meter)
{
	if (meter->sink)
		meter->before += nf_sink_rows(meter->sink);
	nf_sink_free(meter->sink);
	meter->sink = NULL;
}

static nf_status commit_output(nf_meter *meter, char **name, nf_error *error)
{
	nf_output *output = meter->output;
	const bool is_file = nf_output_temporary(output);

	meter->output = NULL;
	if (!meter->has_written && !meter->settings.apart) {
		meter->has_written = is_file;
		return nf_output_commit(output, error);
	}
	nf_status status = nf_output_commit_apart(output, name, error);
	if (*name && strcmp(*name, meter->settings.output) == 0) {
		free(*name);
		*name = NULL;
	}
	return status;
}

nf_status nf_meter_commit(nf_meter *meter, char **name, nf_error *error)
{
	nf_status status = nf_sink_end(meter->sink, error);

	*name = NULL;
	close_sink(meter);
	if (status == NF_OK)
		return commit_output(meter, name, error);
	nf_meter_discard(meter);
	return status;
}

nf_status nf_meter_rotate(nf_meter *meter, char **name, nf_error *error)
{
	*name = NULL;
	if (!nf_output_temporary(meter->output))
		return nf_meter_flush(meter, error);
	nf_status status = nf_meter_commit(meter, name, error);
	return status == NF_OK ? open_output(meter, error) : status;
}

nf_status nf_meter_rotate_to(nf_meter *meter, const char *next, char **name, nf_error *error)
{
	*name = NULL;
	if (!nf_output_temporary(meter->output))
		return nf_meter_flush(meter, error);
	nf_status status = nf_meter_commit(meter, name, error);
	meter->settings.output = next;
	return status == NF_OK ? open_output(meter, error) : status;
}

uint64_t nf_meter_bytes(const nf_meter *meter)
{
	return meter->bytes + (meter->sink ? meter->sink->used : 0);
}

void nf_meter_discard(nf_meter *meter)
{
	close_sink(meter);
	nf_output_discard(meter->output);
	meter->output = NULL;
}

uint64_t nf_meter_rows(const nf_meter *meter)
{
	return meter->before + (meter->sink ? nf_sink_rows(meter->sink) : 0) + (meter->team ? nf_team_rows(meter->team) : 0);
}

uint64_t nf_meter_rows_waiting(const nf_meter *meter)
{
	return nf_meter_rows(meter) - meter->flushed;
}

uint64_t nf_meter_saved(const nf_meter *meter)
{
	return meter->saver ? nf_saver_files(meter->saver) : 0;
}

const nf_stats *nf_meter_stats(const nf_meter *meter)
{
	return nf_engine_stats(meter->engine);
}

const nf_bad_source *nf_meter_bad_source(const nf_meter *meter)
{
	return nf_decoder_bad_source(nf_engine_decoder(meter->engine));
}

const char *nf_meter_temporary(const nf_meter *meter)
{
	return meter->output ? nf_output_temporary(meter->output) : NULL;
}

bool nf_meter_is_interactive(const nf_meter *meter)
{
	return meter->output && nf_output_is_interactive(meter->output);
}
