/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clock.h"

#include "number.h"

#include <string.h>

static const char LETTERS[] = "YmdeHIMSpjybBaAFTDRszZntfN%.:";
#define SECOND INT64_C(1000000000)
enum { DAY = 86400, ZONE_NAME_MAX = 8 };

static const char *const month_names[] = {"January", "February", "March",     "April",   "May",      "June",
					  "July",    "August",   "September", "October", "November", "December"};
static const char *const day_names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* A time, taken apart. */
typedef struct moment {
	int64_t second; /* since the epoch, UTC */
	int32_t offset; /* of the zone, s */
	const char *zone_name;
	unsigned ns, year, month, day, day_of_year, weekday, hour, minute, seconds; /* month and day from 1, day_of_year and weekday from 0 */
} moment;

/* Characters that a conversion takes at most. */
static size_t most_of(char letter)
{
	switch (letter) {
	case 'Y': return 4;
	case 's': return 20;
	case 'B':
	case 'A':
	case 'N':
	case 'F': return 10;
	case '.': return 10;
	case 'T':
	case 'D':
	case 'Z': return ZONE_NAME_MAX;
	case 'f':
	case 'R':
	case ':':
	case 'z': return 6;
	default: return 3;
	}
}

static nf_status check(const char *form, nf_error *error)
{
	size_t most = 0;

	if (strlen(form) > NF_CLOCK_FORM_MAX)
		return nf_fail(error, NF_ARGUMENT, "the form of times is longer than %d characters", NF_CLOCK_FORM_MAX);
	for (const char *c = form; *c; c++) {
		if (*c != '%') {
			most++;
			continue;
		}
		c++;
		if (!*c || !strchr(LETTERS, *c) || (*c == ':' && c[1] != 'z'))
			return nf_fail(error, NF_ARGUMENT, "a form of times holds '%%%.1s'; there are: %%Y %%m %%d %%e %%H %%I %%M %%S %%p %%j %%y %%b %%B "
				       "%%a %%A %%F %%T %%D %%R %%s %%z %%:z %%Z %%f %%N %%. %%n %%t %%%%", c);
		most += most_of(*c);
		c += *c == ':';
	}
	if (most >= NF_VALUE_PRINT_MAX)
		return nf_fail(error, NF_ARGUMENT, "the form of times '%s' makes texts longer than %d characters", form, NF_VALUE_PRINT_MAX - 1);
	return NF_OK;
}

nf_status nf_clock_init(nf_clock *clock, const char *form, nf_zone zone, bool *has_clock, nf_error *error)
{
	*has_clock = form && strcmp(form, "epoch") != 0;
	if (!*has_clock)
		return NF_OK;
	if (strcmp(form, "iso") == 0)
		form = "%Y-%m-%dT%H:%M:%S%.%:z";
	if (!*form || !strchr(form, '%'))
		return nf_fail(error, NF_ARGUMENT, "a form of times is epoch, iso, or a text with conversions as in '%%Y-%%m-%%d %%H:%%M:%%S', not '%s'", form);
	nf_status status = check(form, error);
	if (status != NF_OK)
		return status;
	*clock = (nf_clock){.zone = zone};
	strcpy(clock->form, form);
	return NF_OK;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The proleptic Gregorian calendar, counted in eras of 400 years that begin on the first of March. */
static void set_date(moment *m, int64_t day)
{
	const int64_t from_march = day + 719468, era = floor_divide(from_march, 146097);
	const unsigned in_era = (unsigned)(from_march - era * 146097);
	const unsigned year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	const unsigned in_year = in_era - (365 * year + year / 4 - year / 100);
	const unsigned month = (5 * in_year + 2) / 153;

	m->day = in_year - (153 * month + 2) / 5 + 1;
	m->month = month < 10 ? month + 3 : month - 9;
	m->year = (unsigned)(era * 400 + year + (m->month <= 2));
	m->weekday = (unsigned)(((day + 4) % 7 + 7) % 7);
	const bool leap = (m->year % 4 == 0 && m->year % 100 != 0) || m->year % 400 == 0;
	m->day_of_year = m->month > 2 ? in_year + 59 + leap : in_year - 306;
}

static moment take_apart(const nf_clock *clock, int64_t ns)
{
	moment m = {.second = floor_divide(ns, SECOND), .zone_name = "UTC"};

	m.ns = (unsigned)(ns - m.second * SECOND);
	if (clock->zone.offset)
		m.offset = clock->zone.offset(clock->zone.of, m.second, &m.zone_name);
	const int64_t local = m.second + m.offset, day = floor_divide(local, DAY);
	const unsigned of_day = (unsigned)(local - day * DAY);
	set_date(&m, day);
	m.hour = of_day / 3600;
	m.minute = of_day / 60 % 60;
	m.seconds = of_day % 60;
	return m;
}

static char *put_padded(char *out, unsigned value, int digits, char pad)
{
	for (int i = digits - 1; i >= 0; i--) {
		out[i] = value || i == digits - 1 ? (char)('0' + value % 10) : pad;
		value /= 10;
	}
	return out + digits;
}

static char *put_two(char *out, unsigned value)
{
	return put_padded(out, value, 2, '0');
}

static char *put_text(char *out, const char *text, size_t most)
{
	const size_t n = strnlen(text, most);

	memcpy(out, text, n);
	return out + n;
}

static char *put_fraction(char *out, unsigned ns)
{
	if (ns == 0)
		return out;
	*out++ = '.';
	if (ns % 1000000 == 0)
		return put_padded(out, ns / 1000000, 3, '0');
	return ns % 1000 == 0 ? put_padded(out, ns / 1000, 6, '0') : put_padded(out, ns, 9, '0');
}

static char *put_offset(char *out, int32_t offset, const char *colon)
{
	const unsigned minutes = (unsigned)(offset < 0 ? -offset : offset) / 60;

	*out++ = offset < 0 ? '-' : '+';
	out = put_text(put_two(out, minutes / 60), colon, 1);
	return put_two(out, minutes % 60);
}

static char *put_clock_time(char *out, const moment *m, bool with_seconds)
{
	out = put_two(out, m->hour);
	*out++ = ':';
	out = put_two(out, m->minute);
	if (!with_seconds)
		return out;
	*out++ = ':';
	return put_two(out, m->seconds);
}

static char *put_date(char *out, unsigned first, int digits, unsigned second, unsigned third, char between)
{
	out = put_padded(out, first, digits, '0');
	*out++ = between;
	out = put_two(out, second);
	*out++ = between;
	return put_two(out, third);
}

static char *put_names(char *out, const moment *m, char letter)
{
	switch (letter) {
	case 'b': return put_text(out, month_names[m->month - 1], 3);
	case 'B': return put_text(out, month_names[m->month - 1], 9);
	case 'a': return put_text(out, day_names[m->weekday], 3);
	case 'A': return put_text(out, day_names[m->weekday], 9);
	case 'p': return put_text(out, m->hour < 12 ? "AM" : "PM", 2);
	case 'Z': return put_text(out, m->zone_name, ZONE_NAME_MAX);
	case 'n': return put_text(out, "\n", 1);
	case 't': return put_text(out, "\t", 1);
	default: return put_text(out, "%", 1);
	}
}

static char *put_conversion(char *out, const moment *m, char letter)
{
	switch (letter) {
	case 'Y': return put_padded(out, m->year, 4, '0');
	case 'y': return put_two(out, m->year % 100);
	case 'm': return put_two(out, m->month);
	case 'd': return put_two(out, m->day);
	case 'e': return put_padded(out, m->day, 2, ' ');
	case 'H': return put_two(out, m->hour);
	case 'I': return put_two(out, (m->hour + 11) % 12 + 1);
	case 'M': return put_two(out, m->minute);
	case 'S': return put_two(out, m->seconds);
	case 'j': return put_padded(out, m->day_of_year + 1, 3, '0');
	case 'F': return put_date(out, m->year, 4, m->month, m->day, '-');
	case 'D': return put_date(out, m->month, 2, m->day, m->year % 100, '/');
	case 'T': return put_clock_time(out, m, true);
	case 'R': return put_clock_time(out, m, false);
	case 's': return nf_put_integer(out, m->second);
	case 'z': return put_offset(out, m->offset, "");
	case ':': return put_offset(out, m->offset, ":");
	case 'f': return put_padded(out, m->ns / 1000, 6, '0');
	case 'N': return put_padded(out, m->ns, 9, '0');
	case '.': return put_fraction(out, m->ns);
	default: return put_names(out, m, letter);
	}
}

char *nf_put_clock(char *out, const nf_clock *clock, int64_t ns)
{
	const moment m = take_apart(clock, ns);

	for (const char *c = clock->form; *c; c++) {
		if (*c != '%') {
			*out++ = *c;
			continue;
		}
		out = put_conversion(out, &m, *++c);
		c += *c == ':';
	}
	return out;
}
