#include "dev/deployed/deployed_code.h"

#include <algorithm>
#include <filesystem>

#include <sys/stat.h>

#include "adit/base64.h"

#include "base/system_reason.h"
#include "base/text/ascii.h"
#include "base/text/text.h"
#include "dev/deployed/unpack.h"

namespace adit::dev {
namespace {

bool is_script_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$';
  };
  return !name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, fits);
}

}  // namespace

std::string as_module(std::string_view code, std::string_view main) {
  if (!is_script_name(main)) return std::string(code);
  return cat(code, "\n;if (typeof module === 'object' && typeof ", main, " === 'function' && !module.exports.", main,
             ") module.exports.", main, " = ", main, "\n");
}

UnpackedCode::UnpackedCode(std::string folder, const DeployedAction& action, const EntityStore& store)
    : folder_(std::move(folder)) {
  const bool is_node = action.entity.kind.starts_with("nodejs:");
  auto code = store.code(action.code);
  if (::mkdir(folder_.c_str(), 0700) != 0)
    throw Error::failure("no_folder", cat("No folder for the action's code: ", system_reason(errno), "."));
  try {
    if (action.entity.binary) {
      const auto zip = base64_decode(trim(code));
      if (!zip) throw Error::configuration("invalid_zip", "The code is not the base64 of a zip.");
      auto files = read_deployed_zip(*zip);
      for (auto& file : files)
        if (file.path == "exec") file.executable = true;
      write_unpacked(files, folder_);
      entry_ = is_node ? folder_ : folder_ + "/exec";
    } else {
      entry_ = folder_ + (is_node ? "/index.js" : "/exec");
      const auto main = action.entity.main.empty() ? std::string("main") : action.entity.main;
      write_unpacked({{.path = is_node ? "index.js" : "exec",
                       .bytes = is_node ? as_module(code, main) : std::move(code),
                       .executable = !is_node,
                       .link = {}}},
                     folder_);
    }
    std::error_code ignored;
    if (!std::filesystem::exists(entry_, ignored))
      throw Error::configuration("invalid_zip", "The zip contains no file exec, which is the program to run.");
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
    throw;
  }
}

UnpackedCode::~UnpackedCode() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace adit::dev
