/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services by payload, and facts of payload. The dialogues are written by hand from the documents that define the protocols. */
#include "payload/facts.h"
#include "payload/service.h"
#include "payload/sha256.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define Z4 "\0\0\0\0"
#define Z8 Z4 Z4
#define Z16 Z8 Z8
#define Z32 Z16 Z16
#define Z64 Z32 Z32

enum { TCP = NF_PROTOCOL_TCP, UDP = NF_PROTOCOL_UDP, STEPS_MOST = 8, HIGH_PORT = 45678 };

/* One packet: side and payload. */
typedef struct step {
	int side;
	const char *bytes;
	size_t n;
} step;

typedef struct dialogue {
	const char *name; /* the services that it has */
	uint8_t protocol;
	uint16_t port;    /* the responder's */
	step steps[STEPS_MOST];
} dialogue;

#define O(literal) {0, (literal), sizeof(literal) - 1}
#define R(literal) {1, (literal), sizeof(literal) - 1}

/* TLS: record 22, 3.1, 47 bytes; ClientHello of 43: 3.3, random, no session, one cipher suite, no compression, no extensions. */
#define HELLO "\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03" Z32 "\x00\x00\x02\x13\x01\x01\x00\x00\x00"
#define SERVER_HELLO "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" Z32 "\x00\x13\x01\x00"

/* DNS: query for a.example A; its answer 192.0.2.1, the name a pointer to 12. */
#define DNS_NAME "\x01" "a" "\x07" "example" "\x00"
#define DNS_QUERY "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" DNS_NAME "\x00\x01\x00\x01"
#define DNS_ANSWER                                                                                                                          \
	"\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" DNS_NAME "\x00\x01\x00\x01"                                                        \
	"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01"

/* IPv6 without a next header or payload, 2001::1 (Teredo) to 2001:db8::1. */
#define BUBBLE "\x60\x00\x00\x00\x00\x00\x3b\xff\x20\x01\x00\x00" Z8 "\x00\x00\x00\x01\x20\x01\x0d\xb8" Z8 "\x00\x00\x00\x01"

/* SMB 2 and 1: NetBIOS length, then the head and something of the body. */
#define SMB2(body) "\x00\x00\x00\x40\xfe" "SMB" "\x40\x00" Z32 Z16 Z8 "\0\0" body
#define SPNEGO "\x60\x1c\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x12\x30\x10\xa0\x0e\x30\x0c\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"

/* LDAP: SEQUENCE, messageID, operation. */
#define LDAP_BIND "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"
#define LDAP_BOUND "\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"
#define LDAP_STARTTLS "\x30\x1d\x02\x01\x01\x77\x18\x80\x16" "1.3.6.1.4.1.1466.20037"
#define LDAP_STARTED "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"
/* bind by SASL, mechanism GSS-SPNEGO, whose credentials are an NTLMSSP message of type 1 */
#define LDAP_NTLM "\x30\x27\x02\x01\x01\x60\x22\x02\x01\x03\x04\x00\xa3\x1b\x04\x0a" "GSS-SPNEGO" "\x04\x0d" "NTLMSSP\0" "\x01\0\0\0\0"

/* Kerberos: AS-REQ, [APPLICATION 10], pvno 5, type 10. */
#define KRB_AS_REQ "\x6a\x12\x30\x10\xa1\x03\x02\x01\x05\xa2\x03\x02\x01\x0a\xa4\x04\x30\x02\x05\x00"

/* SSH: a packet of 12 bytes with padding 10 and a type; and a key exchange's first, of 20 bytes. */
#define SSH_NEWKEYS "\x00\x00\x00\x0c\x0a\x15" Z8 "\0\0"
#define SSH_KEXINIT "\x00\x00\x00\x14\x04\x14" Z16 "\0\0"

static const dialogue dialogues[] = {
	{"http", TCP, 80, {O("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), R("HTTP/1.1 200 OK\r\n\r\n")}},
	{"http", TCP, HIGH_PORT, {O("POST /x HTTP/1.0\r\n\r\n"), R("HTTP/1.0 404 Not Found\r\n\r\n")}},
	{"http,websocket", TCP, HIGH_PORT, {O("GET / HTTP/1.1\r\n\r\n"), R("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")}},
	{"http,ssl", TCP, 3128, {O("CONNECT a:443 HTTP/1.1\r\n\r\n"), R("HTTP/1.1 200 OK\r\n\r\n"), O(HELLO), R(SERVER_HELLO)}},
	{"ssl", TCP, HIGH_PORT, {O(HELLO), R(SERVER_HELLO)}},
	{"ssl", TCP, 443, {R(SERVER_HELLO)}},
	{"ssh", TCP, HIGH_PORT, {R("SSH-2.0-a\r\n"), O("SSH-2.0-b\r\n"), O(SSH_KEXINIT), R(SSH_KEXINIT), R(SSH_NEWKEYS)}},
	{"ssh", TCP, 22, {O("SSH-2.0-b\r\n"), R("hello\nworld\nSSH-2.0-a\r\n" SSH_KEXINIT), O(SSH_KEXINIT SSH_NEWKEYS)}},
	{"ssh", TCP, 22, {R("SSH-1.5-a\n"), O("SSH-1.5-b\n"), O("\x00\x00\x00\x09" Z4 "\0\0\0\x03" Z8)}},
	{"ftp", TCP, 21, {R("220 hello\r\n"), O("USER a\r\n"), R("331 password\r\n")}},
	{"ftp", TCP, HIGH_PORT, {R("220-hello\r\n there\r\n220 end\r\n"), O("USER a\r\n"), R("331 password\r\n")}},
	{"ftp,ssl", TCP, 21, {R("220 hello\r\n"), O("AUTH TLS\r\n"), R("234 go\r\n"), O(HELLO), R(SERVER_HELLO)}},
	{"smtp", TCP, 25, {R("220 a ESMTP\r\n"), O("EHLO b\r\n"), R("250-a\r\n250 SIZE\r\n")}},
	{"smtp", TCP, HIGH_PORT, {R("220 a ESMTP\r\n"), O("HELO b\r\n"), R("250 a\r\n")}},
	{"smtp,ssl", TCP, 587, {R("220 a\r\n"), O("EHLO b\r\n"), R("250 STARTTLS\r\n"), O("STARTTLS\r\n"), R("220 go\r\n"), O(HELLO), R(SERVER_HELLO)}},
	{"pop3", TCP, 110, {R("+OK a\r\n"), O("USER b\r\n"), R("+OK\r\n")}},
	{"pop3", TCP, HIGH_PORT, {R("+OK a\r\n"), O("CAPA\r\n"), R("+OK\r\nUIDL\r\n.\r\n")}},
	{"pop3,ssl", TCP, 110, {R("+OK a\r\n"), O("STLS\r\n"), R("+OK go\r\n"), O(HELLO), R(SERVER_HELLO)}},
	{"imap", TCP, 143, {R("* OK hello\r\n"), O("a1 LOGIN b c\r\n"), R("a1 OK\r\n")}},
	{"imap,ssl", TCP, 143, {R("* OK hello\r\n"), O("a1 STARTTLS\r\n"), R("a1 OK\r\n"), O(HELLO)}},
	{"irc", TCP, 6667, {O("NICK a\r\n"), R(":b NOTICE * :hello\r\n")}},
	{"irc", TCP, HIGH_PORT, {O("NICK a\r\nUSER a 0 * :a\r\n"), R(":b 001 a :welcome\r\n")}},
	{"xmpp", TCP, 5222, {O("<?xml version='1.0'?><stream:stream to='a' xmlns='jabber:client'>"), R("<?xml version='1.0'?><stream:stream xmlns='jabber:client'>")}},
	{"xmpp,ssl", TCP, HIGH_PORT, {O("<stream:stream xmlns='jabber:client'>"), R("<proceed/>"), O(HELLO)}},
	{"rfb", TCP, 5900, {R("RFB 003.008\n"), O("RFB 003.008\n")}},
	{"smb", TCP, 445, {O(SMB2("")), R(SMB2("")), O(SMB2(""))}},
	{"gssapi,ntlm,smb", TCP, 445, {O(SMB2("")), R(SMB2(SPNEGO)), O(SMB2("NTLMSSP\0\x01\0\0\0"))}},
	{"smb,dce_rpc", TCP, HIGH_PORT, {O(SMB2("")), R(SMB2("")), O(SMB2("")), O(SMB2("\x05\x00\x0b\x03\x10\x00\x00\x00\x48\x00\x00\x00"))}},
	{"dce_rpc", TCP, 135, {O("\x05\x00\x0b\x03\x10\x00\x00\x00\x1c\x00\x00\x00\x01\x00\x00\x00" Z8 Z4), R("\x05\x00\x0c\x03\x10\x00\x00\x00\x10\x00\x00\x00\x01\x00\x00\x00")}},
	{"dce_rpc", TCP, HIGH_PORT, {O("\x05\x00\x0b\x03\x10\x00\x00\x00\x1c\x00\x00\x00\x01\x00\x00\x00" Z8 Z4)}},
	{"rdp", TCP, 3389, {O("\x03\x00\x00\x0b\x06\xe0\x00\x00\x00\x00\x00"), R("\x03\x00\x00\x0b\x06\xd0\x00\x00\x00\x00\x00"), O("\x03\x00\x00\x10\x02\xf0\x80" "Duca" Z4 "\0")}},
	{"ssl", TCP, 3389, {O("\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x01\x00\x00\x00"), R("\x03\x00\x00\x13\x0e\xd0\x00\x00\x00\x00\x00\x02\x00\x08\x00\x01\x00\x00\x00"), O(HELLO)}},
	{"mqtt", TCP, 1883, {O("\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00"), R("\x20\x02\x00\x00")}},
	{"mysql", TCP, 3306, {R("\x1c\x00\x00\x00\x0a" "8.0.1" "\x00\x01\x00\x00\x00" Z16 "\0"), O("\x20\x00\x00\x01\x00\x00\x00\x00" Z32)}},
	{"mysql,ssl", TCP, 3306, {R("\x1c\x00\x00\x00\x0a" "8.0.1" "\x00\x01\x00\x00\x00" Z16 "\0"), O("\x20\x00\x00\x01\x00\x0a\x00\x00" Z16 Z8 Z4), O(HELLO)}},
	{"postgresql", TCP, 5432, {O("\x00\x00\x00\x10\x00\x03\x00\x00user\x00" "a\x00\x00"), R("R\x00\x00\x00\x08\x00\x00\x00\x00")}},
	{"postgresql", TCP, HIGH_PORT, {O("\x00\x00\x00\x10\x00\x03\x00\x00user\x00" "a\x00\x00"), R("R\x00\x00\x00\x08\x00\x00\x00\x00")}},
	{"postgresql,ssl", TCP, HIGH_PORT, {O("\x00\x00\x00\x08\x04\xd2\x16\x2f"), R("S"), O(HELLO), R(SERVER_HELLO)}},
	{"ldap_tcp", TCP, 389, {O(LDAP_BIND), R(LDAP_BOUND)}},
	{"ldap_tcp", TCP, HIGH_PORT, {O(LDAP_BIND), R(LDAP_BOUND)}},
	{"ldap_tcp,ssl", TCP, 389, {O(LDAP_STARTTLS), R(LDAP_STARTED), O(HELLO)}},
	{"ntlm,ldap_tcp", TCP, 389, {O(LDAP_NTLM), R(LDAP_BOUND)}},
	{"krb_tcp", TCP, 88, {O("\x00\x00\x00\x14" KRB_AS_REQ)}},
	{"modbus", TCP, 502, {O("\x00\x01\x00\x00\x00\x06\x0a\x01\x00\x00\x00\x01"), R("\x00\x01\x00\x00\x00\x04\x0a\x01\x01\x00")}},
	{"dnp3_tcp", TCP, 20000, {O("\x05\x64\x08\xc4\x04\x00\x03\x00\xb4\xb8")}},
	{"socks,http", TCP, 1080, {O("\x05\x01\x00"), R("\x05\x00"), O("\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50"), R("\x05\x00\x00\x01" Z4 "\0\0"), O("GET / HTTP/1.1\r\n\r\n"), R("HTTP/1.1 200 OK\r\n\r\n")}},
	{"socks,ssl", TCP, HIGH_PORT, {O("\x04\x01\x01\xbb\xc0\x00\x02\x01\x00"), R("\x00\x5a" Z4 "\0\0"), O(HELLO)}},
	{"dns", TCP, 53, {O("\x00\x1b" DNS_QUERY)}},
	{"dns", UDP, 53, {O(DNS_QUERY), R(DNS_ANSWER)}},
	{"dns", UDP, 5353, {R(DNS_ANSWER)}},
	{"dhcp", UDP, 67, {O("\x01\x01\x06\x00" Z64 Z64 Z64 Z32 Z8 "\x63\x82\x53\x63\x35\x01\x01\xff")}},
	{"dhcp", UDP, HIGH_PORT, {R("\x02\x01\x06\x00" Z64 Z64 Z64 Z32 Z8 "\x63\x82\x53\x63\x35\x01\x02\xff")}},
	{"ntp", UDP, 123, {O("\x23" Z32 "\0\0\0" Z8 Z4), R("\x24" Z32 "\0\0\0" Z8 Z4)}},
	{"snmp", UDP, 161, {O("\x30\x0f\x02\x01\x01\x04\x06public\xa0\x02\x05\x00"), R("\x30\x0f\x02\x01\x01\x04\x06public\xa2\x02\x05\x00")}},
	{"sip", UDP, 5060, {O("OPTIONS sip:a SIP/2.0\r\n\r\n"), R("SIP/2.0 200 OK\r\n\r\n")}},
	{"sip", UDP, HIGH_PORT, {O("INVITE sip:a SIP/2.0\r\n\r\n"), R("SIP/2.0 100 Trying\r\n\r\n")}},
	{"dtls", UDP, HIGH_PORT, {O("\x16\xfe\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x36\x01\x00\x00\x2a\x00\x00\x00\x00\x00\x00\x00\x2a\xfe\xfd" Z32 Z8)}},
	{"krb", UDP, 88, {O(KRB_AS_REQ)}},
	{"ldap_udp", UDP, 389, {O(LDAP_BIND), R(LDAP_BOUND)}},
	{"dnp3_udp", UDP, 20000, {O("\x05\x64\x08\xc4\x04\x00\x03\x00\xb4\xb8")}},
	{"radius", UDP, 1812, {O("\x01\x07\x00\x17" Z16 "\x01\x03" "a"), R("\x02\x07\x00\x14" Z16)}},
	{"syslog", UDP, 514, {O("<34>Oct 11 22:14:15 a su: b")}},
	{"teredo", UDP, 3544, {O(BUBBLE)}},
	{"teredo", UDP, HIGH_PORT, {R(BUBBLE)}},
	{"teredo", UDP, HIGH_PORT, {O("\x00\x00\x11\x22\x33\x44\x55\x66" BUBBLE)}},
	{"gtpv1", UDP, 2152, {O("\x30\xff\x00\x04\x00\x00\x00\x01" Z4)}},
	{"vxlan", UDP, 4789, {O("\x08\x00\x00\x00\x00\x00\x01\x00")}},
	{"geneve", UDP, 6081, {O("\x00\x00\x65\x58\x00\x00\x01\x00")}},

	/* No service: half of a dialogue, the wrong order, the wrong answer, nothing that is known. */
	{"", TCP, HIGH_PORT, {O("GET / HTTP/1.1\r\n\r\n")}},
	{"", TCP, HIGH_PORT, {R("HTTP/1.1 200 OK\r\n\r\n")}},
	{"", TCP, 80, {O("GET / HTTP/1.1\r\n\r\n"), R("220 I am something else\r\n")}},
	{"", TCP, 22, {R("SSH-2.0-a\r\n"), O("SSH-2.0-b\r\n"), R(SSH_KEXINIT)}},
	{"", TCP, 22, {R("SSH-2.0-a\r\n"), O("hello\r\n")}},
	{"", TCP, 21, {R("220 hello\r\n"), O("USER a\r\n"), R("331password\r\n")}},
	{"", TCP, 21, {R("220 hello\r\n"), O("USER a\r\n"), R("what\r\n")}},
	{"", TCP, HIGH_PORT, {R("220 hello\r\n"), O("USER a\r\n"), R("530 no\r\n")}},
	{"", TCP, 25, {R("220 a\r\n"), O("EHLO b\r\n"), R("700 a\r\n")}},
	{"", TCP, 110, {R("+OK a\r\n"), O("USER b\r\n"), R("-ERR\r\n")}},
	{"", TCP, HIGH_PORT, {R("* OK hello\r\n"), O("a1 LOGIN b c\r\n")}},
	{"", TCP, 6379, {O("PING\r\n"), R("+PONG\r\n"), O("PING\r\n"), R("+PONG\r\n")}},
	{"", TCP, 5900, {O("RFB 003.008\n"), R("hello\n")}},
	{"", TCP, 445, {O(SMB2("")), R(SMB2(""))}},
	{"", TCP, 1883, {O("\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00"), R("\x30\x02\x00\x00")}},
	{"", TCP, 3306, {R("\x1c\x00\x00\x00\x0a" "8.0.1" "\x00\x01\x00\x00\x00" Z16 "\0"), O("\x01\x00\x00\x00\x0e")}},
	{"", TCP, HIGH_PORT, {O("\x00\x00\x00\x08\x04\xd2\x16\x2f"), R("X")}},
	{"", TCP, 389, {O("\x30\x05hello")}},
	{"", TCP, 502, {O("\x00\x01\x00\x28\x00\x06\x0a\x01\x00\x00\x00\x01")}},
	{"", TCP, 502, {O("\x00\x01\x00\x00\x00\x07\x0a\x01\x00\x00\x00\x01\x00")}},
	{"", TCP, 20000, {O("\x05\x64\x08\xc4\x04\x00\x03\x00\xb4\xb9")}},
	{"", TCP, 1080, {O("\x05\x01\x00"), R("\x05\xff")}},
	{"", UDP, 53, {O("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01")}},
	{"", UDP, HIGH_PORT, {O(DNS_QUERY), R(DNS_ANSWER)}},
	{"", UDP, 161, {O("\x30\x0f\x02\x01\x01\x04\x06public\xa0\x02\x05\x00")}},
	{"", UDP, 5060, {O("OPTIONS sip:a SIP/2.0\r\n\r\n")}},
	{"", UDP, 123, {O("\x23" Z32)}},
	{"", UDP, 1812, {O("\x01\x07\x00\x17" Z16 "\x01\x04" "a")}},
	{"", UDP, 514, {O("<192>a")}},
	{"", UDP, HIGH_PORT, {O("\x60\x00\x00\x00\x00\x00\x3b\xff" Z32)}},
	{"", UDP, 4789, {O("\x00\x00\x00\x00\x00\x00\x01\x00")}},
	{"", UDP, 443, {O("\xc0\x00\x00\x00\x01\x00\x00\x00\x14" Z16 Z4)}},
	{"", NF_PROTOCOL_SCTP, 80, {O("GET / HTTP/1.1\r\n\r\n"), R("HTTP/1.1 200 OK\r\n\r\n")}},
};

/* Gives bytes from a piece of the heap of just this size, so that AddressSanitizer sees every byte too far. */
static void give(nf_service *service, int side, const void *bytes, size_t n, bool complete)
{
	uint8_t *copy = g_memdup2(bytes, n);

	nf_service_data(service, (unsigned)side, copy, n, complete);
	g_free(copy);
}

static char *name_of(const nf_service *service)
{
	char text[NF_SERVICE_NAME_BYTES];

	g_assert_cmpuint(nf_service_name(service, text), ==, strlen(text));
	return g_strdup(text);
}

static void begin(nf_service *service, const dialogue *d, uint16_t port)
{
	nf_service_init(service, d->protocol, 40000, port);
}

static void test_dialogues(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(dialogues); i++) {
		const dialogue *d = &dialogues[i];
		nf_service service;
		begin(&service, d, d->port);
		for (const step *s = d->steps; s < d->steps + STEPS_MOST && s->n > 0; s++)
			give(&service, s->side, s->bytes, s->n, true);
		char *name = name_of(&service);
		if (strcmp(name, d->name) != 0)
			g_error("dialogue %zu: \"%s\" instead of \"%s\"", i, name, d->name);
		g_free(name);
	}
}

/* Every service of the table has a dialogue, or is found in one. */
static void test_all_rows(void)
{
	for (unsigned id = 0; id < NF_SERVICE_COUNT; id++) {
		bool found = id == NF_SERVICE_QUIC; /* below */
		for (size_t i = 0; i < G_N_ELEMENTS(dialogues) && !found; i++) {
			char **names = g_strsplit(dialogues[i].name, ",", 0);
			found = g_strv_contains((const char *const *)names, nf_service_id_name(id));
			g_strfreev(names);
		}
		if (!found && strcmp(nf_service_id_name(id), "krb") != 0)
			g_error("no dialogue has %s", nf_service_id_name(id));
	}
	g_assert_null(nf_service_id_name(NF_SERVICE_COUNT));
}

/* True if all services of a name are among those of another. */
static bool is_part(const char *name, const char *whole)
{
	char **names = g_strsplit(name, ",", 0), **all = g_strsplit(whole, ",", 0);
	bool part = true;

	for (char **n = names; *n; n++)
		part = part && g_strv_contains((const char *const *)all, *n);
	g_strfreev(names);
	g_strfreev(all);
	return part;
}

/* Every packet of every dialogue cut at each length: as the capture's end, and as the last packet. Nothing else is ever named. */
static void test_truncated(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(dialogues); i++) {
		const dialogue *d = &dialogues[i];
		for (int at = 0; at < STEPS_MOST && d->steps[at].n > 0 && *d->name; at++) {
			for (size_t cut = 0; cut < d->steps[at].n; cut++) {
				nf_service service;
				begin(&service, d, d->port);
				for (int k = 0; k < STEPS_MOST && d->steps[k].n > 0; k++)
					give(&service, d->steps[k].side, d->steps[k].bytes, k == at ? cut : d->steps[k].n, k != at);
				char *name = name_of(&service);
				if (!is_part(name, d->name))
					g_error("dialogue %zu, packet %d cut to %zu: \"%s\" instead of \"%s\"", i, at, cut, name, d->name);
				g_free(name);
			}
		}
	}
}

/* Every packet of every TCP dialogue in two pieces. smb, which counts packets, may come earlier. */
static void test_split(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(dialogues); i++) {
		const dialogue *d = &dialogues[i];
		for (int at = 0; at < STEPS_MOST && d->steps[at].n > 0 && d->protocol == TCP; at++) {
			for (size_t cut = 1; cut < d->steps[at].n; cut++) {
				nf_service service;
				begin(&service, d, d->port);
				for (int k = 0; k < STEPS_MOST && d->steps[k].n > 0; k++) {
					const step *s = &d->steps[k];
					give(&service, s->side, s->bytes, k == at ? cut : s->n, true);
					if (k == at)
						give(&service, s->side, s->bytes + cut, s->n - cut, true);
				}
				char *name = name_of(&service);
				if (!is_part(name, d->name) && d->port != 445)
					g_error("dialogue %zu, packet %d in two at %zu: \"%s\" instead of \"%s\"", i, at, cut, name, d->name);
				g_free(name);
			}
		}
	}
}

/* Lines in two packets say what they say in one. */
static void test_split_lines(void)
{
	static const char *const texts[] = {"http", "ftp", "smtp", "pop3", "imap", "irc", "rfb"};

	for (size_t i = 0; i < G_N_ELEMENTS(dialogues); i++) {
		const dialogue *d = &dialogues[i];
		bool text = false;
		for (size_t k = 0; k < G_N_ELEMENTS(texts); k++)
			text = text || strcmp(d->name, texts[k]) == 0;
		for (size_t cut = 1; text && cut < 3; cut++) {
			nf_service service;
			begin(&service, d, d->port);
			for (const step *s = d->steps; s < d->steps + STEPS_MOST && s->n > 0; s++) {
				give(&service, s->side, s->bytes, cut, true);
				give(&service, s->side, s->bytes + cut, s->n - cut, true);
			}
			char *name = name_of(&service);
			if (strcmp(name, d->name) != 0)
				g_error("dialogue %zu in pieces of %zu: \"%s\" instead of \"%s\"", i, cut, name, d->name);
			g_free(name);
		}
	}
}

/* A dialogue at the port of another service is what it is, or nothing. */
static void test_other_ports(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(dialogues); i++) {
		for (size_t j = 0; j < G_N_ELEMENTS(dialogues); j++) {
			const dialogue *d = &dialogues[i], *other = &dialogues[j];
			/* A tunnel's head is hardly more than its port, and a line of a client at ftp's port is a command of ftp's. */
			const bool weak = other->port == 4789 || other->port == 6081 || other->port == 2152 || other->port == 123 || other->port == 21;
			if (weak || !*d->name || !*other->name || d->protocol != other->protocol)
				continue;
			nf_service service;
			begin(&service, d, other->port);
			for (const step *s = d->steps; s < d->steps + STEPS_MOST && s->n > 0; s++)
				give(&service, s->side, s->bytes, s->n, true);
			char *name = name_of(&service);
			char *both = g_strconcat(d->name, ",", other->name, NULL);
			if (!is_part(name, both))
				g_error("dialogue %zu (%s) at port %u: \"%s\"", i, d->name, other->port, name);
			if (!is_part(name, d->name))
				g_test_message("dialogue %zu (%s) at port %u: \"%s\"", i, d->name, other->port, name);
			g_free(both);
			g_free(name);
		}
	}
}

static uint32_t draw(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33);
}

/* Random bytes are nothing, at any port (but those of tunnels, whose heads have few bits that are fixed). */
static void test_random(void)
{
	uint64_t state = 1;
	unsigned named = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(dialogues) * 60; i++) {
		const dialogue *d = &dialogues[i % G_N_ELEMENTS(dialogues)];
		uint8_t bytes[300];
		nf_service service;
		if (d->port == 4789 || d->port == 6081 || d->port == 2152 || d->port == 123)
			continue;
		begin(&service, d, d->port);
		for (int packet = 0; packet < 6; packet++) {
			const size_t n = 1 + draw(&state) % sizeof bytes;
			for (size_t k = 0; k < n; k++)
				bytes[k] = (uint8_t)draw(&state);
			give(&service, packet % 2, bytes, n, true);
		}
		char *name = name_of(&service);
		if (*name)
			g_test_message("random bytes at port %u: \"%s\"", d->port, name);
		named += *name != 0;
		g_free(name);
	}
	g_assert_cmpuint(named, ==, 0);
}

/* Bits of every dialogue are turned: nothing crashes, and the detector stays itself. */
static void test_flipped(void)
{
	uint64_t state = 2;

	for (size_t i = 0; i < G_N_ELEMENTS(dialogues) * 200; i++) {
		const dialogue *d = &dialogues[i % G_N_ELEMENTS(dialogues)];
		nf_service service;
		begin(&service, d, d->port);
		for (const step *s = d->steps; s < d->steps + STEPS_MOST && s->n > 0; s++) {
			uint8_t *bytes = g_memdup2(s->bytes, s->n);
			for (unsigned k = 0; k <= draw(&state) % 3; k++)
				bytes[draw(&state) % s->n] ^= (uint8_t)(1 << draw(&state) % 8);
			if (draw(&state) % 8 == 0)
				nf_service_gap(&service, (unsigned)s->side);
			give(&service, s->side, bytes, s->n, draw(&state) % 8 != 0);
			g_free(bytes);
		}
		g_assert_cmpuint(service.named_count, <=, NF_SERVICE_NAMED_MOST);
		g_free(name_of(&service));
	}
}

/* A QUIC Initial fills a datagram of 1200 bytes; version 1 and 2, and what is none of it. */
static void test_quic(void)
{
	static const struct {
		const char *head;
		size_t head_bytes, n;
		const char *name;
	} cases[] = {
		{"\xc3\x00\x00\x00\x01\x08" Z8 "\x00\x00\x44\x96", 18, 1200, "quic,ssl"},
		{"\xd3\x6b\x33\x43\xcf\x08" Z8 "\x00\x00\x44\x96", 18, 1200, "quic,ssl"},
		{"\xc3\x00\x00\x00\x01\x08" Z8 "\x00\x00\x44\x97", 18, 1200, "quic,ssl"},
		{"\xc3\x00\x00\x00\x01\x08" Z8 "\x00\x00\x44\x9f", 18, 1200, ""}, /* longer than the datagram */
		{"\xc3\x00\x00\x00\x01\x08" Z8 "\x00\x00\x44\x96", 18, 1199, ""},
		{"\xe3\x00\x00\x00\x01\x08" Z8 "\x00\x00\x44\x96", 18, 1200, ""}, /* Handshake */
		{"\xc3\x00\x00\x00\x02\x08" Z8 "\x00\x00\x44\x96", 18, 1200, ""},
		{"\xc3\x00\x00\x00\x01\x15" Z8 "\x00\x00\x44\x96", 18, 1200, ""}, /* a connection id of 21 bytes */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		uint8_t bytes[1300] = {0};
		nf_service service;
		memcpy(bytes, cases[i].head, cases[i].head_bytes);
		nf_service_init(&service, UDP, 40000, 443);
		give(&service, 0, bytes, cases[i].n, true);
		char *name = name_of(&service);
		if (strcmp(name, cases[i].name) != 0)
			g_error("case %zu: \"%s\"", i, name);
		g_free(name);
		nf_service_init(&service, UDP, 40000, 443);
		give(&service, 1, bytes, cases[i].n, true);
		g_assert_cmpuint(service.named_count, ==, 0);
	}
}

/* What a caller must know: when it may stop, a connection picked up in its midst, sides that change, gaps. */
static void test_life(void)
{
	nf_service service;

	nf_service_init(&service, TCP, 40000, 443);
	g_assert_true(nf_service_wants(&service));
	g_assert_false(nf_service_data(&service, 0, (const uint8_t *)HELLO, sizeof HELLO - 1, true));
	g_assert_false(nf_service_wants(&service));
	g_assert_cmpuint(service.named_count, ==, 1);

	nf_service_init(&service, TCP, 40000, 443);
	nf_service_partial(&service);
	give(&service, 0, HELLO, sizeof HELLO - 1, true);
	g_assert_cmpuint(service.named_count, ==, 0);

	nf_service_init(&service, TCP, 80, 40000);
	nf_service_flip(&service);
	give(&service, 0, "GET / HTTP/1.1\r\n\r\n", 18, true);
	g_assert_cmpuint(service.named_count, ==, 1);

	nf_service_init(&service, TCP, 40000, 12345);
	for (int i = 0; i < NF_SERVICE_PACKETS_MOST; i++)
		give(&service, 0, "nothing that is known to anybody at all\n", 40, true);
	g_assert_false(nf_service_wants(&service));

	/* The rest of a line behind a gap is not a line. */
	nf_service_init(&service, TCP, 40000, 21);
	nf_service_gap(&service, 0);
	give(&service, 0, "USER a\r\n", 8, true);
	g_assert_cmpuint(service.named_count, ==, 0);
	give(&service, 0, "USER a\r\n", 8, true);
	g_assert_cmpuint(service.named_count, ==, 1);
	g_assert_cmpuint(sizeof(nf_service), <=, 160);
}

/* FIPS 180-4's examples, and a million of a's (NIST). */
static void test_sha256(void)
{
	static const struct {
		const char *text;
		unsigned times;
		const char *digest;
	} cases[] = {
		{"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
		{"aaaaaaaaaa", 100000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		nf_sha256 sha;
		uint8_t digest[NF_SHA256_BYTES];
		GString *text = g_string_new(NULL);
		nf_sha256_init(&sha);
		for (unsigned k = 0; k < cases[i].times; k++)
			nf_sha256_add(&sha, cases[i].text, strlen(cases[i].text));
		nf_sha256_end(&sha, digest);
		for (size_t k = 0; k < sizeof digest; k++)
			g_string_append_printf(text, "%02x", digest[k]);
		g_assert_cmpstr(text->str, ==, cases[i].digest);
		g_string_free(text, TRUE);
	}
	/* Against GLib's, at every length around the block's. */
	for (size_t n = 0; n < 200; n++) {
		uint8_t bytes[200], digest[NF_SHA256_BYTES], expected[NF_SHA256_BYTES];
		gsize length = sizeof expected;
		nf_sha256 sha;
		memset(bytes, (int)n, sizeof bytes);
		GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
		g_checksum_update(sum, bytes, (gssize)n);
		g_checksum_get_digest(sum, expected, &length);
		g_checksum_free(sum);
		nf_sha256_init(&sha);
		nf_sha256_add(&sha, bytes, n / 3);
		nf_sha256_add(&sha, bytes + n / 3, n - n / 3);
		nf_sha256_end(&sha, digest);
		g_assert_cmpmem(digest, sizeof digest, expected, sizeof expected);
	}
}

static void put16(GByteArray *a, unsigned value)
{
	const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	g_byte_array_append(a, bytes, 2);
}

static void put_hex_list(GByteArray *a, const char *list)
{
	char **values = g_strsplit(list, ",", 0);

	for (char **v = values; *v; v++)
		put16(a, (unsigned)strtoul(*v, NULL, 16));
	g_strfreev(values);
}

typedef struct offer {
	const char *ciphers, *extensions, *signatures; /* hexadecimal, with commas */
	const char *sni, *alpn;
	size_t alpn_bytes;
	const char *versions;
	unsigned version;
	char transport;
} offer;

static void put_extension(GByteArray *a, unsigned type, const offer *o)
{
	GByteArray *body = g_byte_array_new();

	if (type == 0) {
		put16(body, (unsigned)strlen(o->sni) + 3);
		g_byte_array_append(body, (const uint8_t *)"", 1);
		put16(body, (unsigned)strlen(o->sni));
		g_byte_array_append(body, (const uint8_t *)o->sni, (guint)strlen(o->sni));
	} else if (type == 16) {
		const uint8_t n = (uint8_t)o->alpn_bytes;
		put16(body, n + 1u);
		g_byte_array_append(body, &n, 1);
		g_byte_array_append(body, (const uint8_t *)o->alpn, n);
	} else if (type == 13) {
		put16(body, *o->signatures ? ((unsigned)strlen(o->signatures) + 1) / 5 * 2 : 0);
		if (*o->signatures)
			put_hex_list(body, o->signatures);
	} else if (type == 43) {
		const uint8_t n = (uint8_t)((strlen(o->versions) + 1) / 5 * 2);
		g_byte_array_append(body, &n, 1);
		put_hex_list(body, o->versions);
	}
	put16(a, type);
	put16(a, body->len);
	g_byte_array_append(a, body->data, body->len);
	g_byte_array_free(body, TRUE);
}

/* A ClientHello from its type on. */
static GByteArray *make_hello(const offer *o)
{
	GByteArray *a = g_byte_array_new(), *extensions = g_byte_array_new();
	uint8_t zeros[32] = {0};

	g_byte_array_append(a, (const uint8_t *)"\x01\0\0\0", 4);
	if (o->transport == 'd')
		g_byte_array_append(a, zeros, 8);
	put16(a, o->version);
	g_byte_array_append(a, zeros, 32);
	g_byte_array_append(a, zeros, o->transport == 'd' ? 2 : 1);
	put16(a, *o->ciphers ? ((unsigned)strlen(o->ciphers) + 1) / 5 * 2 : 0);
	if (*o->ciphers)
		put_hex_list(a, o->ciphers);
	g_byte_array_append(a, (const uint8_t *)"\x01\x00", 2);
	char **types = g_strsplit(o->extensions, ",", 0);
	for (char **t = types; *t && **t; t++)
		put_extension(extensions, (unsigned)strtoul(*t, NULL, 16), o);
	g_strfreev(types);
	put16(a, extensions->len);
	g_byte_array_append(a, extensions->data, extensions->len);
	g_byte_array_free(extensions, TRUE);
	const unsigned length = a->len - (o->transport == 'd' ? 12 : 4);
	a->data[1] = (uint8_t)(length >> 16);
	a->data[2] = (uint8_t)(length >> 8);
	a->data[3] = (uint8_t)length;
	return a;
}

/* The example of FoxIO's description, in the order in which it shows the values, with GREASE where a browser puts it. */
#define CIPHERS "1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035"
#define EXTENSIONS "001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015"
#define SIGNATURES "0403,0804,0401,0503,0805,0501,0806,0601"

static const offer example = {"3a3a," CIPHERS, "aaaa," EXTENSIONS ",dada", SIGNATURES, "example.org", "h2", 2, "1a1a,0304,0303", 0x0303, 't'};

static void check_ja4(const offer *o, const char *expected)
{
	GByteArray *a = make_hello(o);
	nf_hello hello;

	g_assert_true(nf_hello_read(&hello, a->data, a->len, o->transport));
	g_assert_cmpstr(hello.ja4, ==, expected);
	g_byte_array_free(a, TRUE);
}

static void test_ja4(void)
{
	static const struct {
		const char *alpn;
		size_t n;
		const char *shown;
	} alpns[] = {{"h2", 2, "h2"}, {"http/1.1", 8, "h1"}, {"x", 1, "xx"}, {"", 0, "00"}, {"\xab", 1, "ab"}, {"\xab\xcd", 2, "ad"}, {"\x30\xab", 2, "3b"}, {"\x30\x31\xab\xcd", 4, "3d"}, {"\x30\xab\xcd\x31", 4, "01"}};
	static const struct {
		unsigned version;
		const char *shown;
	} versions[] = {{0x0304, "13"}, {0x0303, "12"}, {0x0302, "11"}, {0x0301, "10"}, {0x0300, "s3"}, {0x0002, "s2"}, {0x0305, "00"}};
	offer o = example;

	check_ja4(&example, "t13d1516h2_8daaf6152771_e5627efa2ab1");
	o.transport = 'q';
	check_ja4(&o, "q13d1516h2_8daaf6152771_e5627efa2ab1");
	o = example;
	o.signatures = "";
	check_ja4(&o, "t13d1516h2_8daaf6152771_6d807ffa2a79");
	o = example;
	o.ciphers = "0a0a";
	o.extensions = "";
	check_ja4(&o, "t12i000000_000000000000_000000000000");
	/* without server_name: the same hash */
	o = example;
	o.extensions = "001b,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015";
	check_ja4(&o, "t13i1515h2_8daaf6152771_e5627efa2ab1");
	for (size_t i = 0; i < G_N_ELEMENTS(alpns); i++) {
		char expected[NF_JA4_BYTES];
		o = example;
		o.alpn = alpns[i].alpn;
		o.alpn_bytes = alpns[i].n;
		g_snprintf(expected, sizeof expected, "t13d1516%s_8daaf6152771_e5627efa2ab1", alpns[i].shown);
		check_ja4(&o, expected);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
		char expected[NF_JA4_BYTES];
		o = (offer){.ciphers = CIPHERS, .extensions = "", .version = versions[i].version, .transport = 't'};
		g_snprintf(expected, sizeof expected, "t%si150000_8daaf6152771_000000000000", versions[i].shown);
		check_ja4(&o, expected);
	}
	/* another one of a browser, published with its parts */
	o = (offer){CIPHERS, "002d,0033,0010,fe0d,0017,44cd,0000,000b,000a,002b,ff01,0023,0012,0005,000d,001b", SIGNATURES, "tls.browserleaks.com", "h2", 2, "0304,0303", 0x0303, 't'};
	check_ja4(&o, "t13d1516h2_8daaf6152771_d8a2da3f94cd");
	o = (offer){.ciphers = CIPHERS, .extensions = "002b", .versions = "feff,fefd", .version = 0xfefd, .transport = 'd'};
	GByteArray *a = make_hello(&o);
	nf_hello hello;
	g_assert_true(nf_hello_read(&hello, a->data, a->len, 'd'));
	g_assert_true(g_str_has_prefix(hello.ja4, "dd2i150100_8daaf6152771_"));
	g_byte_array_free(a, TRUE);
}

/* In pieces of any length, in several records; cut and turned. */
static void test_hello(void)
{
	GByteArray *a = make_hello(&example), *stream = g_byte_array_new();
	uint64_t state = 3;

	for (guint at = 0; at < a->len; at += 50) {
		const guint n = MIN(50, a->len - at);
		g_byte_array_append(stream, (const uint8_t *)"\x16\x03\x01", 3);
		put16(stream, n);
		g_byte_array_append(stream, a->data + at, n);
	}
	for (guint piece = 1; piece <= stream->len; piece++) {
		nf_tls *tls = g_new0(nf_tls, 1);
		nf_hello hello;
		for (guint at = 0; at < stream->len; at += piece)
			nf_tls_data(tls, stream->data + at, MIN(piece, stream->len - at), &hello);
		g_assert_cmpint(tls->state, ==, NF_FACTS_FOUND);
		g_assert_cmpstr(hello.sni, ==, "example.org");
		g_assert_cmpstr(hello.alpn, ==, "h2");
		g_assert_cmpuint(hello.version, ==, 0x0304);
		g_assert_cmpstr(hello.ja4, ==, "t13d1516h2_8daaf6152771_e5627efa2ab1");
		g_free(tls);
	}
	for (guint cut = 0; cut < a->len; cut++) {
		uint8_t *copy = g_memdup2(a->data, cut);
		nf_hello hello;
		g_assert_false(nf_hello_read(&hello, copy, cut, 't'));
		g_assert_cmpstr(hello.ja4, ==, "");
		g_free(copy);
	}
	for (int i = 0; i < 20000; i++) {
		uint8_t *copy = g_memdup2(a->data, a->len);
		nf_hello hello;
		for (unsigned k = 0; k <= draw(&state) % 4; k++)
			copy[draw(&state) % a->len] = (uint8_t)draw(&state);
		if (nf_hello_read(&hello, copy, a->len, draw(&state) % 2 ? 't' : 'd'))
			g_assert_cmpuint(strlen(hello.ja4), ==, NF_JA4_BYTES - 1);
		g_free(copy);
	}
	nf_tls *tls = g_new0(nf_tls, 1);
	nf_hello hello;
	g_assert_cmpint(nf_tls_data(tls, (const uint8_t *)"GET / HTTP/1.1\r\n", 16, &hello), ==, NF_FACTS_NONE);
	*tls = (nf_tls){.state = NF_FACTS_WANTED};
	g_assert_cmpint(nf_tls_data(tls, (const uint8_t *)"\x16\x03\x01\x40\x00\x01\x00\xff\xff", 9, &hello), ==, NF_FACTS_NONE);
	g_free(tls);
	g_byte_array_free(a, TRUE);
	g_byte_array_free(stream, TRUE);
}

static void test_http(void)
{
	static const struct {
		const char *text;
		nf_facts_state state;
		const char *method, *target, *host;
	} cases[] = {
		{"GET /a?b HTTP/1.1\r\nAccept: x\r\nHost: example.org:80 \r\nHost: second\r\n\r\n", NF_FACTS_FOUND, "GET", "/a?b", "example.org:80"},
		{"\r\nPOST / HTTP/1.0\nhOsT:\texample.org\n\n", NF_FACTS_FOUND, "POST", "/", "example.org"},
		{"GET / HTTP/1.1\r\nXHost: a\r\nHosts: b\r\n\r\n", NF_FACTS_FOUND, "GET", "/", ""},
		{"GET / HTTP/1.1\r\nHost: a\r\n", NF_FACTS_WANTED, "GET", "/", "a"},
		{"GET /\xff\\ HTTP/1.1\r\nHost: a\x01" "b\r\n\r\n", NF_FACTS_FOUND, "GET", "/\\xff\\x5c", "a\\x01b"},
		{"GET /\r\n", NF_FACTS_NONE, "", "", ""},
		{"SSH-2.0-x\r\n", NF_FACTS_NONE, "", "", ""},
		{"GET / SIP/2.0\r\n\r\n", NF_FACTS_NONE, "", "", ""},
		{"\x16\x03\x01", NF_FACTS_NONE, "", "", ""},
		{"GET / HT", NF_FACTS_WANTED, "GET", "/", ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const size_t n = strlen(cases[i].text);
		for (size_t piece = 1; piece <= n; piece++) {
			nf_http http = {.state = NF_FACTS_WANTED};
			for (size_t at = 0; at < n; at += piece) {
				uint8_t *copy = g_memdup2(cases[i].text + at, MIN(piece, n - at));
				nf_http_data(&http, copy, MIN(piece, n - at));
				g_free(copy);
			}
			g_assert_cmpint(http.state, ==, cases[i].state);
			g_assert_cmpstr(http.method, ==, cases[i].method);
			g_assert_cmpstr(http.target, ==, cases[i].target);
			g_assert_cmpstr(http.host, ==, cases[i].host);
		}
	}
	/* A target and a field without end. */
	nf_http http = {.state = NF_FACTS_WANTED};
	nf_http_data(&http, (const uint8_t *)"GET /", 5);
	for (int i = 0; i < 5000; i++)
		nf_http_data(&http, (const uint8_t *)"aaaaaaaaaa", 10);
	g_assert_cmpint(http.state, ==, NF_FACTS_NONE);
}

static void test_dns(void)
{
	nf_dns dns = {.state = NF_FACTS_WANTED};
	static const char names[][2][64] = {
		{"\x03" "a.b" "\x01\\" "\x00\x00\x1c\x00\x01", "a\\x2eb.\\x5c"}, /* a dot and a backslash within labels */
		{"\x00\x00\x02\x00\x01", "."},
	};

	g_assert_cmpint(nf_dns_data(&dns, (const uint8_t *)DNS_QUERY, sizeof DNS_QUERY - 1, false), ==, NF_FACTS_FOUND);
	g_assert_cmpstr(dns.name, ==, "a.example");
	g_assert_cmpuint(dns.type, ==, 1);
	g_assert_cmpuint(dns.class_, ==, 1);
	g_assert_false(dns.is_answer);
	dns = (nf_dns){.state = NF_FACTS_WANTED};
	g_assert_cmpint(nf_dns_data(&dns, (const uint8_t *)"\x00\x1b" DNS_QUERY, sizeof DNS_QUERY + 1, true), ==, NF_FACTS_FOUND);
	g_assert_cmpstr(dns.name, ==, "a.example");
	dns = (nf_dns){.state = NF_FACTS_WANTED};
	nf_dns_data(&dns, (const uint8_t *)DNS_ANSWER, sizeof DNS_ANSWER - 1, false);
	g_assert_true(dns.is_answer);
	for (size_t cut = 0; cut < sizeof DNS_QUERY - 1; cut++) {
		uint8_t *copy = g_memdup2(DNS_QUERY, cut);
		dns = (nf_dns){.state = NF_FACTS_WANTED};
		g_assert_cmpint(nf_dns_data(&dns, copy, cut, false), ==, NF_FACTS_WANTED);
		g_assert_cmpstr(dns.name, ==, "");
		g_free(copy);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		uint8_t bytes[12 + 64] = {0, 1, 1, 0, 0, 1};
		memcpy(bytes + 12, names[i][0], 64);
		dns = (nf_dns){.state = NF_FACTS_WANTED};
		g_assert_cmpint(nf_dns_data(&dns, bytes, sizeof bytes, false), ==, NF_FACTS_FOUND);
		g_assert_cmpstr(dns.name, ==, names[i][1]);
	}
}

/* Pointers to themselves, to each other, forward, and a chain of them; a name of labels without end. */
static void test_dns_loops(void)
{
	static const char *const names[] = {"\xc0\x0c", "\xc0\x0e\xc0\x0c", "\x01" "a\xc0\x0c", "\xc0\x20", "\xff\xff", "\x40" "a"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		uint8_t bytes[64] = {0, 1, 1, 0, 0, 1};
		nf_dns dns = {.state = NF_FACTS_WANTED};
		memcpy(bytes + 12, names[i], strlen(names[i]));
		g_assert_cmpint(nf_dns_data(&dns, bytes, sizeof bytes, false), ==, NF_FACTS_WANTED);
	}
	uint8_t *chain = g_malloc0(4096);
	nf_dns dns = {.state = NF_FACTS_WANTED};
	chain[5] = 1;
	for (size_t at = 12; at < 4094; at += 2) {
		chain[at] = 1;
		chain[at + 1] = 'a';
	}
	g_assert_cmpint(nf_dns_data(&dns, chain, 4096, false), ==, NF_FACTS_WANTED);
	g_free(chain);
}

static void test_entropy(void)
{
	nf_entropy entropy = {.n = 0};
	uint8_t bytes[256];

	g_assert_cmpfloat(nf_entropy_bits(&entropy), ==, 0);
	for (int i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	nf_entropy_data(&entropy, bytes, 256, 1000);
	g_assert_cmpfloat_with_epsilon(nf_entropy_bits(&entropy), 8, 1e-12);
	entropy = (nf_entropy){.n = 0};
	nf_entropy_data(&entropy, (const uint8_t *)"aaaaaaaa", 8, 1000);
	g_assert_cmpfloat(nf_entropy_bits(&entropy), ==, 0);
	/* half, quarter, quarter: 1.5 bits */
	entropy = (nf_entropy){.n = 0};
	nf_entropy_data(&entropy, (const uint8_t *)"aab", 3, 1000);
	nf_entropy_data(&entropy, (const uint8_t *)"c", 1, 1000);
	g_assert_cmpfloat_with_epsilon(nf_entropy_bits(&entropy), 1.5, 1e-12);
	/* no more than were asked for, and no more than can be counted */
	nf_entropy_data(&entropy, bytes, 256, 6);
	g_assert_cmpuint(entropy.n, ==, 6);
	for (int i = 0; i < 1000; i++)
		nf_entropy_data(&entropy, (const uint8_t *)Z64 Z64, 128, UINT32_MAX);
	g_assert_cmpuint(entropy.n, ==, UINT16_MAX);
	g_assert_true(isfinite(nf_entropy_bits(&entropy)));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/payload/service/dialogues", test_dialogues);
	g_test_add_func("/payload/service/rows", test_all_rows);
	g_test_add_func("/payload/service/truncated", test_truncated);
	g_test_add_func("/payload/service/split", test_split);
	g_test_add_func("/payload/service/split-lines", test_split_lines);
	g_test_add_func("/payload/service/other-ports", test_other_ports);
	g_test_add_func("/payload/service/random", test_random);
	g_test_add_func("/payload/service/flipped", test_flipped);
	g_test_add_func("/payload/service/quic", test_quic);
	g_test_add_func("/payload/service/life", test_life);
	g_test_add_func("/payload/sha256", test_sha256);
	g_test_add_func("/payload/ja4", test_ja4);
	g_test_add_func("/payload/hello", test_hello);
	g_test_add_func("/payload/http", test_http);
	g_test_add_func("/payload/dns", test_dns);
	g_test_add_func("/payload/dns/loops", test_dns_loops);
	g_test_add_func("/payload/entropy", test_entropy);
	return g_test_run();
}
