#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adit {

/// An environment of AEM as a Cloud Service. AEM's own Developer Console issues Service Account (JWT) credentials whose
/// client ids begin with the environment: `cm-p{program}-e{environment}-…`. Unlike other JWT credentials, these are not
/// retired:
/// https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/migration
struct AemEnvironment {
  std::string program;
  std::string environment;

  /// `https://author-p1-e2.adobeaemcloud.com`
  [[nodiscard]] std::string author() const;
  /// `https://publish-p1-e2.adobeaemcloud.com`
  [[nodiscard]] std::string publish() const;

  friend bool operator==(const AemEnvironment&, const AemEnvironment&) = default;
};

/// Returns the environment that a client id names, or `nullopt` if the id is not one of AEM.
[[nodiscard]] std::optional<AemEnvironment> aem_environment_of_client(std::string_view client_id);

/// Returns the environment whose author or publish service has this host name (in lower case). Returns `nullopt` for
/// any other host, including other hosts below adobeaemcloud.com.
[[nodiscard]] std::optional<AemEnvironment> aem_environment_of_host(std::string_view host);

}  // namespace adit
