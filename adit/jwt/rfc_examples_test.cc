/// The published examples of the RFCs, by which other implementations are judged too. The keys in them are everybody's.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/base/base64.h"
#include "adit/base/error.h"
#include "adit/base/text.h"
#include "adit/jwt/jwks.h"
#include "adit/jwt/jws.h"
#include "adit/jwt/test_keys.h"
#include "adit/jwt/verification.h"

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
constexpr std::string_view kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view kRs256Signature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9"
    "uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB"
    "_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rq"
    "Vt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr std::string_view kEs256Signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
constexpr std::string_view kEcX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kEcY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

// RFC 7520 section 4.1.
constexpr std::string_view kHobbitModulus =
    "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRB"
    "SFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD"
    "1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_"
    "qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw";
constexpr std::string_view kHobbitCompact =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ"
    "1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24"
    "ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.MRj"
    "dkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wn"
    "B-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadn"
    "HXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ"
    "41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg";

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

/// PKCS#1 (RFC 8017 appendix A.1.2) of the key with these primes and the exponent 65537.
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

TEST(Rfc7515, AppendixA2VerifiesAsRs256) {
  const std::string compact = cat("eyJhbGciOiJSUzI1NiJ9.", kPayload, '.', kRs256Signature);
  const json::object claims = verify_claims(compact, rsa_of(kRsaModulus), Algorithm::RS256);
  EXPECT_EQ(claims.at("iss"), json::value("joe"));
  EXPECT_EQ(claims.at("exp"), json::value(1300819380));
  EXPECT_EQ(claims.at("http://example.com/is_root"), json::value(true));
}

TEST(Rfc7515, AppendixA2IsSignedToTheSameText) {
  const SigningKey key = SigningKey::from_der(Secret(rsa_private_key(kRsaP, kRsaQ)));
  EXPECT_EQ(key.public_key(), rsa_of(kRsaModulus));
  EXPECT_EQ(sign_compact(R"({"alg":"RS256"})", base64url_decode(kPayload).value(), key, Algorithm::RS256),
            cat("eyJhbGciOiJSUzI1NiJ9.", kPayload, '.', kRs256Signature));
}

TEST(Rfc7515, AppendixA3VerifiesAsEs256) {
  const PublicKey key = public_key_from_jwk(json::object{{"kty", "EC"}, {"crv", "P-256"}, {"x", kEcX}, {"y", kEcY}});
  const std::string compact = cat("eyJhbGciOiJFUzI1NiJ9.", kPayload, '.', kEs256Signature);
  EXPECT_EQ(verify(compact, key, Algorithm::ES256), base64url_decode(kPayload).value());
}

TEST(Rfc7515, AppendixA3IsRefusedWithAnyByteOfItsSignatureChanged) {
  const PublicKey key = public_key_from_jwk(json::object{{"kty", "EC"}, {"crv", "P-256"}, {"x", kEcX}, {"y", kEcY}});
  const std::string signature = base64url_decode(kEs256Signature).value();
  const std::string input = cat("eyJhbGciOiJFUzI1NiJ9.", kPayload);
  ASSERT_TRUE(key.verify(Algorithm::ES256, input, signature));
  for (std::size_t at = 0; at < signature.size(); ++at) {
    std::string damaged = signature;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_FALSE(key.verify(Algorithm::ES256, input, damaged)) << at;
  }
}

// Appendix A.1 (HS256), A.4 (ES512) and A.5 (none) are of algorithms that adit does not have: with a public key at
// hand, HMAC is the classical confusion of algorithms (RFC 8725 section 2.1), and nobody's tokens use ES512.
TEST(Rfc7515, AppendixA1A4AndA5AreTakenApartButNeverVerified) {
  const std::string hmac =
      cat("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.", kPayload, ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  const std::string es512 =
      "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-"
      "KGDKB34XO0"
      "aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
  const std::string none = cat("eyJhbGciOiJub25lIn0.", kPayload, ".");
  const Jwks every({{rsa_of(kRsaModulus), "", "", ""},
                    {test::p256_key().public_key(), "", "", ""},
                    {test::ed25519_key().public_key(), "", "", ""}});
  for (const auto& [compact, algorithm] :
       {std::pair(hmac, "HS256"), std::pair(es512, "ES512"), std::pair(none, "none")}) {
    EXPECT_EQ(string_member(parse_compact(compact).header, "alg"), algorithm);
    try {
      static_cast<void>(verify(compact, every));
      ADD_FAILURE() << algorithm;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "invalid_signature") << algorithm;
    }
  }
  EXPECT_EQ(parse_compact(es512).payload, "Payload");
  EXPECT_EQ(parse_compact(es512).signature.size(), 132U);
}

TEST(Rfc7515, AppendixA2IsFoundInASetOfKeysByItsAlgorithm) {
  const Jwks keys(
      {{test::rsa_key().public_key(), "", "", ""},
       {public_key_from_jwk(json::object{{"kty", "EC"}, {"crv", "P-256"}, {"x", kEcX}, {"y", kEcY}}), "", "", ""},
       {rsa_of(kRsaModulus), "", "", ""}});
  EXPECT_EQ(verify(cat("eyJhbGciOiJSUzI1NiJ9.", kPayload, '.', kRs256Signature), keys).key, 2U);
  EXPECT_EQ(verify(cat("eyJhbGciOiJFUzI1NiJ9.", kPayload, '.', kEs256Signature), keys).key, 1U);
}

TEST(Rfc7520, Section41VerifiesAsRs256) {
  EXPECT_THAT(verify(kHobbitCompact, rsa_of(kHobbitModulus), Algorithm::RS256),
              testing::StartsWith("It\xE2\x80\x99s a dangerous business, Frodo"));
  EXPECT_EQ(string_member(parse_compact(kHobbitCompact).header, "kid"), "bilbo.baggins@hobbiton.example");
}

TEST(Rfc7638, Section31HasItsThumbprint) {
  EXPECT_EQ(rsa_of(kThumbprintModulus).thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(Rfc8037, AppendixA3HasItsThumbprint) {
  const PublicKey key = public_key_from_jwk(json::object{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", kEdX}});
  EXPECT_EQ(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(Rfc8037, AppendixA4IsSignedToTheSameTextAndA5Verifies) {
  // PKCS#8 of an Ed25519 key is a fixed beginning and the 32 octets (RFC 8410 section 7).
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
