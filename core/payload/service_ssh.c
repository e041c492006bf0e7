/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ssh: the banners of both sides (RFC 4253, 4.2), then its packets until one ends the key exchange. */
#include "payload/look.h"

enum { BANNER = 1 /* << side */, ONE = 4 /* << side: a version 1 side; 1.99 is none */ };

enum { NEWKEYS = 21, SESSION_KEY = 3, PACKET_MOST = 262144 };

/* The banner may stand behind lines of other text (the server's). Returns where the packets begin, or 0. */
static size_t ssh_banner(nf_look *look)
{
	size_t at = 0;
	nf_text line;

	while (nf_look_line(look, &at, &line)) {
		if (line.n < 6 || !nf_look_among((nf_text){line.at, 4}, " SSH- ") || line.at[5] != '.')
			continue;
		if (line.at[4] == '1' && (line.n < 8 || memcmp(line.at + 6, "99", 2) != 0))
			*look->note |= (uint8_t)(ONE << look->side);
		*look->note |= (uint8_t)(BANNER << look->side);
		return at;
	}
	return 0;
}

/*
 *  0                   1          (version 2; version 1: length without padding, 8 - length % 8 of padding, type)
 *  | length, 32 bits | padding, 8 bits | type, 8 bits |
 */
static nf_verdict ssh_packets(nf_look *look, size_t at)
{
	uint32_t *skip = &look->service->skip[look->side];
	const bool one = *look->note & (ONE | ONE << 1);

	for (;;) {
		const size_t passed = *skip < look->n - at ? *skip : look->n - at;
		*skip -= (uint32_t)passed;
		at += passed;
		if (look->n - at < 6)
			return NF_CLAIM;
		const uint32_t length = nf_look_u32(look->bytes + at);
		const uint32_t padding = 8 - length % 8;
		if (length < 2 || length > PACKET_MOST)
			return NF_BROKEN;
		if (one && look->n - at <= 4 + padding)
			return NF_CLAIM;
		if (one ? look->bytes[at + 4 + padding] == SESSION_KEY : look->bytes[at + 5] == NEWKEYS)
			return NF_DONE;
		*skip = 4 + length + (one ? padding : 0);
	}
}

nf_verdict nf_match_ssh(nf_look *look)
{
	size_t at = 0;

	if (!(*look->note & BANNER << look->side)) {
		const size_t n = look->n < 4 ? look->n : 4;
		const bool other = !nf_look_printable(look->bytes, n);
		if (look->side == 0 && look->begins && (other || !nf_look_among((nf_text){look->bytes, n}, " SSH- SSH SS S ")))
			return NF_NO;
		at = ssh_banner(look);
		if (at == 0)
			return !other && (look->service->port[1] == 22 || look->n < NF_SERVICE_HELD_MOST) ? NF_WAIT : NF_NO;
		look->used = true;
		if (!(*look->note & BANNER << !look->side))
			return NF_CLAIM;
	}
	look->used = true;
	return ssh_packets(look, at);
}
