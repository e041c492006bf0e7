/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decode loop: from layer to layer by decoders.def, within a budget. */
#include "layer.h"

#include <string.h>

/* A frame of nothing but nested headers must not cost more than this. */
enum { LAYERS_MAX = 16 };

static inline uint64_t selector(nf_by by, uint32_t key)
{
	return (uint64_t)by << 32 | key;
}

/* What no line of decoders.def names. */
static nf_skip unknown(nf_by by, uint32_t key)
{
	if (by == NF_BY_LINK)
		return NF_SKIP_LINK_TYPE;
	if (by != NF_BY_PROTOCOL)
		return NF_SKIP_NOT_IP;
	switch (key) {
	case NF_PROTOCOL_ICMP: return NF_SKIP_ICMP;
	case NF_PROTOCOL_SCTP: return NF_SKIP_SCTP;
	default: return NF_SKIP_OTHER_PROTOCOL;
	}
}

/* A decoder that stands in several lines is declared several times, which C allows. */
static nf_skip dispatch(nf_layer *layer)
{
	switch (selector(layer->by, layer->key)) {
#define NF_DECODER(name, by, key) \
	case (uint64_t)(by) << 32 | (key): return nf_decode_##name(layer);
#include "decoders.def"
#undef NF_DECODER
	default: return unknown(layer->by, layer->key);
	}
}

/* The frame as a cursor: never more captured than wire bytes, and the frame check sequence is not part of what it carries. */
static nf_cursor whole(const nf_frame *frame)
{
	nf_cursor c = {frame->data, frame->captured, frame->wire};

	if (c.wire < c.captured)
		c.wire = c.captured;
	nf_clip(&c, c.wire - (frame->fcs_bytes < c.wire ? frame->fcs_bytes : c.wire));
	return c;
}

nf_skip nf_decode(const nf_frame *frame, nf_packet *packet)
{
	return nf_decode_plain(frame, packet) ? NF_SKIP_NONE : nf_decode_by_table(frame, packet);
}

nf_skip nf_decode_by_table(const nf_frame *frame, nf_packet *packet)
{
	if (frame->flags & NF_FRAME_NOT_PACKET)
		return NF_SKIP_NOT_PACKET;
	if (frame->flags & NF_FRAME_FILTERED)
		return NF_SKIP_FILTER;

	memset(packet, 0, sizeof *packet);
	packet->ts_ns = frame->ts_ns;

	nf_layer layer = {whole(frame), NF_BY_LINK, frame->link, frame->fcs_bytes, false, packet};

	for (int n = 0; layer.by != NF_BY_NOTHING; n++) {
		if (n == LAYERS_MAX)
			return NF_SKIP_LAYERS;
		nf_skip skip = dispatch(&layer);
		if (skip != NF_SKIP_NONE)
			return skip == NF_SKIP_MALFORMED && layer.guess ? NF_SKIP_NOT_IP : skip;
	}
	return frame->flags & NF_FRAME_NO_TIME ? NF_SKIP_NO_TIME : NF_SKIP_NONE;
}
