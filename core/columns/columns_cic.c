/* SPDX-License-Identifier: GPL-2.0-or-later */
#define NF_SET_NAME nf_columns_cicflowmeter
#define NF_SET_TIMES "%d/%m/%Y %I:%M:%S %p"
#define NF_CIC(name, type, unit, value, formula) NF_COLUMN(name, type, unit, value, formula)
#define NF_CIC_EACH(name, type, unit, original, fixed, formula) NF_COLUMN(name, type, unit, original, formula)
#define NF_CIC_FIXED(name, type, unit, value, formula)
#include "set_cic.h"
