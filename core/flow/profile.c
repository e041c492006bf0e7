/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/profile.h>

#include "model.h"
#include "nearest.h"

#include <string.h>

static const struct {
	const char *name, *text;
	const nf_model *model;
} profiles[] = {
#define NF_PROFILE(id, name, model, columns, text) {name, text, &model},
#include <netflower/profiles.def>
#undef NF_PROFILE
};

const char *nf_profile_name(nf_profile profile)
{
	return (unsigned)profile < NF_PROFILE_COUNT ? profiles[profile].name : NULL;
}

const char *nf_profile_text(nf_profile profile)
{
	return (unsigned)profile < NF_PROFILE_COUNT ? profiles[profile].text : NULL;
}

nf_limits nf_profile_limits(nf_profile profile, bool live)
{
	const nf_model *model = profiles[(unsigned)profile < NF_PROFILE_COUNT ? profile : NF_PROFILE_NETFLOWER].model;

	return live ? model->live_limits : model->limits;
}

static const char *name_at(const void *of, size_t i)
{
	(void)of;
	return profiles[i].name;
}

nf_status nf_profile_find(const char *name, nf_profile *profile, nf_error *error)
{
	size_t found;
	nf_status status = nf_find_name("profile", name, name_at, NULL, NF_PROFILE_COUNT, &found, error);

	if (status == NF_OK)
		*profile = (nf_profile)found;
	return status;
}
