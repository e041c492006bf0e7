/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine: batches of packets go to a life, ended flows come out of its queue. */
#include "engine_internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many packets are looked up ahead of their turn that memory has answered when it comes. */
enum { AHEAD = 32 };

/* Behind the numbers: see nf_engine_owner(). */
enum { OWNER_BYTES = 16 };

static const nf_model *const models[] = {
#define NF_PROFILE(id, name, model, columns, text) &model,
#include <netflower/profiles.def>
#undef NF_PROFILE
};

void nf_options_init(nf_options *options)
{
	*options = (nf_options){.idle_timeout_ns = 120 * NF_SECOND_NS, .close_linger_ns = NF_SECOND_NS, .sequence_most = 20};
	nf_zeek_options_init(&options->zeek);
}

static nf_status no_memory(nf_error *error, const nf_engine *engine)
{
	return nf_fail(error, NF_NO_MEMORY, "out of memory with %llu flows held; a limit of their memory (max-memory) keeps it bounded",
		       (unsigned long long)engine->stats.alive);
}

static bool make_seed(const nf_options *options, nf_hash_seed *seed)
{
	if (!options->fixed_seed)
		return getentropy(seed, sizeof *seed) == 0;
	seed->word[0] = nf_fold_product(options->hash_seed ^ UINT64_C(0xa0761d6478bd642f), UINT64_C(0xe7037ed1a0b428db));
	seed->word[1] = nf_fold_product(options->hash_seed ^ UINT64_C(0x8ebc6af09c88c6e3), UINT64_C(0x589965cc75374cc3));
	return true;
}

/* Room for texts of a flow at p, of text_bytes() bytes; NULL: none is wanted. */
static nf_text *make_text(const nf_options *options, void *p)
{
	nf_text *text = p;

	if (!options->extras)
		return NULL;
	*text = (nf_text){0, nf_extra_text_bytes(options)};
	return text;
}

static size_t text_bytes(const nf_options *options)
{
	return (sizeof(nf_text) + nf_extra_text_bytes(options) + 15) / 16 * 16;
}

static nf_status check(const nf_options *options, nf_error *error)
{
	if (options->idle_timeout_ns < 0 || options->active_timeout_ns < 0 || options->close_linger_ns < 0)
		return nf_fail(error, NF_ARGUMENT, "a timeout is negative");
	if ((unsigned)options->profile >= NF_PROFILE_COUNT)
		return nf_fail(error, NF_ARGUMENT, "no profile has the number %u", (unsigned)options->profile);
	if (options->sequence_most > NF_SEQUENCE_MOST)
		return nf_fail(error, NF_ARGUMENT, "a sequence has at most %d packets", NF_SEQUENCE_MOST);
	if (options->max_memory && options->max_memory < NF_MEMORY_LEAST)
		return nf_fail(error, NF_ARGUMENT, "the limit of memory is at least %d bytes", NF_MEMORY_LEAST);
	if (options->community_seed > UINT16_MAX)
		return nf_fail(error, NF_ARGUMENT, "the seed of the Community ID has 16 bits");
	return NF_OK;
}

static bool begin(nf_engine *engine)
{
	const nf_numbers *numbers = engine->model->numbers;
	const size_t extra = nf_extra_bytes(&engine->options);

	nf_arena_init(&engine->records, extra ? NF_RECORD_BYTES + extra : sizeof(nf_record));
	nf_arena_init(&engine->numbers, numbers->bytes + (engine->options.max_memory ? OWNER_BYTES : 0));
	engine->records.huge_pages = engine->numbers.huge_pages = engine->table.memory.huge_pages =
		engine->options.huge_pages && !engine->options.max_memory;
	engine->extra_bytes = extra;
	engine->few = numbers->replays ? NF_FEW : 0;
	engine->watched = extra || engine->options.on_packet;
	engine->ended_last = &engine->ended_first;
	engine->timers = 1;
	engine->replayed = aligned_alloc(16, numbers->bytes);
	engine->text = malloc(text_bytes(&engine->options));
	if (!engine->replayed || !engine->text || !engine->model->life->begin(engine))
		return false;
	return nf_memory_begin(engine);
}

nf_status nf_engine_new(nf_engine **result, const nf_options *options, nf_error *error)
{
	nf_options defaults;
	nf_hash_seed seed;

	*result = NULL;
	if (!options) {
		nf_options_init(&defaults);
		options = &defaults;
	}
	nf_status status = check(options, error);
	if (status != NF_OK)
		return status;
	if (!make_seed(options, &seed))
		return nf_fail(error, NF_ARGUMENT, "the system gives no random numbers for the flow table's seed");

	nf_engine *engine = calloc(1, sizeof *engine);
	if (!engine || !nf_table_init(&engine->table, seed)) {
		free(engine);
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	}
	engine->options = *options;
	engine->model = models[options->profile];
	engine->options.decode.details |= engine->model->wants_details;
	if (!begin(engine))
		status = nf_fail(error, NF_NO_MEMORY, "out of memory");
	if (status == NF_OK)
		status = nf_decoder_new(&engine->decoder, &engine->options.decode, error);
	if (status == NF_OK)
		status = nf_batch_init(&engine->batch, engine->decoder, error);
	if (status == NF_OK)
		*result = engine;
	else
		nf_engine_free(engine);
	return status;
}

void nf_engine_free(nf_engine *engine)
{
	if (!engine)
		return;
	if (engine->life)
		engine->model->life->clear(engine);
	nf_batch_release(&engine->batch);
	nf_decoder_free(engine->decoder);
	nf_arena_clear(&engine->records);
	nf_arena_clear(&engine->numbers);
	nf_table_clear(&engine->table);
	free(engine->replayed);
	free(engine->text);
	free(engine);
}

const nf_stats *nf_engine_stats(const nf_engine *engine)
{
	return &engine->stats;
}

nf_decoder *nf_engine_decoder(nf_engine *engine)
{
	return engine->decoder;
}

void nf_engine_watch(nf_engine *engine, nf_record *record, const nf_brief *brief, const nf_turn *turn)
{
	if (engine->extra_bytes)
		nf_extra_add(nf_record_extra(record), &engine->options, brief, turn);
	if (engine->options.on_packet)
		engine->options.on_packet(engine->options.on_packet_to, record->sequence, turn->packet);
}

bool nf_engine_make_numbers(nf_engine *engine, nf_record *record)
{
	const nf_numbers *numbers = engine->model->numbers;
	void *piece = nf_engine_numbers_new(engine, record);

	if (!piece)
		return false;
	numbers->init(piece);
	for (int i = 0; i < record->packets; i++)
		numbers->add(piece, &record->u.few[i], NULL);
	record->u.numbers = piece;
	record->packets = NF_MANY;
	return true;
}

/* Wraps around like the clock that it comes from; for files the offset is 0. */
static int64_t by_own_clock(const nf_engine *engine, int64_t ts_ns)
{
	return (int64_t)((uint64_t)ts_ns - (uint64_t)engine->offset_ns);
}

/* All but the guess. @return the bucket where that is to be found, on its way to the cache */
static inline const nf_bucket *make_ready(const nf_engine *engine, nf_turn *w, const nf_packet *packet, const nf_detail *detail)
{
	const int order = nf_key_compare_ends(&packet->key);

	w->packet = packet;
	w->detail = detail;
	w->ts_ns = by_own_clock(engine, packet->ts_ns);
	nf_key_copy_from(&w->key, &packet->key, order > 0);
	w->sender = order > 0;
	w->is_loop = order == 0;
	w->hash = nf_table_hash(&engine->table, &w->key);
	const nf_bucket *bucket = nf_table_bucket(&engine->table, w->hash);
	__builtin_prefetch(bucket);
	return bucket;
}

/* At most AHEAD packets: all are made ready, all are looked up, then each has its turn. */
static bool work_ahead(nf_engine *engine, const nf_packet *packets, const nf_detail *details, size_t n)
{
	nf_turn turns[AHEAD];
	const nf_bucket *buckets[AHEAD];

	for (size_t i = 0; i < n; i++)
		buckets[i] = make_ready(engine, &turns[i], &packets[i], details ? &details[i] : NULL);
	for (size_t i = 0; i < n; i++) {
		nf_record *guess = nf_bucket_guess(buckets[i], turns[i].hash);
		turns[i].guess = guess ? guess : &engine->nothing;
		for (size_t byte = 0; byte < sizeof(nf_record); byte += 64)
			__builtin_prefetch((const char *)turns[i].guess + byte);
	}
	if (engine->memory_most == UINT64_MAX)
		return engine->model->life->turns(engine, turns, n);
	for (size_t i = 0; i < n; i++)
		if (!engine->model->life->turns(engine, &turns[i], 1) || !nf_memory_fit(engine))
			return false;
	return true;
}

static nf_status work_all(nf_engine *engine, const nf_packet *packets, const nf_detail *details, size_t n, nf_error *error)
{
	for (size_t i = 0; i < n; i += AHEAD)
		if (!work_ahead(engine, packets + i, details ? details + i : NULL, n - i < AHEAD ? n - i : AHEAD))
			return no_memory(error, engine);
	nf_memory_note(engine);
	return NF_OK;
}

nf_status nf_engine_batch(nf_engine *engine, const nf_batch *batch, nf_error *error)
{
	nf_stats *stats = &engine->stats;

	stats->frames += batch->frames;
	stats->wire_bytes += batch->wire_bytes;
	for (int i = 0; i < NF_SKIP_COUNT; i++)
		stats->skipped[i] += batch->skipped[i];
	return work_all(engine, batch->packets, batch->details, batch->n, error);
}

nf_status nf_engine_flush(nf_engine *engine, nf_error *error)
{
	nf_status status = nf_engine_batch(engine, &engine->batch, error);

	nf_batch_clear(&engine->batch);
	return status;
}

nf_status nf_engine_frame(nf_engine *engine, const nf_frame *frame, nf_error *error)
{
	uint64_t number = engine->stats.frames + engine->batch.frames + 1;

	return nf_batch_frame(&engine->batch, engine->decoder, frame, number) ? NF_OK : nf_engine_flush(engine, error);
}

nf_status nf_engine_frames(nf_engine *engine, const nf_frame *frames, size_t n, nf_error *error)
{
	nf_status status = NF_OK;
	size_t taken;

	for (; n > 0 && status == NF_OK; frames += taken, n -= taken) {
		const uint64_t number = engine->stats.frames + engine->batch.frames + 1;
		if (!nf_batch_frames(&engine->batch, engine->decoder, frames, n, number, &taken))
			status = nf_engine_flush(engine, error);
	}
	return status;
}

nf_status nf_engine_packets(nf_engine *engine, const nf_packet *packets, size_t n, nf_error *error)
{
	nf_status status = nf_engine_flush(engine, error);

	engine->stats.frames += n;
	for (size_t i = 0; i < n; i++)
		engine->stats.wire_bytes += packets[i].ip_bytes;
	return status == NF_OK ? work_all(engine, packets, NULL, n, error) : status;
}

nf_status nf_engine_advance(nf_engine *engine, int64_t now_ns, nf_error *error)
{
	nf_status status = nf_engine_flush(engine, error);

	if (status == NF_OK && !engine->model->life->expire(engine, by_own_clock(engine, now_ns)))
		return no_memory(error, engine);
	nf_memory_note(engine);
	return status;
}

nf_status nf_engine_shift_clock(nf_engine *engine, int64_t by_ns, nf_error *error)
{
	nf_status status = nf_engine_flush(engine, error);

	if (engine->settings == NF_CLOCK_SETTINGS) {
		engine->first_offset_ns = engine->setting[0].offset_ns;
		engine->settings--;
		memmove(engine->setting, engine->setting + 1, engine->settings * sizeof *engine->setting);
	}
	engine->offset_ns = (int64_t)((uint64_t)engine->offset_ns + (uint64_t)by_ns);
	engine->setting[engine->settings++] = (nf_clock_setting){engine->sequence, engine->offset_ns};
	return status;
}

nf_status nf_engine_finish(nf_engine *engine, nf_error *error)
{
	nf_batch_finish(&engine->batch, engine->decoder);
	nf_status status = nf_engine_flush(engine, error);

	if (status != NF_OK)
		return status;
	engine->model->life->finish(engine);
	nf_table_empty(&engine->table);
	nf_memory_note(engine);
	return NF_OK;
}

/* When the record began, by the clock of the packets. */
static int64_t offset_of(const nf_engine *engine, const nf_record *record)
{
	for (size_t i = engine->settings; i > 0; i--)
		if (engine->setting[i - 1].sequence < record->sequence)
			return engine->setting[i - 1].offset_ns;
	return engine->first_offset_ns;
}

/* Puts the times of a flow that are told, not those of its gaps, onto the packets' clock as it was when the flow began. */
static void tell_by_packets_clock(const nf_engine *engine, nf_record *record)
{
	const int64_t offset_ns = offset_of(engine, record);

	record->first_ns = (int64_t)((uint64_t)record->first_ns + (uint64_t)offset_ns);
	record->last_ns = (int64_t)((uint64_t)record->last_ns + (uint64_t)offset_ns);
	if (record->packets == NF_MANY) {
		engine->model->numbers->shift(record->u.numbers, offset_ns);
		return;
	}
	for (int i = 0; i < record->packets; i++)
		record->u.few[i].ts_ns = (int64_t)((uint64_t)record->u.few[i].ts_ns + (uint64_t)offset_ns);
}

/* What ended by its limit has not been touched for a long time: while one flow becomes a row, memory answers for the next two. */
static void read_ended_ahead(const nf_engine *engine)
{
	const nf_record *next = engine->ended_first;

	if (!next)
		return;
	if (next->packets == NF_MANY)
		for (size_t byte = 0; byte < engine->model->numbers->bytes; byte += 64)
			__builtin_prefetch((const char *)next->u.numbers + byte);
	if (next->next) {
		__builtin_prefetch(next->next);
		__builtin_prefetch(&next->next->next);
	}
}

static nf_record *dequeue_ended(nf_engine *engine)
{
	nf_record *record = engine->ended_first;

	if (!record)
		return NULL;
	engine->ended_first = record->next;
	if (!engine->ended_first)
		engine->ended_last = &engine->ended_first;
	read_ended_ahead(engine);
	if (engine->settings > 0)
		tell_by_packets_clock(engine, record);
	return record;
}

/* The numbers of a flow; those of few packets are replayed into the room given. */
static const void *numbers_of(const nf_numbers *numbers, const nf_record *record, void *room)
{
	if (record->packets == NF_MANY)
		return record->u.numbers;
	numbers->init(room);
	for (int i = 0; i < record->packets; i++)
		numbers->add(room, &record->u.few[i], NULL);
	return room;
}

const nf_flow *nf_engine_take(nf_engine *engine)
{
	if (engine->taken.record)
		nf_engine_record_free(engine, (nf_record *)engine->taken.record);
	engine->taken = (nf_flow){.record = dequeue_ended(engine), .model = engine->model, .options = &engine->options};
	if (!engine->taken.record) {
		nf_memory_pack(engine);
		return NULL;
	}
	engine->taken.text = make_text(&engine->options, engine->text);
	engine->taken.features = numbers_of(engine->model->numbers, engine->taken.record, engine->replayed);
	return &engine->taken;
}

/* Of a record with its extra. */
static size_t record_bytes(const nf_engine *engine)
{
	return engine->extra_bytes ? NF_RECORD_BYTES + engine->extra_bytes : NF_RECORD_BYTES;
}

nf_parcel_form nf_engine_parcel_form(const nf_engine *engine)
{
	nf_parcel_form form = {
		.model = engine->model,
		.options = &engine->options,
		.record_bytes = record_bytes(engine),
		.numbers_bytes = engine->model->numbers->bytes,
	};

	form.bytes = form.record_bytes + form.numbers_bytes + text_bytes(&engine->options);
	form.bytes = (form.bytes + NF_PARCEL_ALIGNMENT - 1) / NF_PARCEL_ALIGNMENT * NF_PARCEL_ALIGNMENT;
	return form;
}

bool nf_engine_pack(nf_engine *engine, void *parcel)
{
	nf_record *record = dequeue_ended(engine), *copy = parcel;

	if (!record) {
		nf_memory_pack(engine);
		return false;
	}
	memcpy(copy, record, engine->records.piece_bytes);
	if (record->packets == NF_MANY) {
		copy->u.numbers = (char *)parcel + record_bytes(engine);
		memcpy(copy->u.numbers, record->u.numbers, engine->model->numbers->bytes);
	}
	nf_engine_record_free(engine, record);
	return true;
}

nf_flow nf_parcel_flow(const nf_parcel_form *form, void *parcel)
{
	const nf_record *record = parcel;
	char *numbers = (char *)parcel + form->record_bytes;
	nf_text *text = make_text(form->options, numbers + form->numbers_bytes);

	return (nf_flow){record, numbers_of(form->model->numbers, record, numbers), form->model, form->options, text};
}
