# Flags common to every target, and the one way to declare a library of this project.

add_library(paraph_flags INTERFACE)
target_include_directories(paraph_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/lib)
target_compile_options(paraph_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wnull-dereference -Wimplicit-fallthrough
  -fstack-protector-strong)
# Optimised GCC builds see null dereferences and dangling pointers inside the standard library's own code.
target_compile_options(paraph_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-null-dereference>)
target_compile_definitions(paraph_flags INTERFACE
  $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2> _GLIBCXX_ASSERTIONS)
# assert() is on in every build, whatever CMAKE_BUILD_TYPE adds: see "Errors" in docs/architecture.md.
target_compile_options(paraph_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-UNDEBUG>)
target_link_options(paraph_flags INTERFACE -Wl,-z,relro -Wl,-z,now)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported()

if(PARAPH_WERROR)
  target_compile_options(paraph_flags INTERFACE -Werror)
endif()
if(PARAPH_SANITIZE)
  target_compile_options(paraph_flags INTERFACE -fsanitize=${PARAPH_SANITIZE} -fno-omit-frame-pointer
                                                -fno-sanitize-recover=all)
  target_link_options(paraph_flags INTERFACE -fsanitize=${PARAPH_SANITIZE})
endif()
if(PARAPH_FUZZ)
  target_compile_options(paraph_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined
                                                -fno-sanitize-recover=all)
  target_link_options(paraph_flags INTERFACE -fsanitize=address,undefined)
endif()

# Half of the time of compiling a test goes to the headers of the standard library and Catch2, so they are compiled once for all
# tests; where PARAPH_PRECOMPILED_HEADERS is all, those of the standard library once for all libraries, too. That is for clang: GCC 12
# with optimisation then warns of the standard library's own code. A file that forgets an include compiles all the same with them.
set(PARAPH_STANDARD_HEADERS
  <algorithm> <array> <atomic> <charconv> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <mutex> <optional> <ostream>
  <set> <span> <string> <string_view> <thread> <unordered_map> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)

# paraph_precompiled(TARGET KIND MAKER HEADER ...): KIND is libraries or tests. MAKER is the target that makes the headers for all of
# that kind, which therefore have the same flags.
function(paraph_precompiled target kind maker)
  if(NOT PARAPH_PRECOMPILED_HEADERS STREQUAL "all" AND NOT PARAPH_PRECOMPILED_HEADERS STREQUAL "${kind}")
    return()
  endif()
  if("${target}" STREQUAL "${maker}")
    target_precompile_headers(${target} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${maker})
  endif()
endfunction()

# paraph_library(NAME  HEADERS a.h ...  SOURCES a.cpp ...  DEPENDS paraph_base ...  LIBRARIES third::party ...)
#
# One static library for one folder. DEPENDS are the folders it may include (docs/architecture.md); LIBRARIES are
# third parties, kept private to the implementation files. A header with a file of its name is included there first
# (tests/house/layers.py), so that compiles alone already; the others are verified.
function(paraph_library name)
  cmake_parse_arguments(arg "" "" "HEADERS;SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  set(implemented ${arg_SOURCES})
  list(TRANSFORM implemented REPLACE "[.]cpp$" ".h")
  set(others ${arg_HEADERS})
  list(REMOVE_ITEM others ${implemented})
  set(implemented ${arg_HEADERS})
  if(others)
    list(REMOVE_ITEM implemented ${others})
  endif()
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${others}
                                FILE_SET implemented TYPE HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${implemented})
  set_property(TARGET ${name} PROPERTY INTERFACE_HEADER_SETS_TO_VERIFY HEADERS)
  target_link_libraries(${name} PUBLIC paraph_flags tl::expected ${arg_DEPENDS} PRIVATE fmt::fmt ${arg_LIBRARIES})
  paraph_precompiled(${name} libraries paraph_base ${PARAPH_STANDARD_HEADERS})
endfunction()

# What is tested is optimised; the tests themselves are quick to compile, and nobody debugs them in such a build.
# GCC forgets with precompiled headers which warnings the standard library's headers turn off for themselves.
set(PARAPH_TEST_OPTIONS $<$<NOT:$<CONFIG:Debug>>:-O1$<SEMICOLON>-g0>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds$<SEMICOLON>-Wno-maybe-uninitialized$<SEMICOLON>-Wno-restrict$<SEMICOLON>-Wno-stringop-overflow$<SEMICOLON>-Wno-stringop-overread>)

# paraph_unit_test(FOLDER  SOURCES a_test.cpp ...  DEPENDS paraph_x ...)
#
# One test program for one folder, named unit_FOLDER, that ctest runs as a whole. The target unit_tests builds all of them.
function(paraph_unit_test folder)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(unit_${folder} ${arg_SOURCES})
  target_compile_options(unit_${folder} PRIVATE ${PARAPH_TEST_OPTIONS})
  target_link_libraries(unit_${folder} PRIVATE paraph_catch_main fmt::fmt ${arg_DEPENDS})
  target_compile_definitions(unit_${folder} PRIVATE PARAPH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME unit.${folder} COMMAND unit_${folder})
  add_dependencies(unit_tests unit_${folder})
  paraph_precompiled(unit_${folder} tests paraph_catch_main)
endfunction()
