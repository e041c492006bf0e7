/* SPDX-License-Identifier: GPL-2.0-or-later */
#define NF_SET_NAME nf_columns_cicflowmeter_fixed
#define NF_SET_TIMES "%Y-%m-%d %H:%M:%S%."
#define NF_CIC(name, type, unit, value, formula) NF_COLUMN(name, type, unit, value, formula)
#define NF_CIC_EACH(name, type, unit, original, fixed, formula) NF_COLUMN(name, type, unit, fixed, formula)
#define NF_CIC_FIXED(name, type, unit, value, formula) NF_COLUMN(name, type, unit, value, formula)
#include "set_cic.h"
