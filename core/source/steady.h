/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file steady.h
 * From the times that the kernel stamps on packets to a clock that nobody sets. The stamps are of the system clock, which may be set
 * by any amount at any moment; packets stamped before that may still wait to be read. The steady clock is CLOCK_BOOTTIME.
 *
 * The difference of the two clocks is measured at each look at a device. While it is what it was, a stamp less that difference is the
 * steady time. When it has changed, a packet's steady time decides which difference its stamp was made with: it must lie between the
 * last look and now. A change too small for that counts from NF_STEADY_LAG_NS after it was noticed, when no older packet can wait.
 */
#ifndef NF_SOURCE_STEADY_H
#define NF_SOURCE_STEADY_H

#include <stdbool.h>
#include <stdint.h>

/** A packet is readable at most so long after it was stamped, as long as we read at all. */
#define NF_STEADY_LAG_NS INT64_C(100000000)

/** Two measurements of the same difference are less than this apart; a clock set by less counts as not set. */
#define NF_STEADY_SAME_NS INT64_C(1000000)

/** Both clocks at a look. */
typedef struct nf_clocks {
	int64_t now_ns;    /**< steady */
	int64_t before_ns; /**< steady time of the last look at which everything was read */
	int64_t offset_ns; /**< system clock less steady clock */
} nf_clocks;

/** What is believed of one device's stamps. */
typedef struct nf_steady {
	int64_t offset_ns;  /**< of the packets read last */
	int64_t noticed_ns; /**< when the clocks' difference was first seen to be another one; 0: it is not */
} nf_steady;

/** Reads the clocks. Changes now_ns and offset_ns. */
void nf_clocks_read(nf_clocks *clocks);

/** At each look, before packets are read. @param drained  the look before left nothing to read */
void nf_steady_look(nf_steady *steady, const nf_clocks *clocks, bool drained);

/** The steady time of a packet; a stamp from the future counts as now. */
int64_t nf_steady_time(nf_steady *steady, const nf_clocks *clocks, int64_t stamp_ns);

#endif
