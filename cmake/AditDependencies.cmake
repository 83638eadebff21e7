# What adit needs, all of it in Debian 12 or newer. tools/install-packages installs it, and reads the versions here.
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

# Keep Boost to what we use of it: no deprecated spellings, no auto-linking, and Asio without its old interfaces.
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED)
# hiredis asks for it, and a precompiled header serves only files with the same definitions.
add_compile_definitions(_FILE_OFFSET_BITS=64)
