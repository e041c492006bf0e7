# SPDX-License-Identifier: GPL-2.0-or-later
# Compiler settings that every target shares, as the interface library nf-settings.
option(NF_WERROR "Treat warnings as errors" OFF)
option(NF_FUZZ "Build the fuzz targets (clang only)" OFF)
option(NF_COVERAGE "Count which lines run" OFF)
set(NF_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them")

add_library(nf-settings INTERFACE)
target_compile_definitions(nf-settings INTERFACE _GNU_SOURCE)
target_compile_options(nf-settings INTERFACE
  -Wall -Wextra -Wshadow -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wformat=2
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes>
  $<$<BOOL:${NF_WERROR}>:-Werror>
  -fno-math-errno) # nobody asks errno after sqrt(), so it is one instruction

if(NF_SANITIZE)
  target_compile_options(nf-settings INTERFACE -fsanitize=${NF_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(nf-settings INTERFACE -fsanitize=${NF_SANITIZE})
endif()
if(NF_COVERAGE)
  target_compile_options(nf-settings INTERFACE --coverage)
  target_link_options(nf-settings INTERFACE --coverage)
endif()
if(NF_FUZZ)
  target_compile_options(nf-settings INTERFACE -fsanitize=fuzzer-no-link)
endif()
