/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file command.h
 * Runs the command of -z for files. A process of its own does that, begun before anything is opened or given up: it has no interface and
 * no file of ours, is told names alone, and can do nothing but run this one command with them. We ourselves then need not start programs.
 */
#ifndef NF_CLI_COMMAND_H
#define NF_CLI_COMMAND_H

#include "rights.h"

typedef struct command command;

/**
 * Begins that process. It becomes the user of @p who and keeps no capability.
 * @param text     a program, looked for in PATH; one argument will be given to it
 * @return NF_NO_MEMORY, NF_DENIED
 */
NF_MUST_CHECK nf_status command_begin(command **command, const char *text, rights *who, nf_error *error);

/** Has the command run with a name, and does not wait for it. A failure is a warning. */
void command_run(command *command, const char *name);

/** The socket to that process. */
int command_socket(const command *command);

/** Ends that process once it has run what it was told; does not wait for it. NULL is allowed. */
void command_end(command *command);

#endif
