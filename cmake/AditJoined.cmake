# Compiles several source files as one, so that their headers are read only once. This halves the time of a clean build.
# The debug preset does not do it, so that a change compiles one file; neither does the lint, so that it sees whether a
# file includes what it uses.
option(ADIT_JOIN_SOURCES "Compile the source files of a floor a few at a time" OFF)

# adit_join_sources(TARGET)
function(adit_join_sources target)
  if(NOT ADIT_JOIN_SOURCES)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  # In joined files gcc mistakes the unnamed namespace of a source for that of a header. A linker takes an object file
  # as a whole, but a function in a section of its own separately; so an action still contains only what it uses.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage> -ffunction-sections
                         -fdata-sections)
endfunction()
