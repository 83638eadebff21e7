# The JavaScript of src/dev/node as C++ text, in generated/dev/node/node_sources.h: one program then holds all that it needs. Made when the build is
# configured, and again when one of the files changes.
set(sources "")
foreach(name version.cjs host.cjs once.cjs routes.cjs steps.cjs bundled.mjs)
  set(file ${PROJECT_SOURCE_DIR}/src/dev/node/${name})
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  string(APPEND sources "    {\"${name}\", R\"adit(${text})adit\"},\n")
endforeach()
string(CONCAT header "#pragma once\n\n#include <string_view>\n\nnamespace adit::dev::node_sources {\n\nstruct Source {\n  std::string_view name;\n"
                     "  std::string_view text;\n};\n\ninline constexpr Source kAll[] = {\n${sources}};\n\n}  // namespace adit::dev::node_sources\n")
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/dev/node/node_sources.h CONTENT "${header}" @ONLY)
