/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wireshark calls when it loads the plugin. */
#include "compat.h"

#include "export.h"
#include "preferences.h"
#include "table.h"
#include "tap.h"

NF_PLUGIN_SYMBOLS(NF_VERSION)

WS_DLL_PUBLIC void plugin_register(void);

static int table_tap;

/*
 * The table listens to a tap of its own. Wireshark's windows cannot ask for packets with errors in them, and a dissection that fails
 * within an ICMP error leaves its mark on the whole frame; so the mark is hidden from this tap.
 */
static int feed_table(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
	(void)tree;
	(void)data;
	if (!have_tap_listener(table_tap)) {
		table_rest();
		return (int)tvb_captured_length(tvb);
	}
	const guint32 in_error = pinfo->flags.in_error_pkt;
	table_expect(pinfo->num);
	pinfo->flags.in_error_pkt = 0;
	tap_queue_packet(table_tap, pinfo, NULL);
	pinfo->flags.in_error_pkt = in_error ? 1 : 0;
	return (int)tvb_captured_length(tvb);
}

static void register_protocol(void)
{
	int protocol = proto_register_protocol("Netflower", "Netflower", "netflower");

	proto_set_cant_toggle(protocol);
	table_tap = register_tap(TABLE_TAP);
	register_postdissector(create_dissector_handle(feed_table, protocol));
	preferences_register(protocol, table_columns_changed);
	export_register(protocol);
}

static void register_statistics(void)
{
	tap_register();
	table_register();
}

WS_DLL_PUBLIC_DEF void plugin_register(void)
{
	static const proto_plugin protocol = {.register_protoinfo = register_protocol};
	static const tap_plugin statistics = {.register_tap_listener = register_statistics};

	proto_register_plugin(&protocol);
	tap_register_plugin(&statistics);
}
