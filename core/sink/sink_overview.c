/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in a capture: frames and flows are counted, and all is written at the end, as a screen or as JSON. */
#include "sink_internal.h"

#include "overview/overview_internal.h"

#include <stdlib.h>

typedef struct state {
	nf_overview *overview;
	nf_stats before; /* of the engine, when the sink was told of it */
} state;

static const nf_overview_options defaults;

/* The state, made when it is first needed; NULL: out of memory, which the end tells. */
static state *state_of(nf_sink *sink)
{
	state *s = sink->state;

	if (!s)
		s = sink->state = calloc(1, sizeof *s);
	if (s && !s->overview)
		s->overview = nf_overview_new();
	return s && s->overview ? s : NULL;
}

static void free_state(nf_sink *sink)
{
	state *s = sink->state;

	if (s)
		nf_overview_free(s->overview);
	free(s);
}

static void frame(nf_sink *sink, const nf_frame *its)
{
	const state *s = state_of(sink);

	if (s)
		nf_overview_frame(s->overview, its);
}

static nf_status flow(nf_sink *sink, const nf_flow *its, nf_error *error)
{
	const state *s = state_of(sink);

	if (!s)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	nf_overview_flow(s->overview, its);
	return NF_OK;
}

static nf_telling telling_of(const nf_sink *sink, const state *s)
{
	nf_telling telling = {.overview = s->overview, .options = sink->overview.options ? sink->overview.options : &defaults};
	const nf_stats *now = sink->overview.stats;

	if (!now)
		return telling;
	telling.has_stats = true;
	telling.stats.frames = now->frames - s->before.frames;
	telling.stats.used = now->used - s->before.used;
	for (int i = 0; i < NF_SKIP_COUNT; i++)
		telling.stats.skipped[i] = now->skipped[i] - s->before.skipped[i];
	return telling;
}

static nf_status end(nf_sink *sink, nf_error *error, char *(*tell)(const nf_telling *telling))
{
	const state *s = state_of(sink);

	if (!s)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	const nf_telling telling = telling_of(sink, s);
	char *text = tell(&telling);
	const size_t n = text ? strlen(text) : 0;
	const nf_status status = text ? nf_sink_room(sink, n, error) : nf_fail(error, NF_NO_MEMORY, "out of memory");

	if (status == NF_OK) {
		memcpy(sink->buffer + sink->used, text, n);
		sink->used += n;
	}
	free(text);
	return status;
}

static nf_status end_text(nf_sink *sink, nf_error *error)
{
	return end(sink, error, nf_overview_text);
}

static nf_status end_json(nf_sink *sink, nf_error *error)
{
	return end(sink, error, nf_overview_json);
}

static const nf_sink_format *const ours[] = {&nf_sink_summary, &nf_sink_summary_json};

void nf_sink_set_overview(nf_sink *sink, const nf_overview_options *options, const nf_stats *stats)
{
	sink->overview.options = options;
	sink->overview.stats = stats;
	if (sink->format != ours[0] && sink->format != ours[1])
		return;
	state *s = state_of(sink);

	if (s && stats)
		s->before = *stats;
}

const nf_sink_format nf_sink_summary = {.end = end_text, .flow = flow, .frame = frame, .free = free_state, .of_zeek = true};
const nf_sink_format nf_sink_summary_json = {.end = end_json, .flow = flow, .frame = frame, .free = free_state, .of_zeek = true};
