#include "adit/credentials.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>

#include "adit/base64.h"
#include "adit/error.h"

#include "base/text/text.h"
#include "config/secret_destination.h"
#include "credentials/ims_contexts.h"
#include "credentials/key_setting.h"
#include "credentials/known_keys.h"
#include "credentials/missing_settings.h"
#include "credentials/secret_text.h"
#include "crypto/sha256.h"

namespace adit {
namespace {

constexpr const char* kJwtClientId = "JWT_CLIENT_ID";
constexpr const char* kJwtClientSecret = "JWT_CLIENT_SECRET";
constexpr const char* kJwtTechnicalAccount = "JWT_TECHNICAL_ACCOUNT_ID";
constexpr const char* kJwtOrg = "JWT_IMS_ORG";
constexpr const char* kJwtMetascopes = "JWT_METASCOPES";
constexpr const char* kJwtPrivateKey = "JWT_PRIVATE_KEY";
constexpr const char* kJwtPassphrase = "JWT_PRIVATE_KEY_PASSPHRASE";
constexpr std::array<const char*, 6> kJwtNames{kJwtClientId, kJwtClientSecret, kJwtTechnicalAccount,
                                               kJwtOrg,      kJwtMetascopes,   kJwtPrivateKey};

constexpr const char* kOAuthClientId = "IMS_OAUTH_S2S_CLIENT_ID";
constexpr const char* kOAuthClientSecret = "IMS_OAUTH_S2S_CLIENT_SECRET";
constexpr const char* kOAuthOrg = "IMS_OAUTH_S2S_ORG_ID";
constexpr const char* kOAuthScopes = "IMS_OAUTH_S2S_SCOPES";
constexpr std::array<const char*, 4> kOAuthNames{kOAuthClientId, kOAuthClientSecret, kOAuthOrg, kOAuthScopes};
constexpr std::array<const char*, 3> kJwtSecrets{kJwtClientSecret, kJwtPrivateKey, kJwtPassphrase};
constexpr std::array<const char*, 1> kOAuthSecrets{kOAuthClientSecret};
/// The parameter that Adobe's `include-ims-credentials` adds to an action; its members are in the order of kOAuthNames.
constexpr const char* kOAuthObject = "__ims_oauth_s2s";
constexpr std::array<const char*, 4> kOAuthMembers{"client_id", "client_secret", "org_id", "scopes"};

/// Looks up a setting by name; returns nullopt if it is absent.
using Lookup = std::function<std::optional<WipedString>(const char*)>;

WipedString value_of(const Lookup& lookup, const char* name) { return lookup(name).value_or(WipedString()); }

bool is_list(std::string_view name) { return name.ends_with("SCOPES"); }

bool is_secret(std::string_view name) { return name.ends_with("CLIENT_SECRET"); }

bool is_value(const char* name, const std::string& text) {
  if (is_list(name)) return !parse_scopes(text).empty();
  return is_secret(name) ? !first_secret(text).empty() : !trim(text).empty();
}

/// Which settings of one kind of credential are set. It is cheap to make, because an action makes one or two in each
/// activation; the lists of names are made only for messages.
class Survey {
 public:
  Survey(const Lookup& lookup, std::span<const char* const> names) : names_(names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto value = lookup(names[i]);
      parts_.at(i) = !value ? Part::absent : is_value(names[i], *value) ? Part::given : Part::empty;
    }
  }

  [[nodiscard]] bool complete() const { return !has(Part::absent) && !has(Part::empty); }
  /// Whether any setting of this kind is set, even to an empty value.
  [[nodiscard]] bool begun() const { return has(Part::given) || has(Part::empty); }
  [[nodiscard]] bool nothing_given() const { return !has(Part::given); }

  [[nodiscard]] std::vector<std::string> given() const { return all(Part::given); }
  [[nodiscard]] std::vector<std::string> absent() const { return all(Part::absent); }
  /// The settings that are set to an empty value.
  [[nodiscard]] std::vector<std::string> empty() const { return all(Part::empty); }

 private:
  enum class Part { given, absent, empty };

  [[nodiscard]] bool has(Part part) const {
    return std::find(parts_.begin(), parts_.begin() + names_.size(), part) != parts_.begin() + names_.size();
  }
  [[nodiscard]] std::vector<std::string> all(Part part) const {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (parts_.at(i) == part) found.emplace_back(names_[i]);
    return found;
  }

  std::span<const char* const> names_;
  std::array<Part, kJwtNames.size()> parts_{};
};

std::string trimmed(const Lookup& lookup, const char* name) { return std::string(trim(value_of(lookup, name))); }

Secret secret_in(const Lookup& lookup, const char* name) {
  auto text = first_secret(value_of(lookup, name));
  return Secret::taken_from(text);
}

OAuthCredentials read_oauth(const Lookup& lookup) {
  return {trimmed(lookup, kOAuthClientId), secret_in(lookup, kOAuthClientSecret), trimmed(lookup, kOAuthOrg),
          parse_scopes(value_of(lookup, kOAuthScopes))};
}

JwtCredentials read_jwt(const Lookup& lookup, PrivateKey found) {
  if (found.key.type() != jwt::KeyType::rsa) {
    throw Error::configuration(
        "key_not_rsa", cat(kJwtPrivateKey, " is not an RSA key; IMS accepts only assertions signed with RS256."))
        .hint(
            "Give the RSA key whose certificate the credential has, or make one: openssl req -x509 -newkey rsa:2048 -nodes -keyout private.key -out certificate.crt");
  }
  return {trimmed(lookup, kJwtClientId),
          secret_in(lookup, kJwtClientSecret),
          trimmed(lookup, kJwtTechnicalAccount),
          trimmed(lookup, kJwtOrg),
          parse_scopes(value_of(lookup, kJwtMetascopes)),
          std::move(found.key)};
}

std::string missing_text(std::string_view kind, const Survey& survey) {
  return cat("The ", kind, " credential is incomplete. ", list_missing(survey.absent(), survey.empty()));
}

/// Returns the Error that names the missing settings. `hint` makes the hint for the kind that the message is about.
Error missing_params(const Survey& jwt, const Survey& oauth, std::optional<Grant> grant,
                     const std::function<std::string(const Survey&)>& hint) {
  if (grant == Grant::jwt) {
    return Error::configuration("missing_params", missing_text("JWT", jwt)).hint(hint(jwt));
  }
  if (grant == Grant::oauth) {
    return Error::configuration("missing_params", missing_text("OAuth server-to-server", oauth)).hint(hint(oauth));
  }
  if (!jwt.begun() && !oauth.begun()) {
    return Error::configuration("missing_params",
                                cat("No credential is set. OAuth server-to-server needs ", join(oauth.absent(), ", "),
                                    "; JWT needs ", join(jwt.absent(), ", "), '.'))
        .hint(hint(oauth));
  }
  if (!jwt.begun()) return missing_params(jwt, oauth, Grant::oauth, hint);
  if (!oauth.begun()) return missing_params(jwt, oauth, Grant::jwt, hint);
  return Error::configuration("missing_params",
                              cat(missing_text("OAuth server-to-server", oauth), ' ', missing_text("JWT", jwt)))
      .hint(hint(oauth));
}

/// Returns the kind to use: a complete one, which is that of `grant`, if given. If both are complete, OAuth is used,
/// because Adobe has ended JWT. Returns nullopt if there is none.
std::optional<Grant> choose(const Survey& jwt, const Survey& oauth, std::optional<Grant> grant) {
  if (oauth.complete() && grant != Grant::jwt) return Grant::oauth;
  if (jwt.complete() && grant != Grant::oauth) return Grant::jwt;
  return std::nullopt;
}

std::string list_text(const json::array& list, std::string_view name) {
  std::string text;
  for (const auto& item : list) {
    if (!item.is_string()) {
      throw Error::configuration("invalid_params",
                                 cat("The parameter ", name, " is an array, and an element of it is not a string."))
          .hint("Give a comma-separated string or an array of strings.");
    }
    text += cat(std::string_view(item.get_string()), ',');
  }
  return text;
}

/// Returns a parameter as text. A number is accepted, because YAML reads an identifier of digits as a number.
std::optional<WipedString> text_of(const json::object& object, std::string_view member, std::string_view name) {
  const auto* value = object.if_contains(member);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (value->is_string()) return WipedString(std::string_view(value->get_string()));
  if (value->is_int64() || value->is_uint64()) return to_json(*value);
  if (value->is_array() && is_list(name)) return list_text(value->get_array(), name);
  if (value->is_array() && name.ends_with("_CLIENT_SECRET")) return to_json(*value);
  throw Error::configuration("invalid_params", cat("The parameter ", name, " is not a text."))
      .hint("Give it in quotes.");
}

Lookup lookup_in(const json::object& params) {
  return [&params](const char* name) { return text_of(params, name, name); };
}

Lookup lookup_in_object(const json::object& params) {
  static const json::object kNone;
  const auto* found = params.if_contains(kOAuthObject);
  const json::object& object = found != nullptr && found->is_object() ? found->get_object() : kNone;
  return [&object](const char* name) -> std::optional<WipedString> {
    const auto* const at = std::find(kOAuthNames.begin(), kOAuthNames.end(), std::string_view(name));
    if (at == kOAuthNames.end()) return std::nullopt;
    return text_of(object, kOAuthMembers[static_cast<std::size_t>(at - kOAuthNames.begin())], name);
  };
}

JwtCredentials read_jwt_of(const Environment& environment, const Lookup& lookup) {
  auto key = read_key_setting(environment, kJwtPrivateKey);
  try {
    return read_jwt(lookup, std::move(key));
  } catch (const Error& error) {
    throw Error(error).at(environment.find(kJwtPrivateKey)->origin);
  }
}

/// Returns the first of these variables that a project's file sets, so that messages show where to add the others.
const Environment::Variable* neighbour(const Environment& environment, const std::vector<std::string>& given) {
  for (const auto& name : given) {
    const auto* variable = environment.find(name);
    if (variable != nullptr && variable->source == SettingSource::project) return variable;
  }
  return nullptr;
}

/// Returns the origin of the setting that the user controls most.
std::optional<SettingOrigin> most_trusted(const Environment& environment, std::span<const char* const> names) {
  std::optional<SettingOrigin> found;
  for (const auto* name : names) {
    const auto origin = environment.origin_of(name);
    if (origin) found = found ? more_trusted(*found, *origin) : *origin;
  }
  return found;
}

}  // namespace

Credentials Credentials::from_params(const json::object& params, std::optional<Grant> grant) {
  const Lookup flat = lookup_in(params);
  const Lookup nested = lookup_in_object(params);
  const Survey jwt(flat, kJwtNames);
  Survey oauth(flat, kOAuthNames);
  // The two sets are never mixed: the client id of one does not belong to the secret of the other.
  const Survey oauth_object(nested, kOAuthNames);
  const bool use_object =
      !oauth.complete() && (oauth_object.complete() || (oauth.nothing_given() && oauth_object.begun()));
  if (use_object) oauth = oauth_object;
  const auto chosen = choose(jwt, oauth, grant);
  if (!chosen) {
    throw missing_params(jwt, oauth, grant, [](const Survey& kind) {
      std::vector<std::string> todo;
      const auto absent = kind.absent();
      const auto empty = kind.empty();
      if (!absent.empty()) {
        const auto& first = absent.front();
        todo.push_back(cat("Map ", absent.size() == 1 ? first : std::string("what is missing"),
                           " under the action's inputs, e.g. ", first, ": $", first));
      }
      if (!empty.empty())
        todo.push_back(cat("Give ", join(empty, ", "),
                           " a value in .env or the environment, where the action's inputs take it from."));
      return join(todo, "; ");
    });
  }
  if (*chosen == Grant::oauth) return read_oauth(use_object ? nested : flat);
  // The passphrase is not trimmed, because it may begin or end with a space.
  return read_jwt(flat, known_private_key(Secret(value_of(flat, kJwtPrivateKey)),
                                          Secret(value_of(flat, kJwtPassphrase)), kJwtPrivateKey, "."));
}

Credentials Credentials::from_environment(const Environment& environment, std::optional<Grant> grant) {
  if (const auto with_context = with_ims_context(environment)) return from_environment(*with_context, grant);
  const Lookup lookup = [&environment](const char* name) -> std::optional<WipedString> {
    const auto* variable = environment.find(name);
    return variable == nullptr ? std::nullopt : std::optional(variable->value);
  };
  const Survey jwt(lookup, kJwtNames);
  const Survey oauth(lookup, kOAuthNames);
  const auto chosen = choose(jwt, oauth, grant);
  if (!chosen) {
    const bool about_jwt = grant ? *grant == Grant::jwt : !oauth.begun();
    const auto& about = about_jwt ? jwt : oauth;
    const auto* beside = neighbour(environment, about.given());
    if (beside == nullptr) beside = neighbour(environment, about.empty());
    const std::string file = beside != nullptr ? beside->origin.file : environment.file_path();
    Error error = missing_params(jwt, oauth, grant, [&](const Survey& kind) {
      std::vector<std::string> todo;
      const std::string where = file.empty() ? ".env or to the environment" : file;
      const auto absent = kind.absent();
      if (!absent.empty())
        todo.push_back(
            cat("Add ", join(absent, "=…, "), "=… to ", where, beside == nullptr ? "." : ", beside the others."));
      for (const auto& name : kind.empty())
        todo.push_back(cat("Give ", name, " a value (", environment.find(name)->origin.to_string(), ")."));
      return join(todo, " ");
    });
    if (beside != nullptr) throw Error(std::move(error)).at(beside->origin);
    if (!file.empty()) throw Error(std::move(error)).at(file);
    throw Error(std::move(error));
  }
  const bool is_oauth = *chosen == Grant::oauth;
  auto credentials = is_oauth ? Credentials(read_oauth(lookup)) : Credentials(read_jwt_of(environment, lookup));
  credentials.secret_origin_ =
      is_oauth ? most_trusted(environment, kOAuthSecrets) : most_trusted(environment, kJwtSecrets);
  return credentials;
}

Credentials Credentials::from_env_file(const std::string& path, std::optional<Grant> grant) {
  return from_environment(Environment::process().add_file(EnvFile::read(path)), grant);
}

const std::string& Credentials::client_id() const {
  return std::visit([](const auto& kind) -> const std::string& { return kind.client_id; }, kind_);
}

const Secret& Credentials::client_secret() const {
  return std::visit([](const auto& kind) -> const Secret& { return kind.client_secret; }, kind_);
}

const std::string& Credentials::org_id() const {
  return std::visit([](const auto& kind) -> const std::string& { return kind.org_id; }, kind_);
}

const std::vector<std::string>& Credentials::scopes() const {
  const auto* jwt_kind = jwt();
  return jwt_kind != nullptr ? jwt_kind->metascopes : std::get<OAuthCredentials>(kind_).scopes;
}

namespace {

/// Hashes the length of each text before the text, so that ("ab", "c") and ("a", "bc") have different hashes.
class PartsHash {
 public:
  void add(std::string_view part) {
    std::string length;
    for (int i = 0; i < 8; ++i) length += static_cast<char>(part.size() >> (8 * i));
    hash_.add(length).add(part);
  }

  [[nodiscard]] std::string finish() { return base64url_encode(bytes_of(hash_.finish())); }

 private:
  Sha256 hash_;
};

}  // namespace

std::string Credentials::fingerprint() const {
  PartsHash hash;
  hash.add(grant() == Grant::jwt ? "jwt" : "oauth");
  hash.add(client_id());
  hash.add(client_secret().reveal());
  hash.add(org_id());
  if (const auto* kind = jwt()) {
    hash.add(kind->technical_account_id);
    hash.add(kind->private_key.thumbprint());
  }
  // IMS treats scopes as a set: neither order nor repetition matters.
  std::vector<std::string> names = scopes();
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const auto& name : names) hash.add(name);
  return hash.finish();
}

}  // namespace adit
