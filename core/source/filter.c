/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/filter.h>

#include <string.h>

#if NF_HAVE_PCAP
#include "source/link_pcap.h"

#include <glib.h>
#include <pcap/pcap.h>

enum { SNAPSHOT_LENGTH = 262144 };

/* The expression compiled for one link type. */
struct program {
	struct program *next;
	uint32_t link;
	bool usable;
	struct bpf_program code;
};

struct nf_filter {
	char *expression;
	struct program *programs;
	struct program *last; /* used for the frame before, or NULL */
};

static nf_status compile(const char *expression, int dlt, struct bpf_program *code, nf_error *error)
{
	pcap_t *dead = pcap_open_dead(dlt, SNAPSHOT_LENGTH);
	if (!dead)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	nf_status status = NF_OK;
	if (pcap_compile(dead, code, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
		status = nf_fail(error, NF_ARGUMENT, "filter \"%s\": %s", expression, pcap_geterr(dead));
	pcap_close(dead);
	return status;
}

/* Some words are known to one link type only; the fault on Ethernet is told where none takes the expression. */
static nf_status check(const char *expression, nf_error *error)
{
	static const int dlts[] = {DLT_EN10MB, DLT_IEEE802_11_RADIO, DLT_LINUX_SLL, DLT_PFLOG, DLT_SUNATM, DLT_MTP2};
	struct bpf_program code;
	nf_status status = NF_OK;
	for (size_t i = 0; i < G_N_ELEMENTS(dlts); i++) {
		nf_status each = compile(expression, dlts[i], &code, i == 0 ? error : NULL);
		if (i == 0)
			status = each;
		if (each == NF_OK) {
			pcap_freecode(&code);
			return NF_OK;
		}
	}
	return status;
}

nf_status nf_filter_new(nf_filter **filter, const char *expression, nf_error *error)
{
	if (!expression[strspn(expression, " \t\r\n")])
		return nf_fail(error, NF_ARGUMENT, "the filter is empty");
	nf_status status = check(expression, error);
	if (status != NF_OK)
		return status;
	nf_filter *made = g_try_new0(nf_filter, 1);
	if (!made)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	made->expression = g_strdup(expression);
	*filter = made;
	return NF_OK;
}

void nf_filter_free(nf_filter *filter)
{
	if (!filter)
		return;
	for (struct program *program = filter->programs, *next; program; program = next) {
		next = program->next;
		if (program->usable)
			pcap_freecode(&program->code);
		g_free(program);
	}
	g_free(filter->expression);
	g_free(filter);
}

static nf_status add_program(nf_filter *filter, uint32_t link, nf_error *error)
{
	struct program *program = g_try_new0(struct program, 1);
	if (!program)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	int dlt = nf_link_to_dlt(link);
	nf_error why;
	nf_status status = NF_OK;
	if (dlt < 0)
		status = nf_fail(error, NF_ARGUMENT, "filter \"%s\" cannot be used on this framing: its frames do not match",
				 filter->expression);
	else if (compile(filter->expression, dlt, &program->code, &why) != NF_OK)
		status = nf_fail(error, NF_ARGUMENT, "%s (on link type %u, whose frames do not match)", why.text, (unsigned)link);
	program->link = link;
	program->usable = status == NF_OK;
	program->next = filter->programs;
	filter->programs = filter->last = program;
	return status;
}

static struct program *find_program(const nf_filter *filter, uint32_t link)
{
	struct program *program = filter->programs;
	while (program && program->link != link)
		program = program->next;
	return program;
}

nf_status nf_filter_match(nf_filter *filter, const nf_frame *frame, bool *matches, nf_error *error)
{
	*matches = frame->flags & NF_FRAME_NOT_PACKET;
	if (*matches)
		return NF_OK;
	if (!filter->last || filter->last->link != frame->link)
		filter->last = find_program(filter, frame->link);
	if (!filter->last) {
		nf_status status = add_program(filter, frame->link, error);
		if (status != NF_OK)
			return status;
	}
	if (filter->last->usable)
		*matches = bpf_filter(filter->last->code.bf_insns, frame->data, MAX(frame->wire, frame->captured), frame->captured) != 0;
	return NF_OK;
}

#else

nf_status nf_filter_new(nf_filter **filter, const char *expression, nf_error *error)
{
	(void)expression;
	*filter = NULL;
	return nf_fail(error, NF_ARGUMENT, "this build has no capture filters (it was made without libpcap)");
}

void nf_filter_free(nf_filter *filter)
{
	(void)filter;
}

nf_status nf_filter_match(nf_filter *filter, const nf_frame *frame, bool *matches, nf_error *error)
{
	(void)filter;
	(void)frame;
	*matches = true;
	return nf_fail(error, NF_ARGUMENT, "this build has no capture filters");
}
#endif
