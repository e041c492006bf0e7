/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file text.h
 * Bytes of a packet as text. Private to core/payload.
 */
#ifndef NF_PAYLOAD_TEXT_H
#define NF_PAYLOAD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Adds a byte to a text of room bytes, as it is or as \xNN. False, and nothing added, where it has no room. */
static inline bool nf_text_add(char *text, size_t room, uint8_t byte, bool escape)
{
	static const char digits[] = "0123456789abcdef";
	const size_t n = strlen(text);
	const bool plain = !escape && byte > ' ' && byte <= '~' && byte != '\\';

	if (n + (plain ? 1 : 4) + 1 > room)
		return false;
	if (plain) {
		text[n] = (char)byte;
		text[n + 1] = 0;
		return true;
	}
	text[n] = '\\';
	text[n + 1] = 'x';
	text[n + 2] = digits[byte >> 4];
	text[n + 3] = digits[byte & 15];
	text[n + 4] = 0;
	return true;
}

/** Sets a text of room bytes; it is cut where it has no room. */
static inline void nf_text_set(char *text, size_t room, const uint8_t *bytes, size_t n)
{
	text[0] = 0;
	for (size_t i = 0; i < n && nf_text_add(text, room, bytes[i], false); i++)
		;
}

#endif
