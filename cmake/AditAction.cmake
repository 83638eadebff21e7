# adit_add_action(NAME SOURCES files… [PACKAGE nodejs|native|image] [SHARED])
#
# Adds a program that is an App Builder action. The program contains the SDK and the libraries that the SDK needs
# (adit::action), as far as the action uses them. With SHARED, it loads these libraries from the system instead; use
# that for an action whose own libraries load OpenSSL, libcurl or the C++ library.
#
# The target NAME-package packs the action with everything that it needs in a platform's containers (`adit package`).
# PACKAGE chooses the kind of package; the default is nodejs, for Adobe I/O Runtime. If the folder belongs to an App
# Builder project that has an action NAME, the package has that action's limits and inputs. The package is written to
# NAME-package in the current build folder: NAME.zip, for nodejs also NAME and NAME.yaml for `aio app deploy`; or the
# folder NAME-image.
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
  # Packed at each build of the target, because the package contains libraries and certificates of the system.
  add_custom_target(${name}-package
                    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
                    COMMAND adit::command package ${name} --program $<TARGET_FILE:${name}> --target ${arg_PACKAGE}
                            -o ${output}
                    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} DEPENDS ${name}
                    COMMENT "Packing ${name} for ${arg_PACKAGE}" VERBATIM)
endfunction()
