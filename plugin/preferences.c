/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compat.h"

#include "preferences.h"

#include <netflower/settings.h>

/* As the user wrote them; Wireshark owns the texts. */
static struct {
	gint profile;
	const char *idle, *active, *linger, *columns;
	guint rows;
} preferences = {.idle = "120", .active = "0", .linger = "1", .columns = "", .rows = 100000};

void preferences_register(int protocol, void (*changed)(void))
{
	static const enum_val_t profiles[] = {{"netflower", "netflower", 0}, {NULL, NULL, 0}};
	module_t *module = prefs_register_protocol(protocol, changed);

	prefs_register_enum_preference(module, "profile", "Profile", "The set of columns and their exact meaning", &preferences.profile,
				       profiles, FALSE);
	prefs_register_string_preference(module, "idle_timeout", "Idle timeout (seconds)",
					 "A gap of more than this ends a flow. Decimals are allowed.", &preferences.idle);
	prefs_register_string_preference(module, "active_timeout", "Active timeout (seconds)",
					 "A packet more than this after the first of its flow begins a new piece of it; 0: never",
					 &preferences.active);
	prefs_register_string_preference(module, "close_linger", "Linger after close (seconds)",
					 "For so long after a TCP connection's end its late packets start no flow", &preferences.linger);
	prefs_register_string_preference(module, "columns", "Columns",
					 "Names parted by commas; empty: all. They apply to windows opened from now on, and to exports.",
					 &preferences.columns);
	prefs_register_uint_preference(module, "table_rows", "Rows at most",
				       "A window needs up to 20 kB for each row of all columns. Exports have all rows.", 10,
				       &preferences.rows);
}

static nf_status set(nf_options *engine, const char *name, const char *value, nf_status before, nf_error *error)
{
	nf_error why;
	nf_status status = nf_setting_set(engine, name, value, &why);

	if (status == NF_OK || before != NF_OK)
		return before;
	return nf_fail(error, status, "Preferences, Protocols, Netflower: %s. The default is used.", why.text);
}

nf_status preferences_get(nf_options *engine, nf_columns **columns, nf_error *error)
{
	nf_error why;
	nf_status status = NF_OK;

	nf_options_init(engine);
	status = set(engine, "idle-timeout", preferences.idle, status, error);
	status = set(engine, "active-timeout", preferences.active, status, error);
	status = set(engine, "close-linger", preferences.linger, status, error);
	nf_status listed = nf_columns_new(columns, preferences.columns, &why);
	if (listed == NF_OK)
		return status;
	/* Memory alone can be missing now. */
	if (nf_columns_new(columns, NULL, error) != NF_OK)
		g_error("out of memory");
	return nf_fail(error, listed, "Preferences, Protocols, Netflower: columns: %s. All columns are used.", why.text);
}

unsigned preferences_rows(void)
{
	return preferences.rows;
}
