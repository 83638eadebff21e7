#include "dev/package/package_parts.h"

#include <cstddef>

// The assembler includes these files, unchanged. cmake/AditPackaging.cmake defines their paths.
asm(".pushsection .rodata\n"
    ".globl adit_launcher_begin, adit_launcher_end, adit_nodejs_script_begin, adit_nodejs_script_end\n"
    "adit_launcher_begin:\n"
    ".incbin \"" ADIT_LAUNCHER
    "\"\n"
    "adit_launcher_end:\n"
    "adit_nodejs_script_begin:\n"
    ".incbin \"" ADIT_NODEJS_SCRIPT
    "\"\n"
    "adit_nodejs_script_end:\n"
    ".popsection\n");

extern "C" {
extern const char adit_launcher_begin[];       // NOLINT(readability-identifier-naming)
extern const char adit_launcher_end[];         // NOLINT(readability-identifier-naming)
extern const char adit_nodejs_script_begin[];  // NOLINT(readability-identifier-naming)
extern const char adit_nodejs_script_end[];    // NOLINT(readability-identifier-naming)
}

namespace adit::dev {

std::string_view package_launcher() {
  return {adit_launcher_begin, static_cast<std::size_t>(adit_launcher_end - adit_launcher_begin)};
}

std::string_view package_nodejs_script() {
  return {adit_nodejs_script_begin, static_cast<std::size_t>(adit_nodejs_script_end - adit_nodejs_script_begin)};
}

}  // namespace adit::dev
