/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file labels.h
 * Labels of flows by rules: which traffic of a data set was what.
 *
 * The rules are a CSV table. Its first line names the fields, of which only label is required; an empty field, or '*', means any:
 *
 *     label      the text that a matching flow gets
 *     start end  the rule holds for flows whose first packet is not before start and not after end: seconds since the epoch, or
 *                2017-07-05T09:47:00-03:00 (ISO 8601 with an offset or Z; without one it is UTC; T may be a space)
 *     src dst    addresses or networks in CIDR form, several of them parted by spaces
 *     src_port dst_port  ports or ranges (8000-8100), several parted by spaces
 *     protocol   tcp, udp, icmp, icmp6, sctp or a number, several parted by spaces
 *     direction  either (default): src and dst may be the flow's forward side and other side in any order; forward: as they stand
 *
 * Lines that are empty or begin with '#' are no rules. The first rule that matches a flow gives its label.
 *
 * Thread rule: once made, the rules may be used by any number of threads.
 */
#ifndef NETFLOWER_LABELS_H
#define NETFLOWER_LABELS_H

#include <netflower/error.h>
#include <netflower/packet.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nf_labels nf_labels;

/**
 * Reads rules, to be freed with nf_labels_free().
 * @param text          of the whole file
 * @param name          of the file, for messages
 * @param default_label  of flows that no rule matches; copied
 * @return NF_ARGUMENT: a line is no rule, or can never match (it ends before it starts, ...); the text names file and line
 */
NF_API NF_MUST_CHECK nf_status nf_labels_new(nf_labels **labels, const char *text, const char *name, const char *default_label, nf_error *error);
NF_API void nf_labels_free(nf_labels *labels);

/** The label of a flow; lives as long as the rules. @param key  side 0 is the forward side */
NF_API const char *nf_labels_of(const nf_labels *labels, const nf_key *key, int64_t first_ns);

/**
 * What is odd about the rules, one after the other: those that can never be reached, as everything they match is matched by an earlier one with
 * another label (known at once), and, at the end of a run, those that no flow matched.
 * @param i  from 0
 * @return false: there are no more
 */
NF_API bool nf_labels_unreached(const nf_labels *labels, size_t *i, char *text, size_t size);
NF_API bool nf_labels_unused(const nf_labels *labels, size_t *i, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
