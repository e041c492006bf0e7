/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file history.h
 * What happened on a connection, a letter for each kind of packet: conn.log's `history`. The originator's letters are capitals.
 */
#ifndef NF_ZEEK_HISTORY_H
#define NF_ZEEK_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

/** Letters that are kept. There is no bound on S, H, F and R with ever new sequence numbers; what comes behind these is not told. */
enum { NF_HISTORY_MOST = 63 };

typedef struct nf_history {
	uint32_t seen;       /**< kinds of letters that nf_history_once() added for the originator, a bit each */
	uint32_t seen_small; /**< for the responder */
	uint8_t n;
	char letters[NF_HISTORY_MOST + 1]; /**< ends in a NUL */
} nf_history;

static inline void nf_history_add(nf_history *history, char letter)
{
	if (history->n < NF_HISTORY_MOST)
		history->letters[history->n++] = letter;
}

/** A letter as its side writes it. @param letter  a capital */
static inline char nf_history_letter(char letter, bool originator)
{
	return (char)(originator ? letter : letter - 'A' + 'a');
}

/**
 * Adds a letter unless one of its kind was added for this side.
 * @param kind  a capital that names the kind; S and H are one kind
 * @return whether the kind was there already
 */
static inline bool nf_history_once(nf_history *history, char kind, char letter, bool originator)
{
	uint32_t *seen = originator ? &history->seen : &history->seen_small;
	const uint32_t bit = UINT32_C(1) << (kind - 'A');

	if (*seen & bit)
		return true;
	*seen |= bit;
	nf_history_add(history, nf_history_letter(letter, originator));
	return false;
}

/** Counts something and adds its letter at the 1st, 10th, 100th, ... time. */
static inline void nf_history_scaled(nf_history *history, uint32_t *count, char letter, bool originator)
{
	uint32_t n = *count < UINT32_MAX ? ++*count : 0;

	while (n > 1 && n % 10 == 0)
		n /= 10;
	if (n == 1)
		nf_history_add(history, nf_history_letter(letter, originator));
}

#endif
