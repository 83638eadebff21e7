#pragma once

// Write an App Builder action in C++: a function that takes parameters and returns a response. ADIT_ACTION makes it a
// program that implements OpenWhisk's runtime contracts (docs/actions.md, docs/protocols/). Times are in milliseconds.
// An exception that an action throws becomes an error response. Thread-safety: if the platform runs several activations
// at once (`limits.concurrency`), the function is called on several threads; Params and Response are values.
//
//     #include "adit/action.h"
//
//     adit::Response run(const adit::Params& params, const adit::Activation& activation) {
//       const adit::Logger log("main", params.get_or("LOG_LEVEL", "info"));
//       if (auto missing = adit::missing_inputs(params, {"name"})) return adit::error_response(400, *missing, log);
//       log.info("activation " + activation.id);
//       return adit::Response::json(200, {{"greeting", "Hello, " + params.require("name")}});
//     }
//
//     ADIT_ACTION(run)

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "adit/clock.h"
#include "adit/error.h"
#include "adit/json.h"
#include "adit/secret.h"

#pragma GCC visibility push(default)

namespace adit {

/// An action's log, in the format of App Builder's `Core.Logger`. Each entry is one line on stderr:
/// `2026-03-01T12:30:05.123Z [main] info: text`. A line end in the text is written as `\n` in two characters, so that a
/// caller's input cannot forge an entry.
///
/// The levels are error, warn, info, verbose, debug and silly; any other level means info. Do not log secrets: a Secret
/// does not convert to text, and `string_parameters` hides those in parameters. Thread-safe.
class Logger {
 public:
  explicit Logger(std::string name, std::string_view level = "info");

  void error(std::string_view text) const { write(Level::error, text); }
  /// Logs the message, hint, status and debug id.
  void error(const Error& error) const { write(Level::error, error.to_string()); }
  void warn(std::string_view text) const { write(Level::warn, text); }
  void info(std::string_view text) const { write(Level::info, text); }
  void verbose(std::string_view text) const { write(Level::verbose, text); }
  void debug(std::string_view text) const { write(Level::debug, text); }
  void silly(std::string_view text) const { write(Level::silly, text); }

  /// True if an entry of this level would be written. Ask before you make an expensive text.
  [[nodiscard]] bool enabled(std::string_view level) const;

 private:
  enum class Level { error, warn, info, verbose, debug, silly };
  static Level parse(std::string_view level);
  void write(Level level, std::string_view text) const;

  std::string name_;
  Level level_;
};

/// The parameters of an activation: the inputs in the manifest, overridden by the caller's parameters.
///
///     const auto limit = params.get_or<int>("limit", 10);
///     const auto secret = params.require<adit::Secret>("CLIENT_SECRET");
///
/// The types are std::string (the default), Secret, bool, integers, double, json::object, json::array and json::value.
/// Strings, numbers and bools are converted if nothing is lost, because the same parameter is a number in a manifest
/// and a string in a query: "5" reads as 5, 5 as "5", and "true" as true. If a value cannot be converted, the functions
/// throw Error `invalid_params`. Its message names the parameter, and never contains the value.
///
/// Thread-safety: as std::string's.
class Params {
 public:
  Params() = default;
  explicit Params(boost::json::object object) : object_(std::move(object)) {}
  /// Makes parameters that are a list, see array().
  static Params from_array(boost::json::array array) {
    Params params;
    params.array_ = std::move(array);
    return params;
  }

  /// Returns the value, or nullptr if the parameter is absent or null.
  [[nodiscard]] const boost::json::value* find(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name) != nullptr; }

  /// Returns the value as T, or nullopt if the parameter is absent or null. For a number or a bool, an empty string
  /// gives nullopt, too: in App Builder, it is an input without a default.
  template <typename T = std::string>
  [[nodiscard]] std::optional<T> get(std::string_view name) const;

  /// Returns `fallback` if the parameter is absent, null or an empty string, as JavaScript's `params.name || fallback`.
  [[nodiscard]] std::string get_or(std::string_view name, std::string_view fallback) const;
  template <typename T>
  requires std::is_arithmetic_v<T>
  [[nodiscard]] T get_or(std::string_view name, T fallback) const { return get<T>(name).value_or(fallback); }

  /// Throws Error `missing_params` if the parameter is absent, null or an empty string.
  template <typename T = std::string>
  [[nodiscard]] T require(std::string_view name) const {
    if (is_missing(name)) throw missing(name);
    auto value = get<T>(name);
    if (!value) throw missing(name);
    return *std::move(value);
  }

  /// Returns a header of the request that invoked a web action (`__ow_headers`); its name may be in any letter case.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;

  [[nodiscard]] const boost::json::object& json() const noexcept { return object_; }
  /// Returns the list, if the activation's input is a list: that happens in a sequence whose previous action returned
  /// one. There are no named parameters then. Returns nullptr in all other cases.
  [[nodiscard]] const boost::json::array* array() const noexcept { return array_ ? &*array_ : nullptr; }
  operator const boost::json::object&() const noexcept { return object_; }  // NOLINT(google-explicit-constructor)

 private:
  [[nodiscard]] bool is_missing(std::string_view name) const noexcept;
  [[nodiscard]] static Error missing(std::string_view name);
  [[nodiscard]] static Error wrong_type(std::string_view name, const boost::json::value& value,
                                        std::string_view wanted);

  static std::optional<std::string> to_text(std::string_view name, const boost::json::value& value);
  static std::optional<bool> to_bool(std::string_view name, const boost::json::value& value);
  static std::optional<double> to_double(std::string_view name, const boost::json::value& value);
  static std::optional<std::int64_t> to_signed(std::string_view name, const boost::json::value& value);
  static std::optional<std::uint64_t> to_unsigned(std::string_view name, const boost::json::value& value);

  boost::json::object object_;
  std::optional<boost::json::array> array_;
};

template <typename T>
std::optional<T> Params::get(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  if constexpr (std::same_as<T, boost::json::value>) {
    return *value;
  } else if constexpr (std::same_as<T, boost::json::object>) {
    if (!value->is_object()) throw wrong_type(name, *value, "an object");
    return value->get_object();
  } else if constexpr (std::same_as<T, boost::json::array>) {
    if (!value->is_array()) throw wrong_type(name, *value, "an array");
    return value->get_array();
  } else if constexpr (std::same_as<T, Secret>) {
    if (value->is_string()) return Secret(std::string_view(value->get_string()));
    auto text = to_text(name, *value);
    return text ? std::optional<Secret>(Secret(*text)) : std::nullopt;
  } else if constexpr (std::same_as<T, bool>) {
    return to_bool(name, *value);
  } else if constexpr (std::floating_point<T>) {
    const auto number = to_double(name, *value);
    return number ? std::optional<T>(static_cast<T>(*number)) : std::nullopt;
  } else if constexpr (std::integral<T>) {
    const auto in_range = [&](auto number) -> std::optional<T> {
      if (!number) return std::nullopt;
      if (!std::in_range<T>(*number)) throw wrong_type(name, *value, "a smaller number");
      return static_cast<T>(*number);
    };
    if constexpr (std::is_signed_v<T>) {
      return in_range(to_signed(name, *value));
    } else {
      return in_range(to_unsigned(name, *value));
    }
  } else {
    static_assert(std::same_as<T, std::string>, "Params::get knows std::string, Secret, bool, numbers and JSON values");
    return to_text(name, *value);
  }
}

/// An action's response, which becomes the activation's result: for web actions OpenWhisk's `{"statusCode", "headers",
/// "body"}`, otherwise any object or array, which converts to a Response:
///
///     return adit::Response::json(200, data).header("cache-control", "no-store");
///     return boost::json::object{{"greeting", "Hello"}};
///
/// Thread-safety: as std::string's.
class Response {
 public:
  /// Uses the object or array as the result, unchanged.
  Response(boost::json::object result) : result_(std::move(result)) {}  // NOLINT(google-explicit-constructor)
  Response(boost::json::array result) : result_(std::move(result)) {}   // NOLINT(google-explicit-constructor)
  /// Uses the value as the result, unchanged. If it is neither an object nor an array, the activation fails, as in
  /// OpenWhisk.
  explicit Response(boost::json::value result) : result_(std::move(result)) {}

  /// Sends any JSON value as the body, also a string or null.
  static Response json(int status, boost::json::value body);
  /// text/plain; charset=utf-8
  static Response text(int status, std::string_view body);
  /// text/html; charset=utf-8
  static Response html(int status, std::string_view body);
  /// Sends bytes of a binary content type (image/png, application/octet-stream, …). In the result they are base64, as
  /// OpenWhisk requires.
  static Response binary(int status, std::string_view bytes, std::string_view content_type);
  /// Sends no body.
  static Response empty(int status = 204);
  /// `{"error": {"statusCode": status, "body": {"error": message}}}`, App Builder's error response.
  static Response error(int status, std::string_view message);

  /// Adds a header. A second header of the same name is sent besides the first; only content-type is replaced. Throws
  /// Error `invalid_response` if the name or the value contains CR, LF or NUL.
  [[nodiscard]] Response header(std::string_view name, std::string_view value) &&;
  Response& header(std::string_view name, std::string_view value) &;

  [[nodiscard]] const boost::json::value& result() const& noexcept { return result_; }
  [[nodiscard]] boost::json::value result() && noexcept { return std::move(result_); }
  /// True if the result is `{"error": …}`, an application error in OpenWhisk's terms.
  [[nodiscard]] bool is_error() const noexcept;

 private:
  void add_header(std::string_view name, std::string_view value);

  boost::json::value result_;
};

/// What the platform reports about one run of an action; each member is also an environment variable `__OW_…`. A member
/// is empty if the platform did not report it.
struct Activation {
  std::string id;  // 32 hex digits
  /// `/{namespace}/{package}/{action}`
  std::string action_name;
  std::string action_version;
  std::string name_space;
  std::string transaction_id;
  std::string api_host;
  Secret api_key;
  /// When the platform ends the activation. WallTime::max() if it set no deadline, or if the deadline had already
  /// passed when the activation began, because then this machine's clock is ahead of the platform's.
  WallTime deadline = WallTime::max();

  /// Returns the time until the deadline: never negative, at most a day, and a day if there is no deadline.
  [[nodiscard]] std::chrono::milliseconds time_left(const Clock& clock = Clock::system()) const noexcept;

  /// Reads the properties of a runtime contract's message, except its `value`.
  static Activation from_message(const boost::json::object& message);
};

}  // namespace adit

// The functions of utils.js in Adobe's action template, under the same names in snake case.

namespace adit {

/// Returns `missing header(s) 'a,b' and missing parameter(s) 'c,d'`, or nullopt if none is missing. A parameter is
/// missing if it is absent or an empty string (an input whose variable is unset); null, false and 0 are not missing.
/// `a.b` names a member of the object `a`. Header names are compared in lower case.
[[nodiscard]] std::optional<std::string> missing_inputs(const boost::json::object& params,
                                                        const std::vector<std::string>& required,
                                                        const std::vector<std::string>& headers = {});

/// Returns App Builder's error response, `{"error": {"statusCode": status, "body": {"error": message}}}`, and logs
/// `status: message` at level info.
[[nodiscard]] Response error_response(int status, std::string_view message, const Logger& log);
[[nodiscard]] Response error_response(int status, std::string_view message);

/// Returns the parameters as JSON for a log, with `<hidden>` instead of each secret: headers such as authorization and
/// cookie, and each member, at any depth, whose name or value looks like a secret, key, password, token or assertion.
[[nodiscard]] std::string string_parameters(const boost::json::object& params);

/// Returns the token that the caller sent in the header `Authorization: Bearer …`.
[[nodiscard]] std::optional<Secret> bearer_token(const boost::json::object& params);

/// How require_valid_token() finds out whether a token is valid.
enum class TokenCheck {
  /// Asks IMS (`/ims/validate_token/v1`). The process remembers the answer for five minutes.
  by_ims,
  /// Verifies the token's signature with IMS's keys, and its expiry (ims::TokenVerifier). IMS is not asked about each
  /// token, so a token that was revoked is accepted until it expires.
  by_signature
};

/// The conditions that a caller's token must meet.
struct TokenRequirements {
  /// The client that the token must have been issued to. Empty: the client that the token names.
  std::string client_id{};
  /// The clients whose tokens are accepted. Empty: those of all clients.
  std::vector<std::string> client_ids{};
  /// The scopes that the token must have, all of them.
  std::vector<std::string> scopes{};
  TokenCheck check = TokenCheck::by_ims;
};

/// Checks the caller's `Authorization: Bearer` token. Returns nullopt if it is valid, otherwise the response to return:
///
///     if (auto refused = adit::require_valid_token(params, {.scopes = {"read_organizations"}})) return *refused;
///
/// The response is 401 if there is no token or it is invalid, 403 if it is valid but of another client or without a
/// required scope, and 503 if IMS did not answer, or its keys cannot be fetched. The IMS is Ims::from_process()
/// (ADIT_IMS, AIO_CLI_ENV, the namespace). No input of a caller makes this function throw. Thread-safe.
[[nodiscard]] std::optional<Response> require_valid_token(const Params& params,
                                                          const TokenRequirements& requirements = {});

}  // namespace adit

// The contracts between a platform and an action (docs/protocols/runtime-contracts.md). All of them share
// run_activation().

namespace adit {

using Handler = std::function<Response(const Params&, const Activation&)>;

/// Whether run_activation() sets the process's `__OW_…` variables. Use `set` only if one activation runs at a time.
enum class ActivationEnvironment { set, leave };

/// Runs one activation: sets the `__OW_…` variables from the message's properties (with `set`), calls the handler with
/// the message's `value` (an object or, in a sequence, a list), and returns the result. Never throws: an exception is
/// logged, and the result is
///
/// - for a web action (its parameters have `__ow_method`): `{"error": {"statusCode": …, "body": {"error": message,
///   "code": …}}}`, with 503 and `Retry-After` if a retry may help (IMS or an API did not answer, or throttles), 502 if
///   another server rejected a request, and 500 otherwise;
/// - for other actions: `{"error": message, "code": …, "hint": …}`.
///
/// If the handler's result is neither an object nor an array, returns a text that says so, see is_no_result(). With
/// `leave`, any number of threads may call this function at once.
[[nodiscard]] boost::json::value run_activation(const Handler& handler, boost::json::value message,
                                                ActivationEnvironment environment = ActivationEnvironment::set);

/// Whether this result of run_activation() means that the action returned neither an object nor an array. Each contract
/// has its own way to report that error.
[[nodiscard]] bool is_no_result(const boost::json::value& result);

/// Returns `{"error": text}`.
[[nodiscard]] boost::json::object error_result(std::string_view text);

/// Runs the program: detects the contract that the platform uses, and serves it until it ends. Returns the exit code.
/// The first line that applies is used:
///
/// 1. `--port N` or `--socket PATH`, with `--concurrency N` (or `ADIT_CONCURRENCY`): HTTP.
/// 2. `__OW_WAIT_FOR_ACK` is set, or descriptor 3 is writable: ActionLoop.
/// 3. There is one argument, which begins with `{`: one activation with these parameters.
/// 4. stdin is a terminal: prints help, and returns 2.
/// 5. stdin is a pipe or a file that has data within a second: one activation with that as its parameters.
/// 6. Otherwise (no stdin, /dev/null, or an open pipe without data, as in containers): HTTP on port 8080.
int serve_action(const Handler& handler, int argc, char** argv);

}  // namespace adit

// ADIT_ACTION defines main().

namespace adit {

/// Makes a Handler from an action: a function of (params, activation) or of (params), which returns a Response or a
/// JSON object, array or value.
template <typename Run>
[[nodiscard]] Handler make_handler(Run run) {
  if constexpr (std::invocable<Run&, const Params&, const Activation&>) {
    return [run = std::move(run)](const Params& params, const Activation& activation) mutable {
      return Response(run(params, activation));
    };
  } else {
    static_assert(std::invocable<Run&, const Params&>,
                  "an action takes (const adit::Params&) or (const adit::Params&, const adit::Activation&)");
    return [run = std::move(run)](const Params& params, const Activation&) mutable { return Response(run(params)); };
  }
}

}  // namespace adit

/// Defines main() for the action `run`. Use it once in a program, outside all namespaces.
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage)
#define ADIT_ACTION(run) \
  int main(int argc, char** argv) { return adit::serve_action(adit::make_handler(run), argc, argv); }

#pragma GCC visibility pop
