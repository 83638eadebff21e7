#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "adit/secret.h"

#include "config/dotenv.h"

namespace adit {

/// A private key that is wrapped over several lines of a `.env` file without quotes.
struct WrappedKey {
  /// The lines without white space at both ends, separated by `\n`.
  WipedString value;
  /// The position in the text where the last line ends.
  std::size_t end = 0;
};

/// Returns the whole key if the entry's value, as dotenv reads it, is only the beginning of one: base64 (or base64url)
/// that starts like a PEM or DER key, PEM text, or an empty value with such a text on the next line. Returns `nullopt`
/// if dotenv's value is complete. `text` is the file with normalised line ends.
///
/// The key itself decides which lines belong to it, if it can be read: PEM text ends with its END line, and DER
/// contains its length. Otherwise all lines of base64 characters belong to it, up to the first one with padding, but
/// `NAME=` in capitals is the next variable.
[[nodiscard]] std::optional<WrappedKey> wrapped_key(std::string_view text, const DotenvEntry& entry);

}  // namespace adit
