/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/settings.h>

#include <glib.h>
#include <locale.h>
#include <string.h>

static void test_seconds_good(void)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{"0", 0},
		{"120", INT64_C(120000000000)},
		{"0.5", 500000000},
		{".5", 500000000},
		{"5.", INT64_C(5000000000)},
		{"000.10", 100000000},
		{"0.1", 100000000},
		{"0.3", 300000000}, /* not a double times 1e9 */
		{"0.000000001", 1},
		{"1.0000000010000", 1000000001},
		{"4503599627.370497001", INT64_C(4503599627370497001)}, /* beyond the 53 bits of a double */
		{"9223372036.854775807", INT64_MAX},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		nf_error error;
		int64_t ns = -1;
		g_assert_cmpint(nf_seconds_parse(cases[i].text, &ns, &error), ==, NF_OK);
		g_assert_cmpint(ns, ==, cases[i].ns);
	}
}

static void test_seconds_bad(void)
{
	static const char *const cases[] = {
		"", " ", ".", "-1", "-0", "+1", "1 ", " 1", "1s", "1e3", "0x10", "nan", "NaN", "inf", "1,5", "1.2.3", "--", "0.0000000001",
		"9223372036.854775808", "9223372037", "99999999999999999999999999", "\xd9\xa1", /* an Arabic digit */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		nf_error error;
		int64_t ns = -1;
		g_assert_cmpint(nf_seconds_parse(cases[i], &ns, &error), ==, NF_ARGUMENT);
		g_assert_cmpint(ns, ==, -1);
		g_assert_true(g_str_has_prefix(error.text, "takes seconds"));
		g_assert_true(g_str_has_suffix(error.text, "'"));
	}
}

static void test_seconds_no_error_wanted(void)
{
	int64_t ns = 7;

	g_assert_cmpint(nf_seconds_parse("x", &ns, NULL), ==, NF_ARGUMENT);
	g_assert_cmpint(ns, ==, 7);
}

static void test_count(void)
{
	uint64_t n = 7;

	g_assert_cmpint(nf_count_parse("0", 0, &n, NULL), ==, NF_OK);
	g_assert_cmpuint(n, ==, 0);
	g_assert_cmpint(nf_count_parse("007", 1, &n, NULL), ==, NF_OK);
	g_assert_cmpuint(n, ==, 7);
	g_assert_cmpint(nf_count_parse("18446744073709551615", 1, &n, NULL), ==, NF_OK);
	g_assert_cmpuint(n, ==, UINT64_MAX);

	static const char *const cases[] = {"", "0", "-1", "+1", "1.0", "1e3", " 1", "1 ", "0x1", "18446744073709551616", "nan"};
	n = 7;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(nf_count_parse(cases[i], 1, &n, NULL), ==, NF_ARGUMENT);
	g_assert_cmpuint(n, ==, 7);
}

static void test_set_each(void)
{
	static const struct {
		const char *name;
		const char *value;
	} cases[] = {{"idle-timeout", "1.5"}, {"idle", "1.5"}, {"active-timeout", "1.5"}, {"active", "1.5"},
		     {"close-linger", "1.5"}, {"linger", "1.5"}, {"max-flows", "1500"}, {"flows", "1500"}};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		nf_options defaults, options;
		nf_options_init(&defaults);
		options = defaults;
		g_assert_cmpint(nf_setting_set(&options, cases[i].name, cases[i].value, NULL), ==, NF_OK);
		g_assert_cmpint(options.idle_timeout_ns, ==, cases[i].name[0] == 'i' ? 1500000000 : defaults.idle_timeout_ns);
		g_assert_cmpint(options.active_timeout_ns, ==, cases[i].name[0] == 'a' ? 1500000000 : defaults.active_timeout_ns);
		g_assert_cmpint(options.close_linger_ns, ==, strstr(cases[i].name, "linger") ? 1500000000 : defaults.close_linger_ns);
		g_assert_cmpuint(options.max_flows, ==, strstr(cases[i].name, "flows") ? 1500 : defaults.max_flows);
	}
}

static void test_set_bad(void)
{
	nf_options defaults, options;
	nf_error error;

	nf_options_init(&defaults);
	options = defaults;
	g_assert_cmpint(nf_setting_set(&options, "idle", "-1", &error), ==, NF_ARGUMENT);
	g_assert_cmpstr(error.text, ==, "idle takes seconds from 0 to 9223372036 with at most nine decimals, as in 120 or 0.5, not '-1'");
	g_assert_cmpint(nf_setting_set(&options, "max-flows", "1.5", &error), ==, NF_ARGUMENT);
	g_assert_true(g_str_has_prefix(error.text, "max-flows takes a whole number from 0"));
	g_assert_cmpint(nf_setting_set(&options, "idel", "1", &error), ==, NF_ARGUMENT);
	g_assert_true(g_str_has_prefix(error.text, "no setting is called 'idel'; there are: idle-timeout, active-timeout, close-linger, max-flows"));
	g_assert_cmpint(options.idle_timeout_ns, ==, defaults.idle_timeout_ns);
	g_assert_cmpuint(options.max_flows, ==, defaults.max_flows);
}

static void test_size(void)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {{"0", 0}, {"0G", 0}, {"1048576", 1 << 20}, {"1024K", 1 << 20}, {"1M", 1 << 20}, {"3G", UINT64_C(3) << 30}, {"17179869183G", UINT64_MAX << 30}};
	static const char *const bad[] = {"", "M", "-1", "1m", "1.5M", "1048575", "1023K", "1MB", " 1M", "1M ", "17179869184G", "18446744073709551616"};
	nf_error error;

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		nf_options options;
		nf_options_init(&options);
		g_assert_cmpint(nf_setting_set(&options, "memory", good[i].text, &error), ==, NF_OK);
		g_assert_cmpuint(options.max_memory, ==, good[i].bytes);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		nf_options options;
		nf_options_init(&options);
		g_assert_cmpint(nf_setting_set(&options, "max-memory", bad[i], &error), ==, NF_ARGUMENT);
		g_assert_cmpuint(options.max_memory, ==, 0);
		g_assert_nonnull(strstr(error.text, "at least 1048576 bytes"));
	}
}

static void test_at(void)
{
	size_t n = 0;

	for (const nf_setting *setting; (setting = nf_setting_at(n)) != NULL; n++) {
		nf_options options;
		nf_options_init(&options);
		const char *value = strcmp(setting->argument, "WHAT") == 0 ? "ignore" : strcmp(setting->argument, "NAME") == 0 ? "netflower" :
				    strcmp(setting->argument, "SIZE") == 0 ? "1M" : "1";
		g_assert_cmpint(nf_setting_set(&options, setting->name, value, NULL), ==, NF_OK);
		g_assert_cmpint(nf_setting_set(&options, setting->alias, value, NULL), ==, NF_OK);
	}
	g_assert_cmpuint(n, >=, 4);
}

static void test_columns(void)
{
	nf_columns *columns;
	nf_error error;

	g_assert_cmpint(nf_columns_parse(&columns, "dst_ip+src_ip", '+', &error), ==, NF_OK);
	g_assert_cmpuint(nf_columns_count(columns), ==, 2);
	g_assert_cmpstr(nf_columns_at(columns, 0)->name, ==, "dst_ip");
	g_assert_cmpstr(nf_columns_at(columns, 1)->name, ==, "src_ip");
	nf_columns_free(columns);
	g_assert_cmpint(nf_columns_parse(&columns, "src_ip,protocol", ',', &error), ==, NF_OK);
	g_assert_cmpuint(nf_columns_count(columns), ==, 2);
	nf_columns_free(columns);

	static const char *const cases[] = {"", " ", "nosuch", "src_ip,,dst_ip", "src_ip,src_ip"};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_assert_cmpint(nf_columns_parse(&columns, cases[i], ',', &error), ==, NF_ARGUMENT);
		g_assert_null(columns);
	}
}

int main(int argc, char **argv)
{
	/* The locale must not matter; where there is no German one, this changes nothing. */
	setlocale(LC_ALL, "de_DE.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/settings/nf_seconds_parse/good", test_seconds_good);
	g_test_add_func("/settings/nf_seconds_parse/bad", test_seconds_bad);
	g_test_add_func("/settings/nf_seconds_parse/no_error_wanted", test_seconds_no_error_wanted);
	g_test_add_func("/settings/nf_count_parse/numbers", test_count);
	g_test_add_func("/settings/nf_setting_set/each", test_set_each);
	g_test_add_func("/settings/nf_setting_set/bad", test_set_bad);
	g_test_add_func("/nf_setting_set/size", test_size);
	g_test_add_func("/settings/nf_setting_at/all", test_at);
	g_test_add_func("/settings/nf_columns_parse/separators", test_columns);
	return g_test_run();
}
