/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a decoder keeps from frame to frame. */
#include <netflower/decoder.h>

#include <stdlib.h>

struct nf_decoder {
	nf_decode_options options;
};

nf_status nf_decoder_new(nf_decoder **result, const nf_decode_options *options, nf_error *error)
{
	nf_decoder *decoder = calloc(1, sizeof *decoder);

	*result = decoder;
	if (!decoder)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	if (options)
		decoder->options = *options;
	return NF_OK;
}

void nf_decoder_free(nf_decoder *decoder)
{
	free(decoder);
}

const nf_decode_options *nf_decoder_options(const nf_decoder *decoder)
{
	return &decoder->options;
}
