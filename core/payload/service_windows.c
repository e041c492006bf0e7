/* SPDX-License-Identifier: GPL-2.0-or-later */
/* smb, dce_rpc, rdp. */
#include "payload/look.h"

enum { SMB_CHUNKS = 3, SMB_COUNT = 3, SMB_PIPE = 4 };

/* MS-RPCE, 2.2.2: bind and bind_ack, version 5.0, little endian. */
#define BIND "\x05\x00\x0b\x03\x10\x00\x00\x00"
#define BIND_ACK "\x05\x00\x0c\x03\x10\x00\x00\x00"

static void smb_inside(nf_look *look)
{
	nf_look_tokens(look, look->bytes, look->n);
	if (NF_FIND(look, BIND) < look->n)
		*look->note |= SMB_PIPE;
}

/* MS-SMB2, 2.1 and 2.2.1: NetBIOS length, then FE or FF "SMB". The third packet since the first with such a head confirms. */
nf_verdict nf_match_smb(nf_look *look)
{
	const bool head = look->n >= 8 && (NF_IS(look, 4, "\xffSMB") || NF_IS(look, 4, "\xfeSMB"));
	uint8_t chunks = *look->note & SMB_COUNT;

	if (chunks == 0 && !head) {
		if (NF_PORTS(look, 139, 445))
			return look->service->packets[look->side] < 8 ? NF_WAIT : NF_NO;
		return look->service->packets[look->side] == 0 && look->n < 8 ? NF_WAIT : NF_NO;
	}
	look->used = true;
	smb_inside(look);
	if (chunks < SMB_CHUNKS)
		*look->note = (uint8_t)((*look->note & ~SMB_COUNT) | ++chunks);
	if (chunks < SMB_CHUNKS)
		return NF_CLAIM;
	nf_look_add(look, NF_SERVICE_SMB);
	if (*look->note & SMB_PIPE)
		nf_look_add(look, NF_SERVICE_DCE_RPC);
	return NF_YES;
}

/*
 * C706, 12.6.3: version 5, minor version 0 or 1, type at most 19, flags, representation (4 bytes, little endian if 0x10 is in the first),
 * length of the fragment, of its authentication, call. A whole one confirms.
 */
nf_verdict nf_match_dce_rpc(nf_look *look)
{
	const uint8_t *p = look->bytes;

	if (nf_look_named(look, NF_SERVICE_DCE_RPC)) {
		nf_look_tokens(look, p, look->n);
		return NF_WAIT;
	}
	if (look->n < 16)
		return look->n > 0 && p[0] == 5 && look->service->packets[look->side] == 0 ? NF_WAIT : NF_NO;
	const bool little = p[4] & 0x10;
	const uint32_t length = little ? (uint32_t)p[9] << 8 | p[8] : nf_look_u16(p + 8);
	if (p[0] != 5 || p[1] > 1 || p[2] > 19 || (p[4] & 0xef) != 0 || p[5] > 3 || p[6] != 0 || p[7] != 0 || length < 16)
		return NF_NO;
	if (p[3] != 3 && !NF_PORTS(look, 135))
		return NF_NO;
	if (length > look->n)
		return NF_CLAIM;
	look->used = true;
	nf_look_tokens(look, p, look->n);
	return NF_YES;
}

enum { RDP_REQUEST = 1 };

/*
 * RFC 1006 and X.224: TPKT 3, 0, length; then a connection request (0xe0). What confirms is the data of the conference of T.124: "Duca" from
 * the client, "McDn" from the server. With TLS there is none in the clear, and the name is that of TLS.
 */
nf_verdict nf_match_rdp(nf_look *look)
{
	const uint8_t *p = look->bytes;

	if (look->n < 7)
		return look->n > 0 && p[0] == 3 && look->service->packets[look->side] == 0 ? NF_WAIT : NF_NO;
	const bool packet = p[0] == 3 && p[1] == 0 && nf_look_u16(p + 2) >= 7;
	if (!(*look->note & RDP_REQUEST)) {
		if (!packet || look->side != 0 || p[5] != 0xe0)
			return NF_NO;
		if (!NF_PORTS(look, 3389) && NF_FIND(look, "Cookie: mstshash=") >= look->n)
			return NF_NO;
		*look->note |= RDP_REQUEST;
		look->used = true;
		return NF_WAIT;
	}
	look->used = true;
	if (packet && look->side == 1 && p[5] == 0xd0)
		return NF_CLAIM;
	if (packet && (NF_FIND(look, "Duca") < look->n || NF_FIND(look, "McDn") < look->n))
		return NF_DONE;
	return packet || p[0] == 22 ? NF_WAIT : NF_NO;
}
