# All tests use the Node.js that tools/install-npm chose; the machine's Node.js may be too old, or missing.
set(ADIT_NPM_DIR "${PROJECT_SOURCE_DIR}/build/npm" CACHE PATH
    "Where tools/install-npm puts Node.js and the npm packages")

# adit_add_test(NAME COMMAND… [TIMEOUT seconds] [ENVIRONMENT NAME=value…]): a ctest entry.
function(adit_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "COMMAND;ENVIRONMENT")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 1800)
  endif()
  if(ADIT_SANITIZE MATCHES "thread")
    # Tests fork, and ThreadSanitizer may then still count threads that have ended.
    list(APPEND arg_ENVIRONMENT TSAN_OPTIONS=die_after_fork=0)
  endif()
  add_test(NAME ${name} COMMAND ${arg_COMMAND})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "${arg_ENVIRONMENT}"
                       ENVIRONMENT_MODIFICATION "PATH=path_list_prepend:${ADIT_NPM_DIR}/bin")
endfunction()

# adit_add_node_tests([ENVIRONMENT NAME=value…] [WITHOUT names…]): makes one ctest entry FOLDER.NAME for each
# NAME.test.mjs of this folder except those after WITHOUT. Node.js's test runner runs them, with the built command as
# ADIT_BINARY and the npm packages' folder as ADIT_NPM.
function(adit_add_node_tests)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "ENVIRONMENT;WITHOUT")
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  file(GLOB files CONFIGURE_DEPENDS *.test.mjs)
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    if(name IN_LIST arg_WITHOUT)
      continue()
    endif()
    adit_add_test(${folder}.${name} COMMAND ${ADIT_NPM_DIR}/bin/node --test ${file}
                  ENVIRONMENT ADIT_BINARY=$<TARGET_FILE:adit> ADIT_NPM=${ADIT_NPM_DIR} ${arg_ENVIRONMENT})
  endforeach()
endfunction()
