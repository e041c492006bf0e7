/* SPDX-License-Identifier: GPL-2.0-or-later */
#if NF_HAVE_PCAP
#include "source/device.h"

#include "source/link_pcap.h"

#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

void nf_device_say(const nf_device_settings *settings, const char *format, ...)
{
	char text[NF_ERROR_TEXT_MAX];
	va_list args;

	if (!settings->say)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	settings->say(settings->to, text);
}

static void say_once(nf_device *device, const nf_device_settings *settings, const char *what)
{
	if (!device->told)
		nf_device_say(settings, "%s %s; waiting for it", device->name, what);
	device->told = true;
}

/* What pcap_activate() could not do. An interface that may be waited for is no failure. */
static nf_status activation_failed(nf_device *device, const nf_device_settings *settings, int code, nf_error *error)
{
	const char *text = pcap_geterr(device->handle);

	switch (code) {
	case PCAP_ERROR_IFACE_NOT_UP: say_once(device, settings, "is down"); return NF_OK;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		if (!settings->wait)
			return nf_fail(error, NF_GONE, "there is no interface %s", device->name);
		say_once(device, settings, "is not there");
		return NF_OK;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return nf_fail(error, NF_DENIED, "no permission to capture from %s: the capability CAP_NET_RAW is missing", device->name);
	case PCAP_ERROR_RFMON_NOTSUP: return nf_fail(error, NF_CAPTURE, "%s has no monitor mode", device->name);
	default: return nf_fail(error, NF_CAPTURE, "cannot capture from %s: %s", device->name, *text ? text : pcap_statustostr(code));
	}
}

static nf_status set_time_stamps(pcap_t *handle, const nf_device_settings *settings, nf_error *error)
{
	const char *name = settings->time_stamp_type;
	int type = name ? pcap_tstamp_type_name_to_val(name) : PCAP_TSTAMP_HOST;

	/* A device that has no nanoseconds gives microseconds. */
	pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
	if (!name)
		return NF_OK;
	if (type != PCAP_TSTAMP_HOST && type != PCAP_TSTAMP_HOST_LOWPREC && type != PCAP_TSTAMP_HOST_HIPREC && type != PCAP_TSTAMP_ADAPTER)
		return nf_fail(error, NF_ARGUMENT, "takes a type of time stamps: host, host_lowprec, host_hiprec or adapter, not '%s'", name);
	if (pcap_set_tstamp_type(handle, type) != 0)
		return nf_fail(error, NF_CAPTURE, "the interface has no time stamps of the type %s", name);
	return NF_OK;
}

static nf_status configure(nf_device *device, const nf_device_settings *s, nf_error *error)
{
	pcap_t *handle = device->handle;

	pcap_set_snaplen(handle, s->snapshot_length ? s->snapshot_length : NF_SNAPSHOT_LENGTH);
	pcap_set_buffer_size(handle, s->buffer_bytes ? s->buffer_bytes : NF_BUFFER_BYTES);
	pcap_set_promisc(handle, !s->own_only && strcmp(device->name, "any") != 0);
	pcap_set_timeout(handle, NF_DEVICE_BLOCK_MS);
	pcap_set_immediate_mode(handle, s->immediate);
	if (s->monitor && (pcap_can_set_rfmon(handle) != 1 || pcap_set_rfmon(handle, 1) != 0))
		return nf_fail(error, NF_CAPTURE, "%s has no monitor mode", device->name);
	return set_time_stamps(handle, s, error);
}

static nf_status set_filter(nf_device *device, const char *filter, nf_error *error)
{
	struct bpf_program code;

	if (!filter)
		return NF_OK;
	if (pcap_compile(device->handle, &code, filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return nf_fail(error, NF_ARGUMENT, "filter \"%s\": %s", filter, pcap_geterr(device->handle));
	int result = pcap_setfilter(device->handle, &code);
	pcap_freecode(&code);
	return result == 0 ? NF_OK : nf_fail(error, NF_CAPTURE, "cannot filter on %s: %s", device->name, pcap_geterr(device->handle));
}

/* The interface is captured from. */
static nf_status begin(nf_device *device, const nf_device_settings *settings, nf_error *error)
{
	char text[PCAP_ERRBUF_SIZE];

	device->fd = pcap_get_selectable_fd(device->handle);
	device->link = nf_link_from_dlt(pcap_datalink(device->handle));
	device->index = if_nametoindex(device->name);
	if (device->fd < 0 || pcap_setnonblock(device->handle, 1, text) != 0)
		return nf_fail(error, NF_CAPTURE, "cannot capture from %s without waiting", device->name);
	nf_status status = set_filter(device, settings->filter, error);
	if (status == NF_OK && device->told)
		nf_device_say(settings, "%s is there; capturing", device->name);
	device->told = false;
	return status;
}

static nf_status open_handle(nf_device *device, const nf_device_settings *settings, nf_error *error)
{
	nf_status status = configure(device, settings, error);
	if (status != NF_OK)
		return status;
	int code = pcap_activate(device->handle);
	if (code >= 0)
		return begin(device, settings, error);
	status = activation_failed(device, settings, code, error);
	pcap_close(device->handle);
	device->handle = NULL;
	return status;
}

nf_status nf_device_open(nf_device *device, const nf_device_settings *settings, nf_error *error)
{
	char text[PCAP_ERRBUF_SIZE] = "";

	device->handle = pcap_create(device->name, text);
	if (!device->handle)
		return nf_fail(error, NF_CAPTURE, "cannot capture from %s: %s", device->name, text);
	nf_status status = open_handle(device, settings, error);
	if (status != NF_OK && device->handle) {
		pcap_close(device->handle);
		device->handle = NULL;
	}
	return status;
}

void nf_device_add_counts(const nf_device *device, nf_device_counts *counts)
{
	struct pcap_stat stat;

	counts->received += device->counts.received;
	counts->dropped += device->counts.dropped;
	counts->interface_dropped += device->counts.interface_dropped;
	if (!device->handle || pcap_stats(device->handle, &stat) != 0)
		return;
	counts->received += stat.ps_recv;
	counts->dropped += stat.ps_drop;
	counts->interface_dropped += stat.ps_ifdrop;
}

void nf_device_close(nf_device *device)
{
	nf_device_counts counts = {0};

	if (!device->handle)
		return;
	nf_device_add_counts(device, &counts);
	device->counts = counts;
	pcap_close(device->handle);
	device->handle = NULL;
	device->has_frame = false;
}

nf_status nf_device_check(const nf_device *device, int socket, bool *up)
{
	struct ifreq request = {0};

	*up = true;
	if (device->index == 0)
		return NF_OK;
	strncpy(request.ifr_name, device->name, sizeof request.ifr_name - 1);
	if (ioctl(socket, SIOCGIFINDEX, &request) != 0 ? errno == ENODEV : (unsigned)request.ifr_ifindex != device->index)
		return NF_GONE;
	if (ioctl(socket, SIOCGIFFLAGS, &request) == 0)
		*up = request.ifr_flags & IFF_UP;
	return NF_OK;
}
#endif
