# Several source files compiled as one: their headers are read once for all of them, which halves the time of a clean
# build. The debug preset does without, so that a change compiles one file; so does the lint, which thus sees whether a
# file includes what it uses.
option(ADIT_JOIN_SOURCES "Compile the source files of a floor a few at a time" OFF)

# adit_join_sources(TARGET)
function(adit_join_sources target)
  if(NOT ADIT_JOIN_SOURCES)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  # gcc takes a file's own unnamed namespace for a header's, where the file is one of several. A linker takes an object
  # whole or leaves it, but a function of its own section by itself: so an action still holds only what it uses.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage> -ffunction-sections
                         -fdata-sections)
endfunction()
