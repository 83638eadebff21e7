#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/base/environment.h"
#include "adit/http/endpoints.h"

#pragma GCC visibility push(default)

namespace adit::api {

/// The hosts that get a token, an API key and an organisation's id.
///
/// A pattern is one of
///  - `*.example.com`: every host below example.com (not example.com itself), https, port 443;
///  - `api.example.com` or `api.example.com:8443`: that host, https;
///  - `http://127.0.0.1:9001`: that origin; plain http only for this machine (127.0.0.0/8, [::1], localhost).
///
/// Adobe's: `*.adobe.io`, `*.adobe.com`, `*.adobelogin.com`. Not among them, for anybody may serve there:
/// `*.adobeio-static.net` and `*.adobeioruntime.net` (App Builder applications), `*.adobeaemcloud.com`.
///
/// Over plain http nothing goes but to this machine: to an http origin that was named, or that ADIT_ENDPOINTS sends one
/// of these hosts to. A URL that carries a user name gets nothing: it has credentials of its own, or hides its host. A
/// value; thread-safe as std::vector.
class ApiHosts {
 public:
  /// None.
  ApiHosts() = default;
  /// Adobe's.
  static ApiHosts adobe();
  /// Adobe's and those of ADIT_API_HOSTS, a list with commas; the origins that `routes` sends them to count too.
  /// Throws Error `invalid_api_hosts` (configuration).
  static ApiHosts from_environment(const Environment& environment, const http::Endpoints& routes = {});

  /// Throws Error `invalid_api_hosts` (configuration) for what is no pattern, or one too wide (`*`, `*.com`).
  ApiHosts& add(std::string_view pattern);
  /// Lets the origins that these routes send our hosts to have what those have, where they are on this machine or
  /// https: the same server under its own name.
  ApiHosts& add_targets(const http::Endpoints& routes);

  /// False too for a text that is no http or https URL.
  [[nodiscard]] bool contains(std::string_view url) const;
  [[nodiscard]] const std::vector<std::string>& patterns() const { return patterns_; }

 private:
  std::vector<std::string> patterns_;
  /// ".example.com"
  std::vector<std::string> domains_;
  /// In normal form.
  std::vector<std::string> origins_;
};

}  // namespace adit::api

#pragma GCC visibility pop
