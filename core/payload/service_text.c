/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services whose messages begin with words: http, xmpp, rfb, irc, sip, syslog. */
#include "payload/look.h"

/* RFC 9110, 4918, 3253, 5323 and 5789, and those in use beside them. */
#define METHODS                                                                                                                             \
	" GET HEAD POST PUT DELETE OPTIONS TRACE CONNECT PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH SUBSCRIBE "    \
	"UNSUBSCRIBE NOTIFY POLL BMOVE BCOPY BDELETE BPROPFIND BPROPPATCH MKCALENDAR ACL VERSION-CONTROL CHECKOUT CHECKIN MERGE "          \
	"RPC_IN_DATA RPC_OUT_DATA BITS_POST CCM_POST DESCRIBE "

#define HTTP_PORTS 80, 81, 631, 1080, 3128, 8000, 8080, 8888

enum { HTTP_REQUEST = 1, HTTP_CONNECT = 2 };

/* RFC 9112, 3: method SP target SP version. A request without its version (0.9) is taken for the three methods of old. */
static nf_verdict http_request(nf_look *look)
{
	size_t at = 0;

	while (at < look->n && (look->bytes[at] == '\r' || look->bytes[at] == '\n' || look->bytes[at] == ' '))
		at++;
	nf_text rest = {look->bytes + at, look->n - at};

	if (rest.n > 0 && !nf_look_printable(rest.at, 1))
		return NF_NO;
	const nf_text method = nf_look_word(&rest);

	if (method.n == rest.n && method.n < 8 && nf_look_printable(method.at, method.n))
		return NF_WAIT;
	if (rest.n == 0)
		return method.n <= NF_SERVICE_HELD_MOST && nf_look_printable(method.at, method.n) ? NF_WAIT : NF_NO;
	if (!nf_look_among(method, METHODS))
		return NF_NO;
	*look->note |= HTTP_REQUEST;
	if (nf_look_among(method, " CONNECT "))
		*look->note |= HTTP_CONNECT;
	look->used = true;
	return NF_PORTS(look, HTTP_PORTS) ? NF_YES : NF_WAIT;
}

/* "HTTP/1.1 200", where a request was before. At its ports the request confirms, elsewhere the answer. */
static nf_verdict http_answer(nf_look *look)
{
	if (look->n < 9)
		return nf_look_is((const uint8_t *)"HTTP/1.1 ", 9, 0, (const char *)look->bytes, look->n < 5 ? look->n : 5) ? NF_WAIT : NF_BROKEN;
	if (!NF_IS(look, 0, "HTTP/") || look->bytes[5] < '0' || look->bytes[5] > '9')
		return NF_BROKEN;
	if (!(*look->note & HTTP_REQUEST))
		return NF_NO;
	if (NF_IS(look, 8, " 101 ") && (NF_FIND(look, "websocket") < look->n || NF_FIND(look, "WebSocket") < look->n)) {
		nf_look_add(look, NF_SERVICE_HTTP);
		nf_look_add(look, NF_SERVICE_WEBSOCKET);
	}
	if (*look->note & HTTP_CONNECT && NF_IS(look, 8, " 200"))
		return NF_RESTART;
	return NF_DONE;
}

nf_verdict nf_match_http(nf_look *look)
{
	if (look->side == 0)
		return *look->note & HTTP_REQUEST ? NF_WAIT : http_request(look);
	return http_answer(look);
}

/* RFC 6120, 4.2: the originator's stream header. */
nf_verdict nf_match_xmpp(nf_look *look)
{
	if (nf_look_named(look, NF_SERVICE_XMPP))
		return NF_WAIT;
	if (look->n == 0 || (look->bytes[0] != '<' && look->bytes[0] != ' ' && look->bytes[0] != '\n' && look->bytes[0] != '\r'))
		return NF_NO;
	const size_t at = NF_FIND(look, "<stream:stream");
	if (at >= look->n)
		return look->n < NF_SERVICE_HELD_MOST || NF_IS(look, 0, "<?xml") ? NF_WAIT : NF_NO;
	if (!NF_PORTS(look, 5222, 5269) && NF_FIND(look, "jabber:") >= look->n)
		return NF_NO;
	return look->side == 0 ? NF_YES : NF_CLAIM;
}

enum { RFB_SERVER = 1 };

/* RFC 6143, 7.1.1: "RFB 003.008\n", first from the server. */
nf_verdict nf_match_rfb(nf_look *look)
{
	const size_t n = look->n < 4 ? look->n : 4;

	if (memcmp(look->bytes, "RFB ", n) != 0)
		return NF_NO;
	if (look->n < 12)
		return NF_WAIT;
	if (look->bytes[7] != '.' || look->bytes[11] != '\n')
		return NF_NO;
	if (look->side == 1) {
		*look->note |= RFB_SERVER;
		return NF_CLAIM;
	}
	return *look->note & RFB_SERVER ? NF_DONE : NF_NO;
}

#define IRC_PORTS 6666, 6667, 6668, 6669
#define IRC_COMMANDS " NICK USER PASS CAP JOIN PRIVMSG NOTICE PING PONG MODE QUIT WHO WHOIS USERHOST ISON AWAY TOPIC LIST NAMES PART OPER SERVER AUTHENTICATE WEBIRC "

enum { IRC_NICK = 1, IRC_USER = 2, IRC_ANSWER = 4 };

static void irc_line(nf_look *look, nf_text line, bool *known)
{
	nf_text word = nf_look_word(&line);

	if (word.n > 1 && word.at[0] == ':')
		word = nf_look_word(&line);
	if (look->side == 1) {
		unsigned code;
		if (word.n == 3 && nf_look_code(word, &code))
			*look->note |= IRC_ANSWER;
		return;
	}
	*known = *known || nf_look_among(word, IRC_COMMANDS);
	if (line.n > 0 && nf_look_among(word, " NICK "))
		*look->note |= IRC_NICK;
	if (line.n > 0 && nf_look_among(word, " USER "))
		*look->note |= IRC_USER;
}

/* RFC 2812. At its ports a command of the originator, elsewhere NICK, USER and a numeric answer. */
nf_verdict nf_match_irc(nf_look *look)
{
	size_t at = 0;
	nf_text line;
	bool known = false;

	if (!nf_look_printable(look->bytes, look->n < 8 ? look->n : 8))
		return NF_NO;
	while (nf_look_line(look, &at, &line))
		irc_line(look, line, &known);
	if (*look->note == (IRC_NICK | IRC_USER | IRC_ANSWER) || (known && NF_PORTS(look, IRC_PORTS)))
		return NF_YES;
	return NF_WAIT;
}

/* RFC 3261, 7.2: an answer confirms, "SIP/2.0 200 ". */
nf_verdict nf_match_sip(nf_look *look)
{
	if (NF_IS(look, 0, "SIP/") && look->n >= 12 && look->bytes[5] == '.' && look->bytes[7] == ' ') {
		const nf_text code = {look->bytes + 8, 3};
		unsigned number;
		return nf_look_code(code, &number) && look->bytes[11] == ' ' ? NF_DONE : NF_NO;
	}
	if (look->service->port[1] == 5060)
		return NF_WAIT;
	return NF_FIND(look, " SIP/2.0\r\n") < look->n ? NF_WAIT : NF_NO;
}

/* RFC 3164, 4.1.1, and 5424: <priority>, at most 191. */
nf_verdict nf_match_syslog(nf_look *look)
{
	unsigned priority = 0;
	size_t at = 1;

	if (!NF_PORTS(look, 514) || look->n < 4 || look->bytes[0] != '<')
		return NF_NO;
	while (at < look->n && at < 4 && look->bytes[at] >= '0' && look->bytes[at] <= '9')
		priority = priority * 10 + (unsigned)(look->bytes[at++] - '0');
	return at > 1 && at < look->n && look->bytes[at] == '>' && priority <= 191 ? NF_DONE : NF_NO;
}
