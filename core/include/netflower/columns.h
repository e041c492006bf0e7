/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file columns.h
 * The columns: their table, a selection of them, and the values that a flow has in them.
 * docs/COLUMNS.md lists them all with their formulas.
 */
#ifndef NETFLOWER_COLUMNS_H
#define NETFLOWER_COLUMNS_H

#include <netflower/error.h>
#include <netflower/flow.h>
#include <netflower/profile.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a column holds. */
typedef enum nf_type {
	NF_TYPE_TEXT, /**< text without line ends */
	NF_TYPE_INT,  /**< integer */
	NF_TYPE_REAL, /**< real number, printed as the shortest decimal that reads back as the same double, in Python's form */
	NF_TYPE_TIME, /**< exact decimal seconds since the epoch */
} nf_type;

/** "text", "int", "real" or "decimal". Static. */
NF_API const char *nf_type_name(nf_type type);

/** One column of the table. All strings are static. */
typedef struct nf_column {
	const char *name;    /**< "flow_duration" */
	nf_type type;
	const char *unit;    /**< "s", "B", "1/s", ...; "" for a plain number or text */
	const char *formula; /**< in words, as FEATURES has it */
	const char *cic;     /**< the nearest column of CICFlowMeter 4, "" where there is none */
} nf_column;

/** Number of columns in the table. */
NF_API size_t nf_column_count(void);

/** Column number @p id, 0 to nf_column_count() - 1; NULL beyond. */
NF_API const nf_column *nf_column_at(size_t id);

/** The same for the columns that any profile may add to its own ("community_id"). */
NF_API size_t nf_extra_column_count(void);
NF_API const nf_column *nf_extra_column_at(size_t id);

/** How a value is kept: exact where it can be, so that no digit is lost before it is printed. */
typedef enum nf_value_kind {
	NF_VALUE_TEXT,    /**< u.text */
	NF_VALUE_IPV4,    /**< u.address, 4 bytes in network byte order */
	NF_VALUE_IPV6,    /**< u.address, 16 bytes */
	NF_VALUE_INT,     /**< u.integer */
	NF_VALUE_REAL,    /**< u.real, finite */
	NF_VALUE_SECONDS, /**< a real number: u.ns nanoseconds, in seconds */
	NF_VALUE_TIME,    /**< an exact decimal: u.integer nanoseconds, in seconds */
	NF_VALUE_JAVA,    /**< u.real, which may be NaN or infinite, as Java prints it: "1.5E7", "NaN", "-Infinity" */
	NF_VALUE_KEY,     /**< u.key as "10.0.0.1-10.0.0.2-1000-80-6" */
	NF_VALUE_KEY_REVERSED, /**< the same, side 1 first */
} nf_value_kind;

/** One value. Pointers in it live as long as the flow it came from. */
typedef struct nf_value {
	nf_value_kind kind;
	union {
		int64_t integer;
		uint64_t ns;
		double real;
		const char *text;
		const uint8_t *address;
		const nf_key *key;
	} u;
} nf_value;

/** A selection of columns, in order. Read-only once made: any number of threads may share it. */
typedef struct nf_columns nf_columns;

/**
 * Makes a selection, to be freed with nf_columns_free().
 * @param list  names parted by commas, spaces around them ignored; NULL or "": the 82 columns of the profile. When every name begins
 *              with '+', the columns are added behind the profile's.
 * @return NF_ARGUMENT for an unknown name (the nearest one is told), one given twice, an empty one, or a mix of both forms.
 */
NF_API NF_MUST_CHECK nf_status nf_columns_new(nf_columns **columns, const char *list, nf_error *error);

/** A time zone. All zero: UTC. */
typedef struct nf_zone {
	/**
	 * What is added to UTC, in s, at a time, in s since the epoch. Called by any thread.
	 * @param name  set to the zone's abbreviation at that time ("CET"), a text that lives as long as @p of
	 */
	int32_t (*offset)(const void *of, int64_t second, const char **name);
	const void *of;
} nf_zone;

/** What a selection is made of. All zero: the columns of the netflower profile. Strings are needed during the call only. */
typedef struct nf_columns_options {
	nf_profile profile;
	const char *list;      /**< as in nf_columns_new() */
	const char *dialect;   /**< the columns of a published data set (nf_dialect_name()); NULL: those of the profile */
	bool labelled;         /**< the column label is added behind the others, unless it is there or they have a Label of their own */
	const char *time_form; /**< "epoch", "iso", or as for strftime() (docs/PROFILES.md); NULL: that of the dialect or profile */
	nf_zone zone;          /**< of times that are no epoch seconds */
} nf_columns_options;

/**
 * Makes a selection, to be freed with nf_columns_free(). It can only be used for flows of an engine with the same profile.
 * @return as nf_columns_new(); NF_ARGUMENT too where the profile has not what the dialect shows, or the form of times is none
 */
NF_API NF_MUST_CHECK nf_status nf_columns_new_for(nf_columns **columns, const nf_columns_options *options, nf_error *error);
NF_API void nf_columns_free(nf_columns *columns);

/** The profile that the columns are of. */
NF_API nf_profile nf_columns_profile(const nf_columns *columns);

/** Number of selected columns, at least 1. */
NF_API size_t nf_columns_count(const nf_columns *columns);

/** The selected column at place @p i, 0 to nf_columns_count() - 1; NULL beyond. */
NF_API const nf_column *nf_columns_at(const nf_columns *columns, size_t i);

/**
 * The NF_EXTRA_ bits (engine.h) that the selection needs: an engine whose nf_options.extras has not all of them gives flows without a value in
 * some of these columns (0 or an empty text). NF_EXTRA_DETAIL and NF_EXTRA_PAYLOAD need nf_options.decode.details besides, and the latter
 * decode.payload_most.
 */
NF_API unsigned nf_columns_extras(const nf_columns *columns);

/** Whether times are written as texts in a zone, not as seconds since the epoch. */
NF_API bool nf_columns_times_are_text(const nf_columns *columns);

/** The values of a flow in all selected columns. @param values room for nf_columns_count() values */
NF_API void nf_columns_values(const nf_columns *columns, const nf_flow *flow, nf_value *values);

/** Prints a value of a flow in these columns as sinks do: like nf_value_print(), but times in the form and zone that were asked for. */
NF_API size_t nf_columns_print(const nf_columns *columns, const nf_value *value, char *out, size_t size);

/** Number of dialects, and the name ("cicids2017") and description of each; NULL beyond. Static. */
NF_API size_t nf_dialect_count(void);
NF_API const char *nf_dialect_name(size_t i);
NF_API const char *nf_dialect_text(size_t i);

/** The value as a double (an address or text: 0). */
NF_API double nf_value_double(const nf_value *value);

/** Room that nf_value_print() needs for any value but a text, the closing NUL included. */
enum { NF_VALUE_PRINT_MAX = 128 };

/**
 * Prints a value; C locale, always. Texts are copied as they are.
 * @param size  room at @p out; at least NF_VALUE_PRINT_MAX, and for texts their length + 1; a longer text is cut
 * @return characters written, without the closing NUL
 */
NF_API size_t nf_value_print(const nf_value *value, char *out, size_t size);

#ifdef __cplusplus
}
#endif
#endif
