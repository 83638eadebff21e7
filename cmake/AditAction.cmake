# adit_add_action(NAME SOURCES files… [PACKAGE nodejs|native|image] [SHARED])
#
# A program that is an App Builder action: links the SDK and what is under it (adit::action), and keeps only what the
# action uses. With SHARED it loads the libraries under the SDK from the system instead: for an action that uses
# libraries which load OpenSSL, libcurl or the C++ library themselves. The target NAME-package packs it with all that it
# needs for a platform's containers (`adit package`; nodejs, for Adobe I/O Runtime, where PACKAGE says nothing else),
# with the limits and inputs of the App Builder project that the folder belongs to, where the action has NAME there. The
# package goes to NAME-package in the current build folder: NAME.zip, with NAME and NAME.yaml for `aio app deploy`
# beside it where it is for nodejs; or the folder NAME-image.
function(adit_add_action name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SHARED" "PACKAGE" "SOURCES")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "adit_add_action(${name}): name the action's files after SOURCES")
  endif()
  if(NOT arg_PACKAGE)
    set(arg_PACKAGE nodejs)
  endif()
  if(NOT arg_PACKAGE MATCHES "^(nodejs|native|image)$")
    message(FATAL_ERROR "adit_add_action(${name}): PACKAGE is nodejs, native or image, not ${arg_PACKAGE}")
  endif()
  add_executable(${name} ${arg_SOURCES})
  if(arg_SHARED)
    target_link_libraries(${name} PRIVATE adit::static)
    target_link_options(${name} PRIVATE -Wl,--gc-sections -Wl,--as-needed)
  else()
    target_link_libraries(${name} PRIVATE adit::action)
  endif()

  if(NOT TARGET adit::command)
    return()  # the library is installed without the command
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name}-package)
  set(output ${folder}/${name}.zip)
  if(arg_PACKAGE STREQUAL "image")
    set(output ${folder}/${name}-image)
  endif()
  # Made anew each time that it is asked for: libraries and certificates of the system are part of it.
  add_custom_target(${name}-package
                    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
                    COMMAND adit::command package ${name} --program $<TARGET_FILE:${name}> --target ${arg_PACKAGE}
                            -o ${output}
                    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} DEPENDS ${name}
                    COMMENT "Packing ${name} for ${arg_PACKAGE}" VERBATIM)
endfunction()
