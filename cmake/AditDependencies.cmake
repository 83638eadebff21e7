# The libraries that adit needs; Debian 12 and newer have all of them. tools/install-packages installs them, and reads
# the versions here.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(CURL 7.88 REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS json url)
find_package(yaml-cpp 0.7 REQUIRED)
if(PROJECT_IS_TOP_LEVEL)  # for the command
  find_package(CLI11 2.1 REQUIRED)
  find_package(LibArchive 3.6 REQUIRED)
endif()
find_package(PkgConfig REQUIRED)
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis>=0.14)
add_library(hiredis::hiredis ALIAS PkgConfig::HIREDIS)
if(PROJECT_IS_TOP_LEVEL)
  set(ADIT_STATIC_ALSO archive)
endif()
include(AditStaticDependencies)
if(ADIT_BUILD_TESTS)
  find_package(GTest 1.12 REQUIRED)
endif()
if(ADIT_BUILD_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()

# Without the deprecated interfaces of Asio.
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED)
# hiredis needs this. All files get it, because they can share a precompiled header only with the same definitions.
add_compile_definitions(_FILE_OFFSET_BITS=64)
