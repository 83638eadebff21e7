#include "credentials/console_file.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "adit/base64.h"
#include "adit/credentials.h"
#include "adit/error.h"
#include "adit/json.h"

#include "base/text/text.h"
#include "credentials/certificate_expiry.h"
#include "credentials/key_text.h"
#include "credentials/secret_text.h"

namespace adit {
namespace {

/// Returns the object at a path such as `a.b.c`, or nullptr.
const json::object* object_at(const json::object& root, std::initializer_list<std::string_view> path) {
  const auto* at = &root;
  for (const auto name : path) {
    const auto* value = at->if_contains(name);
    at = value == nullptr ? nullptr : value->if_object();
    if (at == nullptr) return nullptr;
  }
  return at;
}

const json::value* member(const json::object& object, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    for (const auto& [key, value] : object) {
      if (equals_ignoring_case(key, name)) return &value;
    }
  }
  return nullptr;
}

std::string text_of(const json::value* value) {
  if (value == nullptr) return {};
  if (value->is_string()) return std::string(value->get_string());
  return {};
}

/// Returns a string, or all strings of an array.
std::vector<std::string> texts_of(const json::value* value) {
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  if (value->is_string()) texts.emplace_back(value->get_string());
  if (value->is_array()) {
    for (const auto& item : value->get_array()) {
      if (item.is_string()) texts.emplace_back(item.get_string());
    }
  }
  return texts;
}

enum class Kind { jwt, oauth };

struct Found {
  Kind kind;
  std::string name;
  const json::object* values;
};

std::optional<Kind> kind_of(const json::object& object) {
  if (member(object, {"client_id", "api_key"}) == nullptr) return std::nullopt;
  const bool jwt = member(object, {"meta_scopes", "metascopes", "private_key"}) != nullptr;
  const bool oauth = member(object, {"scopes", "client_secrets"}) != nullptr;
  if (jwt) return Kind::jwt;
  if (oauth) return Kind::oauth;
  if (member(object, {"technical_account_id"}) != nullptr) return Kind::jwt;
  return member(object, {"client_secret"}) != nullptr ? std::optional(Kind::oauth) : std::nullopt;
}

/// Returns `https://HOST` for an IMS that is written as HOST or as an https URL without a path; nullopt for other text.
std::optional<std::string> ims_origin(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::string_view kPort = ":443";
  auto host = to_lower(trim(text));
  if (host.starts_with(kScheme)) host.erase(0, kScheme.size());
  if (host.ends_with('/')) host.pop_back();
  if (host.ends_with(kPort)) host.resize(host.size() - kPort.size());
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-.";
  if (host.empty() || host.find_first_not_of(kLetters) != std::string::npos) return std::nullopt;
  return cat(kScheme, host);
}

class Reader {
 public:
  Reader(const json::object& root, const std::string& shown, const std::optional<std::string>& wanted)
      : root_(root), shown_(shown), wanted_(wanted) {}

  ConsoleFile read() {
    if (const auto* org = object_at(root_, {"project", "org"})) org_ = text_of(member(*org, {"ims_org_id"}));
    find_in_workspace();
    find_in_contexts();
    find_in_integration();
    if (const auto kind = kind_of(root_)) found_.push_back({*kind, "", &root_});
    const auto* jwt = choose(Kind::jwt);
    const auto* oauth = choose(Kind::oauth);
    if (wanted_ && jwt == nullptr && oauth == nullptr) throw unknown_credential();
    if (jwt != nullptr) add_jwt(*jwt->values);
    if (oauth != nullptr) add_oauth(*oauth->values);
    add_service_api_key(jwt, oauth);
    add_runtime();
    add_access_token();
    if (file_.settings.empty()) {
      throw Error::configuration("unknown_console_file", cat(shown_, " contains no credential that adit knows."))
          .hint(cat(
              file_.notes.empty() ? "" : cat("adit ", join(file_.notes, "; "), ". "),
              "adit imports the Developer Console's workspace file, its download of one credential, config.zip, an aio CLI's .aio, and the service credentials and local development tokens of AEM as a Cloud Service."));
    }
    return std::move(file_);
  }

 private:
  void find_in_workspace() {
    const auto* details = object_at(root_, {"project", "workspace", "details"});
    const auto* credentials = details == nullptr ? nullptr : details->if_contains("credentials");
    if (credentials == nullptr || !credentials->is_array()) return;
    for (const auto& item : credentials->get_array()) {
      const auto* credential = item.if_object();
      if (credential == nullptr) continue;
      const auto name = text_of(member(*credential, {"name"}));
      const auto* oauth = object_at(*credential, {"oauth_server_to_server"});
      const auto* jwt = object_at(*credential, {"jwt"});
      // A credential that is being migrated (`oauth_server_to_server_migrate`) has both.
      if (oauth != nullptr) found_.push_back({Kind::oauth, name, oauth});
      if (jwt != nullptr) found_.push_back({Kind::jwt, name, jwt});
      if (oauth == nullptr && jwt == nullptr) note_skipped(name, text_of(member(*credential, {"integration_type"})));
    }
  }

  void note_skipped(const std::string& name, const std::string& kind) {
    // `aio app use` writes the names of credentials to .aio, and their values to .env.
    const bool ours = kind == "service" || kind.starts_with("oauth_server_to_server");
    file_.notes.push_back(cat("skipped the credential '", name, "': ",
                              ours ? "its values are not in this file; import the Developer Console's own download"
                                   : cat("its kind, ", kind, ", is not for server-to-server use")));
  }

  void find_in_contexts() {
    const auto* contexts = object_at(root_, {"ims", "contexts"});
    if (contexts == nullptr) contexts = object_at(root_, {"$ims"});  // before version 4 of the aio CLI
    if (contexts == nullptr) return;
    for (const auto& [name, value] : *contexts) {
      const auto* context = value.if_object();
      if (context == nullptr) continue;
      if (const auto kind = kind_of(*context)) {
        found_.push_back({*kind, std::string(name), context});
      } else if (!name.starts_with("$") && name != "config") {
        file_.notes.push_back(cat("skipped the context '", std::string_view(name), "': it contains no credential"));
      }
    }
  }

  /// AEM's Developer Console writes `technicalAccount.clientId`, `org`, `id`, and one string of metascopes that are
  /// only names.
  void find_in_integration() {
    const auto* integration = object_at(root_, {"integration"});
    const auto* account = integration == nullptr ? nullptr : object_at(*integration, {"technicalAccount"});
    if (account == nullptr) return;
    integration_["client_id"] = text_of(member(*account, {"clientId"}));
    integration_["client_secret"] = text_of(member(*account, {"clientSecret"}));
    integration_["technical_account_id"] = text_of(member(*integration, {"id"}));
    integration_["org_id"] = text_of(member(*integration, {"org"}));
    if (const auto* scopes = member(*integration, {"metascopes"})) integration_["metascopes"] = *scopes;
    if (const auto* key = member(*integration, {"privateKey"})) integration_["private_key"] = *key;
    integration_["ims_endpoint"] = text_of(member(*integration, {"imsEndpoint"}));
    integration_["certificate"] = text_of(member(*integration, {"publicKey"}));
    integration_["certificate_expires"] = text_of(member(*integration, {"certificateExpirationDate"}));
    found_.push_back({Kind::jwt, "integration", &integration_});
  }

  /// A local development token of AEM's Developer Console: `{"ok":true,"accessToken":"…"}`.
  void add_access_token() {
    if (root_.contains("integration")) return;
    add("AEM_ACCESS_TOKEN", text_of(member(root_, {"accessToken"})));
  }

  [[nodiscard]] const Found* choose(Kind kind) const {
    std::vector<const Found*> all;
    for (const auto& one : found_) {
      if (one.kind != kind) continue;
      if (wanted_ && one.name != *wanted_ && text_of(member(*one.values, {"client_id", "api_key"})) != *wanted_)
        continue;
      all.push_back(&one);
    }
    if (all.empty()) return nullptr;
    if (all.size() > 1) {
      throw Error::configuration("ambiguous_credential",
                                 cat(shown_, " contains ", all.size(), " credentials of one kind."))
          .hint(cat("Name one with --credential: ", join(names(), ", "), "."));
    }
    return all.front();
  }

  /// Returns the names of the credentials, each once, at most kMaxNames.
  [[nodiscard]] std::vector<std::string> names() const {
    constexpr std::size_t kMaxNames = 20;
    std::vector<std::string> names;
    for (const auto& one : found_) {
      if (names.size() == kMaxNames) return names;
      auto name = one.name.empty() ? text_of(member(*one.values, {"client_id", "api_key"})) : one.name;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
    return names;
  }

  [[nodiscard]] Error unknown_credential() const {
    return Error::configuration("unknown_credential", cat(shown_, " contains no credential of that name."))
        .hint(found_.empty() ? "It contains none." : cat("It contains: ", join(names(), ", "), "."));
  }

  /// `aio app use` always writes this setting, and the templates of Adobe's tools use it (`apiKey: $SERVICE_API_KEY`).
  void add_service_api_key(const Found* jwt, const Found* oauth) {
    if (object_at(root_, {"project", "workspace", "details"}) == nullptr) return;
    const auto* credential = oauth != nullptr ? oauth : jwt;
    if (credential != nullptr) add("SERVICE_API_KEY", text_of(member(*credential->values, {"client_id", "api_key"})));
  }

  void add(const char* name, std::string value) {
    if (!value.empty()) file_.settings.push_back({name, Secret::taken_from(value)});
  }

  /// Adds a part without which the credential does not work, or reports that the file does not contain it.
  void add_part(const char* name, std::string_view part, std::string value) {
    if (value.empty()) {
      file_.missing.push_back(
          {name, cat("the ", part, " not in this file: copy ", part.ends_with("are") ? "them" : "it",
                     " from the credential's page in the Developer Console into ", name)});
    } else {
      add(name, std::move(value));
    }
  }

  [[nodiscard]] std::string org_of(const json::object& credential) const {
    auto org = text_of(member(credential, {"org_id", "ims_org_id", "ims_org", "orgid"}));
    return org.empty() ? org_ : org;
  }

  /// Returns the first of several secrets. The Console lists the newest last; IMS accepts all of them.
  [[nodiscard]] static std::string secret_of(const json::object& credential) {
    const auto* secrets = member(credential, {"client_secret", "client_secrets"});
    for (auto& text : texts_of(secrets)) {
      auto secret = first_secret(text);
      wipe(text.data(), text.size());
      if (!secret.empty()) return secret;
    }
    if (secrets == nullptr || !secrets->is_array()) return {};
    // The API of the Developer Console answers with objects: {"client_secret":"…","uuid":"…"}.
    for (const auto& item : secrets->get_array()) {
      const auto* object = item.if_object();
      if (object == nullptr) continue;
      if (auto secret = text_of(member(*object, {"client_secret"})); !secret.empty()) return secret;
    }
    return {};
  }

  void add_jwt(const json::object& credential) {
    add_part("JWT_CLIENT_ID", "client id is", text_of(member(credential, {"client_id", "api_key"})));
    add_part("JWT_CLIENT_SECRET", "client secret is", secret_of(credential));
    add_part("JWT_TECHNICAL_ACCOUNT_ID", "technical account id is",
             text_of(member(credential, {"technical_account_id"})));
    add_part("JWT_IMS_ORG", "organisation id is", org_of(credential));
    add_part("JWT_METASCOPES", "metascopes are",
             join(texts_of(member(credential, {"meta_scopes", "metascopes"})), ","));
    add_ims(credential);
    auto lines = texts_of(member(credential, {"private_key"}));
    if (!lines.empty()) {
      auto text = join(lines, "\n");
      const auto passphrase = Secret(text_of(member(credential, {"passphrase"})));
      const auto name = cat(shown_, "'s private_key");
      const auto held = Secret::taken_from(text);
      // The file may come from another person; it must not make adit read one of the user's own keys.
      if (key_file_named_by(without_wrapping(held.reveal()).reveal(), "."))
        throw Error::configuration("invalid_key", cat(name, " is the path of a file, not a key."))
            .hint("Put the key itself there, or print it as a line for .env: adit key encode FILE");
      const auto key = read_private_key(held, passphrase, name);
      add("JWT_PRIVATE_KEY", base64_encode(key.key.to_pem().reveal()));
      add_certificate(credential, key.key.public_key());
    } else {
      file_.missing.push_back(
          {"JWT_PRIVATE_KEY", "the private key is not in this file: adit import config.zip, or adit key encode"});
    }
  }

  /// Adds the expiry of the key's certificate: from the certificate, or, if there is none, from the file.
  void add_certificate(const json::object& credential, const jwt::PublicKey& key) {
    const auto said = text_of(member(credential, {"certificate_expires"}));
    auto ends = parse_utc_time(said);
    const auto pem = text_of(member(credential, {"certificate"}));
    if (pem.find("BEGIN CERTIFICATE-----") != std::string::npos) {
      const auto certificate = jwt::Certificate::read(pem);
      if (!(certificate.public_key() == key)) {
        throw Error::configuration("key_mismatch", cat(shown_, "'s key and certificate do not belong together."))
            .hint("Download it again.");
      }
      ends = certificate.not_after();
    }
    if (ends) add(kCertificateExpiry, to_rfc3339(*ends));
    if (!ends && !said.empty())
      file_.notes.emplace_back("the date at which the certificate ends cannot be read, so adit cannot warn of it");
  }

  /// Adds the IMS that issued the credential: its secret must not be sent to another one.
  void add_ims(const json::object& credential) {
    const auto endpoint = text_of(member(credential, {"ims_endpoint"}));
    if (trim(endpoint).empty()) return;
    const auto origin = ims_origin(endpoint);
    if (!origin) {
      throw Error::configuration("unknown_console_file", cat(shown_, "'s imsEndpoint is not the name of a host."))
          .hint("It is ims-na1.adobelogin.com in a file of a production environment. Download it again.");
    }
    const bool prod = *origin == "https://ims-na1.adobelogin.com";
    const bool stage = *origin == "https://ims-na1-stg1.adobelogin.com";
    add("ADIT_IMS", prod ? "prod" : stage ? "stage" : *origin);
  }

  void add_oauth(const json::object& credential) {
    add_part("IMS_OAUTH_S2S_CLIENT_ID", "client id is", text_of(member(credential, {"client_id", "api_key"})));
    add_part("IMS_OAUTH_S2S_CLIENT_SECRET", "client secret is", secret_of(credential));
    add_part("IMS_OAUTH_S2S_ORG_ID", "organisation id is", org_of(credential));
    json::array scopes;
    for (const auto& text : texts_of(member(credential, {"scopes"}))) {
      for (const auto& scope : parse_scopes(text)) scopes.emplace_back(scope);
    }
    add_part("IMS_OAUTH_S2S_SCOPES", "scopes are", scopes.empty() ? std::string() : to_json(scopes));
  }

  void add_runtime() {
    if (const auto* details = object_at(root_, {"project", "workspace", "details", "runtime"})) {
      const auto* namespaces = details->if_contains("namespaces");
      if (namespaces != nullptr && namespaces->is_array() && !namespaces->get_array().empty()) {
        const auto& all = namespaces->get_array();
        if (all.size() > 1) file_.notes.emplace_back("there are several Runtime namespaces; the first was taken");
        if (const auto* first = all.front().if_object()) {
          add("AIO_runtime_namespace", text_of(member(*first, {"name"})));
          add("AIO_runtime_auth", text_of(member(*first, {"auth"})));
        }
        return;
      }
    }
    if (const auto* runtime = object_at(root_, {"runtime"})) {
      add("AIO_runtime_namespace", text_of(member(*runtime, {"namespace"})));
      add("AIO_runtime_auth", text_of(member(*runtime, {"auth"})));
      add("AIO_runtime_apihost", text_of(member(*runtime, {"apihost"})));
    }
  }

  const json::object& root_;
  const std::string& shown_;
  const std::optional<std::string>& wanted_;
  std::string org_;
  json::object integration_;
  std::vector<Found> found_;
  ConsoleFile file_;
};

}  // namespace

ConsoleFile read_console_file(const json::value& document, const std::string& shown,
                              const std::optional<std::string>& credential) {
  const auto* root = document.if_object();
  if (root == nullptr) {
    throw Error::configuration("unknown_console_file",
                               cat(shown, " is not a JSON object, so it contains no credential."))
        .hint("Give a download of the Developer Console, or an aio CLI's .aio.");
  }
  return Reader(*root, shown, credential).read();
}

}  // namespace adit
