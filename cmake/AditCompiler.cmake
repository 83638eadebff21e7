# The compiler options of all files of adit.
set(ADIT_LEAST_GNU 12)  # tools/install-packages reads this line
set(ADIT_LEAST_Clang 14)
set(least ${ADIT_LEAST_${CMAKE_CXX_COMPILER_ID}})
if(least AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS least)
  message(FATAL_ERROR "${CMAKE_CXX_COMPILER_ID} ${least} or newer is needed to compile adit, and "
                      "${CMAKE_CXX_COMPILER} is ${CMAKE_CXX_COMPILER_VERSION}. Name a newer compiler with CXX, for example CXX=g++-12.")
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# libadit.so exports only the symbols that the public headers mark (#pragma GCC visibility). So calls of all other
# functions are direct, and the compiler may inline them.
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# Warnings are errors with the compilers of Debian 12, with which every change is checked. Other compilers may have
# other warnings, which must not prevent a user from building adit.
set(is_checked OFF)
if(least AND CMAKE_CXX_COMPILER_VERSION MATCHES "^${least}\\.")
  set(is_checked ON)
endif()
option(ADIT_WARNINGS_ARE_ERRORS "Treat the compiler's warnings as errors" ${is_checked})
set(ADIT_WARNINGS -Wall -Wextra -Wpedantic)  # for adit's own targets
if(ADIT_WARNINGS_ARE_ERRORS)
  list(APPEND ADIT_WARNINGS -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # With optimisation, gcc reports problems that do not exist (bugs 105651, 80635): version 12 reports overlaps and
  # overruns in std::string, all versions report uninitialised values in std::optional and std::string. clang-tidy does
  # not know these warnings.
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    list(APPEND ADIT_WARNINGS -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
  list(APPEND ADIT_WARNINGS -Wno-maybe-uninitialized -Wno-unknown-warning-option)
endif()
# Another library's symbol of the same name must not replace a symbol of adit.
set(ADIT_LIBRARY_OPTIONS -fno-semantic-interposition)
# PUBLIC options of the floors, so that actions which link a sanitized adit are also built with the sanitizer.
set(ADIT_SANITIZE_COMPILE "")
set(ADIT_SANITIZE_LINK "")
if(ADIT_SANITIZE)
  set(ADIT_SANITIZE_COMPILE -fsanitize=${ADIT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  set(ADIT_SANITIZE_LINK -fsanitize=${ADIT_SANITIZE})
  if(ADIT_SANITIZE MATCHES "thread")
    # Asio uses atomic_thread_fence; gcc warns that TSan does not model it.
    list(APPEND ADIT_SANITIZE_COMPILE -Wno-tsan)
  endif()
endif()
