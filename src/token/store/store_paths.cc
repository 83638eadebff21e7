#include "token/store/store_paths.h"

#include <vector>

#include "adit/error.h"

#include "base/text/text.h"
#include "system/files/inside.h"
#include "token/store/redis_address.h"

namespace adit::token {
namespace {

std::vector<std::string> paths_in(std::string_view url) {
  if (url.starts_with("file:")) return {std::string(url.substr(url.starts_with("file://") ? 7 : 5))};
  if (!url.starts_with("redis:") && !url.starts_with("rediss:") && !url.starts_with("unix:")) return {};
  const auto address = RedisAddress::parse(url);
  std::vector<std::string> paths;
  for (const auto* path : {&address.socket, &address.ca_file, &address.certificate_file, &address.key_file})
    if (!path->empty()) paths.push_back(*path);
  return paths;
}

}  // namespace

bool is_memory(std::string_view url) { return trim(url) == "memory:" || trim(url) == "memory"; }

void refuse_store_outside(std::string_view url, const std::string& root, const SourcePosition& where) {
  for (const auto& path : paths_in(trim(url))) {
    if (is_inside(path, root)) continue;
    throw Error::configuration("outside_project",
                               cat("The token store names ", path, ", which lies outside of the project."))
        .hint(
            "A file of the project must not name a store outside of the project. If it is the right one, set ADIT_TOKEN_STORE in the environment.")
        .at(where);
  }
}

}  // namespace adit::token
