# Third parties, each as one imported target. All are packages of Debian 12 and 13; nothing is downloaded.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(tl-expected REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(ldns REQUIRED IMPORTED_TARGET ldns) # the name server of the tests
pkg_check_modules(hwy REQUIRED IMPORTED_TARGET libhwy)
pkg_check_modules(psl REQUIRED IMPORTED_TARGET libpsl)
pkg_check_modules(idn2 REQUIRED IMPORTED_TARGET libidn2)
pkg_check_modules(systemd REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)

paraph_tried(${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION})
paraph_tried(CMake ${CMAKE_VERSION})
paraph_tried(OpenSSL ${OPENSSL_VERSION})
foreach(name fmt spdlog tl-expected yaml-cpp CLI11 nlohmann_json ldns hwy psl idn2 systemd seccomp)
  paraph_tried(${name} ${${name}_VERSION})
endforeach()

# libmilter ships neither a pkg-config file nor a CMake package.
find_path(MILTER_INCLUDE_DIR libmilter/mfapi.h REQUIRED)
find_library(MILTER_LIBRARY milter REQUIRED)
add_library(paraph_libmilter INTERFACE)
target_include_directories(paraph_libmilter SYSTEM INTERFACE ${MILTER_INCLUDE_DIR})
target_link_libraries(paraph_libmilter INTERFACE ${MILTER_LIBRARY} Threads::Threads)
