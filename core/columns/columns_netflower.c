/* SPDX-License-Identifier: GPL-2.0-or-later */
#define NF_SET_NAME nf_columns_netflower
#include "set_netflower.h"
