#include "base/aem_environment.h"

#include <algorithm>

#include "base/text/text.h"

namespace adit {
namespace {

constexpr std::string_view kDomain = ".adobeaemcloud.com";

/// Removes `mark` and the digits after it from the front of `text` and returns the digits. Returns an empty string, and
/// changes nothing, if `text` does not begin so.
std::string take_number(std::string_view& text, std::string_view mark) {
  constexpr std::size_t kMostDigits = 20;
  if (!text.starts_with(mark)) return {};
  const auto rest = text.substr(mark.size());
  const auto end = std::find_if_not(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto count = static_cast<std::size_t>(end - rest.begin());
  if (count == 0 || count > kMostDigits) return {};
  text = rest.substr(count);
  return std::string(rest.substr(0, count));
}

/// Removes `p{program}-e{environment}` from the front of `text`.
std::optional<AemEnvironment> take_environment(std::string_view& text) {
  AemEnvironment found;
  found.program = take_number(text, "p");
  if (found.program.empty()) return std::nullopt;
  found.environment = take_number(text, "-e");
  if (found.environment.empty()) return std::nullopt;
  return found;
}

std::string origin(std::string_view service, const AemEnvironment& aem) {
  return cat("https://", service, "-p", aem.program, "-e", aem.environment, kDomain);
}

}  // namespace

std::string AemEnvironment::author() const { return origin("author", *this); }

std::string AemEnvironment::publish() const { return origin("publish", *this); }

std::optional<AemEnvironment> aem_environment_of_client(std::string_view client_id) {
  constexpr std::string_view kMark = "cm-";
  if (!client_id.starts_with(kMark)) return std::nullopt;
  client_id.remove_prefix(kMark.size());
  auto found = take_environment(client_id);
  if (found && !client_id.empty() && !client_id.starts_with('-')) return std::nullopt;
  return found;
}

std::optional<AemEnvironment> aem_environment_of_host(std::string_view host) {
  for (const std::string_view service : {"author-", "publish-"}) {
    if (!host.starts_with(service)) continue;
    auto rest = host.substr(service.size());
    auto found = take_environment(rest);
    if (found && rest == kDomain) return found;
  }
  return std::nullopt;
}

}  // namespace adit
