/* SPDX-License-Identifier: GPL-2.0-or-later */
#define NF_SET_NAME nf_columns_netflower_1_0_1
#define NF_POPULATION 1
#include "set_netflower.h"
