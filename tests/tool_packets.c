/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tool_packets [-s] FILE [NAME=VALUE...]
 *
 * A line for each packet that a decoder with these settings (ipv6=1, defrag=1, tunnel-port=vxlan=8472 ...) gives of a capture, values parted by tabs: frame, source,
 * destination, IP version, protocol, the two ports, identifier, bytes of IP packet, header and payload, flags, tunnels around it, and in
 * hexadecimal the first payload bytes. -s: without those two, so that plain frames may take the short cut. Then one for each reason to skip:
 * "skipped", its name, how many; and "frames", how many, used, skipped.
 */
#include <netflower/settings.h>
#include <netflower/source.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAYLOAD_MOST = 16 };

static uint64_t used, skipped[NF_SKIP_COUNT], frames;

static void print_packet(const nf_packet *p, const nf_detail *d)
{
	char ends[2][INET6_ADDRSTRLEN];

	for (int i = 0; i < 2; i++)
		inet_ntop(p->key.ip_version == 4 ? AF_INET : AF_INET6, p->key.address[i], ends[i], sizeof ends[i]);
	printf("%" PRIu64 "\t%s\t%s\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t", p->number, ends[0], ends[1], p->key.ip_version, p->key.protocol,
	       p->key.port[0], p->key.port[1], p->key.identifier, p->ip_bytes, p->header_bytes, p->payload_bytes, p->flags, d ? d->depth : 0);
	for (uint32_t i = 0; d && i < d->payload_kept; i++)
		printf("%02x", d->payload[i]);
	putchar('\n');
}

static void take(nf_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++) {
		print_packet(&batch->packets[i], batch->details ? &batch->details[i] : NULL);
		used += !(batch->packets[i].flags & NF_PACKET_ALSO);
	}
	for (int i = 0; i < NF_SKIP_COUNT; i++)
		skipped[i] += batch->skipped[i];
	frames += batch->frames;
	nf_batch_clear(batch);
}

static nf_status decode_all(nf_source *source, nf_batch *batch, nf_decoder *decoder, nf_error *error)
{
	nf_source_event event;
	nf_frame frame;
	nf_status status;
	uint64_t number = 0;

	while ((status = nf_source_next(source, &frame, &event, error)) == NF_OK && !event.file_ended)
		if (!nf_batch_frame(batch, decoder, &frame, ++number))
			take(batch);
	nf_batch_finish(batch, decoder);
	take(batch);
	return status == NF_END ? NF_OK : status;
}

static int tell(void)
{
	uint64_t sum = 0;

	for (int i = 0; i < NF_SKIP_COUNT; i++) {
		sum += skipped[i];
		if (skipped[i])
			printf("skipped\t%s\t%" PRIu64 "\n", nf_skip_name((nf_skip)i), skipped[i]);
	}
	printf("frames\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", frames, used, sum);
	return frames == used + sum ? 0 : 1;
}

static nf_status read_settings(char **arguments, bool details, nf_options *options, nf_error *error)
{
	nf_status status = NF_OK;

	nf_options_init(options);
	for (; status == NF_OK && *arguments; arguments++) {
		char *value = strchr(*arguments, '=');
		if (!value)
			return nf_fail(error, NF_ARGUMENT, "NAME=VALUE is wanted, not '%s'", *arguments);
		*value = '\0';
		status = strcmp(*arguments, "tunnel-port") == 0 ? nf_decode_add_tunnel_port(&options->decode, value + 1, error)
							      : nf_setting_set(options, *arguments, value + 1, error);
	}
	options->decode.details = details;
	options->decode.payload_most = PAYLOAD_MOST;
	return status;
}

int main(int argc, char **argv)
{
	static nf_batch batch;
	nf_options options;
	nf_decoder *decoder = NULL;
	nf_source *source = NULL;
	nf_error error;

	const bool is_short = argc > 1 && strcmp(argv[1], "-s") == 0;
	const char *name = argv[1 + is_short];
	if (!name)
		return 2;
	nf_status status = read_settings(argv + 2 + is_short, !is_short, &options, &error);
	if (status == NF_OK)
		status = nf_decoder_new(&decoder, &options.decode, &error);
	if (status == NF_OK)
		status = nf_batch_init(&batch, decoder, &error);
	if (status == NF_OK)
		status = nf_source_open_files(&source, &name, 1, NF_SOURCE_BY_TIME, &error);
	if (status == NF_OK)
		status = decode_all(source, &batch, decoder, &error);
	if (status != NF_OK)
		fprintf(stderr, "%s: %s\n", name, error.text);
	nf_source_close(source);
	nf_batch_release(&batch);
	nf_decoder_free(decoder);
	return status == NF_OK ? tell() : 2;
}
