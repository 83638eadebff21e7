#include "dev/sources/cmake_file_api.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "adit/error.h"
#include "adit/json.h"

#include "base/text/text.h"
#include "system/files/replace_file.h"
#include "system/files/resolve_for_writing.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

fs::path api_folder(const std::string& build_tree) { return fs::path(build_tree) / ".cmake" / "api" / "v1"; }

Error no_answer(const std::string& build_tree) {
  return Error::failure("cmake_answer", cat("CMake did not say what ", build_tree, " builds."))
      .hint("CMake 3.14 or newer is needed. Delete the folder dist/.build and build again.");
}

json::value read_reply(const fs::path& file) { return parse_json(read_file(file.string()), file.string()); }

/// Returns the index that CMake wrote last. The names of later ones sort after the earlier ones.
fs::path newest_index(const fs::path& reply) {
  fs::path newest;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(reply, error)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("index-") && name > newest.filename().string()) newest = entry.path();
  }
  return newest;
}

}  // namespace

void ask_cmake_for_targets(const std::string& build_tree) {
  const auto folder = api_folder(build_tree) / "query" / "client-adit";
  make_folders(folder.string());
  const auto query = (folder / "codemodel-v2").string();
  std::error_code error;
  // CMake looks only at the file's name.
  if (!fs::is_regular_file(query, error))
    replace_file({.path = query, .before = std::nullopt, .after = "", .new_mode = 0644});
}

std::vector<CmakeTarget> cmake_executables(const std::string& build_tree) try {
  const auto reply = api_folder(build_tree) / "reply";
  const auto index_file = newest_index(reply);
  if (index_file.empty()) throw no_answer(build_tree);
  const auto index = read_reply(index_file);
  const auto model =
      read_reply(reply / index.at("reply").at("client-adit").at("codemodel-v2").at("jsonFile").as_string().c_str());

  std::vector<CmakeTarget> executables;
  for (const auto& entry : model.at("configurations").at(0).at("targets").as_array()) {
    const auto target = read_reply(reply / entry.at("jsonFile").as_string().c_str());
    if (string_member(target.as_object(), "type") != "EXECUTABLE") continue;
    const auto& artifact = target.at("artifacts").at(0).at("path").as_string();
    executables.push_back({.name = std::string(string_member(target.as_object(), "name")),
                           .artifact = (fs::path(build_tree) / artifact.c_str()).lexically_normal().string()});
  }
  return executables;
} catch (const Error&) {
  throw;
} catch (const std::exception&) {  // Boost.JSON: a member is missing or has another type
  throw no_answer(build_tree);
}

}  // namespace adit::dev
