/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file wiretap_library.h
 * libwiretap, loaded when the first capture needs it. It brings a dozen other libraries: to load them takes longer than most captures take,
 * and 3 MiB that a sensor never needs.
 */
#ifndef NETFLOWER_SOURCE_WIRETAP_LIBRARY_H
#define NETFLOWER_SOURCE_WIRETAP_LIBRARY_H

#include <wiretap/wtap.h>
#include <wsutil/wslog.h>

/** Its functions, by their names. */
typedef struct nf_wiretap_library {
#define NF_WIRETAP(function) __typeof__(function) *function;
#include "wiretap_library.def"
#undef NF_WIRETAP
} nf_wiretap_library;

/** They may be called once nf_wiretap_load() has returned true. */
extern nf_wiretap_library nf_wiretap;

/**
 * Loads the library that this build was made for, and sets it up unless the program has done so; from the second call on it only tells
 * whether it is there. Any thread may call it.
 * @param why  NULL, or set to the reason where false is returned; static
 */
bool nf_wiretap_load(const char **why);

#endif
