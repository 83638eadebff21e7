#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "adit/secret.h"

namespace adit {

/// An entry with its place in the text.
struct DotenvEntry {
  std::string key;
  WipedString value;
  /// The line of the key; the first line is 1.
  int line = 0;
  /// The bytes of the whole entry in the text after normalise_line_ends(): [begin, end).
  std::size_t begin = 0;
  std::size_t end = 0;
  /// The bytes of the value in the same text, with its quotes; an empty range if there is no value.
  std::size_t value_begin = 0;
  std::size_t value_end = 0;
};

/// Parses the text of a `.env` file as npm's `dotenv` does (`parse` of versions 16 and 17): every text gives the same
/// keys and the same values. Returns the entries in file order. If the file sets a key twice, both entries are
/// returned; the later one wins. Source: https://github.com/motdotla/dotenv, lib/main.js, the expression LINE.
[[nodiscard]] std::vector<DotenvEntry> parse_dotenv(std::string_view text);

/// Parses as EnvFile::parse() does: as parse_dotenv(), but the value of a wrapped private key includes all its lines.
[[nodiscard]] std::vector<DotenvEntry> parse_with_wrapped_keys(std::string_view text);

/// Replaces `\r\n` and `\r` by `\n`, as dotenv does before it parses.
[[nodiscard]] std::string normalise_line_ends(std::string_view text);

}  // namespace adit
