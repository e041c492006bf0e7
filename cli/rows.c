/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rows.h"

#include "say.h"
#include "signals.h"

#include <netflower/sink.h>

#include <stdlib.h>
#include <string.h>

enum { ABORT_PLACE = 0 };

static nf_status open_output(rows *r, nf_error *error)
{
	nf_status status = nf_output_open(&r->output, r->name, error);

	if (status != NF_OK)
		return status;
	signals_remove_on_abort(ABORT_PLACE, nf_output_temporary(r->output));
	r->flushed = 0;
	status = nf_sink_new(&r->sink, r->format, r->columns, nf_output_writer(r->output), error);
	return status == NF_OK ? nf_sink_begin(r->sink, error) : status;
}

nf_status rows_open(rows *r, const char *name, const char *format, const nf_columns *columns, nf_error *error)
{
	*r = (rows){.name = name, .format = format, .columns = columns};
	nf_status status = open_output(r, error);
	if (status != NF_OK)
		rows_discard(r);
	return status;
}

nf_status rows_flush(rows *r, nf_error *error)
{
	nf_status status = nf_sink_flush(r->sink, error);

	if (status == NF_OK)
		status = nf_output_flush(r->output, error);
	r->flushed = nf_sink_rows(r->sink);
	return status;
}

static void close_sink(rows *r)
{
	if (r->sink)
		r->before += nf_sink_rows(r->sink);
	nf_sink_free(r->sink);
	r->sink = NULL;
}

static nf_status commit_output(rows *r, nf_error *error)
{
	nf_output *output = r->output;
	const bool is_file = nf_output_temporary(output);
	char *name = NULL;
	nf_status status;

	r->output = NULL;
	if (r->has_written)
		status = nf_output_commit_apart(output, &name, error);
	else
		status = nf_output_commit(output, error);
	signals_remove_on_abort(ABORT_PLACE, NULL);
	r->has_written = r->has_written || is_file;
	if (name && strcmp(name, r->name) != 0)
		say("%s of this run is still there: the rows after it are in %s", r->name, name);
	free(name);
	return status;
}

nf_status rows_commit(rows *r, nf_error *error)
{
	nf_status status = nf_sink_end(r->sink, error);

	close_sink(r);
	if (status == NF_OK)
		return commit_output(r, error);
	rows_discard(r);
	return status;
}

nf_status rows_rotate(rows *r, nf_error *error)
{
	if (!nf_output_temporary(r->output))
		return rows_flush(r, error);
	nf_status status = rows_commit(r, error);
	return status == NF_OK ? open_output(r, error) : status;
}

void rows_discard(rows *r)
{
	close_sink(r);
	nf_output_discard(r->output);
	r->output = NULL;
	signals_remove_on_abort(ABORT_PLACE, NULL);
}

uint64_t rows_count(const rows *r)
{
	return r->before + (r->sink ? nf_sink_rows(r->sink) : 0);
}
