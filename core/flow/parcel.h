/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file parcel.h
 * An ended flow that has left its engine: a copy that another thread may read while the engine goes on.
 */
#ifndef NF_FLOW_PARCEL_H
#define NF_FLOW_PARCEL_H

#include "record.h"

#include <netflower/engine.h>

/**
 * How the parcels of an engine are made: the record with its extra, the numbers or room for those of a flow that had few packets, room for texts.
 * The engine's thread writes no more of one than the flow has, for what goes from one processor to another costs more than all that is done to it.
 */
typedef struct nf_parcel_form {
	const struct nf_model *model;
	const nf_options *options;
	size_t record_bytes, numbers_bytes;
	size_t bytes; /**< of a parcel: whole cache lines */
} nf_parcel_form;

enum { NF_PARCEL_ALIGNMENT = 64 };

/** The form of an engine's parcels, for as long as there is the engine. */
nf_parcel_form nf_engine_parcel_form(const nf_engine *engine);

/** Packs the next ended flow, as nf_engine_take() would give it, and forgets it. @param parcel  of the form, aligned. False: there is none for now. */
bool nf_engine_pack(nf_engine *engine, void *parcel);

/** The decoder of nf_engine_frame(). Whoever makes batches instead may use it, as it does not belong to what the engine works with. */
nf_decoder *nf_engine_decoder(nf_engine *engine);

/** The flow in a parcel. It lives as long as the parcel is not packed anew. */
nf_flow nf_parcel_flow(const nf_parcel_form *form, void *parcel);

#endif
