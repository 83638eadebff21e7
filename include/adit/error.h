#pragma once

// The one exception type of the library. Its codes are listed in docs/errors.md. Thread-safety: as std::string's.
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
#include <utility>

#pragma GCC visibility push(default)

namespace adit {

/// A place in a user's file. Lines and columns count from 1; 0 means unknown.
///
/// It has constructors because it is often a member of an aggregate that is initialised as a whole. If a later
/// initialiser throws, g++ (12 and 14) destroys the members of an aggregate in an aggregate twice.
struct SourcePosition {
  SourcePosition() = default;
  SourcePosition(std::string its_file, int its_line, int its_column)
      : file(std::move(its_file)), line(its_line), column(its_column) {}

  std::string file;
  int line = 0;
  int column = 0;

  /// Returns `file:line:column`, without the parts that are unknown.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const SourcePosition&, const SourcePosition&) = default;
};

/// The one exception type of the library.
///
/// An error is written for the person who reads it: `message` says what happened, `hint` says what to do about it, and
/// `where` names the place in the user's file. Programs compare `code`, which is stable. It is either one of adit's own
/// codes (`missing_params`, `sign_failed`, `request_failed` and `invalid_response_body`, as in `@adobe/jwt-auth`, and
/// others), or the value of `error` in IMS's answer (`invalid_client`, `invalid_token`, …).
///
/// Make one, and add to it:
///
///     throw Error::configuration("unknown_action", "There is no action 'x'.").hint("Actions: a, b.").at(position);
///
/// Thread-safety: as std::string's; an Error may be copied between threads.
class Error : public std::exception {
 public:
  /// For a wrong argument, option, setting or file: nothing was attempted. The command exits with 2.
  static Error configuration(std::string code, std::string message);
  /// For work that was attempted and failed. The command exits with 1.
  static Error failure(std::string code, std::string message);

  [[nodiscard]] Error hint(std::string text) &&;
  [[nodiscard]] Error at(SourcePosition position) &&;
  [[nodiscard]] Error at(std::string file, int line = 0, int column = 0) &&;
  /// Sets the HTTP status of the answer that this error reports.
  [[nodiscard]] Error http_status(int status) &&;
  /// Sets what IMS answered: the members `error` and `error_description`, and the header `X-Debug-Id`.
  [[nodiscard]] Error ims(std::string error, std::string description, std::string debug_id) &&;
  /// Marks the error as temporary: the same request may succeed later. `after` is the server's `Retry-After`, if it
  /// sent one.
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
  /// True if the error was made by Error::configuration().
  [[nodiscard]] bool is_configuration() const { return configuration_; }

  /// Returns the message without the hint.
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
  /// Returns everything that a person needs: `file:line: message (status, debug id)`, and the hint on its own line.
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
