/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file options.h
 * The command line: the table of options, and what a user asked for.
 */
#ifndef NF_CLI_OPTIONS_H
#define NF_CLI_OPTIONS_H

#include <netflower/columns.h>
#include <netflower/engine.h>
#include <netflower/source.h>

#include <glib.h>

#include <stdio.h>

typedef enum option_id {
#define NF_OPTION(id, short_name, long_name, takes, argument, complete, section, state, help, doc) OPTION_##id,
#include "options.def"
#undef NF_OPTION
	OPTION_COUNT_ALL
} option_id;

typedef enum option_takes { TAKES_NOTHING, TAKES_VALUE, TAKES_MANY, TAKES_MAYBE } option_takes;
typedef enum option_section { SECTION_INPUT, SECTION_OUTPUT, SECTION_FLOWS, SECTION_MESSAGES, SECTIONS } option_section;
typedef enum option_state { STATE_NOW, STATE_LATER } option_state;

/** A row of options.def. */
typedef struct option_row {
	option_id id;
	char short_name; /**< 0: none */
	const char *long_name;
	option_takes takes;
	const char *argument;
	option_section section;
	option_state state;
	const char *help;
} option_row;

extern const option_row option_table[OPTION_COUNT_ALL];

/** The row with that name; NULL: there is none. @a long_name has @a n characters. */
const option_row *option_by_long(const char *long_name, size_t n);
const option_row *option_by_short(char short_name);

/** An output: what -T and the -w behind it say. */
typedef struct cli_output {
	char *name;         /**< "-": standard output */
	const char *format; /**< of nf_sink_format_name() */
	bool of_zeek;       /**< the format is of connections of the profile zeek */
	nf_options engine;
	nf_columns_options columns; /**< all that columns are made of */
} cli_output;

enum { OUTPUTS_MOST = 8 };

/** What the user asked for. */
typedef struct cli_options {
	GPtrArray *files;    /**< char *, at least one unless only something is told, or interfaces are given */
	GPtrArray *interfaces; /**< char *, to capture from; without any, files are read */
	GPtrArray *outputs;  /**< cli_output *, at least one */
	char *filter;        /**< NULL: none */
	char *filter_file;
	char *columns;       /**< NULL: the profile's */
	bool no_header;
	char *stats_json;    /**< NULL: none */
	char *local_nets;    /**< NULL: the default */
	bool zeek_vlan, zeek_community; /**< fields to be added to conn.log */
	char *labels;        /**< file of rules; NULL: none */
	char *label_default;
	char *save_pcap;     /**< folder for a capture of each flow; NULL: none */
	char *list_format;   /**< "csv", "json", or NULL */
	uint64_t max_frames; /**< UINT64_MAX: no limit */
	int64_t max_ns;      /**< -1: no limit */
	nf_source_reader reader;
	unsigned threads;    /**< 0: as many as there are processors */
	char *time_stamp_type; /**< NULL: the host's */
	unsigned snapshot_length, buffer_mib; /**< 0: the default */
	int64_t stats_interval_ns; /**< 0: only at the end */
	int64_t ring_duration_ns, ring_interval_ns; /**< of -b; 0: no such limit */
	uint64_t ring_bytes;   /**< of -b; 0: no such limit */
	unsigned ring_files;   /**< 0: all stay */
	char *post_command;    /**< of -z; NULL: none */
	char *user;            /**< to become; NULL: not told */
	bool sandbox, no_sandbox; /**< asked for; neither: where it can be had */
	bool list_interfaces, wait, own_only, monitor, immediate;
	bool per_file, quiet, verbose, progress, list_columns, list_profiles, version, help;
	nf_options engine;   /**< as given; what an output makes of it is the output's */
	char *texts[OPTION_COUNT_ALL]; /**< values given, as they are; the pointers above are some of them */
	unsigned char given[OPTION_COUNT_ALL];
} cli_options;

/**
 * Reads the command line, argument files (@FILE) included, and checks it.
 * @param error  on failure what is wrong with it
 * @return to be freed with options_free(); NULL on failure
 */
cli_options *options_read(char **argv, GError **error);
void options_free(cli_options *options);

/**
 * The words of the command line behind the program's name, as GLib's parser takes them: argument files put in their places, values
 * attached to short options made words of their own (-c10). Names that are not in the table, options that are not there yet and
 * values missing or too many are found here.
 * @return to be freed with g_strfreev(); NULL on failure
 */
char **options_words(char **argv, GError **error);

/** What no single option shows: contradictions, things missing, files that are input and output. */
bool options_check(cli_options *options, GError **error);

/** Output number @p i. */
static inline const cli_output *options_output(const cli_options *options, size_t i)
{
	return g_ptr_array_index(options->outputs, i);
}

/** A value of -T, and one of -w: each -T begins an output, whose name is that of the -w behind it. */
bool outputs_take_format(cli_options *options, const char *format, GError **error);
bool outputs_take_name(cli_options *options, const char *option, const char *name, GError **error);

/** With all options read: what each output is made of. There is at least one then. */
bool outputs_settle(cli_options *options, GError **error);

void outputs_free(cli_options *options);

/** Sets an error about the command line. @return false */
bool options_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Prints what --help shows. */
void help_print(FILE *to);

/** Prints what -D shows. */
nf_status list_interfaces_print(FILE *to, nf_error *error);

/** Prints what --list-columns shows. @param columns as for rows; NULL: all of the default profile. */
nf_status list_columns_print(FILE *to, const nf_columns_options *columns, const char *format, nf_error *error);

/** Prints what --list-profiles shows. */
void list_profiles_print(FILE *to);

#endif
