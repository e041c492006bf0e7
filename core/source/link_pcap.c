/* SPDX-License-Identifier: GPL-2.0-or-later */
#if NF_HAVE_PCAP
#include "source/link_pcap.h"

#include <netflower/frame.h>

#include <pcap/pcap.h>

/* Those that are not the same on every system; all others are equal. */
static const struct {
	int dlt;
	uint32_t link;
} pairs[] = {
	{DLT_ATM_RFC1483, 100}, {DLT_RAW, 101},  {DLT_SLIP_BSDOS, 102}, {DLT_PPP_BSDOS, 103}, {DLT_C_HDLC, 104},
	{DLT_ATM_CLIP, 106},    {DLT_LOOP, 108}, {DLT_ENC, 109},        {DLT_PFSYNC, 246},
};

uint32_t nf_link_from_dlt(int dlt)
{
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (pairs[i].dlt == dlt)
			return pairs[i].link;
	return dlt >= 0 ? (uint32_t)dlt : NF_LINK_UNKNOWN;
}

int nf_link_to_dlt(uint32_t link)
{
	if (link == NF_LINK_FDDI_BITSWAPPED)
		return DLT_FDDI;
	if (link >= NF_LINK_UNKNOWN)
		return -1;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (pairs[i].link == link)
			return pairs[i].dlt;
	return (int)link;
}
#endif
