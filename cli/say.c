/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "say.h"

#include <glib.h>

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define ERASE "\r\033[K"

static bool progress_shown;

/* In one piece, so that the lines of several programs do not mix. There is nobody to tell that this failed. */
static void write_all(const char *text)
{
	size_t n = strlen(text);

	while (n > 0) {
		ssize_t done = write(STDERR_FILENO, text, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		text += done;
		n -= (size_t)done;
	}
}

void say_lines(const char *lines)
{
	say_progress_end();
	write_all(lines);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = g_strdup_vprintf(format, args);
	va_end(args);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	char *line = g_strdup_printf("nf-cli: %s\n", text);
	say_lines(line);
	g_free(line);
	g_free(text);
}

void say_progress(const char *line)
{
	bool terminal = isatty(STDERR_FILENO);
	char *text = g_strdup_printf(terminal ? ERASE "%s" : "%s\n", line);

	write_all(text);
	progress_shown = terminal;
	g_free(text);
}

void say_progress_end(void)
{
	if (progress_shown)
		write_all(ERASE);
	progress_shown = false;
}
