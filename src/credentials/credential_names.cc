#include "credentials/credential_names.h"

namespace adit {

const std::vector<std::string>& jwt_names() {
  static const std::vector<std::string> kNames = {"JWT_CLIENT_ID", "JWT_CLIENT_SECRET", "JWT_TECHNICAL_ACCOUNT_ID",
                                                  "JWT_IMS_ORG",   "JWT_METASCOPES",    "JWT_PRIVATE_KEY"};
  return kNames;
}

const std::vector<std::string>& oauth_names() {
  static const std::vector<std::string> kNames = {"IMS_OAUTH_S2S_CLIENT_ID", "IMS_OAUTH_S2S_CLIENT_SECRET",
                                                  "IMS_OAUTH_S2S_ORG_ID", "IMS_OAUTH_S2S_SCOPES"};
  return kNames;
}

}  // namespace adit
