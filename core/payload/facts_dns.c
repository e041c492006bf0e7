/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first question (RFC 1035, 4.1). */
#include "payload/facts.h"
#include "payload/text.h"

enum { HEAD = 12, POINTERS_MOST = 64, NAME_MOST = 255 };

static uint16_t at16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void add_label(char *name, const uint8_t *label, size_t n)
{
	if (name[0])
		nf_text_add(name, NF_TEXT_BYTES, '.', false);
	for (size_t i = 0; i < n; i++)
		nf_text_add(name, NF_TEXT_BYTES, label[i], label[i] == '.');
}

/* Writes the name at *at, and moves *at behind it. Pointers must point back; with that and their number it ends. */
static bool read_name(const uint8_t *p, size_t n, size_t *at, char *name)
{
	size_t here = *at, total = 0;
	unsigned pointers = 0;

	while (here < n && total <= NAME_MOST) {
		const uint8_t length = p[here];
		if (length >= 0xc0) {
			if (n - here < 2 || ++pointers > POINTERS_MOST)
				return false;
			const size_t there = at16(p + here) & 0x3fff;
			*at = pointers == 1 ? here + 2 : *at;
			if (there >= here)
				return false;
			here = there;
			continue;
		}
		if (length > 63 || n - here <= length)
			return false;
		if (length == 0) {
			*at = pointers == 0 ? here + 1 : *at;
			return true;
		}
		add_label(name, p + here + 1, length);
		total += 1 + (size_t)length;
		here += 1 + (size_t)length;
	}
	return false;
}

nf_facts_state nf_dns_data(nf_dns *dns, const uint8_t *bytes, size_t n, bool in_tcp)
{
	size_t at = HEAD;
	char name[NF_TEXT_BYTES] = "";

	if (in_tcp && n >= 2) {
		const size_t length = at16(bytes);
		bytes += 2;
		n = length < n - 2 ? length : n - 2;
	}
	if (dns->state != NF_FACTS_WANTED || n < HEAD || at16(bytes + 4) == 0)
		return dns->state;
	if (!read_name(bytes, n, &at, name) || n - at < 4)
		return dns->state;
	memcpy(dns->name, name[0] ? name : ".", name[0] ? sizeof name : 2);
	dns->type = at16(bytes + at);
	dns->class_ = at16(bytes + at + 2);
	dns->is_answer = bytes[2] & 0x80;
	return dns->state = NF_FACTS_FOUND;
}
