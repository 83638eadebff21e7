#pragma once

// An App Builder action in C++: a function from parameters to a response. The program that it becomes speaks
// OpenWhisk's runtime contracts (docs/actions.md, docs/protocols/).
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

/// An action's log, in the form of App Builder's `Core.Logger`: one line an entry on stderr, `2026-03-01T12:30:05.123Z
/// [main] info: text`. Line ends in the text are kept as `\n` in two characters, so that no caller's input can forge an
/// entry.
///
/// Levels, as there: error, warn, info, verbose, debug, silly; an unknown one counts as info. Write no secret into a
/// log: a Secret does not convert to text, and parameters go through `string_parameters`. Thread-safe.
class Logger {
 public:
  explicit Logger(std::string name, std::string_view level = "info");

  void error(std::string_view text) const { write(Level::error, text); }
  /// Message, hint, status and debug id.
  void error(const Error& error) const { write(Level::error, error.to_string()); }
  void warn(std::string_view text) const { write(Level::warn, text); }
  void info(std::string_view text) const { write(Level::info, text); }
  void verbose(std::string_view text) const { write(Level::verbose, text); }
  void debug(std::string_view text) const { write(Level::debug, text); }
  void silly(std::string_view text) const { write(Level::silly, text); }

  /// True if an entry of that level would be written: saves the making of costly text.
  [[nodiscard]] bool enabled(std::string_view level) const;

 private:
  enum class Level { error, warn, info, verbose, debug, silly };
  static Level parse(std::string_view level);
  void write(Level level, std::string_view text) const;

  std::string name_;
  Level level_;
};

/// The parameters of an activation: the manifest's inputs, and over them what the caller gave.
///
/// A typed read asks for std::string (the default), Secret, bool, a whole-number type, double, json::object,
/// json::array or json::value. Scalars convert where nothing is lost, since the same parameter is a number in a
/// manifest and a string in a query: "5" reads as 5 and 5 as "5", "true" as true. A value that does not convert throws
/// Error `invalid_params`, whose message names the parameter and never holds its value.
///
/// Thread-safety: as std::string's.
class Params {
 public:
  Params() = default;
  explicit Params(boost::json::object object) : object_(std::move(object)) {}
  /// A list instead of named parameters, see array().
  static Params from_array(boost::json::array array) {
    Params params;
    params.array_ = std::move(array);
    return params;
  }

  /// The value where it is there and not null; nullptr otherwise.
  [[nodiscard]] const boost::json::value* find(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name) != nullptr; }

  /// Nothing if the parameter is absent or null (or, for a number or a bool, empty: App Builder's way to say "no
  /// default").
  template <typename T = std::string>
  [[nodiscard]] std::optional<T> get(std::string_view name) const;

  /// `fallback` where the parameter is absent, null or an empty string, as JavaScript's `params.name || fallback`.
  [[nodiscard]] std::string get_or(std::string_view name, std::string_view fallback) const;
  template <typename T>
  requires std::is_arithmetic_v<T>
  [[nodiscard]] T get_or(std::string_view name, T fallback) const { return get<T>(name).value_or(fallback); }

  /// Throws Error `missing_params` where the parameter is absent, null or an empty string.
  template <typename T = std::string>
  [[nodiscard]] T require(std::string_view name) const {
    if (is_missing(name)) throw missing(name);
    auto value = get<T>(name);
    if (!value) throw missing(name);
    return *std::move(value);
  }

  /// A header of the request that started a web action (`__ow_headers`), by its name in any letter case.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;

  [[nodiscard]] const boost::json::object& json() const noexcept { return object_; }
  /// The list that the activation was given instead of named parameters: OpenWhisk passes one on from the part of a
  /// sequence that answered it. `nullptr` if there are named parameters, as there nearly always are; beside a list
  /// there are none.
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

/// What an action answers. It is the activation's result, built by name: for web actions OpenWhisk's `{"statusCode",
/// "headers", "body"}`, otherwise any object or array, which converts to a Response by itself:
///
///     return adit::Response::json(200, data).header("cache-control", "no-store");
///     return boost::json::object{{"greeting", "Hello"}};
///
/// Thread-safety: as std::string's.
class Response {
 public:
  /// The result as it is.
  Response(boost::json::object result) : result_(std::move(result)) {}  // NOLINT(google-explicit-constructor)
  Response(boost::json::array result) : result_(std::move(result)) {}   // NOLINT(google-explicit-constructor)
  /// The result as it is; one that is neither an object nor an array becomes the activation's error, as in OpenWhisk.
  explicit Response(boost::json::value result) : result_(std::move(result)) {}

  /// Any JSON value as the body, strings and null included (those are sent as JSON text, which OpenWhisk needs to be
  /// told).
  static Response json(int status, boost::json::value body);
  /// text/plain; charset=utf-8
  static Response text(int status, std::string_view body);
  /// text/html; charset=utf-8
  static Response html(int status, std::string_view body);
  /// Bytes of a binary content type (image/png, application/octet-stream, …), carried as base64, as OpenWhisk has it.
  static Response binary(int status, std::string_view bytes, std::string_view content_type);
  /// No body: 204 unless another status is named.
  static Response empty(int status = 204);
  /// `{"error": {"statusCode": status, "body": {"error": message}}}`, App Builder's error response.
  static Response error(int status, std::string_view message);

  /// Adds a header; a name that is there already becomes a repeated header, except content-type, which is replaced. CR,
  /// LF or NUL in either throws Error `invalid_response`.
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

/// What the platform says about one run of an action; each part is also the environment variable `__OW_…`. Empty where
/// the platform did not say.
struct Activation {
  std::string id;  // 32 hex digits
  /// `/{namespace}/{package}/{action}`
  std::string action_name;
  std::string action_version;
  std::string name_space;
  std::string transaction_id;
  std::string api_host;
  Secret api_key;
  /// When the platform gives up. Far in the future if it set no deadline, and if the deadline had passed when the
  /// activation began: then this machine's clock is ahead of the platform's and says nothing.
  WallTime deadline = WallTime::max();

  /// Until the deadline: never negative, a day at most, and a day where there is none.
  [[nodiscard]] std::chrono::milliseconds time_left(const Clock& clock = Clock::system()) const noexcept;

  /// From the properties of a runtime contract's message, all but its `value`.
  static Activation from_message(const boost::json::object& message);
};

}  // namespace adit

// What an action expects from Adobe's template (its utils.js), by the same names in snake case.

namespace adit {

/// `missing header(s) 'a,b' and missing parameter(s) 'c,d'`, or nothing if all are there. Missing is what is absent
/// or an empty string (an input whose variable is unset); null, false and 0 are there. `a.b` names a member of the
/// object `a`; header names are compared in lower case.
[[nodiscard]] std::optional<std::string> missing_inputs(const boost::json::object& params,
                                                        const std::vector<std::string>& required,
                                                        const std::vector<std::string>& headers = {});

/// App Builder's error response, `{"error": {"statusCode": status, "body": {"error": message}}}`; logs `status:
/// message` at level info.
[[nodiscard]] Response error_response(int status, std::string_view message, const Logger& log);
[[nodiscard]] Response error_response(int status, std::string_view message);

/// The parameters as JSON for a log, every secret as `<hidden>`: the authorization, cookie and like headers, and each
/// member, at any depth, whose name or value looks like a secret, key, password, token or assertion.
[[nodiscard]] std::string string_parameters(const boost::json::object& params);

/// The token of the header `Authorization: Bearer …` that the caller sent.
[[nodiscard]] std::optional<Secret> bearer_token(const boost::json::object& params);

/// What an action asks of its caller's token.
struct TokenRequirements {
  /// The client that the token must have been issued to. Empty: the one that the token names, whoever that is.
  std::string client_id{};
  /// The clients whose callers are let in; empty: all.
  std::vector<std::string> client_ids{};
  /// Scopes that the token must have, all of them.
  std::vector<std::string> scopes{};
};

/// Nothing if the caller's `Authorization: Bearer` token is valid, by IMS's own word (`/ims/validate_token/v1`, kept
/// for five minutes in the process); otherwise the response to return:
///
///     if (auto refused = adit::require_valid_token(params, {.scopes = {"read_organizations"}})) return *refused;
///
/// 401: no token, or one that IMS does not find valid; 403: a valid one of another client or without a scope; 503: IMS
/// could not be asked. IMS is that of Ims::from_process() (ADIT_IMS, AIO_CLI_ENV, the namespace). Never throws for what
/// a caller sends. Thread-safe.
[[nodiscard]] std::optional<Response> require_valid_token(const Params& params,
                                                          const TokenRequirements& requirements = {});

}  // namespace adit

// How a platform and an action talk to each other. Each contract is a file of its own (action_loop.h); what an
// activation is, they share.

namespace adit {

using Handler = std::function<Response(const Params&, const Activation&)>;

/// Whether an activation's properties become the process's `__OW_…` variables: only where one runs at a time.
enum class ActivationEnvironment { set, leave };

/// One activation: sets the `__OW_…` environment from the message's properties where it is told to, runs the handler on
/// its `value` (an object or, in a sequence, a list), gives the result. Never throws: an exception becomes an entry in
/// the log and
///
/// - in an activation by the web (its parameters have `__ow_method`) an answer that OpenWhisk can send:
///   `{"error": {"statusCode": …, "body": {"error": message, "code": …}}}`, with 503 and `Retry-After` if a repetition
///   may help (IMS or an API is away or throttles), 502 if another server refused, 500 otherwise;
/// - elsewhere `{"error": message, "code": …, "hint": …}`.
///
/// If the action's result is neither object nor array, it returns a text that says so: see is_no_result(). With `leave`
/// any number of threads may call it at once.
[[nodiscard]] boost::json::value run_activation(const Handler& handler, boost::json::value message,
                                                ActivationEnvironment environment = ActivationEnvironment::set);

/// Whether run_activation() had nothing to return, because the action returned neither an object nor an array. Each
/// contract has its own way to make that an error of the action itself.
[[nodiscard]] bool is_no_result(const boost::json::value& result);

/// `{"error": text}`
[[nodiscard]] boost::json::object error_result(std::string_view text);

/// The whole program: finds out which contract the platform speaks and serves it to its end. Returns the exit code. In
/// this order:
///
/// 1. `--port N` or `--socket PATH`, with `--concurrency N` (or `ADIT_CONCURRENCY`): HTTP (http_contract.h).
/// 2. `__OW_WAIT_FOR_ACK` is set, or descriptor 3 can be written to: ActionLoop (action_loop.h).
/// 3. One argument that begins with `{`: one shot (one_shot.h).
/// 4. stdin is a terminal: a word of help, exit code 2.
/// 5. stdin is a pipe or a file that brings something within a second: one shot, with that as its parameters.
/// 6. Otherwise (no stdin, /dev/null, an open pipe with nothing in it, as containers have): HTTP on port 8080.
int serve_action(const Handler& handler, int argc, char** argv);

}  // namespace adit

// Everything that an action needs: Params in, Response out, Activation, Logger, the template's helpers, and main().

namespace adit {

/// Makes a Handler of what an action is: a function of (params, activation) or of (params) that returns a Response, or
/// a JSON object, array or value.
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

/// Defines main() for the action `run`; stands once in a program, outside every namespace.
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage)
#define ADIT_ACTION(run) \
  int main(int argc, char** argv) { return adit::serve_action(adit::make_handler(run), argc, argv); }

#pragma GCC visibility pop
