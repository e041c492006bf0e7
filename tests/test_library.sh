#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs the build and uses the library as a stranger would: every header by itself, in C and C++; then the example of docs/LIBRARY.md,
# built by pkg-config and by CMake, with the shared and the static library.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"

fail() {
	echo "$*"
	exit 1
}

cached() { sed -n -E "s/^$1:[A-Z]+=//p" "$NF_BUILD/CMakeCache.txt"; }

cc=$(cached CMAKE_C_COMPILER)
cxx=$(cached CMAKE_CXX_COMPILER)
flags="-Wall -Wextra -Werror"
[ -z "$(cached NF_SANITIZE)" ] || flags+=" -fsanitize=$(cached NF_SANITIZE)"
[ "$(cached NF_COVERAGE)" != ON ] || flags+=" --coverage"

cmake --install "$NF_BUILD" --prefix "$folder/installed" >/dev/null
lib=$(dirname "$(find installed -name libnetflower.so)")
export PKG_CONFIG_PATH=$folder/$lib/pkgconfig

for header in installed/include/netflower/*.h; do
	printf '#include <netflower/%s>\nextern int not_empty;\n' "${header##*/}" >header.c
	# shellcheck disable=SC2086
	"$cc" -std=c11 -pedantic $flags $(pkg-config --cflags netflower) -fsyntax-only header.c || fail "$header does not stand alone in C"
	"$cxx" -x c++ -std=c++17 $flags $(pkg-config --cflags netflower) -fsyntax-only header.c || fail "$header does not stand alone in C++"
done
# block LANGUAGE: the first block of that language in LIBRARY.md
block() { awk -v start="\`\`\`$1" '$0 == "```" { if (in_block) exit } in_block { print } $0 == start { in_block = 1 }' "$NF_SOURCE/docs/LIBRARY.md"; }
block c >example.c
block text >expected
[ "$(wc -l <example.c)" -le 40 ] || fail "the example has $(wc -l <example.c) lines, more than 40"
[ "$(wc -l <expected)" -gt 1 ] || fail "LIBRARY.md does not say what the example prints"

# gives WAY PROGRAM: the program prints what LIBRARY.md says
gives() {
	ASAN_OPTIONS=detect_leaks=0 "$2" >printed || fail "$1: exit status $?"
	cmp expected printed || fail "$1: the example prints something else"
}

# shellcheck disable=SC2046,SC2086
"$cc" $flags -o shared example.c $(pkg-config --cflags --libs netflower) -Wl,-rpath,"$folder/$lib"
# shellcheck disable=SC2046,SC2086
"$cc" $flags -o static example.c $(pkg-config --static --cflags --libs netflower | sed 's/-lnetflower/-l:libnetflower.a/')
gives "pkg-config, shared" ./shared
gives "pkg-config, static" ./static
readelf -d shared | grep -q "libnetflower\.so\.$(cached CMAKE_PROJECT_VERSION_MAJOR)" || fail "the shared library has no major version in its name"
! readelf -d static | grep -q 'libnetflower' || fail "the static program needs the shared library"

cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.23)
project(example LANGUAGES C)
find_package(netflower 0.1 REQUIRED)
foreach(kind shared static)
  add_executable(${kind} example.c)
  target_link_libraries(${kind} PRIVATE netflower::${kind})
endforeach()
END
cmake -G Ninja -B package -DCMAKE_PREFIX_PATH="$folder/installed" -DCMAKE_C_COMPILER="$cc" -DCMAKE_C_FLAGS="$flags" >log 2>&1 &&
	cmake --build package >>log 2>&1 || { cat log; fail "the CMake package does not work"; }
gives "CMake, shared" package/shared
gives "CMake, static" package/static

[ "$(installed/bin/nf-cli --version | head -n 1 | grep -c "$(pkg-config --modversion netflower)")" = 1 ] || fail "nf-cli and netflower.pc differ in version"
