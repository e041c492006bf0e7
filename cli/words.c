/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line as words: argument files, values attached to short options, and names that nobody knows. */
#include "options.h"

#include <string.h>

enum { NESTING_MAX = 8, NAME_LENGTH_MAX = 40 };

struct reading {
	GPtrArray *words;
	char *wants_value; /* the option whose value is the next word, or NULL */
	const option_row *wanting;
	bool ended;        /* "--" was there: the rest are files */
};

static bool read_word(struct reading *reading, const char *word, int nesting, GError **error);

/* Edits that turn one name into the other: inserted, deleted and changed characters (Levenshtein's distance). */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_LENGTH_MAX + 1], n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t corner = row[0]++;
		for (size_t j = 1; j <= n; j++) {
			size_t change = corner + (a[i - 1] != b[j - 1]);
			size_t edit = MIN(row[j], row[j - 1]) + 1;
			corner = row[j];
			row[j] = MIN(change, edit);
		}
	}
	return row[n];
}

/* An option that is there and has a name like that one; NULL: none is like it. A name that begins an option's is like it. */
static const option_row *nearest(const char *name)
{
	const option_row *best = NULL;
	size_t least = MIN(strlen(name), NAME_LENGTH_MAX) / 2 + 1;

	for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
		const option_row *row = &option_table[i];
		if (row->state == STATE_LATER || strlen(name) > NAME_LENGTH_MAX)
			continue;
		size_t d = *name && g_str_has_prefix(row->long_name, name) ? 0 : distance(row->long_name, name);
		if (d < least) {
			least = d;
			best = row;
		}
	}
	return best;
}

static bool unknown_long(const char *name, GError **error)
{
	const option_row *row = nearest(name);

	if (!row)
		return options_fail(error, "there is no option --%s", name);
	return options_fail(error, "there is no option --%s; the nearest is --%s", name, row->long_name);
}

static bool is_there(const option_row *row, const char *name, GError **error)
{
	return row->state == STATE_NOW ||
	       options_fail(error, "%s (%s) is not available yet in this version", name, row->help);
}

static void want_value(struct reading *reading, const option_row *row, char *name)
{
	reading->wanting = row;
	reading->wants_value = name;
}

static bool read_long(struct reading *reading, const char *word, GError **error)
{
	size_t n = strcspn(word, "=");
	const option_row *row = option_by_long(word + 2, n - 2);
	char *name = g_strndup(word, n);
	bool good;

	if (!row)
		good = unknown_long(name + 2, error);
	else if (!is_there(row, name, error))
		good = false;
	else if (word[n] && row->takes == TAKES_NOTHING)
		good = options_fail(error, "%s takes no value, but is given '%s'", name, word + n + 1);
	else
		good = true;
	if (good)
		g_ptr_array_add(reading->words, g_strdup(word));
	if (good && !word[n] && (row->takes == TAKES_VALUE || row->takes == TAKES_MANY))
		want_value(reading, row, name);
	else
		g_free(name);
	return good;
}

/* "-qc10" -> "-q", "-c", "10" */
static bool read_short(struct reading *reading, const char *word, GError **error)
{
	for (const char *c = word + 1; *c; c++) {
		const option_row *row = option_by_short(*c);
		char name[] = {'-', *c, '\0'};

		if (!row && g_ascii_isgraph(*c))
			return options_fail(error, "there is no option %s", name);
		if (!row)
			return options_fail(error, "'%s' is no option", word);
		if (!is_there(row, name, error))
			return false;
		g_ptr_array_add(reading->words, g_strdup(name));
		if (row->takes == TAKES_NOTHING)
			continue;
		if (c[1])
			g_ptr_array_add(reading->words, g_strdup(c + 1));
		else
			want_value(reading, row, g_strdup(name));
		break;
	}
	return true;
}

static bool read_file(struct reading *reading, const char *name, int nesting, GError **error)
{
	GError *why = NULL;
	char *text = NULL, **words = NULL;
	bool good = true;

	if (nesting == NESTING_MAX)
		return options_fail(error, "@%s: argument files name each other too often", name);
	if (g_file_get_contents(name, &text, NULL, &why) && text[strspn(text, " \t\r\n")])
		g_shell_parse_argv(text, NULL, &words, &why);
	g_free(text);
	if (why && !g_error_matches(why, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
		good = options_fail(error, "@%s: %s", name, why->message);
	g_clear_error(&why);
	for (char **word = words; good && word && *word; word++)
		good = read_word(reading, *word, nesting + 1, error);
	g_strfreev(words);
	return good;
}

static bool read_word(struct reading *reading, const char *word, int nesting, GError **error)
{
	if (!reading->ended && !reading->wants_value) {
		if (word[0] == '@' && word[1])
			return read_file(reading, word + 1, nesting, error);
		if (word[0] == '-' && word[1] == '-' && word[2])
			return read_long(reading, word, error);
		if (word[0] == '-' && word[1] && word[1] != '-')
			return read_short(reading, word, error);
		reading->ended = strcmp(word, "--") == 0;
	}
	g_clear_pointer(&reading->wants_value, g_free);
	g_ptr_array_add(reading->words, g_strdup(word));
	return true;
}

char **options_words(char **argv, GError **error)
{
	struct reading reading = {.words = g_ptr_array_new_with_free_func(g_free)};
	bool good = true;

	if (argv[0])
		g_ptr_array_add(reading.words, g_strdup(argv[0]));
	for (char **word = argv + 1; argv[0] && good && *word; word++)
		good = read_word(&reading, *word, 0, error);
	if (good && reading.wants_value)
		good = options_fail(error, "%s takes %s, which is missing", reading.wants_value, reading.wanting->argument);
	g_free(reading.wants_value);
	if (!good) {
		g_ptr_array_free(reading.words, TRUE);
		return NULL;
	}
	g_ptr_array_add(reading.words, NULL);
	return (char **)g_ptr_array_free(reading.words, FALSE);
}
