/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file model.h
 * What a profile is to the engine: a life, which says to what flow a packet belongs and when flows end, and the numbers that are kept of
 * one. A life works with the engine by engine_internal.h.
 */
#ifndef NF_FLOW_MODEL_H
#define NF_FLOW_MODEL_H

#include "record.h"

#include <netflower/decoder.h>
#include <netflower/engine.h>

#include <stddef.h>

/** A packet whose turn comes. */
typedef struct nf_turn {
	const nf_packet *packet;
	const nf_detail *detail; /**< NULL: none is kept */
	int64_t ts_ns;  /**< the packet's, by the engine's clock */
	nf_key key;     /**< the packet's, lower end first */
	nf_record *guess; /**< most likely the record of its key, see nf_engine_find(); never NULL */
	uint32_t hash;
	uint8_t sender; /**< the end of the key that sent it */
	bool is_loop;   /**< both ends are the same, so there is no other direction */
} nf_turn;

/** How flows live. False from any of these: out of memory. */
typedef struct nf_life {
	/** Makes what the life keeps for an engine, at engine->life. */
	bool (*begin)(nf_engine *engine);
	void (*clear)(nf_engine *engine);
	/** Packets, each in its turn. */
	bool (*turns)(nf_engine *engine, const nf_turn *turns, size_t n);
	/** Ends what has its limit before now. */
	bool (*expire)(nf_engine *engine, int64_t now_ns);
	/** Ends all flows in order of their first packets. The table is emptied by the engine afterwards. */
	void (*finish)(nf_engine *engine);
	/** Takes one record out of the table to make room: the flow idle longest, or the oldest mark where there are more marks than flows. */
	bool (*evict)(nf_engine *engine);
	/** A record of the table lies elsewhere now: its timers must be set anew. */
	bool (*moved)(nf_engine *engine, nf_record *record);
	/** Bytes of the timers. */
	size_t (*timer_bytes)(const nf_engine *engine);
} nf_life;

/** What is kept of a flow's packets. The numbers of a flow are one piece of memory without pointers. */
typedef struct nf_numbers {
	size_t bytes; /**< a multiple of 16 */
	bool replays; /**< flows of up to NF_FEW packets keep these instead; add() must do without a detail then */
	void (*init)(void *numbers);
	/** @param detail  NULL: none is kept */
	void (*add)(void *numbers, const nf_brief *brief, const nf_detail *detail);
	uint64_t (*packets)(const void *numbers);
	/** Adds to the times that are told; gaps stay. */
	void (*shift)(void *numbers, int64_t by_ns);
} nf_numbers;

typedef struct nf_model {
	const nf_life *life;
	const nf_numbers *numbers;
	nf_limits limits;      /**< for captures from files */
	nf_limits live_limits;
	bool first_fin_closes; /**< nf_life_netflower: any FIN ends its flow, not only those of both sides */
	bool keeps_single;     /**< nf_life_cic: flows of one packet are rows */
	bool wants_details;    /**< its numbers need nf_detail */
} nf_model;

#define NF_PROFILE(id, name, model, columns, text) extern const nf_model model;
#include <netflower/profiles.def>
#undef NF_PROFILE

#endif
