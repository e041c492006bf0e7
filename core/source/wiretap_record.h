/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file wiretap_record.h
 * One record as libwiretap gives it → one nf_frame. The one place that knows both; nf-cli and the Wireshark plugin share it, so
 * that they see the same frames. It needs no wtap handle, allocates nothing and has no state.
 *
 * Beside the plain framings, whose bytes wiretap gives as pcap files carry them, these have something about them:
 * - Ethernet, 802.11: the length of the frame check sequence and the padding after the 802.11 header come from the pseudo-header.
 * - ERF, SunATM and the like, CoSine, Ascend, NetMon with comments: the pseudo-header says what the frame is.
 * - ERF with ATM, LANE, CoSine, NetMon 802.11, IP over InfiniBand of snoop: a prefix is taken off, from captured and wire both.
 * What Wireshark itself changes during dissection (NetScaler, PKTAP) is NF_LINK_UNKNOWN: the two programs could not agree on it.
 */
#ifndef NETFLOWER_SOURCE_WIRETAP_RECORD_H
#define NETFLOWER_SOURCE_WIRETAP_RECORD_H

#include <netflower/frame.h>

#include <wiretap/wtap.h>

/**
 * Fills all of @a frame. @a data are the record's bytes (packet_header.caplen of them); the frame points into them.
 * A record that is no packet, and an ERF record of padding or metadata, has no bytes and NF_FRAME_NOT_PACKET.
 */
void nf_wiretap_to_frame(const wtap_rec *rec, const uint8_t *data, nf_frame *frame);

/** What a WTAP_ENCAP_ is called, "Ethernet"; never NULL. Static. */
const char *nf_wiretap_encap_name(int encap);

#endif
