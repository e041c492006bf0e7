/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wireshark runs all packets past a listener of the window, then shows the rows that there are, and says nothing in between. So the
 * rows are worked out at the last frame of the capture; and now and then before it, for the case that the user stops the run.
 */
#include "table.h"

#include "host.h"
#include "packets.h"
#include "preferences.h"
#include "record.h"
#include "rows.h"

#define TITLE "Netflower flows"

/* Wireshark needs a third more time and memory for numbers on the right of their columns, so long tables have them on the left. */
enum { LONG_TABLE = 20000 };

/* The part of the time that rows are worked out for nothing, 1 / PATIENCE, and the time before the first of them. */
enum { PATIENCE = 10, FIRST_US = G_USEC_PER_SEC };

static void start(stat_tap_table_ui *ui);
static tap_packet_status packet(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *nothing, tap_flags_t flags);
static void reset(stat_tap_table *table);
static void free_cell(stat_tap_table *table, guint row, guint column, stat_tap_table_item_type *cell);
static void refuse_in_tshark(const char *text, const char **filter, char **error);

static tap_param parameters[] = {{PARAM_FILTER, "filter", "Filter", NULL, TRUE}};
static stat_tap_table_ui ui = {
	.group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
	.title = TITLE,
	.tap_name = TABLE_TAP,
	.cli_string = "netflower,table",
	.stat_tap_init_cb = start,
	.packet_func = packet,
	.stat_tap_reset_table_cb = reset,
	.stat_tap_free_table_item_cb = free_cell,
	.stat_filter_check_cb = refuse_in_tshark,
	.nparams = G_N_ELEMENTS(parameters),
	.params = parameters,
};

/* Wireshark has one such table, however many windows show it. */
static struct {
	stat_tap_table *table;
	rows *rows;
	GSList *shown;    /* rows that other windows may show still */
	packets *packets; /* NULL: the rows are final */
	nf_options engine;
	const capture_file *file; /* Wireshark's only one */
	const void *owner;        /* the listener whose packets are taken: with two windows at once each packet comes twice */
	gint64 next_us;           /* when rows are worked out again before the last frame */
} t;

static void free_rows(gpointer old)
{
	rows_free(old, true);
}

static void forget_packets(void)
{
	packets_free(t.packets);
	t.packets = NULL;
}

static void *keep_pointer(capture_file *file, void *nothing)
{
	(void)nothing;
	t.file = file;
	return NULL;
}

static void begin(void)
{
	nf_columns *columns;
	nf_error error;

	/* What is wrong with them was told in start(): packets are on their way now, and a box would let the user do other things. */
	(void)!preferences_get(&t.engine, &columns, &error);
	t.rows = rows_new(columns, preferences_rows());
	forget_packets();
	t.packets = packets_new();
	t.owner = NULL;
	/* Once for all packets: the call loses some memory each time. */
	plugin_if_get_capture_file(keep_pointer, NULL);
	t.next_us = g_get_monotonic_time() + FIRST_US;
}

static void tell_of_preferences(void)
{
	nf_options engine;
	nf_columns *columns;
	nf_error error;

	if (preferences_get(&engine, &columns, &error) != NF_OK)
		report_failure("%s", error.text);
	nf_columns_free(columns);
}

/* The window is about to fill: from the start, or with another filter. What it shows stays as it is until reset(). */
static void start(stat_tap_table_ui *self)
{
	tell_of_preferences();
	t.table = stat_tap_find_table(self, TITLE);
	if (t.table)
		return;
	t.table = stat_tap_init_table(TITLE, 0, 0, NULL);
	stat_tap_add_table(self, t.table);
	begin();
}

/* The packets are about to run. The window that asks for it forgets its rows; another one does not know of it. */
static void reset(stat_tap_table *table)
{
	table->elements = NULL;
	table->num_elements = 0;
	if (ui.refcount > 1) {
		t.shown = g_slist_prepend(t.shown, t.rows);
	} else {
		rows_free(t.rows, true);
		g_slist_free_full(t.shown, free_rows);
		t.shown = NULL;
	}
	begin();
}

/* The last window has gone, and Wireshark frees the cells of the table, of which this is one. */
static void free_cell(stat_tap_table *table, guint row, guint column, stat_tap_table_item_type *cell)
{
	(void)table;
	(void)cell;
	if (row != 0 || column != 0)
		return;
	rows_free(t.rows, false);
	t.rows = NULL;
	g_slist_free_full(t.shown, free_rows);
	t.shown = NULL;
	forget_packets();
}

/* Once the window is there: a box in the midst of its work would let others begin theirs. */
static gboolean tell_of_limit(gpointer rows_then)
{
	if (t.rows == rows_then && rows_left_out(t.rows) > 0)
		report_warning("The table shows the first %u flows. %u more do not fit: take a filter, export the flows, or raise "
			       "\"Rows at most\" in Preferences, Protocols, Netflower.",
			       t.table->num_elements, rows_left_out(t.rows));
	return G_SOURCE_REMOVE;
}

static void align(guint n)
{
	for (size_t i = 0; i < ui.nfields; i++)
		if (ui.fields[i].type != TABLE_ITEM_STRING)
			ui.fields[i].align = n > LONG_TABLE ? TAP_ALIGN_LEFT : TAP_ALIGN_RIGHT;
}

static void next_row(const nf_flow *flow)
{
	rows_next(t.rows, flow);
}

static void work_out(void)
{
	const gint64 start_us = g_get_monotonic_time();
	nf_error error;

	rows_begin(t.rows);
	if (packets_flows(t.packets, &t.engine, next_row, &error) != NF_OK)
		report_failure("%s: %s", TITLE, error.text);
	rows_show(t.rows, t.table);
	align(t.table->num_elements);
	const gint64 end_us = g_get_monotonic_time();
	t.next_us = end_us + PATIENCE * (end_us - start_us) + FIRST_US;
}

/* The last frame that is dissected. In a live capture it is the last one for now. */
static bool is_last(guint32 frame)
{
	guint32 number = t.file ? t.file->count : 0;
	const frame_data *data;

	while (number > 1 && (data = frame_data_sequence_find(t.file->provider.frames, number)) != NULL && data->ignored)
		number--;
	return frame == number;
}

static tap_packet_status packet(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *nothing, tap_flags_t flags)
{
	nf_frame frame;
	(void)nothing;
	(void)flags;

	if (!t.packets || (t.owner && t.owner != data))
		return TAP_PACKET_DONT_REDRAW;
	t.owner = data;
	record_to_frame(pinfo, edt, &frame);
	packets_add(t.packets, &frame);
	if (is_last(pinfo->num) || g_get_monotonic_time() > t.next_us)
		work_out();
	return TAP_PACKET_REDRAW;
}

/* The filter of a window may not take the last frame. */
void table_expect(guint32 frame)
{
	if (!t.packets || !t.rows || !is_last(frame))
		return;
	work_out();
	if (rows_left_out(t.rows) > 0)
		g_idle_add(tell_of_limit, t.rows);
}

void table_rest(void)
{
	if (t.packets)
		forget_packets();
}

const char *table_filter(guint number)
{
	return t.rows ? rows_filter(t.rows, number) : NULL;
}

static void refuse_in_tshark(const char *text, const char **filter, char **error)
{
	(void)text;
	(void)filter;
	if (!host_has_windows())
		*error = g_strdup("-z netflower,table is for Wireshark; in tshark it is -z netflower,csv");
}

void table_columns_changed(void)
{
	nf_options engine;
	nf_columns *columns;
	nf_error error;

	/* What is wrong with them is told when they are used. */
	(void)!preferences_get(&engine, &columns, &error);
	rows_describe(columns, ui.fields);
	ui.nfields = rows_fields(columns);
	nf_columns_free(columns);
}

/* The program ends. */
static void clear(void)
{
	forget_packets();
	g_free(ui.fields);
	ui.fields = NULL;
	ui.nfields = 0;
}

void table_register(void)
{
	nf_columns *all;
	nf_error error;

	if (nf_columns_new(&all, NULL, &error) != NF_OK)
		return;
	ui.nfields = rows_fields(all);
	ui.fields = g_new0(stat_tap_table_item, nf_column_count() + rows_fields(all));
	rows_describe(all, ui.fields);
	nf_columns_free(all);
	register_stat_tap_table_ui(&ui);
	register_shutdown_routine(clear);
}
