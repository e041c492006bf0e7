/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file meter.h
 * Engine, columns, sink and output as one thing: frames go in, a file of rows comes out. Part of the programs, not of libnetflower.
 *
 * After a failure a meter can only be asked for its numbers and freed.
 * Thread rule: a meter belongs to one thread at a time.
 */
#ifndef NETFLOWER_METER_H
#define NETFLOWER_METER_H

#include <netflower/columns.h>
#include <netflower/engine.h>
#include <netflower/output.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a meter is made from. Strings and columns must outlive the meter. */
typedef struct nf_meter_settings {
	nf_options engine;
	const nf_columns *columns;
	bool no_header;     /**< nothing stands before the first row */
	const char *format; /**< of nf_sink_format_name() */
	const char *output; /**< as for nf_output_open() */
	unsigned threads;     /**< at most so many work, the caller's included; 0 and 1: only that one. The bytes are the same for any number. */
	bool store_early;     /**< see nf_output_store_early() */
	bool apart;           /**< the first file, too, replaces nothing */
	const nf_zeek_log_options *zeek; /**< of the formats zeek and zeek-json, whose rows one thread writes; NULL: none */
	const struct nf_overview_options *overview; /**< of the formats summary and summary-json, which one thread makes; NULL: none */
	const char *save; /**< a folder that gets a capture of each flow, see core/sink/save.h; then one thread does all. NULL: none */
	void (*save_failed)(void *to, const nf_error *why); /**< called once when these captures cannot be written any more; rows go on */
	void *save_failed_to;
	void (*before_write)(void); /**< called before bytes go to the output, by any of the threads; NULL: nothing */
} nf_meter_settings;

typedef struct nf_meter nf_meter;

/** A new meter, to be freed with nf_meter_free(). The output is open then, and what stands before the first row is written. */
NF_MUST_CHECK nf_status nf_meter_new(nf_meter **meter, const nf_meter_settings *settings, nf_error *error);

/** Frees. What has not been committed is given up, the temporary file removed. NULL is allowed. */
void nf_meter_free(nf_meter *meter);

/** Gives one frame, and writes the rows of the flows that ended by it. */
NF_MUST_CHECK nf_status nf_meter_frame(nf_meter *meter, const nf_frame *frame, nf_error *error);

/** The same for several frames in their order, at less cost: rows may wait for later frames, or for nf_meter_catch_up(). */
NF_MUST_CHECK nf_status nf_meter_frames(nf_meter *meter, const nf_frame *frames, size_t n, nf_error *error);

/** Works on every frame given so far and writes the rows of the flows that ended. */
NF_MUST_CHECK nf_status nf_meter_catch_up(nf_meter *meter, nf_error *error);

/** As nf_engine_advance(), and writes the rows of the flows that end by it. */
NF_MUST_CHECK nf_status nf_meter_advance(nf_meter *meter, int64_t now_ns, nf_error *error);

/** As nf_engine_shift_clock(). */
NF_MUST_CHECK nf_status nf_meter_shift_clock(nf_meter *meter, int64_t by_ns, nf_error *error);

/** Ends all flows and writes their rows. More frames may follow; they start flows of their own. */
NF_MUST_CHECK nf_status nf_meter_end_flows(nf_meter *meter, nf_error *error);

/** Makes the rows so far readable to others. */
NF_MUST_CHECK nf_status nf_meter_flush(nf_meter *meter, nf_error *error);

/**
 * Ends the file and goes on in a new one; an output that is no file is flushed only. The second file and those after it get names of
 * their own (nf_output_commit_apart()).
 * @param name  as in nf_meter_commit()
 */
NF_MUST_CHECK nf_status nf_meter_rotate(nf_meter *meter, char **name, nf_error *error);

/**
 * As nf_meter_rotate(), and the next file has another name. An output that is no file is flushed, and stays.
 * @param next  must outlive the meter, or the next call of this
 */
NF_MUST_CHECK nf_status nf_meter_rotate_to(nf_meter *meter, const char *next, char **name, nf_error *error);

/** Bytes of this file so far, before compression. */
uint64_t nf_meter_bytes(const nf_meter *meter);

/**
 * Ends the file and gives it its name. Flows that are open are not written: see nf_meter_end_flows().
 * @param name  the name that it got, to be freed with free(), where that is not the one of the settings; else NULL
 */
NF_MUST_CHECK nf_status nf_meter_commit(nf_meter *meter, char **name, nf_error *error);

/** Gives up the file. */
void nf_meter_discard(nf_meter *meter);

/** Rows of all files, and those of this file that have not been flushed. */
uint64_t nf_meter_rows(const nf_meter *meter);
uint64_t nf_meter_rows_waiting(const nf_meter *meter);

/** Captures of flows that have their names. */
uint64_t nf_meter_saved(const nf_meter *meter);

/** As nf_engine_stats(). */
const nf_stats *nf_meter_stats(const nf_meter *meter);

/** As nf_decoder_bad_source(), of the engine's decoder. */
const nf_bad_source *nf_meter_bad_source(const nf_meter *meter);

/** As nf_output_temporary(); NULL where no file is open. */
const char *nf_meter_temporary(const nf_meter *meter);

/** As nf_output_is_interactive(). */
bool nf_meter_is_interactive(const nf_meter *meter);

#ifdef __cplusplus
}
#endif
#endif
