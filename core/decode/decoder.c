/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a decoder keeps from frame to frame. */
#include "defrag.h"

#include <stdlib.h>
#include <string.h>

struct nf_decoder {
	nf_decode_options options;
	nf_defrag *defrag; /* NULL: not asked for */
	nf_bad_source bad_source;
	uint64_t lead;     /* of its packets over those of other sources */
};

nf_status nf_decoder_new(nf_decoder **result, const nf_decode_options *options, nf_error *error)
{
	nf_decoder *decoder = calloc(1, sizeof *decoder);

	*result = NULL;
	if (decoder && options)
		decoder->options = *options;
	if (decoder && decoder->options.defrag)
		decoder->defrag = nf_defrag_new();
	if (!decoder || (decoder->options.defrag && !decoder->defrag)) {
		free(decoder);
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	}
	*result = decoder;
	return NF_OK;
}

void nf_decoder_free(nf_decoder *decoder)
{
	if (!decoder)
		return;
	nf_defrag_free(decoder->defrag);
	free(decoder);
}

const nf_decode_options *nf_decoder_options(const nf_decoder *decoder)
{
	return &decoder->options;
}

static bool is_source(const nf_bad_source *source, const nf_key *key)
{
	return source->ip_version == key->ip_version && memcmp(source->address, key->address[0], sizeof source->address) == 0;
}

void nf_decoder_note_checksum(nf_decoder *decoder, const nf_key *key, bool bad)
{
	nf_bad_source *source = &decoder->bad_source;

	if (is_source(source, key)) {
		source->bad += bad;
		source->good += !bad;
		decoder->lead += bad;
	} else if (bad && decoder->lead > 0) {
		decoder->lead--;
	} else if (bad && key->ip_version) {
		*source = (nf_bad_source){.ip_version = key->ip_version, .bad = 1};
		memcpy(source->address, key->address[0], sizeof source->address);
		decoder->lead = 1;
	}
}

const nf_bad_source *nf_decoder_bad_source(const nf_decoder *decoder)
{
	return &decoder->bad_source;
}

bool nf_bad_source_is_sender(const nf_bad_source *source)
{
	enum { LEAST = 5 };

	return source->bad >= LEAST && source->bad > source->good;
}

nf_defrag *nf_decoder_defrag(const nf_decoder *decoder)
{
	return decoder->defrag;
}

bool nf_decode_takes(const nf_decode_options *options, nf_skip skip)
{
	switch (skip) {
	case NF_SKIP_IPV6: return options->ipv6;
	case NF_SKIP_ICMP: return options->icmp || options->all;
	case NF_SKIP_SCTP: return options->sctp || options->all;
	case NF_SKIP_OTHER_PROTOCOL: return options->all;
	case NF_SKIP_FRAGMENT: return options->defrag;
	default: return false;
	}
}
