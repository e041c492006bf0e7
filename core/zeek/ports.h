/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file ports.h
 * What is known of ports.
 */
#ifndef NF_ZEEK_PORTS_H
#define NF_ZEEK_PORTS_H

#include <stdbool.h>
#include <stdint.h>

/** Whether servers are likely to listen at a port: ports.def. @param protocol  TCP or UDP; others have none */
bool nf_port_is_servers(uint8_t protocol, uint16_t port);

/** Whether people type at what listens at a TCP port, so that long pauses mean nothing. */
bool nf_port_is_interactive(uint16_t port);

/** Whether what comes to a UDP port is taken as DNS (or one of its relatives) until it turns out to be something else. */
bool nf_port_is_dns(uint16_t port);

/** Types of ICMP and ICMPv6 that ask for or give an answer. @param protocol  ICMP or ICMPv6 */
bool nf_icmp_is_two_way(uint8_t protocol, uint8_t type);

#endif
