/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/netflower.h>

#include "version.h"

const char *nf_version(void)
{
	return NF_VERSION;
}
