/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file arguments.h
 * The text of a -z: netflower,FORMAT[,KEY=VALUE]...[,FILE[,FILTER]]
 */
#ifndef NF_PLUGIN_ARGUMENTS_H
#define NF_PLUGIN_ARGUMENTS_H

#include <netflower/columns.h>
#include <netflower/engine.h>

/** What the user asked for. Strings are the arguments' own. */
typedef struct arguments {
	char *text;   /**< all of it */
	char *values; /**< where the strings below are */
	nf_options engine;
	nf_columns_options columns_options;
	bool has_zone; /**< in them, by name */
	bool zeek_vlan, zeek_community; /**< fields to be added to conn.log */
	char *local_nets; /**< as for nf_zeek_log_open(), to be freed; NULL: the default */
	bool no_header;
	nf_columns *columns;
	const char *format; /**< of nf_sink_format_name() */
	const char *file;   /**< "-": standard output */
	const char *filter; /**< a display filter; NULL: none */
	bool summary;
	bool help;      /**< the syntax is asked for, nothing else is set */
	uint64_t given; /**< which keys were given, as bits */
} arguments;

/**
 * Reads the text.
 * @param args  to be cleared with arguments_clear(), on failure too
 * @return NF_ARGUMENT: the text says what is wrong and what is taken
 */
NF_MUST_CHECK nf_status arguments_parse(arguments *args, const char *text, nf_error *error);
void arguments_clear(arguments *args);

/** Prints the syntax on standard output. */
void arguments_print_help(void);

#endif
