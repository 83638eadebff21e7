#pragma once

#include <string>

#include "adit/signing_key.h"

namespace adit::cli {

/// A certificate's subject as people write it: `CN=Example, O=Example\, Inc., C=US`, or a common name alone. Values are
/// escaped as by RFC 4514, sections 2.4 and 3: a backslash stands before a character that would mean something, or
/// before a byte's two hexadecimal digits. Throws Error (configuration) `invalid_subject`.
[[nodiscard]] jwt::DistinguishedName parse_subject(const std::string& text);

}  // namespace adit::cli
