#pragma once

#include <string>
#include <vector>

#include "adit/http.h"
#include "cli/command_line/command_line.h"

namespace adit::cli {

/// The body of a request, as given by the same options as curl's.
struct CallBody {
  /// `-d`, `--data-binary`: text, `@FILE`, or `-` for stdin.
  std::vector<std::string> data;
  /// `--data-raw`: text; a leading `@` has no special meaning.
  std::vector<std::string> raw;
  /// `--data-urlencode`: `NAME=TEXT`, `NAME@FILE`, `=TEXT`, `@FILE` or TEXT, which is encoded.
  std::vector<std::string> urlencoded;
  /// `--json`: as `-d`, but always sent as JSON.
  std::vector<std::string> json;

  [[nodiscard]] bool empty() const { return data.empty() && raw.empty() && urlencoded.empty() && json.empty(); }
};

void add_body_options(Command command, CallBody& body);

/// Returns the request with this body and its content type. Throws Error (configuration) if a file cannot be read, or
/// if the parts cannot be joined to one body.
[[nodiscard]] http::Request with_body(http::Request request, const CallBody& body);

/// Returns the URL with the body's text appended to its query, as curl's `-G` does. Throws Error (configuration).
[[nodiscard]] std::string with_query(const std::string& url, const CallBody& body);

}  // namespace adit::cli
