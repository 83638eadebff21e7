#pragma once

// The one exception type of the library. Its codes are listed in docs/errors.md.
//
//     try {
//       throw adit::Error::configuration("unknown_action", "There is no action 'x'.").hint("Actions: a, b.");
//     } catch (const adit::Error& error) {
//       const bool is_usage = error.is_configuration();           // exit code 2
//       const std::string for_people = error.to_string();         // message and hint
//       if (error.code() == "unknown_action" && is_usage) return;  // for programs
//     }

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)

namespace adit {

/// A place in a user's file. Lines and columns count from 1; 0 means unknown.
struct SourcePosition {
  std::string file;
  int line = 0;
  int column = 0;

  /// `file:line:column`, leaving out what is unknown.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const SourcePosition&, const SourcePosition&) = default;
};

/// The one exception type of the library.
///
/// An error is written for the person who reads it: `message` says what happened, `hint` what to do about it, `where`
/// names the place in the user's file. Programs look at `code`, which is stable: it is one of adit's own words
/// (`missing_params`, `sign_failed`, `request_failed`, `invalid_response_body` as in `@adobe/jwt-auth`, and others), or
/// the `error` word that IMS answered (`invalid_client`, `invalid_token`, …).
///
/// Built fluently:
///
///     throw Error::configuration("unknown_action", "There is no action 'x'.").hint("Actions: a, b.").at(position);
///
/// Thread-safety: as std::string's; an Error may be copied between threads.
class Error : public std::exception {
 public:
  /// What the user asked for or configured is wrong (exit code 2): no attempt was made.
  static Error configuration(std::string code, std::string message);
  /// The work was tried and failed (exit code 1).
  static Error failure(std::string code, std::string message);

  [[nodiscard]] Error hint(std::string text) &&;
  [[nodiscard]] Error at(SourcePosition position) &&;
  [[nodiscard]] Error at(std::string file, int line = 0, int column = 0) &&;
  /// The HTTP status of the answer that this error reports.
  [[nodiscard]] Error http_status(int status) &&;
  /// IMS's own words: the `error` and `error_description` of its answer, and its `X-Debug-Id` header.
  [[nodiscard]] Error ims(std::string error, std::string description, std::string debug_id) &&;
  /// The same request may succeed later; `after` is the server's `Retry-After` where it sent one.
  [[nodiscard]] Error retryable(std::optional<std::chrono::milliseconds> after = std::nullopt) &&;

  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] const std::string& hint() const& { return hint_; }
  [[nodiscard]] const std::optional<SourcePosition>& where() const { return where_; }
  [[nodiscard]] int http_status() const& { return http_status_; }
  [[nodiscard]] const std::string& ims_error() const { return ims_error_; }
  [[nodiscard]] const std::string& ims_description() const { return ims_description_; }
  [[nodiscard]] const std::string& debug_id() const { return debug_id_; }
  [[nodiscard]] bool retryable() const& { return retryable_; }
  [[nodiscard]] const std::optional<std::chrono::milliseconds>& retry_after() const { return retry_after_; }
  /// True for Error::configuration.
  [[nodiscard]] bool is_configuration() const { return configuration_; }

  /// The message alone.
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
  /// Everything for a person, on one line or a few: `file:line: message (status, debug id)` and the hint on its own
  /// line.
  [[nodiscard]] std::string to_string() const;

 private:
  Error(std::string code, std::string message, bool configuration);

  std::string code_;
  std::string message_;
  std::string hint_;
  std::optional<SourcePosition> where_;
  std::string ims_error_;
  std::string ims_description_;
  std::string debug_id_;
  std::optional<std::chrono::milliseconds> retry_after_;
  int http_status_ = 0;
  bool retryable_ = false;
  bool configuration_ = false;
};

}  // namespace adit

#pragma GCC visibility pop
