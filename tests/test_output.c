/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/output.h>

#include <glib.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each test runs in an empty folder of its own. */
static char *folder;

static void enter(void)
{
	folder = g_dir_make_tmp("nf-output-XXXXXX", NULL);
	g_assert_nonnull(folder);
	g_assert_cmpint(chdir(folder), ==, 0);
	umask(022);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in the folder, in order, parted by spaces. To be freed. */
static char *names(void)
{
	GDir *dir = g_dir_open(".", 0, NULL);
	GPtrArray *found = g_ptr_array_new();
	const char *name;

	while ((name = g_dir_read_name(dir)) != NULL)
		g_ptr_array_add(found, g_strdup(name));
	g_dir_close(dir);
	g_ptr_array_sort(found, by_name);
	g_ptr_array_add(found, NULL);
	char *joined = g_strjoinv(" ", (char **)found->pdata);
	g_strfreev((char **)g_ptr_array_free(found, FALSE));
	return joined;
}

static void expect_names(const char *expected)
{
	char *found = names();

	g_assert_cmpstr(found, ==, expected);
	g_free(found);
}

static void leave(void)
{
	char *command = g_strdup_printf("rm -r '%s'", folder);

	g_assert_cmpint(chdir("/"), ==, 0);
	g_assert_cmpint(system(command), ==, 0);
	g_free(command);
	g_clear_pointer(&folder, g_free);
}

static void put(const char *name, const char *text)
{
	g_assert_true(g_file_set_contents(name, text, -1, NULL));
}

static void expect_text(const char *name, const char *expected)
{
	char *text;

	g_assert_true(g_file_get_contents(name, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, expected);
	g_free(text);
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	g_assert_cmpint(stat(name, &st), ==, 0);
	return st.st_mode & 07777;
}

static nf_output *open_output(const char *name)
{
	nf_output *output;
	nf_error error;

	nf_status status = nf_output_open(&output, name, &error);
	if (status != NF_OK)
		g_error("%s: %s", name, error.text);
	return output;
}

static void write_text(nf_output *output, const char *text)
{
	g_assert_cmpint(nf_output_write(output, text, strlen(text), NULL), ==, NF_OK);
}

static void write_file(const char *name, const char *text)
{
	nf_output *output = open_output(name);

	write_text(output, text);
	g_assert_cmpint(nf_output_commit(output, NULL), ==, NF_OK);
}

static void expect_failure(const char *name, nf_status expected, const char *text)
{
	nf_output *output = (nf_output *)1;
	nf_error error;

	g_assert_cmpint(nf_output_open(&output, name, &error), ==, expected);
	g_assert_null(output);
	if (!strstr(error.text, text))
		g_error("'%s' does not say '%s'", error.text, text);
}

/* --- files ------------------------------------------------------------------------------------------------------------------------ */

static void test_new_file(void)
{
	enter();
	nf_output *output = open_output("a.csv");
	write_text(output, "one\n");
	g_assert_false(g_file_test("a.csv", G_FILE_TEST_EXISTS));
	expect_text(nf_output_temporary(output), "one\n");
	g_assert_true(g_str_has_prefix(nf_output_temporary(output), "./.a.csv."));
	g_assert_false(nf_output_is_interactive(output));
	write_text(output, "two\n");
	g_assert_cmpint(nf_output_commit(output, NULL), ==, NF_OK);
	expect_text("a.csv", "one\ntwo\n");
	expect_names("a.csv");
	leave();
}

static void test_umask(void)
{
	enter();
	write_file("a", "");
	g_assert_cmpint(mode_of("a"), ==, 0644);
	umask(027);
	write_file("b", "");
	g_assert_cmpint(mode_of("b"), ==, 0640);
	leave();
}

static void test_discard(void)
{
	enter();
	put("a.csv", "good\n");
	nf_output *output = open_output("a.csv");
	write_text(output, "half");
	nf_output_discard(output);
	nf_output_discard(NULL);
	expect_text("a.csv", "good\n");
	expect_names("a.csv");
	leave();
}

static void test_replace(void)
{
	enter();
	put("a.csv", "old\n");
	g_assert_cmpint(chmod("a.csv", 0604), ==, 0);
	nf_output *output = open_output("a.csv");
	g_assert_cmpint(mode_of(nf_output_temporary(output)), ==, 0604);
	write_text(output, "new\n");
	expect_text("a.csv", "old\n");
	g_assert_cmpint(nf_output_commit(output, NULL), ==, NF_OK);
	expect_text("a.csv", "new\n");
	g_assert_cmpint(mode_of("a.csv"), ==, 0604);
	expect_names("a.csv");
	leave();
}

static void test_links(void)
{
	enter();
	g_mkdir("data", 0755);
	put("data/real.csv", "old\n");
	g_assert_cmpint(symlink("data/real.csv", "link"), ==, 0);
	g_assert_cmpint(symlink("link", "link2"), ==, 0);
	write_file("link2", "new\n");
	g_assert_true(g_file_test("link2", G_FILE_TEST_IS_SYMLINK));
	g_assert_true(g_file_test("link", G_FILE_TEST_IS_SYMLINK));
	g_assert_false(g_file_test("data/real.csv", G_FILE_TEST_IS_SYMLINK));
	expect_text("data/real.csv", "new\n");

	/* Dangling: the file that the link names is made. A relative link counts from its own folder. */
	g_assert_cmpint(symlink("made.csv", "data/dangling"), ==, 0);
	write_file("data/dangling", "made\n");
	expect_text("data/made.csv", "made\n");

	g_assert_cmpint(symlink("loop", "loop"), ==, 0);
	expect_failure("loop", NF_CREATE, "cannot create loop: Too many levels");
	expect_names("data link link2 loop");
	leave();
}

static void test_bad_names(void)
{
	char *longest = g_strnfill(256, 'x'), *long_good = g_strnfill(255, 'x');

	enter();
	put("file", "");
	expect_failure("", NF_ARGUMENT, "name of the output is empty");
	expect_failure("nosuch/a.csv", NF_CREATE, "cannot create nosuch/a.csv: the folder nosuch is not there");
	expect_failure("file/a.csv", NF_CREATE, "file/a.csv: Not a directory");
	expect_failure(".", NF_CREATE, "it is a folder");
	expect_failure("new/", NF_CREATE, "name of a file is missing");
	expect_failure(longest, NF_CREATE, "File name too long");
	write_file(long_good, "fits\n");
	expect_text(long_good, "fits\n");
	leave();
	g_free(longest);
	g_free(long_good);
}

static void check_permissions(void)
{
	expect_failure("theirs", NF_CREATE, "cannot replace theirs: Permission denied");
	expect_failure("closed/a", NF_CREATE, "no permission to make files in the folder closed");
	expect_text("theirs", "old\n");
	expect_names("closed theirs");
}

/* root may write anywhere, so there the child becomes somebody else. */
static void test_permissions(void)
{
	int status;

	enter();
	put("theirs", "old\n");
	g_assert_cmpint(chmod("theirs", 0444), ==, 0);
	g_mkdir("closed", 0555);
	g_assert_cmpint(chmod(".", 0777), ==, 0);
	pid_t child = fork();
	if (child == 0) {
		if (geteuid() == 0 && setgid(65534) + setuid(65534) != 0)
			_exit(77);
		check_permissions();
		_exit(0);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		g_test_skip("root that may not become somebody else");
	else
		g_assert_cmpint(status, ==, 0);
	leave();
}

/* --- what is no file -------------------------------------------------------------------------------------------------------------- */

static void test_full(void)
{
	nf_error error;
	nf_output *output = open_output("/dev/full");

	g_assert_null(nf_output_temporary(output));
	g_assert_cmpint(nf_output_write(output, "x", 1, &error), ==, NF_WRITE);
	g_assert_cmpstr(error.text, ==, "cannot write /dev/full: No space left on device");
	nf_output_discard(output);
	g_assert_true(g_file_test("/dev/full", G_FILE_TEST_EXISTS));
}

struct reader {
	int fd;
	GString *text;
	unsigned pause_us;
};

static void *read_pipe(void *data)
{
	struct reader *reader = data;
	char bytes[1000];
	ssize_t n;

	while ((n = read(reader->fd, bytes, sizeof bytes)) > 0) {
		g_string_append_len(reader->text, bytes, n);
		if (reader->pause_us)
			g_usleep(reader->pause_us);
	}
	return NULL;
}

static void test_fifo(void)
{
	pthread_t thread;

	enter();
	g_assert_cmpint(mkfifo("pipe", 0600), ==, 0);
	int fd = open("pipe", O_RDONLY | O_NONBLOCK);
	fcntl(fd, F_SETFL, 0);
	nf_output *output = open_output("pipe");
	g_assert_true(nf_output_is_interactive(output));
	struct reader reader = {.fd = fd, .text = g_string_new(NULL)};
	pthread_create(&thread, NULL, read_pipe, &reader);
	write_text(output, "row\n");
	g_assert_cmpint(nf_output_commit(output, NULL), ==, NF_OK);
	pthread_join(thread, NULL);
	g_assert_cmpstr(reader.text->str, ==, "row\n");
	g_string_free(reader.text, TRUE);
	close(fd);
	expect_names("pipe");
	leave();
}

/* Opens "/dev/fd/N" of the write end of a pipe. */
static nf_output *open_pipe(int fds[2], int flags)
{
	g_assert_cmpint(pipe2(fds, O_CLOEXEC | flags), ==, 0);
	char *name = g_strdup_printf("/dev/fd/%d", fds[1]);
	nf_output *output = open_output(name);
	g_free(name);
	close(fds[1]);
	g_assert_null(nf_output_temporary(output));
	return output;
}

static void test_closed(void)
{
	int fds[2];
	nf_output *output = open_pipe(fds, 0);

	signal(SIGPIPE, SIG_IGN);
	close(fds[0]);
	g_assert_cmpint(nf_output_write(output, "x", 1, NULL), ==, NF_CLOSED);
	nf_output_discard(output);
}

/* Non-blocking and slow: writes are partial, and there is not always room. */
static void test_slow_reader(void)
{
	int fds[2];
	nf_output *output = open_pipe(fds, O_NONBLOCK);
	GString *text = g_string_new(NULL);
	pthread_t thread;

	fcntl(fds[0], F_SETFL, 0);
	struct reader reader = {.fd = fds[0], .text = g_string_new(NULL), .pause_us = 100};
	while (text->len < 300000)
		g_string_append_printf(text, "%zu\n", text->len);
	pthread_create(&thread, NULL, read_pipe, &reader);
	write_text(output, text->str);
	g_assert_cmpint(nf_output_commit(output, NULL), ==, NF_OK);
	pthread_join(thread, NULL);
	g_assert_true(g_string_equal(reader.text, text));
	g_string_free(reader.text, TRUE);
	g_string_free(text, TRUE);
	close(fds[0]);
}

static void on_alarm(int number)
{
	(void)number;
}

/* A timer that interrupts every write which waits. */
static void test_interrupted(void)
{
	struct sigaction action = {.sa_handler = on_alarm}; /* no SA_RESTART */
	const struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
	sigset_t alarms;
	int fds[2];
	pthread_t thread;
	GString *text = g_string_new(NULL);
	nf_output *output = open_pipe(fds, 0);
	struct reader reader = {.fd = fds[0], .text = g_string_new(NULL), .pause_us = 500};

	sigaction(SIGALRM, &action, NULL);
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	while (text->len < 200000)
		g_string_append_printf(text, "%zu\n", text->len);
	pthread_sigmask(SIG_BLOCK, &alarms, NULL);
	pthread_create(&thread, NULL, read_pipe, &reader);
	pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	write_text(output, text->str);
	setitimer(ITIMER_REAL, &never, NULL);
	g_assert_cmpint(nf_output_commit(output, NULL), ==, NF_OK);
	pthread_join(thread, NULL);
	g_assert_true(g_string_equal(reader.text, text));
	g_string_free(reader.text, TRUE);
	g_string_free(text, TRUE);
	close(fds[0]);
}

/* Appended, not replaced: the descriptor is somebody else's. */
static void test_standard_output(void)
{
	enter();
	put("out", "before\n");
	int saved = dup(STDOUT_FILENO), fd = open("out", O_WRONLY | O_APPEND);
	static const char *const all[] = {"-", NULL, "/dev/stdout", "/proc/self/fd/1", "/dev/fd/1"};

	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		nf_output *output;
		nf_status status = nf_output_open(&output, all[i], NULL);
		g_assert_true(status == NF_OK && !nf_output_temporary(output));
		g_assert_false(nf_output_is_interactive(output));
		write_text(output, "x");
		g_assert_cmpint(nf_output_commit(output, NULL), ==, NF_OK);
	}
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd);
	expect_text("out", "before\nxxxxx");
	expect_names("out");
	leave();
}

static void test_disk_full(void)
{
	struct rlimit before, small;
	nf_error error;
	char *bytes = g_malloc0(100000);

	enter();
	put("a", "good\n");
	signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
	small = before;
	small.rlim_cur = 50000;
	nf_output *output = open_output("a");
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
	g_assert_cmpint(nf_output_write(output, bytes, 100000, &error), ==, NF_WRITE);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
	g_assert_cmpstr(error.text, ==, "cannot write a: File too large");
	nf_output_discard(output);
	expect_text("a", "good\n");
	expect_names("a");
	leave();
	g_free(bytes);
}

/* --- compression ------------------------------------------------------------------------------------------------------------------ */

/* What another program makes of a file. To be freed. */
static char *output_of(const char *program, const char *name)
{
	char *command = g_strdup_printf("%s %s", program, name), *text = NULL, *complaints = NULL;

	if (!g_spawn_command_line_sync(command, &text, &complaints, NULL, NULL))
		g_clear_pointer(&text, g_free);
	g_free(complaints);
	g_free(command);
	return text;
}

static void compressed(const char *name, const char *what, const char *program)
{
	GString *text = g_string_new(NULL);

	if (!strstr(nf_output_compressions(), what)) {
		expect_failure(name, NF_ARGUMENT, "this build has no");
		g_test_skip("not in this build");
		g_string_free(text, TRUE);
		return;
	}
	enter();
	nf_output *output = open_output(name);
	write_text(output, "first\n");
	g_assert_cmpint(nf_output_flush(output, NULL), ==, NF_OK);
	/* A flushed part can be read although the end is missing. */
	char *part = output_of(program, nf_output_temporary(output));
	if (part)
		g_assert_cmpstr(part, ==, "first\n");
	g_string_append(text, "first\n");
	while (text->len < 3000000) {
		char *line = g_strdup_printf("%u\n", g_test_rand_int_range(0, 1 << 30));
		write_text(output, line);
		g_string_append(text, line);
		g_free(line);
	}
	g_assert_cmpint(nf_output_commit(output, NULL), ==, NF_OK);
	char *whole = output_of(program, name);
	if (whole)
		g_assert_true(strcmp(whole, text->str) == 0);
	else
		g_test_skip("the program that unpacks is not installed");
	struct stat st;
	g_assert_cmpint(stat(name, &st), ==, 0);
	g_assert_cmpint(st.st_size, <, (off_t)text->len * 2 / 3);
	/* Nothing written is a good file too. */
	char *empty = g_strconcat("empty-", name, NULL);
	write_file(empty, "");
	char *nothing = output_of(program, empty);
	if (nothing)
		g_assert_cmpstr(nothing, ==, "");
	g_free(part);
	g_free(whole);
	g_free(nothing);
	g_free(empty);
	g_string_free(text, TRUE);
	leave();
}

static void test_gzip(void)
{
	compressed("a.csv.gz", "gzip", "gzip -dc");
}

static void test_zstd(void)
{
	compressed("a.csv.zst", "zstd", "zstd -dqc");
}

static void test_compressed_full(void)
{
	nf_error error;

	if (!*nf_output_compressions()) {
		g_test_skip("no compression in this build");
		return;
	}
	enter();
	const char *name = strstr(nf_output_compressions(), "gzip") ? "full.gz" : "full.zst";
	g_assert_cmpint(symlink("/dev/full", name), ==, 0);
	nf_output *output = open_output(name);
	/* The header may go out at once, or stay inside with all else until the end. */
	nf_status status = nf_output_write(output, "x", 1, &error);
	if (status == NF_OK)
		status = nf_output_commit(output, &error);
	else
		nf_output_discard(output);
	g_assert_cmpint(status, ==, NF_WRITE);
	g_assert_nonnull(strstr(error.text, "No space left on device"));
	leave();
}

/* --- apart ------------------------------------------------------------------------------------------------------------------------ */

static void commit_apart(const char *name, const char *text, const char *expected)
{
	nf_output *output = open_output(name);
	char *given;

	write_text(output, text);
	g_assert_cmpint(nf_output_commit_apart(output, &given, NULL), ==, NF_OK);
	g_assert_cmpstr(given, ==, expected);
	free(given);
}

static void test_apart(void)
{
	enter();
	commit_apart("a.csv", "0", "a.csv");
	commit_apart("a.csv", "1", "a.csv.1");
	commit_apart("a.csv", "2", "a.csv.2");
	g_assert_cmpint(unlink("a.csv.1"), ==, 0);
	commit_apart("a.csv", "3", "a.csv.1");
	expect_text("a.csv", "0");
	expect_text("a.csv.1", "3");
	expect_text("a.csv.2", "2");
	expect_names("a.csv a.csv.1 a.csv.2");
	commit_apart("/dev/null", "x", NULL);
	leave();
}

static void test_apart_compressed(void)
{
	if (!*nf_output_compressions()) {
		g_test_skip("no compression in this build");
		return;
	}
	enter();
	bool gzip = strstr(nf_output_compressions(), "gzip");
	commit_apart(gzip ? "a.gz" : "a.zst", "0", gzip ? "a.gz" : "a.zst");
	commit_apart(gzip ? "a.gz" : "a.zst", "1", gzip ? "a.1.gz" : "a.1.zst");
	leave();
}

static void test_writer(void)
{
	enter();
	nf_output *output = open_output("a");
	nf_writer writer = nf_output_writer(output);

	g_assert_cmpint(writer.write(writer.to, "abc", 2, NULL), ==, NF_OK);
	g_assert_cmpint(nf_output_commit(output, NULL), ==, NF_OK);
	expect_text("a", "ab");
	leave();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/output/nf_output_open/new_file", test_new_file);
	g_test_add_func("/output/nf_output_open/umask", test_umask);
	g_test_add_func("/output/nf_output_open/links", test_links);
	g_test_add_func("/output/nf_output_open/bad_names", test_bad_names);
	g_test_add_func("/output/nf_output_open/permissions", test_permissions);
	g_test_add_func("/output/nf_output_open/standard_output", test_standard_output);
	g_test_add_func("/output/nf_output_discard/keeps_older", test_discard);
	g_test_add_func("/output/nf_output_commit/replaces", test_replace);
	g_test_add_func("/output/nf_output_commit/gzip", test_gzip);
	g_test_add_func("/output/nf_output_commit/zstd", test_zstd);
	g_test_add_func("/output/nf_output_commit/compressed_full", test_compressed_full);
	g_test_add_func("/output/nf_output_write/full", test_full);
	g_test_add_func("/output/nf_output_write/fifo", test_fifo);
	g_test_add_func("/output/nf_output_write/closed", test_closed);
	g_test_add_func("/output/nf_output_write/slow_reader", test_slow_reader);
	g_test_add_func("/output/nf_output_write/interrupted", test_interrupted);
	g_test_add_func("/output/nf_output_write/disk_full", test_disk_full);
	g_test_add_func("/output/nf_output_commit_apart/numbers", test_apart);
	g_test_add_func("/output/nf_output_commit_apart/compressed", test_apart_compressed);
	g_test_add_func("/output/nf_output_writer/bytes", test_writer);
	return g_test_run();
}
