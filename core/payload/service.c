/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the matchers, and keeps what they said. */
#include "payload/look.h"

enum { TCP = 1, UDP = 2 }; /* services.def's transports */

/* Bits of nf_service.flags. */
enum {
	MIDLINE = 1 << 0,  /* << side: its last packet ended within a line */
	CLAIMED = 1 << 2,
	FINISHED = 1 << 3,
};

enum { HELD_MOST = NF_SERVICE_HELD_MOST, JOINED_MOST = 1600 };

typedef struct row {
	const char *name;
	nf_matcher *match;
} row;

static const row rows[NF_SERVICE_COUNT] = {
#define NF_SERVICE(id, name, transports, matcher) {name, nf_match_##matcher},
#include "payload/services.def"
#undef NF_SERVICE
};

_Static_assert(NF_SERVICE_COUNT <= 64, "nf_service.alive has a bit for each service");

#define BIT(id) (UINT64_C(1) << (id))

/* What may begin inside a claimed connection, whatever claimed it: TLS behind STARTTLS and its like. */
#define CARRIED BIT(NF_SERVICE_SSL)

nf_verdict nf_match_inside(nf_look *look)
{
	(void)look;
	return NF_NO;
}

/* A bit for each row of a transport. */
static uint64_t all_rows(uint8_t protocol)
{
	static const uint64_t tcp = 0
#define NF_SERVICE(id, name, transports, matcher) | (uint64_t)(((transports) & TCP) != 0) << NF_SERVICE_##id
#include "payload/services.def"
#undef NF_SERVICE
		;
	static const uint64_t udp = 0
#define NF_SERVICE(id, name, transports, matcher) | (uint64_t)(((transports) & UDP) != 0) << NF_SERVICE_##id
#include "payload/services.def"
#undef NF_SERVICE
		;
	return protocol == NF_PROTOCOL_TCP ? tcp : protocol == NF_PROTOCOL_UDP ? udp : 0;
}

void nf_service_init(nf_service *service, uint8_t protocol, uint16_t originator_port, uint16_t responder_port)
{
	*service = (nf_service){.protocol = protocol, .port = {originator_port, responder_port}, .alive = all_rows(protocol)};
}

static bool is_named(const nf_service *service, unsigned id)
{
	for (unsigned i = 0; i < service->named_count; i++)
		if (service->named[i] == id)
			return true;
	return false;
}

static void add(nf_service *service, unsigned id)
{
	if (!is_named(service, id) && service->named_count < NF_SERVICE_NAMED_MOST)
		service->named[service->named_count++] = (uint8_t)id;
}

static void take_back(nf_service *service, unsigned id)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < service->named_count; i++)
		if (service->named[i] != id || i < service->lower)
			service->named[kept++] = service->named[i];
	service->named_count = (uint8_t)kept;
}

void nf_look_add(nf_look *look, nf_service_id id)
{
	add(look->service, id);
}

bool nf_look_named(const nf_look *look, nf_service_id id)
{
	return is_named(look->service, id);
}

/* What follows in this connection is looked at as if it began. */
static void restart(nf_service *service)
{
	service->alive = all_rows(service->protocol);
	for (unsigned i = 0; i < service->named_count; i++)
		service->alive &= ~BIT(service->named[i]);
	service->lower = service->named_count;
	service->flags = 0;
	service->held[0] = service->held[1] = 0;
	service->skip[0] = service->skip[1] = 0;
	memset(service->note, 0, sizeof service->note);
	service->packets[0] = service->packets[1] = 0;
}

static void claim(nf_service *service, unsigned id)
{
	service->alive &= BIT(id) | (id == NF_SERVICE_SSL || service->protocol != NF_PROTOCOL_TCP ? 0 : CARRIED);
	service->flags |= CLAIMED;
}

/* Returns false if nobody else is to be asked. */
static bool hear(nf_service *service, unsigned id, nf_verdict verdict)
{
	switch (verdict) {
	case NF_WAIT: break;
	case NF_NO: service->alive &= ~BIT(id); break;
	case NF_BROKEN:
		take_back(service, id);
		service->alive &= ~BIT(id);
		break;
	case NF_CLAIM: claim(service, id); break;
	case NF_YES:
		add(service, id);
		claim(service, id);
		break;
	case NF_DONE:
		add(service, id);
		claim(service, id);
		service->alive &= ~BIT(id);
		break;
	case NF_RESTART:
		add(service, id);
		restart(service);
		return false;
	}
	return true;
}

static void ask(nf_look *look)
{
	nf_service *service = look->service;

	for (uint64_t left = service->alive; left; left &= service->alive) {
		const unsigned id = (unsigned)__builtin_ctzll(left);

		left &= left - 1;
		look->id = (uint8_t)id;
		look->note = &service->note[id];
		if (!hear(service, id, rows[id].match(look)))
			return;
	}
}

/* Keeps the end of what was shown: a line's beginning, or a packet too short to say anything. */
static void hold(nf_service *service, const nf_look *look)
{
	size_t line = look->n;

	while (line > 0 && look->n - line <= HELD_MOST && look->bytes[line - 1] != '\n')
		line--;
	const size_t rest = look->n - line;
	const bool keep = !look->used && look->complete && rest <= HELD_MOST && (line == 0 || nf_look_printable(look->bytes + line, rest));

	service->held[look->side] = keep ? (uint8_t)rest : 0;
	if (keep && rest > 0)
		memcpy(service->head[look->side], look->bytes + line, rest);
	service->flags &= (uint8_t)~(MIDLINE << look->side);
	if (!keep && rest > 0)
		service->flags |= (uint8_t)(MIDLINE << look->side);
}

static void show(nf_service *service, unsigned side, const uint8_t *bytes, size_t n, bool complete)
{
	const bool is_tcp = service->protocol == NF_PROTOCOL_TCP;
	const size_t held = service->held[side];
	uint8_t joined[JOINED_MOST];
	nf_look look = {.service = service, .bytes = bytes, .n = n, .side = side, .complete = complete};

	look.begins = !(service->flags & MIDLINE << side);
	if (held > 0) {
		const size_t taken = n < JOINED_MOST - held ? n : JOINED_MOST - held;
		memcpy(joined, service->head[side], held);
		memcpy(joined + held, bytes, taken);
		look.bytes = joined;
		look.n = held + taken;
		look.complete = complete && taken == n;
	}
	ask(&look);
	if (is_tcp)
		hold(service, &look);
	if (!complete)
		nf_service_gap(service, side);
}

void nf_service_partial(nf_service *service)
{
	static const uint8_t from_the_start[] = {NF_SERVICE_HTTP, NF_SERVICE_SSL,  NF_SERVICE_SSH,     NF_SERVICE_SMTP,  NF_SERVICE_POP3,
						 NF_SERVICE_IMAP, NF_SERVICE_XMPP, NF_SERVICE_RFB,     NF_SERVICE_RDP,   NF_SERVICE_MYSQL,
						 NF_SERVICE_SOCKS, NF_SERVICE_KRB_TCP, NF_SERVICE_DCE_RPC};

	for (size_t i = 0; i < sizeof from_the_start; i++)
		service->alive &= ~BIT(from_the_start[i]);
}

bool nf_service_wants(const nf_service *service)
{
	return service->alive != 0 && !(service->flags & FINISHED);
}

bool nf_service_data(nf_service *service, unsigned side, const uint8_t *bytes, size_t n, bool complete)
{
	side &= 1;
	if (n == 0 || !nf_service_wants(service))
		return nf_service_wants(service);
	show(service, side, bytes, n, complete);
	if (++service->packets[side] >= NF_SERVICE_PACKETS_MOST)
		service->flags |= FINISHED;
	return nf_service_wants(service);
}

void nf_service_gap(nf_service *service, unsigned side)
{
	side &= 1;
	service->held[side] = 0;
	service->skip[side] = 0;
	if (service->protocol == NF_PROTOCOL_TCP)
		service->flags |= (uint8_t)(MIDLINE << side);
}

void nf_service_flip(nf_service *service)
{
	const uint16_t port = service->port[0];

	service->port[0] = service->port[1];
	service->port[1] = port;
	if (service->packets[0] || service->packets[1])
		return;
	service->alive = all_rows(service->protocol);
}

const char *nf_service_id_name(unsigned id)
{
	return id < NF_SERVICE_COUNT ? rows[id].name : NULL;
}

size_t nf_service_name(const nf_service *service, char *text)
{
	size_t n = 0;

	for (unsigned i = 0; i < service->named_count; i++) {
		const char *name = nf_service_id_name(service->named[i]);
		const size_t length = name ? strlen(name) : 0;
		if (length == 0 || n + length + 2 > NF_SERVICE_NAME_BYTES)
			continue;
		if (n > 0)
			text[n++] = ',';
		memcpy(text + n, name, length);
		n += length;
	}
	text[n] = 0;
	return n;
}
