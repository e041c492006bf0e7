/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file compat.h
 * Every difference between Wireshark versions. All files of the plugin include this one first, and no other names a version.
 *
 * A plugin works with the minor version that it was built for and no other. To try another one: build with
 * -DNF_WIRESHARK_UNTESTED=1 among the C flags, run the tests (ctest -R plugin), put what differs in here, and add it to the list below.
 * Known of later versions:
 *   4.4   uint32_t plugin_describe(void) has to be exported
 *   4.6   the bytes of a record are in wtap_rec itself
 *   5.0   one struct ws_module takes the place of the exported symbols
 */
#ifndef NF_PLUGIN_COMPAT_H
#define NF_PLUGIN_COMPAT_H

#include <ws_version.h>

#if !(WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR == 0) && !defined(NF_WIRESHARK_UNTESTED)
#error "the plugin is tested with Wireshark 4.0 alone: plugin/compat.h says how to try another version; cmake -DNF_WITH_PLUGIN=OFF builds the rest"
#endif

/** Headers of Wireshark expect what its own build finds out. */
#define HAVE_SSIZE_T 1
#define WS_BUILD_DLL

#include <wireshark.h>

#include <cfile.h>
#include <epan/epan_dissect.h>
#include <epan/funnel.h>
#include <epan/packet.h>
#include <epan/packet_info.h>
#include <epan/plugin_if.h>
#include <epan/prefs.h>
#include <epan/proto.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <wiretap/wtap.h>
#include <wsutil/report_message.h>

/** What a plugin exports beside plugin_register(). */
#define NF_PLUGIN_SYMBOLS(version)                                                                                                         \
	WS_DLL_PUBLIC_DEF const char plugin_version[] = version;                                                                           \
	WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;                                                           \
	WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

#endif
