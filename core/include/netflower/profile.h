/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file profile.h
 * Profiles: what a flow is, and what its numbers mean. A model that was trained on the rows of one tool wants that tool's profile.
 */
#ifndef NETFLOWER_PROFILE_H
#define NETFLOWER_PROFILE_H

#include <netflower/error.h>

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

/** The profile of a name. @return NF_ARGUMENT: there is none; the text names all there are */
NF_API NF_MUST_CHECK nf_status nf_profile_find(const char *name, nf_profile *profile, nf_error *error);

#ifdef __cplusplus
}
#endif
#endif
