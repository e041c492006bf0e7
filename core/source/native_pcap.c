/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcap (https://www.tcpdump.org/manpages/pcap-savefile.5.html)
 *
 *      magic   major.minor   zone   accuracy   snapshot length   framing
 *   then of each packet
 *      seconds   fraction   captured   wire   [what variants add]   captured bytes
 */
#include "source/native.h"

enum {
	HEADER = 24,
	RECORD = 16,
	RECORD_MODIFIED = 24, /* interface, protocol, packet type, padding */
	LOOK_RECORDS = 3,     /* that wiretap looks at to tell the variants apart */
	WIRE_MOST = 128 << 20,
	READ_AHEAD = 1024, /* bytes behind a record that are on their way to the nearest cache */
};

/* Of the first four bytes, read as little-endian, or as big-endian. */
static const struct variant {
	uint32_t magic;
	bool nano;
	uint8_t more_header, record;
	bool guessed; /* a file may have this magic and be of another variant all the same */
	const char *name;
} variants[] = {
	{0xa1b2c3d4, false, 0, RECORD, true, "Wireshark/tcpdump/... - pcap"},
	{0xa1b23c4d, true, 0, RECORD, false, "Wireshark/tcpdump/... - nanosecond pcap"},
	{0xa1b2cd34, false, 0, RECORD_MODIFIED, true, "Modified tcpdump - pcap"},
	{0x1c0001ac, false, 4, RECORD, false, "Wireshark/tcpdump/... - pcap"}, /* Ixia, hardware and software */
	{0x1c0001ab, false, 4, RECORD, false, "Wireshark/tcpdump/... - pcap"},
};

static const struct variant *variant_of(const uint8_t magic[4], bool *big)
{
	for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
		for (int order = 0; order < 2; order++)
			if (nf_get32(magic, order) == variants[i].magic) {
				*big = order;
				return &variants[i];
			}
	return NULL;
}

bool nf_pcap_knows(const uint8_t magic[4])
{
	bool big;
	return variant_of(magic, &big) != NULL;
}

static bool modified_is_plain(const uint8_t *p, bool big)
{
	uint32_t protocol = nf_get16(p + RECORD + 4, big);
	return nf_get32(p + RECORD, big) < 10000 && (protocol >= 0x600 || protocol <= 0x17) && p[RECORD + 6] <= 4;
}

static bool record_is_plain(const nf_pcap *pcap, const uint8_t *p)
{
	uint32_t captured = nf_get32(p + 8, pcap->big), wire = nf_get32(p + 12, pcap->big);
	return nf_get32(p + 4, pcap->big) < 1000000 && captured <= NF_NATIVE_PACKET_MOST && captured <= pcap->snapshot_length &&
	       captured <= wire && wire <= WIRE_MOST && (pcap->record_header != RECORD_MODIFIED || modified_is_plain(p, pcap->big));
}

/* True when the first records make sense in this variant, so that wiretap, which tries it first, takes it, too. */
static bool begins_plainly(const nf_pcap *pcap, nf_input *input)
{
	size_t at = 0;
	for (int i = 0; i < LOOK_RECORDS; i++) {
		const uint8_t *p = nf_input_need(input, at + pcap->record_header);
		if (!p)
			return input->end - input->at == at && !input->spoilt && !input->error;
		if (!record_is_plain(pcap, p + at))
			return false;
		at += pcap->record_header + nf_get32(p + at + 8, pcap->big);
		if (!nf_input_need(input, at))
			return false;
	}
	return true;
}

/* The upper half of the framing has the length of the frame check sequence, in units of 16 bits, and a bit that says so. */
static bool take_framing(nf_pcap *pcap, uint32_t framing)
{
	if (framing & 0x0bff0000)
		return false;
	if (!nf_native_link_get(framing & 0xffff, &pcap->link))
		return false;
	if (pcap->link.link == 1 && (framing & 0x04000000))
		pcap->fcs_bytes = (framing >> 28) * 2;
	return true;
}

nf_native_step nf_pcap_begin(nf_pcap *pcap, nf_input *input, bool pipe)
{
	const uint8_t *p = nf_input_need(input, HEADER);
	if (!p)
		return NF_NATIVE_STOP;
	const struct variant *variant = variant_of(p, &pcap->big);
	if (!variant || nf_get16(p + 4, pcap->big) != 2 || nf_get16(p + 6, pcap->big) < 4 ||
	    !take_framing(pcap, nf_get32(p + 20, pcap->big)))
		return NF_NATIVE_ODD;
	pcap->nano = variant->nano;
	pcap->format = variant->name;
	pcap->record_header = variant->record;
	pcap->snapshot_length = nf_get32(p + 16, pcap->big);
	if (pipe && variant->record == RECORD_MODIFIED && !NF_NATIVE_IS_ALONE)
		return NF_NATIVE_ODD;
	const uint32_t header_bytes = HEADER + variant->more_header;
	p = nf_input_need(input, header_bytes);
	if (!p)
		return NF_NATIVE_STOP;
	memcpy(pcap->header, p, header_bytes);
	pcap->header_bytes = header_bytes;
	input->at += header_bytes;
	if (NF_NATIVE_IS_ALONE || pipe || !variant->guessed || begins_plainly(pcap, input))
		return NF_NATIVE_FRAME;
	return NF_NATIVE_ODD;
}

/* Of a record that is whole in the buffer. */
static inline void fill(const nf_pcap *pcap, const uint8_t *p, uint32_t captured, nf_frame *frame)
{
	const bool big = pcap->big;
	const uint32_t fraction = nf_get32(p + 4, big);
	*frame = (nf_frame){
		.data = p + pcap->record_header,
		.captured = captured,
		.wire = nf_get32(p + 12, big),
		.link = pcap->link.link,
		.fcs_bytes = pcap->fcs_bytes,
	};
	nf_native_set_time(frame, nf_get32(p, big), (int32_t)(pcap->nano ? fraction : fraction * 1000));
}

nf_native_step nf_pcap_next(nf_pcap *pcap, nf_input *input, nf_frame *frame)
{
	const uint8_t *p = nf_input_need(input, pcap->record_header);
	if (!p)
		return NF_NATIVE_STOP;
	const uint32_t captured = nf_get32(p + 8, pcap->big);
	if (captured > NF_NATIVE_PACKET_MOST)
		return NF_NATIVE_DAMAGED;
	p = nf_input_need(input, pcap->record_header + captured);
	if (!p)
		return NF_NATIVE_STOP;
	fill(pcap, p, captured, frame);
	input->at += pcap->record_header + captured;
	return NF_NATIVE_FRAME;
}

size_t nf_pcap_more(const nf_pcap *pcap, nf_input *input, nf_frame *frames, size_t most)
{
	const nf_pcap copy = *pcap; /* nothing can change that meanwhile, so it is not read anew for each record */
	const uint8_t *p = input->buffer + input->at, *end = input->buffer + input->end;
	const uint32_t header = copy.record_header;
	size_t n = 0;
	for (; n < most && (size_t)(end - p) >= header; n++) {
		const uint32_t captured = nf_get32(p + 8, copy.big);
		if (captured > NF_NATIVE_PACKET_MOST || (size_t)(end - p) < header + captured)
			break;
		fill(&copy, p, captured, &frames[n]);
		__builtin_prefetch((const void *)((uintptr_t)p + READ_AHEAD));
		__builtin_prefetch((const void *)((uintptr_t)p + READ_AHEAD + 64));
		p += header + captured;
	}
	input->at = (size_t)(p - input->buffer);
	return n;
}
