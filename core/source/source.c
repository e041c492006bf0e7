/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/source.h"

#include <string.h>

nf_status nf_source_next(nf_source *source, nf_frame *frame, nf_source_event *event, nf_error *error)
{
	event->file_ended = false;
	return source->ops->next(source, frame, event, error);
}

size_t nf_source_more(nf_source *source, nf_frame *frames, size_t most)
{
	return source->ops->more ? source->ops->more(source, frames, most) : 0;
}

void nf_source_get_info(const nf_source *source, nf_source_info *info)
{
	source->ops->get_info(source, info);
}

void nf_source_close(nf_source *source)
{
	if (source)
		source->ops->close(source);
}

const char *nf_capture_name(const char *name)
{
	return strcmp(name, "-") == 0 ? "standard input" : name;
}
