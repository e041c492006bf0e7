/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "record.h"

#include "source/wiretap_record.h"

/* PKTAP's dissector writes the encapsulation of what is inside over that of the record. */
static bool encap_is_lost(const packet_info *pinfo)
{
	return proto_is_frame_protocol(pinfo->layers, "pktap");
}

void record_to_frame(const packet_info *pinfo, const epan_dissect_t *edt, nf_frame *frame)
{
	/* A shallow copy: some formats give the time only when they are read in order, and Wireshark keeps it for later. */
	wtap_rec rec = *pinfo->rec;
	const uint8_t *data = NULL;

	rec.ts = pinfo->abs_ts;
	if (pinfo->presence_flags & PINFO_HAS_TS)
		rec.presence_flags |= WTAP_HAS_TS;
	else
		rec.presence_flags &= ~(guint32)WTAP_HAS_TS;
	if (rec.rec_type == REC_TYPE_PACKET) {
		guint captured = tvb_captured_length(edt->tvb);
		rec.rec_header.packet_header.caplen = MIN(rec.rec_header.packet_header.caplen, captured);
		data = captured ? tvb_get_ptr(edt->tvb, 0, (gint)captured) : NULL;
	}
	nf_wiretap_to_frame(&rec, data, frame);
	if (encap_is_lost(pinfo))
		frame->link = NF_LINK_UNKNOWN;
}
