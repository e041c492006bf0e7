/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file clock.h
 * Times as text, in a form and a time zone. The locale plays no part: names of days and months are English.
 *
 * A form is text with these conversions, as strftime() has them: %Y %m %d %e %H %I %M %S %p %j %y %b %B %a %A %F %T %D %R %s %z %Z %n %t %%;
 * and of our own: %f and %N (six and nine digits of the second's fraction), %. (a point with three, six or nine digits, whichever is enough;
 * nothing for whole seconds), %:z (as %z with a colon).
 */
#ifndef NF_COLUMNS_CLOCK_H
#define NF_COLUMNS_CLOCK_H

#include <netflower/columns.h>

enum { NF_CLOCK_FORM_MAX = 63 };

typedef struct nf_clock {
	char form[NF_CLOCK_FORM_MAX + 1];
	nf_zone zone;
} nf_clock;

/**
 * Makes a clock.
 * @param form       a form, "iso", or "epoch" or NULL for decimal seconds, which need no clock
 * @param has_clock  whether one is needed
 * @return NF_ARGUMENT: a conversion that there is not, or texts could become longer than NF_VALUE_PRINT_MAX allows
 */
NF_MUST_CHECK nf_status nf_clock_init(nf_clock *clock, const char *form, nf_zone zone, bool *has_clock, nf_error *error);

/** Writes a time, without a closing NUL. Returns the end of what it wrote, at most NF_VALUE_PRINT_MAX - 1 characters. */
char *nf_put_clock(char *out, const nf_clock *clock, int64_t ns);

/** The clock of a selection; NULL: its times are decimal seconds. */
const nf_clock *nf_columns_clock(const nf_columns *columns);

#endif
