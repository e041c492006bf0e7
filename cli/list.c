/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --list-columns, -D */
#include "options.h"

#include <netflower/columns.h>
#include <netflower/devices.h>

#include <string.h>

enum { FIELDS = 5 };

static const char *const field_names[FIELDS] = {"name", "type", "unit", "formula", "cic"};

static void fields_of(const nf_column *column, const char *fields[FIELDS])
{
	fields[0] = column->name;
	fields[1] = nf_type_name(column->type);
	fields[2] = column->unit;
	fields[3] = column->formula;
	fields[4] = column->cic;
}

static void print_csv_line(FILE *to, const char *const fields[FIELDS])
{
	for (int i = 0; i < FIELDS; i++) {
		const char *quote = strpbrk(fields[i], ",\"\n") ? "\"" : "";
		fprintf(to, "%s%s", i ? "," : "", quote);
		for (const char *c = fields[i]; *c; c++)
			fprintf(to, *c == '"' ? "\"%c" : "%c", *c);
		fputs(quote, to);
	}
	fputc('\n', to);
}

static void print_json_object(FILE *to, const char *const fields[FIELDS])
{
	for (int i = 0; i < FIELDS; i++) {
		fprintf(to, "%s\"%s\":\"", i ? "," : "{", field_names[i]);
		for (const char *c = fields[i]; *c; c++)
			fprintf(to, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
		fputc('"', to);
	}
	fputc('}', to);
}

static void print_text_line(FILE *to, const char *const fields[FIELDS])
{
	fprintf(to, "%-18s  %-7s  %-4s  %s", fields[0], fields[1], fields[2], fields[3]);
	if (*fields[4])
		fprintf(to, "  [%s]", fields[4]);
	fputc('\n', to);
}

static void print_columns(FILE *to, const nf_columns *columns, const char *format)
{
	const bool csv = format && strcmp(format, "csv") == 0, json = format && strcmp(format, "json") == 0;
	const size_t n = columns ? nf_columns_count(columns) : nf_column_count();
	const char *fields[FIELDS];

	if (csv)
		print_csv_line(to, field_names);
	for (size_t i = 0; i < n; i++) {
		fields_of(columns ? nf_columns_at(columns, i) : nf_column_at(i), fields);
		if (json) {
			fputs(i ? ",\n" : "[", to);
			print_json_object(to, fields);
		} else if (csv) {
			print_csv_line(to, fields);
		} else {
			print_text_line(to, fields);
		}
	}
	if (json)
		fputs("]\n", to);
}

static void print_interface(void *to, const char *name, const char *description, bool up)
{
	fprintf(to, "%-16s  %-4s%s%s\n", name, up ? "up" : "down", *description ? "  " : "", description);
}

nf_status list_interfaces_print(FILE *to, nf_error *error)
{
	return nf_devices_list(print_interface, to, error);
}

nf_status list_columns_print(FILE *to, const char *list, const char *format, nf_error *error)
{
	nf_columns *columns = NULL;
	nf_status status = list ? nf_columns_new(&columns, list, error) : NF_OK;

	if (status == NF_OK)
		print_columns(to, columns, format);
	nf_columns_free(columns);
	return status;
}
