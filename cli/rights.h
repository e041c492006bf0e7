/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file rights.h
 * Who captures: the user that nf-cli becomes once the interfaces are open, and the capabilities that it keeps. With libcap-ng.
 */
#ifndef NF_CLI_RIGHTS_H
#define NF_CLI_RIGHTS_H

#include <netflower/error.h>

#include <stdbool.h>
#include <stddef.h>

typedef struct rights rights;

/** What may still be done after rights_drop(), as bits. */
enum {
	RIGHTS_CAPTURE = 1 << 0, /**< open interfaces: CAP_NET_RAW */
	RIGHTS_MONITOR = 1 << 1, /**< end monitor mode: CAP_NET_ADMIN */
};

/** In words, for --version: how rights are given up. Static. */
const char *rights_words(void);

/**
 * Finds out whom to become: the user of --user or, for root run by sudo, sudo's caller; else who we are.
 * @param user  NAME, NAME:GROUP or numbers; NULL: none is given
 * @return to be freed with rights_free(). NF_ARGUMENT: there is no such user or group, or we may not become that user
 */
NF_MUST_CHECK nf_status rights_new(rights **rights, const char *user, nf_error *error);

/** NULL is allowed. */
void rights_free(rights *rights);

/**
 * Becomes that user, for good, and gives up all capabilities but those of @p keep, as far as they are there. Root who stays root keeps
 * CAP_DAC_OVERRIDE if one of the outputs cannot be written without.
 * @param outputs  n names of files that will be made; "-" and NULL are none
 * @return NF_DENIED: it cannot be done, or RIGHTS_CAPTURE is to be kept and is not there
 */
NF_MUST_CHECK nf_status rights_drop(rights *rights, unsigned keep, const char *const *outputs, size_t n, nf_error *error);

/** In words, after rights_drop(): "as user alice, with no capability". To be freed with g_free(). */
char *rights_now(const rights *rights);

/** Says what to do when the user that we became may not write a file. Says nothing where that is not so. */
void rights_explain_output(const rights *rights, const char *output);

/** Says how to get CAP_NET_RAW. */
void rights_explain_capture(void);

/** The folder of a file, less what begins with a % of strftime(3); a name that is a link is followed. To be freed with g_free(). */
char *rights_folder_of(const char *output);

#endif
