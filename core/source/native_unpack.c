/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/native.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>
#if NF_HAVE_ZLIB
#include <zlib.h>
#endif
#if NF_HAVE_ZSTD
#include <zstd.h>
#endif
#if NF_HAVE_LZ4
#include <lz4frame.h>
#endif

/*
 * Some pieces are always held back: wiretap, with other buffers, loses up to two blocks of zstd (128 KiB each) before a fault, and of
 * what it would not have given nothing may be given here.
 */
enum { PIECES = 6, HELD = NF_NATIVE_IS_ALONE ? 0 : 3, PIECE = 128 << 10, INPUT = 128 << 10, MAGIC = 4 };

typedef enum progress { MORE, DONE, BAD } progress;

/* A stream of bytes on their way; what was used and filled is counted off by the codec. */
typedef struct stream {
	const uint8_t *in;
	size_t in_left;
	uint8_t *out;
	size_t out_left;
} stream;

typedef struct codec {
	uint8_t magic_bytes;
	const char *magic;
	void *(*open)(void);
	bool (*begin)(void *state);
	progress (*step)(void *state, stream *s);
	void (*close)(void *state);
} codec;

struct nf_unpack {
	int fd;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under the lock */
	unsigned filled, emptied; /* pieces, counted from the start */
	bool ended, spoilt, stop;
	int error;
	/* the thread's */
	const codec *codec;
	void *state;
	uint8_t *input;
	/* either's, by turns */
	uint8_t *piece[PIECES];
	size_t bytes[PIECES];
	size_t at; /* of the piece that is being emptied */
	_Atomic uint64_t taken;
};

/* --- Codecs --- */

#if NF_HAVE_ZLIB
static void *gzip_open(void)
{
	enum { GZIP_ALONE = 15 + 16 };
	z_stream *z = calloc(1, sizeof *z);
	if (z && inflateInit2(z, GZIP_ALONE) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static bool gzip_begin(void *state)
{
	return inflateReset(state) == Z_OK;
}

static progress gzip_step(void *state, stream *s)
{
	z_stream *z = state;
	z->next_in = (uint8_t *)s->in;
	z->avail_in = (unsigned)s->in_left;
	z->next_out = s->out;
	z->avail_out = (unsigned)s->out_left;
	int result = inflate(z, Z_NO_FLUSH);
	*s = (stream){z->next_in, z->avail_in, z->next_out, z->avail_out};
	return result == Z_STREAM_END ? DONE : result == Z_OK || result == Z_BUF_ERROR ? MORE : BAD;
}

static void gzip_close(void *state)
{
	if (state)
		inflateEnd(state);
	free(state);
}
#endif

#if NF_HAVE_ZSTD
static void *zstd_open(void)
{
	return ZSTD_createDStream();
}

static bool zstd_begin(void *state)
{
	return !ZSTD_isError(ZSTD_initDStream(state));
}

static progress zstd_step(void *state, stream *s)
{
	ZSTD_inBuffer in = {s->in, s->in_left, 0};
	ZSTD_outBuffer out = {s->out, s->out_left, 0};
	size_t result = ZSTD_decompressStream(state, &out, &in);
	*s = (stream){s->in + in.pos, s->in_left - in.pos, s->out + out.pos, s->out_left - out.pos};
	return ZSTD_isError(result) ? BAD : result == 0 ? DONE : MORE;
}

static void zstd_close(void *state)
{
	ZSTD_freeDStream(state);
}
#endif

#if NF_HAVE_LZ4
static void *lz4_open(void)
{
	LZ4F_dctx *state = NULL;
	return LZ4F_isError(LZ4F_createDecompressionContext(&state, LZ4F_VERSION)) ? NULL : state;
}

static bool lz4_begin(void *state)
{
	LZ4F_resetDecompressionContext(state);
	return true;
}

static progress lz4_step(void *state, stream *s)
{
	size_t in = s->in_left, out = s->out_left;
	size_t result = LZ4F_decompress(state, s->out, &out, s->in, &in, NULL);
	if (LZ4F_isError(result))
		return BAD;
	*s = (stream){s->in + in, s->in_left - in, s->out + out, s->out_left - out};
	return result == 0 ? DONE : MORE;
}

static void lz4_close(void *state)
{
	LZ4F_freeDecompressionContext(state);
}
#endif

static const codec codecs[] = {
#if NF_HAVE_ZLIB
	{3, "\x1f\x8b\x08", gzip_open, gzip_begin, gzip_step, gzip_close},
#endif
#if NF_HAVE_ZSTD
	{4, "\x28\xb5\x2f\xfd", zstd_open, zstd_begin, zstd_step, zstd_close},
#endif
#if NF_HAVE_LZ4
	{4, "\x04\x22\x4d\x18", lz4_open, lz4_begin, lz4_step, lz4_close},
#endif
	{0, NULL, NULL, NULL, NULL, NULL},
};

static const codec *codec_of(const uint8_t *bytes, size_t n)
{
	for (const codec *c = codecs; c->magic; c++)
		if (n >= c->magic_bytes && memcmp(bytes, c->magic, c->magic_bytes) == 0)
			return c;
	return NULL;
}

bool nf_unpack_knows(const uint8_t *bytes, size_t n)
{
	return codec_of(bytes, n) != NULL;
}

/* --- The thread --- */

/* Moves what is left to the front and adds to it. @return false: no more, or a fault */
static bool refill(nf_unpack *u, stream *s, int *error)
{
	if (s->in_left > 0)
		memmove(u->input, s->in, s->in_left);
	ssize_t n = read(u->fd, u->input + s->in_left, INPUT - s->in_left);
	*error = n < 0 ? errno : 0;
	s->in = u->input;
	if (n <= 0)
		return false;
	s->in_left += (size_t)n;
	atomic_fetch_add_explicit(&u->taken, (uint64_t)n, memory_order_relaxed);
	return true;
}

/* Gives a piece away, and waits for the next one to be free. @return false: stop */
static bool turn_over(nf_unpack *u, stream *s)
{
	pthread_mutex_lock(&u->lock);
	u->bytes[u->filled % PIECES] = PIECE - s->out_left;
	u->filled++;
	pthread_cond_signal(&u->changed);
	while (!u->stop && u->filled - u->emptied == PIECES)
		pthread_cond_wait(&u->changed, &u->lock);
	bool go_on = !u->stop;
	s->out = u->piece[u->filled % PIECES];
	s->out_left = PIECE;
	pthread_mutex_unlock(&u->lock);
	return go_on;
}

/* One compressed stream, from its first byte to its last. */
static progress unpack_one(nf_unpack *u, stream *s, int *error)
{
	for (;;) {
		progress p = u->codec->step(u->state, s);
		if (p != MORE && !(p == DONE && s->out_left == 0))
			return p;
		if (s->out_left == 0 && !turn_over(u, s))
			return BAD;
		if (p == DONE)
			return DONE;
		if (s->in_left == 0 && !refill(u, s, error))
			return BAD;
	}
}

/* Streams of one kind, one after the other, with nothing between them and nothing after. @return true: that is all there was */
static bool unpack_all(nf_unpack *u, stream *s, int *error)
{
	for (bool first = true;; first = false) {
		while (s->in_left < MAGIC)
			if (!refill(u, s, error))
				return !first && s->in_left == 0 && *error == 0;
		const codec *c = codec_of(s->in, s->in_left);
		if (!c || (u->codec && u->codec != c))
			return false;
		u->codec = c;
		if (!u->state)
			u->state = c->open();
		if (!u->state || !c->begin(u->state) || unpack_one(u, s, error) != DONE)
			return false;
	}
}

static void *run(void *data)
{
	nf_unpack *u = data;
	int error = 0;
	stream s = {u->input, 0, u->piece[0], PIECE};
	bool good = unpack_all(u, &s, &error);
	pthread_mutex_lock(&u->lock);
	if (good && s.out_left < PIECE) {
		u->bytes[u->filled % PIECES] = PIECE - s.out_left;
		u->filled++;
	}
	u->ended = true;
	u->spoilt = !good && error == 0;
	u->error = error;
	pthread_cond_signal(&u->changed);
	pthread_mutex_unlock(&u->lock);
	if (u->codec)
		u->codec->close(u->state);
	return NULL;
}

static bool start(nf_unpack *u)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool started = pthread_create(&u->thread, NULL, run, u) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

static void clear(nf_unpack *u)
{
	for (int i = 0; i < PIECES; i++)
		free(u->piece[i]);
	free(u->input);
	pthread_mutex_destroy(&u->lock);
	pthread_cond_destroy(&u->changed);
	free(u);
}

nf_unpack *nf_unpack_open(int fd)
{
	nf_unpack *u = calloc(1, sizeof *u);
	if (!u)
		return NULL;
	u->fd = fd;
	pthread_mutex_init(&u->lock, NULL);
	pthread_cond_init(&u->changed, NULL);
	bool room = (u->input = malloc(INPUT)) != NULL;
	for (int i = 0; i < PIECES; i++)
		room = (u->piece[i] = malloc(PIECE)) && room;
	if (room && start(u))
		return u;
	clear(u);
	return NULL;
}

/* --- The other side --- */

size_t nf_unpack_read(nf_unpack *u, uint8_t *to, size_t size, bool *spoilt, int *error)
{
	pthread_mutex_lock(&u->lock);
	while (!u->ended && u->filled - u->emptied <= HELD)
		pthread_cond_wait(&u->changed, &u->lock);
	bool clean = u->ended && !u->spoilt && !u->error;
	bool there = u->filled - u->emptied > (clean ? 0 : HELD);
	*spoilt = !there && u->spoilt;
	*error = there ? 0 : u->error;
	pthread_mutex_unlock(&u->lock);
	if (!there)
		return 0;
	const unsigned which = u->emptied % PIECES;
	size_t n = u->bytes[which] - u->at;
	n = n < size ? n : size;
	memcpy(to, u->piece[which] + u->at, n);
	u->at += n;
	if (u->at < u->bytes[which])
		return n;
	u->at = 0;
	pthread_mutex_lock(&u->lock);
	u->emptied++;
	pthread_cond_signal(&u->changed);
	pthread_mutex_unlock(&u->lock);
	return n;
}

uint64_t nf_unpack_taken(nf_unpack *u)
{
	return atomic_load_explicit(&u->taken, memory_order_relaxed);
}

void nf_unpack_close(nf_unpack *u)
{
	if (!u)
		return;
	pthread_mutex_lock(&u->lock);
	u->stop = true;
	pthread_cond_signal(&u->changed);
	pthread_mutex_unlock(&u->lock);
	pthread_join(u->thread, NULL);
	clear(u);
}
