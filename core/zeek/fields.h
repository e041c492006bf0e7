/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file fields.h
 * The fields of conn.log (fields.def) and what a connection has in them, apart from how they are written.
 */
#ifndef NF_ZEEK_FIELDS_H
#define NF_ZEEK_FIELDS_H

#include <netflower/flow.h>
#include <netflower/zeek.h>

typedef enum nf_field_kind {
	NF_FIELD_UNSET,
	NF_FIELD_TIME,     /**< u.ns since the epoch */
	NF_FIELD_INTERVAL, /**< u.ns */
	NF_FIELD_COUNT,    /**< u.count */
	NF_FIELD_BOOL,     /**< u.truth */
	NF_FIELD_TEXT,     /**< u.text */
	NF_FIELD_IPV4,     /**< u.address, 4 bytes */
	NF_FIELD_IPV6,     /**< u.address, 16 bytes */
	NF_FIELD_SET,      /**< u.text: its members, parted by commas, which are in no member */
} nf_field_kind;

typedef struct nf_field {
	nf_field_kind kind;
	union {
		int64_t ns;
		uint64_t count;
		bool truth;
		struct {
			const char *from;
			size_t n;
		} text;
		const uint8_t *address;
	} u;
} nf_field;

/** Room for the text of any field. */
enum { NF_FIELD_ROOM = 128 };

/** How many there are. */
size_t nf_field_count(void);

/** A field's name and Zeek's name of its type. @param i  below nf_field_count() */
const char *nf_field_name(size_t i);
const char *nf_field_type(size_t i);

/** Whether a log has it. */
bool nf_field_is_wanted(size_t i, const nf_zeek_log_options *options);

/**
 * What a flow of the zeek profile has in it.
 * @param room  NF_FIELD_ROOM characters, which a text may be in
 */
nf_field nf_field_value(size_t i, const nf_flow *flow, const nf_zeek_log_options *options, char *room);

#endif
