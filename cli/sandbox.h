/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file sandbox.h
 * What nf-cli can still do once it captures: a list of system calls (libseccomp), and a list of folders (Landlock, where the kernel has it).
 * docs/LIVE.md says what is confined and what is not.
 */
#ifndef NF_CLI_SANDBOX_H
#define NF_CLI_SANDBOX_H

#include <netflower/error.h>

#include <stdbool.h>
#include <stddef.h>

enum { SANDBOX_FOLDERS = 18, SANDBOX_SOCKETS = 2 };

/** What is needed from now on. */
typedef struct sandbox_needs {
	const char *folders[SANDBOX_FOLDERS]; /**< n_folders: new files are made in them and below; NULL entries are left out */
	size_t n_folders;
	bool appends;  /**< files there are opened again, and looked for (--save-pcap) */
	bool reopens;  /**< interfaces are opened */
	int sockets[SANDBOX_SOCKETS]; /**< that are sent to; -1: none */
} sandbox_needs;

/** In words, for --version: what there is. Static. */
const char *sandbox_words(void);

/** Whether there is a sandbox, and nothing that it would disturb. @param why_not  static; "" where it is so */
bool sandbox_is_usual(const char **why_not);

/** No program that we start gets more rights than we have. Without a sandbox too. */
void sandbox_no_new_rights(void);

/**
 * Goes into the sandbox, for good; all threads begun later are in it. A system call that is not allowed fails with EPERM, and the first
 * one of each kind is said.
 * @param with  in words what confines: "system calls, files"; static
 * @return NF_CAPTURE: this build or this system has none
 */
NF_MUST_CHECK nf_status sandbox_enter(const sandbox_needs *needs, const char **with, nf_error *error);

/** Whether files are confined to the folders given. */
bool sandbox_confines_files(void);

#endif
