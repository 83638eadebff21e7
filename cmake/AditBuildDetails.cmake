# Writes generated/cli/build_details.h, the details of the build that `adit version` prints. Every build runs this,
# because there may be a new commit since CMake ran. The file is written only if it changes. CMakeLists.txt includes
# this file, and the target runs it as a script (-P).
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
