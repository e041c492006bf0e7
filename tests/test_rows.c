/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a sink writes in one piece is what the values give one by one, for flows of every size; and the same with columns behind, or fewer. */
#include "packets.h"

#include <netflower/sink.h>

enum { FLOWS = 3000, VALUES = 128 };

static nf_status collect(void *to, const void *bytes, size_t n, nf_error *error)
{
	(void)error;
	g_string_append_len(to, bytes, (gssize)n);
	return NF_OK;
}

typedef struct printer {
	char separator;
	nf_columns *columns;
	nf_sink *sink;
	GString *got, *expected;
} printer;

static printer printer_new(const char *format, char separator, const char *list)
{
	printer p = {.separator = separator, .got = g_string_new(NULL), .expected = g_string_new(NULL)};
	nf_error error;

	g_assert_cmpint(nf_columns_new(&p.columns, list, &error), ==, NF_OK);
	g_assert_cmpuint(nf_columns_count(p.columns), <=, VALUES);
	g_assert_cmpint(nf_sink_new(&p.sink, format, p.columns, (nf_writer){collect, p.got}, &error), ==, NF_OK);
	return p;
}

static void print(printer *p, const nf_flow *flow)
{
	nf_value values[VALUES];
	nf_error error;

	g_assert_cmpint(nf_sink_flow(p->sink, flow, &error), ==, NF_OK);
	nf_columns_values(p->columns, flow, values);
	for (size_t i = 0; i < nf_columns_count(p->columns); i++) {
		char text[NF_VALUE_PRINT_MAX];

		g_string_append_len(p->expected, text, (gssize)nf_value_print(&values[i], text, sizeof text));
		g_string_append_c(p->expected, p->separator);
	}
	p->expected->str[p->expected->len - 1] = '\n';
}

/* Compares, and returns the number of rows. */
static unsigned printer_end(printer *p)
{
	char **got, **expected;
	nf_error error;
	unsigned n;

	g_assert_cmpint(nf_sink_end(p->sink, &error), ==, NF_OK);
	got = g_strsplit(p->got->str, "\n", -1);
	expected = g_strsplit(p->expected->str, "\n", -1);
	for (n = 0; got[n] && expected[n]; n++)
		g_assert_cmpstr(got[n], ==, expected[n]);
	g_assert_true(!got[n] && !expected[n]);
	g_strfreev(got);
	g_strfreev(expected);
	g_string_free(p->got, TRUE);
	g_string_free(p->expected, TRUE);
	nf_sink_free(p->sink);
	nf_columns_free(p->columns);
	return n - 1;
}

/* A number whose size is anything up to 2^bits. */
static uint64_t any_size(GRand *rnd, int bits)
{
	const uint64_t value = (uint64_t)g_rand_int(rnd) << 32 | g_rand_int(rnd);

	return value >> (63 - g_rand_int_range(rnd, 0, bits));
}

static void set_addresses(GRand *rnd, nf_key *key, int n)
{
	key->ip_version = n % 3 ? 4 : 6;
	memset(key->address, 0, sizeof key->address);
	for (int side = 0; side < 2; side++)
		for (int i = 0; i < (n % 3 ? 4 : 16); i++)
			key->address[side][i] = (uint8_t)(g_rand_boolean(rnd) ? g_rand_int(rnd) : 0);
	key->port[0] = (uint16_t)n;
	key->port[1] = (uint16_t)any_size(rnd, 16);
}

/* One flow: one packet, or two, or many; in one direction or both; from nanoseconds to days long. */
static void add_flow(nf_engine *e, GRand *rnd, int64_t *ts_ns, int n)
{
	const int packets = n % 4 < 2 ? n % 4 + 1 : g_rand_int_range(rnd, 1, 60), gap_bits = g_rand_int_range(rnd, 1, 36);
	const bool both = g_rand_boolean(rnd), is_tcp = g_rand_boolean(rnd);
	const uint8_t flags = (uint8_t)(g_rand_int(rnd) & ~(unsigned)(FIN | RST));
	nf_packet p = tcp(0, "10.0.0.1:1", "10.0.0.2:2", flags, 0);
	nf_key there;

	set_addresses(rnd, &p.key, n);
	p.key.protocol = is_tcp ? NF_PROTOCOL_TCP : NF_PROTOCOL_UDP;
	there = p.key;
	for (int i = 0; i < packets; i++) {
		const int back = both && i > 0 ? g_rand_boolean(rnd) : 0;

		for (int side = 0; side < 2; side++) {
			memcpy(p.key.address[side], there.address[side ^ back], 16);
			p.key.port[side] = there.port[side ^ back];
		}
		p.ts_ns = *ts_ns += i ? (int64_t)any_size(rnd, gap_bits) : (int64_t)any_size(rnd, 30);
		p.payload_bytes = g_rand_boolean(rnd) ? (uint32_t)any_size(rnd, 14) : 0;
		p.ip_bytes = 40 + p.payload_bytes;
		feed(e, p);
	}
}

static void test_random_flows(void)
{
	const nf_options options = {.idle_timeout_ns = SECONDS(1000), .close_linger_ns = SECONDS(1)};
	printer printers[] = {
		printer_new("csv", ',', NULL),
		printer_new("tsv", '\t', ""),
		printer_new("csv", ',', "+ip_version,+end_reason"),
		printer_new("csv", ',', "timestamp,flow_byts_s,src_ip,tot_fwd_pkts,flow_iat_std,flow_duration"),
	};
	GRand *rnd = g_rand_new_with_seed(20240229);
	int64_t ts_ns = SECONDS(1700000000);
	nf_engine *e = engine_new(&options);
	nf_error error;
	const nf_flow *flow;

	for (int n = 0; n < FLOWS; n++)
		add_flow(e, rnd, &ts_ns, n);
	g_assert_cmpint(nf_engine_finish(e, &error), ==, NF_OK);
	while ((flow = nf_engine_take(e)) != NULL)
		for (size_t i = 0; i < G_N_ELEMENTS(printers); i++)
			print(&printers[i], flow);
	for (size_t i = 0; i < G_N_ELEMENTS(printers); i++)
		g_assert_cmpuint(printer_end(&printers[i]), >=, FLOWS);
	nf_engine_free(e);
	g_rand_free(rnd);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rows/random-flows", test_random_flows);
	return g_test_run();
}
