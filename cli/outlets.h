/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file outlets.h
 * The outputs of a run at work: each has a meter of its own, so its own engine, and gets every frame.
 *
 * Where a function fails, the run is over, and the outputs that are not whole yet can only be given up.
 */
#ifndef NF_CLI_OUTLETS_H
#define NF_CLI_OUTLETS_H

#include "command.h"
#include "options.h"
#include "ring.h"

#include <netflower/labels.h>
#include <netflower/meter.h>
#include <netflower/overview.h>
#include <netflower/settings.h>

typedef struct outlet {
	const cli_output *output;
	nf_columns *columns;
	nf_zeek_log zeek; /**< of the formats zeek and zeek-json */
	nf_overview_options overview; /**< of summary and summary-json */
	nf_meter *meter;
	ring *ring;       /**< NULL: one file with one name */
} outlet;

typedef struct outlets {
	const cli_options *options;
	outlet all[OUTPUTS_MOST]; /**< as options->outputs */
	unsigned n;
	nf_labels *labels;        /**< NULL: none */
} outlets;

/** All that can fail before the outputs are opened. All zero before. To be freed with outlets_free(), on failure too. */
NF_MUST_CHECK nf_status outlets_prepare(outlets *outlets, const cli_options *options, nf_error *error);

/** Opens them. @param told  of each file that is whole; NULL: nobody */
NF_MUST_CHECK nf_status outlets_open(outlets *outlets, command *told, nf_error *error);
void outlets_free(outlets *outlets);

/** As the functions of meter.h, for all of them. */
NF_MUST_CHECK nf_status outlets_frames(outlets *outlets, const nf_frame *frames, size_t n, nf_error *error);
NF_MUST_CHECK nf_status outlets_catch_up(outlets *outlets, nf_error *error);
NF_MUST_CHECK nf_status outlets_advance(outlets *outlets, int64_t now_ns, nf_error *error);
NF_MUST_CHECK nf_status outlets_shift_clock(outlets *outlets, int64_t by_ns, nf_error *error);
NF_MUST_CHECK nf_status outlets_end_flows(outlets *outlets, nf_error *error);

/** Makes rows that wait readable, everywhere or only where somebody waits for them. */
NF_MUST_CHECK nf_status outlets_flush(outlets *outlets, bool everywhere, nf_error *error);

/** Ends the files and begins the next ones: all, or those that have had their time or size. */
NF_MUST_CHECK nf_status outlets_rotate(outlets *outlets, bool all, nf_error *error);

/**
 * Ends all flows and the files, and gives these their names; one that fails keeps none of the others from being whole.
 * @param input_failed  where there were no frames then, the files are given up instead
 * @return the first failure
 */
NF_MUST_CHECK nf_status outlets_finish(outlets *outlets, bool input_failed, nf_error *error);

/** Whether a file has had its time or size, and when that must be looked at again, as g_get_monotonic_time(). */
bool outlets_rotation_is_due(const outlets *outlets);
gint64 outlets_rotation_due_us(const outlets *outlets);

/** Rows of all of them, written and not yet readable, and flows alive. */
uint64_t outlets_rows(const outlets *outlets);
uint64_t outlets_rows_waiting(const outlets *outlets);
uint64_t outlets_alive(const outlets *outlets);

/** Whether somebody waits for rows. */
bool outlets_are_interactive(const outlets *outlets);

/** Whether one of them used a frame. */
bool outlets_used(const outlets *outlets);

/** Of the first: the frames are the same for all. */
const nf_stats *outlets_stats(const outlets *outlets);

#endif
