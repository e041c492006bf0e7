/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When connections of the zeek profile begin and end, and to which one a packet belongs: packets given as they come from a decoder. */
#include <netflower/engine.h>
#include <netflower/sink.h>
#include <netflower/zeek.h>

#include <glib.h>

#include <arpa/inet.h>
#include <string.h>

typedef struct nf_case {
	nf_engine *engine;
	nf_batch batch;
	nf_detail details[NF_BATCH_PACKETS];
	nf_columns *columns;
	nf_sink *sink;
	nf_zeek_nets *nets;
	nf_zeek_log_options log;
	GString *text;
} nf_case;

static nf_status write_text(void *to, const void *bytes, size_t n, nf_error *error)
{
	(void)error;
	g_string_append_len(to, bytes, (gssize)n);
	return NF_OK;
}

static void set_up(nf_case *c, const nf_options *options, const char *format, const char *nets)
{
	const nf_columns_options of = {.profile = NF_PROFILE_ZEEK};
	nf_options defaults;
	nf_error error;

	memset(c, 0, sizeof *c);
	nf_options_init(&defaults);
	defaults.zeek.fixed_uids = true;
	if (options)
		defaults = *options;
	defaults.profile = NF_PROFILE_ZEEK;
	c->text = g_string_new(NULL);
	g_assert_cmpint(nf_engine_new(&c->engine, &defaults, &error), ==, NF_OK);
	g_assert_cmpint(nf_columns_new_for(&c->columns, &of, &error), ==, NF_OK);
	g_assert_cmpint(nf_sink_new(&c->sink, format, c->columns, (nf_writer){write_text, c->text}, &error), ==, NF_OK);
	g_assert_cmpint(nf_zeek_nets_new(&c->nets, nets, &error), ==, NF_OK);
	c->log.nets = c->nets;
	nf_sink_set_zeek(c->sink, &c->log);
}

static void tear_down(nf_case *c)
{
	nf_sink_free(c->sink);
	nf_columns_free(c->columns);
	nf_zeek_nets_free(c->nets);
	nf_engine_free(c->engine);
	g_string_free(c->text, TRUE);
}

static void take(nf_case *c)
{
	const nf_flow *flow;
	nf_error error;

	while ((flow = nf_engine_take(c->engine)) != NULL)
		g_assert_cmpint(nf_sink_flow(c->sink, flow, &error), ==, NF_OK);
}

/* A packet between 10.0.0.FROM and 10.0.0.TO, at a time in ms; what the caller may still change is in the batch, as its last. */
static nf_packet *packet(nf_case *c, int64_t ms, int from, int to, uint8_t protocol, uint16_t port, uint16_t other)
{
	nf_packet *p = &c->batch.packets[c->batch.n];
	nf_detail *d = &c->details[c->batch.n++];

	memset(p, 0, sizeof *p);
	memset(d, 0, sizeof *d);
	p->ts_ns = ms * 1000000;
	p->key = (nf_key){.address = {{10, 0, 0, (uint8_t)from}, {10, 0, 0, (uint8_t)to}}, .port = {port, other}, .protocol = protocol, .ip_version = 4};
	p->header_bytes = protocol == NF_PROTOCOL_TCP ? 20 : 8;
	p->ip_bytes = 20u + p->header_bytes;
	p->window = 100;
	d->ip_header_bytes = 20;
	return p;
}

static void tcp(nf_case *c, int64_t ms, int from, int to, uint16_t port, uint16_t other, uint8_t flags, uint32_t seq, uint32_t ack)
{
	packet(c, ms, from, to, NF_PROTOCOL_TCP, port, other)->tcp_flags = flags;
	c->details[c->batch.n - 1].tcp_seq = seq;
	c->details[c->batch.n - 1].tcp_ack = ack;
}

static void udp(nf_case *c, int64_t ms, int from, int to, uint16_t port, uint16_t other, uint32_t payload)
{
	nf_packet *p = packet(c, ms, from, to, NF_PROTOCOL_UDP, port, other);

	p->payload_bytes = payload;
	p->ip_bytes += payload;
	c->details[c->batch.n - 1].payload_captured = payload;
}

/* Gives what was made since last time. */
static void give(nf_case *c)
{
	nf_error error;

	c->batch.details = c->details;
	for (size_t i = 0; i < c->batch.n; i++)
		c->batch.frames += !(c->batch.packets[i].flags & NF_PACKET_ALSO);
	g_assert_cmpint(nf_engine_batch(c->engine, &c->batch, &error), ==, NF_OK);
	nf_batch_clear(&c->batch);
	take(c);
}

/* One field of each connection so far that has ended, in order of their ends, parted by spaces. */
static char *ended(nf_case *c, int field)
{
	GString *found = g_string_new(NULL);
	nf_error error;

	g_assert_cmpint(nf_sink_flush(c->sink, &error), ==, NF_OK);
	char **lines = g_strsplit(c->text->str, "\n", -1);

	for (int i = 0; lines[i] && *lines[i]; i++) {
		char **fields = g_strsplit(lines[i], "\t", -1);

		g_string_append_printf(found, "%s%s", found->len ? " " : "", fields[field]);
		g_strfreev(fields);
	}
	g_strfreev(lines);
	return g_string_free(found, FALSE);
}

enum { UID = 1, ORIG_P = 3, DURATION = 8, STATE = 11, LOCAL_ORIG, LOCAL_RESP, HISTORY = 15, ORIG_PKTS, RESP_PKTS = 18, PARENTS = 20 };

static void expect(nf_case *c, int field, const char *expected)
{
	char *found = ended(c, field);

	g_assert_cmpstr(found, ==, expected);
	g_free(found);
}

static void finish(nf_case *c)
{
	nf_error error;
	uint64_t skipped = 0;

	give(c);
	g_assert_cmpint(nf_engine_finish(c->engine, &error), ==, NF_OK);
	take(c);
	const nf_stats *stats = nf_engine_stats(c->engine);

	for (int i = 0; i < NF_SKIP_COUNT; i++)
		skipped += stats->skipped[i];
	g_assert_cmpuint(stats->frames, ==, stats->used + skipped);
	g_assert_cmpuint(stats->alive, ==, 0);
}

/* What a packet of somebody else's at this time ends. */
static void clock_to(nf_case *c, int64_t ms)
{
	nf_error error;

	give(c);
	g_assert_cmpint(nf_engine_advance(c->engine, ms * 1000000, &error), ==, NF_OK);
	take(c);
}

enum { SYN = NF_TCP_SYN, ACK = NF_TCP_ACK, FIN = NF_TCP_FIN | NF_TCP_ACK, RST = NF_TCP_RST };

static void shake_hands(nf_case *c, int64_t ms, uint16_t port)
{
	tcp(c, ms, 1, 2, 4000, port, SYN, 100, 0);
	tcp(c, ms, 2, 1, port, 4000, SYN | ACK, 200, 101);
	tcp(c, ms, 1, 2, 4000, port, ACK, 101, 201);
}

static void test_tcp_times(void)
{
	nf_case c;

	set_up(&c, NULL, "zeek", NULL); /* no answer: 5 s */
	tcp(&c, 0, 1, 2, 4000, 9, SYN, 100, 0);
	clock_to(&c, 4999);
	expect(&c, STATE, "");
	clock_to(&c, 5000);
	expect(&c, STATE, "S0");

	shake_hands(&c, 10000, 9); /* idle: 5 min */
	clock_to(&c, 309999);
	expect(&c, STATE, "S0");
	clock_to(&c, 310000);
	expect(&c, STATE, "S0 S1");

	shake_hands(&c, 400000, 22); /* people pause: 1 h */
	clock_to(&c, 3999999);
	expect(&c, STATE, "S0 S1");
	clock_to(&c, 4000000);
	expect(&c, STATE, "S0 S1 S1");

	shake_hands(&c, 5000000, 9); /* closed: 5 s, in which more packets belong to it but do not count for the duration */
	tcp(&c, 5001000, 1, 2, 4000, 9, FIN, 101, 201);
	tcp(&c, 5002000, 2, 1, 9, 4000, FIN, 201, 102);
	tcp(&c, 5006000, 1, 2, 4000, 9, ACK, 102, 202);
	clock_to(&c, 5006999);
	expect(&c, STATE, "S0 S1 S1");
	clock_to(&c, 5007000);
	expect(&c, STATE, "S0 S1 S1 SF");
	expect(&c, DURATION, "- - - 2.000000");
	expect(&c, ORIG_PKTS, "1 2 2 4");
	finish(&c);
	tear_down(&c);
}

static void test_tcp_more_times(void)
{
	nf_case c;

	set_up(&c, NULL, "zeek", NULL); /* RST: 5 s */
	shake_hands(&c, 0, 9);
	tcp(&c, 1000, 1, 2, 4000, 9, RST, 101, 0);
	clock_to(&c, 5999);
	expect(&c, STATE, "");
	clock_to(&c, 6000);
	expect(&c, STATE, "RSTO");

	/* One side's FIN is no end, the other may go on: 5 min. */
	shake_hands(&c, 10000, 9);
	tcp(&c, 11000, 1, 2, 4000, 9, FIN, 101, 201);
	clock_to(&c, 310999);
	expect(&c, STATE, "RSTO");
	clock_to(&c, 311000);
	expect(&c, STATE, "RSTO S2");

	/* A SYN and a FIN with no answer: done after 5 s. */
	tcp(&c, 400000, 1, 2, 4000, 9, SYN, 100, 0);
	tcp(&c, 400000, 1, 2, 4000, 9, NF_TCP_FIN, 101, 0);
	clock_to(&c, 404999);
	expect(&c, STATE, "RSTO S2");
	clock_to(&c, 405000);
	expect(&c, STATE, "RSTO S2 SH");

	/* An attempt is over 5 s after its first SYN, however often that is sent. */
	tcp(&c, 500000, 1, 2, 4000, 9, SYN, 100, 0);
	tcp(&c, 504000, 1, 2, 4000, 9, SYN, 100, 0);
	clock_to(&c, 504999);
	expect(&c, STATE, "RSTO S2 SH");
	clock_to(&c, 505000);
	expect(&c, STATE, "RSTO S2 SH S0");
	finish(&c);
	tear_down(&c);
}

static void test_reuse(void)
{
	nf_case c;

	set_up(&c, NULL, "zeek", NULL);
	shake_hands(&c, 0, 9);
	tcp(&c, 1000, 1, 2, 4000, 9, SYN, 9000, 0); /* another sequence number: another connection */
	give(&c);
	expect(&c, STATE, "S1");
	tcp(&c, 1001, 1, 2, 4000, 9, SYN, 9000, 0); /* the same: the same */
	finish(&c);
	expect(&c, STATE, "S1 S0");
	expect(&c, ORIG_PKTS, "2 2");
	tear_down(&c);
}

static void test_datagrams(void)
{
	nf_case c;

	set_up(&c, NULL, "zeek", NULL);
	udp(&c, 0, 1, 2, 4000, 9, 10);
	udp(&c, 59000, 2, 1, 9, 4000, 10);
	clock_to(&c, 118999);
	expect(&c, STATE, "");
	clock_to(&c, 119000);
	expect(&c, STATE, "SF");

	/* DNS: looked at every 10 s, over when there was nothing in the last 9. */
	udp(&c, 200000, 1, 2, 4000, 53, 10);
	udp(&c, 205000, 2, 1, 53, 4000, 10);
	clock_to(&c, 210000);
	expect(&c, STATE, "SF");
	clock_to(&c, 220000);
	expect(&c, STATE, "SF SF");

	/* The first packet seen came from a server. */
	udp(&c, 300000, 1, 2, 53, 4000, 10);
	udp(&c, 300001, 3, 4, 53, 53, 10);
	finish(&c);
	expect(&c, STATE, "SF SF SHR S0");
	expect(&c, HISTORY, "Dd Dd ^d D");
	expect(&c, ORIG_P, "4000 4000 4000 53");
	tear_down(&c);
}

static void test_icmp(void)
{
	nf_case c;

	set_up(&c, NULL, "zeek", NULL);
	packet(&c, 0, 1, 2, NF_PROTOCOL_ICMP, 8, 0); /* question and answer: one connection */
	c.details[0].icmp_type = 8;
	packet(&c, 1, 2, 1, NF_PROTOCOL_ICMP, 0, 8);
	packet(&c, 2, 1, 2, NF_PROTOCOL_ICMP, 3, 3); /* the same error both ways: two */
	c.details[2].icmp_type = 3;
	packet(&c, 3, 2, 1, NF_PROTOCOL_ICMP, 3, 3);
	c.details[3].icmp_type = 3;
	packet(&c, 4, 1, 2, 99, 0, 0); /* two protocols: two */
	packet(&c, 5, 2, 1, 99, 0, 0);
	packet(&c, 6, 1, 2, 100, 0, 0);
	packet(&c, 7, 1, 2, 47, 0, 0); /* no connection at all */
	finish(&c);
	expect(&c, ORIG_PKTS, "1 1 1 1 1");
	expect(&c, RESP_PKTS, "1 0 0 1 0");
	expect(&c, STATE, "OTH OTH OTH OTH OTH");
	g_assert_cmpuint(nf_engine_stats(c.engine)->skipped[NF_SKIP_OTHER_PROTOCOL], ==, 1);
	tear_down(&c);
}

static void test_bad_checksums(void)
{
	nf_case c;

	set_up(&c, NULL, "zeek", NULL);
	udp(&c, 0, 1, 2, 4000, 9, 10);
	c.batch.packets[0].flags = NF_PACKET_BAD_CHECKSUM;
	udp(&c, 1, 3, 4, 4000, 9, 10); /* what it carries is not looked at either */
	c.batch.packets[1].flags = NF_PACKET_ALSO;
	udp(&c, 2, 1, 2, 4000, 9, 10);
	udp(&c, 3, 5, 6, 4000, 9, 10);
	c.batch.packets[3].flags = NF_PACKET_ALSO;
	finish(&c);
	expect(&c, HISTORY, "CD D");
	expect(&c, ORIG_PKTS, "1 1");
	expect(&c, DURATION, "0.002000 -");
	g_assert_cmpuint(nf_engine_stats(c.engine)->used, ==, 1);
	tear_down(&c);
}

/* A connection within a tunnel names the tunnel's connection; through a second tunnel, both. */
static void test_parents(void)
{
	nf_case c;

	set_up(&c, NULL, "zeek", NULL);
	for (uint16_t tunnel = 1; tunnel <= 2; tunnel++) {
		for (int again = 0; again < 2; again++) {
			udp(&c, tunnel, 1, 2, tunnel, 4789, 50);
			const nf_key outer = c.batch.packets[c.batch.n - 1].key;

			udp(&c, tunnel, 3, 4, 4000, 9, 10);
			c.batch.packets[c.batch.n - 1].flags = NF_PACKET_ALSO;
			c.details[c.batch.n - 1].has = NF_HAS_OUTER;
			c.details[c.batch.n - 1].outer = outer;
		}
	}
	finish(&c);
	char *uids = ended(&c, UID), **uid = g_strsplit(uids, " ", -1);
	char *parents = g_strdup_printf("- %s,%s -", uid[0], uid[2]);

	expect(&c, PARENTS, parents);
	for (int i = 0; i < 3; i++) {
		g_assert_cmpuint(strlen(uid[i]), ==, 18);
		g_assert_cmpint(uid[i][0], ==, 'C');
		g_assert_cmpuint(strspn(uid[i], "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"), ==, 18);
		for (int j = 0; j < i; j++)
			g_assert_cmpstr(uid[i], !=, uid[j]);
	}
	g_assert_cmpuint(nf_engine_stats(c.engine)->used, ==, 4);
	g_free(parents);
	g_free(uids);
	g_strfreev(uid);
	tear_down(&c);
}

/* A tunnel's packet that is no connection is skipped when nothing was in it, and used when something was. */
static void test_carriers(void)
{
	nf_case c;

	set_up(&c, NULL, "zeek", NULL);
	packet(&c, 0, 1, 2, 47, 0, 0);
	packet(&c, 1, 1, 2, 47, 0, 0);
	udp(&c, 1, 3, 4, 4000, 9, 10);
	c.batch.packets[2].flags = NF_PACKET_ALSO;
	packet(&c, 2, 1, 2, 4, 0, 0);
	packet(&c, 2, 1, 2, 47, 0, 0);
	c.batch.packets[4].flags = NF_PACKET_ALSO;
	udp(&c, 2, 3, 4, 4000, 9, 10);
	c.batch.packets[5].flags = NF_PACKET_ALSO;
	finish(&c);
	expect(&c, ORIG_PKTS, "2");
	g_assert_cmpuint(nf_engine_stats(c.engine)->used, ==, 2);
	g_assert_cmpuint(nf_engine_stats(c.engine)->skipped[NF_SKIP_OTHER_PROTOCOL], ==, 1);
	tear_down(&c);
}

static void test_cap(void)
{
	nf_options options;
	nf_case c;

	nf_options_init(&options);
	options.max_flows = 3;
	set_up(&c, &options, "zeek", NULL);
	for (uint16_t i = 0; i < 60; i++)
		udp(&c, i, 1, 2, (uint16_t)(4000 + i), 9, 10);
	give(&c);
	g_assert_cmpuint(nf_engine_stats(c.engine)->alive, ==, 3);
	g_assert_cmpuint(nf_engine_stats(c.engine)->ended[NF_END_EVICTED], ==, 57);
	finish(&c);
	char *ports = ended(&c, ORIG_P), **port = g_strsplit(ports, " ", -1);

	g_assert_cmpuint(g_strv_length(port), ==, 60);
	for (int i = 0; i < 60; i++) /* the one idle longest is the one to go */
		g_assert_cmpuint(g_ascii_strtoull(port[i], NULL, 10), ==, 4000u + (unsigned)i);
	g_strfreev(port);
	g_free(ports);
	tear_down(&c);
}

/* Times of 0 are allowed, and nothing runs for ever. */
static void test_no_times(void)
{
	nf_options options;
	nf_case c;

	nf_options_init(&options);
	memset(&options.zeek, 0, sizeof options.zeek);
	set_up(&c, &options, "zeek", NULL);
	shake_hands(&c, 0, 9);
	tcp(&c, 0, 1, 2, 4000, 9, FIN, 101, 201);
	udp(&c, 0, 1, 2, 4000, 53, 10);
	udp(&c, 1, 1, 2, 4000, 53, 10);
	finish(&c);
	tear_down(&c);
}

static void test_nets(void)
{
	static const struct {
		const char *address;
		bool local;
	} addresses[] = {
		{"10.1.2.3", true}, {"9.255.255.255", false}, {"172.31.0.1", true}, {"172.32.0.1", false}, {"100.64.0.1", true}, {"100.128.0.1", false},
		{"224.0.0.251", true}, {"224.0.1.1", false}, {"fe80::1", true}, {"fe00::1", false}, {"2001:4860::1", false}, {"2001:0:1::", true},
		{"2002:a01:203::1", true}, {"ff02::1", false}, {"::1", true}, {"::2", false},
	};
	static const char *const bad[] = {"10", "10.0.0.0/33", "10.0.0.256", "10.0.0.0/", "10.0.0.0/8,", ",10.0.0.0/8", "::/129", "1::2::3", "x", "1:2:3",
					  "12345::", "10.0.0.0/8 fe80::/10", ":1::/64", "1.2.3.4.5", "-1"};
	nf_zeek_nets *nets;
	nf_error error;

	g_assert_cmpint(nf_zeek_nets_new(&nets, NULL, &error), ==, NF_OK);
	for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
		const bool is_ipv4 = !strchr(addresses[i].address, ':');
		uint8_t bytes[16];

		g_test_message("%s", addresses[i].address);
		g_assert_cmpint(inet_pton(is_ipv4 ? AF_INET : AF_INET6, addresses[i].address, bytes), ==, 1);
		g_assert_cmpint(nf_zeek_nets_have(nets, bytes, is_ipv4 ? 4 : 6), ==, addresses[i].local);
	}
	nf_zeek_nets_free(nets);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_test_message("%s", bad[i]);
		g_assert_cmpint(nf_zeek_nets_new(&nets, bad[i], &error), ==, NF_ARGUMENT);
		g_assert_null(nets);
	}
	g_assert_cmpint(nf_zeek_nets_new(&nets, "192.0.2.1, 2001:db8::/33", &error), ==, NF_OK);
	g_assert_cmpuint(nf_zeek_nets_count(nets), ==, 2);
	g_assert_true(nf_zeek_nets_have(nets, (const uint8_t[]){192, 0, 2, 1}, 4));
	g_assert_false(nf_zeek_nets_have(nets, (const uint8_t[]){192, 0, 2, 2}, 4));
	g_assert_true(nf_zeek_nets_have(nets, (const uint8_t[16]){0x20, 1, 0xd, 0xb8, 0x7f}, 6));
	g_assert_false(nf_zeek_nets_have(nets, (const uint8_t[16]){0x20, 1, 0xd, 0xb8, 0x80}, 6));
	nf_zeek_nets_free(nets);
}

static void test_no_nets(void)
{
	nf_case c;

	set_up(&c, NULL, "zeek", "");
	udp(&c, 0, 1, 2, 4000, 9, 10);
	finish(&c);
	expect(&c, LOCAL_ORIG, "-");
	tear_down(&c);
	set_up(&c, NULL, "zeek", "10.0.0.2");
	udp(&c, 0, 1, 2, 4000, 9, 10);
	finish(&c);
	expect(&c, LOCAL_ORIG, "F");
	expect(&c, LOCAL_RESP, "T");
	tear_down(&c);
}

/* The same packets with the same seed have the same uids, with another one others. */
static void test_uids(void)
{
	char *uids[3];

	for (int i = 0; i < 3; i++) {
		nf_options options;
		nf_case c;

		nf_options_init(&options);
		options.zeek.fixed_uids = true;
		options.zeek.uid_seed = i == 2;
		set_up(&c, &options, "zeek", NULL);
		udp(&c, 0, 1, 2, 4000, 9, 10);
		udp(&c, 70000, 1, 2, 4000, 9, 10);
		finish(&c);
		uids[i] = ended(&c, UID);
		g_assert_cmpint(strncmp(uids[i], uids[i] + 19, 18), !=, 0);
		tear_down(&c);
	}
	g_assert_cmpstr(uids[0], ==, uids[1]);
	g_assert_cmpstr(uids[0], !=, uids[2]);
	for (int i = 0; i < 3; i++)
		g_free(uids[i]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/zeek/life/tcp", test_tcp_times);
	g_test_add_func("/zeek/life/tcp-more", test_tcp_more_times);
	g_test_add_func("/zeek/life/reuse", test_reuse);
	g_test_add_func("/zeek/life/datagrams", test_datagrams);
	g_test_add_func("/zeek/life/icmp", test_icmp);
	g_test_add_func("/zeek/life/bad-checksums", test_bad_checksums);
	g_test_add_func("/zeek/life/parents", test_parents);
	g_test_add_func("/zeek/life/carriers", test_carriers);
	g_test_add_func("/zeek/life/cap", test_cap);
	g_test_add_func("/zeek/life/no-times", test_no_times);
	g_test_add_func("/zeek/nets/networks", test_nets);
	g_test_add_func("/zeek/nets/none", test_no_nets);
	g_test_add_func("/zeek/uid/seed", test_uids);
	return g_test_run();
}
