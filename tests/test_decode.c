/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes to packet. Every header below is written out by hand from the document that defines it. */
#include "decode/layer.h"

#include <netflower/batch.h>

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* A string literal as bytes and their number. */
#define BYTES(literal) (literal), sizeof(literal) - 1

#define Z2 "\x00\x00"
#define Z4 Z2 Z2
#define Z8 Z4 Z4
#define Z16 Z8 Z8
#define Z32 Z16 Z16

/* TCP 192.0.2.1:1234 > 198.51.100.2:80, PSH and ACK, window 8192, three bytes: 20 + 20 + 3 = 43 = 0x2b. */
#define IP_TCP "\x45\x00\x00\x2b\x00\x01\x40\x00\x40\x06\x00\x00\xc0\x00\x02\x01\xc6\x33\x64\x02"
#define TCP "\x04\xd2\x00\x50\x00\x00\x00\x01\x00\x00\x00\x02\x50\x18\x20\x00\x00\x00\x00\x00"
#define PACKET IP_TCP TCP "abc"
enum { PACKET_BYTES = 43, HEADER_BYTES = 40 };

/* UDP 192.0.2.1:5353 > 198.51.100.2:53, four bytes: 20 + 8 + 4 = 32 = 0x20. */
#define IP_UDP "\x45\x00\x00\x20\x00\x01\x40\x00\x40\x11\x00\x00\xc0\x00\x02\x01\xc6\x33\x64\x02"
#define UDP "\x14\xe9\x00\x35\x00\x0c\x00\x00"

#define MACS "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01"
#define ETH MACS "\x08\x00"
#define SNAP "\xaa\xaa\x03\x00\x00\x00\x08\x00"
#define WLAN_ADDRESSES MACS "\x02\x00\x00\x00\x00\x03"
#define WLAN "\x08\x01\x00\x00" WLAN_ADDRESSES "\x10\x00"     /* data, to the distribution system */
#define WLAN_QOS "\x88\x01\x00\x00" WLAN_ADDRESSES "\x10\x00" /* two bytes of QoS must follow */

/* What must decode: head, then PACKET, then tail. "unknowable" bytes of the tail count when the IP header does not tell its length. */
typedef struct good {
	const char *name;
	uint32_t link;
	const char *head;
	size_t head_bytes;
	size_t tail_bytes;
	size_t unknowable;
} good;

#define GOOD(name, link, head) {name, link, BYTES(head), 0, 0}
#define TAIL(name, link, head, tail, unknowable) {name, link, BYTES(head), tail, unknowable}

static const good goods[] = {
	GOOD("raw/101", 101, ""),
	GOOD("raw/12", 12, ""),
	GOOD("raw/14", 14, ""),
	GOOD("raw/228", 228, ""),
	GOOD("null/little", 0, "\x02\x00\x00\x00"),
	GOOD("null/big", 0, "\x00\x00\x00\x02"),
	GOOD("loop/loop", 108, "\x00\x00\x00\x02"),
	GOOD("enc/enc", 109, "\x02\x00\x00\x00\x00\x00\x12\x34\x00\x04\x00\x00"),
	GOOD("pflog/61", 117, "\x3d\x02" Z32 Z16 Z8 Z4 Z2),
	GOOD("pflog/45", 117, "\x2d\x02" Z32 Z8 Z4 Z2),
	GOOD("pflog/100", 117, "\x64\x02" Z32 Z32 Z32 Z2),

	GOOD("ethernet/ethernet", 1, ETH),
	TAIL("ethernet/padding", 1, ETH, 7, 7),
	GOOD("vlan/one", 1, MACS "\x81\x00\x00\x05\x08\x00"),
	GOOD("vlan/all", 1, MACS "\x88\xa8\x00\x01\x91\x00\x00\x02\x81\x00\x00\x05\x08\x00"),
	TAIL("ethernet/length-snap", 1, MACS "\x00\x33" SNAP, 5, 0),
	TAIL("ethernet/length-ip", 1, MACS "\x00\x2e\x06\x06\x03", 5, 0),
	GOOD("ethernet/length-1500", 1, MACS "\x05\xdc" SNAP),
	TAIL("vlan/length-snap", 1, MACS "\x81\x00\x00\x05\x00\x33" SNAP, 5, 0),
	GOOD("llc/snap", NF_LINK_LLC, SNAP),
	GOOD("llc/snap-bridge-tunnel", NF_LINK_LLC, "\xaa\xaa\x03\x00\x00\xf8\x08\x00"),
	GOOD("llc/nlpid", NF_LINK_LLC, "\xfe\xfe\x03\xcc"),
	GOOD("llc/nlpid-snap", NF_LINK_LLC, "\xfe\xfe\x03\x80\x00\x00\x00\x08\x00"),
	GOOD("ethertype/ethertype", NF_LINK_ETHERTYPE, "\x08\x00"),

	GOOD("sll/sll", 113, "\x00\x00\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00\x08\x00"),
	GOOD("sll/vlan", 113, "\x00\x00\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00\x81\x00\x00\x05\x08\x00"),
	GOOD("sll/llc", 113, "\x00\x00\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00\x00\x04" SNAP),
	GOOD("sll/gre", 113, "\x00\x00\x03\x0a\x00\x04\xc0\x00\x02\x01" Z4 "\x08\x00"),
	GOOD("sll/frame-relay", 113, "\x00\x00\x03\x02\x00\x00" Z8 "\x00\x00\x18\x41\x03\xcc"),
	GOOD("sll/radiotap", 113, "\x00\x00\x03\x23\x00\x00" Z8 "\x00\x00\x00\x00\x08\x00" Z4 WLAN SNAP),
	GOOD("sll2/sll2", 276, "\x08\x00" Z2 "\x00\x00\x00\x02\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01" Z2),
	GOOD("sll2/llc", 276, "\x00\x04" Z2 "\x00\x00\x00\x02\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01" Z2 SNAP),
	GOOD("sll2/radiotap", 276, "\x00\x00" Z2 "\x00\x00\x00\x02\x03\x23\x00\x00" Z8 "\x00\x00\x08\x00" Z4 WLAN SNAP),
	TAIL("nflog/little", 239, "\x02\x00\x00\x01\x05\x00\x0a\x00\x00" Z2 "\x00\x08\x00\x01\x00\x08\x00\x00\x00\x2f\x00\x09\x00", 1, 0),
	TAIL("nflog/big", 239, "\x02\x00\x00\x01\x00\x05\x00\x0a\x00" Z2 "\x00\x00\x08\x00\x01\x08\x00\x00\x00\x00\x2f\x00\x09", 1, 0),
	TAIL("nflog/no-value", 239, "\x02\x00\x00\x01\x04\x00\x0a\x00\x2f\x00\x09\x00", 1, 0),

	GOOD("ppp/framed", 9, "\xff\x03\x00\x21"),
	GOOD("ppp/bare", 9, "\x00\x21"),
	GOOD("ppp/compressed", 9, "\x21"),
	GOOD("ppp/framed-compressed", 9, "\xff\x03\x21"),
	GOOD("ppp/hdlc", 50, "\xff\x03\x00\x21"),
	GOOD("ppp/cisco", 50, "\x0f\x00\x08\x00"),
	GOOD("ppp/cisco-all", 50, "\x8f\x00\x08\x00"),
	GOOD("ppp/pppd", 166, "\x01\x03\x00\x21"),
	GOOD("ppp/direction", 204, "\x01\xff\x03\x00\x21"),
	GOOD("ppp/mpls", 9, "\xff\x03\x02\x81\x00\x01\x01\x40"),
	GOOD("ppp/mpls-multicast", 9, "\xff\x03\x02\x83\x00\x01\x01\x40"),
	TAIL("pppoe/link", 51, "\x11\x00\x00\x01\x00\x2d\x00\x21", 5, 0),
	TAIL("pppoe/ethernet", 1, MACS "\x88\x64\x11\x00\x00\x01\x00\x2d\x00\x21", 5, 0),
	TAIL("pppoe/vlan", 1, MACS "\x81\x00\x00\x05\x88\x64\x11\x00\x00\x01\x00\x2d\x00\x21", 1, 0),
	GOOD("chdlc/104", 104, "\x0f\x00\x08\x00"),
	GOOD("chdlc/112", 112, "\x8f\x00\x08\x00"),
	GOOD("chdlc/direction", 205, "\x00\x0f\x00\x08\x00"),

	GOOD("frame-relay/two", 107, "\x18\x41\x03\xcc"),
	GOOD("frame-relay/three-padded", 107, "\x18\x40\x05\x03\x00\xcc"),
	GOOD("frame-relay/four", 107, "\x18\x40\x04\x05\x03\xcc"),
	GOOD("frame-relay/cisco", 107, "\x18\x41\x08\x00"),
	GOOD("frame-relay/snap", 107, "\x18\x41\x03\x00\x80\x00\x00\x00\x08\x00"),
	GOOD("frame-relay/ppp", 107, "\x18\x41\x03\xcf\x00\x21"),
	GOOD("frame-relay/bridged", 107, "\x18\x41\x03\x00\x80\x00\x80\xc2\x00\x07" ETH),
	TAIL("frame-relay/bridged-fcs", 107, "\x18\x41\x03\x00\x80\x00\x80\xc2\x00\x01" ETH, 4, 0),
	GOOD("frame-relay/direction", 206, "\x01\x18\x41\x03\xcc"),

	GOOD("80211/data", 105, WLAN SNAP),
	GOOD("80211/cf-ack", 105, "\x18\x02\x00\x00" WLAN_ADDRESSES "\x10\x00" SNAP),
	GOOD("80211/qos", 105, WLAN_QOS "\x00\x00" SNAP),
	GOOD("80211/four-addresses", 105, "\x08\x03\x00\x00" WLAN_ADDRESSES "\x10\x00\x02\x00\x00\x00\x00\x04" SNAP),
	GOOD("80211/four-qos", 105, "\x88\x03\x00\x00" WLAN_ADDRESSES "\x10\x00\x02\x00\x00\x00\x00\x04\x00\x00" SNAP),
	GOOD("80211/ht-control", 105, "\x88\x81\x00\x00" WLAN_ADDRESSES "\x10\x00\x00\x00" Z4 SNAP),
	GOOD("80211/order-without-qos", 105, "\x08\x81\x00\x00" WLAN_ADDRESSES "\x10\x00" SNAP),
	GOOD("80211/first-fragment", 105, "\x08\x05\x00\x00" WLAN_ADDRESSES "\x10\x00" SNAP),
	GOOD("80211/mesh", 105, "\x88\x03\x00\x00" WLAN_ADDRESSES "\x10\x00\x02\x00\x00\x00\x00\x04\x00\x01\x00\x1f" Z4 SNAP),
	GOOD("80211/mesh-extended", 105, "\x88\x03\x00\x00" WLAN_ADDRESSES "\x10\x00\x02\x00\x00\x00\x00\x04\x00\x01\x02\x1f" Z4 MACS SNAP),
	GOOD("80211/no-mesh", 105, "\x88\x02\x00\x00" WLAN_ADDRESSES "\x10\x00\x00\x01" SNAP),
	GOOD("80211/mesh-group", 105, "\x88\x02\x00\x00" WLAN_ADDRESSES "\x10\x00\x00\x01\x00\x1f" Z4 SNAP),
	GOOD("80211/datapad", NF_LINK_80211_DATAPAD, WLAN_QOS "\x00\x00" Z2 SNAP),
	GOOD("80211/datapad-none", NF_LINK_80211_DATAPAD, WLAN SNAP),
	GOOD("radiotap/plain", 127, "\x00\x00\x08\x00" Z4 WLAN SNAP),
	TAIL("radiotap/no-fcs", 127, "\x00\x00\x09\x00\x02\x00\x00\x00\x00" WLAN SNAP, 4, 4),
	TAIL("radiotap/fcs", 127, "\x00\x00\x09\x00\x02\x00\x00\x00\x10" WLAN SNAP, 4, 0),
	TAIL("radiotap/time-fcs", 127, "\x00\x00\x11\x00\x03\x00\x00\x00" Z8 "\x10" WLAN SNAP, 4, 0),
	TAIL("radiotap/two-words-fcs", 127, "\x00\x00\x19\x00\x03\x00\x00\x80" Z4 Z4 Z8 "\x10" WLAN SNAP, 4, 0),
	GOOD("radiotap/datapad", 127, "\x00\x00\x09\x00\x02\x00\x00\x00\x20" WLAN_QOS "\x00\x00" Z2 SNAP),
	GOOD("ppi/80211", 192, "\x00\x00\x08\x00\x69\x00\x00\x00" WLAN SNAP),
	GOOD("ppi/ethernet", 192, "\x00\x00\x08\x00\x01\x00\x00\x00" ETH),
	TAIL("ppi/fcs", 192, "\x00\x00\x20\x00\x69\x00\x00\x00\x02\x00\x14\x00" Z8 "\x01\x00" Z8 Z2 WLAN SNAP, 4, 0),
	TAIL("ppi/no-fcs", 192, "\x00\x00\x20\x00\x69\x00\x00\x00\x02\x00\x14\x00" Z8 "\x02\x00" Z8 Z2 WLAN SNAP, 4, 4),
	TAIL("ppi/aligned-fcs", 192, "\x00\x01\x28\x00\x69\x00\x00\x00\x05\x00\x01\x00" Z4 "\x02\x00\x14\x00" Z8 "\x01\x00" Z8 Z2 WLAN SNAP,
	     4, 0),
	GOOD("avs/v1", 163, "\x80\x21\x10\x01\x00\x00\x00\x40" Z32 Z16 Z8 WLAN SNAP),
	GOOD("avs/v2", 163, "\x80\x21\x10\x02\x00\x00\x00\x48" Z32 Z32 WLAN SNAP),
	GOOD("avs/shortest", 163, "\x80\x21\x10\x01\x00\x00\x00\x08" WLAN SNAP),
	GOOD("prism/prism", 119, "\x44\x00\x00\x00\x90\x00\x00\x00" Z32 Z32 Z32 Z32 Z8 WLAN SNAP),
	GOOD("prism/avs", 119, "\x80\x21\x10\x01\x00\x00\x00\x40" Z32 Z16 Z8 WLAN SNAP),

	GOOD("token-ring/plain", 6, "\x10\x40" MACS SNAP),
	GOOD("token-ring/routed", 6, "\x10\x40\x02\x00\x00\x00\x00\x02\x82\x00\x00\x00\x00\x01\x06\x30\x00\x11\x00\x20" SNAP),
	GOOD("token-ring/route-2", 6, "\x10\x40\x02\x00\x00\x00\x00\x02\x82\x00\x00\x00\x00\x01\x02\x30" SNAP),
	GOOD("fddi/async", 10, "\x50" MACS SNAP),
	GOOD("fddi/sync", NF_LINK_FDDI_BITSWAPPED, "\xd0" MACS SNAP),
	GOOD("arcnet/rfc1051", 7, "\x01\x02\xf0"),
	GOOD("arcnet/rfc1201", 7, "\x01\x02\xd4\x00\x00\x01"),
	GOOD("arcnet/first-fragment", 7, "\x01\x02\xd4\x01\x00\x01"),
	GOOD("arcnet/exception", 7, "\x01\x02\xd4\xff\xff\xff\xd4\x00\x00\x01"),
	GOOD("arcnet-linux/rfc1051", 129, "\x01\x02\x00\x00\xf0"),
	GOOD("arcnet-linux/rfc1201", 129, "\x01\x02\x00\x00\xd4\x00\x00\x01"),

	GOOD("slip/slip", 8, "\x00\x40" Z8 Z4 Z2),
	GOOD("rfc1483/snap", 100, SNAP),
	GOOD("rfc1483/older-number", 11, SNAP),
	GOOD("rfc1483/nlpid", 100, "\xfe\xfe\x03\xcc"),
	GOOD("rfc1483/bridged", 100, "\xaa\xaa\x03\x00\x80\xc2\x00\x07\x00\x00" ETH),
	TAIL("rfc1483/bridged-fcs", 100, "\xaa\xaa\x03\x00\x80\xc2\x00\x01\x00\x00" ETH, 4, 0),
	GOOD("clip/bare", 106, ""),
	GOOD("clip/snap", 106, SNAP),
	GOOD("sunatm/llc", 123, "\x82\x00\x00\x20" SNAP),
	GOOD("sunatm/lane", 123, "\x01\x00\x00\x20\x00\x01" ETH),
	GOOD("lane/lane", NF_LINK_LANE_8023, "\x00\x01" ETH),
	GOOD("ipfc/ipfc", 122, "\x10\x00\x02\x00\x00\x00\x00\x02\x10\x00\x02\x00\x00\x00\x00\x01" SNAP),
	GOOD("ip1394/ip1394", 138, Z16 "\x08\x00"),
	GOOD("symantec/v2", 99, "\xc0\x00\x02\x01\x00\x00\x08\x00" Z32 Z4),
	GOOD("symantec/v3", 99, "\xc0\x00\x02\x01" Z4 Z2 "\x08\x00" Z32 Z8 Z4),
	TAIL("ipnet/ipnet", 226, "\x01\x02\x00\x00\x00\x00\x00\x2b" Z16, 3, 0),
	GOOD("ipoib/ipoib", 242, "\x08\x00\x00\x00"),
	GOOD("ipoib/grh", 242, "\x60\x00\x00\x00" Z32 Z4 "\x08\x00\x00\x00"),
	GOOD("ipoib/room-for-grh", 242, Z32 Z8 "\x08\x00\x00\x00"),

	GOOD("juniper/ethernet", 178, "MGC\x01" ETH),
	GOOD("juniper/extended", 178, "MGC\x81\x00\x03\x01\x01\x01" ETH),
	GOOD("juniper/no-link-layer", 178, "MGC\x03\x02\x00\x00\x00"),
	GOOD("juniper/pppoe", 167, "MGC\x01" ETH),
	GOOD("juniper/ethertype", 174, "MGC\x01\x08\x00"),
	GOOD("juniper/ppp", 179, "MGC\x00\xff\x03\x00\x21"),
	GOOD("juniper/frame-relay", 180, "MGC\x00\x18\x41\x03\xcc"),
	GOOD("juniper/chdlc", 181, "MGC\x00\x0f\x00\x08\x00"),
	TAIL("docsis/docsis", 143, "\x00\x00\x00\x39\x9c\x50" ETH, 3, 0),
	GOOD("pktap/v1", 258, "\x6c\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00" Z32 Z32 Z32 ETH),
	GOOD("pktap/v2", 258, "\x2c\x00\x00\x00\x00\x00\x0c\x00" Z16 Z8 Z4 "\x00\x00\x08\x00" Z4),
	GOOD("pktap/shortest", 258, "\x28\x00\x00\x00\x00\x00\x0c\x00" Z16 Z8 Z4 "\x00\x00\x08\x00"),
	TAIL("netanalyzer/netanalyzer", 240, "\x00\x04\x00\x00" ETH, 4, 0),
	TAIL("netanalyzer/transparent", 241, "\x00\x06\x00\x00\x55\x55\x55\x55\x55\x55\x55\xd5" ETH, 4, 0),
	TAIL("netanalyzer/short-preamble", 241, "\x40\x06\x00\x00\x55\x55\xd5" ETH, 4, 0),
	TAIL("mpacket/express", 274, "\x55\x55\x55\x55\x55\x55\x55\xd5" ETH, 4, 0),
	TAIL("mpacket/first", 274, "\x55\x55\x55\x55\x55\x55\x55\xe6" ETH, 4, 0),
	GOOD("tzsp/ethernet", 128, "\x01\x00\x00\x01\x00\x0a\x01\xb0\x01" ETH),
	GOOD("tzsp/80211", 128, "\x01\x00\x00\x12\x01" WLAN SNAP),
	GOOD("tzsp/to-be-sent", 128, "\x01\x01\x00\x01\x00\x01" ETH),
	GOOD("tzsp/prism", 128, "\x01\x00\x00\x77\x01\x44\x00\x00\x00\x90\x00\x00\x00" Z32 Z32 Z32 Z32 Z8 WLAN SNAP),
	GOOD("tzsp/avs", 128, "\x01\x00\x00\x7f\x01\x80\x21\x10\x01\x00\x00\x00\x40" Z32 Z16 Z8 WLAN SNAP),

	GOOD("mpls/one", 1, MACS "\x88\x47\x00\x01\x01\x40"),
	GOOD("mpls/stack", 1, MACS "\x88\x47\x00\x03\x00\x40\x00\x02\x00\x40\x00\x01\x01\x40"),
	GOOD("mpls/multicast", 1, MACS "\x88\x48\x00\x01\x01\x40"),
	GOOD("mpls/explicit-null", 1, MACS "\x88\x47\x00\x00\x01\x40"),
	GOOD("mpls/ethernet", 1, MACS "\x88\x47\x00\x01\x01\x40" ETH),
	GOOD("mpls/ethernet-like-ip", 1, MACS "\x88\x47\x00\x01\x01\x40\x48\x00\x00\x2b\x00\x02\x02\x00\x00\x00\x00\x01\x08\x00"),
	GOOD("mpls/control-word", 1, MACS "\x88\x47\x00\x01\x01\x40\x00\x00\x00\x07" ETH),
	GOOD("mpls/ethernet-vlan", 1, MACS "\x88\x47\x00\x01\x01\x40" MACS "\x81\x00\x00\x05\x08\x00"),
	GOOD("mpls/ethernet-provider-vlan", 1, MACS "\x88\x47\x00\x01\x01\x40" MACS "\x88\xa8\x00\x05\x08\x00"),
	GOOD("mpls/ethernet-mpls", 1, MACS "\x88\x47\x00\x01\x01\x40" MACS "\x88\x47\x00\x01\x01\x40"),
	TAIL("mpls/ethernet-pppoe", 1, MACS "\x88\x47\x00\x01\x01\x40" MACS "\x88\x64\x11\x00\x00\x01\x00\x2d\x00\x21", 5, 0),
};

/* What must be skipped, and why. */
typedef struct bad {
	const char *name;
	uint32_t link;
	nf_skip skip;
	const char *bytes;
	size_t size;
} bad;

#define BAD(name, link, skip, bytes) {name, link, NF_SKIP_##skip, BYTES(bytes)}
#define ARP "\x00\x01\x08\x00\x06\x04\x00\x01" MACS Z8

static const bad bads[] = {
	BAD("link/unknown", 65535, LINK_TYPE, PACKET),
	BAD("link/unknown-framing", NF_LINK_UNKNOWN, LINK_TYPE, PACKET),
	BAD("raw/empty", 101, MALFORMED, ""),
	BAD("raw/version-5", 101, MALFORMED, "\x55\x00\x00\x2b" PACKET),
	BAD("raw/version-0", 101, MALFORMED, "\x05\x00\x00\x2b" PACKET),
	BAD("raw/6", 101, IPV6, "\x60" Z32 Z8),
	BAD("raw/228-is-6", 228, MALFORMED, "\x60" Z32 Z8),
	BAD("raw/229", 229, IPV6, "\x60" Z32 Z8),
	BAD("raw/229-is-4", 229, MALFORMED, PACKET),
	BAD("null/24", 0, IPV6, "\x18\x00\x00\x00\x60" Z32 Z8),
	BAD("null/28", 0, IPV6, "\x00\x00\x00\x1c\x60" Z32 Z8),
	BAD("null/30", 0, IPV6, "\x1e\x00\x00\x00\x60" Z32 Z8),
	BAD("null/osi", 0, NOT_IP, "\x07\x00\x00\x00" PACKET),
	BAD("loop/little", 108, NOT_IP, "\x02\x00\x00\x00" PACKET),
	BAD("enc/6", 109, IPV6, "\x00\x00\x00\x18" Z8 "\x60" Z32 Z8),
	BAD("pflog/6", 117, IPV6, "\x3d\x18" Z32 Z16 Z8 Z4 Z2 "\x60" Z32 Z8),
	BAD("pflog/length", 117, MALFORMED, "\x2c\x02" Z32 Z8 Z2 PACKET),

	BAD("ethernet/arp", 1, NOT_IP, MACS "\x08\x06" ARP),
	BAD("ethernet/6", 1, IPV6, MACS "\x86\xdd\x60" Z32 Z8),
	BAD("ethernet/6-is-4", 1, MALFORMED, MACS "\x86\xdd" PACKET),
	BAD("ethernet/4-is-6", 1, MALFORMED, ETH "\x60" Z32 Z8),
	BAD("ethernet/4-is-5", 1, MALFORMED, ETH "\x55\x00\x00\x2b" PACKET),
	BAD("ethernet/type-between", 1, NOT_IP, MACS "\x05\xff" PACKET),
	BAD("ethernet/length-1501", 1, NOT_IP, MACS "\x05\xdd" SNAP PACKET),
	BAD("ethernet/length-below-llc", 1, MALFORMED, MACS "\x00\x02" SNAP PACKET),
	BAD("ethernet/length-below-ip", 1, MALFORMED, MACS "\x00\x1b" SNAP PACKET),
	BAD("ethernet/spanning-tree", 1, NOT_IP, MACS "\x00\x26\x42\x42\x03" Z32 Z2 "\x00"),
	BAD("ethernet/pppoe-discovery", 1, NOT_IP, MACS "\x88\x63\x11\x09\x00\x00\x00\x04" Z4),
	BAD("llc/information", NF_LINK_LLC, NOT_IP, "\xaa\xaa\x00\x00\x00\x00\x08\x00" PACKET),
	BAD("llc/other-organisation", NF_LINK_LLC, NOT_IP, "\xaa\xaa\x03\x00\x00\x0c\x08\x00" PACKET),
	BAD("llc/bridged-token-ring", NF_LINK_LLC, NOT_IP, "\xaa\xaa\x03\x00\x80\xc2\x00\x09" PACKET),
	BAD("llc/nlpid-6", NF_LINK_LLC, IPV6, "\xfe\xfe\x03\x8e\x60" Z32 Z8),
	BAD("llc/clnp", NF_LINK_LLC, NOT_IP, "\xfe\xfe\x03\x81" Z32),

	BAD("sll/netlink", 113, NOT_IP, "\x00\x04\x03\x38\x00\x00" Z8 "\x08\x00" PACKET),
	BAD("sll/novell", 113, NOT_IP, "\x00\x00\x00\x01\x00\x06" Z8 "\x00\x01" PACKET),
	BAD("sll/6", 113, IPV6, "\x00\x00\x00\x01\x00\x06" Z8 "\x86\xdd\x60" Z32 Z8),
	BAD("nflog/6", 239, IPV6, "\x0a\x00\x00\x01\x2c\x00\x09\x00\x60" Z32 Z4 Z2 "\x00"),
	BAD("nflog/bridge", 239, NOT_IP, "\x07\x00\x00\x01\x2f\x00\x09\x00" PACKET),
	BAD("nflog/no-packet", 239, NOT_IP, "\x02\x00\x00\x01\x08\x00\x01\x00" Z4),
	BAD("nflog/empty", 239, NOT_IP, "\x02\x00\x00\x01"),
	BAD("nflog/unpadded-end", 239, NOT_IP, "\x02\x00\x00\x01\x05\x00\x0a\x00\x00"),
	BAD("nflog/length-0", 239, MALFORMED, "\x02\x00\x00\x01\x00\x00\x0a\x00" PACKET),
	BAD("nflog/length-3", 239, MALFORMED, "\x02\x00\x00\x01\x03\x00\x09\x00" PACKET),
	BAD("nflog/length-beyond", 239, MALFORMED, "\x02\x00\x00\x01\xff\x00\x0a\x00" PACKET),
	BAD("nflog/packet-below-ip", 239, MALFORMED, "\x02\x00\x00\x01\x17\x00\x09\x00" PACKET),

	BAD("ppp/lcp", 9, NOT_IP, "\xff\x03\xc0\x21\x09\x00\x00\x08" Z4),
	BAD("ppp/6", 9, IPV6, "\x00\x57\x60" Z32 Z8),
	BAD("ppp/compressed-tcp", 9, NOT_IP, "\x2d" PACKET),
	BAD("pppoe/discovery", 51, NOT_IP, "\x11\x09\x00\x00\x00\x04" Z4),
	BAD("pppoe/version", 51, MALFORMED, "\x21\x00\x00\x01\x00\x2d\x00\x21" PACKET),
	BAD("pppoe/length-0", 51, MALFORMED, "\x11\x00\x00\x01\x00\x00\x00\x21" PACKET),
	BAD("pppoe/length-1", 51, MALFORMED, "\x11\x00\x00\x01\x00\x01\x00\x21" PACKET),
	BAD("pppoe/length-below-ip", 51, MALFORMED, "\x11\x00\x00\x01\x00\x15\x00\x21" PACKET),
	BAD("chdlc/slarp", 104, NOT_IP, "\x8f\x00\x80\x35" Z16),
	BAD("frame-relay/lmi", 107, NOT_IP, "\x00\x01\x03\x08\x00\x75" Z8),
	BAD("frame-relay/one-byte-address", 107, MALFORMED, "\x19\x41\x03\xcc" PACKET),
	BAD("frame-relay/five-byte-address", 107, MALFORMED, "\x18\x40\x40\x40\x41\x03\xcc" PACKET),

	BAD("80211/beacon", 105, NOT_IP, "\x80\x00\x00\x00" WLAN_ADDRESSES "\x10\x00" Z16),
	BAD("80211/ack", 105, NOT_IP, "\xd4\x00\x00\x00\x02\x00\x00\x00\x00\x01"),
	BAD("80211/version", 105, NOT_IP, "\x09\x01\x00\x00" WLAN_ADDRESSES "\x10\x00" SNAP PACKET),
	BAD("80211/null-function", 105, NOT_IP, "\x48\x01\x00\x00" WLAN_ADDRESSES "\x10\x00"),
	BAD("80211/qos-null", 105, NOT_IP, "\xc8\x01\x00\x00" WLAN_ADDRESSES "\x10\x00\x00\x00"),
	BAD("80211/empty", 105, NOT_IP, WLAN),
	BAD("80211/protected", 105, ENCRYPTED, "\x08\x41\x00\x00" WLAN_ADDRESSES "\x10\x00" SNAP PACKET),
	BAD("80211/a-msdu", 105, AGGREGATE, WLAN_QOS "\x80\x00" ETH PACKET),
	BAD("80211/later-fragment", 105, FRAGMENT, "\x08\x01\x00\x00" WLAN_ADDRESSES "\x11\x00" PACKET),
	BAD("80211/protected-fragment", 105, ENCRYPTED, "\x08\x41\x00\x00" WLAN_ADDRESSES "\x11\x00" PACKET),
	BAD("radiotap/version", 127, MALFORMED, "\x01\x00\x08\x00" Z4 WLAN SNAP PACKET),
	BAD("radiotap/length-7", 127, MALFORMED, "\x00\x00\x07\x00" Z4 WLAN SNAP PACKET),
	BAD("radiotap/length-beyond", 127, MALFORMED, "\x00\x00\xff\x00" Z4 WLAN SNAP PACKET),
	BAD("ppi/version", 192, MALFORMED, "\x01\x00\x08\x00\x01\x00\x00\x00" ETH PACKET),
	BAD("ppi/length-7", 192, MALFORMED, "\x00\x00\x07\x00\x01\x00\x00\x00" ETH PACKET),
	BAD("ppi/length-beyond", 192, MALFORMED, "\x00\x00\xff\x00\x01\x00\x00\x00" ETH PACKET),
	BAD("ppi/link", 192, LINK_TYPE, "\x00\x00\x08\x00\xff\xff\x00\x00" ETH PACKET),
	BAD("ppi/link-not-of-the-registry", 192, LINK_TYPE, "\x00\x00\x08\x00\x01\x00\x01\x00" SNAP PACKET),
	BAD("avs/magic", 163, MALFORMED, "\x80\x21\x10\x03\x00\x00\x00\x08" WLAN SNAP PACKET),
	BAD("avs/length-7", 163, MALFORMED, "\x80\x21\x10\x01\x00\x00\x00\x07" WLAN SNAP PACKET),
	BAD("avs/length-beyond", 163, MALFORMED, "\x80\x21\x10\x01\xff\x00\x00\x40" WLAN SNAP PACKET),

	BAD("token-ring/mac", 6, NOT_IP, "\x10\x00" MACS Z16),
	BAD("token-ring/route-0", 6, MALFORMED, "\x10\x40\x02\x00\x00\x00\x00\x02\x82\x00\x00\x00\x00\x01\x00\x30" SNAP PACKET),
	BAD("token-ring/route-beyond", 6, MALFORMED, "\x10\x40\x02\x00\x00\x00\x00\x02\x82\x00\x00\x00\x00\x01\x1f\x30" Z8),
	BAD("fddi/station-management", 10, NOT_IP, "\x41" MACS Z16),
	BAD("arcnet/arp", 7, NOT_IP, "\x01\x02\xd5\x00\x00\x01" ARP),
	BAD("arcnet/6", 7, IPV6, "\x01\x02\xc4\x00\x00\x01\x60" Z32 Z8),
	BAD("arcnet/later-fragment", 7, FRAGMENT, "\x01\x02\xd4\x02\x00\x01" PACKET),
	BAD("arcnet/later-fragment-exception", 7, FRAGMENT, "\x01\x02\xd4\xff\xff\xff\xd4\x02\x00\x01" PACKET),
	BAD("arcnet-linux/6", 129, IPV6, "\x01\x02\x00\x00\xc4\x00\x00\x01\x60" Z32 Z8),
	BAD("arcnet-linux/arp", 129, NOT_IP, "\x01\x02\x00\x00\xd5\x00\x00\x01" ARP),
	BAD("sunatm/lane-control", 123, NOT_IP, "\x01\x00\x00\x20\xff\x00\x01\x01" Z32),
	BAD("sunatm/signalling", 123, NOT_IP, "\x06\x00\x00\x05" Z16),
	BAD("symantec/both", 99, MALFORMED, "\xc0\x00\x02\x01\x00\x00\x08\x00\x00\x00\x08\x00" Z32 PACKET),
	BAD("symantec/neither", 99, MALFORMED, "\xc0\x00\x02\x01" Z8 Z32 PACKET),
	BAD("ipnet/6", 226, IPV6, "\x01\x1a\x00\x00\x00\x00\x00\x29" Z16 "\x60" Z32 Z8),
	BAD("ipoib/6", 242, IPV6, "\x86\xdd\x00\x00\x60" Z32 Z16),
	BAD("ipnet/family", 226, NOT_IP, "\x01\x03\x00\x00\x00\x00\x00\x2b" Z16 PACKET),
	BAD("ipnet/length-below-ip", 226, MALFORMED, "\x01\x02\x00\x00\x00\x00\x00\x13" Z16 PACKET),
	BAD("juniper/magic", 178, MALFORMED, "MGD\x00" ETH PACKET),
	BAD("juniper/extension-beyond", 178, MALFORMED, "MGC\x81\xff\x00" ETH PACKET),
	BAD("juniper/no-link-layer-6", 178, IPV6, "MGC\x03\x06\x00\x00\x00\x60" Z32 Z8),
	BAD("juniper/no-link-layer-no-ip", 178, NOT_IP, "MGC\x03\x02\x00\x00\x00\x83" Z32),
	BAD("docsis/management", 143, NOT_IP, "\xc2\x00\x00\x39\x00\x00" ETH PACKET),
	BAD("docsis/extended", 143, LINK_TYPE, "\x01\x04\x00\x39" Z4 "\x00\x00" ETH PACKET),
	BAD("docsis/length-below-ethernet", 143, MALFORMED, "\x00\x00\x00\x0d\x00\x00" ETH PACKET),
	BAD("pktap/no-packet", 258, NOT_PACKET, "\x6c\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00" Z32 Z32 Z32),
	BAD("pktap/length", 258, MALFORMED, "\x27\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00" Z32 Z32 Z32 ETH PACKET),
	BAD("pktap/length-beyond", 258, MALFORMED, "\x6c\x00\x00\x01\x01\x00\x00\x00\x01\x00\x00\x00" Z32 Z32 Z32 ETH PACKET),
	BAD("netanalyzer/event", 240, NOT_PACKET, "\x00\x05\x00\x00" Z8),
	BAD("netanalyzer/preamble", 241, MALFORMED, "\x10\x06\x00\x00\x55\x55\x55\x55\x55\x55\x55\xd4" ETH PACKET),
	BAD("mpacket/later", 274, FRAGMENT, "\x55\x55\x55\x55\x55\x55\x61\xe6" PACKET),
	BAD("mpacket/verify", 274, NOT_IP, "\x55\x55\x55\x55\x55\x55\x55\x07" Z32 Z16 Z8 Z4 Z4),
	BAD("mpacket/delimiter", 274, MALFORMED, "\x55\x55\x55\x55\x55\x55\x55\x00" ETH PACKET),
	BAD("tzsp/keepalive", 128, NOT_PACKET, "\x01\x04\x00\x00\x01"),
	BAD("tzsp/encapsulation", 128, LINK_TYPE, "\x01\x00\x00\x63\x01" ETH PACKET),
	BAD("tzsp/tag-beyond", 128, MALFORMED, "\x01\x00\x00\x01\x0a\xff\xb0\x01" ETH PACKET),
	BAD("tzsp/no-end", 128, MALFORMED, "\x01\x00\x00\x01\x0a\x01\xb0"),

	BAD("mpls/no-end", 1, MALFORMED, MACS "\x88\x47\x00\x01\x00\x40\x00\x01\x00\x40"),
	BAD("mpls/explicit-null-malformed", 1, MALFORMED, MACS "\x88\x47\x00\x00\x01\x40\x44\x00\x00\x2b" PACKET),
	BAD("mpls/explicit-null-6", 1, IPV6, MACS "\x88\x47\x00\x00\x21\x40\x60" Z32 Z8),
	BAD("mpls/explicit-null-6-is-4", 1, MALFORMED, MACS "\x88\x47\x00\x00\x21\x40" PACKET),
	BAD("mpls/ethernet-6", 1, IPV6, MACS "\x88\x47\x00\x01\x01\x40" MACS "\x86\xdd\x60" Z32 Z8),
	BAD("mpls/6", 1, IPV6, MACS "\x88\x47\x00\x01\x01\x40\x60\x00\x00\x00\x00\x01" Z32 Z2 "\x00"),
	BAD("mpls/guess-malformed", 1, NOT_IP, MACS "\x88\x47\x00\x01\x01\x40" IP_TCP "\x04\xd2\x00\x50" Z8 "\x40" Z4 Z2 "\x00"),
	BAD("mpls/ihl", 1, NOT_IP, MACS "\x88\x47\x00\x01\x01\x40\x44\x00\x00\x2b" PACKET),
	BAD("mpls/associated-channel", 1, NOT_IP, MACS "\x88\x47\x00\x00\xd1\x40\x10\x00\x00\x07" Z32),
	BAD("mpls/ethernet-arp", 1, NOT_IP, MACS "\x88\x47\x00\x01\x01\x40" MACS "\x08\x06" ARP),

	BAD("ipv4/ihl-4", 1, MALFORMED, ETH "\x44\x00\x00\x2b\x00\x01\x40\x00\x40\x06" Z2 Z8 TCP "abc"),
	BAD("ipv4/ihl-beyond", 1, MALFORMED, ETH "\x4f\x00\x00\x2b\x00\x01\x40\x00\x40\x06" Z2 Z8 TCP "abc"),
	BAD("ipv4/total-below-header", 1, MALFORMED, ETH "\x45\x00\x00\x13\x00\x01\x40\x00\x40\x06" Z2 Z8 TCP "abc"),
	BAD("ipv4/total-below-tcp", 1, MALFORMED, ETH "\x45\x00\x00\x27\x00\x01\x40\x00\x40\x06" Z2 Z8 TCP "abc"),
	BAD("ipv4/later-fragment", 1, FRAGMENT, ETH "\x45\x00\x00\x2b\x00\x01\x20\x01\x40\x06" Z2 Z8 TCP "abc"),
	BAD("ipv4/last-fragment", 1, FRAGMENT, ETH "\x45\x00\x00\x18\x00\x01\x00\x10\x40\x11" Z2 Z8 "abcd"),
	BAD("ipv4/icmp", 1, ICMP, ETH "\x45\x00\x00\x1c\x00\x01\x00\x00\x40\x01" Z2 Z8 Z8),
	BAD("ipv4/sctp", 1, SCTP, ETH "\x45\x00\x00\x20\x00\x01\x00\x00\x40\x84" Z2 Z8 Z8 Z4),
	BAD("ipv4/igmp", 1, OTHER_PROTOCOL, ETH "\x46\x00\x00\x20\x00\x01\x00\x00\x01\x02" Z2 Z8 "\x94\x04\x00\x00" Z8),
	BAD("tcp/offset-4", 1, MALFORMED, ETH IP_TCP "\x04\xd2\x00\x50" Z8 "\x40" Z4 Z2 "abcd"),
	BAD("udp/short", 1, MALFORMED, ETH "\x45\x00\x00\x1b\x00\x01\x40\x00\x40\x11" Z2 Z8 UDP),
};

/* Decodes bytes that end where their memory ends, so that a sanitizer sees a read beyond them; with the short cut and without. */
static nf_skip decode(nf_frame frame, const void *bytes, nf_packet *packet)
{
	uint8_t *copy = malloc(frame.captured ? frame.captured : 1);

	if (frame.captured)
		memcpy(copy, bytes, frame.captured);
	frame.data = copy;
	nf_packet by_table;
	memset(packet, 0, sizeof *packet); /* the padding, too */
	const nf_skip skip = nf_decode(&frame, packet);
	g_assert_cmpint(nf_decode_by_table(&frame, &by_table), ==, skip);
	if (skip == NF_SKIP_NONE)
		g_assert_cmpmem(packet, sizeof *packet, &by_table, sizeof by_table);
	free(copy);
	return skip;
}

static nf_skip decode_plain(uint32_t link, const void *bytes, size_t captured, size_t wire, nf_packet *packet)
{
	return decode((nf_frame){.captured = (uint32_t)captured, .wire = (uint32_t)wire, .link = link}, bytes, packet);
}

static nf_packet the_packet(void)
{
	nf_packet packet = {
		.key = {.address = {{192, 0, 2, 1}, {198, 51, 100, 2}}, .port = {1234, 80}, .protocol = 6, .ip_version = 4},
		.ip_bytes = 43,
		.payload_bytes = 3,
		.header_bytes = 20,
		.window = 8192,
		.tcp_flags = NF_TCP_PSH | NF_TCP_ACK,
	};
	return packet;
}

static void assert_same(const nf_packet *packet, const nf_packet *expected)
{
	g_assert_cmpmem(&packet->key, sizeof packet->key, &expected->key, sizeof expected->key);
	g_assert_cmpint(packet->ts_ns, ==, expected->ts_ns);
	g_assert_cmpuint(packet->number, ==, expected->number);
	g_assert_cmpuint(packet->ip_bytes, ==, expected->ip_bytes);
	g_assert_cmpuint(packet->payload_bytes, ==, expected->payload_bytes);
	g_assert_cmpuint(packet->header_bytes, ==, expected->header_bytes);
	g_assert_cmpuint(packet->window, ==, expected->window);
	g_assert_cmpuint(packet->tcp_flags, ==, expected->tcp_flags);
}

#define assert_skip(skip, expected) g_assert_cmpstr(nf_skip_name(skip), ==, nf_skip_name(expected))

static uint8_t *build(const good *g, size_t *size)
{
	uint8_t *bytes = g_malloc0(g->head_bytes + PACKET_BYTES + g->tail_bytes);

	memcpy(bytes, g->head, g->head_bytes);
	memcpy(bytes + g->head_bytes, PACKET, PACKET_BYTES);
	*size = g->head_bytes + PACKET_BYTES + g->tail_bytes;
	return bytes;
}

static void test_good(const void *data)
{
	const good *g = data;
	const nf_packet expected = the_packet();
	nf_packet packet;
	size_t size;
	g_autofree uint8_t *bytes = build(g, &size);

	assert_skip(decode_plain(g->link, bytes, size, size, &packet), NF_SKIP_NONE);
	assert_same(&packet, &expected);
}

/* A total length of 0: the packet goes on to the end of what its layers say is theirs. */
static void test_no_total(const void *data)
{
	const good *g = data;
	nf_packet expected = the_packet(), packet;
	size_t size;
	g_autofree uint8_t *bytes = build(g, &size);

	bytes[g->head_bytes + 2] = bytes[g->head_bytes + 3] = 0;
	expected.ip_bytes += (uint32_t)g->unknowable;
	expected.payload_bytes += (uint32_t)g->unknowable;
	assert_skip(decode_plain(g->link, bytes, size, size, &packet), NF_SKIP_NONE);
	assert_same(&packet, &expected);
}

/* Cut by the snapshot length at every place: all or nothing, and never malformed. */
static void test_cut(const void *data)
{
	const good *g = data;
	const nf_packet expected = the_packet();
	nf_packet packet;
	size_t size;
	g_autofree uint8_t *bytes = build(g, &size);

	for (size_t n = 0; n <= size; n++) {
		const nf_skip skip = decode_plain(g->link, bytes, n, size, &packet);
		g_test_message("%zu of %zu bytes", n, size);
		assert_skip(skip, n < g->head_bytes + HEADER_BYTES ? NF_SKIP_CUT_SHORT : NF_SKIP_NONE);
		if (skip == NF_SKIP_NONE)
			assert_same(&packet, &expected);
	}
}

/* Ends there on the wire: then it is not cut short. A frame may well end behind a header, and is no IP then. */
static void test_short(const void *data)
{
	const good *g = data;
	nf_packet packet;
	size_t size;
	g_autofree uint8_t *bytes = build(g, &size);

	for (size_t n = 0; n <= size; n++) {
		const nf_skip skip = decode_plain(g->link, bytes, n, n, &packet);
		g_test_message("%zu of %zu bytes", n, size);
		if (n < g->head_bytes + HEADER_BYTES)
			g_assert_true(skip == NF_SKIP_MALFORMED || skip == NF_SKIP_NOT_IP);
		else if (n >= g->head_bytes + HEADER_BYTES + g->tail_bytes)
			assert_skip(skip, NF_SKIP_NONE);
		if (skip == NF_SKIP_NONE)
			g_assert_cmpuint(packet.ip_bytes, <=, n - g->head_bytes);
	}
}

static void test_bad(const void *data)
{
	const bad *b = data;
	nf_packet packet;

	assert_skip(decode_plain(b->link, b->bytes, b->size, b->size, &packet), b->skip);
	for (size_t n = 0; n < b->size; n++)
		g_assert_cmpint(decode_plain(b->link, b->bytes, n, b->size, &packet), !=, NF_SKIP_NONE);
	for (size_t n = 0; n < b->size; n++)
		g_assert_cmpint(decode_plain(b->link, b->bytes, n, n, &packet), !=, NF_SKIP_NONE);
}

static void test_udp(void)
{
	static const char bytes[] = ETH IP_UDP UDP "abcd";
	nf_packet packet,
		expected = {
			.key = {.address = {{192, 0, 2, 1}, {198, 51, 100, 2}}, .port = {5353, 53}, .protocol = 17, .ip_version = 4},
			.ip_bytes = 32,
			.payload_bytes = 4,
			.header_bytes = 8,
		};

	for (size_t n = 0; n <= 46; n++) {
		const nf_skip skip = decode_plain(1, bytes, n, 46, &packet);
		assert_skip(skip, n < 42 ? NF_SKIP_CUT_SHORT : NF_SKIP_NONE);
		if (skip == NF_SKIP_NONE)
			assert_same(&packet, &expected);
	}
}

/* UDP's own length may say anything. */
static void test_udp_length(void)
{
	char bytes[] = ETH IP_UDP UDP "abcd";
	nf_packet packet;

	for (int length = 0; length < 256; length += 5) {
		bytes[14 + 20 + 5] = (char)length;
		assert_skip(decode_plain(1, bytes, 46, 46, &packet), NF_SKIP_NONE);
		g_assert_cmpuint(packet.header_bytes, ==, 8);
		g_assert_cmpuint(packet.payload_bytes, ==, 4);
	}
}

/* 14 bytes that are there, then an IPv4 header with options, as the first of two fragments. */
static void test_options_and_first_fragment(void)
{
	static const char bytes[] = ETH "\x46\x00\x00\x24\x00\x01\x20\x00\x40\x11\x00\x00\xc0\x00\x02\x01\xc6\x33\x64\x02"
					"\x01\x01\x01\x00" UDP "abcd";
	nf_packet packet;

	assert_skip(decode_plain(1, bytes, 50, 50, &packet), NF_SKIP_NONE);
	g_assert_cmpuint(packet.ip_bytes, ==, 36);
	g_assert_cmpuint(packet.payload_bytes, ==, 4);
	g_assert_cmpuint(packet.key.port[0], ==, 5353);
	for (size_t n = 0; n < 46; n++)
		assert_skip(decode_plain(1, bytes, n, 50, &packet), NF_SKIP_CUT_SHORT);
}

/* More claimed than was there: only what was there counts. */
static void test_total_beyond_wire(void)
{
	char bytes[] = ETH PACKET;
	nf_packet packet;

	bytes[14 + 2] = 0x05;
	assert_skip(decode_plain(1, bytes, 57, 57, &packet), NF_SKIP_NONE);
	g_assert_cmpuint(packet.ip_bytes, ==, 43);
	g_assert_cmpuint(packet.payload_bytes, ==, 3);
}

/* A header of 60 bytes, of which only 23 can be there: nothing is left for payload, which is no reason to skip it. */
static void test_tcp_header_beyond(void)
{
	char bytes[] = ETH PACKET;
	nf_packet packet;

	bytes[14 + 20 + 12] = (char)0xf0;
	assert_skip(decode_plain(1, bytes, 57, 57, &packet), NF_SKIP_NONE);
	g_assert_cmpuint(packet.header_bytes, ==, 60);
	g_assert_cmpuint(packet.payload_bytes, ==, 0);
	g_assert_cmpuint(packet.ip_bytes, ==, 43);
}

static void test_tcp_flags(void)
{
	char bytes[] = ETH PACKET;
	nf_packet packet;

	for (int flags = 0; flags < 256; flags++) {
		bytes[14 + 20 + 13] = (char)flags;
		assert_skip(decode_plain(1, bytes, 57, 57, &packet), NF_SKIP_NONE);
		g_assert_cmpuint(packet.tcp_flags, ==, (unsigned)flags);
	}
}

/* 1500 bytes of IP: 20 + 32 + 1448. The same whether all of it is captured, or 96 bytes, or just the headers. */
static void test_snapshot(void)
{
	uint8_t bytes[1514] = ETH PACKET;
	nf_packet whole, cut;

	bytes[14 + 2] = 0x05;
	bytes[14 + 3] = 0xdc;
	bytes[14 + 20 + 12] = 0x80;
	assert_skip(decode_plain(1, bytes, 1514, 1514, &whole), NF_SKIP_NONE);
	g_assert_cmpuint(whole.ip_bytes, ==, 1500);
	g_assert_cmpuint(whole.header_bytes, ==, 32);
	g_assert_cmpuint(whole.payload_bytes, ==, 1448);
	for (size_t n = 54; n <= 1514; n += 42) {
		assert_skip(decode_plain(1, bytes, n, 1514, &cut), NF_SKIP_NONE);
		assert_same(&cut, &whole);
	}
}

/* A total length of 0 in a packet that was cut: what was on the wire counts. */
static void test_no_total_cut(void)
{
	char bytes[] = ETH PACKET;
	nf_packet packet;

	bytes[14 + 2] = bytes[14 + 3] = 0;
	assert_skip(decode_plain(1, bytes, 54, 70014, &packet), NF_SKIP_NONE);
	g_assert_cmpuint(packet.ip_bytes, ==, 70000);
	g_assert_cmpuint(packet.payload_bytes, ==, 69960);
}

/* The frame check sequence that the source knows of is not part of the packet; nor is it taken off twice. */
static void test_fcs(void)
{
	char ethernet[] = ETH PACKET "\xde\xad\xbe\xef";
	char radiotap[] = "\x00\x00\x09\x00\x02\x00\x00\x00\x10" WLAN SNAP PACKET "\xde\xad\xbe\xef";
	const size_t radiotap_bytes = sizeof radiotap - 1;
	nf_frame frame = {.captured = 61, .wire = 61, .link = 1, .fcs_bytes = 4};
	nf_packet packet;

	ethernet[14 + 3] = 0;
	assert_skip(decode(frame, ethernet, &packet), NF_SKIP_NONE);
	g_assert_cmpuint(packet.ip_bytes, ==, 43);
	frame.captured = 54;
	assert_skip(decode(frame, ethernet, &packet), NF_SKIP_NONE);
	g_assert_cmpuint(packet.ip_bytes, ==, 43);
	frame.captured = frame.wire = 3;
	assert_skip(decode(frame, ethernet, &packet), NF_SKIP_MALFORMED);

	radiotap[radiotap_bytes - 4 - 43 + 3] = 0;
	frame = (nf_frame){.captured = (uint32_t)radiotap_bytes, .wire = (uint32_t)radiotap_bytes, .link = 127, .fcs_bytes = 4};
	assert_skip(decode(frame, radiotap, &packet), NF_SKIP_NONE);
	g_assert_cmpuint(packet.ip_bytes, ==, 43);
	frame.fcs_bytes = 2;
	assert_skip(decode(frame, radiotap, &packet), NF_SKIP_NONE);
	g_assert_cmpuint(packet.ip_bytes, ==, 43);
}

static nf_skip vlans(int n, nf_packet *packet)
{
	GByteArray *bytes = g_byte_array_new();

	g_byte_array_append(bytes, (const guint8 *)MACS, 12);
	for (int i = 0; i < n; i++)
		g_byte_array_append(bytes, (const guint8 *)"\x81\x00\x00\x05", 4);
	g_byte_array_append(bytes, (const guint8 *)"\x08\x00" PACKET, 2 + PACKET_BYTES);
	const nf_skip skip = decode_plain(1, bytes->data, bytes->len, bytes->len, packet);
	g_byte_array_unref(bytes);
	return skip;
}

/* Ethernet, IPv4 and TCP are three of the sixteen layers. */
static void test_budget(void)
{
	const nf_packet expected = the_packet();
	nf_packet packet;

	for (int n = 0; n <= 20; n++) {
		const nf_skip skip = vlans(n, &packet);
		assert_skip(skip, n <= 13 ? NF_SKIP_NONE : NF_SKIP_LAYERS);
		if (skip == NF_SKIP_NONE)
			assert_same(&packet, &expected);
	}
}

/* A header that names its own link type again and again. */
static void test_budget_of_link_types(void)
{
	GByteArray *bytes = g_byte_array_new();
	nf_packet packet;

	for (int i = 0; i < 2000; i++)
		g_byte_array_append(bytes, (const guint8 *)"\x00\x00\x08\x00\xc0\x00\x00\x00", 8);
	assert_skip(decode_plain(192, bytes->data, bytes->len, bytes->len, &packet), NF_SKIP_LAYERS);
	g_byte_array_unref(bytes);
}

static void test_label_stack(void)
{
	GByteArray *bytes = g_byte_array_new();
	nf_packet packet;

	g_byte_array_append(bytes, (const guint8 *)MACS "\x88\x47", 14);
	for (int i = 0; i < 30; i++)
		g_byte_array_append(bytes, (const guint8 *)"\x00\x02\x00\x40", 4);
	g_byte_array_append(bytes, (const guint8 *)"\x00\x01\x01\x40" PACKET, 4 + PACKET_BYTES);
	assert_skip(decode_plain(1, bytes->data, bytes->len, bytes->len, &packet), NF_SKIP_NONE);
	g_byte_array_unref(bytes);
}

static void test_frame_flags(void)
{
	static const char packet_bytes[] = ETH PACKET, arp[] = MACS "\x08\x06" ARP;
	nf_frame frame = {.captured = 57, .wire = 57, .link = 1, .ts_ns = -5};
	nf_packet packet;

	assert_skip(decode(frame, packet_bytes, &packet), NF_SKIP_NONE);
	g_assert_cmpint(packet.ts_ns, ==, -5);
	frame.flags = NF_FRAME_NO_TIME;
	assert_skip(decode(frame, packet_bytes, &packet), NF_SKIP_NO_TIME);
	frame.flags = NF_FRAME_NOT_PACKET;
	assert_skip(decode(frame, packet_bytes, &packet), NF_SKIP_NOT_PACKET);
	frame.flags = NF_FRAME_FILTERED;
	assert_skip(decode(frame, packet_bytes, &packet), NF_SKIP_FILTER);
	frame = (nf_frame){.captured = sizeof arp - 1, .wire = 0, .link = 1, .flags = NF_FRAME_NO_TIME};
	assert_skip(decode(frame, arp, &packet), NF_SKIP_NOT_IP);
}

/* A wire length below the captured one is not believed; no data at all is no crash, for any link type. */
static void test_frame_lengths(void)
{
	static const char bytes[] = ETH PACKET;
	const nf_packet expected = the_packet();
	nf_packet packet;

	assert_skip(decode_plain(1, bytes, 57, 20, &packet), NF_SKIP_NONE);
	assert_same(&packet, &expected);
	for (uint32_t link = 0; link < 400; link++) {
		const nf_frame empty = {.link = link}, cut = {.link = link, .wire = 1000};
		g_assert_cmpint(nf_decode(&empty, &packet), !=, NF_SKIP_NONE);
		g_assert_cmpint(nf_decode(&cut, &packet), !=, NF_SKIP_NONE);
	}
}

static uint32_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 32);
}

static void assert_plausible(const nf_packet *packet, size_t wire)
{
	static const uint8_t zero[12];

	g_assert_cmpuint(packet->key.ip_version, ==, 4);
	g_assert_true(packet->key.protocol == NF_PROTOCOL_TCP || packet->key.protocol == NF_PROTOCOL_UDP);
	g_assert_cmpuint(packet->key.identifier, ==, 0);
	for (int side = 0; side < 2; side++)
		g_assert_cmpmem(packet->key.address[side] + 4, 12, zero, 12);
	g_assert_cmpuint(packet->ip_bytes, <=, wire);
	g_assert_cmpuint(packet->payload_bytes + 20, <=, packet->ip_bytes);
	g_assert_cmpuint(packet->header_bytes, >=, packet->key.protocol == NF_PROTOCOL_TCP ? 20 : 8);
	g_assert_cmpuint(packet->header_bytes, <=, 60);
}

/* Good frames with bytes changed, under their own link type or another; or nothing but random bytes. */
static void test_random(void)
{
	uint64_t state = 0x9e3779b97f4a7c15;
	nf_packet packet;
	unsigned used = 0;

	for (int i = 0; i < 200000; i++) {
		const good *g = &goods[next_random(&state) % G_N_ELEMENTS(goods)];
		size_t size;
		g_autofree uint8_t *bytes = build(g, &size);
		const uint32_t kind = next_random(&state) % 8;
		const size_t changes = kind == 0 ? size : next_random(&state) % 4;

		for (size_t n = 0; n < changes; n++)
			bytes[next_random(&state) % size] = (uint8_t)next_random(&state);
		const size_t captured = kind & 1 ? size : next_random(&state) % (size + 1);
		const size_t wire = kind & 2 ? captured : captured + next_random(&state) % 100;
		const nf_frame frame = {.captured = (uint32_t)captured,
					.wire = (uint32_t)wire,
					.fcs_bytes = next_random(&state) % 6,
					.link = kind & 4 ? g->link : goods[next_random(&state) % G_N_ELEMENTS(goods)].link};
		const nf_skip skip = decode(frame, bytes, &packet);

		g_assert_cmpuint(skip, <, NF_SKIP_COUNT);
		if (skip == NF_SKIP_NONE) {
			assert_plausible(&packet, wire);
			used++;
		}
	}
	g_assert_cmpuint(used, >, 10000);
}

/* Ethernet with TCP or UDP, a few of its bytes changed, cut anywhere: the short cut takes many, and gives what the table gives. */
static void test_random_plain(void)
{
	static const char tcp[] = ETH PACKET "padding", udp[] = ETH IP_UDP UDP "abcd" "padding";
	uint64_t state = 11;
	unsigned plain = 0;

	for (int i = 0; i < 200000; i++) {
		uint8_t bytes[80];
		nf_packet packet;
		const size_t size = i % 2 ? sizeof tcp - 1 : sizeof udp - 1;

		memcpy(bytes, i % 2 ? tcp : udp, size);
		for (size_t n = 0, changes = next_random(&state) % 3; n < changes; n++)
			bytes[12 + next_random(&state) % (size - 12)] = (uint8_t)next_random(&state);
		nf_frame frame = {.data = bytes, .link = 1, .ts_ns = i, .fcs_bytes = next_random(&state) % 5};
		frame.captured = (uint32_t)(next_random(&state) % 4 ? size : next_random(&state) % (size + 1));
		frame.wire = (uint32_t)(next_random(&state) % 3 ? frame.captured : next_random(&state) % 100);
		decode(frame, bytes, &packet);
		plain += nf_decode_plain(&frame, &packet);
	}
	g_assert_cmpuint(plain, >, 50000);
}

/* What the details of a packet have in both ways. The bytes of the outer key are undefined where it is not there. */
static void assert_same_detail(const nf_detail *a, const nf_detail *b)
{
	g_assert_cmpmem(a, offsetof(nf_detail, payload), b, offsetof(nf_detail, payload));
	g_assert_cmpuint(a->payload_captured, ==, b->payload_captured);
	if (a->payload_captured > 0)
		g_assert_true(a->payload == b->payload);
}

/* The checksum of RFC 1071, a 16-bit word at a time. */
static uint16_t plain_sum(const uint8_t *p, size_t n, uint32_t sum)
{
	for (size_t i = 0; i < n; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put_sum(uint8_t *at, uint16_t sum)
{
	at[0] = (uint8_t)(sum >> 8);
	at[1] = (uint8_t)sum;
}

/* Ethernet with IPv4 and TCP or UDP of any payload, its checksums right. Returns its bytes; 14 + 20 + 20 + 1600 fit in. */
static size_t make_right(uint64_t *state, uint8_t *bytes)
{
	const bool is_tcp = next_random(state) % 2;
	const size_t header = is_tcp ? 20 : 8, payload = next_random(state) % (next_random(state) % 4 ? 40 : 1600), segment = header + payload;
	uint8_t *ip = bytes + 14, *transport = ip + 20;

	memcpy(bytes, is_tcp ? ETH IP_TCP TCP : ETH IP_UDP UDP, 34 + header);
	for (size_t i = 0; i < payload; i++)
		transport[header + i] = (uint8_t)next_random(state);
	put_sum(ip + 2, (uint16_t)(20 + segment));
	put_sum(ip + 10, 0);
	put_sum(ip + 10, plain_sum(ip, 20, 0));
	if (!is_tcp)
		put_sum(transport + 4, (uint16_t)segment);
	uint8_t *sum = transport + (is_tcp ? 16 : 6);
	put_sum(sum, 0);
	uint32_t pseudo = (is_tcp ? 6 : 17) + (uint32_t)segment;
	for (int i = 12; i < 20; i += 2)
		pseudo += nf_be16(ip + i);
	const uint16_t right = plain_sum(transport, segment, pseudo);
	put_sum(sum, is_tcp || right ? right : 0xffff);
	return 34 + segment;
}

static nf_skip decode_with(const nf_frame *frame, const nf_decode_options *options, nf_packet *packet, nf_detail *detail)
{
	nf_packet packets[NF_FRAME_PACKETS];
	nf_detail details[NF_FRAME_PACKETS];
	nf_decoded d = {.packets = packets, .details = details};
	const nf_skip skip = nf_decode_with(frame, options, &d);

	*packet = packets[0];
	*detail = details[0];
	return skip;
}

/* Right checksums are right; with any one bit of what they cover changed they are not. (UDP's may become 0, which is none.) */
static void test_checksums(void)
{
	static const nf_decode_options verify = {.checksums = NF_CHECKSUMS_VERIFY};
	uint64_t state = 5;

	for (int i = 0; i < 20000; i++) {
		uint8_t bytes[14 + 20 + 20 + 1600];
		const size_t n = make_right(&state, bytes);
		const nf_frame frame = {.data = bytes, .captured = (uint32_t)n, .wire = (uint32_t)n, .link = 1};
		nf_packet packet;
		nf_detail detail;

		g_assert_cmpint(decode_with(&frame, &verify, &packet, &detail), ==, NF_SKIP_NONE);
		g_assert_true(nf_decode_plain(&frame, &packet) && nf_decode_plain_more(&frame, &verify, &packet, NULL));
		const size_t at = 14 + 20 + 20 + next_random(&state) % 1600;
		if (at >= n)
			continue;
		bytes[at] ^= (uint8_t)(1u << next_random(&state) % 8);
		g_assert_cmpint(decode_with(&frame, &verify, &packet, &detail), ==, NF_SKIP_BAD_CHECKSUM);
		g_assert_true(nf_decode_plain(&frame, &packet) && !nf_decode_plain_more(&frame, &verify, &packet, NULL));
	}
}

/* The short cut with details and marked checksums gives what the table gives, whatever is wrong with the frame. */
static void test_random_plain_more(void)
{
	static const nf_decode_options options = {.checksums = NF_CHECKSUMS_MARK, .details = true, .tunnels = NF_TUNNELS_BOTH};
	uint64_t state = 7;
	unsigned plain = 0, marked = 0;

	for (int i = 0; i < 100000; i++) {
		uint8_t bytes[14 + 20 + 20 + 1600];
		size_t n = make_right(&state, bytes);
		nf_packet packet = {0}, expected;
		nf_detail detail = {0}, expected_detail;

		for (size_t k = 0, changes = next_random(&state) % 3; k < changes; k++)
			bytes[12 + next_random(&state) % (next_random(&state) % 2 ? n - 12 : 42)] = (uint8_t)next_random(&state);
		nf_frame frame = {.data = bytes, .link = 1, .ts_ns = i, .interface = 3, .wire = (uint32_t)n};
		frame.captured = (uint32_t)(next_random(&state) % 4 ? n : next_random(&state) % (n + 1));
		if (!nf_decode_plain(&frame, &packet) || !nf_decode_plain_more(&frame, &options, &packet, &detail))
			continue;
		g_assert_cmpint(decode_with(&frame, &options, &expected, &expected_detail), ==, NF_SKIP_NONE);
		g_assert_cmpmem(&packet, sizeof packet, &expected, sizeof expected);
		assert_same_detail(&detail, &expected_detail);
		plain++;
		marked += (packet.flags & NF_PACKET_BAD_CHECKSUM) != 0;
	}
	g_assert_cmpuint(plain, >, 50000);
	g_assert_cmpuint(marked, >, 5000);
	g_assert_cmpuint(marked, <, plain - 5000);
}

/* A host whose card computes checksums is found among others, and no other is: its packets are bad, those of others seldom. */
static void test_bad_source(void)
{
	nf_decoder *decoder;
	nf_error error;
	nf_key offloads = {.ip_version = 4, .address = {{192, 0, 2, 1}}}, other = {.ip_version = 4, .address = {{192, 0, 2, 2}}};
	const nf_bad_source *source;

	g_assert_cmpint(nf_decoder_new(&decoder, NULL, &error), ==, NF_OK);
	source = nf_decoder_bad_source(decoder);
	g_assert_false(nf_bad_source_is_sender(source));
	for (int i = 0; i < 100; i++)
		nf_decoder_note_checksum(decoder, &other, i % 20 == 0);
	g_assert_cmpuint(source->bad, ==, 5);
	g_assert_false(nf_bad_source_is_sender(source)); /* 5 of 100: the network */
	for (int i = 0; i < 20; i++)
		nf_decoder_note_checksum(decoder, &offloads, true);
	g_assert_true(nf_bad_source_is_sender(source));
	g_assert_cmpuint(source->address[3], ==, 1);
	g_assert_cmpuint(source->bad, ==, 15); /* five went against the other's */
	for (int i = 0; i < 15; i++)
		nf_decoder_note_checksum(decoder, &offloads, false);
	g_assert_false(nf_bad_source_is_sender(source));
	nf_decoder_free(decoder);
}

static void add_tables(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(goods); i++) {
		static const struct {
			const char *name;
			GTestDataFunc function;
		} cases[] = {{"good", test_good}, {"no-total-length", test_no_total}, {"cut", test_cut}, {"short", test_short}};
		for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
			g_autofree char *path = g_strdup_printf("/decode/%s/%s", goods[i].name, cases[k].name);
			g_test_add_data_func(path, &goods[i], cases[k].function);
		}
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bads); i++) {
		g_autofree char *path = g_strdup_printf("/decode/%s", bads[i].name);
		g_test_add_data_func(path, &bads[i], test_bad);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_tables();
	g_test_add_func("/decode/udp/udp", test_udp);
	g_test_add_func("/decode/udp/length", test_udp_length);
	g_test_add_func("/decode/ipv4/options-and-first-fragment", test_options_and_first_fragment);
	g_test_add_func("/decode/ipv4/total-beyond-wire", test_total_beyond_wire);
	g_test_add_func("/decode/ipv4/snapshot", test_snapshot);
	g_test_add_func("/decode/ipv4/no-total-cut", test_no_total_cut);
	g_test_add_func("/decode/tcp/header-beyond", test_tcp_header_beyond);
	g_test_add_func("/decode/tcp/flags", test_tcp_flags);
	g_test_add_func("/decode/frame/fcs", test_fcs);
	g_test_add_func("/decode/frame/flags", test_frame_flags);
	g_test_add_func("/decode/frame/lengths", test_frame_lengths);
	g_test_add_func("/decode/budget/vlans", test_budget);
	g_test_add_func("/decode/budget/link-types", test_budget_of_link_types);
	g_test_add_func("/decode/mpls/deep-stack", test_label_stack);
	g_test_add_func("/decode/random/any", test_random);
	g_test_add_func("/decode/random/plain", test_random_plain);
	g_test_add_func("/decode/random/plain-more", test_random_plain_more);
	g_test_add_func("/decode/checksums/bits", test_checksums);
	g_test_add_func("/decode/checksums/source", test_bad_source);
	return g_test_run();
}
