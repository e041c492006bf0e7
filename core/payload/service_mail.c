/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dialogues of commands and numbered or tagged answers, line by line: ftp, smtp, pop3, imap. All may go on with TLS. */
#include "payload/look.h"

/* What begins as text of none of these dialogues would. */
static bool is_binary(const nf_look *look)
{
	return !nf_look_printable(look->bytes, look->n < 4 ? look->n : 4);
}

enum { FTP_GREETED = 1, FTP_USER = 2, FTP_MORE = 4, FTP_TLS = 8, FTP_OWN = 16 };

/* RFC 959, 4.2: "220 text", "220-text" until "220 ". */
static bool ftp_answer(nf_look *look, nf_text line, bool *logged_in)
{
	unsigned code = 0;
	const bool coded = nf_look_code(line, &code);

	if (line.n == 0)
		return true;
	if (*look->note & FTP_MORE) {
		if (coded && line.n > 3 && line.at[3] == ' ')
			*look->note &= (uint8_t)~FTP_MORE;
		return true;
	}
	if (!coded || code < 100 || (line.n > 3 && line.at[3] != ' ' && line.at[3] != '-'))
		return false;
	if (line.n > 3 && line.at[3] == '-')
		*look->note |= FTP_MORE;
	if (code == 220 || code == 120)
		*look->note |= FTP_GREETED;
	if (code == 234)
		*look->note |= FTP_TLS;
	*logged_in = *logged_in || (*look->note & FTP_GREETED && (code == 230 || code == 331));
	return true;
}

static bool ftp_command(nf_look *look, nf_text line)
{
	const nf_text word = nf_look_word(&line);

	if (word.n < 3 || word.n > 8 || !nf_look_printable(line.at, line.n))
		return false;
	for (size_t i = 0; i < word.n; i++)
		if ((word.at[i] | 0x20) < 'a' || (word.at[i] | 0x20) > 'z')
			return false;
	if (line.n > 0 && nf_look_among(word, " USER "))
		*look->note |= FTP_USER;
	return true;
}

/* At its ports a command confirms; elsewhere USER and the answers to it. */
nf_verdict nf_match_ftp(nf_look *look)
{
	const bool own = NF_PORTS(look, 21, 2811);
	size_t at = 0;
	nf_text line;
	bool command = false, logged_in = false;

	if (*look->note & FTP_TLS)
		return NF_WAIT;
	if (is_binary(look) && !own)
		return NF_NO;
	while (nf_look_line(look, &at, &line)) {
		if (look->side == 0)
			command = ftp_command(look, line) || command;
		else if (!ftp_answer(look, line, &logged_in))
			return NF_BROKEN;
	}
	return (own && command) || (logged_in && *look->note & FTP_USER) ? NF_YES : NF_WAIT;
}

#define SMTP_COMMANDS " HELO EHLO MAIL RCPT DATA QUIT RSET VRFY EXPN HELP NOOP TURN SEND SOML SAML STARTTLS BDAT ETRN AUTH X-ANONYMOUSTLS "

enum { SMTP_GREETED = 1, SMTP_HELLO = 2, SMTP_TLS = 4 };

/* RFC 5321, 4.2: an answer is a number of 100 to 599. */
static bool smtp_answer(nf_look *look, nf_text line)
{
	unsigned code;

	if (!nf_look_code(line, &code) || code < 100 || code > 599)
		return false;
	if (code == 220 && (line.n == 3 || line.at[3] == ' ' || line.at[3] == '-'))
		*look->note |= SMTP_GREETED;
	return true;
}

static bool smtp_command(nf_look *look, nf_text line)
{
	const nf_text word = nf_look_word(&line);

	if (nf_look_among(word, " HELO EHLO "))
		*look->note |= SMTP_HELLO;
	if (nf_look_among(word, " STARTTLS X-ANONYMOUSTLS "))
		*look->note |= SMTP_TLS;
	return nf_look_among(word, SMTP_COMMANDS);
}

/* At its ports a command confirms; elsewhere HELO or EHLO and a server that greets. */
nf_verdict nf_match_smtp(nf_look *look)
{
	const bool own = NF_PORTS(look, 25, 587);
	size_t at = 0;
	nf_text line;
	bool command = false;

	if (*look->note & SMTP_TLS)
		return NF_WAIT;
	if (is_binary(look) && !own)
		return NF_NO;
	while (nf_look_line(look, &at, &line)) {
		if (look->side == 0)
			command = smtp_command(look, line) || command;
		else if (!smtp_answer(look, line))
			return NF_BROKEN;
	}
	return (own && command) || (*look->note & (SMTP_GREETED | SMTP_HELLO)) == (SMTP_GREETED | SMTP_HELLO) ? NF_YES : NF_WAIT;
}

enum { POP3_NONE, POP3_TELLING, POP3_OTHER, POP3_LONG, POP3_AUTH, POP3_LAST = 7, POP3_GREETED = 8, POP3_MORE = 16, POP3_KNOWN = 32 };

#define POP3_COMMANDS " USER PASS APOP AUTH STAT LIST RETR DELE RSET NOOP LAST QUIT TOP CAPA UIDL STLS XSENDER "

static void pop3_command(nf_look *look, nf_text line)
{
	const nf_text word = nf_look_word(&line);
	uint8_t last = POP3_OTHER;

	if ((*look->note & POP3_LAST) == POP3_AUTH && !nf_look_among(word, POP3_COMMANDS))
		return;
	if (nf_look_among(word, " CAPA "))
		last = POP3_LONG;
	else if (nf_look_among(word, " USER STLS "))
		last = POP3_TELLING;
	else if (nf_look_among(word, " AUTH "))
		last = POP3_AUTH;
	if (nf_look_among(word, " USER APOP CAPA AUTH STLS "))
		*look->note |= POP3_KNOWN;
	*look->note = (uint8_t)((*look->note & ~POP3_LAST) | last);
}

/* RFC 1939, 3. An answer to USER, CAPA or STLS confirms. */
static nf_verdict pop3_answer(nf_look *look, nf_text line)
{
	const nf_text word = nf_look_word(&line);
	const uint8_t last = *look->note & POP3_LAST;

	if (*look->note & POP3_MORE) {
		if (word.n == 1 && word.at[0] == '.')
			*look->note &= (uint8_t)~POP3_MORE;
		return NF_WAIT;
	}
	if (nf_look_among(word, " -ERR "))
		return NF_WAIT;
	if (!nf_look_among(word, " +OK "))
		return last == POP3_AUTH ? NF_WAIT : NF_NO;
	*look->note |= POP3_GREETED;
	if (last == POP3_LONG)
		*look->note |= POP3_MORE;
	return last == POP3_LONG || last == POP3_TELLING ? NF_DONE : NF_WAIT;
}

nf_verdict nf_match_pop3(nf_look *look)
{
	size_t at = 0;
	nf_text line;

	if (is_binary(look))
		return NF_NO;
	while (nf_look_line(look, &at, &line)) {
		if (look->side == 0) {
			pop3_command(look, line);
			continue;
		}
		const nf_verdict verdict = pop3_answer(look, line);
		if (verdict == NF_NO || (verdict == NF_DONE && (NF_PORTS(look, 110) || *look->note & POP3_KNOWN)))
			return verdict;
	}
	return NF_WAIT;
}

/* RFC 9051, 7.1: "* OK", or a command that says that this is IMAP. At its port alone. */
nf_verdict nf_match_imap(nf_look *look)
{
	size_t at = 0;
	nf_text line;

	if (!NF_PORTS(look, 143) || is_binary(look))
		return NF_NO;
	while (nf_look_line(look, &at, &line)) {
		const nf_text tag = nf_look_word(&line);
		const nf_text word = nf_look_word(&line);
		if (look->side == 1 && tag.n == 1 && tag.at[0] == '*' && nf_look_among(word, " OK "))
			return NF_DONE;
		if (look->side == 0 && tag.n > 0 && nf_look_among(word, " CAPABILITY STARTTLS AUTHENTICATE LOGIN EXAMINE CREATE LIST FETCH "))
			return NF_DONE;
	}
	return NF_WAIT;
}
