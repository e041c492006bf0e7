/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "packets.h"

#include <glib.h>

enum { CHUNK = 4096 };

struct packets {
	GPtrArray *chunks; /* of CHUNK packets; the last one is not full */
	size_t used;       /* of the last chunk */
};

packets *packets_new(void)
{
	packets *all = g_new0(packets, 1);

	all->chunks = g_ptr_array_new_with_free_func(g_free);
	all->used = CHUNK;
	return all;
}

void packets_free(packets *all)
{
	if (!all)
		return;
	g_ptr_array_free(all->chunks, TRUE);
	g_free(all);
}

void packets_add(packets *all, const nf_frame *frame)
{
	nf_packet packet;

	if (nf_decode(frame, &packet) != NF_SKIP_NONE)
		return;
	if (all->used == CHUNK) {
		g_ptr_array_add(all->chunks, g_new(nf_packet, CHUNK));
		all->used = 0;
	}
	nf_packet *last = g_ptr_array_index(all->chunks, all->chunks->len - 1);
	last[all->used++] = packet;
}

static void take_all(nf_engine *engine, void (*row)(const nf_flow *flow))
{
	const nf_flow *flow;

	while ((flow = nf_engine_take(engine)) != NULL)
		row(flow);
}

nf_status packets_flows(const packets *all, const nf_options *options, void (*row)(const nf_flow *flow), nf_error *error)
{
	nf_engine *engine;
	nf_status status = nf_engine_new(&engine, options, error);

	if (status != NF_OK)
		return status;
	for (unsigned i = 0; status == NF_OK && i < all->chunks->len; i++) {
		size_t n = i + 1 < all->chunks->len ? CHUNK : all->used;
		status = nf_engine_packets(engine, g_ptr_array_index(all->chunks, i), n, error);
		take_all(engine, row);
	}
	if (status == NF_OK)
		status = nf_engine_finish(engine, error);
	if (status == NF_OK)
		take_all(engine, row);
	nf_engine_free(engine);
	return status;
}
