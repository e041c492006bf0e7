/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output_internal.h"

#if NF_HAVE_ZLIB
#include <stdlib.h>
#include <zlib.h>

enum {
	OUT_BYTES = 1 << 16,
	PIECE_MAX = 1 << 30,         /* zlib counts in unsigned int */
	GZIP_WINDOW_BITS = 15 + 16,  /* the largest window; + 16: a gzip header around it, whose time stays 0 */
	MEMORY_LEVEL = 8,            /* zlib's default */
};

typedef struct gzip {
	z_stream stream;
	Bytef out[OUT_BYTES];
} gzip;

static nf_status gzip_begin(nf_output *output, nf_error *error)
{
	gzip *g = calloc(1, sizeof *g);

	if (!g || deflateInit2(&g->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
		free(g);
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	}
	output->compressor = g;
	return NF_OK;
}

/* Takes all input there is, in the way that mode asks for. With memory from the start deflate() cannot fail. */
static nf_status deflate_all(nf_output *output, int mode, nf_error *error)
{
	gzip *g = output->compressor;
	nf_status status = NF_OK;

	do {
		g->stream.next_out = g->out;
		g->stream.avail_out = OUT_BYTES;
		deflate(&g->stream, mode);
		status = nf_output_put(output, g->out, OUT_BYTES - g->stream.avail_out, error);
	} while (status == NF_OK && g->stream.avail_out == 0);
	return status;
}

static nf_status gzip_write(nf_output *output, const void *bytes, size_t n, nf_error *error)
{
	gzip *g = output->compressor;
	const Bytef *at = bytes;
	nf_status status = NF_OK;

	while (n > 0 && status == NF_OK) {
		size_t piece = n < PIECE_MAX ? n : PIECE_MAX;
		g->stream.next_in = (Bytef *)at;
		g->stream.avail_in = (uInt)piece;
		status = deflate_all(output, Z_NO_FLUSH, error);
		at += piece;
		n -= piece;
	}
	return status;
}

static nf_status gzip_flush(nf_output *output, nf_error *error)
{
	return deflate_all(output, Z_SYNC_FLUSH, error);
}

static nf_status gzip_end(nf_output *output, nf_error *error)
{
	return deflate_all(output, Z_FINISH, error);
}

static void gzip_free(nf_output *output)
{
	gzip *g = output->compressor;

	deflateEnd(&g->stream);
	free(g);
}

const nf_compression nf_output_gzip = {"gzip", ".gz", gzip_begin, gzip_write, gzip_flush, gzip_end, gzip_free};
#else
const nf_compression nf_output_gzip = {.name = "gzip", .suffix = ".gz"};
#endif
