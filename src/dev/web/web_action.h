#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "adit/http_server.h"
#include "adit/json.h"

/// Web actions by the rules of Apache OpenWhisk's controller
/// (core/controller/src/main/scala/org/apache/openwhisk/core/controller/WebActions.scala), as pure functions.
/// parameters.h makes the parameters of an activation from a request, answer.h makes an answer from its result.
namespace adit::dev {

/// The settings in a web action's annotations.
struct WebRules {
  bool exported = false;
  bool raw = false;
  /// Whether the action itself answers OPTIONS and sets the CORS headers.
  bool custom_options = false;
  /// If it is a string or number, the header `x-require-whisk-auth` must equal it. If true, the caller must be
  /// authenticated. If false or absent, everybody may call the action; with any other value, nobody.
  std::optional<json::value> require_whisk_auth;
  /// Parameters that the caller must not set: the action's inputs that have a value, if its annotation `final` is true;
  /// otherwise none.
  std::set<std::string, std::less<>> immutable;

  /// `inputs` are the action's mapped inputs. An annotation is set only if it is JSON's `true`, as in OpenWhisk.
  static WebRules of(const json::object& annotations, const json::object& inputs);
  /// Returns the rules of this web action if it has `require-adobe-auth`. After deployment, a sequence answers requests
  /// for it, which gets only the annotations `web-export` and `raw-http` of the action (adobe/aio-lib-runtime,
  /// rewriteActionsWithAdobeAuthAnnotation).
  [[nodiscard]] WebRules with_adobe_auth() const;
};

/// The caller of an activation.
struct Caller {
  /// The namespace of the API key in the request; empty if the caller is not authenticated.
  std::string name_space;

  [[nodiscard]] bool authenticated() const { return !name_space.empty(); }
};

/// Returns `{"error": message, "code": transaction id}`, the form of the platform's own errors. If `message` is empty,
/// it is OpenWhisk's message for the status.
[[nodiscard]] http::ServerResponse platform_error(int status, std::string_view message = {});

/// Returns 413 if the size exceeds kMaxPayloadBytes.
[[nodiscard]] std::optional<http::ServerResponse> refuse_size(std::size_t size);
[[nodiscard]] std::optional<http::ServerResponse> refuse_size(const http::ServerRequest& request);
/// The same for a request whose body has not been received yet, by its Content-Length.
[[nodiscard]] std::optional<http::ServerResponse> refuse_announced_size(const http::ServerRequest& head);

/// Whether this is one of the seven methods that web actions accept.
[[nodiscard]] bool is_web_method(std::string_view method);

/// Returns 200 for an OPTIONS request that the platform answers itself, 401 for a caller that `require-whisk-auth` does
/// not admit, and `nullopt` if the action may run.
[[nodiscard]] std::optional<http::ServerResponse> answer_before_running(const http::ServerRequest& request,
                                                                        const WebRules& rules, const Caller& caller);

/// Adds the platform's CORS headers, unless the action sets its own.
void add_cors(http::ServerResponse& response, const http::ServerRequest& request, const WebRules& rules);

}  // namespace adit::dev
