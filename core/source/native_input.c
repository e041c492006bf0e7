/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/native.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_SIZE = 256 << 10 };

bool nf_input_open(nf_input *input, int fd)
{
	*input = (nf_input){.fd = fd, .buffer = malloc(FIRST_SIZE), .size = FIRST_SIZE};
	return input->buffer != NULL;
}

void nf_input_close(nf_input *input)
{
	nf_unpack_close(input->unpack);
	free(input->buffer);
	*input = (nf_input){.fd = -1};
}

bool nf_input_unpack(nf_input *input)
{
	input->unpack = nf_unpack_open(input->fd);
	return input->unpack != NULL;
}

/* The buffer grows to twice what is asked for at once, so that what is left over is moved seldom. */
static bool make_room(nf_input *input, size_t n)
{
	size_t left = input->end - input->at;
	if (n > input->size) {
		uint8_t *larger = malloc(2 * n);
		if (!larger)
			return false;
		memcpy(larger, input->buffer + input->at, left);
		free(input->buffer);
		input->buffer = larger;
		input->size = 2 * n;
	} else {
		memmove(input->buffer, input->buffer + input->at, left);
	}
	input->at = 0;
	input->end = left;
	return true;
}

static void read_more(nf_input *input)
{
	uint8_t *to = input->buffer + input->end;
	size_t room = input->size - input->end;
	if (input->unpack) {
		size_t n = nf_unpack_read(input->unpack, to, room, &input->spoilt, &input->error);
		input->end += n;
		input->ended = n == 0;
		return;
	}
	ssize_t n = read(input->fd, to, room);
	if (n < 0)
		input->error = errno;
	else
		input->end += (size_t)n;
	if (n > 0)
		input->taken += (uint64_t)n;
	input->ended = n <= 0;
}

const uint8_t *nf_input_fill(nf_input *input, size_t n)
{
	if (!input->ended && !make_room(input, n)) {
		input->ended = true;
		input->error = ENOMEM;
	}
	while (!input->ended && input->end - input->at < n)
		read_more(input);
	return input->end - input->at >= n ? input->buffer + input->at : NULL;
}
