#include "deploy/client.h"

#include "adit/base64.h"
#include "adit/error.h"

#include "base/text.h"
#include "deploy/destination.h"

namespace adit::deploy {
namespace {

/// OpenWhisk's own limit of a list.
constexpr std::size_t kPage = 200;
/// A namespace that never ends is a broken server.
constexpr std::size_t kMostEntities = 100'000;
/// An upload of a package of 22 MB over a slow line, and a blocking call of a feed.
constexpr std::chrono::milliseconds kLongest{180'000};

/// The server's `error`, or the first characters of what it said instead.
std::string words_of(const http::Response& response) {
  const auto value = try_parse_json(response.body());
  if (value && value->is_object()) {
    const auto& object = value->get_object();
    if (const auto text = string_member(object, "error"); !text.empty()) return std::string(text);
    if (const auto text = string_member(object, "message"); !text.empty()) return std::string(text);
  }
  return std::string(trim(response.body().substr(0, 200)));
}

Error refusal(const std::string& method, const std::string& shown, const http::Response& response, bool with_token) {
  const auto status = response.status();
  const auto words = words_of(response);
  const auto message = cat(method, " ", shown, " was answered ", status, words.empty() ? "." : ": ", words);
  if (status == 401 || status == 403)
    return Error::failure("not_authorized", message)
        .hint(with_token ? "Is the credential's project added to the organisation that owns the namespace, with the "
                           "right to deploy, and is AIO_runtime_namespace that namespace?"
                         : "AIO_runtime_auth has to be the key of AIO_runtime_namespace at this host; `adit dev` shows "
                           "the key that it takes.")
        .http_status(status);
  if (status == 404)
    return Error::failure("not_found", message).hint("Is it deployed? `adit info` shows where.").http_status(status);
  if (status == 409)
    return Error::failure("conflict", message)
        .hint("Something else changes this namespace; try again.")
        .http_status(status);
  if (status == 413)
    return Error::failure("too_large", message)
        .hint("The platform limits the size of an action; load fewer or smaller libraries into it.")
        .http_status(status);
  auto error = Error::failure("platform_error", message).http_status(status);
  if (status >= 500 || status == 429)
    return std::move(error)
        .hint("Try again later; the platform has a problem of its own, or too much to do.")
        .retryable();
  return error;
}

}  // namespace

std::string Client::in_namespace(const std::string& path) const {
  return cat(access_.base, "/api/v1/namespaces/", encoded_segment(access_.name_space), "/", path);
}

http::Request Client::authorized(http::Request request) const {
  if (access_.token) {
    auto source = *access_.token;
    return std::move(request).bearer(source.get()).header("x-namespace-id", access_.name_space);
  }
  if (access_.key.empty()) return request;
  return std::move(request).header("Authorization", cat("Basic ", base64_encode(access_.key.reveal())));
}

http::Response Client::send(const std::string& method, const std::string& url, const json::object* body) const {
  auto request = authorized(http::Request(method, url).timeout(kLongest).header("Accept", "application/json"));
  if (body == nullptr) return request.send(transport_);
  return std::move(request).json(*body).send(transport_);
}

json::value Client::answer(const std::string& method, const std::string& url, const json::object* body) const {
  const auto response = send(method, url, body);
  if (response.ok()) return trim(response.body()).empty() ? json::value() : response.json();
  throw refusal(method, http::split_url(url).shown(), response, access_.token.has_value());
}

json::array Client::list(const std::string& collection) const {
  json::array all;
  for (;;) {
    const auto page = answer("GET", in_namespace(cat(collection, "?limit=", kPage, "&skip=", all.size())), nullptr);
    if (!page.is_array())
      throw Error::failure("invalid_response_body", cat("The list of ", collection, " is not a list."))
          .hint("Is this the API of an OpenWhisk? `adit info` shows the host.");
    for (const auto& entity : page.get_array())
      if (entity.is_object()) all.push_back(entity);
    if (page.get_array().size() < kPage || all.size() > kMostEntities) return all;
  }
}

std::optional<json::object> Client::find(const std::string& path) const {
  const auto url = in_namespace(path);
  const auto response = send("GET", url, nullptr);
  if (response.status() == 404) return std::nullopt;
  if (!response.ok()) throw refusal("GET", http::split_url(url).shown(), response, access_.token.has_value());
  auto value = response.json();
  return value.is_object() ? std::move(value.get_object()) : json::object();
}

json::value Client::get(const std::string& path) const { return answer("GET", in_namespace(path), nullptr); }

json::value Client::put(const std::string& path, const json::object& body) const {
  return answer("PUT", in_namespace(cat(path, "?overwrite=true")), &body);
}

json::value Client::post(const std::string& path, const json::object& body) const {
  return answer("POST", in_namespace(path), &body);
}

bool Client::remove(const std::string& path) const {
  const auto url = in_namespace(path);
  const auto response = send("DELETE", url, nullptr);
  if (response.status() == 404) return false;
  if (!response.ok()) throw refusal("DELETE", http::split_url(url).shown(), response, access_.token.has_value());
  return true;
}

json::value Client::invoke(std::string_view name_space, std::string_view action, const json::object& params) const {
  const auto url = cat(access_.base, "/api/v1/namespaces/", encoded_segment(name_space), "/actions/",
                       encoded_path(action), "?blocking=true");
  const auto response = send("POST", url, &params);
  // 502: the action's own failure, with the activation's record.
  if (response.ok() || response.status() == 502) {
    if (auto value = try_parse_json(response.body()); value && value->is_object()) return *std::move(value);
  }
  throw refusal("POST", http::split_url(url).shown(), response, access_.token.has_value());
}

std::string Client::own_namespace() const {
  const auto names = answer("GET", cat(access_.base, "/api/v1/namespaces"), nullptr);
  if (names.is_array() && !names.get_array().empty() && names.get_array().front().is_string())
    return std::string(names.get_array().front().get_string());
  return access_.name_space;
}

json::value Client::get_apis() const {
  return answer("GET", cat(access_.base, "/api/v1/web/whisk.system/apimgmt/getApi.http"), nullptr);
}

void Client::create_api(const json::object& body, const std::string& response_type) const {
  answer("POST",
         cat(access_.base, "/api/v1/web/whisk.system/apimgmt/createApi.http?responsetype=", form_encode(response_type)),
         &body);
}

void Client::delete_api(const std::string& base_path, const std::string& path, const std::string& method) const {
  answer("DELETE",
         cat(access_.base, "/api/v1/web/whisk.system/apimgmt/deleteApi.http?basepath=", form_encode(base_path),
             "&relpath=", form_encode(path), "&operation=", form_encode(method), "&force=true"),
         nullptr);
}

}  // namespace adit::deploy
