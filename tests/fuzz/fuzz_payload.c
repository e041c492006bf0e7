/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The detector of services and the facts of payload. The first byte is the transport, the second the responder's port (of those that are known to
 * some matcher). Then packets: a byte of flags (side, complete, behind a gap), a byte of length, the bytes.
 */
#include "payload/facts.h"
#include "payload/service.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t ports[] = {21,  22,  25,   53,   67,   80,   88,   110,  123,  135,  137,   143,  161,  389,   443,   445,   502,
				 514, 587, 1080, 1812, 1883, 2152, 3306, 3389, 3544, 4789,  5060, 5222, 5353, 5432,  6081,  6667,  20000, 45678};

typedef struct all {
	nf_service service;
	nf_tls tls;
	nf_hello hello;
	nf_http http;
	nf_dns dns;
	nf_entropy entropy;
} all;

static void take(all *a, unsigned flags, const uint8_t *bytes, size_t n)
{
	if (flags & 4)
		nf_service_gap(&a->service, flags & 1);
	nf_service_data(&a->service, flags & 1, bytes, n, !(flags & 2));
	nf_tls_data(&a->tls, bytes, n, &a->hello);
	nf_http_data(&a->http, bytes, n);
	nf_dns_data(&a->dns, bytes, n, flags & 8);
	nf_hello_read(&a->hello, bytes, n, flags & 16 ? 't' : 'd');
	nf_entropy_data(&a->entropy, bytes, n, 1024);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[NF_SERVICE_NAME_BYTES];

	if (size < 2)
		return 0;
	all *a = calloc(1, sizeof *a);
	if (!a)
		return 0;
	nf_service_init(&a->service, data[0] & 1 ? NF_PROTOCOL_TCP : NF_PROTOCOL_UDP, 40000, ports[data[1] % (sizeof ports / sizeof *ports)]);
	for (size_t at = 2; size - at >= 2;) {
		const size_t n = data[at + 1] < size - at - 2 ? data[at + 1] : size - at - 2;
		uint8_t *copy = malloc(n ? n : 1);
		if (copy) {
			memcpy(copy, data + at + 2, n);
			take(a, data[at], copy, n);
		}
		free(copy);
		at += 2 + n;
	}
	const double bits = nf_entropy_bits(&a->entropy);
	if (nf_service_name(&a->service, name) != strlen(name) || !(bits >= -1e-9 && bits <= 8 + 1e-9) || strlen(a->hello.ja4) >= NF_JA4_BYTES)
		abort();
	free(a);
	return 0;
}
