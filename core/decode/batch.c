/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/batch.h>

#include "defrag.h"

#include <stdlib.h>
#include <string.h>

nf_status nf_batch_init(nf_batch *batch, const nf_decoder *decoder, nf_error *error)
{
	const nf_decode_options *options = decoder ? nf_decoder_options(decoder) : NULL;

	batch->details = NULL;
	batch->bytes = NULL;
	nf_batch_clear(batch);
	if (!options || !options->details)
		return NF_OK;
	batch->details = calloc(NF_BATCH_PACKETS, sizeof *batch->details);
	if (options->payload_most > 0)
		batch->bytes = malloc((size_t)NF_BATCH_PACKETS * options->payload_most);
	if (batch->details && (batch->bytes || options->payload_most == 0))
		return NF_OK;
	nf_batch_release(batch);
	return nf_fail(error, NF_NO_MEMORY, "out of memory");
}

void nf_batch_release(nf_batch *batch)
{
	free(batch->details);
	free(batch->bytes);
	batch->details = NULL;
	batch->bytes = NULL;
}

void nf_batch_clear(nf_batch *batch)
{
	memset(batch, 0, offsetof(nf_batch, packets));
}

static bool is_plain(const nf_decode_options *o)
{
	return !(o->ipv6 || o->icmp || o->sctp || o->all || o->defrag || o->details || o->tunnels || o->checksums);
}

/* The payload moves into the batch, as the frame's bytes are gone after the call. Nobody believes that of a packet with a bad checksum. */
static void keep_payload(nf_batch *batch, const nf_decode_options *options, const nf_packet *packet, nf_detail *detail)
{
	const uint8_t *from = detail->payload;

	detail->payload_kept = detail->payload_captured < options->payload_most ? detail->payload_captured : options->payload_most;
	if (packet->flags & NF_PACKET_BAD_CHECKSUM)
		detail->payload_kept = 0;
	detail->payload = NULL;
	if (!batch->bytes || !detail->payload_kept)
		return;
	detail->payload = batch->bytes + batch->bytes_used;
	memcpy(batch->bytes + batch->bytes_used, from, detail->payload_kept);
	batch->bytes_used += detail->payload_kept;
}

/* What waited until now is no fragment any more. A sum of batches is never below 0, but one of them may be. */
static void count_reassembled(nf_batch *batch, nf_defrag *defrag, bool elsewhere)
{
	const uint64_t frames = nf_defrag_settle(defrag, elsewhere);

	batch->skipped[NF_SKIP_FRAGMENT] -= frames;
	batch->skipped[NF_SKIP_REASSEMBLED] += frames;
}

static void add_decoded(nf_batch *batch, nf_decoder *decoder, const nf_frame *frame, uint64_t number)
{
	const nf_decode_options *options = nf_decoder_options(decoder);
	nf_packet packets[NF_FRAME_PACKETS];
	nf_detail details[NF_FRAME_PACKETS];
	nf_decoded d = {.packets = packets, .details = batch->details ? details : NULL, .defrag = nf_decoder_defrag(decoder)};
	const nf_skip skip = nf_decode_with(frame, options, &d);

	if (skip != NF_SKIP_NONE)
		batch->skipped[skip]++;
	if (options->checksums && (skip == NF_SKIP_NONE || skip == NF_SKIP_BAD_CHECKSUM))
		nf_decoder_note_checksum(decoder, &packets->key, skip == NF_SKIP_BAD_CHECKSUM || packets->flags & NF_PACKET_BAD_CHECKSUM);
	for (size_t i = 0; skip == NF_SKIP_NONE && i < d.n; i++) {
		batch->packets[batch->n] = packets[i];
		batch->packets[batch->n].number = number;
		if (batch->details) {
			batch->details[batch->n] = details[i];
			keep_payload(batch, options, &packets[i], &batch->details[batch->n]);
		}
		batch->n++;
	}
	if (d.defrag)
		count_reassembled(batch, d.defrag, skip != NF_SKIP_FRAGMENT);
}

/* The short cut, where it gives what these options would give. False: the frame is still to be decoded. */
static bool add_plain(nf_batch *batch, nf_decoder *decoder, const nf_frame *frame, uint64_t number)
{
	const nf_decode_options *options = nf_decoder_options(decoder);
	nf_packet *packet = &batch->packets[batch->n];
	nf_detail *detail = batch->details ? &batch->details[batch->n] : NULL;

	if (!nf_decode_plain(frame, packet) || !nf_decode_plain_more(frame, options, packet, detail))
		return false;
	packet->number = number;
	if (detail)
		keep_payload(batch, options, packet, detail);
	if (options->checksums)
		nf_decoder_note_checksum(decoder, &packet->key, packet->flags & NF_PACKET_BAD_CHECKSUM);
	batch->n++;
	return true;
}

/* Apart, so that the default's way needs no more registers than it does. */
__attribute__((noinline)) static bool add_by_options(nf_batch *batch, nf_decoder *decoder, const nf_frame *frame, uint64_t number)
{
	if (!add_plain(batch, decoder, frame, number))
		add_decoded(batch, decoder, frame, number);
	return batch->n + NF_FRAME_PACKETS <= NF_BATCH_PACKETS;
}

static inline uint32_t wire_bytes(const nf_frame *frame)
{
	return frame->wire > frame->captured ? frame->wire : frame->captured;
}

/* By the default's options. */
static inline void add_default(nf_batch *batch, const nf_frame *frame, uint64_t number)
{
	nf_packet *packet = &batch->packets[batch->n];
	const nf_skip skip = nf_decode(frame, packet);

	if (skip != NF_SKIP_NONE) {
		batch->skipped[skip]++;
		return;
	}
	packet->number = number;
	batch->n++;
}

static bool is_default(const nf_decoder *decoder)
{
	return !decoder || is_plain(nf_decoder_options(decoder));
}

bool nf_batch_frame(nf_batch *batch, nf_decoder *decoder, const nf_frame *frame, uint64_t number)
{
	batch->frames++;
	batch->wire_bytes += wire_bytes(frame);
	if (!is_default(decoder))
		return add_by_options(batch, decoder, frame, number);
	add_default(batch, frame, number);
	return batch->n < NF_BATCH_PACKETS;
}

bool nf_batch_frames(nf_batch *batch, nf_decoder *decoder, const nf_frame *frames, size_t n, uint64_t number, size_t *taken)
{
	bool has_room = true;
	size_t i = 0;

	if (is_default(decoder))
		for (; i < n && has_room; i++) {
			batch->wire_bytes += wire_bytes(&frames[i]);
			add_default(batch, &frames[i], number + i);
			has_room = batch->n < NF_BATCH_PACKETS;
		}
	else
		for (; i < n && has_room; i++) {
			batch->wire_bytes += wire_bytes(&frames[i]);
			has_room = add_by_options(batch, decoder, &frames[i], number + i);
		}
	batch->frames += i;
	*taken = i;
	return has_room;
}

void nf_batch_finish(nf_batch *batch, nf_decoder *decoder)
{
	nf_defrag *defrag = decoder ? nf_decoder_defrag(decoder) : NULL;

	(void)batch; /* each of them was counted when it came */
	if (defrag)
		nf_defrag_clear(defrag);
}
