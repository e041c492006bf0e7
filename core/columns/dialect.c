/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect.h"

#include "flow/nearest.h"

#include <string.h>

#define NF_DIALECT(id, name, time_form, text) static const nf_dialect_column columns_##id[] = {
#define NF_DIALECT_COLUMN(name, source) {name, source},
#define NF_DIALECT_END \
	} \
	;
#include "dialects.def"
#undef NF_DIALECT
#undef NF_DIALECT_COLUMN
#undef NF_DIALECT_END

static const nf_dialect dialects[] = {
#define NF_DIALECT(id, name, time_form, text) {name, text, time_form, columns_##id, sizeof columns_##id / sizeof *columns_##id},
#define NF_DIALECT_COLUMN(name, source)
#define NF_DIALECT_END
#include "dialects.def"
#undef NF_DIALECT
#undef NF_DIALECT_COLUMN
#undef NF_DIALECT_END
};
enum { DIALECTS = sizeof dialects / sizeof *dialects };

size_t nf_dialect_count(void)
{
	return DIALECTS;
}

const char *nf_dialect_name(size_t i)
{
	return i < DIALECTS ? dialects[i].name : NULL;
}

const char *nf_dialect_text(size_t i)
{
	return i < DIALECTS ? dialects[i].text : NULL;
}

static const char *name_at(const void *of, size_t i)
{
	(void)of;
	return dialects[i].name;
}

nf_status nf_dialect_find(const nf_dialect **dialect, const char *name, nf_error *error)
{
	size_t found;
	nf_status status = nf_find_name("dialect", name, name_at, NULL, DIALECTS, &found, error);

	if (status == NF_OK)
		*dialect = &dialects[found];
	return status;
}
