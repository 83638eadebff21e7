#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adit/jwt/jwks.h"
#include "adit/jwt/jws.h"

#pragma GCC visibility push(default)

namespace adit::jwt {

/// A JWS whose signature was found right.
struct Verified {
  json::object header;
  std::string payload;
  Algorithm algorithm = Algorithm::RS256;
  /// Of the key that fits: its place in the set.
  std::size_t key = 0;
  /// Of the signature that is right: its place in a JSON serialisation.
  std::size_t signature = 0;
};

/// Verifies against a key set: the key that the header's `kid` names, or where it names none any key of the set that
/// can use the header's algorithm. A key's own `alg` binds it. The algorithm is one of `accepted` (all of ours where
/// that is empty); `none` and HMAC never are. Times are not judged. Throws Error `invalid_jws`, `unknown_key` (no key
/// of the set is meant), `invalid_signature`.
[[nodiscard]] Verified verify(std::string_view compact, const Jwks& keys, std::span<const Algorithm> accepted = {});

/// Verifies a JWS in JSON serialisation, general or flattened (parse_json_jws): one of its signatures has to be right,
/// made by a key of the set; which one, Verified tells. Throws as above; where none is right, what the first that was
/// meant for a key of the set fails by.
[[nodiscard]] Verified verify_json(std::string_view text, const Jwks& keys, std::span<const Algorithm> accepted = {},
                                   std::optional<std::string_view> detached = std::nullopt);

/// Keys from what people have in files: a JWK Set, a single JWK, or PEM or DER of a public key or certificate (all
/// blocks of a PEM text). Throws Error `invalid_jwks` or `invalid_key` (and its kin) that says what the text is.
[[nodiscard]] Jwks read_keys(std::string_view text);

/// A public key made ready for one algorithm, for programs that verify a great deal: OpenSSL's contexts are set up once
/// and kept. Thread-safe; verify() takes no lock.
class PreparedKey {
 public:
  /// Throws Error `invalid_key` where the key cannot use the algorithm.
  PreparedKey(PublicKey key, Algorithm algorithm);
  ~PreparedKey();
  PreparedKey(const PreparedKey&) = delete;
  PreparedKey& operator=(const PreparedKey&) = delete;

  [[nodiscard]] bool verify(std::string_view signing_input, std::string_view signature) const;
  [[nodiscard]] const PublicKey& key() const { return key_; }
  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }

 private:
  struct Contexts;
  PublicKey key_;
  Algorithm algorithm_;
  std::unique_ptr<Contexts> contexts_;
};

}  // namespace adit::jwt

#pragma GCC visibility pop
