/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tool_zeek verify|ignore [-j] [-x] FILE
 *
 * The conn.log of a capture; verify drops packets with bad checksums, ignore does not look at checksums. -j: as JSON. -x: with the fields vlan,
 * inner_vlan and community_id. On standard error the statistics: frames, used, and each reason to skip.
 */
#include <netflower/engine.h>
#include <netflower/sink.h>
#include <netflower/source.h>
#include <netflower/zeek.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static nf_status write_out(void *to, const void *bytes, size_t n, nf_error *error)
{
	(void)error;
	fwrite(bytes, 1, n, to);
	return NF_OK;
}

static nf_status put_flows(nf_engine *engine, nf_sink *sink, nf_error *error)
{
	const nf_flow *flow;
	nf_status status = NF_OK;

	while (status == NF_OK && (flow = nf_engine_take(engine)) != NULL)
		status = nf_sink_flow(sink, flow, error);
	return status;
}

static nf_status run(nf_source *source, nf_engine *engine, nf_sink *sink, nf_error *error)
{
	nf_frame frame;
	nf_source_event event;
	nf_status status = nf_sink_begin(sink, error);

	while (status == NF_OK && (status = nf_source_next(source, &frame, &event, error)) == NF_OK && !event.file_ended) {
		status = nf_engine_frame(engine, &frame, error);
		if (status == NF_OK)
			status = put_flows(engine, sink, error);
	}
	if (status == NF_OK || status == NF_END)
		status = nf_engine_finish(engine, error);
	if (status == NF_OK)
		status = put_flows(engine, sink, error);
	return status == NF_OK ? nf_sink_end(sink, error) : status;
}

static void tell(const nf_stats *stats)
{
	uint64_t skipped = 0;

	fprintf(stderr, "frames %" PRIu64 " used %" PRIu64, stats->frames, stats->used);
	for (int i = 1; i < NF_SKIP_COUNT; i++) {
		skipped += stats->skipped[i];
		if (stats->skipped[i])
			fprintf(stderr, " %s %" PRIu64, nf_skip_name((nf_skip)i), stats->skipped[i]);
	}
	fprintf(stderr, "%s\n", stats->frames == stats->used + skipped ? "" : " THE SUM IS WRONG");
}

static nf_options options_for(bool verify)
{
	nf_options options;

	nf_options_init(&options);
	options.profile = NF_PROFILE_ZEEK;
	options.zeek.fixed_uids = true;
	options.decode = (nf_decode_options){
		.ipv6 = true,
		.icmp = true,
		.sctp = true,
		.all = true,
		.defrag = true,
		.icmp_without_identifier = true,
		.tunnels = NF_TUNNELS_BOTH,
		.checksums = verify ? NF_CHECKSUMS_MARK : NF_CHECKSUMS_IGNORE,
		.details = true,
		.payload_most = 2048,
	};
	return options;
}

int main(int argc, char **argv)
{
	nf_error error = {.text = ""};
	nf_source *source = NULL;
	nf_engine *engine = NULL;
	nf_columns *columns = NULL;
	nf_sink *sink = NULL;
	nf_zeek_nets *nets = NULL;
	bool json = false, more = false;
	const char *name = argv[argc - 1];

	for (int i = 2; i < argc - 1; i++) {
		json = json || strcmp(argv[i], "-j") == 0;
		more = more || strcmp(argv[i], "-x") == 0;
	}
	if (argc < 3 || (strcmp(argv[1], "verify") != 0 && strcmp(argv[1], "ignore") != 0)) {
		fputs("tool_zeek verify|ignore [-j] [-x] FILE\n", stderr);
		return 2;
	}
	const nf_options options = options_for(strcmp(argv[1], "verify") == 0);
	const nf_columns_options of = {.profile = NF_PROFILE_ZEEK};
	nf_zeek_log_options log = {.vlan = more, .community_id = more, .opened = "2026-01-02-03-04-05", .closed = "2026-01-02-03-04-06"};
	nf_status status = nf_source_open_files(&source, &name, 1, NF_SOURCE_BY_TIME, &error);

	if (status == NF_OK)
		status = nf_engine_new(&engine, &options, &error);
	if (status == NF_OK)
		status = nf_columns_new_for(&columns, &of, &error);
	if (status == NF_OK)
		status = nf_zeek_nets_new(&nets, NULL, &error);
	if (status == NF_OK)
		status = nf_sink_new(&sink, json ? "zeek-json" : "zeek", columns, (nf_writer){write_out, stdout}, &error);
	if (status == NF_OK) {
		log.nets = nets;
		nf_sink_set_zeek(sink, &log);
		status = run(source, engine, sink, &error);
	}
	if (status != NF_OK)
		fprintf(stderr, "%s: %s\n", name, error.text);
	else
		tell(nf_engine_stats(engine));
	nf_sink_free(sink);
	nf_zeek_nets_free(nets);
	nf_columns_free(columns);
	nf_engine_free(engine);
	nf_source_close(source);
	return status != NF_OK;
}
