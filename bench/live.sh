#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Live capture beside dumpcap, on a veth pair in a network namespace of its own, and under a SYN flood. Prints tables in Markdown; exit
# status 1: a target is missed.
#
# usage: live.sh [SECONDS [ROUNDS]]     of each measurement (default: 5), and how many of each (default: 5)
#
# 1. The highest rate at which dumpcap drops nothing is looked for: twice in a row at each rate.
# 2. At 80 % of it dumpcap and nf-cli record in turn, each with a kernel buffer of 8 MiB, to a file in memory. nf-cli must drop nothing in
#    more rounds than dumpcap does, and need at most 1.5 times its CPU time (the median of the rounds' ratios).
# 3. A flood of 5,000,000 SYNs, each from another address, with 12,500 packets of 50 conversations at once between them, and
#    --max-flows 100000: memory stays below 100 MB, and the rows of the conversations are those of the same frames from a file.
#
# The frames are those of tests/tool_send.c. Sender, kernel and reader share the machine: run this on one that does nothing else.
# NF_BUILD: the build folder (default: build/release); NF_FLOOD: other than 5,000,000 SYNs; NF_ONLY=flood: the third part alone. Needs root,
# or user namespaces.
set -euo pipefail
seconds=${1:-5} rounds=${2:-5}
source=$(realpath "$(dirname "$0")/..")
build=$(realpath "${NF_BUILD:-$source/build/release}")
flood=${NF_FLOOD:-5000000} flood_rate=150000 flows=100000

if [ -z "${NF_LIVE_NAMESPACE-}" ]; then
	how=(unshare -n)
	[ "$(id -u)" = 0 ] || how=(unshare -r -n)
	# Who called sudo may not write where root does.
	exec env -u SUDO_UID -u SUDO_GID -u SUDO_USER NF_LIVE_NAMESPACE=1 "${how[@]}" "$0" "$@"
fi

folder=$(mktemp -d -p /dev/shm nf-live-XXXXXX)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
ip link add na type veth peer name nb
for end in na nb; do
	ip link set "$end" addrgenmode none mtu 9000 up
done
missed=0

# record COMMAND...: runs it in the background; its CPU seconds are in the file `cpu` when it has ended.
record() {
	rm -f cpu pid
	TIMEFORMAT='%U %S'
	{ time bash -c 'echo $$ >pid; exec "$@" >said 2>&1' record "$@"; } 2>cpu &
	recorder=$!
	until [ -s pid ]; do sleep 0.01; done
	sleep 0.5
	kill -0 "$(cat pid)" 2>/dev/null || { cat said >&2; exit 2; }
}

# stop: asks what record() started to end, and waits for it.
stop() {
	sleep 0.3
	kill -INT "$(cat pid)"
	wait "$recorder" || { cat said >&2; exit 2; }
}

cpu() { awk '{ printf "%.3f", $1 + $2 }' cpu; }

# send PATTERN COUNT RATE: the number of frames a second that were sent is in the file `sent`.
send() { "$build/bin/tool_send" na "$@" | awk '{ printf "%d", $1 / $2 }' >sent; }

# mix RATE: for so many seconds, by two senders, since one alone may be slower than who reads.
mix() {
	local half=$(($1 * seconds / 2)) other
	"$build/bin/tool_send" na mix "$half" $(($1 / 2)) 1000000000 >other &
	other=$!
	send mix "$half" $(($1 / 2))
	wait "$other"
	echo $(($(cat sent) + $(awk '{ printf "%d", $1 / $2 }' other))) >sent
}

# dumpcap RATE: sends at that rate while it records; sets dropped, used (CPU).
dumpcap_at() {
	record dumpcap -q -i nb -B 8 -w out.pcapng
	mix "$1"
	stop
	dropped=$(sed -n 's,^Packets received/dropped on interface .*: [0-9]*/\([0-9]*\) .*,\1,p' said) used=$(cpu)
	rm -f out.pcapng
}

nf_cli_at() {
	record "$build/bin/nf-cli" -i nb -B 8 -w out.csv --stats-json out.json
	mix "$1"
	stop
	dropped=$(sed -n 's/.*"dropped":\([0-9]*\),"interface.*/\1/p' out.json) used=$(cpu)
	rm -f out.csv
}

# holds RATE: dumpcap drops nothing at that rate, twice, and the sender reaches it.
holds() {
	for _ in 1 2; do
		dumpcap_at "$1"
		printf '  dumpcap at %d/s: sent %d/s, dropped %d, CPU %s s\n' "$1" "$(cat sent)" "$dropped" "$used" >&2
		limit=dumpcap
		[ "$dropped" = 0 ] || return 1
		limit="the senders"
		[ "$(cat sent)" -ge $(($1 * 95 / 100)) ] || return 1
	done
}

# Doubled until it is too much, then halved to within 4 %.
find_rate() {
	local low=0 high=40000
	while holds "$high"; do
		low=$high high=$((high * 2))
	done
	by=$limit
	while [ $((high - low)) -gt $((high / 25)) ]; do
		local middle=$(((low + high) / 2))
		if holds "$middle"; then low=$middle; else high=$middle by=$limit; fi
	done
	rate=$low
}

target() {
	local result=met
	if ! awk "BEGIN { exit !($2) }"; then
		result=MISSED missed=1
	fi
	printf '%s: %s\n' "$1" "$result"
}

beside_dumpcap() {
	local at ours=0 theirs=0
	find_rate
	at=$((rate * 80 / 100))
	printf '\ndumpcap drops nothing up to %d frames/s; more is too much for %s. At 80 %%, %d frames/s for %d s:\n\n' "$rate" "$by" "$at" "$seconds"
	printf '| round | dumpcap dropped | CPU | nf-cli dropped | CPU | ratio |\n|---|---|---|---|---|---|\n'
	for round in $(seq "$rounds"); do
		dumpcap_at "$at"
		local d=$dropped c=$used
		nf_cli_at "$at"
		printf '| %d | %d | %s s | %d | %s s | %.2f |\n' "$round" "$d" "$c" "$dropped" "$used" "$(awk "BEGIN { print $used / $c }")"
		awk "BEGIN { print $used / $c }" >>ratios
		[ "$d" = 0 ] || theirs=$((theirs + 1))
		[ "$dropped" = 0 ] || ours=$((ours + 1))
	done
	local ratio
	ratio=$(sort -n ratios | sed -n "$(((rounds + 1) / 2))p")
	printf '\nmedian ratio %.2f\n\n' "$ratio"
	target "nothing dropped where dumpcap drops nothing" "$ours <= $theirs"
	target "at most 1.5 times the CPU of dumpcap" "$ratio <= 1.5"
}

# Of the conversations alone, and without what depends on how fast they were sent.
columns=src_ip,dst_ip,src_port,dst_port,protocol,tot_fwd_pkts,tot_bwd_pkts,totlen_fwd_pkts,totlen_bwd_pkts,fin_flag_cnt,syn_flag_cnt,rst_flag_cnt,psh_flag_cnt,ack_flag_cnt
conversations() { grep '^10\.' "$1" | sort; }

under_flood() {
	record "$build/bin/nf-cli" -i nb -B 32 --max-flows "$flows" --columns="$columns" -w live.csv --stats-json live.json
	send flood "$flood" "$flood_rate"
	local peak
	peak=$(awk '/VmHWM/ { print $2 }' "/proc/$(cat pid)/status")
	stop
	"$build/bin/tool_send" - flood "$flood" "$flood_rate" |
		"$build/bin/nf-cli" -q -r - --max-flows "$flows" --idle-timeout=30 --active-timeout=120 --columns="$columns" -w file.csv
	printf '\nSYN flood: %d frames at %d/s, --max-flows %d\n\n' "$flood" "$(cat sent)" "$flows"
	cat said
	dropped=$(sed -n 's/.*"dropped":\([0-9]*\),"interface.*/\1/p' live.json)
	printf '\npeak memory %d kB, dropped %d, rows of conversations %d\n\n' "$peak" "$dropped" "$(conversations live.csv | wc -l)"
	target "below 100 MB" "$peak < 100000"
	target "nothing dropped" "$dropped == 0"
	if cmp -s <(conversations live.csv) <(conversations file.csv); then target "rows of conversations as from a file" 1; else target "rows of conversations as from a file" 0; fi
}

uname -rm
nproc | sed 's/$/ processors/'
[ "${NF_ONLY-}" = flood ] || beside_dumpcap
under_flood
exit "$missed"
