/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The native reader alone, over a file in memory: compressed or not, pcap or pcapng. The first byte's lowest bit chooses a pipe,
 * which is not looked into. Every frame's bytes are read.
 */
#include "source/native.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t seen;

static void look(const nf_frame *frame)
{
	uint8_t sum = 0;
	for (uint32_t i = 0; i < frame->captured; i++)
		sum ^= frame->data[i];
	seen = sum;
	if (frame->captured > NF_NATIVE_PACKET_MOST)
		abort();
}

static void walk(nf_input *input, bool pipe)
{
	const uint8_t *magic = nf_input_need(input, 4);
	nf_frame frame;
	if (magic && nf_pcapng_knows(magic)) {
		nf_pcapng state = {0};
		if (nf_pcapng_begin(&state, input, pipe) == NF_NATIVE_FRAME)
			while (nf_pcapng_next(&state, input, &frame) == NF_NATIVE_FRAME)
				look(&frame);
		nf_pcapng_clear(&state);
	} else if (magic && nf_pcap_knows(magic)) {
		nf_pcap state = {0};
		if (nf_pcap_begin(&state, input, pipe) == NF_NATIVE_FRAME)
			while (nf_pcap_next(&state, input, &frame) == NF_NATIVE_FRAME)
				look(&frame);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	nf_input input;
	if (size < 1)
		return 0;
	int fd = memfd_create("capture", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1) || lseek(fd, 0, SEEK_SET) != 0 || !nf_input_open(&input, fd))
		abort();
	if (nf_unpack_knows(data + 1, size - 1) && !nf_input_unpack(&input))
		abort();
	walk(&input, *data & 1);
	nf_input_close(&input);
	close(fd);
	return 0;
}
