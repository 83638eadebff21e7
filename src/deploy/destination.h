#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/environment.h"
#include "adit/secret.h"

/// Deploys a project's packages, actions, sequences, triggers, rules and API routes to an OpenWhisk, through its REST
/// API: Apache OpenWhisk, Adobe I/O Runtime (whose deploy service requires an IMS token instead of the namespace's
/// key), or `adit dev`.
///
///     const auto to = Destination::of(environment, "");  // the server, the namespace and the key
///     const OpenWhiskClient client({to.write_url, to.name_space, to.key, {}}, http);
///     const auto desired = desired_entities(project, environment, code, options);  // from the manifest
///     const auto plan = make_plan(desired, read_deployed(client, has_routes));    // what has to be changed
///     apply(plan, client, to.key, [](const Step& step) { print(step); });        // changes it, step by step
namespace adit::deploy {

/// The kind of platform, whose rules a deployment follows.
enum class PlatformKind {
  /// `adit dev` on this machine.
  local,
  /// An OpenWhisk where the namespace's key is enough for everything.
  openwhisk,
  /// Adobe I/O Runtime: reading and calling require the key; deploying requires an IMS token, at Adobe's deploy
  /// service (docs/protocols/deploying.md).
  adobe,
};

/// Where to deploy, and with which key.
struct Destination {
  PlatformKind platform = PlatformKind::openwhisk;
  /// For reading, calling and web actions: a URL without a slash at its end, such as `https://adobeioruntime.net`.
  std::string api_host;
  /// For deploying: the same URL, or Adobe's deploy service with its path `/runtime`.
  std::string write_url;
  std::string name_space = "_";
  /// `USER:PASSWORD`; empty if none is set.
  Secret key;
  /// Where each of these was set; nullopt for a default.
  std::optional<SettingOrigin> host_origin;
  std::optional<SettingOrigin> write_origin;
  std::optional<SettingOrigin> key_origin;
  std::optional<SettingOrigin> namespace_origin;

  /// Reads the settings AIO_runtime_apihost, AIO_runtime_namespace and AIO_runtime_auth, in any letter case, and
  /// AIO_DEPLOY_SERVICE_URL. `to` is `local`, `openwhisk`, `adobe`, the URL of an OpenWhisk, or empty: then
  /// AIO_runtime_apihost decides, and Adobe's host is the default. Throws Error (configuration) `invalid_destination`,
  /// and `untrusted_destination` if a project's file names the host that would get the user's own key
  /// (config/secret_destination.h).
  static Destination of(const Environment& environment, const std::string& to);

  /// Throws Error `untrusted_destination` if a project's file names the server, but the secret (an action's input or an
  /// IMS token) is the user's own.
  void refuse_untrusted(const SettingOrigin& secret) const;
  /// Throws the same Error if a project's file names the namespace, but the secret is the user's own. `by` is the
  /// credential that deploys: if the user has set it, or the namespace, the namespace is the user's own, because no
  /// other credential can write to it.
  void refuse_foreign_namespace(const SettingOrigin& secret, const std::optional<SettingOrigin>& by) const;
  /// Whether actions with `require-adobe-auth` are rewritten for this host, as Adobe's tools do.
  [[nodiscard]] bool has_adobe_validators() const;
  /// Returns the URL of a web action: `https://NS.adobeioruntime.net/api/v1/web/PACKAGE/ACTION`, or with the namespace
  /// in the path.
  [[nodiscard]] std::string web_url(std::string_view full_name) const;
  /// Describes it for messages: `adit dev at https://localhost:9080`.
  [[nodiscard]] std::string shown() const;
};

/// Whether the host is Adobe I/O Runtime, or a namespace's host there.
[[nodiscard]] bool is_adobes_runtime(std::string_view host);
/// Trims the URL and adds `https://` if the scheme is missing, which is usual in AIO_runtime_apihost.
[[nodiscard]] std::string with_scheme(std::string_view url);

/// Percent-encodes the segments of `PACKAGE/NAME`, and keeps the slash.
[[nodiscard]] std::string encoded_path(std::string_view text);

}  // namespace adit::deploy
