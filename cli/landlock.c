/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_include)
#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#define HAVE_LANDLOCK 1
#endif
#endif

#ifdef HAVE_LANDLOCK

/* Of kernels younger than the headers may be; the numbers are those of the kernel's documentation, userspace-api/landlock. */
enum {
	ABI_REFER = 2,
	ABI_TRUNCATE = 3,
	ABI_NETWORK = 4,
	ABI_DEVICE = 5,
	ABI_SCOPE = 6,
	FS_FIRST = (1 << 13) - 1,
	FS_REFER = 1 << 13,
	FS_TRUNCATE = 1 << 14,
	FS_IOCTL_DEVICE = 1 << 15,
	NETWORK_ALL = 3,
	SCOPE_ALL = 3,
};

/* What is denied unless a rule allows it. An older kernel takes a longer struct if the rest is 0. */
typedef struct ruleset {
	uint64_t files, network, scope;
} ruleset;

static const uint64_t READS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t MAKES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;

static int abi(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool landlock_is_there(void)
{
	return abi() > 0;
}

static ruleset denied_by(int version)
{
	return (ruleset){
		.files = FS_FIRST | (version >= ABI_REFER ? FS_REFER : 0) | (version >= ABI_TRUNCATE ? FS_TRUNCATE : 0) |
			 (version >= ABI_DEVICE ? FS_IOCTL_DEVICE : 0),
		.network = version >= ABI_NETWORK ? NETWORK_ALL : 0,
		.scope = version >= ABI_SCOPE ? SCOPE_ALL : 0,
	};
}

/* A rule for a path and all below it. */
static bool allow(int rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = open(path, O_PATH | O_CLOEXEC)};
	struct stat st;

	if (rule.parent_fd < 0)
		return false;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE;
	bool result = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	int number = errno;
	close(rule.parent_fd);
	errno = number;
	return result;
}

/* Each strftime() may look at the time zone again; opening an interface reads what the kernel tells of it. */
static void allow_reading(int rules, const sandbox_needs *needs)
{
	static const char *const zones[] = {"/etc/localtime", "/usr/share/zoneinfo"}, *const kernel[] = {"/sys/class/net", "/sys/devices", "/proc/sys/net"};
	const char *folder = getenv("TZDIR");

	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
		allow(rules, zones[i], READS);
	if (folder)
		allow(rules, folder, READS);
	for (size_t i = 0; needs->reopens && i < sizeof kernel / sizeof *kernel; i++)
		allow(rules, kernel[i], READS);
}

static nf_status allow_folders(int rules, const sandbox_needs *needs, nf_error *error)
{
	const uint64_t access = MAKES | (needs->appends ? READS : 0);

	for (size_t i = 0; i < needs->n_folders; i++)
		if (needs->folders[i] && !allow(rules, needs->folders[i], access))
			return nf_fail(error, NF_CAPTURE, "cannot begin the sandbox: the folder %s: %s", needs->folders[i], strerror(errno));
	return NF_OK;
}

nf_status landlock_enter(const sandbox_needs *needs, nf_error *error)
{
	const ruleset denied = denied_by(abi());
	int rules = (int)syscall(SYS_landlock_create_ruleset, &denied, sizeof denied, 0);

	if (rules < 0)
		return nf_fail(error, NF_CAPTURE, "cannot begin the sandbox: Landlock: %s", strerror(errno));
	allow_reading(rules, needs);
	nf_status status = allow_folders(rules, needs, error);
	if (status == NF_OK && syscall(SYS_landlock_restrict_self, rules, 0) != 0)
		status = nf_fail(error, NF_CAPTURE, "cannot begin the sandbox: Landlock: %s", strerror(errno));
	close(rules);
	return status;
}
#else
bool landlock_is_there(void)
{
	return false;
}

nf_status landlock_enter(const sandbox_needs *needs, nf_error *error)
{
	(void)needs;
	return nf_fail(error, NF_CAPTURE, "built without Landlock");
}
#endif
