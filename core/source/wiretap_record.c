/* SPDX-License-Identifier: GPL-2.0-or-later */
#if NF_HAVE_WIRETAP
#include "source/wiretap_record.h"

#include "source/wiretap_library.h"

#include <ws_version.h>

#if WIRESHARK_VERSION_MAJOR != 4 || WIRESHARK_VERSION_MINOR != 0
#error "wiretap's records are known here as Wireshark 4.0 has them; check this file against another version before using it"
#endif

/* https://www.tcpdump.org/linktypes.html, without the prefix LINKTYPE_ */
enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_IEEE802_5 = 6,
	LINK_ARCNET_BSD = 7,
	LINK_SLIP = 8,
	LINK_PPP = 9,
	LINK_FDDI = 10,
	LINK_PPP_ETHER = 51,
	LINK_SYMANTEC_FIREWALL = 99,
	LINK_ATM_RFC1483 = 100,
	LINK_RAW = 101,
	LINK_C_HDLC = 104,
	LINK_IEEE802_11 = 105,
	LINK_ATM_CLIP = 106,
	LINK_FRELAY = 107,
	LINK_LOOP = 108,
	LINK_ENC = 109,
	LINK_LINUX_SLL = 113,
	LINK_PFLOG = 117,
	LINK_IEEE802_11_PRISM = 119,
	LINK_IP_OVER_FC = 122,
	LINK_IEEE802_11_RADIOTAP = 127,
	LINK_TZSP = 128,
	LINK_ARCNET_LINUX = 129,
	LINK_JUNIPER_MLPPP = 130,
	LINK_JUNIPER_MLFR = 131,
	LINK_JUNIPER_GGSN = 133,
	LINK_JUNIPER_ATM2 = 135,
	LINK_JUNIPER_SVCS = 136,
	LINK_JUNIPER_ATM1 = 137,
	LINK_APPLE_IP_OVER_IEEE1394 = 138,
	LINK_DOCSIS = 143,
	LINK_IEEE802_11_AVS = 163,
	LINK_JUNIPER_PPPOE = 167,
	LINK_JUNIPER_ETHER = 178,
	LINK_JUNIPER_PPP = 179,
	LINK_JUNIPER_FRELAY = 180,
	LINK_JUNIPER_CHDLC = 181,
	LINK_JUNIPER_VP = 183,
	LINK_JUNIPER_VN = 184,
	LINK_PPI = 192,
	LINK_JUNIPER_ST = 200,
	LINK_IPNET = 226,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_NFLOG = 239,
	LINK_NETANALYZER = 240,
	LINK_NETANALYZER_TRANSPARENT = 241,
	LINK_IPOIB = 242,
	LINK_ETHERNET_MPACKET = 274,
	LINK_LINUX_SLL2 = 276,
};

/* Where the encapsulation alone says it. One more than the value, so that what is not named is 0 and unknown. */
#define TO(link) (LINK_##link + 1)
static const uint32_t links[] = {
	[WTAP_ENCAP_NULL] = TO(NULL),
	[WTAP_ENCAP_LOOP] = TO(LOOP),
	[WTAP_ENCAP_ETHERNET] = TO(ETHERNET),
	[WTAP_ENCAP_ETHERNET_MPACKET] = TO(ETHERNET_MPACKET),
	[WTAP_ENCAP_NETTL_ETHERNET] = TO(ETHERNET),
	[WTAP_ENCAP_NETANALYZER] = TO(NETANALYZER),
	[WTAP_ENCAP_NETANALYZER_TRANSPARENT] = TO(NETANALYZER_TRANSPARENT),
	[WTAP_ENCAP_DOCSIS] = TO(DOCSIS),
	[WTAP_ENCAP_TOKEN_RING] = TO(IEEE802_5),
	[WTAP_ENCAP_NETTL_TOKEN_RING] = TO(IEEE802_5),
	[WTAP_ENCAP_FDDI] = TO(FDDI),
	[WTAP_ENCAP_FDDI_BITSWAPPED] = NF_LINK_FDDI_BITSWAPPED + 1,
	[WTAP_ENCAP_NETTL_FDDI] = NF_LINK_FDDI_BITSWAPPED + 1,
	[WTAP_ENCAP_ARCNET] = TO(ARCNET_BSD),
	[WTAP_ENCAP_ARCNET_LINUX] = TO(ARCNET_LINUX),
	[WTAP_ENCAP_IP_OVER_FC] = TO(IP_OVER_FC),
	[WTAP_ENCAP_APPLE_IP_OVER_IEEE1394] = TO(APPLE_IP_OVER_IEEE1394),
	[WTAP_ENCAP_IP_OVER_IB_PCAP] = TO(IPOIB),
	[WTAP_ENCAP_RAW_IP] = TO(RAW),
	[WTAP_ENCAP_RAW_IP4] = TO(IPV4),
	[WTAP_ENCAP_RAW_IP6] = TO(IPV6),
	[WTAP_ENCAP_SLIP] = TO(SLIP),
	[WTAP_ENCAP_PPP] = TO(PPP),
	[WTAP_ENCAP_PPP_WITH_PHDR] = TO(PPP), /* wiretap takes the byte of the direction off */
	[WTAP_ENCAP_PPP_ETHER] = TO(PPP_ETHER),
	[WTAP_ENCAP_CHDLC] = TO(C_HDLC),
	[WTAP_ENCAP_CHDLC_WITH_PHDR] = TO(C_HDLC),
	[WTAP_ENCAP_FRELAY] = TO(FRELAY),
	[WTAP_ENCAP_FRELAY_WITH_PHDR] = TO(FRELAY),
	[WTAP_ENCAP_ATM_RFC1483] = TO(ATM_RFC1483),
	[WTAP_ENCAP_LINUX_ATM_CLIP] = TO(ATM_CLIP),
	[WTAP_ENCAP_IEEE_802_11] = TO(IEEE802_11),
	[WTAP_ENCAP_IEEE_802_11_WITH_RADIO] = TO(IEEE802_11),
	[WTAP_ENCAP_IEEE_802_11_PRISM] = TO(IEEE802_11_PRISM),
	[WTAP_ENCAP_IEEE_802_11_AVS] = TO(IEEE802_11_AVS),
	[WTAP_ENCAP_IEEE_802_11_RADIOTAP] = TO(IEEE802_11_RADIOTAP),
	[WTAP_ENCAP_PPI] = TO(PPI),
	[WTAP_ENCAP_TZSP] = TO(TZSP),
	[WTAP_ENCAP_SLL] = TO(LINUX_SLL),
	[WTAP_ENCAP_SLL2] = TO(LINUX_SLL2),
	[WTAP_ENCAP_ENC] = TO(ENC),
	[WTAP_ENCAP_PFLOG] = TO(PFLOG),
	[WTAP_ENCAP_NFLOG] = TO(NFLOG),
	[WTAP_ENCAP_IPNET] = TO(IPNET),
	[WTAP_ENCAP_SYMANTEC] = TO(SYMANTEC_FIREWALL),
	[WTAP_ENCAP_JUNIPER_ATM1] = TO(JUNIPER_ATM1),
	[WTAP_ENCAP_JUNIPER_ATM2] = TO(JUNIPER_ATM2),
	[WTAP_ENCAP_JUNIPER_CHDLC] = TO(JUNIPER_CHDLC),
	[WTAP_ENCAP_JUNIPER_ETHER] = TO(JUNIPER_ETHER),
	[WTAP_ENCAP_JUNIPER_FRELAY] = TO(JUNIPER_FRELAY),
	[WTAP_ENCAP_JUNIPER_GGSN] = TO(JUNIPER_GGSN),
	[WTAP_ENCAP_JUNIPER_MLFR] = TO(JUNIPER_MLFR),
	[WTAP_ENCAP_JUNIPER_MLPPP] = TO(JUNIPER_MLPPP),
	[WTAP_ENCAP_JUNIPER_PPP] = TO(JUNIPER_PPP),
	[WTAP_ENCAP_JUNIPER_PPPOE] = TO(JUNIPER_PPPOE),
	[WTAP_ENCAP_JUNIPER_ST] = TO(JUNIPER_ST),
	[WTAP_ENCAP_JUNIPER_SVCS] = TO(JUNIPER_SVCS),
	[WTAP_ENCAP_JUNIPER_VN] = TO(JUNIPER_VN),
	[WTAP_ENCAP_JUNIPER_VP] = TO(JUNIPER_VP),
};

static uint32_t plain_link(int encap)
{
	uint32_t link = encap >= 0 && (size_t)encap < G_N_ELEMENTS(links) ? links[encap] : 0;
	return link ? link - 1 : NF_LINK_UNKNOWN;
}

static void take_off(nf_frame *frame, uint32_t n)
{
	uint32_t there = MIN(n, frame->captured);
	if (there)
		frame->data += there;
	frame->captured -= there;
	frame->wire -= MIN(n, frame->wire);
}

static uint32_t be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static void ieee_802_11(const struct ieee_802_11_phdr *header, nf_frame *frame)
{
	frame->fcs_bytes = header->fcs_len > 0 ? (uint32_t)header->fcs_len : 0;
	if (header->datapad)
		frame->link = NF_LINK_80211_DATAPAD;
}

/* Version, length of this header (little-endian), radio information, 802.11. */
static void netmon_802_11(nf_frame *frame)
{
	enum { SHORTEST = 32 };
	if (frame->captured < 3)
		return;
	uint32_t length = (uint32_t)frame->data[2] << 8 | frame->data[1];
	if (frame->data[0] != 2 || length < SHORTEST)
		return;
	take_off(frame, length);
	frame->link = LINK_IEEE802_11;
}

/* A record with a comment: Wireshark puts the header of what is inside over this one, so only what survives that is taken. */
static void netmon_comment(const struct netmon_phdr *header, nf_frame *frame)
{
	if (header->sub_encap == WTAP_ENCAP_ETHERNET || header->sub_encap == WTAP_ENCAP_RAW_IP)
		frame->link = plain_link((int)header->sub_encap);
}

static void llc_snap(nf_frame *frame)
{
	const uint8_t *p = frame->data;
	if (frame->captured >= 3 && p[0] == 0xaa && p[1] == 0xaa && p[2] == 0x03)
		frame->link = LINK_ATM_RFC1483;
}

static void atm(const struct atm_phdr *header, nf_frame *frame)
{
	enum { LEC_ID = 2 };
	if (header->aal != AAL_5 || (header->flags & (ATM_RAW_CELL | ATM_REASSEMBLY_ERROR)))
		return;
	if (header->type == TRAF_LLCMX) {
		frame->link = LINK_ATM_RFC1483;
	} else if (header->type == TRAF_LANE && (header->subtype == TRAF_ST_LANE_802_3 || header->subtype == TRAF_ST_LANE_802_3_MC)) {
		take_off(frame, LEC_ID);
		frame->link = LINK_ETHERNET;
	} else if (header->type == TRAF_LANE && (header->subtype == TRAF_ST_LANE_802_5 || header->subtype == TRAF_ST_LANE_802_5_MC)) {
		take_off(frame, LEC_ID);
		frame->link = LINK_IEEE802_5;
	}
}

/* Types of ERF records, without the prefix ERF_TYPE_ */
enum {
	HDLC_POS = 1,
	ETH,
	ATM,
	AAL5,
	MC_HDLC,
	MC_AAL5 = 9,
	COLOR_HDLC_POS,
	COLOR_ETH,
	DSM_COLOR_HDLC_POS = 15,
	DSM_COLOR_ETH,
	COLOR_MC_HDLC_POS,
	COLOR_HASH_POS = 19,
	COLOR_HASH_ETH,
	IPV4 = 22,
	IPV6,
	META = 27,
	PAD = 48,
};

/* Its address byte is that of unicast or of multicast. */
static bool starts_like_cisco_hdlc(const nf_frame *frame)
{
	return frame->captured > 0 && (frame->data[0] == 0x0f || frame->data[0] == 0x8f);
}

/* wiretap has already taken off the record header, the extension headers, and the subheaders of Ethernet and multichannel. */
static void endace(const struct erf_phdr *header, nf_frame *frame)
{
	enum { ATM_HEADER = 4 };
	switch (header->type & 0x7f) {
	case ETH:
	case COLOR_ETH:
	case DSM_COLOR_ETH:
	case COLOR_HASH_ETH: frame->link = LINK_ETHERNET; break;
	case IPV4: frame->link = LINK_IPV4; break;
	case IPV6: frame->link = LINK_IPV6; break;
	case HDLC_POS:
	case MC_HDLC:
	case COLOR_HDLC_POS:
	case DSM_COLOR_HDLC_POS:
	case COLOR_MC_HDLC_POS:
	case COLOR_HASH_POS: frame->link = starts_like_cisco_hdlc(frame) ? LINK_C_HDLC : LINK_PPP; break;
	case AAL5:
	case MC_AAL5:
		take_off(frame, ATM_HEADER);
		llc_snap(frame);
		break;
	case META:
	case PAD: frame->flags |= NF_FRAME_NOT_PACKET; break;
	default: break;
	}
}

/* The debug output of CoSine routers: what it puts before the frame differs with the framing. */
static void cosine(const struct cosine_phdr *header, nf_frame *frame)
{
	switch (header->encap) {
	case COSINE_ENCAP_ETH: frame->link = LINK_ETHERNET; break;
	case COSINE_ENCAP_ATM:
	case COSINE_ENCAP_PPoATM:
		take_off(frame, 16);
		frame->link = NF_LINK_LLC;
		break;
	case COSINE_ENCAP_PPP:
		take_off(frame, 4);
		frame->link = LINK_PPP;
		break;
	case COSINE_ENCAP_HDLC:
		take_off(frame, header->direction == COSINE_DIR_TX ? 2 : 4);
		frame->link = LINK_C_HDLC;
		break;
	case COSINE_ENCAP_FR:
	case COSINE_ENCAP_PPoFR:
		take_off(frame, 4);
		frame->link = LINK_FRELAY;
		break;
	default: break;
	}
}

static void ascend(const struct ascend_phdr *header, nf_frame *frame)
{
	switch (header->type) {
	case ASCEND_PFX_WDS_X:
	case ASCEND_PFX_WDS_R: frame->link = LINK_PPP; break;
	case ASCEND_PFX_WDD:
	case ASCEND_PFX_ETHER: frame->link = LINK_ETHERNET; break;
	default: break;
	}
}

static void nettl_raw_ip(const struct nettl_phdr *header, nf_frame *frame)
{
	enum { SUBSYSTEM_SCTP = 268, KIND_PDU = 0x30000000 }; /* without a PDU bit it is a message of the tracer */
	if ((header->kind & KIND_PDU) && header->subsys != SUBSYSTEM_SCTP)
		frame->link = LINK_RAW;
}

/* Ethertype, two bytes of nothing, packet. */
static void ip_over_ib_snoop(nf_frame *frame)
{
	uint32_t type = frame->captured >= 2 ? be16(frame->data) : 0;
	take_off(frame, 4);
	if (type == 0x0800)
		frame->link = LINK_IPV4;
	else if (type == 0x86dd)
		frame->link = LINK_IPV6;
}

static void set_link(const wtap_packet_header *header, nf_frame *frame)
{
	const union wtap_pseudo_header *pseudo = &header->pseudo_header;
	frame->link = plain_link(header->pkt_encap);
	switch (header->pkt_encap) {
	case WTAP_ENCAP_ETHERNET: frame->fcs_bytes = pseudo->eth.fcs_len > 0 ? (uint32_t)pseudo->eth.fcs_len : 0; break;
	case WTAP_ENCAP_IEEE_802_11:
	case WTAP_ENCAP_IEEE_802_11_WITH_RADIO: ieee_802_11(&pseudo->ieee_802_11, frame); break;
	case WTAP_ENCAP_IEEE_802_11_NETMON: netmon_802_11(frame); break;
	case WTAP_ENCAP_NETMON_HEADER: netmon_comment(&pseudo->netmon, frame); break;
	case WTAP_ENCAP_ATM_PDUS:
	case WTAP_ENCAP_ATM_PDUS_UNTRUNCATED: atm(&pseudo->atm, frame); break;
	case WTAP_ENCAP_ERF: endace(&pseudo->erf.phdr, frame); break;
	case WTAP_ENCAP_COSINE: cosine(&pseudo->cosine, frame); break;
	case WTAP_ENCAP_ASCEND: ascend(&pseudo->ascend, frame); break;
	case WTAP_ENCAP_NETTL_RAW_IP: nettl_raw_ip(&pseudo->nettl, frame); break;
	case WTAP_ENCAP_IP_OVER_IB_SNOOP: ip_over_ib_snoop(frame); break;
	default: break;
	}
}

/* wiretap's nanoseconds may be anything in a damaged file, and its seconds go beyond the years that nanoseconds reach. */
static void set_time(const wtap_rec *rec, nf_frame *frame)
{
	int64_t ns;
	if ((rec->presence_flags & WTAP_HAS_TS) && !__builtin_mul_overflow((int64_t)rec->ts.secs, INT64_C(1000000000), &ns) &&
	    !__builtin_add_overflow(ns, (int64_t)rec->ts.nsecs, &frame->ts_ns))
		return;
	frame->ts_ns = 0;
	frame->flags |= NF_FRAME_NO_TIME;
}

void nf_wiretap_to_frame(const wtap_rec *rec, const uint8_t *data, nf_frame *frame)
{
	*frame = (nf_frame){.link = NF_LINK_UNKNOWN};
	set_time(rec, frame);
	if (rec->rec_type != REC_TYPE_PACKET) {
		frame->flags |= NF_FRAME_NOT_PACKET;
		return;
	}
	const wtap_packet_header *header = &rec->rec_header.packet_header;
	frame->data = data;
	frame->captured = header->caplen;
	frame->wire = header->len;
	frame->interface = rec->presence_flags & WTAP_HAS_INTERFACE_ID ? header->interface_id : 0;
	set_link(header, frame);
	if (frame->flags & NF_FRAME_NOT_PACKET) {
		frame->data = NULL;
		frame->captured = frame->wire = 0;
	}
}

const char *nf_wiretap_encap_name(int encap)
{
	const char *name = nf_wiretap_load(NULL) ? nf_wiretap.wtap_encap_description(encap) : NULL;
	return name ? name : "unknown";
}
#endif
