#include "deploy/openwhisk_client.h"

#include <algorithm>

#include "adit/base64.h"
#include "adit/error.h"

#include "base/text/presentable.h"
#include "base/text/text.h"
#include "deploy/destination.h"

namespace adit::deploy {
namespace {

/// The longest list that OpenWhisk returns.
constexpr std::size_t kPage = 200;
/// The longest collection that is read, in case a broken server returns pages without end, or ignores `limit`.
constexpr std::size_t kMostEntities = 100'000;
constexpr std::size_t kMostListBytes = 256U << 20U;
/// Enough to upload a package of 22 MB over a slow line, and for a blocking call of a feed.
constexpr std::chrono::milliseconds kLongest{180'000};

/// Returns the server's `error` or `message`, or the whole body; without the credentials, in case the server echoes
/// them.
std::string server_message(const http::Response& response, const std::vector<const Secret*>& sent) {
  const auto value = try_parse_json(response.body(), {.max_bytes = 1U << 20U});
  if (value && value->is_object()) {
    const auto& object = value->get_object();
    for (const auto* member : {"error", "message"})
      if (const auto text = string_member(object, member); !text.empty()) return presentable(text, sent);
  }
  return presentable(trim(response.body()), sent);
}

Error refusal(const std::string& method, const std::string& url, const http::Response& response,
              const std::vector<const Secret*>& sent, bool with_token) {
  const auto status = response.status();
  const auto reason = server_message(response, sent);
  const auto shown = http::split_url(url).shown();
  const auto message = cat(method, " ", shown, " was answered ", status, reason.empty() ? "." : ": ", reason);
  if (status == 401 || status == 403)
    return Error::failure("not_authorized", message)
        .hint(
            with_token
                ? "Is the credential's project added to the organisation that owns the namespace, with the right to deploy, and is AIO_runtime_namespace that namespace?"
                : "AIO_runtime_auth must be the key of AIO_runtime_namespace at this host; `adit dev` shows the key that it accepts.")
        .http_status(status);
  if (status == 404)
    return Error::failure("not_found", message)
        .hint("Check that it is deployed; `adit info` shows where.")
        .http_status(status);
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
    return std::move(error).hint("Try again later; the platform has a problem or is overloaded.").retryable();
  return error;
}

bool is_missing(const http::Response& response) { return response.status() == 404; }

json::value json_of(const http::Response& response) {
  return trim(response.body()).empty() ? json::value() : response.json();
}

/// Returns the part of the key `USER:PASSWORD` that is secret by itself.
Secret password_of(const Secret& key) {
  const auto text = key.reveal();
  return Secret(text.substr(std::min(text.find(':') + 1, text.size())));  // npos + 1 is 0
}

}  // namespace

std::string OpenWhiskClient::in_namespace(const std::string& path) const {
  return cat(access_.base, "/api/v1/namespaces/", percent_encode(access_.name_space), "/", path);
}

Secret OpenWhiskClient::credential() const {
  if (access_.token) {
    auto source = *access_.token;
    return source.get();
  }
  return access_.key.empty() ? Secret() : Secret(base64_encode(access_.key.reveal()));
}

http::Response OpenWhiskClient::send(const std::string& method, const std::string& url, const json::object* body,
                                     const Allowed& allowed) const {
  const auto credential = this->credential();
  auto request = http::Request(method, url).timeout(kLongest).header("Accept", "application/json");
  if (access_.token) {
    request = std::move(request).bearer(credential).header("x-namespace-id", access_.name_space);
  } else if (!credential.empty()) {
    request = std::move(request).header("Authorization", cat("Basic ", credential.reveal()));
  }
  if (body != nullptr) request = std::move(request).json(*body);
  auto response = request.send(transport_);
  if (response.ok() || allowed(response)) return response;
  const auto password = password_of(access_.key);
  throw refusal(method, url, response, {&access_.key, &credential, &password}, access_.token.has_value());
}

json::value OpenWhiskClient::answer(const std::string& method, const std::string& url, const json::object* body) const {
  return json_of(send(method, url, body));
}

json::array OpenWhiskClient::list(const std::string& collection) const {
  json::array all;
  std::size_t bytes = 0;
  for (std::size_t skip = 0;; skip += kPage) {
    const auto response = send("GET", in_namespace(cat(collection, "?limit=", kPage, "&skip=", skip)), nullptr);
    auto page = json_of(response);
    if (!page.is_array())
      throw Error::failure("invalid_response_body", cat("The list of ", collection, " is not a list."))
          .hint("Check that this is the API of OpenWhisk; `adit info` shows the host.");
    bytes += response.body().size();
    const auto size = page.get_array().size();
    if (skip + size > kMostEntities || bytes > kMostListBytes)
      throw Error::failure("invalid_response_body", cat("The list of ", collection, " does not end: it has more than ",
                                                        kMostEntities, " entities or ", kMostListBytes >> 20U, " MiB."))
          .hint("Check that this is the API of OpenWhisk; `adit info` shows the host.");
    for (auto& entity : page.get_array())
      if (entity.is_object()) all.push_back(std::move(entity));
    if (size < kPage) return all;
  }
}

std::optional<json::object> OpenWhiskClient::find(const std::string& path) const {
  const auto response = send("GET", in_namespace(path), nullptr, is_missing);
  if (response.status() == 404) return std::nullopt;
  auto value = response.json();
  return value.is_object() ? std::move(value.get_object()) : json::object();
}

json::value OpenWhiskClient::get(const std::string& path) const { return answer("GET", in_namespace(path), nullptr); }

json::value OpenWhiskClient::put(const std::string& path, const json::object& body) const {
  return answer("PUT", in_namespace(cat(path, "?overwrite=true")), &body);
}

json::value OpenWhiskClient::post(const std::string& path, const json::object& body) const {
  return answer("POST", in_namespace(path), &body);
}

bool OpenWhiskClient::remove(const std::string& path) const {
  return send("DELETE", in_namespace(path), nullptr, is_missing).ok();
}

json::value OpenWhiskClient::invoke(std::string_view name_space, std::string_view action,
                                    const json::object& params) const {
  const auto url = cat(access_.base, "/api/v1/namespaces/", percent_encode(name_space), "/actions/",
                       encoded_path(action), "?blocking=true");
  // 502 with an object: the action has failed, and the body is its activation record.
  const auto has_record = [](const http::Response& response) {
    const auto value = response.status() == 502 ? try_parse_json(response.body()) : std::nullopt;
    return value && value->is_object();
  };
  return send("POST", url, &params, has_record).json();
}

std::string OpenWhiskClient::own_namespace() const {
  const auto names = answer("GET", cat(access_.base, "/api/v1/namespaces"), nullptr);
  if (names.is_array() && !names.get_array().empty() && names.get_array().front().is_string())
    return std::string(names.get_array().front().get_string());
  return access_.name_space;
}

json::value OpenWhiskClient::get_apis() const {
  return answer("GET", cat(access_.base, "/api/v1/web/whisk.system/apimgmt/getApi.http"), nullptr);
}

void OpenWhiskClient::create_api(const json::object& body, const std::string& response_type) const {
  answer("POST",
         cat(access_.base, "/api/v1/web/whisk.system/apimgmt/createApi.http?responsetype=", form_encode(response_type)),
         &body);
}

void OpenWhiskClient::delete_api(const std::string& base_path, const std::string& path,
                                 const std::string& method) const {
  answer("DELETE",
         cat(access_.base, "/api/v1/web/whisk.system/apimgmt/deleteApi.http?basepath=", form_encode(base_path),
             "&relpath=", form_encode(path), "&operation=", form_encode(method), "&force=true"),
         nullptr);
}

}  // namespace adit::deploy
