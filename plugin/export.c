/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The capture is read again from its file, as nf-cli would read it: the bytes are nf-cli's. There is no window for file names that a
 * plugin could open; a text field has to do.
 */
#include "compat.h"

#include "export.h"

#include "preferences.h"
#include "table.h"

#include <netflower/meter.h>
#include <netflower/source.h>
#include <netflower/summary.h>

#include <glib/gstdio.h>

#include <stdlib.h>
#include <string.h>

#define SUFFIX ".flows.csv"

/* What the user is asked about. */
typedef struct question {
	char *capture; /* path of the capture */
	char *output;  /* path as far as it is known */
} question;

static void free_question(void *data)
{
	question *q = data;

	if (!q)
		return;
	g_free(q->capture);
	g_free(q->output);
	g_free(q);
}

static question *question_new(const char *capture, const char *output)
{
	question *q = g_new0(question, 1);

	q->capture = g_strdup(capture);
	q->output = g_strdup(output);
	return q;
}

static void ask(const char *title, const char *label, const char *value, funnel_dlg_cb_t answer, question *q)
{
	const funnel_ops_t *windows = funnel_get_funnel_ops();
	const gchar *labels[] = {label, NULL};
	const gchar *values[] = {value, NULL};

	windows->new_dialog(windows->ops_id, title, labels, values, answer, q, free_question);
}

/* --- writing --------------------------------------------------------------------------------------------------------------------- */

static nf_status read_all(nf_source *source, nf_meter *meter, char **fault, nf_error *error)
{
	nf_source_event event;
	nf_frame frame;
	nf_error why;
	nf_status status;

	while ((status = nf_source_next(source, &frame, &event, &why)) != NF_END) {
		if (status == NF_NO_MEMORY) {
			*error = why;
			return status;
		}
		/* As in nf-cli, what could be read before the fault is written. */
		if (status != NF_OK)
			*fault = g_strdup(why.text);
		else if (!event.file_ended && (status = nf_meter_frame(meter, &frame, error)) != NF_OK)
			return status;
	}
	return nf_meter_end_flows(meter, error);
}

static nf_status write_rows(const question *q, nf_meter *meter, char **fault, nf_error *error)
{
	const char *names[] = {q->capture};
	nf_source *source;
	char *name = NULL;
	nf_status status = nf_source_open_files(&source, names, 1, NF_SOURCE_AS_GIVEN, error);

	if (status != NF_OK)
		return status;
	status = read_all(source, meter, fault, error);
	nf_source_close(source);
	if (status == NF_OK && *fault && nf_meter_stats(meter)->frames == 0)
		return nf_fail(error, NF_FORMAT, "%s", *fault);
	if (status == NF_OK)
		status = nf_meter_commit(meter, &name, error);
	free(name);
	return status;
}

static void tell(const question *q, const nf_meter *meter, const char *fault)
{
	const nf_stats *stats = nf_meter_stats(meter);
	const char *name = q->capture;
	const nf_summary summary = {.program = "Wireshark", .files = &name, .n_files = 1, .stats = stats};
	char rows[NF_SUMMARY_NUMBER_MAX], frames[NF_SUMMARY_NUMBER_MAX], used[NF_SUMMARY_NUMBER_MAX];
	char *why = nf_summary_why_unused(&summary);

	/* There is no box for good news. */
	report_warning("%s flow%s written to %s\n\nThe capture file has %s frames, of which %s were used.%s%s%s%s",
		       nf_summary_count(nf_meter_rows(meter), rows), nf_meter_rows(meter) == 1 ? " was" : "s were", q->output,
		       nf_summary_count(stats->frames, frames), nf_summary_count(stats->used, used), why ? "\n\n" : "", why ? why : "",
		       fault ? "\n\n" : "", fault ? fault : "");
	free(why);
}

static void write_file(const question *q)
{
	nf_meter_settings settings = {.format = "csv", .output = q->output};
	nf_meter *meter = NULL;
	nf_columns *columns;
	nf_error error;
	char *fault = NULL;

	if (preferences_get(&settings.engine, &columns, &error) != NF_OK)
		report_failure("%s", error.text);
	settings.columns = columns;
	nf_status status = nf_meter_new(&meter, &settings, &error);
	if (status == NF_OK)
		status = write_rows(q, meter, &fault, &error);
	if (status == NF_OK)
		tell(q, meter, fault);
	else
		report_failure("No flows were exported: %s", error.text);
	nf_meter_free(meter);
	nf_columns_free(columns);
	g_free(fault);
}

/* --- asking ---------------------------------------------------------------------------------------------------------------------- */

static void ask_for_path(const char *capture, const char *output);

static void answer_replace(gchar **answers, void *data)
{
	const question *q = data;
	char *answer = g_ascii_strdown(g_strstrip(answers[0]), -1);

	if (strcmp(answer, "yes") == 0)
		write_file(q);
	else
		ask_for_path(q->capture, q->output);
	g_free(answer);
}

/* "~/x" as a shell has it, and a name alone is beside the capture: the folder that Wireshark was started in is nobody's choice. */
static char *full_path(const char *text, const char *capture)
{
	if (text[0] == '~' && text[1] == '/')
		return g_build_filename(g_get_home_dir(), text + 2, NULL);
	if (g_path_is_absolute(text))
		return g_strdup(text);
	char *folder = g_path_get_dirname(capture);
	char *path = g_build_filename(folder, text, NULL);
	g_free(folder);
	return path;
}

static bool is_same_file(const char *a, const char *b)
{
	GStatBuf one, other;

	return g_stat(a, &one) == 0 && g_stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static void answer_path(gchar **answers, void *data)
{
	const question *asked = data;
	const char *text = g_strstrip(answers[0]);

	if (!*text) {
		report_failure("No flows were exported: the name of the file is empty.");
		return;
	}
	char *path = full_path(text, asked->capture);
	question *q = question_new(asked->capture, path);
	if (is_same_file(path, q->capture)) {
		report_failure("No flows were exported: %s is the capture itself.", path);
	} else if (g_file_test(path, G_FILE_TEST_EXISTS)) {
		char *label = g_strdup_printf("%s exists. Type yes to replace it:", path);
		ask("Netflower: replace the file?", label, "no", answer_replace, q);
		g_free(label);
		q = NULL;
	} else {
		write_file(q);
	}
	if (q)
		free_question(q);
	g_free(path);
}

static void ask_for_path(const char *capture, const char *output)
{
	ask("Netflower: export flows as CSV", "File (.gz, .zst: compressed):", output, answer_path, question_new(capture, output));
}

/* --- menu ------------------------------------------------------------------------------------------------------------------------ */

typedef struct capture {
	char *path, *problem;
	bool temporary;
} capture;

static void *look_at_capture(capture_file *file, void *data)
{
	capture *c = data;

	if (!file || file->state == FILE_CLOSED || !file->filename)
		return NULL;
	if (file->state == FILE_READ_IN_PROGRESS || file->read_lock)
		c->problem = g_strdup("The capture is still being read or made. Export it when that has ended.");
	else
		c->path = g_canonicalize_filename(file->filename, NULL);
	c->temporary = file->is_tempfile;
	return NULL;
}

static void export_csv(ext_menubar_gui_type type, gpointer window, gpointer nothing)
{
	capture c = {0};
	(void)type;
	(void)window;
	(void)nothing;

	plugin_if_get_capture_file(look_at_capture, &c);
	if (!c.path) {
		report_failure("%s", c.problem ? c.problem : "There is no capture open.");
	} else {
		/* Beside a temporary capture nobody would look for it. */
		char *output = c.temporary ? g_build_filename(g_get_home_dir(), "capture" SUFFIX, NULL) : g_strconcat(c.path, SUFFIX, NULL);
		ask_for_path(c.path, output);
		g_free(output);
	}
	g_free(c.path);
	g_free(c.problem);
}

static void answer_flow(gchar **answers, void *nothing)
{
	const char *text = g_strstrip(answers[0]);
	guint64 number = 0;
	(void)nothing;

	const char *filter = g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT32, &number, NULL) ? table_filter((guint)number) : NULL;
	if (filter)
		plugin_if_apply_filter(filter, TRUE);
	else
		report_failure("'%s' is no number of a flow: it is in the column # of Statistics, Netflower flows.", text);
}

static void show_packets(ext_menubar_gui_type type, gpointer window, gpointer nothing)
{
	(void)type;
	(void)window;
	(void)nothing;
	if (table_filter(1))
		ask("Netflower: packets of a flow", "Number of the flow (#):", "1", answer_flow, NULL);
	else
		report_failure("Open Statistics, Netflower flows first: the flows are numbered there.");
}

void export_register(int protocol)
{
	ext_menu_t *menu = ext_menubar_register_menu(protocol, "Netflower", TRUE);

	ext_menubar_set_parentmenu(menu, "Statistics");
	ext_menubar_add_entry(menu, "Export CSV\xe2\x80\xa6", "Write a row of numbers for each flow of the capture file", export_csv, NULL);
	ext_menubar_add_entry(menu, "Packets of a Flow\xe2\x80\xa6", "Show the packets of one row of the table", show_packets, NULL);
}
