/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file host.h
 * The program that the plugin is in.
 */
#ifndef NF_PLUGIN_HOST_H
#define NF_PLUGIN_HOST_H

#include <netflower/export.h>

#include <stdbool.h>

/** True in Wireshark, false in tshark and the other programs without windows. */
bool host_has_windows(void);

/**
 * Says that what the user asked for cannot be done: in tshark a line on standard error and exit status 1, as tshark's own statistics do
 * it; in Wireshark a box, and the function returns.
 */
void host_fail(const char *format, ...) NF_PRINTF(1, 2);

#endif
