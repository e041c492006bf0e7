/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pen.h"

#include <string.h>

enum { BAR_MOST = 64 };

/* --- Characters --- */

static uint32_t code_of(const unsigned char *s, size_t n)
{
	uint32_t code = n == 1 ? s[0] : s[0] & (0x7fu >> n);

	for (size_t i = 1; i < n; i++)
		code = code << 6 | (s[i] & 0x3f);
	return code;
}

/* Those that terminals show two columns wide (Unicode's East Asian Width W and F, in rough blocks). Never too few. */
static unsigned columns_of(uint32_t code)
{
	return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7ff) ||
	       (code >= 0xf900 && code <= 0xffe6) || code >= 0x1f000 ? 2 : 1;
}

/* The next character and its width. A byte that is no UTF-8 is one. */
static size_t next(const char *text, unsigned *columns)
{
	const unsigned char *s = (const unsigned char *)text;
	const size_t n = nf_utf8_length(s);

	*columns = n > 1 ? columns_of(code_of(s, n)) : 1;
	return n > 0 ? n : 1;
}

unsigned nf_pen_columns(const char *text)
{
	unsigned sum = 0, columns;

	for (; *text; sum += columns)
		text += next(text, &columns);
	return sum;
}

/* --- Text --- */

static const char *const codes[NF_STYLES] = {
	[NF_PLAIN] = "", [NF_TITLE] = "\x1b[1m", [NF_HEAD] = "\x1b[1;36m", [NF_DIM] = "\x1b[2m",
	[NF_BAR] = "\x1b[32m", [NF_WARN] = "\x1b[1;33m", [NF_HINT] = "\x1b[35m",
};

static bool is_styled(const nf_pen *pen, nf_style style)
{
	return pen->colour && codes[style][0];
}

static void put_blanks(nf_pen *pen)
{
	for (; pen->at < pen->want && pen->at < pen->end; pen->at++)
		nf_words_put(pen->to, " ", 1);
}

/* n bytes of text. */
static void put(nf_pen *pen, nf_style style, const char *text, size_t n)
{
	const char *const end = text + n;

	if (n == 0)
		return;
	put_blanks(pen);
	if (pen->at >= pen->end)
		return;
	if (is_styled(pen, style))
		nf_words_puts(pen->to, codes[style]);
	while (text < end) {
		unsigned columns;
		const size_t bytes = next(text, &columns);

		if (pen->at + columns > pen->end)
			break;
		nf_words_put(pen->to, pen->ascii && (unsigned char)*text >= 0x80 ? "?" : text, pen->ascii ? 1 : bytes);
		pen->at += pen->ascii ? 1 : columns;
		text += bytes;
	}
	if (is_styled(pen, style))
		nf_words_puts(pen->to, "\x1b[0m");
}

void nf_pen_text(nf_pen *pen, nf_style style, const char *text)
{
	put(pen, style, text, strlen(text));
}

void nf_pen_to(nf_pen *pen, unsigned column)
{
	pen->want = column;
}

void nf_pen_line(nf_pen *pen)
{
	nf_words_put(pen->to, "\n", 1);
	pen->at = pen->want = 0;
	pen->end = pen->width;
}

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

/* One that no line has room for loses its middle. */
static void put_word(nf_pen *pen, nf_style style, const char *word, unsigned indent)
{
	if (pen->end > indent && is_ascii(word) && strlen(word) > pen->end - indent)
		nf_pen_shortened(pen, style, word, pen->end - (pen->want > pen->at ? pen->want : pen->at));
	else
		nf_pen_text(pen, style, word);
}

void nf_pen_wrap(nf_pen *pen, nf_style style, const char *text, unsigned indent)
{
	bool fresh = true;

	while (*text) {
		const size_t n = strcspn(text, " ");
		char word[NF_CELL_BYTES * 2];

		memcpy(word, text, n < sizeof word ? n : sizeof word - 1);
		word[n < sizeof word ? n : sizeof word - 1] = '\0';
		const unsigned at = pen->want > pen->at ? pen->want : pen->at;

		if (!fresh && at + 1 + nf_pen_columns(word) > pen->end) {
			nf_pen_line(pen);
			nf_pen_to(pen, indent);
		} else if (!fresh) {
			nf_pen_to(pen, at + 1);
		}
		put_word(pen, style, word, indent);
		fresh = false;
		text += n + (text[n] == ' ');
	}
}

void nf_pen_bar(nf_pen *pen, uint64_t part, uint64_t whole, unsigned columns)
{
	static const char *const eighths[] = {"", "\xe2\x96\x8f", "\xe2\x96\x8e", "\xe2\x96\x8d", "\xe2\x96\x8c", "\xe2\x96\x8b", "\xe2\x96\x8a", "\xe2\x96\x89"};
	const unsigned all = columns * (pen->ascii ? 1 : 8);
	char text[3 * BAR_MOST + 4] = "";
	unsigned long n = whole == 0 ? 0 : (unsigned long)(((unsigned __int128)part * all + whole / 2) / whole);

	n = n > all ? all : n == 0 && part > 0 ? 1 : n;
	if (pen->ascii) {
		memset(text, '-', columns);
		memset(text, '#', n);
	} else {
		for (unsigned i = 0; i < n / 8; i++)
			strcat(text, "\xe2\x96\x88");
		strcat(text, eighths[n % 8]);
	}
	nf_pen_text(pen, NF_BAR, text);
}

void nf_pen_shortened(nf_pen *pen, nf_style style, const char *text, unsigned room)
{
	const size_t n = strlen(text);
	char shorter[NF_CELL_BYTES * 2];

	if (n <= room || room < 3) {
		put(pen, style, text, n < room ? n : room);
		return;
	}
	const size_t behind = (room - 1) / 2, before = room - 1 - behind;
	const char *mark = nf_pen_or(pen, "\xe2\x80\xa6", "~");
	char *out = mempcpy(shorter, text, before);

	out = mempcpy(out, mark, strlen(mark));
	memcpy(out, text + n - behind, behind + 1);
	nf_pen_text(pen, style, shorter);
}
