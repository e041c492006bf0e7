/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "told.h"

#include "columns/clock.h"
#include "columns/value.h"

char *nf_tell_address(const nf_key *key, int side, char out[NF_ADDRESS_BYTES])
{
	char *end = key->ip_version == 6 ? nf_put_ipv6(out, key->address[side]) : nf_put_ipv4(out, key->address[side]);

	*end = '\0';
	return out;
}

char *nf_tell_end(const nf_key *key, int side, char out[NF_ADDRESS_BYTES])
{
	char address[NF_ADDRESS_BYTES], *to = out;

	nf_tell_address(key, side, address);
	if (!nf_has_ports(key))
		return strcpy(out, address);
	if (key->ip_version == 6)
		*to++ = '[';
	to = mempcpy(to, address, strlen(address));
	if (key->ip_version == 6)
		*to++ = ']';
	*to++ = ':';
	char number[NF_NUMBER_MAX];
	const size_t n = (size_t)(nf_put_unsigned(number, key->port[side]) - number);

	to = mempcpy(to, number, n);
	*to = '\0';
	return out;
}

static char *tell(const char *form, int64_t ns, char out[NF_TIME_BYTES])
{
	nf_clock clock = {.form = ""};

	strcpy(clock.form, form);
	*nf_put_clock(out, &clock, ns) = '\0';
	return out;
}

char *nf_tell_time(int64_t ns, char out[NF_TIME_BYTES])
{
	return tell("%F %T.%f", ns, out);
}

char *nf_tell_iso(int64_t ns, char out[NF_TIME_BYTES])
{
	return tell("%FT%T.%NZ", ns, out);
}

const char *nf_tell_file(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash && slash[1] ? slash + 1 : name;
}
