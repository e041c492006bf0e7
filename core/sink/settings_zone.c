/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time zones by name, out of GLib's reading of the system's zone files. Kept until the program ends, for columns point to them. */
#include <netflower/settings.h>

#include "flow/nearest.h"

#include <glib.h>

#include <string.h>

enum { NAME_BYTES = 256 };

static int32_t offset_of(const void *of, int64_t second, const char **name)
{
	GTimeZone *zone = (GTimeZone *)of;
	const int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, second);

	*name = g_time_zone_get_abbreviation(zone, interval);
	return g_time_zone_get_offset(zone, interval);
}

static const char *folder(void)
{
	const char *given = g_getenv("TZDIR");

	return given ? given : "/usr/share/zoneinfo";
}

/* Names are as the file zone1970.tab has them, third field; what is behind it is a comment. */
static char *nearest_in(char *table, const char *name)
{
	char *best = NULL;
	size_t least = SIZE_MAX;

	for (char *line = table, *next; line && *line; line = next) {
		if ((next = strchr(line, '\n')) != NULL)
			*next++ = '\0';
		char **fields = *line == '#' ? NULL : g_strsplit(line, "\t", 4);
		if (fields && fields[0] && fields[1] && fields[2]) {
			const size_t distance = nf_name_distance(name, fields[2]);
			if (distance < least) {
				least = distance;
				g_free(best);
				best = g_strdup(fields[2]);
			}
		}
		g_strfreev(fields);
	}
	return best;
}

static nf_status unknown(const char *name, nf_error *error)
{
	char *path = g_build_filename(folder(), "zone1970.tab", NULL), *table = NULL, *best = NULL;

	if (strlen(name) < NAME_BYTES && g_file_get_contents(path, &table, NULL, NULL))
		best = nearest_in(table, name);
	nf_status status = best ? nf_fail(error, NF_ARGUMENT, "takes UTC, local, or a zone of %s as Europe/Berlin, not '%s'; the nearest name is '%s'",
					  folder(), name, best)
				: nf_fail(error, NF_ARGUMENT, "takes UTC, local, or a zone of %s as Europe/Berlin, not '%s'", folder(), name);
	g_free(best);
	g_free(table);
	g_free(path);
	return status;
}

nf_status nf_zone_find(const char *name, nf_zone *zone, nf_error *error)
{
	const bool is_local = strcmp(name, "local") == 0;

	*zone = (nf_zone){0};
	if (strcmp(name, "UTC") == 0)
		return NF_OK;
	/* GLib takes offsets, POSIX rules and file names too. */
	if (!is_local && (!g_ascii_isupper(*name) || strstr(name, "..") || strchr(name, ',')))
		return unknown(name, error);
	GTimeZone *found = is_local ? g_time_zone_new_local() : g_time_zone_new_identifier(name);
	if (!found)
		return unknown(name, error);
	*zone = (nf_zone){offset_of, found};
	return NF_OK;
}
