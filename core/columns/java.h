/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file java.h
 * Texts as CICFlowMeter writes them. Every function writes at @p out, without a closing NUL, and returns the end of what it wrote.
 */
#ifndef NF_COLUMNS_JAVA_H
#define NF_COLUMNS_JAVA_H

#include <netflower/packet.h>

/**
 * A double as Double.toString() of JDK 19 and later: the fewest digits that read back as the same double, at least one of them behind the
 * point; from 1e-3 to below 1e7 without an exponent, else as in "1.0E-5"; "NaN", "Infinity". Needs room for NF_NUMBER_MAX characters.
 */
char *nf_put_java(char *out, double value);

/** A key as "10.0.0.1-10.0.0.2-1000-80-6", side @p first first. Needs room for 96 characters. */
char *nf_put_key(char *out, const nf_key *key, int first);

#endif
