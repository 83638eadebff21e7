#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "adit/http_server.h"
#include "adit/json.h"

#include "dev/entity/limits.h"
#include "dev/host/activation_record.h"
#include "dev/web/path.h"

/// Web actions by the rules of Apache OpenWhisk's controller
/// (core/controller/src/main/scala/org/apache/openwhisk/core/controller/WebActions.scala), as pure functions: from a
/// request to an activation's parameters, and from an activation to an answer.
namespace adit::dev {

/// What a web action's annotations ask for.
struct WebRules {
  bool exported = false;
  bool raw = false;
  /// The action answers OPTIONS and sets its CORS headers.
  bool custom_options = false;
  /// A string or number: what `x-require-whisk-auth` must equal; true: an authenticated caller; false, or absent:
  /// anybody; any other value: nobody.
  std::optional<json::value> require_whisk_auth;
  /// Parameters that the caller must not give: the action's inputs that have a value, if its annotation `final` is
  /// true, and none otherwise.
  std::set<std::string, std::less<>> immutable;

  /// `inputs` are the action's mapped ones. Annotations count only as JSON's `true`, as in OpenWhisk.
  static WebRules of(const json::object& annotations, const json::object& inputs);
  /// The rules of a web action with `require-adobe-auth`: deployed, a sequence takes its place on the web, and of the
  /// annotations that sequence has `web-export` and `raw-http` alone (adobe/aio-lib-runtime,
  /// rewriteActionsWithAdobeAuthAnnotation).
  [[nodiscard]] WebRules behind_validator() const;
};

/// The caller of an activation.
struct Caller {
  /// The namespace of the key that came with the request; empty: nobody knows who.
  std::string name_space;

  [[nodiscard]] bool authenticated() const { return !name_space.empty(); }
};

/// `{"error": message, "code": transaction id}`, as the platform's own errors are; in OpenWhisk's words where `message`
/// is empty.
[[nodiscard]] http::ServerResponse platform_error(int status, std::string_view message = {});

/// 413 for a size over kMaxPayloadBytes.
[[nodiscard]] std::optional<http::ServerResponse> refuse_size(std::size_t size);
[[nodiscard]] std::optional<http::ServerResponse> refuse_size(const http::ServerRequest& request);
/// The same for a request whose body has not come yet, by its Content-Length.
[[nodiscard]] std::optional<http::ServerResponse> refuse_announced_size(const http::ServerRequest& head);

/// One of the seven methods that reach web actions.
[[nodiscard]] bool is_web_method(std::string_view method);

/// 200 for an OPTIONS that the platform answers, 401 for a caller that `require-whisk-auth` does not let pass; nothing:
/// the request may go on.
[[nodiscard]] std::optional<http::ServerResponse> answer_before_running(const http::ServerRequest& request,
                                                                        const WebRules& rules, const Caller& caller);

/// The parameters that the caller gives, `__ow_…` among them; the action's inputs go below them.
struct WebParameters {
  json::object params;
  /// In place of the parameters, where the request is refused.
  std::optional<http::ServerResponse> refusal;
};
[[nodiscard]] WebParameters web_parameters(const http::ServerRequest& request, const WebPath& path,
                                           const WebRules& rules, const Caller& caller);

/// The answer for what an activation gave; 406 if it would succeed with a content type that `accept`, the request's
/// header of that name, does not admit.
[[nodiscard]] http::ServerResponse web_answer(ActivationStatus status, const json::value& result,
                                              WebExtension extension, std::string_view accept = {});
/// 202, where the activation still runs.
[[nodiscard]] http::ServerResponse not_ready_answer();

/// Adds the platform's CORS headers where the rules leave them to it.
void add_cors(http::ServerResponse& response, const http::ServerRequest& request, const WebRules& rules);

}  // namespace adit::dev
