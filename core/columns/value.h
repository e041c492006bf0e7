/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file value.h
 * A value as text, for sinks.
 */
#ifndef NF_COLUMNS_VALUE_H
#define NF_COLUMNS_VALUE_H

#include <netflower/columns.h>

/**
 * Writes a value that is no text at @p out, at most NF_VALUE_PRINT_MAX characters and no closing NUL. Returns the end of what it wrote; for a
 * text, @p out.
 */
char *nf_put_value(char *out, const nf_value *value);

#endif
