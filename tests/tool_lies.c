/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tool_lies FILE
 *
 * Decodes each frame of a capture with everything that is an option: as it is, cut at every length by the snapshot and by the wire, and with every
 * byte set to what a length may claim. Counts must add up, lengths must be within those around them, and no byte beyond the frame may be read,
 * which a build with AddressSanitizer sees: each frame has memory of its own. Prints frames given, packets used, frames skipped, and the
 * nanoseconds of CPU time that the dearest of the frames as they are took. Exit status 1: something was wrong.
 */
#include <netflower/batch.h>
#include <netflower/source.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BYTES_MOST = 400, DEPTH_MOST = 8, TIMES = 32 };

static const uint8_t lies[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x06, 0x08, 0x3f, 0x40, 0x45, 0x60, 0x7f, 0x80, 0xc0, 0xfc, 0xff};

static uint64_t given, used, skipped, dearest;
static volatile uint8_t seen;

static void die(const nf_packet *p, const char *what)
{
	printf("frame %" PRIu64 ": %s: ip %u header %u payload %u\n", p->number, what, p->ip_bytes, p->header_bytes, p->payload_bytes);
	exit(1);
}

static void look(const nf_packet *p, const nf_detail *d, uint32_t wire)
{
	if (d->payload_captured > p->payload_bytes)
		die(p, "more payload captured than there was");
	if (p->payload_bytes > p->ip_bytes)
		die(p, "more payload than packet");
	if (wire && p->ip_bytes > wire && !(p->flags & NF_PACKET_REASSEMBLED))
		die(p, "more packet than frame");
	if (d->depth > DEPTH_MOST)
		die(p, "too deep");
	for (uint32_t i = 0; i < d->payload_kept; i++)
		seen = d->payload[i];
}

static void look_at_all(nf_batch *batch, uint32_t wire)
{
	for (size_t i = 0; i < batch->n; i++) {
		look(&batch->packets[i], &batch->details[i], wire);
		used += !(batch->packets[i].flags & NF_PACKET_ALSO);
	}
	for (int i = 0; i < NF_SKIP_COUNT; i++)
		skipped += batch->skipped[i];
	nf_batch_clear(batch);
}

/* One frame, with memory of its own. */
static void give(nf_batch *batch, nf_decoder *decoder, const nf_frame *frame, uint32_t captured, uint32_t wire)
{
	uint8_t *bytes = malloc(captured ? captured : 1);
	nf_frame copy = *frame;

	memcpy(bytes, frame->data, captured);
	copy.data = bytes;
	copy.captured = captured;
	copy.wire = wire;
	given++;
	if (!nf_batch_frame(batch, decoder, &copy, given))
		look_at_all(batch, 0);
	look_at_all(batch, wire > captured ? wire : captured);
	free(bytes);
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The least of several times. */
static void time_one(nf_batch *batch, nf_decoder *decoder, const nf_frame *frame)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < TIMES; i++) {
		const uint64_t begin = cpu_ns();
		nf_batch_frame(batch, decoder, frame, ++given);
		const uint64_t took = cpu_ns() - begin;
		look_at_all(batch, frame->wire);
		least = took < least ? took : least;
	}
	dearest = least > dearest ? least : dearest;
}

static void lie(nf_batch *batch, nf_decoder *decoder, const nf_frame *frame)
{
	const uint32_t most = frame->captured < BYTES_MOST ? frame->captured : BYTES_MOST;
	uint8_t bytes[BYTES_MOST];
	nf_frame copy = *frame;

	time_one(batch, decoder, frame);
	for (uint32_t n = 0; n <= most; n++) {
		give(batch, decoder, frame, n, frame->wire);
		give(batch, decoder, frame, n, n);
	}
	memcpy(bytes, frame->data, most);
	copy.data = bytes;
	for (uint32_t at = 0; at < most; at++) {
		const uint8_t truth = bytes[at];
		for (size_t i = 0; i < sizeof lies; i++) {
			bytes[at] = lies[i];
			give(batch, decoder, &copy, most, frame->wire);
		}
		bytes[at] = truth;
	}
}

static nf_status run(const char *name, const nf_decode_options *options, nf_error *error)
{
	static nf_batch batch;
	nf_decoder *decoder = NULL;
	nf_source *source = NULL;
	nf_source_event event;
	nf_frame frame;
	nf_status status = nf_decoder_new(&decoder, options, error);

	if (status == NF_OK)
		status = nf_batch_init(&batch, decoder, error);
	if (status == NF_OK)
		status = nf_source_open_files(&source, &name, 1, NF_SOURCE_BY_TIME, error);
	while (status == NF_OK && (status = nf_source_next(source, &frame, &event, error)) == NF_OK && !event.file_ended)
		lie(&batch, decoder, &frame);
	nf_source_close(source);
	if (decoder)
		nf_batch_finish(&batch, decoder);
	look_at_all(&batch, 0);
	nf_batch_release(&batch);
	nf_decoder_free(decoder);
	return status == NF_END ? NF_OK : status;
}

int main(int argc, char **argv)
{
	static const nf_tunnels tunnels[] = {NF_TUNNELS_INNER, NF_TUNNELS_BOTH};
	static const nf_checksums checksums[] = {NF_CHECKSUMS_IGNORE, NF_CHECKSUMS_MARK, NF_CHECKSUMS_VERIFY};
	nf_error error;

	if (argc != 2)
		return 2;
	for (unsigned i = 0; i < 6; i++) {
		const nf_decode_options options = {
			.ipv6 = true, .icmp = true, .sctp = true, .all = true, .defrag = i & 1, .details = true, .payload_most = 64,
			.tunnels = tunnels[i / 3], .checksums = checksums[i % 3],
		};
		if (run(argv[1], &options, &error) != NF_OK) {
			fprintf(stderr, "%s: %s\n", argv[1], error.text);
			return 2;
		}
	}
	printf("%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", given, used, skipped, dearest);
	return given == used + skipped ? 0 : 1;
}
