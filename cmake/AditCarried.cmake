# adit::carried: the libraries under libadit.a, for a program that holds them itself. An action starts for somebody who waits: with forty shared libraries to
# find, map and bind it would take twice the time and twice the memory. Made of the archives that come with Debian's development packages; where one is
# not there it is the shared libraries, as for any other program, and CMake says so.
#
# libcurl.a names libraries of protocols and of ways to log in that adit never asks it for: adit/http speaks HTTP and HTTPS, keeps no cookies, knows no Kerberos,
# and takes international host names in their ASCII form. They are left out, and what it would call of them is one of two functions of adit/http/absent.cc: one
# that did nothing and found nothing (libcurl starts libssh2 whatever it is used for), one that failed. Each library with the names that begin so:
set(ADIT_ABSENT_rtmp "RTMP_")
set(ADIT_ABSENT_ssh2 "libssh2_")
set(ADIT_ABSENT_psl "psl_")
set(ADIT_ABSENT_idn2 "idn2_")
set(ADIT_FAILING_ldap "ldap_")
set(ADIT_FAILING_lber "ber_")
set(ADIT_FAILING_gssapi_krb5 "gss_|GSS_")

# What an archive needs in its turn.
set(ADIT_BELOW_brotlidec brotlicommon)

# The archives, each before those that it needs, and the names of files that are missing for it.
function(adit_find_carried archives_found missing_found)
  set(missing "")
  set(below_curl "")
  find_program(ADIT_CURL_CONFIG curl-config)
  mark_as_advanced(ADIT_CURL_CONFIG)
  if(ADIT_CURL_CONFIG)
    execute_process(COMMAND ${ADIT_CURL_CONFIG} --static-libs OUTPUT_VARIABLE said ERROR_QUIET)
    string(REGEX MATCHALL "-l[^ \n]+" below_curl "${said}")
    list(TRANSFORM below_curl REPLACE "^-l" "")
    list(REMOVE_ITEM below_curl curl ssl crypto)
    list(REMOVE_DUPLICATES below_curl)
  else()
    list(APPEND missing curl-config)
  endif()
  set(names boost_json boost_url boost_container yaml-cpp hiredis curl)
  foreach(name ${below_curl})
    if(NOT ADIT_ABSENT_${name} AND NOT ADIT_FAILING_${name})
      list(APPEND names ${name} ${ADIT_BELOW_${name}})
    endif()
  endforeach()
  list(APPEND names ssl crypto)

  set(archives "")
  foreach(name ${names})
    find_library(ADIT_ARCHIVE_${name} NAMES lib${name}.a)
    mark_as_advanced(ADIT_ARCHIVE_${name})
    if(ADIT_ARCHIVE_${name})
      list(APPEND archives ${ADIT_ARCHIVE_${name}})
    else()
      list(APPEND missing lib${name}.a)
    endif()
  endforeach()
  set(${archives_found} ${archives} PARENT_SCOPE)
  set(${missing_found} ${missing} PARENT_SCOPE)
endfunction()

# A linker script that gives each name that libcurl.a leaves open to the function that stands for its library.
function(adit_write_stand_ins script)
  execute_process(COMMAND ${CMAKE_NM} -u ${ADIT_ARCHIVE_curl} OUTPUT_VARIABLE undefined ERROR_QUIET)
  string(REGEX MATCHALL "[^ \n]+\n" names "${undefined}")
  list(REMOVE_DUPLICATES names)
  set(absent "^(${ADIT_ABSENT_rtmp}|${ADIT_ABSENT_ssh2}|${ADIT_ABSENT_psl}|${ADIT_ABSENT_idn2})")
  set(failing "^(${ADIT_FAILING_ldap}|${ADIT_FAILING_lber}|${ADIT_FAILING_gssapi_krb5})")
  list(FILTER names INCLUDE REGEX "${absent}|${failing}")
  list(TRANSFORM names REPLACE "^(.+)\n" "PROVIDE(\\1 = adit_absent)" REGEX "${absent}")
  list(TRANSFORM names REPLACE "^(.+)\n" "PROVIDE(\\1 = adit_failing)" REGEX "${failing}")
  list(JOIN names ";\n" lines)
  file(CONFIGURE OUTPUT ${script} CONTENT "${lines};\n" @ONLY)
endfunction()

if(NOT TARGET adit::carried)
  add_library(adit::carried INTERFACE IMPORTED GLOBAL)
  adit_find_carried(archives missing)
  if(missing)
    list(JOIN missing ", " missing)
    message(STATUS "Actions will load shared libraries, because these files were not found: ${missing}")
    target_link_libraries(adit::carried INTERFACE Boost::json Boost::url yaml-cpp CURL::libcurl hiredis::hiredis OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
  else()
    set(script ${CMAKE_BINARY_DIR}/adit-stand-ins.ld)
    adit_write_stand_ins(${script})
    target_link_libraries(adit::carried INTERFACE ${script} ${archives} Threads::Threads)
    # What a program carries is its own: shared libraries that it loads besides keep to theirs.
    target_link_options(adit::carried INTERFACE -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL -Wl,--undefined=adit_absent,--undefined=adit_failing)
  endif()
endif()
