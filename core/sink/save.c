/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames on their way to the files of their flows. */
#include "sink/save.h"

#include "sink/save_files.h"

#include <stdlib.h>
#include <string.h>

/* A frame that waits for the engine's word, in the ring of bytes: this head, then the bytes. */
typedef struct waiting {
	uint64_t number;
	nf_frame frame; /* without data */
} waiting;

struct nf_saver {
	nf_save_files *files;
	unsigned char *bytes; /* frames that wait, in order */
	size_t begin, end, room;
	bool failed, told;
	nf_error why;
};

nf_status nf_saver_new(nf_saver **result, const char *folder, nf_error *error)
{
	nf_saver *saver = calloc(1, sizeof *saver);

	*result = NULL;
	if (!saver)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	nf_status status = nf_save_files_new(&saver->files, folder, error);
	if (status == NF_OK)
		*result = saver;
	else
		nf_saver_free(saver);
	return status;
}

void nf_saver_free(nf_saver *saver)
{
	if (!saver)
		return;
	nf_save_files_free(saver->files);
	free(saver->bytes);
	free(saver);
}

static void fail(nf_saver *saver, nf_status status)
{
	if (status == NF_OK || saver->failed)
		return;
	saver->failed = true;
	nf_save_files_give_up(saver->files);
	nf_saver_forget(saver);
}

static bool make_room(nf_saver *saver, size_t n)
{
	if (saver->room - saver->end >= n)
		return true;
	if (saver->begin > 0) {
		memmove(saver->bytes, saver->bytes + saver->begin, saver->end - saver->begin);
		saver->end -= saver->begin;
		saver->begin = 0;
		if (saver->room - saver->end >= n)
			return true;
	}
	size_t room = saver->end + n > NF_SAVE_WAITING ? saver->end + n : NF_SAVE_WAITING;
	unsigned char *bytes = realloc(saver->bytes, room);
	if (!bytes)
		return false;
	saver->bytes = bytes;
	saver->room = room;
	return true;
}

bool nf_saver_frame(nf_saver *saver, const nf_frame *frame, uint64_t number)
{
	waiting head = {number, *frame};

	if (saver->failed)
		return true;
	if (!make_room(saver, sizeof head + frame->captured)) {
		fail(saver, nf_fail(&saver->why, NF_NO_MEMORY, "out of memory"));
		return true;
	}
	head.frame.data = NULL;
	memcpy(saver->bytes + saver->end, &head, sizeof head);
	if (frame->captured)
		memcpy(saver->bytes + saver->end + sizeof head, frame->data, frame->captured);
	saver->end += sizeof head + frame->captured;
	return saver->end - saver->begin < NF_SAVE_WAITING / 2;
}

/* Frames before the packet's own have given no packet to any flow, or all of theirs. */
void nf_saver_packet(void *to, uint64_t flow, const nf_packet *packet)
{
	nf_saver *saver = to;
	waiting head;

	while (saver->begin < saver->end) {
		memcpy(&head, saver->bytes + saver->begin, sizeof head);
		if (head.number >= packet->number)
			break;
		saver->begin += sizeof head + head.frame.captured;
	}
	if (saver->begin == saver->end || head.number != packet->number)
		return;
	head.frame.data = saver->bytes + saver->begin + sizeof head;
	fail(saver, nf_save_files_write(saver->files, flow, &head.frame, &saver->why));
}

void nf_saver_dropped(void *to, uint64_t flow)
{
	nf_saver *saver = to;

	if (!saver->failed)
		nf_save_files_drop(saver->files, flow);
}

void nf_saver_forget(nf_saver *saver)
{
	saver->begin = saver->end = 0;
}

void nf_saver_flow(nf_saver *saver, const nf_flow *flow)
{
	if (!saver->failed)
		fail(saver, nf_save_files_name(saver->files, flow, &saver->why));
}

bool nf_saver_failed(nf_saver *saver, nf_error *error)
{
	if (!saver->failed || saver->told)
		return false;
	saver->told = true;
	*error = saver->why;
	return true;
}

uint64_t nf_saver_files(const nf_saver *saver)
{
	return nf_save_files_named(saver->files);
}
