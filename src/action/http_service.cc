#include "action/http_service.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "adit/action.h"
#include "adit/secret.h"

#include "action/contract.h"
#include "base/text/text.h"

namespace adit {
namespace {

using http::Reply;
using http::ServerRequest;
using http::ServerResponse;
using std::chrono::steady_clock;

/// The line that ends an activation's log on each stream (Apache OpenWhisk, common/scala/…/Container.scala).
constexpr std::string_view kSentinel = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";

ServerResponse failure(int status, std::string_view message) {
  return ServerResponse::json(status, error_result(message));
}

void write_sentinel(int descriptor) {
  while (::write(descriptor, kSentinel.data(), kSentinel.size()) < 0 && errno == EINTR) {
  }
}

std::optional<json::object> message_of(const ServerRequest& request) {
  auto message = try_parse_json(request.body, {.max_bytes = HttpService::kMaxBody, .max_depth = 1000, .wiped = true});
  if (!message || !message->is_object()) return std::nullopt;
  return std::move(message->get_object());
}

ServerResponse response_of(const Runners::Result& result) {
  using Outcome = Runners::Outcome;
  if (result.outcome == Outcome::done && is_no_result(result.value)) return failure(502, result.value.as_string());
  if (result.outcome == Outcome::done) return ServerResponse::json(200, result.value);
  const bool later = result.outcome == Outcome::full || result.outcome == Outcome::stuck;
  auto response = failure(later ? 503 : 502, error_message(result.outcome));
  if (later) response.headers.add("retry-after", "1");
  return response;
}

}  // namespace

HttpService::HttpService(const Handler& handler, const HttpContract& contract)
    : handler_(handler),
      sentinels_(contract.socket.empty()),
      checks_pages_(contract.socket.empty() && http::is_this_machine(contract.host)),
      one_at_a_time_(contract.concurrency == 1),
      runners_({.concurrency = contract.concurrency,
                .waiting = contract.concurrency,
                .overdue = contract.concurrency + 16}) {}

void HttpService::run(std::optional<json::object> message, std::function<void(ServerResponse)> then) {
  if (!message) return then(failure(502, "The platform sent an activation that is not a JSON object."));
  const auto left = time_to_run(*message);
  if (!one_at_a_time_ && !std::exchange(environment_set_, true)) set_container_environment(*message);
  const auto environment = one_at_a_time_ ? ActivationEnvironment::set : ActivationEnvironment::leave;
  // A copy of the handler: an overdue activation may outlive the server.
  auto job = [handler = handler_, environment, message = json::value(*std::move(message))]() mutable {
    return run_activation(handler, std::move(message), environment);
  };
  runners_.run(std::move(job), steady_clock::now() + left,
               [then = std::move(then)](const Runners::Result& result) { then(response_of(result)); });
}

void HttpService::answer(ServerRequest request, const Reply& reply) {
  if (checks_pages_) {
    if (const auto refused = access_.page_denial(request))
      return reply(failure(403, "Only programs and web pages of this machine may call this action."));
  }
  const bool init = request.path == "/init";
  if (!init && request.path != "/run") return reply(failure(404, "There are only /init and /run."));
  if (request.method != "POST") {
    auto response = failure(405, "Only POST is allowed.");
    response.headers.add("allow", "POST");
    return reply(std::move(response));
  }
  auto message = message_of(request);
  wipe(request.body.data(), request.body.size());
  if (init) return reply(initialise(message));
  run(std::move(message), [this, reply](ServerResponse response) {
    end_log(1);
    reply(std::move(response));
  });
}

void HttpService::end_log(int activations) const {
  std::fflush(stdout);
  std::fflush(stderr);
  end_raw_log(activations);
}

void HttpService::end_raw_log(int activations) const noexcept {
  for (int i = 0; sentinels_ && i < activations; ++i) {
    write_sentinel(STDOUT_FILENO);
    write_sentinel(STDERR_FILENO);
  }
}

ServerResponse HttpService::initialise(const std::optional<json::object>& message) {
  if (initialised_) {
    constexpr std::string_view kTwice = "Cannot initialize the action more than once.";
    Logger("adit").error(kTwice);
    return failure(403, kTwice);
  }
  if (!message) return failure(502, "The request to initialize the action is not a JSON object.");
  const auto* value = message->if_contains("value");
  if (value == nullptr || !value->is_object()) return failure(502, "Missing main/no code to execute.");
  if (!string_member(value->get_object(), "code").empty())
    Logger("adit").warn("This program has its action built in: the code that the platform sent is not used.");
  if (const auto* env = value->get_object().if_contains("env"); env != nullptr && env->is_object()) {
    // setenv() searches all variables, so the time grows with the square of their number.
    constexpr std::size_t kMostVariables = 1000;
    if (env->get_object().size() > kMostVariables)
      return failure(502, cat("The request to initialize the action has more than ", kMostVariables, " variables."));
    // No activation runs yet: platforms send /init first.
    for (const auto& [name, text] : env->get_object()) {
      const auto plain = text.is_string() ? std::string(text.get_string()) : text.is_null() ? "" : to_json(text);
      ::setenv(std::string(name).c_str(), plain.c_str(), 1);  // rejects a name that is empty or contains '='
    }
  }
  initialised_ = true;
  return ServerResponse::json(200, json::object{{"ok", true}});
}

}  // namespace adit
