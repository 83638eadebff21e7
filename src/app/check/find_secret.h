#pragma once

#include <cstddef>
#include <string>

namespace adit::app {

// Each finds a secret by its form, whether or not .env contains it, and returns std::string::npos if there is none.

/// Returns where a PEM private key begins, or one that is encoded in base64. A BEGIN line without a body is not a key.
[[nodiscard]] std::size_t find_private_key(const std::string& text);

/// Returns where a client secret in the format of the Developer Console begins.
[[nodiscard]] std::size_t find_client_secret(const std::string& text);

}  // namespace adit::app
