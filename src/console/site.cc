#include "console/site.h"

#include <utility>

#include "adit/json.h"

#include "base/text/text.h"
#include "console/page_files.h"

namespace adit::console {
namespace {

constexpr std::string_view kData = "/__adit/api/";

http::ServerResponse refusal_of(int status, std::string_view code, std::string_view message) {
  return http::ServerResponse::json(status, json::object{{"error", code}, {"message", message}});
}

http::ServerResponse unknown_page() { return refusal_of(404, "not_found", "The console has nothing at this URL."); }

}  // namespace

std::string url_of(std::string_view origin, const Secret& token) {
  return cat(origin, kRoot, "/?token=", token.reveal());
}

http::ServerResponse bad_request(std::string_view message) { return refusal_of(400, "bad_request", message); }

Site::Site(Keys keys, http::LocalAccess access, Content& content)
    : access_check_(std::move(keys), std::move(access)), content_(content) {}

bool Site::owns(std::string_view path) {
  return path == kRoot || (path.starts_with(kRoot) && path[kRoot.size()] == '/');
}

bool Site::stream(const http::ServerRequest& request, const http::Reply& reply) {
  if (request.path != cat(kData, "events") || request.method != "GET" || access_check_.answer(request)) return false;
  auto last = std::string(request.headers.get_or_empty("last-event-id"));
  for (const auto& [name, value] : http::parse_query(request.query))
    if (last.empty() && name == "after") last = value;
  events_.answer(last, reply);
  return true;
}

http::ServerResponse Site::answer(const http::ServerRequest& request) {
  auto response = [&] {
    if (auto refused = access_check_.answer(request)) return *std::move(refused);
    try {
      return page_or_data(request);
    } catch (const Error& error) {
      return http::ServerResponse::json(
          400, json::object{
                   {"error", error.code()}, {"message", content_.shown_text(error.message())}, {"hint", error.hint()}});
    }
  }();
  add_page_headers(response);
  return response;
}

http::ServerResponse Site::page_or_data(const http::ServerRequest& request) {
  if (request.path == kRoot) {
    http::ServerResponse response;
    response.status = 303;
    response.headers.set("Location", "/__adit/");
    return response;
  }
  if (request.path.starts_with(kData)) {
    const auto path = std::string_view(request.path).substr(kData.size());
    auto response = request.method == "GET" ? content_.show(path) : content_.change(path, request);
    return response ? *std::move(response) : unknown_page();
  }
  const auto name = std::string_view(request.path).substr(kRoot.size() + 1);
  const auto file = page_file(name.empty() ? "index.html" : name);
  if (!file || request.method != "GET") return unknown_page();
  return http::ServerResponse::text(200, std::string(file->text), std::string(file->content_type));
}

}  // namespace adit::console
