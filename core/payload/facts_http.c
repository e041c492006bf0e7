/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a request, character by character. */
#include "payload/facts.h"
#include "payload/text.h"

enum { METHOD, TARGET, VERSION, LINE, NAME, VALUE_BLANK, VALUE };
enum { HEAD_MOST = 16384 };

static const char host_field[] = "host:";

/* RFC 9110, 5.6.2: what a token may have, as far as methods use it. */
static bool is_method(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static void trim(char *text)
{
	size_t n = strlen(text);

	/* Blanks at the end of a value stand there as \x20 and \x09. */
	while (n >= 4 && (strcmp(text + n - 4, "\\x20") == 0 || strcmp(text + n - 4, "\\x09") == 0))
		text[n -= 4] = 0;
}

static void in_first_line(nf_http *http, uint8_t c)
{
	if (http->phase == METHOD) {
		if (c == ' ' && http->method[0])
			http->phase = TARGET;
		else if ((c == '\r' || c == '\n') && !http->method[0])
			return;
		else if (!is_method(c) || !nf_text_add(http->method, sizeof http->method, c, false))
			http->state = NF_FACTS_NONE;
	} else if (c == '\n') {
		http->state = http->phase == VERSION ? http->state : NF_FACTS_NONE;
		http->phase = LINE;
	} else if (http->phase == TARGET) {
		if (c == ' ')
			http->phase = VERSION;
		else if (c != '\r')
			nf_text_add(http->target, sizeof http->target, c, false);
	} else if (http->matched < 5 && "HTTP/"[http->matched++] != (char)c) {
		http->state = NF_FACTS_NONE;
	}
	if (http->phase == LINE)
		http->matched = 0;
}

static void in_fields(nf_http *http, uint8_t c)
{
	const uint8_t lower = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;

	if (c == '\n') {
		if (http->phase == LINE)
			http->state = NF_FACTS_FOUND;
		if (http->phase == VALUE)
			trim(http->host);
		http->phase = LINE;
		http->matched = 0;
	} else if (http->phase == VALUE || (http->phase == VALUE_BLANK && c != ' ' && c != '\t' && c != '\r')) {
		http->phase = VALUE;
		if (c != '\r')
			nf_text_add(http->host, sizeof http->host, c, false);
	} else if (http->phase == LINE || http->phase == NAME) {
		if (c == '\r' && http->phase == LINE)
			return;
		const bool same = http->matched < sizeof host_field - 1 && (uint8_t)host_field[http->matched] == lower;
		http->matched = same ? (uint8_t)(http->matched + 1) : (uint8_t)sizeof host_field;
		http->phase = http->matched == sizeof host_field - 1 && !http->host[0] ? VALUE_BLANK : NAME;
	}
}

nf_facts_state nf_http_data(nf_http *http, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n && http->state == NF_FACTS_WANTED; i++) {
		if (http->phase < LINE)
			in_first_line(http, bytes[i]);
		else
			in_fields(http, bytes[i]);
		if (++http->seen >= HEAD_MOST && http->state == NF_FACTS_WANTED)
			http->state = http->phase < LINE ? NF_FACTS_NONE : NF_FACTS_FOUND;
	}
	if (http->state == NF_FACTS_NONE)
		http->method[0] = http->target[0] = http->host[0] = 0;
	return http->state;
}
