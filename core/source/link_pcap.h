/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file link_pcap.h
 * libpcap's DLT_ values, which differ between systems, and the LINKTYPE_ values of nf_frame, which do not.
 */
#ifndef NETFLOWER_SOURCE_LINK_PCAP_H
#define NETFLOWER_SOURCE_LINK_PCAP_H

#include <stdint.h>

uint32_t nf_link_from_dlt(int dlt);

/** -1: libpcap has none for it. */
int nf_link_to_dlt(uint32_t link);

#endif
