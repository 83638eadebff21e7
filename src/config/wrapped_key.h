#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "adit/environment.h"
#include "adit/secret.h"

namespace adit {

/// A private key that goes on over several lines of a `.env` file without quotes.
struct WrappedKey {
  /// The lines, without blanks at their ends, `\n` between them.
  WipedString value;
  /// Where the last line ends in the text.
  std::size_t end = 0;
};

/// The whole key where the entry's value, as dotenv sees it, is but its beginning: base64 (or base64url) that starts
/// like a PEM or DER key, or PEM text, or nothing, with such a text on the next line. Nothing where dotenv's value is
/// already all there is. `text` is the normalised file.
///
/// What belongs to the key is decided by the key itself if it can be read: PEM text ends with its END line, DER
/// tells its length. Otherwise a line of base64 characters belongs to it, up to the first with padding, and `NAME=` in
/// capitals is taken for the next variable.
[[nodiscard]] std::optional<WrappedKey> wrapped_key(std::string_view text, const DotenvEntry& entry);

}  // namespace adit
