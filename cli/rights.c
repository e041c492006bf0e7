/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rights.h"

#include "say.h"

#include <glib.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

#if NF_HAVE_CAPNG
#include <cap-ng.h>
#endif

struct rights {
	char *name;    /* of the user, for messages */
	uid_t uid;
	gid_t gid;
	bool changes;  /* the user or group is another one than now */
	bool groups;   /* with all groups that the user is in; else with gid alone */
	bool raw, admin, override; /* capabilities that are kept */
	bool dropped;
};

const char *rights_words(void)
{
#if NF_HAVE_CAPNG
	return "gives up rights with libcap-ng";
#else
	return "gives up no rights: built without libcap-ng";
#endif
}

void rights_free(rights *r)
{
	if (!r)
		return;
	g_free(r->name);
	g_free(r);
}

/* --- whom to become -------------------------------------------------------------------------------------------------------------- */

/* An id in digits. */
static bool number_of(const char *text, unsigned *id)
{
	char *end;

	if (!g_ascii_isdigit(*text))
		return false;
	errno = 0;
	unsigned long n = strtoul(text, &end, 10);
	*id = (unsigned)n;
	return errno == 0 && !*end && n < UINT_MAX; /* the last one means "as it is" */
}

/* Only where we can: without libcap-ng nobody asks. */
static nf_status may_become(const rights *r, nf_error *error)
{
	if (!r->changes)
		return NF_OK;
#if NF_HAVE_CAPNG
	capng_get_caps_process();
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETUID) && capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID))
		return NF_OK;
	if (geteuid() != 0)
		return nf_fail(error, NF_ARGUMENT, "cannot become the user %s: only root can, as in: sudo nf-cli --user %s", r->name, r->name);
	return nf_fail(error, NF_ARGUMENT, "cannot become the user %s: the capabilities CAP_SETUID and CAP_SETGID are missing", r->name);
#else
	return nf_fail(error, NF_ARGUMENT, "cannot become the user %s: this nf-cli was built without libcap-ng", r->name);
#endif
}

static nf_status find_group(rights *r, const char *name, nf_error *error)
{
	const struct group *group = getgrnam(name);
	unsigned id;

	r->groups = false;
	if (group)
		r->gid = group->gr_gid;
	else if (number_of(name, &id))
		r->gid = id;
	else
		return nf_fail(error, NF_ARGUMENT, "--user: there is no group '%s'", name);
	return NF_OK;
}

static void set_name(rights *r, const struct passwd *user, const char *number)
{
	g_free(r->name);
	r->name = g_strdup(user ? user->pw_name : number);
}

static nf_status find_user(rights *r, const char *name, const char *group, nf_error *error)
{
	unsigned id = 0;
	const struct passwd *user = getpwnam(name);

	if (!user && number_of(name, &id))
		user = getpwuid(id);
	else if (!user)
		return nf_fail(error, NF_ARGUMENT, "--user: there is no user '%s'", name);
	set_name(r, user, name);
	r->uid = user ? user->pw_uid : id;
	r->groups = true;
	if (group)
		return find_group(r, group, error);
	if (!user)
		return nf_fail(error, NF_ARGUMENT, "--user: no user with the number %s is known: give the group too, as in --user %s:GROUP", name, name);
	r->gid = user->pw_gid;
	return NF_OK;
}

static nf_status take_user(rights *r, const char *text, nf_error *error)
{
	nf_status status;

	if (!NF_HAVE_CAPNG)
		return nf_fail(error, NF_ARGUMENT, "--user is not there: this nf-cli was built without libcap-ng");
	char **parts = g_strsplit(text, ":", 2);
	if (!*parts[0] || (parts[1] && !*parts[1]))
		status = nf_fail(error, NF_ARGUMENT, "--user takes NAME or NAME:GROUP, not '%s'", text);
	else
		status = find_user(r, parts[0], parts[1], error);
	g_strfreev(parts);
	return status;
}

/* The caller of sudo, as sudo tells. */
static nf_status take_caller(rights *r, const char *uid_text, nf_error *error)
{
	const char *gid_text = getenv("SUDO_GID");
	unsigned uid, gid;

	if (!number_of(uid_text, &uid) || !gid_text || !number_of(gid_text, &gid))
		return nf_fail(error, NF_ARGUMENT, "SUDO_UID and SUDO_GID do not name the caller of sudo: say whom to become, as in --user NAME");
	const struct passwd *user = getpwuid(uid);
	set_name(r, user, uid_text);
	r->uid = uid;
	r->gid = gid;
	r->groups = user;
	return NF_OK;
}

/* Names are looked up now: in the sandbox nobody could be asked. */
static void take_ourselves(rights *r)
{
	const struct passwd *user = getpwuid(geteuid());

	r->uid = geteuid();
	r->gid = getegid();
	r->name = user ? g_strdup(user->pw_name) : g_strdup_printf("%u", (unsigned)r->uid);
}

nf_status rights_new(rights **result, const char *text, nf_error *error)
{
	rights *r = g_new0(rights, 1);
	const char *caller = geteuid() == 0 ? getenv("SUDO_UID") : NULL;
	nf_status status = NF_OK;

	*result = NULL;
	take_ourselves(r);
	if (text)
		status = take_user(r, text, error);
	else if (caller && NF_HAVE_CAPNG)
		status = take_caller(r, caller, error);
	r->changes = r->uid != geteuid() || r->gid != getegid();
	if (status == NF_OK)
		status = may_become(r, error);
	if (status == NF_OK)
		*result = r;
	else
		rights_free(r);
	return status;
}

/* --- files that will be made ----------------------------------------------------------------------------------------------------- */

char *rights_folder_of(const char *output)
{
	char *whole = realpath(output, NULL);
	char *name = g_strdup(whole ? whole : output), *percent = strchr(name, '%');

	free(whole);
	if (percent)
		percent[1] = '\0';
	char *folder = g_path_get_dirname(name);
	g_free(name);
	return folder;
}

static bool may(const char *path, int how)
{
	return faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0 || errno != EACCES;
}

/* Whether no right is missing to make that file, or to replace it. */
static bool may_write(const char *output)
{
	struct stat st;
	const bool exists = stat(output, &st) == 0;

	if (exists && !may(output, W_OK))
		return false;
	if (exists && !S_ISREG(st.st_mode))
		return true;
	char *folder = rights_folder_of(output);
	bool result = may(folder, W_OK | X_OK);
	g_free(folder);
	return result;
}

void rights_explain_output(const rights *r, const char *output)
{
	if (!r || !r->dropped || strcmp(output, "-") == 0 || may_write(output))
		return;
	char *relative = rights_folder_of(output), *folder = g_canonicalize_filename(relative, NULL);
	g_free(relative);
	if (r->changes)
		say("nf-cli has given up root's rights and is the user %s now, who may not write there: name a file in a folder of %s, or give "
		    "--user the user to whom %s belongs (--user root stays root)",
		    r->name, r->name, folder);
	else
		say("nf-cli runs as %s, who may not write there: name a file in another folder than %s", r->name, folder);
	g_free(folder);
}

/* --- giving up ------------------------------------------------------------------------------------------------------------------- */

#if NF_HAVE_CAPNG
static bool has(unsigned capability)
{
	return capng_have_capability(CAPNG_PERMITTED, capability);
}

static void keep(bool it, unsigned capability)
{
	if (it)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, capability);
}

/* Root without it is to files as any user is. Tried with this capability out of effect, and put into effect again. */
static bool needs_override(const rights *r, const char *const *outputs, size_t n)
{
	bool needs = false;

	if (r->changes || r->uid != 0 || !has(CAP_DAC_OVERRIDE))
		return false;
	capng_updatev(CAPNG_DROP, CAPNG_EFFECTIVE, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, -1);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		needs = needs || (outputs[i] && strcmp(outputs[i], "-") != 0 && !may_write(outputs[i]));
	capng_get_caps_process();
	return needs;
}

static int change(const rights *r, bool bounds)
{
	const unsigned flags = (r->groups ? CAPNG_INIT_SUPP_GRP : CAPNG_DROP_SUPP_GRP) | (bounds ? CAPNG_CLEAR_BOUNDING : 0);
	uid_t uid, effective, saved;

	if (!r->changes)
		return capng_apply(bounds ? CAPNG_SELECT_ALL : CAPNG_SELECT_CAPS);
	int result = capng_change_id((int)r->uid, (int)r->gid, (capng_flags_t)flags);
	if (result == 0 && (getresuid(&uid, &effective, &saved) != 0 || uid != r->uid || effective != r->uid || saved != r->uid))
		result = -1;
	return result;
}

nf_status rights_drop(rights *r, unsigned keeps, const char *const *outputs, size_t n, nf_error *error)
{
	capng_get_caps_process();
	const bool bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);

	r->override = needs_override(r, outputs, n);
	r->raw = keeps & RIGHTS_CAPTURE && has(CAP_NET_RAW);
	r->admin = keeps & RIGHTS_MONITOR && has(CAP_NET_ADMIN);
	if (keeps & RIGHTS_CAPTURE && !r->raw)
		return nf_fail(error, NF_DENIED, "no permission to capture from an interface when it comes: the capability CAP_NET_RAW is missing");
	capng_clear(bounds ? CAPNG_SELECT_ALL : CAPNG_SELECT_CAPS);
	keep(r->raw, CAP_NET_RAW);
	keep(r->admin, CAP_NET_ADMIN);
	keep(r->override, CAP_DAC_OVERRIDE);
	errno = 0;
	int result = change(r, bounds);
	if (result != 0)
		return nf_fail(error, NF_DENIED, "cannot become the user %s: %s", r->name, errno ? strerror(errno) : "not allowed here");
	r->dropped = true;
	return NF_OK;
}
#else
nf_status rights_drop(rights *r, unsigned keeps, const char *const *outputs, size_t n, nf_error *error)
{
	(void)r, (void)keeps, (void)outputs, (void)n, (void)error;
	return NF_OK;
}
#endif

char *rights_now(const rights *r)
{
	const char *name = r->name;

	if (!r->dropped)
		return g_strdup_printf("as user %s, with all rights that it was given: built without libcap-ng", name);
	if (!r->raw && !r->admin && !r->override)
		return g_strdup_printf("as user %s, with no capability", name);
	return g_strdup_printf("as user %s, with%s%s%s", name, r->raw ? " CAP_NET_RAW" : "", r->admin ? " CAP_NET_ADMIN" : "",
			       r->override ? " CAP_DAC_OVERRIDE" : "");
}

void rights_explain_capture(void)
{
	char *program = g_file_read_link("/proc/self/exe", NULL);
	const char *name = program ? program : "nf-cli";

	if (geteuid() == 0)
		say("root has not that capability here, as in a container: start it with that capability, as in: docker run --cap-add NET_RAW");
	else if (getxattr(name, "security.capability", NULL, 0) > 0)
		say("%s has a capability, but it is not given here: it must be cap_net_raw+eip, and neither the mount option nosuid, nor "
		    "no-new-privileges, nor the limits of a container may stand against it",
		    name);
	else
		say("run it with sudo, or give it that capability for good: sudo setcap cap_net_raw+eip %s", name);
	g_free(program);
}
