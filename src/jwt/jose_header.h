#pragma once

#include <string>
#include <string_view>

#include "adit/error.h"
#include "adit/json.h"

namespace adit::jwt {

/// Returns Error `invalid_jws`: "This is not a JWT that can be read: " and what is wrong with it.
[[nodiscard]] Error invalid_jws(std::string_view what);

/// Returns Error `invalid_signature`: "The JWT's signature is not valid: " and why.
[[nodiscard]] Error signature_refused(std::string_view why);

// The functions below throw Error `invalid_jws`. `name` is the part's name in messages.

/// Decodes strict base64url.
[[nodiscard]] std::string decode_part(std::string_view part, std::string_view name);
/// Parses a JSON object within limits, without duplicate members.
[[nodiscard]] json::object parse_strict_object(std::string_view text, std::string_view name);

/// Checks a JOSE header (RFC 7515 section 4): it must name an algorithm, and have no extension that adit does not know.
void check_header(const json::object& header);
/// Parses and checks a header.
[[nodiscard]] json::object parse_header(std::string_view text);

}  // namespace adit::jwt
