/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/native.h"

#include <stdlib.h>

/* By type; tests/test_native.c compares every line, and every type that has none, with what wiretap makes of it. */
static const nf_native_link links[] = {
	{0, 0, "NULL/Loopback"},
	{1, 1, "Ethernet"},
	{6, 6, "Token Ring"},
	{7, 7, "ARCNET"},
	{8, 8, "SLIP"},
	{9, 9, "PPP"},
	{10, NF_LINK_FDDI_BITSWAPPED, "FDDI with bit-swapped MAC addresses"},
	{11, 100, "RFC 1483 ATM"},
	{12, 101, "Raw IP"},
	{13, 109, "OpenBSD enc(4) encapsulating interface"},
	{14, 101, "Raw IP"},
	{16, 106, "Linux ATM CLIP"},
	{18, 106, "Linux ATM CLIP"},
	{19, 106, "Linux ATM CLIP"},
	{50, 9, "PPP"},
	{51, 51, "PPP-over-Ethernet session"},
	{99, 99, "Symantec Enterprise Firewall"},
	{100, 100, "RFC 1483 ATM"},
	{101, 101, "Raw IP"},
	{104, 104, "Cisco HDLC"},
	{105, 105, "IEEE 802.11 Wireless LAN"},
	{106, 106, "Linux ATM CLIP"},
	{107, 107, "Frame Relay"},
	{108, 108, "OpenBSD loopback"},
	{109, 109, "OpenBSD enc(4) encapsulating interface"},
	{112, 104, "Cisco HDLC"},
	{113, 113, "Linux cooked-mode capture v1"},
	{117, 117, "OpenBSD PF Firewall logs"},
	{119, 119, "IEEE 802.11 plus Prism II monitor mode radio header"},
	{122, 122, "RFC 2625 IP-over-Fibre Channel"},
	{127, 127, "IEEE 802.11 plus radiotap radio header"},
	{128, 128, "Tazmen sniffer protocol"},
	{129, 129, "Linux ARCNET"},
	{130, 130, "Juniper MLPPP"},
	{131, 131, "Juniper MLFR"},
	{133, 133, "Juniper GGSN"},
	{135, 135, "Juniper ATM2"},
	{136, 136, "Juniper Services"},
	{137, 137, "Juniper ATM1"},
	{138, 138, "Apple IP-over-IEEE 1394"},
	{143, 143, "Data Over Cable Service Interface Specification"},
	{163, 163, "IEEE 802.11 plus AVS radio header"},
	{167, 167, "Juniper PPPoE"},
	{178, 178, "Juniper Ethernet"},
	{179, 179, "Juniper PPP"},
	{180, 180, "Juniper Frame-Relay"},
	{181, 181, "Juniper C-HDLC"},
	{183, 183, "Juniper Voice PIC"},
	{184, 184, "Juniper VN"},
	{192, 192, "Per-Packet Information header"},
	{200, 200, "Juniper Secure Tunnel Information"},
	{226, 226, "Solaris IPNET"},
	{228, 228, "Raw IPv4"},
	{229, 229, "Raw IPv6"},
	{239, 239, "NFLOG"},
	{240, 240, "Hilscher netANALYZER"},
	{241, 241, "Hilscher netANALYZER-Transparent"},
	{242, 242, "IP over IB"},
	{274, 274, "IEEE 802.3br mPackets"},
	{276, 276, "Linux cooked-mode capture v2"},
};

static int by_type(const void *key, const void *row)
{
	uint32_t type = *(const uint32_t *)key, other = ((const nf_native_link *)row)->type;
	return type < other ? -1 : type > other;
}

bool nf_native_link_get(uint32_t type, nf_native_link *link)
{
	const nf_native_link *row = bsearch(&type, links, sizeof links / sizeof *links, sizeof *links, by_type);
	*link = row ? *row : (nf_native_link){type, type, "unknown"};
	return row || NF_NATIVE_IS_ALONE;
}
