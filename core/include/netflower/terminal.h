/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file terminal.h
 * What a terminal can show. Part of the programs, not of libnetflower.
 *
 * Reentrant; it reads the environment.
 */
#ifndef NETFLOWER_TERMINAL_H
#define NETFLOWER_TERMINAL_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nf_terminal {
	unsigned width; /**< columns; 0: not known */
	bool colour;    /**< not where NO_COLOR is set, or TERM is dumb */
	bool ascii;     /**< the locale's characters are not UTF-8 */
} nf_terminal;

/** Of a descriptor. One that is no terminal has no colours, and takes UTF-8. */
nf_terminal nf_terminal_of(int descriptor);

#ifdef __cplusplus
}
#endif
#endif
