/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a decoder keeps from frame to frame. */
#include "defrag.h"

#include <stdlib.h>

struct nf_decoder {
	nf_decode_options options;
	nf_defrag *defrag; /* NULL: not asked for */
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
