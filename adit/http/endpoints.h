#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#pragma GCC visibility push(default)

namespace adit::http {

/// The explicit setting that sends requests for one origin to another: ADIT_ENDPOINTS, `origin=origin` pairs divided by
/// commas, e.g.
/// `https://ims-na1.adobelogin.com=http://127.0.0.1:9001,https://analytics.adobe.io=http://127.0.0.1:9001`.
class Endpoints {
 public:
  Endpoints() = default;
  /// Throws Error `invalid_endpoints` (configuration) that names the pair that is wrong.
  static Endpoints parse(std::string_view text);
  /// From ADIT_ENDPOINTS; none where it is unset. Announces each route in the log once.
  static Endpoints from_process();

  void add(std::string_view from_origin, std::string_view to_origin);
  /// The URL to really use; the same one where no pair matches its origin (scheme, host without letter case, port with
  /// defaults).
  [[nodiscard]] std::string apply(std::string_view url) const;
  [[nodiscard]] bool empty() const { return routes_.empty(); }
  /// As ADIT_ENDPOINTS is written.
  [[nodiscard]] std::string to_string() const;

 private:
  std::vector<std::pair<std::string, std::string>> routes_;
};

/// `scheme://host[:port]` in normal form (lower case, default port left out); throws Error `invalid_url` where `url` is
/// not an absolute http or https URL.
[[nodiscard]] std::string origin_of(std::string_view url);

}  // namespace adit::http

#pragma GCC visibility pop
