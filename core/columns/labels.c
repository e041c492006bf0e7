/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/address.h"

#include <netflower/labels.h>

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_MAX = 8, NETS_MAX = 32, RANGES_MAX = 32, CELL_MAX = 1024, LABEL_MAX = 120, NAME_SHOWN = 200 };

typedef struct net {
	uint8_t address[16];
	uint8_t ip_version;
	uint8_t bits;
} net;

typedef struct range {
	uint16_t first, last;
} range;

/* No entries: any. */
typedef struct nets {
	size_t n;
	net at[NETS_MAX];
} nets;

typedef struct ranges {
	size_t n;
	range at[RANGES_MAX];
} ranges;

typedef struct rule {
	size_t line;
	char label[LABEL_MAX + 1];
	int64_t start_ns, end_ns;
	nets address[2];
	ranges port[2], protocol;
	bool either;
	atomic_bool used;
} rule;

struct nf_labels {
	char name[NAME_SHOWN + 1];
	char default_label[LABEL_MAX + 1];
	size_t n, room;
	rule **rules;
};

typedef enum field { LABEL, START, END, SRC, DST, SRC_PORT, DST_PORT, PROTOCOL, DIRECTION, FIELDS } field;

static const char *const field_names[FIELDS] = {"label", "start", "end", "src", "dst", "src_port", "dst_port", "protocol", "direction"};

/* What is read: the text, and where it is. */
typedef struct reader {
	const char *name;
	const char *at;
	size_t line;
	nf_error *error;
} reader;

__attribute__((format(printf, 2, 3))) static bool wrong(const reader *r, const char *format, ...)
{
	char text[NF_ERROR_TEXT_MAX / 2];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	nf_fail(r->error, NF_ARGUMENT, "%s, line %zu: %s", r->name, r->line, text);
	return false;
}

/* ---- words in a cell */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool take_number(const char **at, uint64_t most, uint64_t *n)
{
	const char *c = *at;

	for (*n = 0; is_digit(*c); c++) {
		*n = *n * 10 + (uint64_t)(*c - '0');
		if (*n > most)
			return false;
	}
	const bool some = c > *at;
	*at = c;
	return some;
}

/* Exactly so many digits. */
static bool take_digits(const char **at, int digits, int64_t *n)
{
	*n = 0;
	for (; digits > 0; digits--, ++*at) {
		if (!is_digit(**at))
			return false;
		*n = *n * 10 + (**at - '0');
	}
	return true;
}

/* A fraction of a second behind the point. */
static bool take_fraction(const char **at, int64_t *ns)
{
	int64_t unit = 100000000;

	*ns = 0;
	if (**at != '.')
		return true;
	for (++*at; is_digit(**at); ++*at, unit /= 10)
		*ns += (**at - '0') * unit;
	return true;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar, counting years from March so that the leap day is a year's last. */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
	const int64_t y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool take_offset(const char **at, int64_t *seconds)
{
	int64_t hours, minutes;
	const char sign = **at;

	*seconds = 0;
	if (sign == '\0')
		return true;
	++*at;
	if (sign == 'Z')
		return true;
	if ((sign != '+' && sign != '-') || !take_digits(at, 2, &hours))
		return false;
	*at += **at == ':';
	if (!take_digits(at, 2, &minutes))
		return false;
	*seconds = (hours * 60 + minutes) * 60 * (sign == '+' ? 1 : -1);
	return true;
}

static bool parse_iso(const char *c, int64_t *ns)
{
	int64_t year, month, day, hour, minute, second = 0, fraction = 0, offset;

	if (!take_digits(&c, 4, &year) || *c++ != '-' || !take_digits(&c, 2, &month) || *c++ != '-' || !take_digits(&c, 2, &day))
		return false;
	if ((*c != 'T' && *c != ' ') || !take_digits((c++, &c), 2, &hour) || *c++ != ':' || !take_digits(&c, 2, &minute))
		return false;
	if (*c == ':' && (!take_digits((c++, &c), 2, &second) || !take_fraction(&c, &fraction)))
		return false;
	if (!take_offset(&c, &offset) || *c || month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
		return false;
	const int64_t seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
	return !__builtin_mul_overflow(seconds, 1000000000, ns) && !__builtin_add_overflow(*ns, fraction, ns);
}

static bool parse_epoch(const char *c, int64_t *ns)
{
	uint64_t seconds;
	int64_t fraction;

	return take_number(&c, INT64_MAX / 1000000000 - 1, &seconds) && take_fraction(&c, &fraction) && !*c &&
	       !__builtin_add_overflow((int64_t)seconds * 1000000000, fraction, ns);
}

static bool parse_time(const reader *r, const char *cell, field f, int64_t *ns)
{
	return parse_epoch(cell, ns) || parse_iso(cell, ns) ||
	       wrong(r, "%s is seconds since the epoch or a time as 2017-07-05T09:47:00-03:00, not '%s'", field_names[f], cell);
}

static bool parse_net(const reader *r, const char *word, nets *list)
{
	net n = {.ip_version = strchr(word, ':') ? 6 : 4};
	unsigned bits;

	if (list->n == NETS_MAX)
		return wrong(r, "more than %d networks in one field", NETS_MAX);
	const char *end = n.ip_version == 4 ? nf_parse_ipv4(word, n.address) : nf_parse_ipv6(word, n.address);
	if (end)
		end = nf_parse_prefix(end, n.ip_version == 4 ? 32 : 128, &bits);
	if (!end || *end)
		return wrong(r, "'%s' is no address and no network as 192.168.10.0/24", word);
	n.bits = (uint8_t)bits;
	list->at[list->n++] = n;
	return true;
}

static bool push_range(const reader *r, ranges *list, uint64_t first, uint64_t last, const char *word)
{
	if (list->n == RANGES_MAX)
		return wrong(r, "more than %d entries in one field", RANGES_MAX);
	if (first > last)
		return wrong(r, "'%s' ends before it begins and can never match", word);
	list->at[list->n++] = (range){(uint16_t)first, (uint16_t)last};
	return true;
}

static bool parse_port(const reader *r, const char *word, ranges *list)
{
	const char *c = word;
	uint64_t first, last;

	if (!take_number(&c, UINT16_MAX, &first))
		return wrong(r, "'%s' is no port and no range of ports as 8000-8100", word);
	last = first;
	if (*c == '-' && !take_number((c++, &c), UINT16_MAX, &last))
		return wrong(r, "'%s' is no range of ports as 8000-8100", word);
	return *c ? wrong(r, "'%s' is no port and no range of ports as 8000-8100", word) : push_range(r, list, first, last, word);
}

static bool parse_protocol(const reader *r, const char *word, ranges *list)
{
	static const struct {
		const char *name;
		uint8_t number;
	} known[] = {{"tcp", NF_PROTOCOL_TCP}, {"udp", NF_PROTOCOL_UDP}, {"icmp", NF_PROTOCOL_ICMP}, {"icmp6", NF_PROTOCOL_ICMPV6}, {"sctp", NF_PROTOCOL_SCTP}};
	const char *c = word;
	uint64_t n;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(word, known[i].name) == 0)
			return push_range(r, list, known[i].number, known[i].number, word);
	if (!take_number(&c, 255, &n) || *c)
		return wrong(r, "'%s' is no protocol: tcp, udp, icmp, icmp6, sctp or a number up to 255", word);
	return push_range(r, list, n, n, word);
}

static bool parse_direction(const reader *r, const char *word, bool *either)
{
	*either = strcmp(word, "either") == 0;
	return *either || strcmp(word, "forward") == 0 || wrong(r, "direction is either or forward, not '%s'", word);
}

static bool parse_word(const reader *r, rule *to, field f, const char *word)
{
	switch (f) {
	case SRC: return parse_net(r, word, &to->address[0]);
	case DST: return parse_net(r, word, &to->address[1]);
	case SRC_PORT: return parse_port(r, word, &to->port[0]);
	case DST_PORT: return parse_port(r, word, &to->port[1]);
	case PROTOCOL: return parse_protocol(r, word, &to->protocol);
	default: return parse_direction(r, word, &to->either);
	}
}

static bool parse_words(const reader *r, rule *to, field f, char *cell)
{
	char *rest;

	for (char *word = strtok_r(cell, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		if (!parse_word(r, to, f, word))
			return false;
	return true;
}

static bool parse_cell(const reader *r, rule *to, field f, char *cell)
{
	if (!*cell || strcmp(cell, "*") == 0)
		return true;
	switch (f) {
	case LABEL:
		if (strlen(cell) > LABEL_MAX)
			return wrong(r, "a label has at most %d bytes", LABEL_MAX);
		strcpy(to->label, cell);
		return true;
	case START: return parse_time(r, cell, f, &to->start_ns);
	case END: return parse_time(r, cell, f, &to->end_ns);
	default: return parse_words(r, to, f, cell);
	}
}

/* ---- lines and cells */

static const char *trim(char *cell)
{
	size_t n = strlen(cell);

	while (n > 0 && (cell[n - 1] == ' ' || cell[n - 1] == '\t' || cell[n - 1] == '\r'))
		cell[--n] = '\0';
	return cell;
}

/* The next cell of the line, quotes taken off (RFC 4180). *last: the line ends behind it. */
static bool take_cell(reader *r, char cell[CELL_MAX + 1], bool *last)
{
	const char *c = r->at + strspn(r->at, " \t");
	const bool quoted = *c == '"';
	size_t n = 0;

	for (c += quoted; *c && (quoted || (*c != ',' && *c != '\n')); c++) {
		if (quoted && *c == '"' && *++c != '"')
			break;
		if (n == CELL_MAX)
			return wrong(r, "a field is longer than %d bytes", CELL_MAX);
		if (*c == '\n')
			return wrong(r, "a quoted field does not end on its line");
		cell[n++] = *c;
	}
	cell[n] = '\0';
	if (quoted)
		c += strspn(c, " \t\r");
	else
		trim(cell);
	if (*c && *c != ',' && *c != '\n')
		return wrong(r, "something follows the quotes of a field");
	*last = *c != ',';
	r->at = c + (*c != '\0');
	return true;
}

static bool at_rule(reader *r)
{
	for (; *r->at; r->line++) {
		const char *c = r->at + strspn(r->at, " \t\r");
		if (*c && *c != '\n' && *c != '#')
			return true;
		c += strcspn(c, "\n");
		r->at = c + (*c != '\0');
	}
	return false;
}

/* The first line: which field stands where. */
static bool read_names(reader *r, field order[FIELDS], size_t *n)
{
	char cell[CELL_MAX + 1];
	bool last = false, has[FIELDS] = {false};

	for (*n = 0; !last; ++*n) {
		size_t f = 0;
		if (!take_cell(r, cell, &last))
			return false;
		while (f < FIELDS && strcmp(cell, field_names[f]) != 0)
			f++;
		if (f == FIELDS)
			return wrong(r, "there is no field '%.60s'; there are: label, start, end, src, dst, src_port, dst_port, protocol, direction", cell);
		if (has[f])
			return wrong(r, "the field %s is there twice", cell);
		has[f] = true;
		order[*n] = (field)f;
	}
	r->line++;
	return has[LABEL] || wrong(&(reader){r->name, r->at, r->line - 1, r->error}, "the first line names the fields, and label is not among them");
}

static bool read_rule(reader *r, const field order[FIELDS], size_t n, rule *to)
{
	char cell[CELL_MAX + 1];
	bool last = false;

	to->line = r->line;
	to->start_ns = INT64_MIN;
	to->end_ns = INT64_MAX;
	to->either = true;
	for (size_t i = 0; !last; i++) {
		if (!take_cell(r, cell, &last))
			return false;
		if (i == n)
			return wrong(r, "the line has more fields than the first one");
		if (!parse_cell(r, to, order[i], cell))
			return false;
	}
	if (!*to->label)
		return wrong(r, "the rule has no label");
	if (to->start_ns > to->end_ns)
		return wrong(r, "the rule ends before it starts and can never match");
	r->line++;
	return true;
}

static bool push_rule(nf_labels *labels, rule *one)
{
	if (labels->n == labels->room) {
		const size_t room = labels->room ? 2 * labels->room : 16;
		rule **rules = realloc(labels->rules, room * sizeof(rule *));
		if (!rules)
			return false;
		labels->rules = rules;
		labels->room = room;
	}
	labels->rules[labels->n++] = one;
	return true;
}

static nf_status read_all(nf_labels *labels, reader *r)
{
	field order[FIELDS];
	size_t n;

	if (!at_rule(r))
		return nf_fail(r->error, NF_ARGUMENT, "%s: there are no rules, not even the line that names the fields", r->name);
	if (!read_names(r, order, &n))
		return NF_ARGUMENT;
	while (at_rule(r)) {
		rule *one = calloc(1, sizeof *one);
		if (!one || !push_rule(labels, one)) {
			free(one);
			return nf_fail(r->error, NF_NO_MEMORY, "out of memory");
		}
		if (!read_rule(r, order, n, one))
			return NF_ARGUMENT;
	}
	return NF_OK;
}

nf_status nf_labels_new(nf_labels **result, const char *text, const char *name, const char *default_label, nf_error *error)
{
	nf_labels *labels = calloc(1, sizeof *labels);
	reader r = {name, text, 1, error};

	*result = NULL;
	if (!labels)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	snprintf(labels->name, sizeof labels->name, "%s", name);
	snprintf(labels->default_label, sizeof labels->default_label, "%s", default_label);
	nf_status status = read_all(labels, &r);
	if (status == NF_OK)
		*result = labels;
	else
		nf_labels_free(labels);
	return status;
}

void nf_labels_free(nf_labels *labels)
{
	if (!labels)
		return;
	for (size_t i = 0; i < labels->n; i++)
		free(labels->rules[i]);
	free(labels->rules);
	free(labels);
}

/* ---- matching */

static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	const unsigned bytes = bits / 8, rest = bits % 8;

	return memcmp(a, b, bytes) == 0 && (!rest || (a[bytes] ^ b[bytes]) >> (8 - rest) == 0);
}

static bool in_nets(const nets *list, const uint8_t *address, uint8_t ip_version)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].ip_version == ip_version && same_bits(list->at[i].address, address, list->at[i].bits))
			return true;
	return list->n == 0;
}

static bool in_ranges(const ranges *list, uint16_t n)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].first <= n && n <= list->at[i].last)
			return true;
	return list->n == 0;
}

/* first: which side of the key is to be the rule's src. */
static bool matches_from(const rule *one, const nf_key *key, int first)
{
	return in_nets(&one->address[0], key->address[first], key->ip_version) && in_nets(&one->address[1], key->address[!first], key->ip_version) &&
	       in_ranges(&one->port[0], key->port[first]) && in_ranges(&one->port[1], key->port[!first]);
}

static bool matches(const rule *one, const nf_key *key, int64_t first_ns)
{
	return first_ns >= one->start_ns && first_ns <= one->end_ns && in_ranges(&one->protocol, key->protocol) &&
	       (matches_from(one, key, 0) || (one->either && matches_from(one, key, 1)));
}

const char *nf_labels_of(const nf_labels *labels, const nf_key *key, int64_t first_ns)
{
	for (size_t i = 0; i < labels->n; i++)
		if (matches(labels->rules[i], key, first_ns)) {
			atomic_store_explicit(&labels->rules[i]->used, true, memory_order_relaxed);
			return labels->rules[i]->label;
		}
	return labels->default_label;
}

/* ---- what is odd about them */

static bool nets_within(const nets *outer, const nets *inner)
{
	if (outer->n == 0)
		return true;
	for (size_t i = 0; i < inner->n; i++) {
		size_t o = 0;
		while (o < outer->n && !(outer->at[o].ip_version == inner->at[i].ip_version && outer->at[o].bits <= inner->at[i].bits &&
					 same_bits(outer->at[o].address, inner->at[i].address, outer->at[o].bits)))
			o++;
		if (o == outer->n)
			return false;
	}
	return inner->n > 0;
}

static bool ranges_within(const ranges *outer, const ranges *inner)
{
	if (outer->n == 0)
		return true;
	for (size_t i = 0; i < inner->n; i++) {
		size_t o = 0;
		while (o < outer->n && !(outer->at[o].first <= inner->at[i].first && inner->at[i].last <= outer->at[o].last))
			o++;
		if (o == outer->n)
			return false;
	}
	return inner->n > 0;
}

static bool sides_within(const rule *outer, const rule *inner, int first)
{
	return nets_within(&outer->address[first], &inner->address[0]) && nets_within(&outer->address[!first], &inner->address[1]) &&
	       ranges_within(&outer->port[first], &inner->port[0]) && ranges_within(&outer->port[!first], &inner->port[1]);
}

/* Whether all that the inner rule matches is matched by the outer one; sure where it says so. */
static bool is_within(const rule *outer, const rule *inner)
{
	return outer->start_ns <= inner->start_ns && inner->end_ns <= outer->end_ns && ranges_within(&outer->protocol, &inner->protocol) &&
	       (outer->either || !inner->either) && (sides_within(outer, inner, 0) || (outer->either && sides_within(outer, inner, 1)));
}

bool nf_labels_unreached(const nf_labels *labels, size_t *i, char *text, size_t size)
{
	for (; *i < labels->n; ++*i)
		for (size_t j = 0; j < *i; j++) {
			const rule *outer = labels->rules[j], *inner = labels->rules[*i];
			if (strcmp(outer->label, inner->label) == 0 || !is_within(outer, inner))
				continue;
			snprintf(text, size, "%s, line %zu: the rule for '%s' is never reached: all that it matches is matched by line %zu ('%s')", labels->name,
				 inner->line, inner->label, outer->line, outer->label);
			++*i;
			return true;
		}
	return false;
}

bool nf_labels_unused(const nf_labels *labels, size_t *i, char *text, size_t size)
{
	for (; *i < labels->n; ++*i) {
		const rule *one = labels->rules[*i];
		if (atomic_load_explicit(&one->used, memory_order_relaxed))
			continue;
		snprintf(text, size, "%s, line %zu: no flow matched the rule for '%s'", labels->name, one->line, one->label);
		++*i;
		return true;
	}
	return false;
}
