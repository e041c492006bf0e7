/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP (RFC 792) and ICMPv6 (RFC 4443). */
#include "layer.h"

enum { HEADER = 8 };

/* A message and its answer; with: their identifier is that of an exchange. */
typedef struct pair {
	uint8_t request, answer;
	bool with_identifier;
} pair;

static const pair pairs[] = {{8, 0, true}, {13, 14, true}, {15, 16, true}, {17, 18, true}, {10, 9, false}};
static const pair pairs_v6[] = {{128, 129, true}, {130, 131, false}, {133, 134, false}, {135, 136, false}, {139, 140, false}, {144, 145, true}};

static const pair *pair_of(bool v6, uint8_t type)
{
	const pair *list = v6 ? pairs_v6 : pairs;
	const size_t n = v6 ? sizeof pairs_v6 / sizeof *pairs_v6 : sizeof pairs / sizeof *pairs;

	for (size_t i = 0; i < n; i++)
		if (list[i].request == type || list[i].answer == type)
			return &list[i];
	return NULL;
}

/*   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  |     Type      |     Code      |          Checksum             |
 *  |          (Identifier)         |       (Sequence number)       |
 *
 * As ports stand the type and, of messages that have an answer, the answer's type, so that both directions are one flow; of others the code.
 */
nf_skip nf_decode_icmp(nf_layer *layer)
{
	const uint32_t ip_payload = layer->cursor.wire;
	nf_packet *packet = layer->packet;
	const uint8_t protocol = packet->key.protocol;
	const nf_skip refused = nf_refused(layer->options, protocol);

	if (refused != NF_SKIP_NONE)
		return refused;
	if (!layer->options->icmp)
		return nf_decode_other(layer);
	const nf_skip checked = nf_check_transport(layer, protocol);
	const uint8_t *p = nf_take(&layer->cursor, HEADER);

	if (!p)
		return nf_too_short(&layer->cursor, HEADER);
	if (checked != NF_SKIP_NONE)
		return checked;
	const pair *both = pair_of(protocol == NF_PROTOCOL_ICMPV6, p[0]);

	layer->detail->icmp_type = p[0];
	layer->detail->icmp_code = p[1];
	if (both && both->with_identifier && !layer->options->icmp_without_identifier)
		packet->key.identifier = nf_be16(p + 4);
	const uint8_t other = !both ? p[1] : p[0] == both->request ? both->answer : both->request;
	return nf_fill(layer, p[0], other, ip_payload, HEADER, 0);
}
