#include "cli/terminal/jwt_words.h"

#include <array>
#include <cmath>
#include <limits>

#include "adit/token_verifier.h"
#include "cli/terminal/terminal.h"

#include "base/json/whole_number.h"
#include "base/text/text.h"

namespace adit::cli {
namespace {

constexpr std::int64_t kYear10000 = 253402300800;

/// RFC 7519's NumericDate: seconds, fractions allowed.
std::optional<WallTime> numeric_date(const json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto seconds = value->to_number<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds >= static_cast<double>(kYear10000)) return std::nullopt;
  return WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)));
}

std::optional<std::int64_t> milliseconds_of(const json::object& claims, std::string_view name) {
  const auto number = whole_number(claims.if_contains(name));
  if (!number || *number < 0 || *number >= kYear10000 * 1000) return std::nullopt;
  return number;
}

}  // namespace

TokenTimes times_of(const json::object& claims) {
  TokenTimes times{.issued = numeric_date(claims, "iat"),
                   .not_before = numeric_date(claims, "nbf"),
                   .expires = numeric_date(claims, "exp")};
  const auto created = milliseconds_of(claims, "created_at");
  const auto life = milliseconds_of(claims, "expires_in");
  if (created && !times.issued) times.issued = WallTime(std::chrono::milliseconds(*created));
  if (created && life && !times.expires && *created + *life < kYear10000 * 1000)
    times.expires = WallTime(std::chrono::milliseconds(*created + *life));
  return times;
}

std::string in_words(WallTime time, WallTime now) {
  const bool ahead = time >= now;
  const auto seconds = (ahead ? time - now : now - time).count() / 1000;
  if (seconds == 0) return "now";
  struct Unit {
    std::int64_t seconds;
    std::string_view name;
  };
  static constexpr std::array<Unit, 4> kUnits{{{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}}};
  std::string words;
  for (std::size_t at = 0; at < kUnits.size(); ++at) {
    const auto& unit = kUnits.at(at);
    if (seconds < unit.seconds) continue;
    words = counted(seconds / unit.seconds, unit.name);
    if (at + 1 < kUnits.size()) {
      const auto& next = kUnits.at(at + 1);
      if (const auto rest = seconds % unit.seconds / next.seconds; rest > 0)
        words += cat(' ', counted(rest, next.name));
    }
    break;
  }
  return ahead ? cat("in ", words) : cat(words, " ago");
}

std::string ims_in_words(const json::object& claims) {
  const auto as = string_member(claims, "as");
  if (as.empty()) return {};
  const auto ims = ims::ims_of(as);
  if (ims && *ims == ims::Ims::prod()) return cat("production (", as, ")");
  if (ims && *ims == ims::Ims::stage()) return cat("stage (", as, ")");
  return std::string(as);
}

}  // namespace adit::cli
