#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace adit {

/// The folders of programs if PATH is not set.
inline constexpr std::string_view kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

/// Returns the first program with that name in PATH; empty if there is none.
[[nodiscard]] std::string find_program(std::string_view name);
/// The same in the folders of `path`, separated by colons, among the programs that `accept` returns true for.
[[nodiscard]] std::string find_program(std::string_view name, std::string_view path,
                                       const std::function<bool(const std::filesystem::path& program)>& accept);

}  // namespace adit
