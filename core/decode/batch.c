/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/batch.h>

#include "layer.h"

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

/* The payload moves into the batch, as the frame's bytes are gone after the call. */
static void keep_payload(nf_batch *batch, const nf_decode_options *options, nf_detail *detail)
{
	const uint8_t *from = detail->payload;

	detail->payload_kept = detail->payload_captured < options->payload_most ? detail->payload_captured : options->payload_most;
	detail->payload = NULL;
	if (!batch->bytes || !detail->payload_kept)
		return;
	detail->payload = batch->bytes + batch->bytes_used;
	memcpy(batch->bytes + batch->bytes_used, from, detail->payload_kept);
	batch->bytes_used += detail->payload_kept;
}

static bool add_decoded(nf_batch *batch, const nf_decode_options *options, const nf_frame *frame, uint64_t number)
{
	nf_packet packets[NF_FRAME_PACKETS];
	nf_detail details[NF_FRAME_PACKETS];
	nf_decoded d = {packets, batch->details ? details : NULL, 0};
	const nf_skip skip = nf_decode_with(frame, options, &d);

	if (skip != NF_SKIP_NONE)
		batch->skipped[skip]++;
	for (size_t i = 0; skip == NF_SKIP_NONE && i < d.n; i++) {
		batch->packets[batch->n] = packets[i];
		batch->packets[batch->n].number = number;
		if (batch->details) {
			batch->details[batch->n] = details[i];
			keep_payload(batch, options, &batch->details[batch->n]);
		}
		batch->n++;
	}
	return batch->n + NF_FRAME_PACKETS <= NF_BATCH_PACKETS;
}

bool nf_batch_frame(nf_batch *batch, nf_decoder *decoder, const nf_frame *frame, uint64_t number)
{
	batch->frames++;
	batch->wire_bytes += frame->wire > frame->captured ? frame->wire : frame->captured;
	if (decoder && !is_plain(nf_decoder_options(decoder)))
		return add_decoded(batch, nf_decoder_options(decoder), frame, number);

	nf_packet *packet = &batch->packets[batch->n];
	const nf_skip skip = nf_decode(frame, packet);
	if (skip != NF_SKIP_NONE) {
		batch->skipped[skip]++;
		return true;
	}
	packet->number = number;
	return ++batch->n < NF_BATCH_PACKETS;
}

void nf_batch_finish(nf_batch *batch, nf_decoder *decoder)
{
	(void)batch;
	(void)decoder;
}
