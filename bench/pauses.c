/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The longest that an engine takes for one frame while its table grows, empties and fills again, one thread.
 *
 * usage: pauses PROFILE [FLOWS [RUNS]]       FLOWS: default 4000000; RUNS: default 1
 *
 * With more RUNS the same is done as often, with the same hash seed, and the processor time of a call is the least it took in any of them: what
 * the engine does is the same each time, what the system does (faults for new pages, the host of a virtual machine) is not.
 *
 * Each of FLOWS connections sends a SYN; then all but every tenth are reset; then as many others begin. What is timed is a call of
 * nf_engine_frame() and the taking of the flows that it ended. For each part the five longest calls are told, in ms of this thread's processor
 * time and of the clock on the wall, with the frames given and the flows held by then.
 */
#include <netflower/engine.h>

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ETHERNET = 14, IP = 20, TCP = 20, FRAME = ETHERNET + IP + TCP, LONGEST = 5, SYN = 0x02, RST_ACK = 0x14 };

typedef struct {
	double cpu_ms, wall_ms;
	uint64_t frames, flows;
} pause_of;

typedef struct {
	nf_engine *engine;
	float *least;    /* processor time of each call in the runs before, in ms */
	bool is_last;    /* of the runs */
	uint64_t frames, ended;
	pause_of longest[LONGEST]; /* by processor time */
	double wall_ms;            /* the longest by that clock */
	double total_ms;
} bench;

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

/* A segment of a flow, without payload. */
static void make_frame(uint8_t bytes[FRAME], uint64_t flow, uint8_t flags)
{
	uint8_t *ip = bytes + ETHERNET, *tcp = ip + IP;

	memset(bytes, 0, FRAME);
	put16(bytes + 12, 0x0800);
	put16(ip, 0x4500);
	put16(ip + 2, IP + TCP);
	put32(ip + 8, 64u << 24 | 6u << 16);
	put32(ip + 12, 0x0a000000 | (uint32_t)(flow / 50000));
	put32(ip + 16, 0xc6336450);
	put16(tcp, 10000 + (uint32_t)(flow % 50000));
	put16(tcp + 2, 443);
	put16(tcp + 12, 0x5000 | flags);
	put16(tcp + 14, 64240);
}

static double ms_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void note(bench *b, double cpu_ms, double wall_ms)
{
	pause_of p = {cpu_ms, wall_ms, b->frames, nf_engine_stats(b->engine)->alive};

	b->total_ms += cpu_ms;
	if (wall_ms > b->wall_ms)
		b->wall_ms = wall_ms;
	for (int i = 0; i < LONGEST; i++) {
		if (p.cpu_ms <= b->longest[i].cpu_ms)
			continue;
		pause_of shorter = b->longest[i];
		b->longest[i] = p;
		p = shorter;
	}
}

/* 1 us apart: 4 million flows begin within 4 s, before any has waited too long for an answer. */
static void give(bench *b, uint64_t flow, uint8_t flags)
{
	uint8_t bytes[FRAME];
	nf_error error;

	make_frame(bytes, flow, flags);
	const nf_frame frame = {.data = bytes, .captured = FRAME, .wire = FRAME, .link = 1, .ts_ns = (int64_t)b->frames++ * 1000};
	const double cpu = ms_of(CLOCK_THREAD_CPUTIME_ID), wall = ms_of(CLOCK_MONOTONIC);
	if (nf_engine_frame(b->engine, &frame, &error) != NF_OK) {
		fprintf(stderr, "pauses: %s\n", error.text);
		exit(1);
	}
	while (nf_engine_take(b->engine))
		b->ended++;
	const double wall_ms = ms_of(CLOCK_MONOTONIC) - wall, cpu_ms = ms_of(CLOCK_THREAD_CPUTIME_ID) - cpu;
	float *least = &b->least[b->frames - 1];
	if (cpu_ms < *least)
		*least = (float)cpu_ms;
	if (b->is_last)
		note(b, *least, wall_ms);
}

static void tell(bench *b, const char *what)
{
	if (!b->is_last)
		return;
	printf("%s: %.0f ms in all, the longest by the wall %.2f ms\n", what, b->total_ms, b->wall_ms);
	for (int i = 0; i < LONGEST; i++)
		printf("  %8.3f ms cpu  %8.3f ms wall  frame %9llu  %8llu flows held\n", b->longest[i].cpu_ms, b->longest[i].wall_ms,
		       (unsigned long long)b->longest[i].frames, (unsigned long long)b->longest[i].flows);
	memset(b->longest, 0, sizeof b->longest);
	b->wall_ms = b->total_ms = 0;
}

static void run(bench *b, const nf_options *options, uint64_t flows)
{
	nf_error error;

	b->frames = b->ended = 0;
	if (nf_engine_new(&b->engine, options, &error) != NF_OK) {
		fprintf(stderr, "pauses: %s\n", error.text);
		exit(1);
	}
	for (uint64_t i = 0; i < flows; i++)
		give(b, i, SYN);
	tell(b, "growing");
	for (uint64_t i = 0; i < flows; i++)
		if (i % 10)
			give(b, i, RST_ACK);
	tell(b, "closing");
	for (uint64_t i = 0; i < flows; i++)
		give(b, flows + i, SYN);
	tell(b, "others begin");
	nf_engine_free(b->engine);
}

int main(int argc, char **argv)
{
	const uint64_t flows = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 4000000, runs = argc > 3 ? g_ascii_strtoull(argv[3], NULL, 10) : 1;
	bench b = {.least = g_new(float, 3 * flows)};
	nf_options options;
	nf_error error;

	nf_options_init(&options);
	options.fixed_seed = true;
	if (argc < 2 || flows == 0 || runs == 0 || nf_profile_find(argv[1], &options.profile, &error) != NF_OK) {
		fprintf(stderr, "usage: pauses PROFILE [FLOWS [RUNS]]\n");
		return 1;
	}
	for (uint64_t i = 0; i < 3 * flows; i++)
		b.least[i] = 1e9f;
	for (uint64_t i = 0; i < runs; i++) {
		b.is_last = i + 1 == runs;
		run(&b, &options, flows);
	}
	printf("%llu frames, %llu flows ended\n", (unsigned long long)b.frames, (unsigned long long)b.ended);
	g_free(b.least);
	return 0;
}
