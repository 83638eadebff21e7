#pragma once

#include <string>
#include <string_view>

#include "adit/error.h"

namespace adit::token {

/// Whether the URL's store is this process's memory, which nothing leaves.
[[nodiscard]] bool is_memory(std::string_view url);

/// Throws Error `outside_project` (configuration) if the URL of a token store names a file, folder or socket that does
/// not lie below `root`, after symbolic links have been followed. For URLs that stand in a project's file, at `where`.
void refuse_store_outside(std::string_view url, const std::string& root, const SourcePosition& where);

}  // namespace adit::token
