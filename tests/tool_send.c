/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends made up frames into an interface, fast, for bench/live.sh and test_live.py: tool_send INTERFACE PATTERN COUNT [RATE [FIRST]]
 *
 * INTERFACE  "-": a pcap on standard output instead, with the times that RATE gives
 * PATTERN    mix: TCP conversations of 20 packets, 2000 at once, that open and close; frames of 60 to 1000 bytes
 *            flood: a SYN from one more source with each frame, but for every 400th: these are of 50 TCP conversations at once
 *            short: a TCP connection attempt with its refusal, then the next
 * RATE       frames a second; 0 or none: as fast as it goes
 * FIRST      number of the first frame; default 0
 *
 * Frame number n is always the same bytes. What was sent, and in how many seconds, is printed at the end.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
	BATCH = 32,
	PACKETS = 20, MIX_AT_ONCE = 2000,
	REAL_EVERY = 400, REAL_AT_ONCE = 50,
	ETHERNET = 14, HEADERS = 54, FRAME_MIN = 60, FRAME_MAX = 1000,
	FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10,
	TIME_ZERO = 1700000000,
};

static const int64_t second_ns = 1000000000;

/* A TCP segment from the one side, or back from the other. */
typedef struct segment {
	uint32_t address, other;
	uint16_t port, other_port;
	uint8_t flags;
	int back;
	uint32_t payload;
} segment;

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

static uint32_t write_frame(uint8_t *to, const segment *s)
{
	const uint32_t length = HEADERS + s->payload;
	uint8_t *p = to;

	memset(p, 2, 12);
	p = put16(p + 12, 0x0800);
	p = put32(put16(put16(p, 0x4500), length - ETHERNET), 0);
	p = put32(p, 64u << 24 | 6u << 16);
	p = put32(put32(p, s->back ? s->other : s->address), s->back ? s->address : s->other);
	p = put16(put16(p, s->back ? s->other_port : s->port), s->back ? s->port : s->other_port);
	p = put32(put32(p, 1), 1);
	p = put16(put16(p, 0x5000u | s->flags), 64240);
	p = put32(p, 0);
	memset(p, 0, length < FRAME_MIN ? FRAME_MIN - length : 0);
	return length < FRAME_MIN ? FRAME_MIN : length;
}

/* Packet i of a conversation that opens, sends and closes. */
static void talk(segment *s, uint64_t conversation, uint32_t i)
{
	s->back = i % 2;
	s->flags = i == 0 ? SYN : i == 1 ? SYN | ACK : i >= PACKETS - 2 ? FIN | ACK : i == 2 ? ACK : PSH | ACK;
	s->payload = i < 3 || i >= PACKETS - 2 ? 0 : (uint32_t)(conversation * 7919 + i * UINT64_C(104729)) % (FRAME_MAX - HEADERS);
	s->port = (uint16_t)(10000 + conversation % 50000);
	s->address = 0x0a000000u + (uint32_t)(conversation / 50000);
	s->other = 0xc6336450u;
	s->other_port = 443;
}

/* Frame n of a number of conversations that go on in turn. */
static void talk_in_turn(segment *s, uint64_t n, uint32_t at_once)
{
	const uint64_t round = n / at_once;

	talk(s, round / PACKETS * at_once + n % at_once, (uint32_t)(round % PACKETS));
}

static void mix(segment *s, uint64_t n)
{
	talk_in_turn(s, n, MIX_AT_ONCE);
}

static void flood(segment *s, uint64_t n)
{
	if (n % REAL_EVERY == 0) {
		talk_in_turn(s, n / REAL_EVERY, REAL_AT_ONCE);
		return;
	}
	/* An odd factor gives each address of a /8 once. */
	*s = (segment){.address = 0x0b000000u | (uint32_t)(n * 2654435761u & 0xffffff), .other = 0xcb007101u, .port = 4000, .other_port = 80, .flags = SYN};
}

static void brief(segment *s, uint64_t n)
{
	talk(s, n / 2, 0);
	s->back = n % 2;
	s->flags = n % 2 ? RST | ACK : SYN;
}

static const struct {
	const char *name;
	void (*make)(segment *s, uint64_t n);
} patterns[] = {{"mix", mix}, {"flood", flood}, {"short", brief}};

typedef struct sending {
	void (*make)(segment *s, uint64_t n);
	uint64_t count, rate, first;
	int socket;
} sending;

static void fail(const char *what)
{
	fprintf(stderr, "tool_send: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * second_ns + now.tv_nsec;
}

/* When frame n is due, after the first. */
static int64_t due_ns(const sending *s, uint64_t n)
{
	return s->rate ? (int64_t)((long double)n * second_ns / s->rate) : 0;
}

static void write_pcap(const sending *s)
{
	const uint32_t header[] = {0xa1b23c4d, 4u << 16 | 2u, 0, 0, 65535, 1};
	static uint8_t frame[FRAME_MAX];

	fwrite(header, sizeof header, 1, stdout);
	for (uint64_t n = 0; n < s->count; n++) {
		segment one = {0};
		s->make(&one, s->first + n);
		const uint32_t length = write_frame(frame, &one);
		const int64_t due = due_ns(s, n);
		const uint32_t record[] = {(uint32_t)(TIME_ZERO + due / second_ns), (uint32_t)(due % second_ns), length, length};
		fwrite(record, sizeof record, 1, stdout);
		fwrite(frame, length, 1, stdout);
	}
	if (fflush(stdout) != 0 || ferror(stdout))
		fail("standard output");
}

static int open_socket(const char *interface)
{
	const struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};
	const int one = 1;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || to.sll_ifindex == 0 || bind(fd, (const struct sockaddr *)&to, sizeof to) != 0)
		fail(interface);
	(void)setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
	return fd;
}

static void send_batch(int fd, struct mmsghdr *messages, unsigned n)
{
	for (unsigned done = 0; done < n;) {
		int sent = sendmmsg(fd, messages + done, n - done, 0);
		if (sent > 0)
			done += (unsigned)sent;
		else if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
			fail("send");
	}
}

static void wait_until(int64_t time_ns)
{
	const int64_t left = time_ns - now_ns();
	const struct timespec pause = {left / second_ns, left % second_ns};

	if (left > 0)
		nanosleep(&pause, NULL);
}

/* Those that are due within a millisecond go together. */
static unsigned batch_of(const sending *s)
{
	const uint64_t n = s->rate / 1000;

	return s->rate == 0 || n > BATCH ? BATCH : n > 0 ? (unsigned)n : 1;
}

static void send_all(const sending *s)
{
	const unsigned most = batch_of(s);
	static uint8_t frames[BATCH][FRAME_MAX];
	struct mmsghdr messages[BATCH] = {0};
	struct iovec parts[BATCH];
	const int64_t begin = now_ns();

	for (uint64_t n = 0; n < s->count;) {
		unsigned used = 0;
		wait_until(begin + due_ns(s, n));
		for (; used < most && n < s->count; used++, n++) {
			segment one = {0};
			s->make(&one, s->first + n);
			parts[used] = (struct iovec){frames[used], write_frame(frames[used], &one)};
			messages[used].msg_hdr = (struct msghdr){.msg_iov = &parts[used], .msg_iovlen = 1};
		}
		send_batch(s->socket, messages, used);
	}
	printf("%llu %.3f\n", (unsigned long long)s->count, (double)(now_ns() - begin) / (double)second_ns);
}

int main(int argc, char **argv)
{
	sending s = {0};

	for (size_t i = 0; argc >= 4 && i < sizeof patterns / sizeof *patterns; i++)
		if (strcmp(argv[2], patterns[i].name) == 0)
			s.make = patterns[i].make;
	if (!s.make) {
		fputs("usage: tool_send INTERFACE|- mix|flood|short COUNT [RATE [FIRST]]\n", stderr);
		return 1;
	}
	s.count = strtoull(argv[3], NULL, 10);
	s.rate = argc > 4 ? strtoull(argv[4], NULL, 10) : 0;
	s.first = argc > 5 ? strtoull(argv[5], NULL, 10) : 0;
	if (strcmp(argv[1], "-") == 0) {
		write_pcap(&s);
		return 0;
	}
	s.socket = open_socket(argv[1]);
	send_all(&s);
	return 0;
}
