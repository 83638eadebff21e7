#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/environment.h"
#include "adit/http.h"
#include "adit/json.h"
#include "adit/secret.h"

namespace adit::dev {

/// Hides secrets in what the console shows: the values of the project's secret settings wherever they stand, and
/// everything that adit::string_parameters() hides in a log. Immutable.
class Hiding {
 public:
  Hiding() = default;
  /// Secrets are the settings whose names say so (app::names_a_secret).
  explicit Hiding(const Environment& settings);

  [[nodiscard]] std::string text(std::string text) const;
  /// A log's line: one that holds a token or a key is hidden as a whole.
  [[nodiscard]] std::string line(std::string_view line) const;
  [[nodiscard]] json::value value(const json::value& value) const;
  /// A list of `[name, value]`.
  [[nodiscard]] json::array headers(const http::Headers& headers) const;
  /// A body, which may be JSON, a form or anything else; at most kMostShown bytes of it, cut after the hiding.
  [[nodiscard]] std::string body(std::string_view body) const;

  static constexpr std::size_t kMostShown = 64U << 10U;

 private:
  [[nodiscard]] json::value without_known(const json::value& value) const;

  std::vector<Secret> known_;
};

/// The text's beginning, cut between characters, with a note of how much is missing.
[[nodiscard]] std::string cut_to_shown(std::string text);

}  // namespace adit::dev
