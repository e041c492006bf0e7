/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file run.h
 * One run over captures: from the source to the outputs, and what is said about it.
 */
#ifndef NF_CLI_RUN_H
#define NF_CLI_RUN_H

#include "command.h"
#include "options.h"
#include "outlets.h"
#include "progress.h"
#include "rights.h"
#include "watch.h"

#include <netflower/devices.h>
#include <netflower/filter.h>
#include <netflower/meter.h>
#include <netflower/settings.h>
#include <netflower/source.h>

/** Exit statuses. */
enum { EXIT_USAGE = 1, EXIT_INPUT = 2, EXIT_OUTPUT = 3, EXIT_CAPTURE = 4, EXIT_UNUSED = 5 };

/** How late rows are, live; ns of nf_devices_clock(). */
typedef struct lag {
	int64_t settled_ns;    /**< flows that were over then are rows */
	int64_t since_ns;      /**< rows wait to be readable whose flows were over after this; 0: none */
	uint64_t rows;         /**< counted so far */
	int64_t lately_ns;     /**< the most since the last summary */
	int64_t most_ns;
} lag;

typedef struct run {
	const cli_options *options;
	outlets outlets;
	nf_filter *filter;     /**< NULL: none */
	nf_source *source;     /**< NULL when capturing */
	nf_devices *devices;   /**< NULL when reading files */
	nf_output *statistics; /**< of --stats-json; NULL: none */
	watch *watch;
	bool may_wait;         /**< a capture is no regular file: reading it may wait for a writer */
	bool show_progress;

	bool over;             /**< no more frames are wanted */
	bool stopped;          /**< by a signal */
	bool input_failed;
	bool capture_failed;   /**< an interface was lost */
	nf_status failed;      /**< not of the input: what ends the run */
	nf_error why;

	uint64_t taken;        /**< frames that count for -c */
	bool has_first;        /**< a frame with a time was there; last_ns is then the latest time wanted */
	int64_t last_ns;
	uint64_t file_frames;  /**< of the capture that is read now */
	uint64_t bytes_done;   /**< of the captures that are read */
	uint32_t link;         /**< of the last packet */
	GHashTable *links;     /**< names of the link types met */
	int64_t start_us;
	progress progress;
	char *live_filter;     /**< of the interfaces */
	rights *rights;        /**< who captures; NULL when reading files */
	command *command;      /**< of -z; NULL: none */
	lag lag;               /**< of the rows, live */
} run;

/** What ends the run: not the fault of a capture. NF_OK is nothing. */
void run_fail(run *r, nf_status status);

/** Does work of signals.h, and for the rows what it needs. */
void run_work(run *r, unsigned work);

/** The filter's text, to be freed with g_free(); NULL with NF_OK: there is none. */
nf_status run_filter_text(run *r, char **text);

/** Opens the interfaces, and gives up the rights that only this needs. */
nf_status live_open(run *r);

/** Goes into the sandbox, with the outputs open, and tells the service manager that all is ready. */
nf_status live_confine(run *r);

/** Says what to do where an output could not be made for want of rights. */
void live_explain_output(const run *r);

/** Frees what live_open() made. */
void live_free(run *r);

/** Captures until that is over. */
void live_run(run *r);

/** Does what the options ask for. @return the exit status */
int run_captures(const cli_options *options);

/** Seconds since the start of the run. */
double run_seconds(const run *r);

/** Prints the summary so far. May be called by the watcher while the main thread reads. */
void report_so_far(run *r);

/** Prints the summary and the warnings, unless they are not wanted, and why nothing was used. */
void report_end(run *r);

/** Writes the file of --stats-json. Frees r->statistics. */
nf_status report_statistics(run *r, nf_error *error);

/** Prints what the option -v has to say of the capture just read. */
void report_capture(const run *r, const nf_source_info *info);

/** Prints the line of progress. */
void report_progress(run *r);

/** Says what was wrong with a capture. */
void report_fault(const run *r, const nf_error *error);

#endif
