/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"
#include "run.h"
#include "sandbox.h"
#include "say.h"

#include <netflower/netflower.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Without the standard descriptors the next file opened would take their place. What stands in for them cannot be read or written. */
static void fill_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static void print_version(FILE *to)
{
	const char *compressions = nf_output_compressions();

	fprintf(to, "nf-cli %s\nreads captures with %s\ncompresses output with %s\n%s\n%s\n", nf_version(), nf_source_backend(),
		*compressions ? compressions : "nothing", rights_words(), sandbox_words());
}

/* What is told on standard output is all that the user wants, so it must arrive. */
static int tell(const cli_options *options)
{
	nf_error error = {.status = NF_OK};

	errno = 0;
	if (options->help)
		help_print(stdout);
	else if (options->version)
		print_version(stdout);
	else if (options->list_profiles)
		list_profiles_print(stdout);
	else if (options->list_interfaces && !options->list_columns) {
		if (list_interfaces_print(stdout, &error) != NF_OK) {
			say("%s", error.text);
			return EXIT_CAPTURE;
		}
	} else if (list_columns_print(stdout, &options_output(options, 0)->columns, options->list_format, &error) != NF_OK) {
		say("%s", error.text);
		return EXIT_USAGE;
	}
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_SUCCESS;
	if (errno != EPIPE)
		say("cannot write standard output: %s", strerror(errno));
	return EXIT_OUTPUT;
}

int main(int argc, char **argv)
{
	GError *error = NULL;
	int result;

	(void)argc;
	fill_descriptors();
	/* Options name files, and would open them as root. */
	if (getuid() != geteuid()) {
		say("nf-cli is not made to be setuid: remove that, and give it the capability that it needs, as in: sudo setcap cap_net_raw+eip nf-cli");
		return EXIT_USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file too large is a failed write */
	cli_options *options = options_read(argv, &error);
	if (!options) {
		say("%s", error->message);
		say_lines("Try 'nf-cli --help'.\n");
		g_error_free(error);
		return EXIT_USAGE;
	}
	if (options->help || options->version || options->list_columns || options->list_profiles || options->list_interfaces)
		result = tell(options);
	else
		result = run_captures(options);
	options_free(options);
	return result;
}
