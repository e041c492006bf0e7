/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file values_key.h
 * The words of columns.def and columns_cic.def for what a flow is known by. Side 0 is the forward one.
 */
#ifndef NF_COLUMNS_VALUES_KEY_H
#define NF_COLUMNS_VALUES_KEY_H

#include "flow/record.h"

#include <netflower/columns.h>

static inline nf_value address(const nf_flow *flow, int side)
{
	const nf_record *r = flow->record;

	return (nf_value){r->key.ip_version == 4 ? NF_VALUE_IPV4 : NF_VALUE_IPV6, {.address = r->key.address[side ^ r->forward]}};
}

static inline uint16_t port(const nf_flow *flow, int side)
{
	return flow->record->key.port[side ^ flow->record->forward];
}

#endif
