#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "adit/http.h"
#include "adit/json.h"
#include "adit/secret.h"
#include "adit/token_source.h"

namespace adit::deploy {

/// The server and namespace that a client calls, and its credential.
struct Access {
  /// `https://HOST`, or the deploy service with its path.
  std::string base;
  std::string name_space = "_";
  /// Basic authentication; not used if there is a token.
  Secret key;
  /// Bearer authentication with `x-namespace-id`.
  std::optional<TokenSource> token;
};

/// The client of OpenWhisk's REST API (docs/protocols/openwhisk-api.md): entities and activations of one namespace.
/// Paths are below `/api/v1/namespaces/NS/` and percent-encoded: `actions/p/a`.
///
/// Throws Error (failure) with the HTTP status: `not_authorized` (401, 403), `not_found` (404), `conflict` (409),
/// `too_large` (413), `platform_error`; and what the transport throws.
class OpenWhiskClient {
 public:
  /// `transport` must outlive this.
  OpenWhiskClient(Access access, http::Transport& transport) : access_(std::move(access)), transport_(transport) {}

  /// Reads all entities of a collection (`packages`, `actions`, `triggers`, `rules`), page by page.
  [[nodiscard]] json::array list(const std::string& collection) const;
  /// Returns nullopt if there is no such entity.
  [[nodiscard]] std::optional<json::object> find(const std::string& path) const;
  [[nodiscard]] json::value get(const std::string& path) const;
  /// Creates or replaces an entity.
  json::value put(const std::string& path, const json::object& body) const;
  json::value post(const std::string& path, const json::object& body) const;
  /// Deletes an entity. Returns false if there was none.
  bool remove(const std::string& path) const;
  /// Calls an action of any namespace and waits. Returns the activation's record, or `{"activationId": …}` if it takes
  /// longer than the platform waits.
  json::value invoke(std::string_view name_space, std::string_view action, const json::object& params) const;

  /// Returns the namespace of the key or token (`GET /namespaces`).
  [[nodiscard]] std::string own_namespace() const;

  // The API gateway's calls, which are web actions of `whisk.system`.

  [[nodiscard]] json::value get_apis() const;
  void create_api(const json::object& body, const std::string& response_type) const;
  void delete_api(const std::string& base_path, const std::string& path, const std::string& method) const;

  [[nodiscard]] const Access& access() const { return access_; }

 private:
  /// Returns true for an answer other than 2xx that is returned instead of thrown.
  using Allowed = std::function<bool(const http::Response&)>;

  /// The text after `Basic` or `Bearer`; empty if there is neither key nor token.
  [[nodiscard]] Secret credential() const;
  http::Response send(
      const std::string& method, const std::string& url, const json::object* body,
      const Allowed& allowed = [](const http::Response&) { return false; }) const;
  json::value answer(const std::string& method, const std::string& url, const json::object* body) const;
  [[nodiscard]] std::string in_namespace(const std::string& path) const;

  Access access_;
  http::Transport& transport_;
};

}  // namespace adit::deploy
