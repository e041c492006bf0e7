/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file landlock.h
 * Files and folders that can still be opened, by Landlock (landlock(7)), Linux 5.13 and later.
 */
#ifndef NF_CLI_LANDLOCK_H
#define NF_CLI_LANDLOCK_H

#include "sandbox.h"

/** Whether the kernel has it. */
bool landlock_is_there(void);

/** Confines this thread. no_new_privs must be set. @return NF_CAPTURE: it cannot be done */
NF_MUST_CHECK nf_status landlock_enter(const sandbox_needs *needs, nf_error *error);

#endif
