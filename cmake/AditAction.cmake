# adit_add_action(NAME SOURCES files…)
#
# A program that is an App Builder action: links the SDK and keeps only what the action uses.
function(adit_add_action name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "adit_add_action(${name}): name the action's files after SOURCES")
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE adit::action)
  target_link_options(${name} PRIVATE -Wl,--gc-sections -Wl,--as-needed)
endfunction()
