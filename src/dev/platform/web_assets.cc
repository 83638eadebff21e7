#include "dev/platform/web_assets.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "adit/error.h"

#include "app/project/is_file.h"
#include "base/text/text.h"
#include "dev/web/path.h"
#include "system/files/inside.h"
#include "system/files/replace_file.h"
#include "system/files/resolve_for_writing.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;
using app::is_file;

constexpr std::size_t kMostAssetBytes = 64U << 20U;

std::string asset_type(const fs::path& file) {
  struct Type {
    std::string_view ending;
    std::string_view type;
  };
  static constexpr std::array<Type, 18> kTypes = {{{".html", "text/html; charset=utf-8"},
                                                   {".js", "text/javascript; charset=utf-8"},
                                                   {".mjs", "text/javascript; charset=utf-8"},
                                                   {".css", "text/css; charset=utf-8"},
                                                   {".json", "application/json"},
                                                   {".map", "application/json"},
                                                   {".svg", "image/svg+xml"},
                                                   {".png", "image/png"},
                                                   {".jpg", "image/jpeg"},
                                                   {".jpeg", "image/jpeg"},
                                                   {".gif", "image/gif"},
                                                   {".webp", "image/webp"},
                                                   {".ico", "image/x-icon"},
                                                   {".woff", "font/woff"},
                                                   {".woff2", "font/woff2"},
                                                   {".wasm", "application/wasm"},
                                                   {".txt", "text/plain; charset=utf-8"},
                                                   {".xml", "application/xml"}}};
  const auto ending = to_lower(file.extension().string());
  const auto* found = std::ranges::find(kTypes, ending, &Type::ending);
  return std::string(found == kTypes.end() ? "application/octet-stream" : found->type);
}

/// Returns the file that the path names in the folder; empty if there is none, or if it must not be served.
fs::path asset_file(const fs::path& folder, std::string_view path) {
  fs::path file = folder;
  for (const auto& part : split_list(path, '/')) {
    const auto name = decode_segment(part);
    if (!name || name->empty() || name->front() == '.' || name->find('/') != std::string::npos ||
        name->find('\0') != std::string::npos)
      return {};
    file /= *name;
  }
  std::error_code error;
  if (fs::is_directory(file, error)) file /= "index.html";
  return is_file(file) && is_inside(file, folder) ? file : fs::path();
}

http::ServerResponse not_cached(http::ServerResponse response) {
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

std::string front_end_folder(const app::Project& project) {
  for (const auto& extension : project.extensions) {
    for (const auto& folder :
         {fs::path(extension.dist) / "web-dev", fs::path(extension.dist) / "web-prod", fs::path(extension.web)})
      if (is_file(folder / "index.html") && is_inside(folder, project.root)) return folder.string();
  }
  return {};
}

json::object action_urls(const Configuration& configuration, const std::string& origin) {
  json::object urls;
  const auto& packages = configuration.project.packages;
  for (const auto& [full_name, served] : configuration.served) {
    const auto url = cat(origin, path_to(full_name, served.rules.exported));
    urls[full_name] = url;
    if (!packages.empty() && full_name.starts_with(cat(packages.front().name, "/")))
      urls[full_name.substr(full_name.find('/') + 1)] = url;
  }
  return urls;
}

void write_action_urls(const Configuration& configuration, const std::string& origin) {
  const auto text = to_pretty_json(action_urls(configuration, origin)) + "\n";
  for (const auto& extension : configuration.project.extensions) {
    if (!is_file(fs::path(extension.web) / "index.html")) continue;
    const auto path = (fs::path(extension.web) / "src" / "config.json").string();
    const auto before = read_file_if_there(path);
    if (before && *before == text) continue;
    make_folders(fs::path(path).parent_path().string());
    replace_file({.path = path, .before = before, .after = WipedString(text), .new_mode = 0644});
  }
}

std::optional<http::ServerResponse> front_end_answer(const Configuration& configuration, const std::string& origin,
                                                     const http::ServerRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const auto folder = front_end_folder(configuration.project);
  if (folder.empty()) return std::nullopt;
  if (request.path == "/config.json" || request.path == "/src/config.json")
    return not_cached(http::ServerResponse::json(200, action_urls(configuration, origin)));
  const auto file = asset_file(folder, request.path);
  if (file.empty()) return std::nullopt;
  http::ServerResponse response;
  response.status = 200;
  response.headers.set("Content-Type", asset_type(file));
  response.body = read_file(file.string(), kMostAssetBytes);
  return not_cached(std::move(response));
}

}  // namespace adit::dev
