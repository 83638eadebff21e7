#pragma once

#include <string>
#include <string_view>

#pragma GCC visibility push(default)

namespace adit::http {

/// An absolute http or https URL taken apart just as far as origins need it.
struct UrlParts {
  /// `scheme://host[:port]` in normal form.
  std::string origin;
  /// What stands before `@`, encoded as it came: perhaps a password.
  std::string userinfo;
  /// Path, query and fragment as they came.
  std::string rest;

  [[nodiscard]] std::string whole() const;
  /// Of the origin; IPv6 addresses in brackets.
  [[nodiscard]] std::string host() const;
  /// For messages: origin and path, without userinfo, query and fragment, which may hold secrets.
  [[nodiscard]] std::string shown() const;
};

/// Throws Error `invalid_url` (configuration), whose message does not quote the URL.
[[nodiscard]] UrlParts split_url(std::string_view url);

}  // namespace adit::http

#pragma GCC visibility pop
