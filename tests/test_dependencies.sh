#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The rules of docs/ARCHITECTURE.md that a linker or a grep can check: libnetflower but for its live part, which has libpcap, threads and
# clocks, needs libc and the C++ runtime's to_chars alone; all of it has no mutable globals, shows nothing but nf_, and no folder of the core includes what stands above it.
set -euo pipefail
failed=0

# wrong TITLE LINES: fails where there are any lines
wrong() {
	[ -n "$2" ] || return 0
	printf '%s:\n%s\n' "$1" "$2"
	failed=1
}

archive=$NF_BUILD/lib/libnetflower.a
shared=$NF_BUILD/lib/libnetflower.so
core=$NF_SOURCE/core
instrumented=$(sed -n -E 's/^(NF_SANITIZE:[A-Z]+=.+|NF_COVERAGE:[A-Z]+=ON)$/\1/p' "$NF_BUILD/CMakeCache.txt")

live='(device|devices|link_pcap|live|steady)\.c\.o'
undefined=$(nm -A -u "$archive" | grep -v -E ":$live:")
# uses SYMBOLS: where the archive uses one of them
uses() { grep -E " U ($1)\$" <<<"$undefined" || true; }
wrong "libnetflower.a uses GLib, libwiretap, libpcap or libwireshark" "$(uses '(g|wtap|epan|pcap|ws)_.*')"
live_undefined=$(nm -A -u "$archive" | grep -E ":$live:" | grep -E ' U ((g|wtap|epan|ws)_.*|(__)?(printf|vprintf|_?exit|abort)(_chk)?)$' || true)
wrong "the live part of libnetflower.a uses GLib or Wireshark, prints or exits" "$live_undefined"
files='std(in|out|err)|f?open(at)?|fdopen|f?read|f?write|f?close|fflush|fget[cs]|f?put[cs]|putchar|v?f?printf|perror'
ambient='time|clock|clock_gettime|gettimeofday|(local|gm)time|(secure_)?getenv|setlocale|_?exit|abort'
wrong "libnetflower.a uses files, the clock, the environment, or exits" "$(uses "(__)?($files|$ambient)(64|_r|_chk)?")"

visible=$(nm -D --defined-only "$shared" | awk '{ print $3 }')
wrong "libnetflower.so shows more than nf_" "$(grep -v '^nf_' <<<"$visible" || true)"
grep -q -x nf_version <<<"$visible" || wrong "libnetflower.so does not show" "nf_version"

# Sanitizers and coverage put counters of their own into every object.
if [ -z "$instrumented" ]; then
	wrong "mutable globals" "$(size -A "$archive" | awk '/\(ex / { object = $1 }
		$1 ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 { print object, $1, $2, "bytes" }')"
fi

# may_include FOLDER LIBC HEADERS FILES: what the files of a folder may include, as patterns: headers of libc (those for all, and LIBC),
# public HEADERS, and FILES of the core
libc='assert|errno|float|inttypes|limits|math|stdarg|stdbool|stddef|stdint|string|stdlib|charconv|cstdlib'
may_include() {
	wrong "includes what $1/ may not" "$(cd "$core" && grep -r -E '^[[:space:]]*#[[:space:]]*include' "$1" |
		grep -v -E "include (<($libc$2)(\.h)?>|<netflower/(($3)\.h|[a-z]+\.def)>|\"($4)\")" || true)"
}
file='[a-z0-9_]+\.(h|def)'
may_include decode '|endian' 'export|error|frame|packet|batch|decoder' "(decode/)?$file"
may_include payload '' 'export|packet' "payload/$file"
may_include flow '|stdio|unistd|sys/mman|emmintrin' 'export|error|frame|packet|batch|decoder|flow|engine|profile|labels|zeek' "((decode|flow|payload)/)?$file" # vsnprintf, getentropy, madvise
may_include columns '|endian|stdio|stdatomic|emmintrin' 'export|error|frame|packet|batch|decoder|flow|engine|profile|labels|zeek|columns|netflower' "((decode|flow|payload|columns)/)?$file" # nf_version
may_include zeek '|unistd' 'export|error|frame|packet|batch|decoder|flow|engine|profile|columns|zeek' "((decode|flow|columns|payload|zeek)/)?$file" # getentropy
may_include overview '|stdio|unistd' 'export|error|frame|packet|decoder|flow|engine|profile|columns|zeek|overview|summary' "((decode|flow|columns|payload|zeek|overview)/)?$file" # vsnprintf, getentropy

exit "$failed"
