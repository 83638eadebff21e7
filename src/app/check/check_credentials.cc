#include "app/check/check_credentials.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "adit/credentials.h"
#include "adit/secret.h"

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "app/check/credential_setting.h"
#include "app/check/join_findings.h"
#include "app/check/mapping_edit.h"
#include "app/inputs/inputs.h"
#include "base/aem_environment.h"
#include "base/text/text.h"
#include "credentials/certificate_expiry.h"
#include "credentials/credential_names.h"
#include "credentials/ims_contexts.h"
#include "credentials/key_setting.h"
#include "credentials/missing_settings.h"
#include "credentials/secret_text.h"

namespace adit::app {
namespace {

/// The metascopes that https://developer.adobe.com/developer-console/docs/guides/authentication/JWT/Scopes/ lists, and
/// others that Adobe's own projects use.
const std::array<std::string, 24> kMetascopes = {"ent_analytics_bulk_ingest_sdk",
                                                 "ent_dataservices_sdk",
                                                 "ent_campaign_sdk",
                                                 "ent_marketing_sdk",
                                                 "ent_reactor_sdk",
                                                 "ent_reactor_admin_sdk",
                                                 "ent_reactor_developer_sdk",
                                                 "ent_reactor_it_admin_sdk",
                                                 "ent_reactor_approver_sdk",
                                                 "ent_reactor_extension_developer_sdk",
                                                 "ent_user_sdk",
                                                 "ent_adobeio_sdk",
                                                 "ent_stocksearch_sdk",
                                                 "ent_default_sdk",
                                                 "ent_ccas_sdk",
                                                 "ent_documentcloud_sdk",
                                                 "ent_cloudmgr_sdk",
                                                 "ent_aem_cloud_api",
                                                 "ent_audiencemanagerplatform_sdk",
                                                 "ent_smartcontent_sdk",
                                                 "ent_sensei_image_sdk",
                                                 "ent_gdpr_sdk",
                                                 "asset_compute_meta",
                                                 "event_receiver_api"};

SourcePosition origin_of(const CheckSubject& subject, std::string_view name) {
  const auto* variable = subject.environment.find(name);
  return variable == nullptr ? SourcePosition{subject.env_file.path, 0, 0} : variable->origin;
}

bool is_given(const CheckSubject& subject, std::string_view name) {
  const auto value = subject.environment.get_or(name, "");
  // `[]` is a value that contains no scope.
  if (name == "JWT_METASCOPES" || name == "IMS_OAUTH_S2S_SCOPES") return !parse_scopes(value).empty();
  return !trim(value).empty();
}

/// Returns the first words of the advice. If the name in a line of .env resembles that of a missing setting, they ask
/// whether it was meant.
std::string begin_of_advice(const CheckSubject& subject, const std::vector<std::string>& absent) {
  for (const auto& entry : subject.env_file.entries) {
    if (is_credential_setting(entry.key) || entry.key == "JWT_PRIVATE_KEY_PASSPHRASE") continue;
    if (const auto meant = nearest(entry.key, absent))
      return cat("Is ", entry.key, " in line ", entry.line, " meant for ", *meant, "? Otherwise put ");
  }
  return "Put ";
}

/// Returns true if all settings of the credential are given; reports a finding if only some of them are.
bool check_set(const CheckSubject& subject, std::string_view kind, const std::vector<std::string>& names,
               CheckReport& report) {
  std::vector<std::string> absent;
  std::vector<std::string> empty;
  const std::string* first = nullptr;
  for (const auto& name : names) {
    if (is_given(subject, name)) {
      if (first == nullptr) first = &name;
    } else {
      (subject.environment.find(name) == nullptr ? absent : empty).push_back(name);
    }
  }
  if (first == nullptr) return false;
  if (absent.empty() && empty.empty()) return true;
  const bool one = absent.size() + empty.size() == 1;
  report.findings.push_back({"credential_incomplete", Severity::error, origin_of(subject, *first),
                             cat("The ", kind, " credential is incomplete. ", list_missing(absent, empty)),
                             cat(begin_of_advice(subject, absent), one ? "its value" : "their values", " into ",
                                 subject.env_file.path, "; the Developer Console shows ", one ? "it." : "them.")});
  return false;
}

void check_private_key(const CheckSubject& subject, CheckReport& report) {
  if (!is_given(subject, "JWT_PRIVATE_KEY")) return;
  const auto where = origin_of(subject, "JWT_PRIVATE_KEY");
  try {
    const auto found = read_key_setting(subject.environment, "JWT_PRIVATE_KEY");
    if (found.key.type() != jwt::KeyType::rsa) {
      report.findings.push_back({"key_not_rsa", Severity::error, where,
                                 "JWT_PRIVATE_KEY is not an RSA key; IMS accepts only assertions signed with RS256.",
                                 "Give the RSA key whose certificate the credential has."});
      return;
    }
    report.passed.push_back(cat("JWT_PRIVATE_KEY (", where.to_string(), ") is an RSA key: ", found.encoding, "."));
  } catch (const Error& error) {
    report.findings.push_back({error.code(), Severity::error, where, error.message(), error.hint()});
  }
}

/// Returns true if the key in the settings cannot be read without its passphrase.
bool is_encrypted(const CheckSubject& subject) {
  auto without = subject.environment;
  without.set_override("JWT_PRIVATE_KEY_PASSPHRASE", "");
  try {
    (void)read_key_setting(without, "JWT_PRIVATE_KEY");
    return false;
  } catch (const Error& error) {
    return error.code() == "key_encrypted";
  }
}

bool has_input_for(const Action& action, std::string_view variable) {
  return std::any_of(action.inputs.begin(), action.inputs.end(), [variable](const auto& input) {
    if (!input.value().is_string()) return false;
    const auto names = variables_in(input.value().get_string());
    return std::find(names.begin(), names.end(), variable) != names.end();
  });
}

/// An action gets only what its inputs map. With an encrypted key and no passphrase it cannot sign.
void check_passphrase_mapped(const CheckSubject& subject, CheckReport& report) {
  const std::string name = "JWT_PRIVATE_KEY_PASSPHRASE";
  if (!is_given(subject, "JWT_PRIVATE_KEY") || !is_given(subject, name) || !is_encrypted(subject)) return;
  for (const auto* action : subject.project.actions()) {
    if (!has_input_for(*action, "JWT_PRIVATE_KEY") || has_input_for(*action, name)) continue;
    report.findings.push_back(
        joinable({"passphrase_not_mapped", Severity::error, subject.where(*action, "inputs"),
                  cat("The action ", action->full_name(),
                      " gets the private key, which is encrypted, but not its passphrase, though it is set."),
                  cat("Add below `inputs:` of ", action->name, ": `", name, ": $", name, "`."),
                  mapping_edit(subject, *action, name)},
                 *action));
  }
}

void check_identifier(const CheckSubject& subject, std::string_view name, std::string_view ending,
                      CheckReport& report) {
  const auto value = subject.environment.get_or(name, "");
  if (trim(value).empty() || (value.ends_with(ending) && value.size() > ending.size())) return;
  report.findings.push_back({"identifier_shape", Severity::warning, origin_of(subject, name),
                             cat(name, " does not end with ", ending, "."),
                             "Copy it from the Developer Console, including the part after the @."});
}

void report_metascope(const CheckSubject& subject, Severity severity, std::string code, std::string message,
                      std::string change, CheckReport& report) {
  report.findings.push_back(
      {std::move(code), severity, origin_of(subject, "JWT_METASCOPES"), std::move(message), std::move(change)});
}

/// Returns the environment of AEM as a Cloud Service to which the JWT credential belongs.
std::optional<AemEnvironment> aem_of(const CheckSubject& subject) {
  return aem_environment_of_client(trim(subject.environment.get_or("JWT_CLIENT_ID", "")));
}

void check_metascope(const CheckSubject& subject, const std::string& scope, CheckReport& report) {
  constexpr std::string_view kPrefix = "https://ims-na1.adobelogin.com/s/";
  const auto slash = scope.rfind('/');
  const auto name = slash == std::string::npos ? scope : scope.substr(slash + 1);
  const bool known = std::find(kMetascopes.begin(), kMetascopes.end(), name) != kMetascopes.end();
  const auto host = scope.starts_with("https://") ? scope.substr(8, scope.find('/', 8) - 8) : std::string();
  const auto shown_name = nearest(name, kMetascopes) ? name : std::string("NAME");
  // AEM's own Developer Console shows names without a URL, and clients of IMS complete them.
  if (slash == std::string::npos && known && aem_of(subject)) return;
  if (slash == std::string::npos) {
    report_metascope(subject, known ? Severity::note : Severity::warning, "metascope_no_url",
                     cat("A metascope (", described(scope, kMetascopes),
                         ") is not a URL; clients put their IMS's address and /s/ before it."),
                     cat("Write ", kPrefix, shown_name), report);
  } else if (!scope.starts_with("https://") || host.empty() || name.empty() || scope.find("/s/") == std::string::npos) {
    report_metascope(subject, Severity::error, "metascope_no_url",
                     cat("A metascope (", described(scope), ") is not a URL of the form ", kPrefix, "NAME."),
                     cat("Write ", kPrefix, shown_name), report);
    return;
  }
  if (known) return;
  const auto meant = nearest(name, kMetascopes);
  report_metascope(subject, Severity::warning, "metascope_unknown",
                   cat("The metascope (", described(name, kMetascopes), ") is not one that Adobe lists."),
                   meant ? cat("Did you mean '", *meant, "'?")
                         : std::string("Compare it with the credential in the Developer Console."),
                   report);
}

void check_metascopes(const CheckSubject& subject, CheckReport& report) {
  const auto before = report.findings.size();
  const auto scopes = parse_scopes(subject.environment.get_or("JWT_METASCOPES", ""));
  for (const auto& scope : scopes) check_metascope(subject, scope, report);
  if (!scopes.empty() && report.findings.size() == before)
    report.passed.push_back(cat("The metascopes are known: ", scopes.size(), "."));
}

/// Source of the dates:
/// https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/
void report_retired(const CheckSubject& subject, std::string_view first, bool oauth_is_complete, CheckReport& report) {
  report.findings.push_back(
      {"jwt_retired", oauth_is_complete ? Severity::note : Severity::warning, origin_of(subject, first),
       "Adobe has retired Service Account (JWT) credentials: no new ones since 2024-06-03, no new certificates since 2025-06-30, the rest converted to OAuth server-to-server on 2026-03-01.",
       oauth_is_complete
           ? "OAuth is configured, too, and adit uses it; remove the JWT_* lines when nothing needs them."
           : "Run `adit migrate`: the OAuth credential has the same client id, technical account and product profiles. Keep JWT only for another server that accepts it."});
}

/// Credentials in contexts of the aio CLI, which it wrote for years: adit reads them, Adobe's deployment of
/// `include-ims-credentials` does not.
void check_contexts(const CheckSubject& subject, CheckReport& report) {
  const bool has_names = std::any_of(oauth_names().begin(), oauth_names().end(),
                                     [&subject](const auto& name) { return is_given(subject, name); });
  const auto contexts = ims_contexts(subject.environment);
  if (has_names || contexts.empty()) return;
  const auto& first = contexts.front();
  const auto where = first.settings.front().second.origin;
  const auto found = cat("The credential is in the context '", first.name,
                         "' of the aio CLI (AIO_ims_contexts_…), where adit finds it; ");
  if (first.settings.front().first.starts_with("JWT_")) {
    report.findings.push_back(
        {"ims_context", Severity::note, where, cat(found, "Adobe's tools give it to no action."),
         "Do nothing if no action needs it. Otherwise write JWT_CLIENT_ID, JWT_CLIENT_SECRET and the others beside it, and map them below `inputs:`."});
    return;
  }
  const auto actions = subject.project.actions();
  const bool is_deployed = std::any_of(actions.begin(), actions.end(), [](const Action* action) {
    return action->has_annotation("include-ims-credentials");
  });
  report.findings.push_back(
      {"ims_context", is_deployed ? Severity::warning : Severity::note, where,
       cat(found, "Adobe's tools give actions with `include-ims-credentials` only IMS_OAUTH_S2S_*."),
       "Run `aio app use` of a current version, or write IMS_OAUTH_S2S_CLIENT_ID, _CLIENT_SECRET, _ORG_ID and _SCOPES beside it."});
}

/// IMS accepts one secret. adit uses the first of a list; Adobe's tools pass the text to actions unchanged.
void check_secret_lists(const CheckSubject& subject, CheckReport& report) {
  for (const auto* name : {"IMS_OAUTH_S2S_CLIENT_SECRET", "JWT_CLIENT_SECRET"}) {
    const auto value = subject.environment.get_or(name, "");
    const auto first = first_secret(value);
    if (!trim(value).starts_with('[') || first.empty() || first == trim(value)) continue;
    report.findings.push_back(
        {"secret_is_list", Severity::warning, origin_of(subject, name),
         cat("The value of ", name,
             " is a JSON array of secrets. adit uses the first; after deployment an action gets the whole text, which IMS refuses."),
         "Write one secret there, without brackets and quotes."});
  }
}

/// AEM's certificates are valid for a year; `adit import` writes the date of expiry into .env.
void check_certificate(const CheckSubject& subject, CheckReport& report) {
  const auto text = subject.environment.get_or(kCertificateExpiry, "");
  if (trim(text).empty()) return;
  const auto where = origin_of(subject, kCertificateExpiry);
  const auto ends = parse_utc_time(text);
  if (!ends) {
    report.findings.push_back(
        {"certificate_expiry_shape", Severity::warning, where,
         cat(kCertificateExpiry, " is not a time, so adit cannot warn before the certificate expires."),
         "Write it as 2027-01-31T00:00:00Z, or import the credential's file again."});
    return;
  }
  const auto state = certificate_state(*ends, subject.now);
  if (state == CertificateState::valid) {
    report.passed.push_back(cat("The certificate of JWT_PRIVATE_KEY is valid until ", to_rfc3339(*ends), '.'));
    return;
  }
  const bool ended = state == CertificateState::ended;
  report.findings.push_back({ended ? "certificate_ended" : "certificate_ends",
                             ended ? Severity::error : Severity::warning, where,
                             certificate_warning(*ends, subject.now), certificate_advice()});
}

}  // namespace

void check_credentials(const CheckSubject& subject, CheckReport& report) {
  const bool jwt = check_set(subject, "JWT", jwt_names(), report);
  const bool oauth = check_set(subject, "OAuth server-to-server", oauth_names(), report);
  const auto given =
      std::find_if(jwt_names().begin(), jwt_names().end(), [&](const auto& name) { return is_given(subject, name); });
  const auto aem = aem_of(subject);
  if (aem) {
    report.passed.push_back(cat("JWT_CLIENT_ID is of AEM as a Cloud Service (program ", aem->program, ", environment ",
                                aem->environment, "), whose JWT credentials Adobe has not retired."));
  } else if (given != jwt_names().end()) {
    report_retired(subject, *given, oauth, report);
  }
  const auto errors = [&report] {
    return std::count_if(report.findings.begin(), report.findings.end(),
                         [](const Finding& finding) { return finding.severity == Severity::error; });
  };
  const auto before = errors();
  check_private_key(subject, report);
  check_passphrase_mapped(subject, report);
  check_contexts(subject, report);
  check_secret_lists(subject, report);
  check_certificate(subject, report);
  check_identifier(subject, "JWT_TECHNICAL_ACCOUNT_ID", "@techacct.adobe.com", report);
  check_identifier(subject, "JWT_IMS_ORG", "@AdobeOrg", report);
  check_identifier(subject, "IMS_OAUTH_S2S_ORG_ID", "@AdobeOrg", report);
  check_metascopes(subject, report);
  if (jwt && errors() == before) report.passed.push_back("The JWT credential is complete.");
  if (oauth) report.passed.push_back("The OAuth server-to-server credential is complete.");
}

}  // namespace adit::app
