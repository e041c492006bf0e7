/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What anybody may ask an ended flow without knowing columns. */
#include "model.h"

nf_key nf_flow_key(const nf_flow *flow)
{
	const nf_record *record = flow->record;

	return record->forward ? nf_key_reversed(&record->key) : record->key;
}

nf_end_reason nf_flow_end_reason(const nf_flow *flow)
{
	return (nf_end_reason)flow->record->reason;
}

int64_t nf_flow_first_ns(const nf_flow *flow)
{
	return flow->record->first_ns;
}

int64_t nf_flow_last_ns(const nf_flow *flow)
{
	return flow->record->last_ns;
}

uint64_t nf_flow_packets(const nf_flow *flow)
{
	return flow->model->numbers->packets(flow->features);
}

uint64_t nf_flow_number(const nf_flow *flow)
{
	return flow->record->sequence;
}
