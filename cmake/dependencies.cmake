# SPDX-License-Identifier: GPL-2.0-or-later
# What the programs use of others. GLib is needed; everything else is said to be absent and done without.
find_package(PkgConfig REQUIRED)
pkg_check_modules(GLIB REQUIRED IMPORTED_TARGET glib-2.0>=2.72)

function(nf_optional name what)
  option(NF_WITH_${name} "Use ${what}" ON)
  if(NF_WITH_${name})
    pkg_check_modules(${name} IMPORTED_TARGET ${ARGN})
  endif()
  if(${name}_FOUND)
    message(STATUS "netflower: with ${what} ${${name}_VERSION}")
  else()
    message(STATUS "netflower: without ${what}")
  endif()
endfunction()

nf_optional(WIRETAP "libwiretap (every capture format; without it: pcap and pcapng through libpcap)" wireshark)
nf_optional(PCAP "libpcap (capture filters)" libpcap)
nf_optional(ZLIB "zlib (.gz output)" zlib)
nf_optional(ZSTD "libzstd (.zst output)" libzstd)
if(NOT WIRETAP_FOUND AND NOT PCAP_FOUND)
  message(FATAL_ERROR "netflower: neither libwiretap nor libpcap was found, so no capture could be read. "
                      "On Debian: apt-get install libwireshark-dev libpcap-dev")
endif()

# wireshark.pc links libwireshark and leaves out libwiretap; reading captures needs the second alone.
if(WIRETAP_FOUND)
  find_library(NF_WIRETAP_LIBRARY wiretap HINTS ${WIRETAP_LIBDIR} REQUIRED)
  find_library(NF_WSUTIL_LIBRARY wsutil HINTS ${WIRETAP_LIBDIR} REQUIRED)
  add_library(nf-wiretap INTERFACE)
  target_include_directories(nf-wiretap SYSTEM INTERFACE ${WIRETAP_INCLUDE_DIRS})
  target_link_libraries(nf-wiretap INTERFACE ${NF_WIRETAP_LIBRARY} ${NF_WSUTIL_LIBRARY} PkgConfig::GLIB)
endif()
