# adit_embed(HEADER NAMESPACE FOLDER files…): writes the files of FOLDER as C++ string literals to generated/HEADER, so
# that the program contains them. NAMESPACE::kAll is an array of Source{name, text}. CMake runs again when one of the
# files changes.
function(adit_embed header namespace folder)
  set(text
      "#pragma once\n\n#include <string_view>\n\nnamespace ${namespace} {\n\nstruct Source {\n  std::string_view name;\n  std::string_view text;\n};\n\ninline constexpr Source kAll[] = {\n")
  foreach(name ${ARGN})
    set(file ${PROJECT_SOURCE_DIR}/${folder}/${name})
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} content)
    string(APPEND text "    {\"${name}\", R\"adit(${content})adit\"},\n")
  endforeach()
  string(APPEND text "};\n\n}  // namespace ${namespace}\n")
  set(header ${PROJECT_BINARY_DIR}/generated/${header})
  set(before "")
  if(EXISTS ${header})
    file(READ ${header} before)
  endif()
  if(NOT before STREQUAL text)
    file(WRITE ${header} "${text}")
  endif()
endfunction()

# The JavaScript that runs Node.js actions, the page of the console, and the files that `adit new` writes.
adit_embed(dev/node/node_sources.h adit::dev::node_sources src/dev/node version.cjs host.cjs once.cjs routes.cjs
           steps.cjs bundled.mjs)
file(GLOB page CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/src/console/page
     ${PROJECT_SOURCE_DIR}/src/console/page/*)
adit_embed(console/page_sources.h adit::console::page_sources src/console/page ${page})
file(GLOB_RECURSE templates CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/templates
     ${PROJECT_SOURCE_DIR}/templates/*)
adit_embed(cli/template_files.h adit::cli::template_files templates ${templates})
