/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network service header, which stands between a carrier (Ethernet, VXLAN-GPE, GRE) and a packet on its way through a chain of services. */
#include "layer.h"

/*   0                   1                   2                   3     RFC 8300, 2.2 and 2.3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  |Ver|O|U|    TTL    |  Length   |U|U|U|U|MD Type| Next Protocol |    Length: all of this, in words of 4
 *  |          Service Path Identifier              | Service Index |    (context)
 */
nf_skip nf_decode_nsh(nf_layer *layer)
{
	enum { IPV4 = 1, IPV6, ETHERNET, NSH, MPLS };
	nf_cursor *c = &layer->cursor;

	if (!nf_looks_further(layer))
		return NF_SKIP_NOT_IP;
	const uint8_t *p = nf_take(c, 8);
	if (!p)
		return nf_too_short(c, 8);
	const uint32_t length = (p[1] & 0x3fu) * 4;
	if (p[0] >> 6 != 0 || length < 8)
		return NF_SKIP_MALFORMED;
	if (!nf_take(c, length - 8))
		return nf_too_short(c, length - 8);
	switch (p[3]) {
	case IPV4: return nf_next(layer, NF_BY_IP, 4);
	case IPV6: return nf_next(layer, NF_BY_IP, 6);
	case ETHERNET: return nf_next(layer, NF_BY_LINK, 1);
	case NSH: return nf_next(layer, NF_BY_ETHERTYPE, 0x894f);
	case MPLS: return nf_next(layer, NF_BY_ETHERTYPE, 0x8847);
	default: return NF_SKIP_NOT_IP;
	}
}
