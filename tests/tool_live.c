/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library's captures, for test_live.py, which sends one frame after another meanwhile: tool_live INTERFACE
 * Each step must see flows; what went wrong is printed, and the exit status is then 1.
 */
#include <netflower/netflower.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATIENCE_S = 20, ENOUGH = 3 };

typedef struct seen {
	nf_live *live;
	atomic_int flows, faults, news;
	bool stop_inside; /* within the callback, after ENOUGH flows */
	atomic_bool over; /* no callback may come any more */
} seen;

static void need(bool good, const char *what)
{
	if (good)
		return;
	printf("%s\n", what);
	exit(1);
}

static void on_flow(void *to, const nf_flow *flow)
{
	seen *s = to;

	need(!atomic_load(&s->over), "a flow came after the stop");
	need(nf_flow_packets(flow) > 0, "a flow without packets");
	if (atomic_fetch_add(&s->flows, 1) + 1 == ENOUGH && s->stop_inside)
		nf_live_stop(s->live);
}

static void on_error(void *to, nf_status status, const char *text)
{
	seen *s = to;

	(void)text;
	atomic_fetch_add(status == NF_OK ? &s->news : &s->faults, 1);
}

static void begin(seen *s, const char *interface)
{
	nf_live_settings settings;
	nf_error error;

	nf_live_settings_init(&settings);
	settings.interfaces = &interface;
	settings.n_interfaces = 1;
	settings.filter = "udp";
	settings.engine.idle_timeout_ns = NF_SECOND_NS / 10;
	settings.on_flow = on_flow;
	settings.on_error = on_error;
	settings.to = s;
	need(nf_live_open(&s->live, &settings, &error) == NF_OK, error.text);
	need(nf_live_start(s->live, &error) == NF_OK, error.text);
	need(nf_live_start(s->live, &error) == NF_ARGUMENT, "it could be started twice");
}

static void *stop(void *data)
{
	seen *s = data;

	nf_live_stop(s->live);
	atomic_store(&s->over, true);
	return NULL;
}

static void wait_for_flows(seen *s)
{
	for (int i = 0; atomic_load(&s->flows) < ENOUGH; i++) {
		need(i < PATIENCE_S * 100, "no flows came");
		usleep(10000);
	}
}

/* By two other threads at once, then once more. */
static void stop_from_outside(const char *interface)
{
	seen s = {0};
	pthread_t threads[2];
	nf_live_counts counts;

	begin(&s, interface);
	wait_for_flows(&s);
	for (int i = 0; i < 2; i++)
		need(pthread_create(&threads[i], NULL, stop, &s) == 0, "no thread");
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	nf_live_stop(s.live);
	nf_live_get_counts(s.live, &counts);
	need(counts.received >= ENOUGH && counts.dropped == 0, "wrong counts");
	nf_live_close(s.live);
}

static void stop_from_inside(const char *interface)
{
	seen s = {.stop_inside = true};

	begin(&s, interface);
	nf_live_wait(s.live);
	need(atomic_load(&s.flows) >= ENOUGH, "too few flows");
	nf_live_close(s.live);
}

static void two_at_once(const char *interface)
{
	seen a = {0}, b = {0};

	begin(&a, interface);
	begin(&b, interface);
	wait_for_flows(&a);
	wait_for_flows(&b);
	nf_live_close(a.live);
	nf_live_close(b.live);
}

static void never_started(const char *interface)
{
	nf_live_settings settings;
	nf_live *live;
	nf_error error;

	nf_live_settings_init(&settings);
	settings.interfaces = &interface;
	settings.n_interfaces = 1;
	need(nf_live_open(&live, &settings, &error) == NF_ARGUMENT && !live, "a capture without on_flow");
	settings.on_flow = on_flow;
	need(nf_live_open(&live, &settings, &error) == NF_OK, error.text);
	nf_live_close(live);
	interface = "nowhere";
	need(nf_live_open(&live, &settings, &error) == NF_GONE && !live, "a capture from nowhere");
	nf_live_close(NULL);
}

/* The interface is removed meanwhile: one failure, and all that was there is told. */
static void removed(const char *interface)
{
	seen s = {0};

	begin(&s, interface);
	wait_for_flows(&s);
	puts("remove it");
	fflush(stdout);
	nf_live_wait(s.live);
	need(atomic_load(&s.faults) == 1, "not one failure");
	nf_live_close(s.live);
}

int main(int argc, char **argv)
{
	need(argc == 2, "usage: tool_live INTERFACE");
	stop_from_outside(argv[1]);
	stop_from_inside(argv[1]);
	stop_from_inside(argv[1]);
	two_at_once(argv[1]);
	never_started(argv[1]);
	removed(argv[1]);
	puts("good");
	return 0;
}
