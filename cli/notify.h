/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file notify.h
 * Tells a service manager how we are: the datagrams of sd_notify(3), to the socket that NOTIFY_SOCKET names.
 */
#ifndef NF_CLI_NOTIFY_H
#define NF_CLI_NOTIFY_H

#include <glib.h>

/**
 * Takes up what the environment says, and removes it from there: it is not meant for the programs that we start. Once, before any thread
 * begins. Without a service manager everything here does nothing.
 */
void notify_begin(void);

/** Sends one message or several, parted by line feeds: "READY=1\nSTATUS=...". Never waits. */
void notify(const char *message);

/** The socket; -1: nobody is to be told. */
int notify_socket(void);

/** How often to send "WATCHDOG=1", in us: half of the time after which we are taken for dead; 0: nobody waits for it. */
gint64 notify_interval_us(void);

#endif
