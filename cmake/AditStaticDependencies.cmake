# Defines adit::static_dependencies: the archives of the libraries that libadit.a needs, for a program that contains
# them. docs/static-linking.md explains why actions are linked this way, how the libraries are found, and how this can
# fail.
#
# If the archives on this machine cannot be linked into a working program, adit::static_dependencies is the shared
# libraries, and CMake prints the reason.
#
# ADIT_STATIC_ALSO, if set, names one more library: archive (libarchive), with which the command packs.

include(CheckLinkerFlag)

# Libraries that libcurl and libarchive need only for protocols, logins and file formats that adit never uses. They are
# left out. Their symbols, which are then undefined, are resolved to one of two functions in
# src/http/client/unused_protocols.cc: one returns 0 (because libcurl always initialises some of these libraries), the
# other one fails.
set(ADIT_UNUSED_LIBRARIES rtmp ssh ssh2 psl idn2 ldap lber gssapi gssapi_krb5 nettle acl lzma lz4 bz2 xml2)
set(ADIT_UNUSED_RETURNS_0 "^(RTMP_|libssh2_|ssh_|sftp_|psl_|idn2_)")
set(ADIT_UNUSED_FAILS "^(ldap_|ber_|gss_|GSS_|nettle_|acl_|lzma_|LZ4_|LZ4F_|XXH|BZ2_|xml[A-Z]|UTF8Toisolat1$)")

# The C library's own libraries stay shared. The compiler adds its own libraries.
set(ADIT_TOOLCHAIN_LIBRARIES c m dl pthread rt resolv util atomic gcc gcc_s gcc_eh stdc++)

# adit_ask_pkg_config(MODULE NAMES FOLDERS): finds the libraries that a program with the module's archive needs.
function(adit_ask_pkg_config module names_found folders_found)
  execute_process(COMMAND ${PKG_CONFIG_EXECUTABLE} --static --libs-only-l --libs-only-L ${module}
                  OUTPUT_VARIABLE said ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  separate_arguments(flags UNIX_COMMAND "${said}")
  set(names ${flags})
  list(FILTER names INCLUDE REGEX "^-l")
  list(TRANSFORM names REPLACE "^-l" "")
  set(folders ${flags})
  list(FILTER folders INCLUDE REGEX "^-L")
  list(TRANSFORM folders REPLACE "^-L" "")
  set(${names_found} ${names} PARENT_SCOPE)
  set(${folders_found} ${folders} PARENT_SCOPE)
endfunction()

# adit_find_archives(USED BELOW WHY): finds the archives of the libraries that adit uses (USED), and of the libraries
# that these need (BELOW). Sets WHY if an archive of USED is missing. pkg-config also names archives that are not
# needed, so a missing archive of BELOW is not an error; the linker fails later if it is needed.
function(adit_find_archives used_found below_found why)
  set(used_names ${ADIT_STATIC_ALSO} boost_json boost_url boost_container yaml-cpp hiredis curl ssl crypto)
  set(names "")
  set(folders "")
  set(modules libcurl openssl hiredis yaml-cpp)
  if(ADIT_STATIC_ALSO)
    list(APPEND modules lib${ADIT_STATIC_ALSO})
  endif()
  set(asked "")
  while(modules)
    list(POP_FRONT modules module)
    list(APPEND asked ${module})
    adit_ask_pkg_config(${module} more_names more_folders)
    list(APPEND folders ${more_folders})
    list(REMOVE_ITEM more_names ${ADIT_UNUSED_LIBRARIES} ${ADIT_TOOLCHAIN_LIBRARIES})
    list(APPEND names ${more_names})
    # Some modules do not name the libraries that their own libraries need (Debian 12's libcurl.pc).
    list(TRANSFORM more_names PREPEND lib)
    list(APPEND modules ${more_names})
    list(REMOVE_DUPLICATES modules)
    list(REMOVE_ITEM modules ${asked})
  endwhile()
  list(REMOVE_DUPLICATES names)
  list(REMOVE_ITEM names ${used_names})

  set(used "")
  set(below "")
  foreach(name ${used_names} ${names})
    find_library(ADIT_ARCHIVE_${name} NAMES lib${name}.a HINTS ${folders})
    mark_as_advanced(ADIT_ARCHIVE_${name})
    if(NOT ADIT_ARCHIVE_${name})
      if(name IN_LIST used_names)
        set(${why} "lib${name}.a is not installed" PARENT_SCOPE)
      endif()
    elseif(name IN_LIST used_names)
      list(APPEND used ${ADIT_ARCHIVE_${name}})
    else()
      list(APPEND below ${ADIT_ARCHIVE_${name}})
    endif()
  endforeach()
  set(${used_found} ${used} PARENT_SCOPE)
  set(${below_found} ${below} PARENT_SCOPE)
endfunction()

# adit_write_stand_ins(SCRIPT USED BELOW WHY): links all archives that adit uses, so that the linker reports the
# undefined symbols. Writes a linker script that maps each of them to the function that replaces it.
function(adit_write_stand_ins script used below why)
  set(locale "$ENV{LC_ALL}")
  set(ENV{LC_ALL} C)
  try_compile(linked SOURCE_FROM_CONTENT adit_open_names.cc "int main() {}\n" NO_CACHE
              LINK_OPTIONS -Wl,--warn-unresolved-symbols -Wl,--no-demangle -Wl,-z,muldefs
              LINK_LIBRARIES -Wl,--whole-archive ${used} -Wl,--no-whole-archive
                             -Wl,--start-group ${below} -Wl,--end-group Threads::Threads
              OUTPUT_VARIABLE said)
  set(ENV{LC_ALL} "${locale}")
  if(NOT linked)
    set(${why} "their archives cannot be linked" PARENT_SCOPE)
    return()
  endif()
  string(REGEX MATCHALL "undefined (reference to|symbol:) [`']?[A-Za-z0-9_.$@]+" open "${said}")
  list(TRANSFORM open REPLACE ".*[ `']" "")
  list(REMOVE_DUPLICATES open)
  set(lines "")
  foreach(name ${open})
    if(name MATCHES "${ADIT_UNUSED_RETURNS_0}")
      string(APPEND lines "PROVIDE(${name} = adit_unused_returns_0);\n")
    elseif(name MATCHES "${ADIT_UNUSED_FAILS}")
      string(APPEND lines "PROVIDE(${name} = adit_unused_fails);\n")
    else()
      set(${why} "no archive here defines ${name}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  file(WRITE ${script} "${lines}")
endfunction()

# adit_try_static_dependencies(TARGET WHY): links a small program with the target and runs it. The program initialises
# libcurl and OpenSSL, as an action does, and throws an exception on a thread, which fails if the program contains two
# C++ runtimes.
function(adit_try_static_dependencies target why)
  set(source [[
#include <curl/curl.h>
#include <openssl/ssl.h>
#include <stdexcept>
#include <thread>

extern "C" {
long adit_unused_returns_0() { return 0; }
long adit_unused_fails() { return -1; }
}

int main() {
  bool caught = false;
  std::thread([&] {
    try {
      throw std::runtime_error("thrown");
    } catch (const std::exception&) {
      caught = true;
    }
  }).join();
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  CURL* handle = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : nullptr;
  if (!caught || context == nullptr || handle == nullptr) return 1;
  curl_easy_setopt(handle, CURLOPT_URL, "https://localhost/");
  curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, "/nonexistent/socket");
  return curl_easy_perform(handle) == CURLE_COULDNT_CONNECT ? 0 : 1;
}
]])
  set(arguments SOURCE_FROM_VAR adit_small_action.cc source NO_CACHE LINK_LIBRARIES ${target}
                CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${CURL_INCLUDE_DIRS};${OPENSSL_INCLUDE_DIR}")
  if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
    try_compile(linked ${arguments} OUTPUT_VARIABLE said)
    set(ended 0)
  else()
    try_run(ended linked ${arguments} COMPILE_OUTPUT_VARIABLE said)
  endif()
  if(NOT linked)
    string(REGEX MATCH "[^\n]*(undefined|error|cannot find)[^\n]*" line "${said}")
    set(${why} "a small program with their archives does not link: ${line}" PARENT_SCOPE)
  elseif(NOT ended EQUAL 0)
    set(${why} "a small program with their archives ends with ${ended}" PARENT_SCOPE)
  endif()
endfunction()

function(adit_use_archives target script used below)
  list(JOIN used "," used)
  list(JOIN below "," below)
  string(REGEX REPLACE ",$" "" group "${used},${below}")
  target_link_libraries(${target} INTERFACE ${script} "$<LINK_GROUP:RESCAN,${group}>" Threads::Threads)
  # The program does not export the symbols of these libraries, so shared libraries that it loads use their own copies.
  target_link_options(${target} INTERFACE -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL
                      -Wl,--undefined=adit_unused_returns_0,--undefined=adit_unused_fails)
  # The loader relocates 25,000 addresses in such a program, a third of the time in which a short command starts. Packed
  # relocations (DT_RELR, glibc 2.36 or newer) are much smaller.
  check_linker_flag(CXX -Wl,-z,pack-relative-relocs ADIT_CAN_PACK_RELOCATIONS)
  if(ADIT_CAN_PACK_RELOCATIONS)
    target_link_options(${target} INTERFACE -Wl,-z,pack-relative-relocs)
  endif()
endfunction()

# adit_find_static_dependencies(SCRIPT USED BELOW WHY): does all of these steps. WHY is empty if actions can be linked
# this way. The result is cached until an archive or the compiler changes.
function(adit_find_static_dependencies script used_found below_found why_not)
  set(why "")
  adit_find_archives(used below why)
  set(seen "${CMAKE_CXX_COMPILER} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_CXX_FLAGS} ${CMAKE_EXE_LINKER_FLAGS}")
  foreach(archive ${used} ${below})
    file(TIMESTAMP ${archive} time)
    file(SIZE ${archive} size)
    string(APPEND seen " ${archive} ${time} ${size}")
  endforeach()
  if(NOT why AND NOT (seen STREQUAL "${ADIT_STATIC_SEEN}" AND EXISTS ${script}))
    adit_write_stand_ins(${script} "${used}" "${below}" why)
    if(NOT why)
      add_library(adit_static_trial INTERFACE IMPORTED)
      adit_use_archives(adit_static_trial ${script} "${used}" "${below}")
      adit_try_static_dependencies(adit_static_trial why)
    endif()
    if(why)
      file(REMOVE ${script})
    else()
      set(ADIT_STATIC_SEEN "${seen}" CACHE INTERNAL "")
    endif()
  endif()
  set(${used_found} ${used} PARENT_SCOPE)
  set(${below_found} ${below} PARENT_SCOPE)
  set(${why_not} "${why}" PARENT_SCOPE)
endfunction()

if(NOT TARGET adit::static_dependencies)
  add_library(adit::static_dependencies INTERFACE IMPORTED GLOBAL)
  set(script ${CMAKE_BINARY_DIR}/adit-stand-ins.ld)
  adit_find_static_dependencies(${script} used below why)
  set(ADIT_LINKS_STATICALLY ON)
  if(why)
    set(ADIT_LINKS_STATICALLY OFF)
    set(notice "adit: programs will load shared libraries, because ${why}")
    message(NOTICE "${notice}")
    # For `adit build`, which shows this file instead of CMake's output (src/dev/sources/build.cc).
    file(WRITE ${CMAKE_BINARY_DIR}/adit-notices.txt "${notice}\n")
    target_link_libraries(adit::static_dependencies INTERFACE Boost::json Boost::url yaml-cpp CURL::libcurl
                          PkgConfig::HIREDIS OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
  else()
    adit_use_archives(adit::static_dependencies ${script} "${used}" "${below}")
  endif()
endif()
