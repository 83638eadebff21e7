#include <string>

#include "adit/base64.h"
#include "adit/jwt.h"
#include "adit/signing_key.h"

#include "base/text/text.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::jwt;
using namespace adit::fuzz;

namespace {

/// A signing key and the key set that contains it, and an unrelated key with its own set.
struct JwsKeys {
  SigningKey signing = SigningKey::generate(KeyType::ed25519);
  PublicKey unrelated = SigningKey::generate(KeyType::ed25519).public_key();
  Jwks set{{{signing.public_key(), "k1", "EdDSA", "sig"}}};
  Jwks unrelated_set{{{unrelated, "k1", "EdDSA", "sig"}}};
};

const std::string kJwsPayload = R"({"sub":"someone"})";

}  // namespace

ADIT_FUZZ(jws) {
  static const JwsKeys keys;
  static const std::string signed_before =
      sign_compact(R"({"alg":"EdDSA","kid":"k1"})", kJwsPayload, keys.signing, Algorithm::EdDSA);
  Input input(bytes);
  const auto what = input.choice(4);
  const auto at = input.choice(256);
  const auto cut = input.choice(16);
  std::string text(input.rest());
  // 1: a signed token with the input inserted. 2: the input as header of a signed token. 3: parts of a signed token in
  // the arrangement of the input.
  if (what == 1) {
    const auto place = signed_before.size() * at / 256;
    text = signed_before.substr(0, place) + text + signed_before.substr(std::min(place + cut, signed_before.size()));
  } else if (what == 2) {
    text = base64url_encode(text) + signed_before.substr(signed_before.find('.'));
  } else if (what == 3) {
    const auto dot = signed_before.find('.');
    text = replace_all(replace_all(replace_all(text, "$P", signed_before.substr(0, dot)), "$B",
                                   signed_before.substr(dot + 1, signed_before.rfind('.') - dot - 1)),
                       "$S", signed_before.substr(signed_before.rfind('.') + 1));
  }

  const auto parts = accepted([&] { return parse_compact(text); });
  if (parts) {
    require(text == cat(parts->signing_input, '.', base64url_encode(parts->signature)),
            "a token has only one spelling");
    accepted([&] { return parse_claims(parts->payload); });
  }
  accepted([&] { return parse_json_jws(text); });
  accepted([&] { return parse_json_jws(text, kJwsPayload); });

  require(!accepted([&] { return verify(text, keys.unrelated, Algorithm::EdDSA); }),
          "no token is verified with an unrelated key");
  require(!accepted([&] { return jwt::verify(text, keys.unrelated_set); }),
          "no token is verified with an unrelated key set");
  require(!accepted([&] { return verify_json(text, keys.unrelated_set); }),
          "no JSON is verified with an unrelated key set");
  for (const auto& found :
       {accepted([&] { return jwt::verify(text, keys.set); }), accepted([&] { return verify_json(text, keys.set); }),
        accepted([&] { return verify_json(text, keys.set, {}, kJwsPayload); })})
    require(!found || found->payload == kJwsPayload, "only the signed payload is verified");
}
