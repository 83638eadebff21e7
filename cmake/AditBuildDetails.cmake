# generated/cli/build_details.h: what `adit version` tells of the build. Looked at in every build, for commits come
# between two runs of CMake; written only where it changed. Included by CMakeLists.txt, and run as a script (-P) by the
# target.
if(CMAKE_SCRIPT_MODE_FILE)
  cmake_policy(VERSION 3.25)
  set(commit "")
  execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=* OUTPUT_VARIABLE commit
                  ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  file(CONFIGURE OUTPUT ${HEADER} CONTENT [[
#pragma once

#define ADIT_COMMIT "@commit@"
#define ADIT_BUILD_TYPE "@BUILD_TYPE@"
#define ADIT_YAML_CPP "@YAML_CPP@"
]] @ONLY)
  return()
endif()

set(command ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DHEADER=${PROJECT_BINARY_DIR}/generated/cli/build_details.h
    -DBUILD_TYPE=${CMAKE_BUILD_TYPE}
            -DYAML_CPP=${yaml-cpp_VERSION}
            -P ${CMAKE_CURRENT_LIST_FILE})
execute_process(COMMAND ${command})  # for the lint, which builds nothing
add_custom_target(adit_build_details COMMAND ${command}
                  BYPRODUCTS ${PROJECT_BINARY_DIR}/generated/cli/build_details.h VERBATIM)
