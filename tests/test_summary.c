/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The example of the text is the one in the contract of the command line. */
#include <netflower/summary.h>

#include <glib.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const char *const one_file[] = {"capture.pcapng"};

static nf_summary summary(const nf_stats *stats)
{
	return (nf_summary){.program = "nf-cli", .files = one_file, .n_files = 1, .stats = stats};
}

static void expect_text(const nf_summary *s, const char *expected)
{
	char *text = nf_summary_text(s);

	g_assert_cmpstr(text, ==, expected);
	free(text);
}

static nf_stats example(void)
{
	nf_stats stats = {.frames = 1032900, .used = 1001204};

	stats.skipped[NF_SKIP_AFTER_CLOSE] = 213;
	stats.skipped[NF_SKIP_ICMP] = 1500;
	stats.skipped[NF_SKIP_IPV6] = 20113;
	stats.skipped[NF_SKIP_NOT_IP] = 9870;
	stats.ended[NF_END_EOF] = 2000;
	stats.ended[NF_END_FIN] = 30100;
	stats.ended[NF_END_RST] = 6022;
	stats.ended[NF_END_IDLE] = 10000;
	return stats;
}

/* " (--ipv6)", or nothing as long as there is no such option */
static char *bracket(nf_skip skip)
{
	return nf_skip_option(skip) ? g_strdup_printf(" (%s)", nf_skip_option(skip)) : g_strdup("");
}

static void test_text_example(void)
{
	nf_stats stats = example();
	nf_summary s = summary(&stats);
	char *ipv6 = bracket(NF_SKIP_IPV6), *icmp = bracket(NF_SKIP_ICMP);
	char *expected = g_strdup_printf("nf-cli: capture.pcapng: 1,032,900 frames, 228.1 MB in 0.21 s\n"
					 "  used     1,001,204\n"
					 "  skipped     31,696   IPv6 20,113%s · ARP and other not IP 9,870 · ICMP 1,500%s · after close 213\n"
					 "  flows       48,122   fin 30,100 · rst 6,022 · idle 10,000 · eof 2,000\n",
					 ipv6, icmp);

	s.bytes = 228100000;
	s.seconds = 0.2099;
	expect_text(&s, expected);
	g_free(ipv6);
	g_free(icmp);
	g_free(expected);
}

static void test_text_nothing(void)
{
	nf_stats stats = {0};
	nf_summary s = summary(&stats);

	expect_text(&s, "nf-cli: capture.pcapng: 0 frames, 0 B in 0.00 s\n"
			"  used     0\n"
			"  skipped  0\n"
			"  flows    0\n");
}

static void test_text_order_of_equals(void)
{
	nf_stats stats = {.frames = 6};
	nf_summary s = summary(&stats);

	stats.skipped[NF_SKIP_FILTER] = 2;
	stats.skipped[NF_SKIP_MALFORMED] = 2;
	stats.skipped[NF_SKIP_NOT_IP] = 2;
	expect_text(&s, "nf-cli: capture.pcapng: 6 frames, 0 B in 0.00 s\n"
			"  used     0\n"
			"  skipped  6   ARP and other not IP 2 · malformed 2 · not matching the filter 2\n"
			"  flows    0\n");
}

static void test_text_so_far(void)
{
	static const char *const files[] = {"-", "b"};
	nf_stats stats = {.frames = 1, .used = 1, .alive = 1234, .ended[NF_END_EVICTED] = 1};
	nf_summary s = summary(&stats);

	s.program = "tshark";
	s.files = files;
	s.so_far = true;
	s.received = 1000;
	s.dropped = 10;
	s.seconds = 61.005;
	expect_text(&s, "tshark: standard input: so far 1 frame, 0 B in 61.01 s\n"
			"  used         1\n"
			"  skipped      0\n"
			"  flows        1   evicted 1\n"
			"  open     1,234\n"
			"  capture  1,000   dropped 10\n");
	s.n_files = 2;
	char *text = nf_summary_text(&s);
	g_assert_true(g_str_has_prefix(text, "tshark: 2 files: so far"));
	free(text);
}

static void test_text_names(void)
{
	/* A tab, an escape sequence, DEL, the C1 control CSI; Latin-1 and UTF-8 letters stay. */
	static const char *const files[] = {"a\tb\033[31m\x7f\xc2\x9b\xe4\xc3\xa4"};
	nf_stats stats = {0};
	nf_summary s = summary(&stats);

	s.files = files;
	char *text = nf_summary_text(&s);
	g_assert_true(g_str_has_prefix(text, "nf-cli: a?b?[31m??\xe4\xc3\xa4: 0 frames"));
	free(text);
}

static void test_count(void)
{
	static const struct {
		uint64_t n;
		const char *text;
	} cases[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {12345, "12,345"}, {123456, "123,456"}, {1234567, "1,234,567"},
		     {UINT64_MAX, "18,446,744,073,709,551,615"}};
	char out[NF_SUMMARY_NUMBER_MAX];

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpstr(nf_summary_count(cases[i].n, out), ==, cases[i].text);
}

static void test_size(void)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{0, "0 B"}, {1, "1 B"}, {999, "999 B"}, {1000, "1.0 kB"}, {1049, "1.0 kB"}, {1050, "1.1 kB"}, {999949, "999.9 kB"},
		{999950, "1.0 MB"}, {228100000, "228.1 MB"}, {999949999, "999.9 MB"}, {999950000, "1.0 GB"},
		{UINT64_C(1234567890123), "1,234.6 GB"}, {UINT64_MAX, "18,446,744,073.7 GB"},
	};
	char out[NF_SUMMARY_NUMBER_MAX];

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpstr(nf_summary_size(cases[i].bytes, out), ==, cases[i].text);
}

static void test_json(void)
{
	nf_stats stats = example();
	nf_summary s = summary(&stats);

	s.bytes = 228100000;
	s.seconds = 0.2099;
	s.rows = 48122;
	s.received = 5;
	s.dropped = 2;
	char *json = nf_summary_json(&s);
	g_assert_cmpstr(json, ==, "{\"files\":[\"capture.pcapng\"],\"frames\":1032900,\"used\":1001204,"
				  "\"skipped\":{\"not_ip\":9870,\"ipv6\":20113,\"icmp\":1500,\"sctp\":0,\"other_protocol\":0,\"fragment\":0,\"reassembled\":0,"
				  "\"after_close\":213,\"malformed\":0,\"cut_short\":0,\"bad_checksum\":0,\"layers\":0,\"encrypted\":0,\"aggregate\":0,"
				  "\"link_type\":0,\"no_time\":0,\"not_packet\":0,\"filter\":0,\"repeated_fin\":0,\"single\":0},"
				  "\"flows\":{\"fin\":30100,\"rst\":6022,\"idle\":10000,\"active\":0,\"evicted\":0,\"eof\":2000},"
				  "\"rows\":48122,\"bytes\":228100000,\"seconds\":0.209900,\"capture\":{\"received\":5,\"dropped\":2,\"interface_dropped\":0}}\n");
	free(json);
}

static void test_json_names(void)
{
	/* RFC 8259: quotes, backslashes and controls are escaped. UTF-8 (RFC 3629) stays; all else is replaced, byte by byte:
	 * a lone Latin-1 letter, an overlong '/', a surrogate, a number beyond U+10FFFF, a character cut short. */
	static const char *const files[] = {"a\"b\\c\n\x01/", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xe4.pcap", "\xc0\xaf", "\xed\xa0\x80",
					    "\xf4\x90\x80\x80", "\xe2\x82", ""};
	nf_stats stats = {0};
	nf_summary s = summary(&stats);

	s.files = files;
	s.n_files = G_N_ELEMENTS(files);
	char *json = nf_summary_json(&s);
	g_assert_true(g_utf8_validate(json, -1, NULL));
	g_assert_true(g_str_has_prefix(json, "{\"files\":[\"a\\\"b\\\\c\\u000a\\u0001/\",\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\","
					     "\"\xef\xbf\xbd.pcap\",\"\xef\xbf\xbd\xef\xbf\xbd\",\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\","
					     "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",\"\xef\xbf\xbd\xef\xbf\xbd\",\"\"],"));
	free(json);
}

static void test_why_unused(void)
{
	nf_stats stats = {0};
	nf_summary s = summary(&stats);

	g_assert_null(nf_summary_why_unused(&s));
	stats.frames = 1200;
	stats.skipped[NF_SKIP_MALFORMED] = 1200;
	char *why = nf_summary_why_unused(&s);
	g_assert_cmpstr(why, ==, "all 1,200 frames were skipped: malformed");
	free(why);
	stats.skipped[NF_SKIP_MALFORMED] = 1;
	stats.skipped[NF_SKIP_NOT_IP] = 1199;
	why = nf_summary_why_unused(&s);
	g_assert_cmpstr(why, ==, "all 1,200 frames were skipped: ARP and other not IP 1,199, malformed 1");
	free(why);
	stats.used = 1;
	stats.skipped[NF_SKIP_MALFORMED] = 0;
	g_assert_null(nf_summary_why_unused(&s));
}

int main(int argc, char **argv)
{
	/* The locale must not matter; where there is no German one, this changes nothing. */
	setlocale(LC_ALL, "de_DE.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/summary/nf_summary_text/example", test_text_example);
	g_test_add_func("/summary/nf_summary_text/nothing", test_text_nothing);
	g_test_add_func("/summary/nf_summary_text/order_of_equals", test_text_order_of_equals);
	g_test_add_func("/summary/nf_summary_text/so_far", test_text_so_far);
	g_test_add_func("/summary/nf_summary_text/names", test_text_names);
	g_test_add_func("/summary/nf_summary_count/numbers", test_count);
	g_test_add_func("/summary/nf_summary_size/units", test_size);
	g_test_add_func("/summary/nf_summary_json/example", test_json);
	g_test_add_func("/summary/nf_summary_json/names", test_json_names);
	g_test_add_func("/summary/nf_summary_why_unused/cases", test_why_unused);
	return g_test_run();
}
