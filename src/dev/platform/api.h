#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "adit/http_server.h"

#include "dev/platform/platform.h"
#include "http/server/local_access.h"

namespace adit::dev {

struct ApiCall;
struct Routed;

/// A request that was answered, for a line in the log.
struct RequestLine {
  std::string method;
  /// Without the query, which may hold anything.
  std::string path;
  int status = 0;
  std::chrono::microseconds took{0};
  /// Empty if the request was for no action.
  std::string action;
  std::string activation_id;
  /// Absent where nothing was activated, or still runs.
  std::shared_ptr<const Activated> activated;
  /// Set if the request came from a web page, or for a host, that may not use this machine.
  std::optional<http::LocalAccess::Denial> denial{};
};

struct DevApiOptions {
  /// How long a caller waits for an activation before it is answered 202.
  std::chrono::milliseconds max_wait = kMaxBlockingWait;
  /// Whether the platform can be reached from this machine alone: then the activations may be read without the key.
  bool local = true;
  /// Which web pages may call it, and by which names.
  http::LocalAccess access{};
  /// Whether anything may be deployed.
  bool takes_deployments = true;
  /// Whether a token that came as `Authorization: Bearer` may deploy: IMS calls it valid, and it belongs to the
  /// project's organisation. None may if this is empty.
  ValidateToken validate_deployer{};
  /// Called before the first change that a caller makes, once.
  std::function<void()> on_first_deployment{};
  /// Answers what is none of the API's paths, if it has something there: the project's front end.
  std::function<std::optional<http::ServerResponse>(const http::ServerRequest&)> front_end{};
  std::function<void(const RequestLine&)> on_request{};
};

/// The platform's HTTP API:
///
///     /api/v1/web/PACKAGE/ACTION[.EXTENSION][/REST]       web actions (also with the namespace before the package)
///     POST /api/v1/PACKAGE/ACTION                         any action, with the key; waits, and answers its result
///     GET /api/v1/activations[/ID[/logs|/result]]
///     /api/v1/namespaces/NAMESPACE/{packages,actions,triggers,rules,activations}…
///                                                         OpenWhisk's whole API for its tools, with the key
///     /runtime/api/v1/…                                   the same as Adobe's deploy service has it, with a token of
///     IMS
///
/// The key comes by Basic authentication, as `wsk` sends it. A deployed web action answers pages of every origin; here
/// the actions hold the developer's credentials, so that pages of other sites get 403 unless `access` allows them.
/// Thread-safe.
class DevApi {
 public:
  DevApi(Platform& platform, DevApiOptions options) : platform_(platform), options_(std::move(options)) {}

  [[nodiscard]] http::ServerResponse handle(const http::ServerRequest& request);
  /// For ServerOptions::admit: how much of a body is kept, by who asks. A web action takes what OpenWhisk lets it; for
  /// everything else the caller has to show the key first.
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
