/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compat.h"

#include "host.h"

#include <stdlib.h>

bool host_has_windows(void)
{
	ws_info_t *info = NULL;

	/* Nobody answers in a program without windows. */
	plugin_if_get_ws_info(&info);
	return info && info->ws_info_supported;
}

void host_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = g_strdup_vprintf(format, args);
	va_end(args);
	report_failure("%s", text);
	g_free(text);
	if (!host_has_windows())
		exit(1);
}
