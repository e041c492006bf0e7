/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first four bytes are the link type and the bytes cut off the end, the rest is the frame. */
#include <netflower/packet.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { LINK_TYPES = 300, HEADER = 4 };

	if (size < HEADER || size > UINT16_MAX)
		return 0;

	/* Above the registry's values come NF_LINK_'s. */
	const uint32_t number = (uint32_t)data[0] << 8 | data[1];
	const uint32_t link = number < LINK_TYPES ? number : NF_LINK_UNKNOWN + number % 8;
	const nf_frame frame = {
		.data = data + HEADER,
		.captured = (uint32_t)size - HEADER,
		.wire = (uint32_t)size - HEADER + data[2],
		.link = link,
		.fcs_bytes = data[3] % 5,
	};
	nf_packet packet;
	const nf_skip skip = nf_decode(&frame, &packet);

	if (skip >= NF_SKIP_COUNT || (skip == NF_SKIP_NONE && packet.ip_bytes > frame.wire))
		abort();
	return 0;
}
