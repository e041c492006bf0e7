/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file settings.h
 * Settings as users write them, the same for nf-cli's options and for the plugin's arguments. Part of the programs, not of libnetflower.
 *
 * Reentrant: nothing here has a state. Every text of an error says what is taken, in the form "takes ..., not 'x'", so that a caller
 * can put the name of its option in front.
 */
#ifndef NETFLOWER_SETTINGS_H
#define NETFLOWER_SETTINGS_H

#include <netflower/columns.h>
#include <netflower/engine.h>
#include <netflower/zeek.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Decimal seconds as nanoseconds, exactly: digits with at most one point, at most nine of them behind it that are not trailing zeros;
 * no sign, no exponent, no spaces, and the point is '.' in every locale.
 * @param ns  0 to INT64_MAX; untouched on failure
 * @return NF_ARGUMENT for everything else
 */
NF_MUST_CHECK nf_status nf_seconds_parse(const char *text, int64_t *ns, nf_error *error);

/**
 * A whole number: decimal digits and nothing else.
 * @param least  the smallest number taken; the largest is UINT64_MAX
 * @param n      untouched on failure
 */
NF_MUST_CHECK nf_status nf_count_parse(const char *text, uint64_t least, uint64_t *n, nf_error *error);

/**
 * A number of bytes: decimal digits, and K, M or G behind them for 1024, 1024^2 or 1024^3 bytes.
 * @param least  the smallest number taken beside 0
 * @param bytes  untouched on failure
 */
NF_MUST_CHECK nf_status nf_size_parse(const char *text, uint64_t least, uint64_t *bytes, nf_error *error);

/**
 * A selection of columns from a list whose names are parted by @p separator: ',' as in nf_columns_new(), or another where commas have
 * a meaning of their own ("src_ip+dst_ip" with '+'). With '+', the names cannot be added to the profile's.
 * @return as nf_columns_new(); a list without any name is NF_ARGUMENT
 */
NF_MUST_CHECK nf_status nf_columns_parse(nf_columns **columns, const char *list, char separator, nf_error *error);

/** The same for any columns: options->list has the separator, and NULL there is no list, so the profile's or the dialect's columns. */
NF_MUST_CHECK nf_status nf_columns_parse_for(nf_columns **columns, const nf_columns_options *options, char separator, nf_error *error);

/**
 * A time zone by name: "UTC", "local" (of TZ and /etc/localtime), or one of the system's ("Europe/Berlin"). It stays in memory.
 * @return NF_ARGUMENT: there is none; the text names the nearest
 */
NF_MUST_CHECK nf_status nf_zone_find(const char *name, nf_zone *zone, nf_error *error);

/**
 * Puts the limits of options->profile where none were given.
 * @param given  which ones were, in the order of nf_limits; giving one that the profile has not is NF_ARGUMENT
 */
NF_MUST_CHECK nf_status nf_limits_set(nf_options *options, bool live, const bool given[3], nf_error *error);

/** A setting of the engine. Strings are static. */
typedef struct nf_setting {
	const char *name;     /**< "idle-timeout" */
	const char *alias;    /**< a shorter name for it, "idle" */
	const char *argument; /**< "S": seconds; "N": a number */
} nf_setting;

/** Setting number @p i, from 0; NULL beyond. */
const nf_setting *nf_setting_at(size_t i);

/**
 * Changes one setting.
 * @param name  its name or alias
 * @return NF_ARGUMENT: no setting has that name (the text names all there are), or it does not take the value (the text begins with
 *         the name as given, "idle takes ..."); options are then as before
 */
NF_MUST_CHECK nf_status nf_setting_set(nf_options *options, const char *name, const char *value, nf_error *error);

/**
 * A time of the profile zeek, in zeek.def's order: Zeek's name of it, Zeek's default in seconds, and what it is for. All are settings of nf_setting_set(), too.
 * @return false: there are no more
 */
bool nf_zeek_time_at(size_t i, const char **name, unsigned *seconds, const char **text);

/** Whether a setting is one of these. */
bool nf_zeek_is_time(const char *name);

/**
 * Changes one.
 * @param text  "NAME=SECONDS"
 * @return NF_ARGUMENT: the text says what is taken, or the nearest name
 */
NF_MUST_CHECK nf_status nf_zeek_time_set(nf_options *options, const char *text, nf_error *error);

/** Whether a format of nf_sink_format_name() is a conn.log; whether it tells what is in a capture; and whether one of both, so of the profile zeek. */
bool nf_zeek_is_log(const char *format);
bool nf_is_overview(const char *format);
bool nf_zeek_is_format(const char *format);

/** Sets what a format of connections looks at, where options->profile is zeek: what Zeek does, or more for what is in a capture. What was given by the user stays; verified checksums are marked, as Zeek tells of them. */
void nf_zeek_set_decode(nf_options *options, const char *format, bool tunnels_given, bool checksums_given);

/** "2026-11-24-18-33-40" and its end */
enum { NF_ZEEK_TIME_BYTES = 32 };

/** What stands around the lines of a conn.log. All zero: not open. */
typedef struct nf_zeek_log {
	nf_zeek_log_options options; /**< vlan and community_id may be set before the first file is begun */
	nf_zeek_nets *nets;
	char opened[NF_ZEEK_TIME_BYTES], closed[NF_ZEEK_TIME_BYTES];
} nf_zeek_log;

/**
 * To be closed with nf_zeek_log_close(), on failure too. It must not move, for the options point into it.
 * @param local_nets  as for nf_zeek_nets_new()
 */
NF_MUST_CHECK nf_status nf_zeek_log_open(nf_zeek_log *log, const char *local_nets, nf_error *error);
void nf_zeek_log_close(nf_zeek_log *log);

/** A file ends now, and another may begin. */
void nf_zeek_log_now(nf_zeek_log *log);

#ifdef __cplusplus
}
#endif
#endif
