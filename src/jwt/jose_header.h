#pragma once

#include <string>
#include <string_view>

#include "adit/error.h"
#include "adit/json.h"

namespace adit::jwt {

/// Error `invalid_jws`: "This is not a JWT that can be read: " and what is wrong with it.
[[nodiscard]] Error invalid_jws(std::string_view what);

/// Error `invalid_signature`: "The JWT's signature is not valid: " and why.
[[nodiscard]] Error signature_refused(std::string_view why);

/// One part in base64url, strictly. `name` is for the message. Throws Error `invalid_jws`, as all of these do.
[[nodiscard]] std::string decode_part(std::string_view part, std::string_view name);
/// A JSON object within limits, without duplicate members.
[[nodiscard]] json::object parse_strict_object(std::string_view text, std::string_view name);

/// What a JOSE header (RFC 7515 section 4) must be, and must not hold, to be judged here at all.
void check_header(const json::object& header);
/// The header's text, read and checked.
[[nodiscard]] json::object parse_header(std::string_view text);

}  // namespace adit::jwt
