/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file words.h
 * Text that grows, and what is put into it: numbers with their units, names that are safe on a terminal, JSON strings. The locale plays no
 * part.
 */
#ifndef NF_OVERVIEW_WORDS_H
#define NF_OVERVIEW_WORDS_H

#include <netflower/summary.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** All zero: empty. Out of memory is kept until the end. */
typedef struct nf_words {
	char *bytes; /**< ends in a NUL; NULL: nothing was put yet */
	size_t used, size;
	bool failed;
} nf_words;

void nf_words_put(nf_words *words, const char *bytes, size_t n);
void nf_words_puts(nf_words *words, const char *string);

/** As printf(), at most 255 characters. */
void nf_words_print(nf_words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Takes back what was put behind the first @p used bytes. */
void nf_words_cut(nf_words *words, size_t used);

/** @return the text, to be freed with free(); NULL: out of memory, or nothing was put */
char *nf_words_result(nf_words *words);

/** Bytes of the UTF-8 character at @p s, 1 to 4; 0: there is none (RFC 3629: shortest form, no surrogates, up to U+10FFFF). */
size_t nf_utf8_length(const unsigned char *s);

/**
 * A name for a terminal, "-" as "standard input". Control characters and bytes that are no UTF-8 become '?'.
 */
void nf_words_name(nf_words *words, const char *name);

/** A JSON string (RFC 8259, 7). Bytes that are no UTF-8 become U+FFFD. */
void nf_words_json(nf_words *words, const char *string);

/** Room for the texts below. */
enum { NF_WORDS_ROOM = 64 };

/** A time span, shortly: "12.3 ms", "4.0 s", "5 min 12 s", "3 h 02 min", "12 d 04 h". @return @p out */
char *nf_words_duration(uint64_t ns, bool ascii, char out[NF_WORDS_ROOM]);

/** Bits per second: "1.2 Mbit/s"; "-" where the time is 0. @return @p out */
char *nf_words_rate(uint64_t bytes, uint64_t ns, char out[NF_WORDS_ROOM]);

/** A part of a whole: "12.3 %"; "-" where the whole is 0. @return @p out */
char *nf_words_share(uint64_t part, uint64_t whole, char out[NF_WORDS_ROOM]);

#endif
