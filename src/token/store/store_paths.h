#pragma once

#include <string>
#include <string_view>

#include "adit/error.h"

namespace adit::token {

/// Whether the URL names the store in this process's memory.
[[nodiscard]] bool is_memory(std::string_view url);

/// Throws Error `outside_project` (configuration) if the URL of a token store names a file, folder or socket that is
/// not below `root`, after symbolic links have been followed. For a URL that a project's file contains, at `where`.
void refuse_store_outside(std::string_view url, const std::string& root, const SourcePosition& where);

}  // namespace adit::token
