/* SPDX-License-Identifier: GPL-2.0-or-later */
#if NF_HAVE_WIRETAP
#include "source/wiretap_library.h"

#include <glib.h>

#include <dlfcn.h>
#include <stdbool.h>

nf_wiretap_library nf_wiretap;

static bool has_all(void *handle)
{
#define NF_WIRETAP(function) \
	*(void **)(void *)&nf_wiretap.function = dlsym(handle, #function); \
	if (!nf_wiretap.function) \
		return false;
#include "wiretap_library.def"
#undef NF_WIRETAP
	return true;
}

/* A program that hosts us may have set wiretap up already; doing that twice would lose its tables. */
static void set_up(void *handle)
{
	void *const *routines = dlsym(handle, "open_routines");

	if (routines && *routines)
		return;
	nf_wiretap.ws_log_set_level(LOG_LEVEL_CRITICAL);
	nf_wiretap.wtap_init(FALSE);
}

/* NULL: it is there. The text is kept for good. */
static const char *load(void)
{
	void *handle = dlopen(NF_WIRETAP_SONAME, RTLD_NOW);

	if (!handle || !has_all(handle))
		return g_intern_string(dlerror());
	set_up(handle);
	return NULL;
}

bool nf_wiretap_load(const char **why)
{
	static const char *missing;
	static gsize done;

	if (g_once_init_enter(&done)) {
		missing = load();
		g_once_init_leave(&done, 1);
	}
	if (why)
		*why = missing;
	return !missing;
}
#endif
