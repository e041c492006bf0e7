/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conn.log, in the two forms that Zeek writes: lines of fields parted by tabs, and JSON. */
#include "sink_internal.h"

#include "columns/value.h"
#include "zeek/fields.h"

#include <string.h>

/* So much any field takes: a set of uids, a text with each character escaped, a number. */
enum { FIELD_MOST = 4 * NF_FIELD_ROOM + 64 };

void nf_sink_set_zeek(nf_sink *sink, const nf_zeek_log_options *options)
{
	sink->zeek = options;
}

static const nf_zeek_log_options *options_of(const nf_sink *sink)
{
	static const nf_zeek_log_options none;

	return sink->zeek ? sink->zeek : &none;
}

static char *put_text(char *out, const char *text)
{
	return mempcpy(out, text, strlen(text));
}

/* --- Values --- */

/* Seconds with six decimals, the nanoseconds rounded to them. */
static char *put_micros(char *out, int64_t ns)
{
	uint64_t micros = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	micros = micros / 1000 + (micros % 1000 >= 500);
	if (ns < 0 && micros > 0)
		*out++ = '-';
	out = nf_put_integer(out, (int64_t)(micros / 1000000));
	*out++ = '.';
	for (uint64_t part = micros % 1000000, unit = 100000; unit > 0; unit /= 10)
		*out++ = (char)('0' + part / unit % 10);
	return out;
}

/* What both forms write alike. Texts are not among them. */
static char *put_number(char *out, const nf_field *field)
{
	switch (field->kind) {
	case NF_FIELD_TIME:
	case NF_FIELD_INTERVAL: return put_micros(out, field->u.ns);
	case NF_FIELD_COUNT: return nf_put_integer(out, (int64_t)field->u.count);
	case NF_FIELD_IPV4: return nf_put_ipv4(out, field->u.address);
	case NF_FIELD_IPV6: return nf_put_ipv6(out, field->u.address);
	default: return out;
	}
}

static char *put_escape(char *out, unsigned char c)
{
	*out++ = '\\';
	*out++ = 'x';
	*out++ = "0123456789abcdef"[c >> 4];
	*out++ = "0123456789abcdef"[c & 15];
	return out;
}

/* A text that looks like an unset or empty field has its first character escaped; so has each that parts fields or is not printable. */
static char *put_tsv_text(char *out, const char *text, size_t n)
{
	const bool looks_like = (n == 1 && text[0] == '-') || (n == 7 && memcmp(text, "(empty)", 7) == 0);

	if (n == 0)
		return put_text(out, "(empty)");
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (c == '\\') {
			*out++ = '\\';
			*out++ = '\\';
		} else if (c < 0x20 || c >= 0x7f || (looks_like && i == 0)) {
			out = put_escape(out, c);
		} else {
			*out++ = (char)c;
		}
	}
	return out;
}

static char *put_tsv(char *out, const nf_field *field)
{
	switch (field->kind) {
	case NF_FIELD_UNSET: *out++ = '-'; return out;
	case NF_FIELD_BOOL: *out++ = field->u.truth ? 'T' : 'F'; return out;
	case NF_FIELD_TEXT: return put_tsv_text(out, field->u.text.from, field->u.text.n);
	case NF_FIELD_SET: return mempcpy(out, field->u.text.from, field->u.text.n);
	default: return put_number(out, field);
	}
}

/* Texts are ASCII without quotes, control characters and backslashes but for what a service may be called some day. */
static char *put_json_text(char *out, const char *text, size_t n)
{
	*out++ = '"';
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			*out++ = '\\';
		*out++ = c < 0x20 || c >= 0x7f ? '?' : (char)c;
	}
	*out++ = '"';
	return out;
}

static char *put_json_set(char *out, const char *text, size_t n)
{
	*out++ = '[';
	for (const char *end = text + n; text < end;) {
		const char *comma = memchr(text, ',', (size_t)(end - text));
		const char *to = comma ? comma : end;

		out = put_json_text(out, text, (size_t)(to - text));
		if (comma)
			*out++ = ',';
		text = to + (comma != NULL);
	}
	*out++ = ']';
	return out;
}

static char *put_json(char *out, const nf_field *field)
{
	const bool quoted = field->kind == NF_FIELD_IPV4 || field->kind == NF_FIELD_IPV6;

	switch (field->kind) {
	case NF_FIELD_BOOL: return put_text(out, field->u.truth ? "true" : "false");
	case NF_FIELD_TEXT: return put_json_text(out, field->u.text.from, field->u.text.n);
	case NF_FIELD_SET: return put_json_set(out, field->u.text.from, field->u.text.n);
	default: break;
	}
	if (quoted)
		*out++ = '"';
	out = put_number(out, field);
	if (quoted)
		*out++ = '"';
	return out;
}

/* --- Lines --- */

/* "#fields" or "#types" and what each field has there. */
static char *put_header_line(char *out, const char *what, const char *(*of)(size_t i), const nf_zeek_log_options *o)
{
	out = put_text(out, what);
	for (size_t i = 0; i < nf_field_count(); i++) {
		if (!nf_field_is_wanted(i, o))
			continue;
		*out++ = '\t';
		out = put_text(out, of(i));
	}
	*out++ = '\n';
	return out;
}

static char *put_time_line(char *out, const char *what, const char *time)
{
	if (!time)
		return out;
	out = put_text(out, what);
	*out++ = '\t';
	out = put_text(out, time);
	*out++ = '\n';
	return out;
}

static nf_status tsv_begin(nf_sink *sink, nf_error *error)
{
	const nf_zeek_log_options *o = options_of(sink);
	const nf_status status = nf_sink_room(sink, 64 * nf_field_count() + 512, error);

	if (status != NF_OK)
		return status;
	char *out = sink->buffer + sink->used;

	out = put_text(out, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n");
	out = put_time_line(out, "#open", o->opened);
	out = put_header_line(out, "#fields", nf_field_name, o);
	out = put_header_line(out, "#types", nf_field_type, o);
	sink->used = (size_t)(out - sink->buffer);
	return NF_OK;
}

static nf_status tsv_flow(nf_sink *sink, const nf_flow *flow, nf_error *error)
{
	const nf_zeek_log_options *o = options_of(sink);
	const nf_status status = nf_sink_room(sink, nf_field_count() * FIELD_MOST, error);
	char room[NF_FIELD_ROOM];

	if (status != NF_OK)
		return status;
	char *out = sink->buffer + sink->used;

	for (size_t i = 0; i < nf_field_count(); i++) {
		if (!nf_field_is_wanted(i, o))
			continue;
		const nf_field field = nf_field_value(i, flow, o, room);

		out = put_tsv(out, &field);
		*out++ = '\t';
	}
	out[-1] = '\n';
	sink->used = (size_t)(out - sink->buffer);
	return NF_OK;
}

static nf_status tsv_end(nf_sink *sink, nf_error *error)
{
	const nf_status status = nf_sink_room(sink, 128, error);

	if (status == NF_OK)
		sink->used = (size_t)(put_time_line(sink->buffer + sink->used, "#close", options_of(sink)->closed) - sink->buffer);
	return status;
}

static nf_status json_flow(nf_sink *sink, const nf_flow *flow, nf_error *error)
{
	const nf_zeek_log_options *o = options_of(sink);
	const nf_status status = nf_sink_room(sink, nf_field_count() * FIELD_MOST, error);
	char room[NF_FIELD_ROOM];

	if (status != NF_OK)
		return status;
	char *out = sink->buffer + sink->used, separator = '{';

	for (size_t i = 0; i < nf_field_count(); i++) {
		if (!nf_field_is_wanted(i, o))
			continue;
		const nf_field field = nf_field_value(i, flow, o, room);

		if (field.kind == NF_FIELD_UNSET)
			continue;
		*out++ = separator;
		separator = ',';
		out = put_json_text(out, nf_field_name(i), strlen(nf_field_name(i)));
		*out++ = ':';
		out = put_json(out, &field);
	}
	*out++ = '}';
	*out++ = '\n';
	sink->used = (size_t)(out - sink->buffer);
	return NF_OK;
}

const nf_sink_format nf_sink_zeek = {.begin = tsv_begin, .end = tsv_end, .flow = tsv_flow, .of_zeek = true};
const nf_sink_format nf_sink_zeek_json = {.flow = json_flow, .of_zeek = true};
