/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the matchers share. */
#include "payload/look.h"

size_t nf_look_find(const uint8_t *bytes, size_t n, const char *what, size_t length)
{
	const uint8_t *at = bytes, *const end = bytes + n;

	while ((size_t)(end - at) >= length) {
		at = memchr(at, what[0], (size_t)(end - at) - length + 1);
		if (!at)
			break;
		if (memcmp(at, what, length) == 0)
			return (size_t)(at - bytes);
		at++;
	}
	return n;
}

/* Where the line ends that goes on at this place; n: nowhere. */
static size_t line_end(const nf_look *look, size_t at)
{
	const uint8_t *end = at < look->n ? memchr(look->bytes + at, '\n', look->n - at) : NULL;

	return end ? (size_t)(end - look->bytes) : look->n;
}

bool nf_look_line(const nf_look *look, size_t *at, nf_text *line)
{
	if (*at == 0 && !look->begins && look->n > 0) {
		const size_t end = line_end(look, 0);
		*at = end + (end < look->n);
	}
	const size_t start = *at;
	size_t end = line_end(look, start);

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

/* A word begins where its first letter follows a blank. */
bool nf_look_among(nf_text word, const char *list)
{
	const char first = word.n > 0 ? (char)upper(word.at[0]) : 0;

	for (const char *at = first ? strchr(list, first) : NULL; at; at = strchr(at + 1, first)) {
		size_t i = 1;
		if (at == list || at[-1] != ' ')
			continue;
		while (i < word.n && at[i] && upper(word.at[i]) == (uint8_t)at[i])
			i++;
		if (i == word.n && at[i] == ' ')
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
