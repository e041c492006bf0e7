/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file export.h
 * What is visible outside the shared library, and compiler attributes.
 */
#ifndef NETFLOWER_EXPORT_H
#define NETFLOWER_EXPORT_H

#if defined(__GNUC__)
#define NF_API __attribute__((visibility("default")))
#define NF_PRINTF(string, first) __attribute__((__format__(__printf__, string, first)))
#define NF_MUST_CHECK __attribute__((warn_unused_result))
#else
#define NF_API
#define NF_PRINTF(format, first)
#define NF_MUST_CHECK
#endif

#endif
