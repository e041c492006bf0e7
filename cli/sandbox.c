/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sandbox.h"

#include <stdlib.h>
#include <sys/prctl.h>

#if NF_HAVE_SECCOMP
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <ucontext.h>
#include <unistd.h>
#endif

void sandbox_no_new_rights(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

#if NF_HAVE_SECCOMP
static bool files_confined;

bool sandbox_confines_files(void)
{
	return files_confined;
}

const char *sandbox_words(void)
{
	return landlock_is_there() ? "sandbox of libseccomp and Landlock" : "sandbox of libseccomp; this kernel has no Landlock";
}

/* Valgrind is one of those that preload something. */
bool sandbox_is_usual(const char **why_not)
{
	const char *preload = getenv("LD_PRELOAD");

	*why_not = preload && *preload ? "LD_PRELOAD is set, and --sandbox was not asked for" : "";
	return !**why_not;
}

/* --- a system call that is not allowed ------------------------------------------------------------------------------------------- */

enum { CALLS_MAX = 1024, MESSAGE_MAX = 256, FROM_SECCOMP = 1 }; /* SYS_SECCOMP of a siginfo */

static char *call_names[CALLS_MAX]; /* the handler may not allocate */
static volatile sig_atomic_t told[CALLS_MAX];

static void name_calls(void)
{
	for (int i = 0; i < CALLS_MAX; i++)
		call_names[i] = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, i);
}

static void add(char message[MESSAGE_MAX], const char *text)
{
	const size_t have = strlen(message), n = strlen(text);

	if (have + n < MESSAGE_MAX)
		memcpy(message + have, text, n + 1);
}

/* Only what is allowed within a signal handler. */
static void tell(int number)
{
	const char *name = number >= 0 && number < CALLS_MAX ? call_names[number] : NULL;
	char message[MESSAGE_MAX] = "", digits[12] = "", *digit = digits + sizeof digits - 1;

	if (number >= 0 && number < CALLS_MAX && told[number]++)
		return;
	for (unsigned n = (unsigned)number; digit > digits; n /= 10) {
		*--digit = (char)('0' + n % 10);
		if (n < 10)
			break;
	}
	add(message, "nf-cli: the sandbox does not allow the system call ");
	add(message, name ? name : digit);
	add(message, " with what it was called with: it fails. If something is amiss by that, use --no-sandbox, and report it\n");
	(void)!write(STDERR_FILENO, message, strlen(message));
}

/* The call returns as one does that is not permitted. Where we do not know how to do that, this is the end. */
static void fail_call(ucontext_t *context)
{
#if defined(__x86_64__)
	context->uc_mcontext.gregs[REG_RAX] = -EPERM;
#elif defined(__i386__)
	context->uc_mcontext.gregs[REG_EAX] = -EPERM;
#elif defined(__aarch64__)
	context->uc_mcontext.regs[0] = (uint64_t)-EPERM;
#elif defined(__arm__)
	context->uc_mcontext.arm_r0 = (unsigned long)-EPERM;
#elif defined(__riscv)
	context->uc_mcontext.__gregs[REG_A0] = (unsigned long)-EPERM;
#else
	(void)context;
	_exit(128 + SIGSYS);
#endif
}

static void on_call(int number, siginfo_t *info, void *context)
{
	const int saved = errno;

	(void)number;
	if (info->si_code != FROM_SECCOMP)
		return;
	tell(info->si_syscall);
	fail_call(context);
	errno = saved;
}

static void handle_calls(void)
{
	struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO | SA_NODEFER};

	name_calls();
	sigemptyset(&action.sa_mask);
	sigaction(SIGSYS, &action, NULL);
}

/* --- the list -------------------------------------------------------------------------------------------------------------------- */

enum { ALWAYS = 1 << 0, FILES = 1 << 1, APPENDS = 1 << 2, REOPENS = 1 << 3 };

static const struct {
	const char *name;
	unsigned when;
} calls[] = {
#define NF_CALL(name, when) {#name, when},
#include "calls.def"
#undef NF_CALL
};

/* A rule that fails is kept for the end: no rule depends on another. */
typedef struct list {
	scmp_filter_ctx filter;
	int failed;
} list;

static void allow(list *l, const char *name, unsigned n, const struct scmp_arg_cmp *arguments)
{
	int number = seccomp_syscall_resolve_name(name);

	if (number == __NR_SCMP_ERROR)
		return;
	int result = seccomp_rule_add_array(l->filter, SCMP_ACT_ALLOW, number, n, arguments);
	if (result != 0 && result != -EEXIST)
		l->failed = result;
}

static struct scmp_arg_cmp equal(unsigned argument, uint64_t value)
{
	return (struct scmp_arg_cmp){.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value};
}

/* The call may be made where these bits of its argument are so. */
static void allow_bits(list *l, const char *name, unsigned argument, uint64_t bits, uint64_t value)
{
	const struct scmp_arg_cmp so = {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = bits, .datum_b = value};

	allow(l, name, 1, &so);
}

static void allow_equal(list *l, const char *name, unsigned argument, uint64_t value)
{
	const struct scmp_arg_cmp so = equal(argument, value);

	allow(l, name, 1, &so);
}

/* Reading; and making files that were not there, for which O_EXCL sees to it, or appending to one. */
static void allow_opening(list *l, unsigned when)
{
	static const struct {
		const char *name;
		unsigned flags; /* which argument */
	} ways[] = {{"open", 1}, {"openat", 2}};

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const unsigned flags = ways[i].flags;
		allow_bits(l, ways[i].name, flags, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
		if (when & FILES)
			allow_bits(l, ways[i].name, flags, O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC, O_WRONLY | O_CREAT | O_EXCL);
		if (when & APPENDS)
			allow_bits(l, ways[i].name, flags, O_ACCMODE | O_CREAT | O_APPEND | O_NOFOLLOW | O_TRUNC,
				   O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW);
	}
}

/* Memory that is never executed. */
static void allow_memory(list *l)
{
	static const char *const names[] = {"mmap", "mmap2", "mprotect"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		allow_bits(l, names[i], 2, PROT_EXEC, 0);
}

/* Requests about interfaces are numbered 0x89.., those of wireless ones 0x8b..; without a capability they only ask. */
static void allow_asking(list *l, unsigned when)
{
	allow_equal(l, "ioctl", 1, TCGETS);
	allow_equal(l, "ioctl", 1, TIOCGWINSZ);
	allow_bits(l, "ioctl", 1, 0xffffff00, 0x8900);
	if (when & REOPENS)
		allow_bits(l, "ioctl", 1, 0xffffff00, 0x8b00);
}

static void allow_sockets(list *l, const sandbox_needs *needs)
{
	static const int families[] = {AF_UNIX, AF_NETLINK, AF_PACKET};

	for (size_t i = 0; i < SANDBOX_SOCKETS; i++)
		if (needs->sockets[i] >= 0)
			allow(l, "sendto", 2, (const struct scmp_arg_cmp[]){equal(0, (uint64_t)needs->sockets[i]), equal(4, 0)});
	/* The ring of a packet socket is taken down when it is closed. */
	allow_equal(l, "setsockopt", 1, SOL_PACKET);
	if (needs->reopens)
		allow(l, "setsockopt", 0, NULL);
	for (size_t i = 0; needs->reopens && i < sizeof families / sizeof *families; i++)
		allow_equal(l, "socket", 0, (uint64_t)families[i]);
}

static void fill(list *l, const sandbox_needs *needs)
{
	unsigned when = ALWAYS | (needs->appends ? APPENDS : 0) | (needs->reopens ? REOPENS : 0);

	for (size_t i = 0; i < needs->n_folders; i++)
		if (needs->folders[i])
			when |= FILES;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (calls[i].when & when)
			allow(l, calls[i].name, 0, NULL);
	allow_opening(l, when);
	allow_memory(l);
	allow_asking(l, when);
	allow_sockets(l, needs);
	/* A signal to ourselves is how an abort ends. */
	allow_equal(l, "tgkill", 0, (uint64_t)getpid());
}

static nf_status enter_calls(const sandbox_needs *needs, nf_error *error)
{
	list l = {.filter = seccomp_init(SCMP_ACT_TRAP)};

	if (!l.filter)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	handle_calls();
	fill(&l, needs);
	if (l.failed == 0)
		l.failed = seccomp_load(l.filter);
	seccomp_release(l.filter);
	return l.failed == 0 ? NF_OK : nf_fail(error, NF_CAPTURE, "cannot begin the sandbox: seccomp: %s", strerror(-l.failed));
}

nf_status sandbox_enter(const sandbox_needs *needs, const char **with, nf_error *error)
{
	nf_status status = NF_OK;

	sandbox_no_new_rights();
	if (landlock_is_there()) {
		status = landlock_enter(needs, error);
		files_confined = status == NF_OK;
	}
	*with = files_confined ? "system calls (seccomp) and files (Landlock)" : "system calls (seccomp); this kernel has no Landlock for files";
	return status == NF_OK ? enter_calls(needs, error) : status;
}
#else
bool sandbox_confines_files(void)
{
	return false;
}

const char *sandbox_words(void)
{
	return "no sandbox: " NF_NO_SANDBOX;
}

bool sandbox_is_usual(const char **why_not)
{
	*why_not = NF_NO_SANDBOX;
	return false;
}

nf_status sandbox_enter(const sandbox_needs *needs, const char **with, nf_error *error)
{
	(void)needs;
	*with = "";
	return nf_fail(error, NF_ARGUMENT, "--sandbox is not there: this nf-cli was " NF_NO_SANDBOX);
}
#endif
