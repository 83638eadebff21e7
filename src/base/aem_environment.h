#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adit {

/// One environment of AEM as a Cloud Service. Its own Developer Console issues Service Account (JWT) credentials, whose
/// client ids begin with the environment: `cm-p{program}-e{environment}-…`. Adobe excepts them from the end of JWT
/// credentials:
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

/// The environment that a client id names; `nullopt` if it is not one of AEM's.
[[nodiscard]] std::optional<AemEnvironment> aem_environment_of_client(std::string_view client_id);

/// The environment whose author or publish service has this host name (lower case); `nullopt` for any other host, also
/// one below adobeaemcloud.com.
[[nodiscard]] std::optional<AemEnvironment> aem_environment_of_host(std::string_view host);

}  // namespace adit
