/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --list-columns, -D */
#include "options.h"

#include <netflower/columns.h>
#include <netflower/devices.h>
#include <netflower/settings.h>

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

static void print_json_string(FILE *to, const char *text)
{
	fputc('"', to);
	for (const char *c = text; *c; c++)
		fprintf(to, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
	fputc('"', to);
}

static void print_json_object(FILE *to, const char *const fields[FIELDS])
{
	for (int i = 0; i < FIELDS; i++) {
		fprintf(to, "%s\"%s\":", i ? "," : "{", field_names[i]);
		print_json_string(to, fields[i]);
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

static void print_extra_columns(FILE *to)
{
	const char *fields[FIELDS];

	fputs("\nbeside these, in every profile, with --columns +NAME:\n", to);
	for (size_t i = 0; i < nf_extra_column_count(); i++) {
		fields_of(nf_extra_column_at(i), fields);
		print_text_line(to, fields);
	}
}

static void print_columns(FILE *to, const nf_columns *columns, const char *format)
{
	const bool csv = format && strcmp(format, "csv") == 0, json = format && strcmp(format, "json") == 0;
	const size_t n = nf_columns_count(columns);
	const char *fields[FIELDS];

	if (csv)
		print_csv_line(to, field_names);
	for (size_t i = 0; i < n; i++) {
		fields_of(nf_columns_at(columns, i), fields);
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

/* A line of -T ndjson. Every number of ours may be any number; a profile that writes NaN writes it as a string. */
static void print_schema(FILE *to, const nf_columns *columns)
{
	const size_t n = nf_columns_count(columns);

	fputs("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"a flow of netflower\",\"type\":\"object\",\n\"properties\":{\n", to);
	for (size_t i = 0; i < n; i++) {
		const nf_column *column = nf_columns_at(columns, i);
		const char *type = column->type == NF_TYPE_TEXT ? "\"string\"" : column->type == NF_TYPE_INT ? "\"integer\"" : "[\"number\",\"string\"]";
		const char *fields[FIELDS];

		fields_of(column, fields);
		print_json_string(to, fields[0]);
		fprintf(to, ":{\"type\":%s,\"description\":", type);
		print_json_string(to, fields[3]);
		fputs(i + 1 < n ? "},\n" : "}},\n\"required\":[", to);
	}
	for (size_t i = 0; i < n; i++) {
		print_json_string(to, nf_columns_at(columns, i)->name);
		fputs(i + 1 < n ? "," : "],\n\"additionalProperties\":false}\n", to);
	}
}

nf_status list_columns_print(FILE *to, const nf_columns_options *options, const char *format, nf_error *error)
{
	nf_columns *columns;
	nf_status status = nf_columns_parse_for(&columns, options, ',', error);

	if (status == NF_OK && format && strcmp(format, "jsonschema") == 0)
		print_schema(to, columns);
	else if (status == NF_OK)
		print_columns(to, columns, format);
	if (status == NF_OK && !format && !options->list)
		print_extra_columns(to);
	nf_columns_free(columns);
	return status;
}

static void print_zeek_times(FILE *to)
{
	const char *name, *text;
	unsigned seconds;

	fputs("times of the profile zeek (--zeek-time), in seconds:\n", to);
	for (size_t i = 0; nf_zeek_time_at(i, &name, &seconds, &text); i++)
		fprintf(to, "  %-30s %5u  %s\n", name, seconds, text);
}

void list_profiles_print(FILE *to)
{
	fputs("profiles (--profile):\n", to);
	for (unsigned i = 0; i < NF_PROFILE_COUNT; i++)
		fprintf(to, "  %-19s %s\n", nf_profile_name((nf_profile)i), nf_profile_text((nf_profile)i));
	fputs("data sets (--columns-as):\n", to);
	for (size_t i = 0; i < nf_dialect_count(); i++)
		fprintf(to, "  %-19s %s\n", nf_dialect_name(i), nf_dialect_text(i));
	print_zeek_times(to);
}
