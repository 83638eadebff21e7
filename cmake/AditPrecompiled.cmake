# The headers that nearly every file includes are parsed once for all libraries and once for all tests, because parsing
# headers takes half of a build's time. Files must still include what they use: the lint does not use this.
option(ADIT_PRECOMPILE "Precompile the headers that nearly every file includes" ON)

set(ADIT_COMMON_HEADERS <algorithm> <array> <atomic> <charconv> <chrono> <cstdint> <cstdlib> <filesystem> <fstream>
                        <functional> <iostream> <map> <memory> <mutex> <optional> <set> <string> <string_view> <thread>
                        <unordered_map> <utility> <variant> <vector> <boost/json.hpp>)

# adit_precompile(TARGET KIND HEADERS…): the first target of a kind makes the precompiled header, the others reuse it.
# Targets of one kind must be compiled with the same options.
function(adit_precompile target kind)
  if(NOT ADIT_PRECOMPILE)
    return()
  endif()
  get_property(owner GLOBAL PROPERTY ADIT_PRECOMPILED_${kind})
  if(owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  else()
    target_precompile_headers(${target} PRIVATE ${ARGN})
    set_property(GLOBAL PROPERTY ADIT_PRECOMPILED_${kind} ${target})
  endif()
endfunction()
