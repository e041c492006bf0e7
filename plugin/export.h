/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file export.h
 * Statistics ▸ Netflower: Export CSV…, and the packets of a flow.
 */
#ifndef NF_PLUGIN_EXPORT_H
#define NF_PLUGIN_EXPORT_H

/** Makes the menu. */
void export_register(int protocol);

#endif
