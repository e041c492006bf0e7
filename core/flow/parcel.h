/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file parcel.h
 * An ended flow that has left its engine: a copy that another thread may read while the engine goes on.
 */
#ifndef NF_FLOW_PARCEL_H
#define NF_FLOW_PARCEL_H

#include "record.h"

#include <netflower/engine.h>

typedef struct nf_parcel {
	nf_record record;
	nf_features features; /**< as the engine left them, or room for those of a flow that had few packets */
} nf_parcel;

/** Packs the next ended flow, as nf_engine_take() would give it, and forgets it. False: there is none for now. */
bool nf_engine_pack(nf_engine *engine, nf_parcel *parcel);

/** The flow in a parcel. It lives as long as the parcel is not packed anew. */
nf_flow nf_parcel_flow(nf_parcel *parcel);

#endif
