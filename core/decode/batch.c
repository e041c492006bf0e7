/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/batch.h>

#include <string.h>

void nf_batch_clear(nf_batch *batch)
{
	memset(batch, 0, offsetof(nf_batch, packets));
}

bool nf_batch_frame(nf_batch *batch, const nf_frame *frame, uint64_t number)
{
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
