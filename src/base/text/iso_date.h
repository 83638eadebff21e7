#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace adit {

// Parts of dates in the forms of ISO 8601. What may follow the day differs: a time with or without seconds, fraction
// and zone. YAML's dates follow JavaScript's rules and have their own reader (app/yaml/yaml_timestamp.h).

/// Removes the first character if it is one of these, and returns whether it is.
[[nodiscard]] bool take_one_of(std::string_view& text, std::string_view characters);

/// Removes exactly `count` digits from the front and returns their number. If there are fewer, returns nullopt and
/// leaves the text. `count` is at most 9.
[[nodiscard]] std::optional<int> take_digits(std::string_view& text, std::size_t count);

/// Removes a day, `2026-11-29`, from the front and returns it. Returns nullopt if there is none, or the calendar has no
/// such day; the text is then unspecified.
[[nodiscard]] std::optional<std::chrono::sys_days> take_iso_date(std::string_view& text);

}  // namespace adit
