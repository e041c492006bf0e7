/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Local networks. */
#include "flow/address.h"
#include "flow/key.h"

#include <netflower/zeek.h>

#include <stdlib.h>
#include <string.h>

/* IPv4 networks are those of the mapped addresses, ::ffff:0:0/96. Addresses are two words in the machine's order of bytes. */
typedef struct nf_net {
	uint64_t address[2], mask[2];
} nf_net;

/* What of such a network matters for an IPv4 address. */
typedef struct nf_net_v4 {
	uint32_t address, mask;
} nf_net_v4;

struct nf_zeek_nets {
	size_t n, n_v4;
	nf_net_v4 *v4; /* all that have IPv4 addresses */
	nf_net net[];
};

static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff};

/* What Zeek takes as private, with the 6to4 networks (RFC 3056) of the IPv4 ones. */
static const char default_list[] =
	"0.0.0.0/8,2002::/24,10.0.0.0/8,2002:a00::/24,100.64.0.0/10,2002:6440::/26,127.0.0.0/8,2002:7f00::/24,169.254.0.0/16,2002:a9fe::/32,"
	"172.16.0.0/12,2002:ac10::/28,192.0.0.0/24,2002:c000::/40,192.0.2.0/24,2002:c000:200::/40,192.168.0.0/16,2002:c0a8::/32,198.18.0.0/15,"
	"2002:c612::/31,198.51.100.0/24,2002:c633:6400::/40,203.0.113.0/24,2002:cb00:7100::/40,224.0.0.0/24,2002:e000::/40,239.0.0.0/8,"
	"2002:ef00::/24,240.0.0.0/4,2002:f000::/20,255.255.255.255/32,2002:ffff:ffff::/48,::/128,::1/128,64:ff9b:1::/48,100::/64,2001::/23,"
	"2001:2::/48,2001:db8::/32,fc00::/7,fe80::/10,fec0::/10";

static void set_net(nf_net *net, const uint8_t address[16], unsigned bits)
{
	uint8_t mask[16];

	for (unsigned i = 0; i < 16; i++)
		mask[i] = (uint8_t)(bits >= i * 8 + 8 ? 0xff : bits <= i * 8 ? 0 : 0xff00 >> (bits - i * 8));
	for (int i = 0; i < 2; i++) {
		net->mask[i] = nf_load64(mask + i * 8);
		net->address[i] = nf_load64(address + i * 8) & net->mask[i];
	}
}

/* Returns what is behind the network, NULL: it is none. */
static const char *parse_net(const char *at, nf_net *net)
{
	const size_t n = strcspn(at, ",");
	const bool is_ipv6 = memchr(at, ':', n) != NULL;
	const unsigned most = is_ipv6 ? 128 : 32;
	uint8_t address[16];
	unsigned bits;

	memcpy(address, mapped, sizeof address);
	at = is_ipv6 ? nf_parse_ipv6(at, address) : nf_parse_ipv4(at, address + 12);
	at = at ? nf_parse_prefix(at, most, &bits) : NULL;
	if (at)
		set_net(net, address, bits + 128 - most);
	return at;
}

/* Notes a network for IPv4, if the prefix of mapped addresses is in it. */
static void note_v4(nf_zeek_nets *nets, const nf_net *net)
{
	uint8_t mask[16], address[16];

	memcpy(mask, net->mask, sizeof mask);
	memcpy(address, net->address, sizeof address);
	for (int i = 0; i < 12; i++)
		if ((mapped[i] & mask[i]) != address[i])
			return;
	nf_net_v4 *v4 = &nets->v4[nets->n_v4++];

	memcpy(&v4->mask, mask + 12, sizeof v4->mask);
	memcpy(&v4->address, address + 12, sizeof v4->address);
}

static nf_status add(nf_zeek_nets *nets, const char *list, nf_error *error)
{
	for (;;) {
		const char *begin = list + strspn(list, " ");
		const char *at = parse_net(begin, &nets->net[nets->n]);

		if (at)
			at += strspn(at, " ");
		if (!at || (*at && *at != ','))
			return nf_fail(error, NF_ARGUMENT, "'%.*s' is no network; write one as 10.0.0.0/8 or fc00::/7", (int)strcspn(begin, ","), begin);
		note_v4(nets, &nets->net[nets->n++]);
		if (!*at)
			return NF_OK;
		list = at + 1;
	}
}

nf_status nf_zeek_nets_new(nf_zeek_nets **result, const char *list, nf_error *error)
{
	size_t most = 1;

	if (!list)
		list = default_list;
	for (const char *c = list; *c; c++)
		most += *c == ',';
	nf_zeek_nets *nets = calloc(1, sizeof *nets + most * (sizeof *nets->net + sizeof *nets->v4));

	*result = NULL;
	if (!nets)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	nets->v4 = (nf_net_v4 *)(nets->net + most);
	const nf_status status = *list ? add(nets, list, error) : NF_OK;

	if (status == NF_OK)
		*result = nets;
	else
		nf_zeek_nets_free(nets);
	return status;
}

void nf_zeek_nets_free(nf_zeek_nets *nets)
{
	free(nets);
}

static bool have_v4(const nf_zeek_nets *nets, const uint8_t *address)
{
	uint32_t word;

	memcpy(&word, address, sizeof word);
	for (size_t i = 0; i < nets->n_v4; i++)
		if ((word & nets->v4[i].mask) == nets->v4[i].address)
			return true;
	return false;
}

bool nf_zeek_nets_have(const nf_zeek_nets *nets, const uint8_t *address, uint8_t ip_version)
{
	if (ip_version == 4)
		return have_v4(nets, address);
	const uint64_t high = nf_load64(address), low = nf_load64(address + 8);

	for (const nf_net *net = nets->net; net < nets->net + nets->n; net++)
		if ((high & net->mask[0]) == net->address[0] && (low & net->mask[1]) == net->address[1])
			return true;
	return false;
}

size_t nf_zeek_nets_count(const nf_zeek_nets *nets)
{
	return nets->n;
}
