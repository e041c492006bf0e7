/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/batch.h>

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

bool nf_batch_frame(nf_batch *batch, nf_decoder *decoder, const nf_frame *frame, uint64_t number)
{
	(void)decoder;
	nf_packet *packet = &batch->packets[batch->n];
	const nf_skip skip = nf_decode(frame, packet);

	batch->frames++;
	batch->wire_bytes += frame->wire > frame->captured ? frame->wire : frame->captured;
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
