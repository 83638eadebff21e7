#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adit/json.h"
#include "adit/secret.h"

namespace adit {

/// One setting for `.env`.
struct ConsoleSetting {
  std::string name;
  Secret value;
};

/// A setting that the credential needs and the file does not contain.
struct MissingSetting {
  std::string name;
  /// What is missing and where to get it, for people.
  std::string note;
};

/// The settings that a downloaded file contains.
struct ConsoleFile {
  std::vector<ConsoleSetting> settings;
  std::vector<MissingSetting> missing;
  /// What was skipped and why, for people.
  std::vector<std::string> notes;
};

/// Reads a credential file of Adobe's tools as settings: under the names that Credentials reads (`JWT_*`,
/// `IMS_OAUTH_S2S_*`), and as `AIO_runtime_namespace`, `AIO_runtime_auth` and `AIO_runtime_apihost`. The files are
///
///  - the Developer Console's workspace file: `project.org.ims_org_id` and `project.workspace.details` with
///    `credentials` (each with `integration_type` and an object `jwt` or `oauth_server_to_server`) and
///    `runtime.namespaces`;
///  - the download of one credential, and the `config.json` of an aio plugin: one object with `client_id`,
///    `client_secret` or `client_secrets`, `org_id` or `ims_org_id`, `technical_account_id`, `scopes` or `meta_scopes`,
///    `private_key`, in any letter case;
///  - an aio CLI's `.aio`: `ims.contexts.NAME` with such an object, `runtime`, `project`;
///  - the service credentials of AEM as a Cloud Service (AEM's own Developer Console): `integration` with
///    `technicalAccount`; also the IMS that it names (`ADIT_IMS`) and the expiry of its certificate
///    (`JWT_CERTIFICATE_EXPIRES`);
///  - its local development token: `accessToken` (`AEM_ACCESS_TOKEN`).
///
/// `document` is the parsed file. If it contains several credentials of one kind, `credential` names the one to read,
/// by its `name`, `client_id` or context. Messages call the file `shown`. Throws Error (configuration)
/// `unknown_console_file`, `ambiguous_credential`, `unknown_credential`. Messages quote no value.
[[nodiscard]] ConsoleFile read_console_file(const json::value& document, const std::string& shown,
                                            const std::optional<std::string>& credential = std::nullopt);

}  // namespace adit
