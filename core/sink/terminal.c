/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/terminal.h>

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool is_set(const char *value)
{
	return value && *value;
}

/* As POSIX has it: the first of these that is set names the locale. */
static bool has_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = getenv(names[i]);
		if (is_set(value))
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

/* no-color.org: NO_COLOR with any value but an empty one. */
static bool has_colours(void)
{
	const char *term = getenv("TERM");

	return !is_set(getenv("NO_COLOR")) && is_set(term) && strcmp(term, "dumb") != 0;
}

nf_terminal nf_terminal_of(int descriptor)
{
	struct winsize size;
	nf_terminal terminal = {0};

	if (!isatty(descriptor))
		return terminal;
	if (ioctl(descriptor, TIOCGWINSZ, &size) == 0)
		terminal.width = size.ws_col;
	terminal.colour = has_colours();
	terminal.ascii = !has_utf8();
	return terminal;
}
