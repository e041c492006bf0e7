/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file source/source.h
 * What every origin of frames implements. The public side is netflower/source.h.
 */
#ifndef NETFLOWER_SOURCE_SOURCE_H
#define NETFLOWER_SOURCE_SOURCE_H

#include <netflower/source.h>

/** The calls of one kind of source, with the contracts of the public calls of the same names. */
typedef struct nf_source_ops {
	nf_status (*next)(nf_source *source, nf_frame *frame, nf_source_event *event, nf_error *error);
	size_t (*more)(nf_source *source, nf_frame *frames, size_t most); /**< NULL: it never has any */
	void (*get_info)(const nf_source *source, nf_source_info *info);
	void (*close)(nf_source *source);
} nf_source_ops;

/** First member of every kind of source. */
struct nf_source {
	const nf_source_ops *ops;
};

/**
 * Opens one capture file, or "-", as a source of its own. Such a source never sets file_ended: NF_END is the end of its file.
 * After NF_END or a failure it may only be asked for its info and closed.
 *
 * @a name must live as long as the source.
 */
NF_MUST_CHECK nf_status nf_capture_open(nf_source **capture, const char *name, nf_source_reader reader, nf_error *error);

/**
 * The same through libwiretap. @a name is for texts, @a path is what is opened, which may be another name of the same thing.
 * @a before frames of it were given already, by somebody else; counting goes on from there.
 */
NF_MUST_CHECK nf_status nf_wiretap_open(nf_source **capture, const char *name, const char *path, uint64_t before, nf_error *error);

/** Whether there is a file or a pipe at @a path that can be opened; @a name is for texts. */
NF_MUST_CHECK nf_status nf_file_look(const char *name, const char *path, nf_error *error);

/** What a name is called in texts: "standard input" for "-". */
const char *nf_capture_name(const char *name);

#endif
