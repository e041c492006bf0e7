/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tap.h
 * tshark -z netflower,csv
 */
#ifndef NF_PLUGIN_TAP_H
#define NF_PLUGIN_TAP_H

/** Makes -z netflower,csv and the help of -z netflower known. */
void tap_register(void);

#endif
