#include "credentials/ims_contexts.h"

#include <algorithm>
#include <array>
#include <map>

#include "adit/error.h"

#include "base/text/text.h"
#include "credentials/credential_names.h"
#include "credentials/secret_text.h"

namespace adit {
namespace {

constexpr std::string_view kPrefix = "aio_ims_contexts_";

/// A key of a context, and the settings with the same meaning; a name is empty if that kind has no such setting.
struct Key {
  std::string_view key;
  std::string_view oauth;
  std::string_view jwt;
};
constexpr std::array<Key, 11> kKeys = {{{"client_id", "IMS_OAUTH_S2S_CLIENT_ID", "JWT_CLIENT_ID"},
                                        {"client_secret", "IMS_OAUTH_S2S_CLIENT_SECRET", "JWT_CLIENT_SECRET"},
                                        {"client_secrets", "IMS_OAUTH_S2S_CLIENT_SECRET", "JWT_CLIENT_SECRET"},
                                        {"ims_org_id", "IMS_OAUTH_S2S_ORG_ID", "JWT_IMS_ORG"},
                                        {"org_id", "IMS_OAUTH_S2S_ORG_ID", "JWT_IMS_ORG"},
                                        {"scopes", "IMS_OAUTH_S2S_SCOPES", ""},
                                        {"technical_account_id", "", "JWT_TECHNICAL_ACCOUNT_ID"},
                                        {"meta_scopes", "", "JWT_METASCOPES"},
                                        {"metascopes", "", "JWT_METASCOPES"},
                                        {"private_key", "", "JWT_PRIVATE_KEY"},
                                        {"passphrase", "", "JWT_PRIVATE_KEY_PASSPHRASE"}}};

/// Splits `shelfsrv_client__id` into the context shelfsrv and its key client_id: a single `_` is a separator, and a
/// double one represents `_`.
std::optional<std::pair<std::string, std::string>> context_and_key(std::string_view text) {
  std::vector<std::string> parts(1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '_') {
      parts.back() += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '_') {
      parts.back() += '_';
      ++at;
    } else {
      parts.emplace_back();
    }
  }
  if (parts.size() != 2 || parts[0].empty()) return std::nullopt;
  return std::pair(std::move(parts[0]), std::move(parts[1]));
}

using Values = std::map<std::string, Environment::Variable, std::less<>>;

std::map<std::string, Values> values_by_context(const Environment& environment) {
  std::map<std::string, Values> contexts;
  for (const auto& name : environment.names(kPrefix)) {
    const auto lower = to_lower(name);
    const auto found = context_and_key(std::string_view(lower).substr(kPrefix.size()));
    if (!found) continue;
    auto variable = *environment.find(name);
    // The value may be a list of secrets; IMS and actions accept only one secret.
    if (found->second == "client_secret" || found->second == "client_secrets")
      variable.value = WipedString(first_secret(variable.value));
    if (!trim(variable.value).empty()) contexts[found->first].emplace(found->second, std::move(variable));
  }
  return contexts;
}

bool has_credential(const Environment& environment) {
  const auto is_set = [&environment](const std::string& name) { return environment.origin_of(name).has_value(); };
  return std::ranges::any_of(oauth_names(), is_set) || std::ranges::any_of(jwt_names(), is_set);
}

bool has_secret(const Values& values) { return values.contains("client_secret") || values.contains("client_secrets"); }

/// Whether these are values of a server-to-server credential: not of an API key, nor of one with which users log in.
/// One without a secret is recognised by what only such credentials have.
bool is_server_to_server(const Values& values) {
  const auto is_redirect = [](const auto& value) { return value.first.find("redirect_uri") != std::string::npos; };
  if (!values.contains("client_id") || std::ranges::any_of(values, is_redirect)) return false;
  return has_secret(values) || values.contains("technical_account_id") || values.contains("scopes");
}

/// `aio app use` writes the same values once for each of a workspace's credentials.
bool is_same(const ImsContext& a, const ImsContext& b) {
  return std::ranges::equal(a.settings, b.settings, [](const auto& one, const auto& other) {
    return one.first == other.first && one.second.value == other.second.value;
  });
}

ImsContext to_settings(const std::string& name, const Values& values) {
  const bool is_jwt = values.contains("private_key") || values.contains("meta_scopes") || values.contains("metascopes");
  ImsContext context{name, {}};
  for (const auto& key : kKeys) {
    const auto setting = is_jwt ? key.jwt : key.oauth;
    const auto value = values.find(key.key);
    const auto known = std::find_if(context.settings.begin(), context.settings.end(),
                                    [setting](const auto& one) { return one.first == setting; });
    if (!setting.empty() && value != values.end() && known == context.settings.end())
      context.settings.emplace_back(setting, value->second);
  }
  return context;
}

}  // namespace

std::vector<ImsContext> ims_contexts(const Environment& environment) {
  const auto all = values_by_context(environment);
  const bool any_secret = std::ranges::any_of(
      all, [](const auto& one) { return is_server_to_server(one.second) && has_secret(one.second); });
  std::vector<ImsContext> found;
  for (const auto& [name, values] : all) {
    if (!is_server_to_server(values) || (any_secret && !has_secret(values))) continue;
    auto context = to_settings(name, values);
    if (std::ranges::none_of(found, [&context](const auto& known) { return is_same(known, context); }))
      found.push_back(std::move(context));
  }
  return found;
}

std::optional<Environment> with_ims_context(const Environment& environment) {
  if (has_credential(environment)) return std::nullopt;
  auto contexts = ims_contexts(environment);
  if (contexts.empty()) return std::nullopt;
  if (contexts.size() > 1) {
    std::vector<std::string> names;
    names.reserve(contexts.size());
    for (const auto& context : contexts) names.push_back(context.name);
    throw Error::configuration(
        "ambiguous_credential",
        cat("The settings AIO_ims_contexts_… hold several credentials: ", join(names, ", "), "."))
        .hint("Write the one that you want to use to IMS_OAUTH_S2S_CLIENT_ID, _CLIENT_SECRET, _ORG_ID and _SCOPES.")
        .at(contexts.front().settings.front().second.origin);
  }
  auto result = environment;
  for (auto& [name, variable] : contexts.front().settings) result.set_override(name, std::move(variable));
  return result;
}

}  // namespace adit
