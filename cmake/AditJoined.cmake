# Compiles several source files as one, so that their headers are read only once. This halves the time of a clean build.
# The debug preset does not do this, so that a change compiles only one file. The lint does not either, so that it
# detects missing includes.
option(ADIT_JOIN_SOURCES "Compile the source files of a floor a few at a time" OFF)

# adit_join_sources(TARGET)
function(adit_join_sources target)
  if(NOT ADIT_JOIN_SOURCES)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  # In joined files, gcc mistakes the unnamed namespace of a source file for one of a header, and warns. With each
  # function in its own section, the linker can still leave out functions that an action does not use.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage> -ffunction-sections
                         -fdata-sections)
endfunction()
