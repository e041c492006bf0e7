/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of skip and end reasons, from their tables. */
#include <netflower/flow.h>
#include <netflower/frame.h>

#include <stddef.h>

static const struct {
	const char *name, *text, *option;
} skips[NF_SKIP_COUNT] = {
#define NF_SKIP(id, name, text, option) [NF_SKIP_##id] = {name, text, option},
#include <netflower/skip.def>
#undef NF_SKIP
};

static const char *const ends[NF_END_COUNT] = {
#define NF_END_REASON(id, name) [NF_END_##id] = name,
#include <netflower/end.def>
#undef NF_END_REASON
};

const char *nf_skip_name(nf_skip skip)
{
	return (unsigned)skip < NF_SKIP_COUNT ? skips[skip].name : NULL;
}

const char *nf_skip_text(nf_skip skip)
{
	return (unsigned)skip < NF_SKIP_COUNT ? skips[skip].text : NULL;
}

const char *nf_skip_option(nf_skip skip)
{
	return (unsigned)skip < NF_SKIP_COUNT ? skips[skip].option : NULL;
}

const char *nf_end_reason_name(nf_end_reason reason)
{
	return (unsigned)reason < NF_END_COUNT ? ends[reason] : NULL;
}
