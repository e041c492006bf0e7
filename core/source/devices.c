/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netflower/devices.h>

#if NF_HAVE_PCAP
#include "source/device.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OTHERS_MAX = 8, HELD_MS = 10 };
static const int64_t check_ns = 1000000000; /* how often interfaces are looked at */

struct nf_devices {
	nf_device_settings settings;
	size_t n;
	nf_device device[NF_DEVICES_MAX];
	int socket;         /* to ask for the state of interfaces */
	nf_clocks clocks;
	int64_t next_check_ns;
	int64_t until_ns;   /* steady: what is later is not given in this look */
	int64_t stop_ns;    /* steady: what is later is not given at all */
	int64_t given_ns;   /* steady: of nf_devices_given() */
	int64_t offset_ns;  /* the system clock's, as the user was told */
	bool drained;       /* all devices, when the look ended */
};

/* Two measurements of one difference of clocks, or of two? */
static bool is_near(int64_t a_ns, int64_t b_ns)
{
	return llabs(a_ns - b_ns) <= NF_STEADY_SAME_NS;
}

nf_status nf_devices_open(nf_devices **result, const nf_device_settings *settings, nf_error *error)
{
	nf_devices *devices = calloc(1, sizeof *devices);
	nf_status status = NF_OK;

	*result = NULL;
	if (!devices)
		return nf_fail(error, NF_NO_MEMORY, "out of memory");
	devices->settings = *settings;
	devices->stop_ns = INT64_MAX;
	devices->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	nf_clocks_read(&devices->clocks);
	devices->offset_ns = devices->clocks.offset_ns;
	devices->clocks.before_ns = devices->given_ns = devices->clocks.now_ns;
	if (settings->n == 0 || settings->n > NF_DEVICES_MAX)
		status = nf_fail(error, NF_ARGUMENT, "takes 1 to %d interfaces", NF_DEVICES_MAX);
	for (; devices->n < settings->n && status == NF_OK; devices->n++) {
		nf_device *device = &devices->device[devices->n];
		device->name = settings->names[devices->n];
		device->steady.offset_ns = devices->clocks.offset_ns;
		status = nf_device_open(device, settings, error);
	}
	if (status == NF_OK)
		*result = devices;
	else
		nf_devices_close(devices);
	return status;
}

void nf_devices_close(nf_devices *devices)
{
	if (!devices)
		return;
	for (size_t i = 0; i < devices->n; i++)
		nf_device_close(&devices->device[i]);
	if (devices->socket >= 0)
		close(devices->socket);
	free(devices);
}

/* A frame that is held back for others to come before it would end every wait at once. */
void nf_devices_wait(nf_devices *devices, struct pollfd *others, size_t n, int timeout_ms)
{
	struct pollfd fds[OTHERS_MAX + NF_DEVICES_MAX];
	size_t used = n;

	memcpy(fds, others, n * sizeof *fds);
	for (size_t i = 0; i < devices->n; i++) {
		const nf_device *device = &devices->device[i];
		if (device->handle && device->has_frame && timeout_ms > HELD_MS)
			timeout_ms = HELD_MS;
		else if (device->handle && !device->has_frame)
			fds[used++] = (struct pollfd){.fd = device->fd, .events = POLLIN};
	}
	(void)!poll(fds, (nfds_t)used, timeout_ms);
	memcpy(others, fds, n * sizeof *fds);
}

/* A device that is not there any more. */
static nf_status lose(nf_devices *devices, nf_device *device, nf_error *error)
{
	nf_device_close(device);
	if (devices->settings.wait) {
		nf_device_say(&devices->settings, "%s is gone; waiting for it", device->name);
		device->told = true;
		return NF_OK;
	}
	device->lost = true;
	return nf_fail(error, NF_GONE, "the interface %s is gone", device->name);
}

static nf_status check(nf_devices *devices, nf_device *device, nf_error *error)
{
	nf_status status = NF_OK;
	bool up;

	if (device->lost)
		return NF_OK;
	if (!device->handle) {
		device->steady = (nf_steady){.offset_ns = devices->clocks.offset_ns};
		status = nf_device_open(device, &devices->settings, error);
		device->lost = status != NF_OK;
		return status;
	}
	if (nf_device_check(device, devices->socket, &up) == NF_GONE)
		return lose(devices, device, error);
	if (!up && !device->told)
		nf_device_say(&devices->settings, "%s is down; waiting for it", device->name);
	else if (up && device->told)
		nf_device_say(&devices->settings, "%s is up again", device->name);
	device->told = !up;
	return NF_OK;
}

nf_status nf_devices_look(nf_devices *devices, nf_error *error)
{
	nf_clocks *clocks = &devices->clocks;
	nf_status status = NF_OK;

	if (devices->drained)
		clocks->before_ns = clocks->now_ns;
	nf_clocks_read(clocks);
	/* Among several, a frame must wait until none can come that is older. */
	devices->until_ns = devices->n > 1 ? clocks->now_ns - NF_STEADY_LAG_NS : INT64_MAX;
	for (size_t i = 0; i < devices->n; i++) {
		devices->device[i].drained = false;
		nf_steady_look(&devices->device[i].steady, clocks, devices->drained);
	}
	devices->drained = false;
	if (clocks->now_ns < devices->next_check_ns || devices->stop_ns != INT64_MAX)
		return NF_OK;
	for (size_t i = 0; i < devices->n; i++) {
		nf_status each = check(devices, &devices->device[i], status == NF_OK ? error : NULL);
		status = status == NF_OK ? each : status;
	}
	devices->next_check_ns = clocks->now_ns + check_ns;
	return status;
}

/* Reads a frame of a device, if there is one. */
static nf_status fetch(nf_devices *devices, nf_device *device, nf_error *error)
{
	bool up;
	int got = pcap_next_ex(device->handle, &device->header, &device->data);

	if (got == 0) {
		device->drained = true;
		return NF_OK;
	}
	if (got < 0) {
		device->drained = true;
		if (nf_device_check(device, devices->socket, &up) == NF_GONE)
			return lose(devices, device, error);
		nf_status status = nf_fail(error, NF_CAPTURE, "cannot capture from %s any more: %s", device->name, pcap_geterr(device->handle));
		nf_device_close(device);
		device->lost = true;
		return status;
	}
	/* With nanoseconds asked for, tv_usec has them, or microseconds of a device that has no more. */
	int64_t unit = pcap_get_tstamp_precision(device->handle) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
	int64_t stamp_ns = device->header->ts.tv_sec * INT64_C(1000000000) + device->header->ts.tv_usec * unit;
	device->time_ns = nf_steady_time(&device->steady, &devices->clocks, stamp_ns);
	device->has_frame = true;
	return NF_OK;
}

/* The device with the oldest frame that may be given; NULL: none has one. */
static nf_status find_oldest(nf_devices *devices, nf_device **oldest, nf_error *error)
{
	*oldest = NULL;
	for (size_t i = 0; i < devices->n; i++) {
		nf_device *device = &devices->device[i];
		if (!device->has_frame && device->handle && !device->drained) {
			nf_status status = fetch(devices, device, error);
			if (status != NF_OK)
				return status;
		}
		if (device->has_frame && device->time_ns <= devices->until_ns && device->time_ns <= devices->stop_ns &&
		    (!*oldest || device->time_ns < (*oldest)->time_ns))
			*oldest = device;
	}
	return NF_OK;
}

nf_status nf_devices_next(nf_devices *devices, nf_frame *frame, int64_t *shift_ns, nf_error *error)
{
	nf_device *device;
	nf_status status = find_oldest(devices, &device, error);

	if (status != NF_OK)
		return status;
	if (!device) {
		devices->drained = true;
		devices->given_ns = devices->clocks.now_ns - NF_STEADY_LAG_NS;
		return NF_END;
	}
	/* Packets of other devices may still have the time of before: only what is measured now is news. */
	const int64_t offset_ns = device->steady.offset_ns;
	*shift_ns = is_near(offset_ns, devices->clocks.offset_ns) && !is_near(offset_ns, devices->offset_ns) ? offset_ns - devices->offset_ns : 0;
	devices->offset_ns += *shift_ns;
	device->has_frame = false;
	devices->given_ns = device->time_ns;
	*frame = (nf_frame){
		.data = device->data,
		.captured = device->header->caplen,
		.wire = device->header->len,
		.ts_ns = device->time_ns + (is_near(offset_ns, devices->offset_ns) ? offset_ns : devices->offset_ns),
		.link = device->link,
		.interface = (uint32_t)(device - devices->device),
	};
	return NF_OK;
}

int64_t nf_devices_now(const nf_devices *devices)
{
	return devices->clocks.now_ns - NF_STEADY_LAG_NS + devices->offset_ns;
}

bool nf_devices_all_open(const nf_devices *devices)
{
	for (size_t i = 0; i < devices->n; i++)
		if (!devices->device[i].handle)
			return false;
	return true;
}

int64_t nf_devices_clock(void)
{
	nf_clocks clocks = {0};

	nf_clocks_read(&clocks);
	return clocks.now_ns;
}

int64_t nf_devices_given(const nf_devices *devices)
{
	return devices->given_ns;
}

void nf_devices_stop(nf_devices *devices)
{
	nf_clocks_read(&devices->clocks);
	devices->stop_ns = devices->clocks.now_ns;
}

bool nf_devices_done(const nf_devices *devices)
{
	return devices->drained && devices->clocks.now_ns - NF_STEADY_LAG_NS > devices->stop_ns;
}

void nf_devices_get_counts(nf_devices *devices, nf_device_counts *counts)
{
	*counts = (nf_device_counts){0};
	for (size_t i = 0; i < devices->n; i++)
		nf_device_add_counts(&devices->device[i], counts);
}

nf_status nf_devices_list(void (*each)(void *to, const char *name, const char *description, bool up), void *to, nf_error *error)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	pcap_if_t *all;

	if (pcap_findalldevs(&all, text) != 0)
		return nf_fail(error, NF_CAPTURE, "cannot list the interfaces: %s", text);
	for (const pcap_if_t *i = all; i; i = i->next)
		each(to, i->name, i->description ? i->description : "", i->flags & PCAP_IF_UP);
	pcap_freealldevs(all);
	return NF_OK;
}

#else

static nf_status none(nf_error *error)
{
	return nf_fail(error, NF_CAPTURE, "this build cannot capture (it was made without libpcap)");
}

nf_status nf_devices_open(nf_devices **devices, const nf_device_settings *settings, nf_error *error)
{
	(void)settings;
	*devices = NULL;
	return none(error);
}

void nf_devices_close(nf_devices *devices)
{
	(void)devices;
}

void nf_devices_wait(nf_devices *devices, struct pollfd *others, size_t n, int timeout_ms)
{
	(void)devices;
	(void)!poll(others, (nfds_t)n, timeout_ms);
}

nf_status nf_devices_look(nf_devices *devices, nf_error *error)
{
	(void)devices;
	return none(error);
}

nf_status nf_devices_next(nf_devices *devices, nf_frame *frame, int64_t *shift_ns, nf_error *error)
{
	(void)devices;
	(void)frame;
	*shift_ns = 0;
	return none(error);
}

int64_t nf_devices_now(const nf_devices *devices)
{
	(void)devices;
	return 0;
}

int64_t nf_devices_clock(void)
{
	return 0;
}

int64_t nf_devices_given(const nf_devices *devices)
{
	(void)devices;
	return 0;
}

void nf_devices_stop(nf_devices *devices)
{
	(void)devices;
}

bool nf_devices_done(const nf_devices *devices)
{
	(void)devices;
	return true;
}

void nf_devices_get_counts(nf_devices *devices, nf_device_counts *counts)
{
	(void)devices;
	*counts = (nf_device_counts){0};
}

nf_status nf_devices_list(void (*each)(void *to, const char *name, const char *description, bool up), void *to, nf_error *error)
{
	(void)each;
	(void)to;
	return none(error);
}
#endif
