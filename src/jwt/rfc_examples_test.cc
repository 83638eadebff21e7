/// The examples in the RFCs, which other implementations test, too. The keys are published there.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text/text.h"
#include "crypto/keys_fixture.h"

namespace adit::jwt {
namespace {

// RFC 7515 appendix A.2 and A.3.
constexpr std::string_view kRsaModulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR"
    "T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB"
    "dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia"
    "GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr std::string_view kRsaP =
    "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8"
    "cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc";
constexpr std::string_view kRsaQ =
    "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t"
    "62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc";
constexpr std::string_view kExampleClaims =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view kA2Signature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9"
    "uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB"
    "_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rq"
    "Vt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr std::string_view kEs256Signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
constexpr std::string_view kEcX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kEcY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

// RFC 7638 section 3.1.
constexpr std::string_view kThumbprintModulus =
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB"
    "ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8"
    "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
    "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

// RFC 8037 appendix A.
constexpr std::string_view kEdX = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
constexpr std::string_view kEdD = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
constexpr std::string_view kEdSignature =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

PublicKey rsa_of(std::string_view modulus) {
  return public_key_from_jwk(json::object{{"kty", "RSA"}, {"n", modulus}, {"e", "AQAB"}});
}

std::string der_of(char tag, std::string_view content) {
  std::string length;
  if (content.size() < 0x80) {
    length += static_cast<char>(content.size());
  } else {
    length += '\x82';
    length += static_cast<char>(content.size() >> 8U);
    length += static_cast<char>(content.size() & 0xFFU);
  }
  return cat(tag, length, content);
}

std::string der_of(const BIGNUM* number) {
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)) + 1, '\0');
  BN_bn2bin(number, openssl::bytes(bytes.data()) + 1);
  if (bytes.size() > 1 && (static_cast<unsigned char>(bytes[1]) & 0x80U) == 0) bytes.erase(0, 1);
  return der_of('\x02', bytes);
}

/// Returns the key with these primes and the exponent 65537 as PKCS#1 (RFC 8017 appendix A.1.2).
std::string rsa_private_key(std::string_view p_text, std::string_view q_text) {
  const openssl::NumberContext context(BN_CTX_new());
  const auto number = [](std::string_view text) {
    const auto bytes = base64url_decode(text).value();
    return openssl::Number(BN_bin2bn(openssl::bytes(bytes.data()), static_cast<int>(bytes.size()), nullptr));
  };
  const auto fresh = [] { return openssl::Number(BN_new()); };
  const auto p = number(p_text), q = number(q_text), e = number("AQAB");
  auto n = fresh(), p1 = fresh(), q1 = fresh(), phi = fresh(), d = fresh(), dp = fresh(), dq = fresh(), qi = fresh();
  BN_mul(n.get(), p.get(), q.get(), context.get());
  BN_sub(p1.get(), p.get(), BN_value_one());
  BN_sub(q1.get(), q.get(), BN_value_one());
  BN_mul(phi.get(), p1.get(), q1.get(), context.get());
  BN_mod_inverse(d.get(), e.get(), phi.get(), context.get());
  BN_mod(dp.get(), d.get(), p1.get(), context.get());
  BN_mod(dq.get(), d.get(), q1.get(), context.get());
  BN_mod_inverse(qi.get(), q.get(), p.get(), context.get());
  std::string members = der_of('\x02', std::string(1, '\0'));
  for (const BIGNUM* value : std::initializer_list<const BIGNUM*>{n.get(), e.get(), d.get(), p.get(), q.get(), dp.get(),
                                                                  dq.get(), qi.get()}) {
    members += der_of(value);
  }
  return der_of('\x30', members);
}

TEST(Rfc7515, appendix_a2_verifies_as_rs256) {
  const std::string compact = cat("eyJhbGciOiJSUzI1NiJ9.", kExampleClaims, '.', kA2Signature);
  const json::object claims = verify_claims(compact, rsa_of(kRsaModulus), Algorithm::RS256);
  EXPECT_EQ(claims.at("iss"), json::value("joe"));
  EXPECT_EQ(claims.at("exp"), json::value(1300819380));
  EXPECT_EQ(claims.at("http://example.com/is_root"), json::value(true));
}

TEST(Rfc7515, appendix_a2_is_signed_to_the_same_text) {
  const SigningKey key = SigningKey::from_der(Secret(rsa_private_key(kRsaP, kRsaQ)));
  EXPECT_EQ(key.public_key(), rsa_of(kRsaModulus));
  EXPECT_EQ(sign_compact(R"({"alg":"RS256"})", base64url_decode(kExampleClaims).value(), key, Algorithm::RS256),
            cat("eyJhbGciOiJSUzI1NiJ9.", kExampleClaims, '.', kA2Signature));
}

TEST(Rfc7515, appendix_a3_verifies_as_es256) {
  const PublicKey key = public_key_from_jwk(json::object{{"kty", "EC"}, {"crv", "P-256"}, {"x", kEcX}, {"y", kEcY}});
  const std::string compact = cat("eyJhbGciOiJFUzI1NiJ9.", kExampleClaims, '.', kEs256Signature);
  EXPECT_EQ(verify(compact, key, Algorithm::ES256), base64url_decode(kExampleClaims).value());
}

TEST(Rfc7515, appendix_a3_is_rejected_if_any_byte_of_its_signature_is_changed) {
  const PublicKey key = public_key_from_jwk(json::object{{"kty", "EC"}, {"crv", "P-256"}, {"x", kEcX}, {"y", kEcY}});
  const std::string signature = base64url_decode(kEs256Signature).value();
  const std::string input = cat("eyJhbGciOiJFUzI1NiJ9.", kExampleClaims);
  ASSERT_TRUE(key.verify(Algorithm::ES256, input, signature));
  for (std::size_t at = 0; at < signature.size(); ++at) {
    std::string damaged = signature;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_FALSE(key.verify(Algorithm::ES256, input, damaged)) << at;
  }
}

TEST(Rfc7515, appendix_a4_verifies_as_es512) {
  const PublicKey key = public_key_from_jwk(
      json::object{{"kty", "EC"},
                   {"crv", "P-521"},
                   {"x", "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk"},
                   {"y", "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}});
  const std::string compact =
      "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-"
      "KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
  EXPECT_EQ(verify(compact, key, Algorithm::ES512), "Payload");
  EXPECT_EQ(verify(compact, Jwks({{key, "", "", ""}})).algorithm, Algorithm::ES512);
}

// adit supports neither HMAC nor `none`: an attacker could sign with HMAC and the public key as its key (algorithm
// confusion, RFC 8725 section 2.1). The test computes an HMAC itself to check that A.1 is read correctly.
TEST(Rfc7515, appendix_a1_and_a5_are_parsed_but_never_verified) {
  const std::string hmac =
      cat("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.", kExampleClaims, ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  const std::string none = cat("eyJhbGciOiJub25lIn0.", kExampleClaims, ".");
  const Jwks every({{rsa_of(kRsaModulus), "", "", ""},
                    {test::p256_key().public_key(), "", "", ""},
                    {test::ed25519_key().public_key(), "", "", ""}});
  for (const auto& [compact, algorithm] : {std::pair(hmac, "HS256"), std::pair(none, "none")}) {
    EXPECT_EQ(string_member(parse_compact(compact).header, "alg"), algorithm);
    EXPECT_EQ(parse_compact(compact).payload, base64url_decode(kExampleClaims).value());
    try {
      static_cast<void>(verify(compact, every));
      ADD_FAILURE() << algorithm;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "invalid_signature") << algorithm;
    }
  }
  EXPECT_EQ(test::hmac_sha256("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
                              parse_compact(hmac).signing_input),
            parse_compact(hmac).signature);
}

// Appendix A.6 and A.7: both signatures in JSON serialisation.
Jwks keys_of_appendix_a6() {
  return Jwks({{rsa_of(kRsaModulus), "2010-12-29", "", ""},
               {public_key_from_jwk(json::object{{"kty", "EC"}, {"crv", "P-256"}, {"x", kEcX}, {"y", kEcY}}),
                "e9bc097a-ce51-4036-9562-d2ade882db0d", "", ""}});
}

json::object signature_of_appendix_a6(std::string_view protected_header, std::string_view key_id,
                                      std::string_view signature) {
  return {{"protected", protected_header}, {"header", json::object{{"kid", key_id}}}, {"signature", signature}};
}

TEST(Rfc7515, appendix_a6_verifies_in_general_serialisation) {
  auto first = signature_of_appendix_a6("eyJhbGciOiJSUzI1NiJ9", "2010-12-29", kA2Signature);
  auto second =
      signature_of_appendix_a6("eyJhbGciOiJFUzI1NiJ9", "e9bc097a-ce51-4036-9562-d2ade882db0d", kEs256Signature);
  const auto jws = to_json(json::object{{"payload", kExampleClaims}, {"signatures", json::array{first, second}}});
  const auto keys = keys_of_appendix_a6();
  const auto verified = verify_json(jws, keys);
  EXPECT_EQ(verified.payload, base64url_decode(kExampleClaims).value());
  EXPECT_EQ(verified.header, (json::object{{"alg", "RS256"}, {"kid", "2010-12-29"}})) << "section A.6.3's JOSE header";
  const auto by_second = verify_json(jws, Jwks({keys.keys()[1]}));
  EXPECT_EQ(by_second.signature, 1U);
  EXPECT_EQ(by_second.algorithm, Algorithm::ES256);
}

TEST(Rfc7515, appendix_a7_verifies_in_flattened_serialisation) {
  auto jws = signature_of_appendix_a6("eyJhbGciOiJFUzI1NiJ9", "e9bc097a-ce51-4036-9562-d2ade882db0d", kEs256Signature);
  jws["payload"] = kExampleClaims;
  EXPECT_EQ(verify_json(to_json(jws), keys_of_appendix_a6()).key, 1U);
}

TEST(Rfc7515, appendix_f_is_verified_with_its_detached_content) {
  const auto with_payload = [](std::string_view payload) {
    return cat("eyJhbGciOiJSUzI1NiJ9.", base64url_encode(payload), '.', kA2Signature);
  };
  const std::string content = base64url_decode(kExampleClaims).value();
  EXPECT_EQ(verify(with_payload(content), rsa_of(kRsaModulus), Algorithm::RS256), content);
  EXPECT_THROW((void)verify(with_payload("other"), rsa_of(kRsaModulus), Algorithm::RS256), Error);
  EXPECT_THROW((void)verify(with_payload(""), rsa_of(kRsaModulus), Algorithm::RS256), Error);
}

TEST(Rfc7515, appendix_a2_is_verified_with_a_set_by_its_algorithm) {
  const Jwks keys(
      {{test::rsa_key().public_key(), "", "", ""},
       {public_key_from_jwk(json::object{{"kty", "EC"}, {"crv", "P-256"}, {"x", kEcX}, {"y", kEcY}}), "", "", ""},
       {rsa_of(kRsaModulus), "", "", ""}});
  EXPECT_EQ(verify(cat("eyJhbGciOiJSUzI1NiJ9.", kExampleClaims, '.', kA2Signature), keys).key, 2U);
  EXPECT_EQ(verify(cat("eyJhbGciOiJFUzI1NiJ9.", kExampleClaims, '.', kEs256Signature), keys).key, 1U);
}

TEST(Rfc7638, section_3_1_has_its_thumbprint) {
  EXPECT_EQ(rsa_of(kThumbprintModulus).thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(Rfc8037, appendix_a3_has_its_thumbprint) {
  const PublicKey key = public_key_from_jwk(json::object{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", kEdX}});
  EXPECT_EQ(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(Rfc8037, appendix_a4_is_signed_to_the_same_text_and_a5_verifies) {
  // PKCS#8 of an Ed25519 key is a fixed prefix and the 32 octets (RFC 8410 section 7).
  const std::string beginning("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16);
  const SigningKey key = SigningKey::from_der(Secret(beginning + base64url_decode(kEdD).value()));
  const std::string compact = sign_compact(R"({"alg":"EdDSA"})", "Example of Ed25519 signing", key, Algorithm::EdDSA);
  EXPECT_EQ(compact, cat("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.", kEdSignature));
  const PublicKey public_key = public_key_from_jwk(json::object{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", kEdX}});
  EXPECT_EQ(key.public_key(), public_key);
  EXPECT_EQ(verify(compact, public_key, Algorithm::EdDSA), "Example of Ed25519 signing");
}

}  // namespace
}  // namespace adit::jwt
