/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/error.h>

#include <stdarg.h>
#include <stdio.h>

const char *nf_status_text(nf_status status)
{
	switch (status) {
#define NF_STATUS(id, text) \
	case NF_##id: return text;
#include <netflower/status.def>
#undef NF_STATUS
	}
	return "unknown status";
}

nf_status nf_fail(nf_error *error, nf_status status, const char *format, ...)
{
	if (!error)
		return status;
	va_list args;
	va_start(args, format);
	vsnprintf(error->text, sizeof error->text, format, args);
	va_end(args);
	for (char *c = error->text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	error->status = status;
	return status;
}
