/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file parcel.h
 * An ended flow that has left its engine: a copy that another thread may read while the engine goes on.
 */
#ifndef NF_FLOW_PARCEL_H
#define NF_FLOW_PARCEL_H

#include "record.h"

#include <netflower/engine.h>

/** Made by whoever needs one, with nf_engine_parcel_bytes() bytes, aligned to 16. */
typedef struct nf_parcel {
	const struct nf_model *model;
	const nf_options *options;
	nf_text *text;
	unsigned char *numbers; /**< as the engine left them, or room for those of a flow that had few packets */
	_Alignas(16) unsigned char bytes[];
} nf_parcel;

/** Bytes of a parcel; a multiple of 16. */
size_t nf_engine_parcel_bytes(const nf_engine *engine);

/** Packs the next ended flow, as nf_engine_take() would give it, and forgets it. False: there is none for now. */
bool nf_engine_pack(nf_engine *engine, nf_parcel *parcel);

/** The decoder of nf_engine_frame(). Whoever makes batches instead may use it, as it does not belong to what the engine works with. */
nf_decoder *nf_engine_decoder(nf_engine *engine);

/** The flow in a parcel. It lives as long as the parcel is not packed anew. */
nf_flow nf_parcel_flow(nf_parcel *parcel);

#endif
