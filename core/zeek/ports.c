/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports.h"

#include <netflower/packet.h>

bool nf_port_is_servers(uint8_t protocol, uint16_t port)
{
	switch ((uint32_t)protocol << 16 | port) {
#define NF_SERVER_PORT(protocol, port) case NF_PROTOCOL_##protocol << 16 | (port):
#include "ports.def"
#undef NF_SERVER_PORT
		return true;
	default: return false;
	}
}

bool nf_port_is_interactive(uint16_t port)
{
	return port == 21 || port == 22 || port == 23 || port == 513;
}

bool nf_port_is_dns(uint16_t port)
{
	return port == 53 || port == 137 || port == 5353 || port == 5355;
}

/* RFC 792, 950, 1256; 2710, 4443, 4620, 4861, 6275. */
bool nf_icmp_is_two_way(uint8_t protocol, uint8_t type)
{
	if (protocol == NF_PROTOCOL_ICMP)
		return type == 0 || type == 8 || type == 9 || type == 10 || (type >= 13 && type <= 18);
	return (type >= 128 && type <= 131) || (type >= 133 && type <= 136) || type == 139 || type == 140 || type == 144 || type == 145;
}
