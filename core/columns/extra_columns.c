/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extra_columns.h"

#include "community.h"
#include "value.h"
#include "values.h"

#include "flow/extra.h"

#include <netflower/engine.h>

#include <assert.h>
#include <string.h>

enum { MAC_TEXT = 17, SIZE_TEXT_MAX = 12, GAP_TEXT_MAX = 26 };

/* ---- texts, which stand in the flow's room for them */

static nf_value word(const char *text)
{
	return (nf_value){NF_VALUE_TEXT, {.text = text}};
}

/* Room for n characters and a NUL; NULL: there is none. */
static char *text_room(const nf_flow *flow, size_t n)
{
	nf_text *text = flow->text;

	return text && text->size - text->used > n ? text->bytes + text->used : NULL;
}

/* What was written there, up to end, is a value. */
static nf_value text_made(const nf_flow *flow, const char *begin, char *end)
{
	*end = '\0';
	flow->text->used += (size_t)(end - begin) + 1;
	return word(begin);
}

static nf_value flow_id(const nf_record *r)
{
	return (nf_value){r->forward ? NF_VALUE_KEY_REVERSED : NF_VALUE_KEY, {.key = &r->key}};
}

static nf_value community_id(const nf_flow *flow)
{
	const nf_key key = nf_flow_key(flow);
	char *begin = text_room(flow, NF_COMMUNITY_TEXT);

	return begin ? text_made(flow, begin, nf_put_community_id(begin, &key, (uint16_t)flow->options->community_seed)) : word("");
}

static nf_value mac(const nf_flow *flow, int side)
{
	const nf_extra *x = nf_record_extra(flow->record);
	char *begin = text_room(flow, MAC_TEXT), *out = begin;

	if (!begin || !(x->link & NF_HAS_MAC))
		return word("");
	for (int i = 0; i < 6; i++) {
		*out++ = "0123456789abcdef"[x->mac[side][i] >> 4];
		*out++ = "0123456789abcdef"[x->mac[side][i] & 15];
		*out++ = ':';
	}
	return text_made(flow, begin, out - 1);
}

static nf_value size_sequence(const nf_flow *flow)
{
	const nf_extra *x = nf_record_extra(flow->record);
	char *begin = text_room(flow, (size_t)x->sequence_n * SIZE_TEXT_MAX + 1), *out = begin;

	if (!begin || x->sequence_n == 0)
		return word("");
	for (uint32_t i = 0; i < x->sequence_n; i++) {
		const nf_extra_packet *p = &nf_extra_sequence(x)[i];
		out = nf_put_integer(out, p->dir == NF_FWD ? (int64_t)p->ip_bytes : -(int64_t)p->ip_bytes);
		*out++ = ';';
	}
	return text_made(flow, begin, out - 1);
}

static nf_value gap_sequence(const nf_flow *flow)
{
	const nf_extra *x = nf_record_extra(flow->record);
	char *begin = text_room(flow, (size_t)x->sequence_n * GAP_TEXT_MAX + 1), *out = begin;

	if (!begin || x->sequence_n == 0)
		return word("");
	for (uint32_t i = 0; i < x->sequence_n; i++) {
		out = nf_put_seconds(out, nf_extra_sequence(x)[i].gap_ns);
		*out++ = ';';
	}
	return text_made(flow, begin, out - 1);
}

/* ---- what was found in the payload, with the flow's own memory */

static const void *fact(const nf_flow *flow, unsigned bit)
{
	return nf_extra_fact(nf_extra_facts(nf_record_extra(flow->record), flow->options), flow->options->extras, bit);
}

static const nf_hello *hello(const nf_flow *flow)
{
	return &((const nf_extra_tls *)fact(flow, NF_EXTRA_TLS))->hello;
}

static const nf_http *http(const nf_flow *flow)
{
	return fact(flow, NF_EXTRA_HTTP);
}

static const nf_dns *dns(const nf_flow *flow)
{
	return fact(flow, NF_EXTRA_DNS);
}

static const nf_entropy *entropy(const nf_flow *flow)
{
	return fact(flow, NF_EXTRA_ENTROPY);
}

/* ---- numbers */

static nf_value signed_integer(int64_t value)
{
	return (nf_value){NF_VALUE_INT, {.integer = value}};
}

static nf_value if_has(int has, uint32_t value)
{
	return signed_integer(has ? (int64_t)value : -1);
}

static nf_value delay(const nf_extra *x, uint8_t seen, int64_t from_ns, int64_t to_ns)
{
	return seconds(x->handshake & seen ? nf_gap_ns(from_ns, to_ns) : 0);
}

const char *nf_flow_label(const nf_flow *flow, const char *without)
{
	const nf_key key = nf_flow_key(flow);

	return flow->options->labels ? nf_labels_of(flow->options->labels, &key, nf_flow_first_ns(flow)) : without;
}

/* ---- the table */

static const struct {
	nf_column column;
	unsigned needs;
} table[] = {
#define NF_COLUMN(name, type, unit, needs, value, formula) {{#name, NF_TYPE_##type, unit, formula, ""}, needs},
#include "columns_extra.def"
#undef NF_COLUMN
};

const nf_column *nf_extra_column(size_t id)
{
	return &table[id].column;
}

unsigned nf_extra_column_needs(size_t id)
{
	return table[id].needs;
}

/* An engine that was not told of the column has kept nothing for it. */
static bool is_kept(const nf_flow *flow, unsigned needs)
{
	const unsigned kept = NF_EXTRA_DETAIL | NF_EXTRA_SEQUENCE | NF_EXTRA_PAYLOAD;

	return (needs & kept & ~flow->options->extras) == 0;
}

static nf_value nothing(nf_type type)
{
	return type == NF_TYPE_TEXT ? word("") : type == NF_TYPE_REAL ? seconds(0) : signed_integer(0);
}

nf_value nf_extra_column_value(const nf_flow *flow, size_t id)
{
	const nf_record *r = flow->record;
	const nf_extra *x = nf_record_extra(r);
	const nf_extra_side *fwd = &x->dir[NF_FWD], *bwd = &x->dir[NF_BWD];

	if (!is_kept(flow, table[id].needs))
		return nothing(table[id].column.type);
	switch (id) {
#define NF_COLUMN(name, type, unit, needs, value, formula) \
	case NF_EXTRA_COLUMN_##name: return value;
#include "columns_extra.def"
#undef NF_COLUMN
	}
	assert(!"ids are below NF_EXTRA_COLUMNS");
	return (nf_value){0};
}
