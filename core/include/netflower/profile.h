/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file profile.h
 * Profiles: what a flow is, and what its numbers mean. A model that was trained on the rows of one tool wants that tool's profile.
 */
#ifndef NETFLOWER_PROFILE_H
#define NETFLOWER_PROFILE_H

#include <netflower/error.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum nf_profile {
#define NF_PROFILE(id, name, model, columns, text) NF_PROFILE_##id,
#include <netflower/profiles.def>
#undef NF_PROFILE
	NF_PROFILE_COUNT
} nf_profile;

/** The name of a profile ("netflower") and what it is in a line; NULL out of range. Static. */
NF_API const char *nf_profile_name(nf_profile profile);
NF_API const char *nf_profile_text(nf_profile profile);

/** A profile's own limits of a flow's life, ns; see nf_options. NF_NO_SUCH_LIMIT: its flows have none, whatever nf_options says. */
typedef struct nf_limits {
	int64_t idle_ns;
	int64_t active_ns;
	int64_t linger_ns;
} nf_limits;
enum { NF_NO_SUCH_LIMIT = -1 };

/** The limits for captures from files, or for live ones. Whoever makes nf_options for a profile puts them there. */
NF_API nf_limits nf_profile_limits(nf_profile profile, bool live);

/** The profile of a name. @return NF_ARGUMENT: there is none; the text names all there are */
NF_API NF_MUST_CHECK nf_status nf_profile_find(const char *name, nf_profile *profile, nf_error *error);

#ifdef __cplusplus
}
#endif
#endif
