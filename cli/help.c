/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <string.h>

enum { NAMES_WIDTH = 28 };

static void print_option(FILE *to, const option_row *row)
{
	char names[64], short_name[] = {'-', row->short_name, ',', '\0'};
	char argument[24] = "";

	if (row->takes == TAKES_MAYBE)
		g_snprintf(argument, sizeof argument, "[=%s]", row->argument);
	else if (row->takes != TAKES_NOTHING)
		g_snprintf(argument, sizeof argument, "=%s", row->argument);
	g_snprintf(names, sizeof names, "  %3s --%s%s", row->short_name ? short_name : "", row->long_name, argument);
	fprintf(to, "%-*s  %s\n", NAMES_WIDTH, names, row->help);
}

void help_print(FILE *to)
{
	static const char *const titles[SECTIONS] = {"Input", "Output", "Flows", "Messages"};

	fputs("Usage: nf-cli [OPTION...] FILE...\n"
	      "       nf-cli [OPTION...] -i IFACE...\n"
	      "Turns packet captures into a table of flows: one row of numbers for each.\n",
	      to);
	for (int section = 0; section < SECTIONS; section++) {
		fprintf(to, "\n%s\n", titles[section]);
		for (size_t i = 0; i < OPTION_COUNT_ALL; i++)
			if ((int)option_table[i].section == section && option_table[i].state == STATE_NOW)
				print_option(to, &option_table[i]);
	}
	fputs("\n@FILE on the command line stands for the arguments in that file.\n"
	      "\nExamples\n"
	      "  nf-cli capture.pcapng                  rows to the terminal\n"
	      "  nf-cli -r a.pcap -w a.csv              rows to a file\n"
	      "  sudo nf-cli -i eth0                    live, rows as flows end; Ctrl-C stops\n"
	      "  nf-cli ring_*.pcapng.gz -w all.csv.gz  several captures as one\n"
	      "  zcat a.pcap.gz | nf-cli -r - -f 'tcp port 443' --columns src_ip,dst_ip,flow_duration\n"
	      "\nExit status: 0 well, 1 usage, 2 input, 3 output, 4 capture, 5 no frame was of use. See nf-cli(1).\n",
	      to);
}
