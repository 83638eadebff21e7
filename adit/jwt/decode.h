#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "adit/base/json.h"

#pragma GCC visibility push(default)

namespace adit::jwt {

enum class PartState {
  absent,
  complete,
  /// The text ends within it; what stands before is there.
  cut,
  /// It is something else than it should be.
  broken,
};

/// One of the two JSON parts of a token.
struct DecodedPart {
  PartState state = PartState::absent;
  /// The members read; of a part that is cut, those before the cut.
  json::object members{};
  /// The member whose value the cut goes through; it stands in `members` where a part of its text could be read.
  std::string cut_member{};
  /// The bytes as they were decoded.
  std::string text{};
};

/// A token as far as it can be read. Nothing of it is verified: anybody can have written it.
struct Decoded {
  DecodedPart header;
  DecodedPart claims;
  PartState signature = PartState::absent;
  std::size_t signature_bytes = 0;
  /// What is odd, one sentence each, for people: "The text ends within the claims, after 'scope'."
  std::vector<std::string> remarks;

  [[nodiscard]] bool complete() const {
    return header.state == PartState::complete && claims.state == PartState::complete &&
           signature == PartState::complete;
  }
};

/// Explains a token leniently: white space, line breaks, quotes and `Bearer ` around it are passed over, both base64
/// alphabets and padding taken, and of a text that was cut off all is read that stands before the cut. Never throws for
/// its input; texts over a megabyte are read up to there.
[[nodiscard]] Decoded decode(std::string_view text);

}  // namespace adit::jwt

#pragma GCC visibility pop
