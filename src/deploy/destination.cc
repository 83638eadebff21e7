#include "deploy/destination.h"

#include <algorithm>
#include <cctype>

#include "adit/error.h"
#include "adit/http.h"

#include "base/text/text.h"
#include "config/secret_destination.h"
#include "http/server/local_access.h"

namespace adit::deploy {
namespace {

constexpr std::string_view kAdobeHost = "https://adobeioruntime.net";
constexpr std::string_view kLocalHost = "https://localhost:9080";
constexpr std::string_view kDeployService = "https://deploy-service.app-builder.adp.adobe.io";
constexpr std::string_view kStageDeployService = "https://deploy-service.stg.app-builder.corp.adp.adobe.io";

/// Returns the URL without a slash at its end. Throws Error `invalid_destination` that names the setting.
std::string checked_url(std::string_view text, std::string_view name, const SourcePosition& where) {
  try {
    const auto parts = http::split_url(with_scheme(text));
    if (parts.userinfo.empty() && parts.rest.find_first_of("?#") == std::string::npos) {
      auto rest = parts.rest;
      while (rest.ends_with('/')) rest.pop_back();
      return cat(parts.origin, rest);
    }
  } catch (const Error& error) {
    if (error.code() != "invalid_url") throw;
  }
  throw Error::configuration("invalid_destination", cat(name, " is not the URL of a host."))
      .hint("Write it as https://HOST, without a user, a query or a fragment.")
      .at(where);
}

/// Returns the trimmed namespace. It may have the characters of OpenWhisk's names except spaces, because it is used in
/// hosts and paths. Throws Error `invalid_destination`.
std::string checked_namespace(std::string_view text, const SourcePosition& where) {
  constexpr std::size_t kLongest = 256;  // OpenWhisk's EntityName.ENTITY_NAME_MAX_LENGTH
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '@';
  };
  const auto name = trim(text);
  if (name.size() <= kLongest && std::ranges::all_of(name, fits)) return std::string(name);
  throw Error::configuration("invalid_destination", "AIO_runtime_namespace is not the name of a namespace.")
      .hint("It has letters, digits, and - _ . @; the file from Adobe Developer Console names it.")
      .at(where);
}

std::optional<SettingOrigin> origin(std::string_view name, const Environment::Variable* variable) {
  if (variable == nullptr) return std::nullopt;
  return SettingOrigin{std::string(name), variable->source, variable->origin};
}

bool is_stage(const Environment& environment) {
  const auto* variable = environment.find_ignoring_case("AIO_CLI_ENV");
  return variable != nullptr && variable->value == "stage";
}

/// Sets `write_url` and `write_origin`: for Adobe's platform to the deploy service, otherwise to the API host.
void set_write_url(Destination& to, const Environment& environment) {
  to.write_url = to.api_host;
  to.write_origin = to.host_origin;
  if (to.platform != PlatformKind::adobe) return;
  const auto* service = environment.find("AIO_DEPLOY_SERVICE_URL");
  const bool is_set = service != nullptr && !trim(service->value).empty();
  if (is_set) {
    to.write_url = cat(checked_url(service->value, "AIO_DEPLOY_SERVICE_URL", service->origin), "/runtime");
    to.write_origin = origin("AIO_DEPLOY_SERVICE_URL", service);
  } else {
    to.write_url = cat(is_stage(environment) ? kStageDeployService : kDeployService, "/runtime");
    const auto* stage = environment.find_ignoring_case("AIO_CLI_ENV");
    to.write_origin = is_stage(environment) ? origin("AIO_CLI_ENV", stage) : std::nullopt;
  }
}

}  // namespace

bool is_adobes_runtime(std::string_view host) {
  return host == "adobeioruntime.net" || host.ends_with(".adobeioruntime.net");
}

std::string with_scheme(std::string_view url) {
  const auto trimmed = trim(url);
  return trimmed.find("://") == std::string_view::npos ? cat("https://", trimmed) : std::string(trimmed);
}

Destination Destination::of(const Environment& environment, const std::string& to) {
  const auto setting = [&environment](std::string_view name) -> const Environment::Variable* {
    const auto* variable = environment.find_ignoring_case(name);
    return variable == nullptr || trim(variable->value).empty() ? nullptr : variable;
  };
  const auto* host = setting("AIO_runtime_apihost");
  const auto* name_space = setting("AIO_runtime_namespace");
  const auto* key = setting("AIO_runtime_auth");
  Destination result;
  if (to == "local") {
    result.platform = PlatformKind::local;
    result.api_host = kLocalHost;
  } else if (!to.empty() && to != "openwhisk" && to != "adobe") {
    result.host_origin = SettingOrigin{"--to", SettingSource::command_line, {"the command line", 0, 0}};
    result.api_host = checked_url(to, "--to", result.host_origin->where);
    result.platform =
        is_adobes_runtime(http::split_url(result.api_host).host()) ? PlatformKind::adobe : PlatformKind::openwhisk;
  } else {
    result.api_host =
        host == nullptr ? std::string(kAdobeHost) : checked_url(host->value, "AIO_runtime_apihost", host->origin);
    result.host_origin = origin("AIO_runtime_apihost", host);
    const bool adobe = is_adobes_runtime(http::split_url(result.api_host).host());
    result.platform = to == "adobe" || (to.empty() && adobe) ? PlatformKind::adobe : PlatformKind::openwhisk;
  }
  if (key != nullptr) result.key = Secret(trim(key->value));
  result.key_origin = origin("AIO_runtime_auth", key);
  result.namespace_origin = origin("AIO_runtime_namespace", name_space);
  if (name_space != nullptr) result.name_space = checked_namespace(name_space->value, name_space->origin);
  set_write_url(result, environment);
  if (result.key_origin) result.refuse_untrusted(*result.key_origin);
  return result;
}

void Destination::refuse_untrusted(const SettingOrigin& secret) const {
  for (const auto& place : {host_origin, write_origin})
    if (place) refuse_untrusted_destination(secret, *place, cat("set ", place->name, " in the environment"));
}

void Destination::refuse_foreign_namespace(const SettingOrigin& secret, const std::optional<SettingOrigin>& by) const {
  if (http::is_this_machine(http::split_url(api_host).host())) return;
  const auto named = name_space == "_" ? std::nullopt : namespace_origin;
  const auto decides = named && by ? std::optional(more_trusted(*named, *by)) : named ? named : by;
  if (decides) refuse_untrusted_destination(secret, *decides, cat("set ", decides->name, " in the environment"));
}

bool Destination::has_adobe_validators() const {
  if (platform != PlatformKind::openwhisk) return true;
  return http::is_this_machine(http::split_url(api_host).host());
}

std::string Destination::web_url(std::string_view full_name) const {
  const auto slash = full_name.find('/');
  const auto path = encoded_path(slash == std::string_view::npos ? cat("default/", full_name) : std::string(full_name));
  if (platform == PlatformKind::adobe && api_host == kAdobeHost)
    return cat("https://", name_space, ".adobeioruntime.net/api/v1/web/", path);
  return cat(api_host, "/api/v1/web/", percent_encode(name_space), "/", path);
}

std::string Destination::shown() const {
  switch (platform) {
    case PlatformKind::local:
      return cat("adit dev at ", api_host);
    case PlatformKind::adobe:
      return cat("Adobe I/O Runtime, namespace ", name_space, " (deploy service ", write_url, ")");
    case PlatformKind::openwhisk:
      break;
  }
  return cat("OpenWhisk at ", api_host, ", namespace ", name_space);
}

std::string encoded_path(std::string_view text) {
  std::string path;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto slash = std::min(text.find('/', begin), text.size());
    path += cat(path.empty() ? "" : "/", percent_encode(text.substr(begin, slash - begin)));
    begin = slash + 1;
  }
  return path;
}

}  // namespace adit::deploy
