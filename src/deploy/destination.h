#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/environment.h"
#include "adit/secret.h"

/// Deployment: a project's packages, actions, sequences, triggers, rules and API routes, brought to an OpenWhisk by its
/// REST API: Apache OpenWhisk, Adobe I/O Runtime (whose deploy service takes an IMS token instead of the namespace's
/// key), or `adit dev`.
///
///     const auto to = Destination::of(environment, "");                      // where, and as whom
///     Client client({.base = to.write_url, .name_space = to.name_space, .key = to.key}, http);
///     const auto wanted = wanted_entities(project, environment, code, options);  // what the manifest says
///     const auto plan = make_plan(wanted, read_deployed(client, wanted), names);  // what has to change
///     apply(plan, client, events);                                            // changes it, step by step
namespace adit::deploy {

/// Whose rules hold there.
enum class Platform {
  /// `adit dev` on this machine.
  local,
  /// An OpenWhisk that takes the namespace's key for everything.
  openwhisk,
  /// Adobe I/O Runtime: reads and calls take the key; what deploys takes an IMS token, at Adobe's deploy service.
  adobe,
};

struct Destination {
  Platform platform = Platform::openwhisk;
  /// `https://adobeioruntime.net`: a URL without a slash at its end, for reading, calling and web actions.
  std::string api_host;
  /// What deployments are written to: the same, or Adobe's deploy service with its path `/runtime`.
  std::string write_url;
  std::string name_space = "_";
  /// `USER:PASSWORD`; empty if none is set.
  Secret key;
  /// Where each of these was set; nothing for a default.
  std::optional<SettingOrigin> host_origin;
  std::optional<SettingOrigin> write_origin;
  std::optional<SettingOrigin> key_origin;
  std::optional<SettingOrigin> namespace_origin;

  /// `to`: `local`, `openwhisk`, `adobe`, the URL of an OpenWhisk, or empty: by AIO_runtime_apihost, Adobe's unless it
  /// names another host. Settings: AIO_runtime_apihost, AIO_runtime_namespace, AIO_runtime_auth, in any letter case,
  /// and AIO_DEPLOY_SERVICE_URL. Throws Error (configuration) `invalid_destination`, and `untrusted_destination` if a
  /// project's file names the host that would get the user's own key (secret_destination.h).
  static Destination of(const Environment& environment, const std::string& to);

  /// Throws Error `untrusted_destination` if a file of the project names the place that would get this secret of the
  /// user's own, which an input of an action or an IMS token is.
  void refuse_untrusted(const SettingOrigin& secret) const;
  /// The same for whose namespace it is: the place is the user's own if its name or the credential that deploys, `by`,
  /// is the user's own; nobody else's credential may write there.
  void refuse_foreign_namespace(const SettingOrigin& secret, const std::optional<SettingOrigin>& by) const;
  /// Whether `require-adobe-auth` is rewritten for this host, as Adobe's tools do.
  [[nodiscard]] bool has_adobe_validators() const;
  /// Where a web action answers: `https://NS.adobeioruntime.net/api/v1/web/PACKAGE/ACTION`, or with the namespace in
  /// the path.
  [[nodiscard]] std::string web_url(std::string_view full_name) const;
  /// For messages: `adit dev at https://localhost:9080`.
  [[nodiscard]] std::string shown() const;
};

/// A path's segment, percent-encoded (RFC 3986).
[[nodiscard]] std::string encoded_segment(std::string_view text);
/// The same for `PACKAGE/NAME`, whose slash stays.
[[nodiscard]] std::string encoded_path(std::string_view text);

}  // namespace adit::deploy
