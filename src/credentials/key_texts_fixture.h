#pragma once

#include <string>
#include <string_view>

#include "adit/base64.h"

#include "base/text/text.h"
#include "crypto/keys_fixture.h"

/// Texts of one RSA key, as people and tools write it.
namespace adit::key_texts {

inline constexpr const char* kPassphrase = "open sesame";

inline std::string pkcs8() { return jwt::test::pem(jwt::test::rsa_key()); }
inline std::string pkcs1() { return jwt::test::traditional_pem(jwt::test::evp(jwt::test::rsa_key()).get()); }
inline std::string crlf(const std::string& text) { return replace_all(text, "\n", "\r\n"); }
inline std::string on_one_line(const std::string& text, std::string_view between) {
  return replace_all(std::string(trim(text)), "\n", between);
}

inline std::string wrapped(const std::string& text, std::size_t width, std::string_view end = "\n") {
  std::string lines;
  for (std::size_t at = 0; at < text.size(); at += width) lines += cat(std::string_view(text).substr(at, width), end);
  return lines;
}

inline std::string base64url_of(const std::string& bytes) { return base64url_encode(bytes); }

/// Encodes like `certutil -encode`.
inline std::string certutil(const std::string& bytes, bool armour = true) {
  const std::string body = wrapped(base64_encode(bytes), 64, "\r\n");
  return armour ? cat("-----BEGIN CERTIFICATE-----\r\n", body, "-----END CERTIFICATE-----\r\n") : body;
}

inline std::string utf16(const std::string& text) {
  std::string wide = "\xFF\xFE";
  for (const char c : text) wide += std::string{c, '\0'};
  return wide;
}

}  // namespace adit::key_texts
