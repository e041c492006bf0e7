/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A decoder with everything: the first byte is its options, then come frames. Each is its length (2), the link type's lowest byte (1), how long
 * after the one before it came, in seconds (1), and its bytes. Counts must add up, and all that is told must be readable.
 */
#include <netflower/batch.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADER = 4, FRAMES_MOST = 64 };

static volatile uint8_t seen;
static uint64_t counted;

static void look(nf_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++) {
		const nf_packet *packet = &batch->packets[i];
		const nf_detail *detail = &batch->details[i];
		uint8_t sum = 0;

		for (uint32_t n = 0; n < detail->payload_kept; n++)
			sum ^= detail->payload[n];
		seen = sum;
		if (detail->payload_captured > packet->payload_bytes || packet->payload_bytes > packet->ip_bytes)
			abort();
		counted += !(packet->flags & NF_PACKET_ALSO);
	}
	for (int i = 0; i < NF_SKIP_COUNT; i++)
		counted += batch->skipped[i];
	nf_batch_clear(batch);
}

static nf_decode_options options_of(uint8_t bits)
{
	return (nf_decode_options){
		.ipv6 = true,
		.icmp = bits & 1,
		.sctp = bits & 1,
		.all = bits & 2,
		.defrag = bits & 4,
		.tunnels = (nf_tunnels)(bits >> 3 & 3) % 3,
		.checksums = (nf_checksums)(bits >> 5 & 3) % 3,
		.tunnels_of_zeek = bits & 128,
		.details = true,
		.payload_most = 100,
	};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const nf_decode_options options = options_of(size ? *data : 0);
	nf_decoder *decoder;
	static nf_batch batch;
	uint64_t frames = 0;
	int64_t now = 0;

	if (nf_decoder_new(&decoder, &options, NULL) != NF_OK || nf_batch_init(&batch, decoder, NULL) != NF_OK)
		abort();
	counted = 0;
	for (size_t at = 1; at + HEADER <= size && frames < FRAMES_MOST; frames++) {
		const uint8_t *p = data + at;
		const size_t told = (size_t)p[0] << 8 | p[1], left = size - at - HEADER, length = told < left ? told : left;
		uint8_t *bytes = malloc(length ? length : 1); /* its own memory, so that reading beyond it is seen */
		for (size_t i = 0; i < length; i++)
			bytes[i] = p[HEADER + i];
		now += p[3] * INT64_C(1000000000);
		const nf_frame frame = {.data = bytes, .captured = (uint32_t)length, .wire = (uint32_t)told, .link = p[2], .ts_ns = now};
		if (!nf_batch_frame(&batch, decoder, &frame, frames + 1))
			look(&batch);
		free(bytes);
		at += HEADER + length;
	}
	nf_batch_finish(&batch, decoder);
	look(&batch);
	if (counted != frames)
		abort();
	nf_batch_release(&batch);
	nf_decoder_free(decoder);
	return 0;
}
