/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decode loop: from layer to layer by decoders.def, within a budget. */
#include "defrag.h"
#include "layer.h"

#include <netflower/batch.h>

#include <string.h>

/* A frame of nothing but nested headers must not cost more than this. */
enum { LAYERS_MAX = 16 };

static inline uint64_t selector(nf_by by, uint32_t key)
{
	return (uint64_t)by << 32 | key;
}

/* What no line of decoders.def names. */
static nf_skip unknown(nf_by by)
{
	return by == NF_BY_LINK ? NF_SKIP_LINK_TYPE : NF_SKIP_NOT_IP;
}

nf_skip nf_refused(const nf_decode_options *options, uint8_t protocol)
{
	switch (protocol) {
	case NF_PROTOCOL_TCP:
	case NF_PROTOCOL_UDP: return NF_SKIP_NONE;
	case NF_PROTOCOL_ICMP: return options->icmp || options->all ? NF_SKIP_NONE : NF_SKIP_ICMP;
	case NF_PROTOCOL_ICMPV6: return options->icmp || options->all ? NF_SKIP_NONE : NF_SKIP_ICMP;
	case NF_PROTOCOL_SCTP: return options->sctp || options->all ? NF_SKIP_NONE : NF_SKIP_SCTP;
	default: return options->all ? NF_SKIP_NONE : NF_SKIP_OTHER_PROTOCOL;
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
	default: return layer->by == NF_BY_PROTOCOL ? nf_decode_other(layer) : unknown(layer->by);
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

/* Reads layers until a packet is filled, or a tunnel is entered. */
static nf_skip one_packet(nf_layer *layer, int *layers)
{
	layer->enters = false;
	while (layer->by != NF_BY_NOTHING && !layer->enters) {
		if ((*layers)++ == LAYERS_MAX)
			return NF_SKIP_LAYERS;
		nf_skip skip = dispatch(layer);
		if (skip != NF_SKIP_NONE)
			return skip == NF_SKIP_MALFORMED && layer->guess ? NF_SKIP_NOT_IP : skip;
	}
	return NF_SKIP_NONE;
}

/* The next packet is one that this one carries. */
static void carry(nf_layer *layer, nf_decoded *d, nf_detail *unwanted, int64_t ts_ns)
{
	const nf_key outer = layer->packet->key;
	const nf_detail before = d->details ? *layer->detail : (nf_detail){0};

	layer->packet = &d->packets[d->n];
	memset(layer->packet, 0, sizeof *layer->packet);
	layer->packet->ts_ns = ts_ns;
	layer->detail = unwanted;
	if (!d->details)
		return;
	layer->detail = &d->details[d->n];
	*layer->detail = (nf_detail){
		.has = (uint16_t)((before.has & (NF_HAS_MAC | NF_HAS_VLAN | NF_HAS_INNER_VLAN | NF_HAS_MPLS)) | NF_HAS_OUTER),
		.vlan = {before.vlan[0], before.vlan[1]},
		.mpls_label = before.mpls_label,
		.interface = before.interface,
		.tunnel = layer->tunnel,
		.depth = (uint8_t)(before.depth + 1),
		.outer = outer,
	};
	memcpy(layer->detail->mac, before.mac, sizeof before.mac);
}

/* Whether a reason is one to skip all of a frame of which the innermost packet is wanted: that packet is known, but not used now or ever. */
static bool is_final(nf_skip skip)
{
	return skip == NF_SKIP_FRAGMENT || skip == NF_SKIP_BAD_CHECKSUM;
}

/* Whether an option would take what is skipped for that reason. */
static bool is_refusal(nf_skip skip)
{
	return skip == NF_SKIP_IPV6 || skip == NF_SKIP_ICMP || skip == NF_SKIP_SCTP || skip == NF_SKIP_OTHER_PROTOCOL;
}

/* Of the packets in each other those stay that are wanted; carried: why there is none in the last of them. @return why there is none at all */
static nf_skip choose(const nf_decode_options *options, nf_decoded *d, size_t found, nf_skip carried)
{
	nf_skip skip = NF_SKIP_NONE;

	if (options->tunnels == NF_TUNNELS_INNER && is_final(carried))
		return carried;

	d->n = 0;
	for (size_t i = 0; i < found; i++) {
		const nf_skip refused = nf_refused(options, d->packets[i].key.protocol);

		if (i + 1 < found && options->tunnels == NF_TUNNELS_INNER)
			continue;
		if (refused != NF_SKIP_NONE) {
			skip = refused;
			continue;
		}
		if (d->n != i) {
			d->packets[d->n] = d->packets[i];
			if (d->details)
				d->details[d->n] = d->details[i];
		}
		d->packets[d->n].flags = (uint8_t)(d->packets[d->n].flags | (d->n ? NF_PACKET_ALSO : 0));
		d->n++;
	}
	return d->n ? NF_SKIP_NONE : is_refusal(carried) ? carried : skip;
}

nf_skip nf_decode_with(const nf_frame *frame, const nf_decode_options *options, nf_decoded *d)
{
	nf_detail unwanted;
	int layers = 0;

	if (frame->flags & NF_FRAME_NOT_PACKET)
		return NF_SKIP_NOT_PACKET;
	if (frame->flags & NF_FRAME_FILTERED)
		return NF_SKIP_FILTER;
	memset(d->packets, 0, sizeof *d->packets);
	d->packets->ts_ns = frame->ts_ns;
	if (d->details)
		*d->details = (nf_detail){.interface = frame->interface};

	nf_layer layer = {.cursor = whole(frame), .by = NF_BY_LINK, .key = frame->link, .fcs_bytes = frame->fcs_bytes, .packet = d->packets,
			  .detail = d->details ? d->details : &unwanted, .options = options,
			  .defrag = frame->flags & NF_FRAME_NO_TIME ? NULL : d->defrag};
	nf_skip skip;

	unwanted.has = 0;
	d->n = 0;
	for (;;) {
		skip = one_packet(&layer, &layers);
		if (skip != NF_SKIP_NONE)
			break;
		d->n++;
		if (!layer.enters || d->n == NF_FRAME_PACKETS)
			break;
		carry(&layer, d, &unwanted, frame->ts_ns);
	}
	if (d->n == 0)
		return skip;
	if (frame->flags & NF_FRAME_NO_TIME)
		return NF_SKIP_NO_TIME;
	return choose(options, d, d->n, skip);
}

nf_skip nf_decode_by_table(const nf_frame *frame, nf_packet *packet)
{
	static const nf_decode_options plain = {0};
	nf_decoded d = {.packets = packet};

	return nf_decode_with(frame, &plain, &d);
}
