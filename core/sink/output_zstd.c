/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output_internal.h"

#if NF_HAVE_ZSTD
#include <stdlib.h>
#include <zstd.h>

enum { OUT_BYTES = 1 << 17 };

typedef struct zstd {
	ZSTD_CCtx *context;
	char out[OUT_BYTES];
} zstd;

static nf_status zstd_begin(nf_output *output, nf_error *error)
{
	zstd *z = calloc(1, sizeof *z);

	if (z)
		z->context = ZSTD_createCCtx();
	if (!z || !z->context || ZSTD_isError(ZSTD_CCtx_setParameter(z->context, ZSTD_c_checksumFlag, 1))) {
		if (z)
			ZSTD_freeCCtx(z->context);
		free(z);
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	}
	output->compressor = z;
	return NF_OK;
}

/* Takes all of the input; with flush and end until nothing is left inside. */
static nf_status compress_all(nf_output *output, const void *bytes, size_t n, ZSTD_EndDirective mode, nf_error *error)
{
	zstd *z = output->compressor;
	ZSTD_inBuffer in = {.src = bytes, .size = n};
	nf_status status = NF_OK;
	size_t left;

	do {
		ZSTD_outBuffer out = {.dst = z->out, .size = OUT_BYTES};
		left = ZSTD_compressStream2(z->context, &out, &in, mode);
		/* The parameters are good, so only memory is left as a reason. */
		if (ZSTD_isError(left))
			return nf_fail(error, NF_NO_MEMORY, "cannot write %s: %s", output->name, ZSTD_getErrorName(left));
		status = nf_output_put(output, z->out, out.pos, error);
	} while (status == NF_OK && (mode == ZSTD_e_continue ? in.pos < in.size : left > 0));
	return status;
}

static nf_status zstd_write(nf_output *output, const void *bytes, size_t n, nf_error *error)
{
	return compress_all(output, bytes, n, ZSTD_e_continue, error);
}

static nf_status zstd_flush(nf_output *output, nf_error *error)
{
	return compress_all(output, NULL, 0, ZSTD_e_flush, error);
}

static nf_status zstd_end(nf_output *output, nf_error *error)
{
	return compress_all(output, NULL, 0, ZSTD_e_end, error);
}

static void zstd_free(nf_output *output)
{
	zstd *z = output->compressor;

	ZSTD_freeCCtx(z->context);
	free(z);
}

const nf_compression nf_output_zstd = {"zstd", ".zst", zstd_begin, zstd_write, zstd_flush, zstd_end, zstd_free};
#else
const nf_compression nf_output_zstd = {.name = "zstd", .suffix = ".zst"};
#endif
