/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file netflower.h
 * libnetflower: packets to flows, flows to numbers. docs/LIBRARY.md has an example.
 */
#ifndef NETFLOWER_H
#define NETFLOWER_H

#include <netflower/batch.h>
#include <netflower/columns.h>
#include <netflower/decoder.h>
#include <netflower/engine.h>
#include <netflower/error.h>
#include <netflower/flow.h>
#include <netflower/frame.h>
#include <netflower/live.h>
#include <netflower/packet.h>
#include <netflower/profile.h>
#include <netflower/sink.h>
#include <netflower/zeek.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the library that is linked, "MAJOR.MINOR.PATCH". Static. */
NF_API const char *nf_version(void);

#ifdef __cplusplus
}
#endif
#endif
