#pragma once

#include <string>

#include "adit/signing_key.h"

namespace adit::cli {

/// Parses a certificate's subject as people write it: `CN=Example, O=Example\, Inc., C=US`, or only a common name.
/// Values are escaped as in RFC 4514, sections 2.4 and 3: a backslash precedes a special character, or the two
/// hexadecimal digits of a byte. Throws Error (configuration) `invalid_subject`.
[[nodiscard]] jwt::DistinguishedName parse_subject(const std::string& text);

}  // namespace adit::cli
