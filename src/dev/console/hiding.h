#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/environment.h"
#include "adit/http.h"
#include "adit/json.h"
#include "adit/secret.h"

namespace adit::dev {

/// Hides secrets in everything that the console shows: the values of the project's secret settings, in any text, and
/// everything that adit::string_parameters() hides in a log. Immutable.
class Hiding {
 public:
  Hiding() = default;
  /// A setting is a secret if its name says so (app::names_a_secret).
  explicit Hiding(const Environment& settings);

  [[nodiscard]] std::string text(std::string text) const;
  /// A line of a log. A line with a token or a key is hidden as a whole.
  [[nodiscard]] std::string line(std::string_view line) const;
  /// Text of several lines, such as the output of a compiler. Each line is hidden as a line of a log.
  [[nodiscard]] std::string lines(std::string_view text) const;
  [[nodiscard]] json::value value(const json::value& value) const;
  /// The headers as a list of `[name, value]`.
  [[nodiscard]] json::array headers(const http::Headers& headers) const;
  /// A body: JSON, a form or any other text. Cut to kMostShown bytes after secrets are hidden.
  [[nodiscard]] std::string body(std::string_view body) const;

  static constexpr std::size_t kMostShown = 64U << 10U;

 private:
  [[nodiscard]] json::value without_known(const json::value& value) const;

  std::vector<Secret> known_;
};

/// Cuts the text to Hiding::kMostShown bytes, between characters, and adds how many bytes are missing.
[[nodiscard]] std::string cut_to_shown(std::string text);

}  // namespace adit::dev
