#pragma once

#include <string>
#include <vector>

#include "adit/http.h"
#include "cli/terminal/command_line.h"

namespace adit::cli {

/// The body of a request as curl's options give it.
struct CallBody {
  /// `-d`, `--data-binary`: text, `@FILE`, or `-` for stdin.
  std::vector<std::string> data;
  /// `--data-raw`: text, in which a first `@` is a character like others.
  std::vector<std::string> raw;
  /// `--data-urlencode`: `NAME=TEXT`, `NAME@FILE`, `=TEXT`, `@FILE` or TEXT, which is encoded.
  std::vector<std::string> urlencoded;
  /// `--json`: as `-d`, and it is JSON whatever it looks like.
  std::vector<std::string> json;

  [[nodiscard]] bool empty() const { return data.empty() && raw.empty() && urlencoded.empty() && json.empty(); }
};

void add_body_options(Command command, CallBody& body);

/// The request with this body and its content type. Throws Error (configuration) if a file cannot be read, or if
/// several parts do not make one body.
[[nodiscard]] http::Request with_body(http::Request request, const CallBody& body);

/// The URL with the body's text behind its query, as curl's `-G` has it. Throws Error (configuration).
[[nodiscard]] std::string with_query(const std::string& url, const CallBody& body);

}  // namespace adit::cli
