/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcapng (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html): blocks of
 *
 *   type   length   what the type has, and options   length once more
 *
 * Plain are blocks whose two lengths agree and are multiples of four, and whose contents fill them as the specification says.
 */
#include "source/native.h"

#include <stdlib.h>

enum {
	SECTION = 0x0a0d0d0a, /* the same in both byte orders */
	INTERFACE = 1,
	OLD_PACKET = 2,
	SIMPLE_PACKET = 3,
	NAMES = 4,
	STATISTICS = 5,
	PACKET = 6,
	JOURNAL = 9,
	SECRETS = 10,
	CUSTOM = 0xbad,
	CUSTOM_NO_COPY = 0x40000bad,
	SYSDIG_FIRST = 0x200,
	SYSDIG_LAST = 0x2ff,
};

enum {
	BEFORE = 8,  /* bytes of type and length */
	AROUND = 12, /* and of the length at the end */
	BLOCK_MOST = NF_INPUT_MOST,
	INTERFACES_MOST = 1 << 16,
	NETFLIX = 10949, /* its custom blocks hold more than wiretap's other ones */
};

struct nf_pcapng_interface {
	nf_native_link link;
	bool plain; /* the link is */
	uint32_t snapshot_length;
	uint64_t units; /* a second has */
	int64_t offset; /* seconds */
	uint32_t fcs_bytes;
};

static uint32_t padded(uint32_t n)
{
	return (n + 3) & ~UINT32_C(3);
}

/* wiretap's records of other framings do not tell. */
static uint32_t fcs_of(const struct nf_pcapng_interface *interface, uint32_t fcs_bytes)
{
	return interface->link.link == 1 ? fcs_bytes : 0;
}

/* --- Options: code, length, value, padding --- */

typedef struct option {
	uint32_t code, length;
	const uint8_t *value;
} option;

enum { COMMENT = 1, CUSTOM_TEXT = 2988, CUSTOM_BYTES = 2989, CUSTOM_TEXT_NO_COPY = 19372, CUSTOM_BYTES_NO_COPY = 19373 };

static bool is_custom(uint32_t code)
{
	return code == CUSTOM_TEXT || code == CUSTOM_BYTES || code == CUSTOM_TEXT_NO_COPY || code == CUSTOM_BYTES_NO_COPY;
}

/* Gives each option to take(), whose false ends it. @return false: not plain */
static bool each_option(const uint8_t *p, uint32_t n, bool big, bool (*take)(void *to, const option *, bool big), void *to)
{
	while (n > 0) {
		if (n < 4)
			return false;
		option o = {nf_get16(p, big), nf_get16(p + 2, big), p + 4};
		uint32_t whole = 4 + padded(o.length);
		if (whole > n)
			return false;
		if (o.code == 0)
			return n == 4;
		if (!NF_NATIVE_IS_ALONE && is_custom(o.code))
			return false;
		if (o.code != COMMENT && take && !take(to, &o, big))
			return false;
		p += whole;
		n -= whole;
	}
	return true;
}

/* Options that come twice, or are longer or shorter than they should be, are left to wiretap. */
struct interface_options {
	struct nf_pcapng_interface *interface;
	unsigned seen;
};

static uint64_t units_of(uint8_t resolution)
{
	uint64_t units = 1, base = resolution & 0x80 ? 2 : 10;
	unsigned exponent = resolution & 0x7f;
	if (exponent >= (base == 2 ? 64U : 20U))
		return UINT64_MAX;
	while (exponent-- > 0)
		units *= base;
	return units;
}

static bool take_interface_option(void *to, const option *o, bool big)
{
	enum { SPEED = 8, RESOLUTION = 9, FILTER = 11, FCS_LENGTH = 13, OFFSET = 14 };
	struct interface_options *options = to;
	static const uint8_t lengths[] = {[SPEED] = 8, [RESOLUTION] = 1, [FCS_LENGTH] = 1, [OFFSET] = 8};
	if (o->code == FILTER)
		return o->length > 0;
	if (o->code >= sizeof lengths || lengths[o->code] == 0)
		return true;
	if (o->length != lengths[o->code] || (options->seen & 1U << o->code))
		return false;
	options->seen |= 1U << o->code;
	if (o->code == RESOLUTION)
		options->interface->units = units_of(*o->value);
	else if (o->code == FCS_LENGTH)
		options->interface->fcs_bytes =
			*o->value < 8 ? *o->value : *o->value / 8; /* programs write bytes, the specification says bits */
	else if (o->code == OFFSET)
		options->interface->offset = (int64_t)nf_get64(o->value, big);
	return true;
}

struct packet_options {
	uint32_t fcs_bytes;
	bool flags;
};

static bool take_packet_option(void *to, const option *o, bool big)
{
	enum { FLAGS = 2, HASH, DROPPED, ID, QUEUE, VERDICT };
	struct packet_options *options = to;
	uint32_t fcs_bytes;
	switch (o->code) {
	case FLAGS:
		if (o->length != 4 || options->flags)
			return false;
		options->flags = true;
		fcs_bytes = nf_get32(o->value, big) >> 5 & 0xf;
		if (fcs_bytes > 0)
			options->fcs_bytes = fcs_bytes;
		return true;
	case HASH: return o->length > 0;
	case DROPPED:
	case ID: return o->length == 8;
	case QUEUE: return o->length == 4;
	case VERDICT: return o->length > 0 && (o->value[0] == 0 || o->length == 9);
	default: return true;
	}
}

/* --- Blocks that give no frame. false: not plain --- */

static bool keep(nf_pcapng *pcapng, const uint8_t *p, uint32_t length)
{
	if (!pcapng->keep)
		return true;
	if (pcapng->kept_bytes + length > pcapng->kept_room) {
		size_t room = 2 * (pcapng->kept_bytes + length);
		uint8_t *larger = realloc(pcapng->kept, room);
		if (!larger)
			return false;
		pcapng->kept = larger;
		pcapng->kept_room = room;
	}
	memcpy(pcapng->kept + pcapng->kept_bytes, p, length);
	pcapng->kept_bytes += length;
	return true;
}

static bool begin_section(nf_pcapng *pcapng, const uint8_t *p, uint32_t length, bool big)
{
	enum { FIXED = 16 };
	uint32_t minor = nf_get16(p + BEFORE + 6, big);
	if (length < AROUND + FIXED || nf_get16(p + BEFORE + 4, big) != 1 || (minor != 0 && minor != 2) ||
	    !each_option(p + BEFORE + FIXED, length - AROUND - FIXED, big, NULL, NULL))
		return false;
	pcapng->big = big;
	pcapng->n = 0;
	pcapng->kept_bytes = 0;
	return keep(pcapng, p, length);
}

static bool add_interface(nf_pcapng *pcapng, const uint8_t *p, uint32_t length)
{
	enum { FIXED = 8 };
	const bool big = pcapng->big;
	if (length < AROUND + FIXED || pcapng->n == INTERFACES_MOST)
		return false;
	if (pcapng->n == pcapng->room) {
		uint32_t room = 2 * pcapng->room + 4;
		struct nf_pcapng_interface *larger = realloc(pcapng->interfaces, room * sizeof *larger);
		if (!larger)
			return false;
		pcapng->interfaces = larger;
		pcapng->room = room;
	}
	struct nf_pcapng_interface *interface = &pcapng->interfaces[pcapng->n];
	*interface = (struct nf_pcapng_interface){
		.snapshot_length = nf_get32(p + BEFORE + 4, big),
		.units = 1000000,
	};
	interface->plain = nf_native_link_get(nf_get16(p + BEFORE, big), &interface->link);
	struct interface_options options = {.interface = interface};
	if (!each_option(p + BEFORE + FIXED, length - AROUND - FIXED, big, take_interface_option, &options))
		return false;
	interface->fcs_bytes = fcs_of(interface, interface->fcs_bytes);
	pcapng->n++;
	return keep(pcapng, p, length);
}

static bool skip_statistics(const uint8_t *p, uint32_t length, bool big)
{
	enum { FIXED = 12 };
	return length >= AROUND + FIXED && each_option(p + BEFORE + FIXED, length - AROUND - FIXED, big, NULL, NULL);
}

/* Records of type, length, address, names that each end in a zero, padding. The one of type 0 is the last, options follow. */
static bool skip_names(const uint8_t *p, uint32_t length, bool big)
{
	enum { END, IPV4, IPV6 };
	uint32_t left = length - AROUND;
	for (p += BEFORE; left >= 4;) {
		uint32_t type = nf_get16(p, big), n = nf_get16(p + 2, big), whole = 4 + padded(n);
		if (type == END)
			return n == 0 && each_option(p + 4, left - 4, big, NULL, NULL);
		uint32_t address = type == IPV4 ? 4 : 16;
		if (type > IPV6 || whole > left || n <= address || p[4 + n - 1] != 0)
			return false;
		p += whole;
		left -= whole;
	}
	return false;
}

static bool skip_secrets(const uint8_t *p, uint32_t length, bool big)
{
	enum { FIXED = 8 };
	if (length < AROUND + FIXED)
		return false;
	uint32_t n = nf_get32(p + BEFORE + 4, big), most = length - AROUND - FIXED;
	return n <= most && padded(n) <= most && each_option(p + BEFORE + FIXED + padded(n), most - padded(n), big, NULL, NULL);
}

/* --- Blocks that give one --- */

/* Divisions by a constant are cheaper, so the two usual resolutions have lines of their own. */
static void set_time(const struct nf_pcapng_interface *interface, uint64_t ts, nf_frame *frame)
{
	enum { MICRO = 1000000, NANO = 1000000000 };
	const uint64_t units = interface->units;
	int64_t seconds;
	int32_t nanoseconds;
	if (units == MICRO) {
		seconds = (int64_t)(ts / MICRO);
		nanoseconds = (int32_t)(ts % MICRO * (NANO / MICRO));
	} else if (units == NANO) {
		seconds = (int64_t)(ts / NANO);
		nanoseconds = (int32_t)(ts % NANO);
	} else {
		/* The product may overflow, as it does in wiretap. */
		seconds = (int64_t)(ts / units);
		nanoseconds = (int32_t)(ts % units * NANO / units);
	}
	nf_native_set_time(frame, (int64_t)((uint64_t)seconds + (uint64_t)interface->offset), nanoseconds);
}

/* Both kinds of packets with times have their fields at the same places but for the interface. */
static nf_native_step packet(nf_pcapng *pcapng, const uint8_t *p, uint32_t length, bool old, nf_frame *frame)
{
	enum { FIXED = 20 };
	const bool big = pcapng->big;
	if (length < AROUND + FIXED)
		return NF_NATIVE_DAMAGED;
	p += BEFORE;
	const uint32_t at = old ? nf_get16(p, big) : nf_get32(p, big), captured = nf_get32(p + 12, big);
	if (at >= pcapng->n || captured > NF_NATIVE_PACKET_MOST || padded(captured) > length - AROUND - FIXED)
		return NF_NATIVE_DAMAGED;
	const struct nf_pcapng_interface *interface = &pcapng->interfaces[at];
	if (!interface->plain)
		return NF_NATIVE_ODD;
	struct packet_options options = {.fcs_bytes = interface->fcs_bytes};
	const uint32_t left = length - AROUND - FIXED - padded(captured);
	if (left > 0 && !each_option(p + FIXED + padded(captured), left, big, take_packet_option, &options))
		return NF_NATIVE_ODD;
	*frame = (nf_frame){
		.data = p + FIXED,
		.captured = captured,
		.wire = nf_get32(p + 16, big),
		.link = interface->link.link,
		.interface = at,
		.fcs_bytes = fcs_of(interface, options.fcs_bytes),
	};
	set_time(interface, (uint64_t)nf_get32(p + 4, big) << 32 | nf_get32(p + 8, big), frame);
	pcapng->link_name = interface->link.name;
	return NF_NATIVE_FRAME;
}

static nf_native_step simple_packet(nf_pcapng *pcapng, const uint8_t *p, uint32_t length, nf_frame *frame)
{
	enum { FIXED = 4 };
	if (length < AROUND + FIXED || pcapng->n == 0 || !pcapng->interfaces[0].plain)
		return NF_NATIVE_ODD;
	const struct nf_pcapng_interface *interface = &pcapng->interfaces[0];
	const uint32_t wire = nf_get32(p + BEFORE, pcapng->big), most = interface->snapshot_length;
	const uint32_t captured = most > 0 && wire > most ? most : wire;
	if (captured > NF_NATIVE_PACKET_MOST || padded(captured) != length - AROUND - FIXED)
		return NF_NATIVE_ODD;
	*frame = (nf_frame){
		.data = p + BEFORE + FIXED,
		.captured = captured,
		.wire = wire,
		.link = interface->link.link,
		.fcs_bytes = interface->fcs_bytes,
		.flags = NF_FRAME_NO_TIME,
	};
	pcapng->link_name = interface->link.name;
	return NF_NATIVE_FRAME;
}

static nf_native_step custom(const nf_pcapng *pcapng, const uint8_t *p, uint32_t length, nf_frame *frame)
{
	if (length < AROUND + 4 || nf_get32(p + BEFORE, pcapng->big) == NETFLIX)
		return NF_NATIVE_ODD;
	*frame = (nf_frame){.link = NF_LINK_UNKNOWN, .flags = NF_FRAME_NOT_PACKET | NF_FRAME_NO_TIME};
	return NF_NATIVE_FRAME;
}

/* --- The walk --- */

/* STOP here is a block that gives no frame. */
static nf_native_step block(nf_pcapng *pcapng, const uint8_t *p, uint32_t type, uint32_t length, nf_frame *frame)
{
	const bool big = pcapng->big;
	bool plain;
	switch (type) {
	case PACKET: return packet(pcapng, p, length, false, frame);
	case OLD_PACKET: return packet(pcapng, p, length, true, frame);
	case SIMPLE_PACKET: return simple_packet(pcapng, p, length, frame);
	case CUSTOM:
	case CUSTOM_NO_COPY: return custom(pcapng, p, length, frame);
	case INTERFACE: plain = add_interface(pcapng, p, length); break;
	case NAMES: plain = skip_names(p, length, big); break;
	case STATISTICS: plain = skip_statistics(p, length, big); break;
	case SECRETS: plain = skip_secrets(p, length, big); break;
	case JOURNAL: plain = NF_NATIVE_IS_ALONE; break;
	default: plain = NF_NATIVE_IS_ALONE || type < SYSDIG_FIRST || type > SYSDIG_LAST; break;
	}
	return plain ? NF_NATIVE_STOP : NF_NATIVE_ODD;
}

static bool byte_order_of(const uint8_t *p, bool *big)
{
	enum { MAGIC = 0x1a2b3c4d };
	*big = nf_get32(p + BEFORE, true) == MAGIC;
	return *big || nf_get32(p + BEFORE, false) == MAGIC;
}

/* The whole next block, whatever it is. */
static nf_native_step peek(nf_input *input, bool big, const uint8_t **block_at, uint32_t *type, uint32_t *length)
{
	const uint8_t *p = nf_input_need(input, AROUND);
	if (!p)
		return NF_NATIVE_STOP;
	*type = nf_get32(p, big);
	if (*type == SECTION && !byte_order_of(p, &big))
		return NF_NATIVE_ODD;
	*length = nf_get32(p + 4, big);
	if (*length < AROUND || *length > BLOCK_MOST || *length % 4)
		return NF_NATIVE_DAMAGED;
	p = *block_at = nf_input_need(input, *length);
	if (!p)
		return NF_NATIVE_STOP;
	return nf_get32(p + *length - 4, big) == *length ? NF_NATIVE_FRAME : NF_NATIVE_DAMAGED;
}

nf_native_step nf_pcapng_next(nf_pcapng *pcapng, nf_input *input, nf_frame *frame)
{
	for (;;) {
		const uint8_t *p;
		uint32_t type, length;
		bool big = pcapng->big;
		nf_native_step step = peek(input, big, &p, &type, &length);
		if (step != NF_NATIVE_FRAME)
			return step;
		if (type == SECTION)
			step = byte_order_of(p, &big) && begin_section(pcapng, p, length, big) ? NF_NATIVE_STOP : NF_NATIVE_ODD;
		else
			step = block(pcapng, p, type, length, frame);
		if (step != NF_NATIVE_STOP && step != NF_NATIVE_FRAME)
			return step;
		input->at += length;
		if (type != INTERFACE)
			pcapng->opening = false;
		if (step == NF_NATIVE_FRAME)
			return step;
	}
}

size_t nf_pcapng_more(nf_pcapng *pcapng, nf_input *input, nf_frame *frames, size_t most)
{
	const char *link_name = pcapng->link_name;
	size_t n = 0;
	while (n < most && input->end - input->at >= AROUND) {
		const uint8_t *p = input->buffer + input->at;
		const uint32_t length = nf_get32(p + 4, pcapng->big);
		if (nf_get32(p, pcapng->big) != PACKET || length < AROUND || length % 4 || length > input->end - input->at ||
		    nf_get32(p + length - 4, pcapng->big) != length || packet(pcapng, p, length, false, &frames[n]) != NF_NATIVE_FRAME)
			break;
		if (pcapng->link_name != link_name) {
			pcapng->link_name = link_name;
			break;
		}
		input->at += length;
		n++;
	}
	return n;
}

bool nf_pcapng_knows(const uint8_t magic[4])
{
	return nf_get32(magic, false) == SECTION;
}

nf_native_step nf_pcapng_begin(nf_pcapng *pcapng, nf_input *input, bool pipe)
{
	const uint8_t *p;
	uint32_t type, length;
	bool big;
	nf_native_step step = peek(input, false, &p, &type, &length);
	if (step != NF_NATIVE_FRAME)
		return step;
	pcapng->keep = pipe;
	pcapng->opening = true;
	if (!byte_order_of(p, &big) || !begin_section(pcapng, p, length, big))
		return NF_NATIVE_ODD;
	input->at += length;
	return NF_NATIVE_FRAME;
}

void nf_pcapng_clear(nf_pcapng *pcapng)
{
	free(pcapng->interfaces);
	free(pcapng->kept);
	*pcapng = (nf_pcapng){.n = 0};
}

const uint8_t *nf_pcapng_stand_in(size_t *n)
{
	static const uint8_t bytes[] = {
		0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d,      0x3c, 0x2b, 0x1a, 1,  0, 0, 0, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 28, 0, 0, 0, INTERFACE, 0,    0,    0,    20, 0, 0, 0, 1,    0,    0,    0,
		0,    0,    0,    0,    20, 0, 0, 0, PACKET,    0,    0,    0,    32, 0, 0, 0, 0,    0,    0,    0,
		0,    0,    0,    0,    0,  0, 0, 0, 0,         0,    0,    0,    0,  0, 0, 0, 32,   0,    0,    0,
	};
	*n = sizeof bytes;
	return bytes;
}
