#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "adit/http_server.h"

#include "dev/entity/limits.h"
#include "dev/platform/platform.h"
#include "http/server/local_access.h"

namespace adit::dev {

struct ApiCall;
struct Routed;

/// An answered request, for a line in the log.
struct RequestLine {
  std::string method;
  /// Without the query, which may contain secrets.
  std::string path;
  int status = 0;
  std::chrono::microseconds took{0};
  /// Empty if the request was not for an action.
  std::string action;
  std::string activation_id;
  /// Null if nothing was activated, or the activation is still running.
  std::shared_ptr<const Activated> activated;
  /// Set if the request was rejected because it came from a web page, or named a host, that is not allowed.
  std::optional<http::LocalAccess::Denial> denial{};
};

struct DevApiOptions {
  /// How long a caller waits for an activation before it is answered with 202.
  std::chrono::milliseconds max_wait = kMaxBlockingWait;
  /// Whether the platform can be reached only from this machine: then activations can be read without the key.
  bool local = true;
  /// Which web pages may call the API, and by which host names.
  http::LocalAccess access{};
  /// Whether deployments are accepted.
  bool takes_deployments = true;
  /// Whether a token in `Authorization: Bearer` may deploy: IMS must call it valid, and it must belong to the project's
  /// organisation. If empty, no token may deploy.
  ValidateToken validate_deployer{};
  /// Called once, before the first change by a caller.
  std::function<void()> on_first_deployment{};
  /// Answers paths that the API does not have, if the project's front end has a file there.
  std::function<std::optional<http::ServerResponse>(const http::ServerRequest&)> front_end{};
  std::function<void(const RequestLine&)> on_request{};
};

/// The platform's HTTP API (docs/protocols/openwhisk-api.md):
///
///     /api/v1/web/PACKAGE/ACTION[.EXTENSION][/REST]       web actions (also with the namespace before the package)
///     POST /api/v1/PACKAGE/ACTION                         any action, with the key; waits, and answers with its result
///     GET /api/v1/activations[/ID[/logs|/result]]
///     /api/v1/namespaces/NAMESPACE/{packages,actions,triggers,rules,activations}…
///                                                         OpenWhisk's whole API for its tools, with the key
///     /runtime/api/v1/…                                   the same API at the path of Adobe's deploy service, with an
///                                                         IMS token
///
/// The key is sent by Basic authentication, as `wsk` does. After deployment, a web action answers pages of every
/// origin. Here, actions have the developer's credentials, so pages of other sites get 403 unless `access` allows them.
/// Thread-safe.
class DevApi {
 public:
  DevApi(Platform& platform, DevApiOptions options) : platform_(platform), options_(std::move(options)) {}

  [[nodiscard]] http::ServerResponse handle(const http::ServerRequest& request);
  /// For ServerOptions::admit: decides how large a body may be, by the caller. A web action accepts as much as in
  /// OpenWhisk; everything else requires the key first.
  [[nodiscard]] http::Admission admit(const http::ServerRequest& head) const;

 private:
  http::ServerResponse route(ApiCall& call, std::string_view path);
  http::ServerResponse web(ApiCall& call, std::string_view path);
  http::ServerResponse web_by_route(ApiCall& call, const Routed& routed);
  http::ServerResponse namespaces(ApiCall& call, std::string_view path);
  http::ServerResponse activations(ApiCall& call, std::string_view path) const;
  static http::ServerResponse limits(const ApiCall& call, std::string_view path);
  http::ServerResponse outside_api(ApiCall& call);
  http::ServerResponse log_forwarding(ApiCall& call, std::string_view path);
  void check_writer(const ApiCall& call);

  Platform& platform_;
  DevApiOptions options_;
  std::once_flag first_deployment_;
};

}  // namespace adit::dev
