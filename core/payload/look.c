/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the matchers share. */
#include "payload/look.h"

size_t nf_look_find(const uint8_t *bytes, size_t n, const char *what, size_t length)
{
	for (size_t at = 0; length <= n && at <= n - length; at++)
		if (bytes[at] == (uint8_t)what[0] && memcmp(bytes + at, what, length) == 0)
			return at;
	return n;
}

bool nf_look_line(const nf_look *look, size_t *at, nf_text *line)
{
	if (*at == 0 && !look->begins)
		while (*at < look->n && look->bytes[(*at)++] != '\n')
			;
	const size_t start = *at;
	size_t end = start;

	while (end < look->n && look->bytes[end] != '\n')
		end++;
	if (end >= look->n)
		return false;
	*at = end + 1;
	if (end > start && look->bytes[end - 1] == '\r')
		end--;
	*line = (nf_text){look->bytes + start, end - start};
	return true;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

nf_text nf_look_word(nf_text *text)
{
	while (text->n > 0 && is_blank(*text->at))
		text->at++, text->n--;
	nf_text word = {text->at, 0};

	while (text->n > 0 && !is_blank(*text->at))
		text->at++, text->n--, word.n++;
	return word;
}

static uint8_t upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

bool nf_look_among(nf_text word, const char *list)
{
	for (const char *at = list; word.n > 0 && *at; at++) {
		size_t i = 0;
		if (*at != ' ')
			continue;
		while (i < word.n && at[i + 1] && upper(word.at[i]) == (uint8_t)at[i + 1])
			i++;
		if (i == word.n && at[i + 1] == ' ')
			return true;
	}
	return false;
}

bool nf_look_printable(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((bytes[i] < ' ' && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n') || bytes[i] > '~')
			return false;
	return true;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

bool nf_look_code(nf_text line, unsigned *code)
{
	if (line.n < 3 || !is_digit(line.at[0]) || !is_digit(line.at[1]) || !is_digit(line.at[2]))
		return false;
	*code = (unsigned)(line.at[0] - '0') * 100 + (unsigned)(line.at[1] - '0') * 10 + (unsigned)(line.at[2] - '0');
	return true;
}

bool nf_look_ber(const uint8_t *bytes, size_t n, size_t *at, uint8_t *tag, uint32_t *length)
{
	if (*at > n || n - *at < 2)
		return false;
	*tag = bytes[*at];
	const uint8_t first = bytes[*at + 1];
	const size_t more = first & 0x80 ? first & 0x7f : 0;

	if ((*tag & 0x1f) == 0x1f || first == 0x80 || more > 4 || n - *at - 2 < more)
		return false;
	*length = more ? 0 : first;
	for (size_t i = 0; i < more; i++)
		*length = *length << 8 | bytes[*at + 2 + i];
	*at += 2 + more;
	return true;
}

/* RFC 4178: negTokenInit in the framing of RFC 2743, or negTokenResp; MS-SPNG: negTokenInit2, framed alike. */
#define SPNEGO "\x06\x06\x2b\x06\x01\x05\x05\x02"
/* RFC 4121: the Kerberos mechanism, then the token of an AP-REQ; and the mechanism by its older Microsoft number. */
#define AP_REQ "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00"
#define AP_REP "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x02\x00"

#define HOLDS(literal) (nf_look_find(bytes, n, (literal), sizeof(literal) - 1) < n)

/* True if a SEQUENCE begins whose contents are at bytes[at]. */
static bool is_sequence(const uint8_t *bytes, size_t at)
{
	return (at >= 2 && bytes[at - 2] == 0x30) || (at >= 3 && bytes[at - 3] == 0x30 && bytes[at - 2] == 0x81) ||
	       (at >= 4 && bytes[at - 4] == 0x30 && bytes[at - 3] == 0x82);
}

/* A negTokenResp: SEQUENCE { [0] { ENUMERATED 0 .. 3 }. */
static bool holds_response(const uint8_t *bytes, size_t n)
{
	static const char state[] = "\xa0\x03\x0a\x01";

	for (size_t at = 0; at < n; at++) {
		at += nf_look_find(bytes + at, n - at, state, sizeof state - 1);
		if (n - at > sizeof state - 1 && bytes[at + sizeof state - 1] <= 3 && is_sequence(bytes, at))
			return true;
	}
	return false;
}

void nf_look_tokens(nf_look *look, const uint8_t *bytes, size_t n)
{
	if (HOLDS("NTLMSSP\0"))
		nf_look_add(look, NF_SERVICE_NTLM);
	if (HOLDS(AP_REQ) || HOLDS(AP_REP))
		nf_look_add(look, NF_SERVICE_KRB);
	if (HOLDS(SPNEGO) || holds_response(bytes, n))
		nf_look_add(look, NF_SERVICE_GSSAPI);
}
