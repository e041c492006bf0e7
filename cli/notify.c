/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notify.h"

#include "say.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int to = -1;
static gint64 interval_us;

/* A path, or a name without one that begins with @. */
static int connect_to(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const size_t n = strlen(name);

	if ((*name != '/' && *name != '@') || n < 2 || n >= sizeof address.sun_path) {
		errno = EINVAL;
		return -1;
	}
	memcpy(address.sun_path, name, n);
	if (*name == '@')
		*address.sun_path = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) != 0) {
		int number = errno;
		close(fd);
		errno = number;
		return -1;
	}
	return fd;
}

static guint64 number_in(const char *variable)
{
	const char *text = g_getenv(variable);

	return text ? g_ascii_strtoull(text, NULL, 10) : 0;
}

void notify_begin(void)
{
	const char *name = g_getenv("NOTIFY_SOCKET");
	const guint64 usec = number_in("WATCHDOG_USEC");

	if (name && *name && (to = connect_to(name)) < 0)
		say("warning: cannot tell the service manager at %s: %s", name, strerror(errno));
	/* Meant for us, or for whoever started us? */
	if (to >= 0 && usec < G_MAXINT64 && (!g_getenv("WATCHDOG_PID") || number_in("WATCHDOG_PID") == (guint64)getpid()))
		interval_us = (gint64)usec / 2;
	g_unsetenv("NOTIFY_SOCKET");
	g_unsetenv("WATCHDOG_USEC");
	g_unsetenv("WATCHDOG_PID");
}

void notify(const char *message)
{
	if (to >= 0)
		(void)!send(to, message, strlen(message), MSG_DONTWAIT | MSG_NOSIGNAL);
}

int notify_socket(void)
{
	return to;
}

gint64 notify_interval_us(void)
{
	return interval_us;
}
