/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extra.h"

size_t nf_extra_bytes(const nf_options *options)
{
	(void)options;
	return 0;
}

void nf_extra_init(void *extra, const nf_options *options)
{
	(void)extra;
	(void)options;
}

void nf_extra_add(void *extra, const nf_options *options, const nf_brief *brief, const nf_turn *turn)
{
	(void)extra;
	(void)options;
	(void)brief;
	(void)turn;
}
