#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace adit {

/// Concatenates texts, characters and numbers: `cat("a ", 'b', 3)`.
template <typename... Parts>
[[nodiscard]] std::string cat(const Parts&... parts) {
  std::string text;
  [[maybe_unused]] const auto add = [&text](const auto& part) {
    using Part = std::decay_t<decltype(part)>;
    if constexpr (std::is_same_v<Part, char>) {
      text += part;
    } else if constexpr (std::is_arithmetic_v<Part>) {
      text += std::to_string(part);
    } else {
      text += std::string_view(part);
    }
  };
  (add(parts), ...);
  return text;
}

/// Removes ASCII white space at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
/// Convert only ASCII letters.
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);
/// Splits a text at each separator, trims the pieces, and leaves out empty ones: "a, b,,c" gives a, b, c.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text, char separator = ',');
/// Concatenates the parts with `separator` between them.
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);
[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);
/// Returns the candidate that `word` was probably meant to be, by edit distance, or `nullopt` if none is near. Names of
/// more than 64 bytes are not compared, nor are candidates after the first few hundred of a similar length.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);
/// Describes a value for a message without quoting it, because it may be a secret in the wrong place: "a value of 12
/// characters", "an empty value". Quotes only a number of a few digits and a value that resembles one of the `known`
/// words.
[[nodiscard]] std::string described(std::string_view value, std::span<const std::string> known = {});
/// Appends the byte's two hexadecimal digits, in capitals: `2F`.
void append_hex(std::string& text, unsigned char byte);
/// Encode and decode application/x-www-form-urlencoded text (WHATWG URL section 5).
[[nodiscard]] std::string form_encode(std::string_view text);
[[nodiscard]] std::string form_decode(std::string_view text);
/// Encodes all characters except the unreserved ones (RFC 3986 sections 2.1 and 2.3). A space becomes `%20`, because
/// not every server reads `+` as a space.
[[nodiscard]] std::string percent_encode(std::string_view text);
/// Decodes `%XX`. Returns nullopt if a `%` is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// Larger than any file that a person writes.
inline constexpr std::size_t kMostTextBytes = 16U << 20U;
/// Larger than any program or library.
inline constexpr std::size_t kMostProgramBytes = 1U << 30U;

/// Reads a whole file. Throws Error `file_unreadable` (configuration), which names the file and the reason, if it is
/// larger than `most` bytes or cannot be opened as a regular file (open_file.h): a pipe or device may never end.
[[nodiscard]] std::string read_file(const std::string& path, std::size_t most = kMostTextBytes);

}  // namespace adit
