/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a pcap of N GB (10^9 bytes) to standard output, made on the fly: 10,000 packets a second of capture time, flows of ten packets
 * each, half of them TCP that close with FINs, half of them UDP that only an idle timeout ends. No two flows have the same 5-tuple
 * within the idle timeout.
 *
 * usage: stream GIGABYTES > FILE
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	AT_ONCE = 1000,       /* flows that send by turns */
	PACKETS = 10,         /* of a flow */
	GAP_NS = 100 * 1000,  /* between two packets of the capture */
	ETHERNET = 14, IP = 20, TCP = 20, UDP = 8,
	FRAME_MAX = 1514,
};

static uint8_t *put16(uint8_t *p, uint32_t v)
{
	*p++ = (uint8_t)(v >> 8);
	*p++ = (uint8_t)v;
	return p;
}

static uint8_t *put32(uint8_t *p, uint32_t v)
{
	return put16(put16(p, v >> 16), v & 0xffff);
}

/* The side that sent the packet is 10.x.y.z:port where forward, else the other one. Both follow from the number of the flow. */
static uint32_t frame(uint8_t *p, uint64_t flow, int packet)
{
	int tcp = flow % 2 == 0, backward = packet % 2;
	uint32_t inside = 0x0a000000 | (uint32_t)(flow / 50000 & 0xffffff), outside = 0xc6336450;
	uint32_t inside_port = 10000 + (uint32_t)(flow % 50000), outside_port = tcp ? 443 : 9;
	uint32_t payload = (uint32_t)(flow * 7919 + (uint64_t)packet * 104729) % 1400;
	uint32_t length = IP + (tcp ? TCP : UDP) + payload;
	int last = packet >= PACKETS - 2;

	memset(p, 2, 12);
	p = put16(p + 12, 0x0800);
	p = put16(put16(p, 0x4500), length);
	p = put32(p, 0);
	p = put32(p, 64u << 24 | (tcp ? 6u : 17u) << 16);
	p = put32(put32(p, backward ? outside : inside), backward ? inside : outside);
	p = put16(put16(p, backward ? outside_port : inside_port), backward ? inside_port : outside_port);
	if (tcp) {
		p = put32(put32(p, 1), 1);
		p = put16(p, 0x5000 | (packet == 0 ? 0x02 : last ? 0x11 : 0x18));
		put32(put16(p, 64240), 0);
	} else {
		put32(p, (UDP + payload) << 16);
	}
	return ETHERNET + length;
}

static void record(uint64_t ts_ns, uint32_t length)
{
	uint32_t header[4] = {(uint32_t)(ts_ns / 1000000000), (uint32_t)(ts_ns % 1000000000), length, length};

	if (fwrite(header, sizeof header, 1, stdout) != 1)
		exit(1);
}

int main(int argc, char **argv)
{
	static const uint32_t header[6] = {0xa1b23c4d, 2 | 4 << 16, 0, 0, 262144, 1};
	static uint8_t bytes[FRAME_MAX];
	double wanted = argc == 2 ? atof(argv[1]) * 1e9 : 0;
	uint64_t written = sizeof header, ts_ns = UINT64_C(1700000000) * 1000000000, first = 0;

	if (wanted <= 0) {
		fprintf(stderr, "usage: stream GIGABYTES > FILE\n");
		return 1;
	}
	if (fwrite(header, sizeof header, 1, stdout) != 1)
		return 1;
	for (;; first += AT_ONCE) {
		for (int packet = 0; packet < PACKETS; packet++) {
			for (uint64_t flow = first; flow < first + AT_ONCE; flow++) {
				uint32_t length = frame(bytes, flow, packet);

				record(ts_ns, length);
				if (fwrite(bytes, length, 1, stdout) != 1)
					return 1;
				ts_ns += GAP_NS;
				written += 16 + length;
				if ((double)written >= wanted)
					return fflush(stdout) != 0;
			}
		}
	}
}
