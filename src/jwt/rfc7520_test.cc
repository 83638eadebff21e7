/// RFC 7520 section 4: all examples of a JWS, in all serialisations that it shows. The keys are published in the RFC.
#include <optional>
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

constexpr std::string_view kBilbo = "bilbo.baggins@hobbiton.example";
constexpr std::string_view kModulus =
    "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRB"
    "SFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD"
    "1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_"
    "qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw";
constexpr std::string_view kHmacKey = "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg";
constexpr std::string_view kPayload =
    "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW"
    "5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0"
    "by4";
constexpr std::string_view kRs256Header = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9";
constexpr std::string_view kRs256Signature =
    "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoB"
    "wA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0"
    "ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vj"
    "bU5y18kDquDg";
constexpr std::string_view kPs384Header = "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9";
constexpr std::string_view kPs384Signature =
    "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPp"
    "cbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lf"
    "JT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifK"
    "o8DYM-X72Eaw";
constexpr std::string_view kEs512Header = "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9";
constexpr std::string_view kEs512Signature =
    "AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMD"
    "xXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2";
constexpr std::string_view kHs256Header =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9";
constexpr std::string_view kHs256Signature = "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0";
constexpr std::string_view kRs256OfMany =
    "MIsjqtVlOpa71KE-Mss8_Nq2YH4FGhiocsqrgi5NvyG53uoimic1tcMdSg-qptrzZc7CG6Svw2Y13TDIqHzTUrL_lR2ZFcryNFiHkSw129EghG"
    "pwkpxaTn_THJTCglNbADko1MZBCdwzJxwqZc-1RlpO2HibUYyXSwO97BSe0_evZKdjvvKSgsIqjytKSeAMbhMBdMma622_BG5t4sdbuCHtFjp9"
    "iJmkio47AIwqkZV1aIZsv33uPUqBBCXbYoQJwt7mxPftHmNlGoOSMxR_3thmXTCm4US-xiNOyhbm8afKK64jU6_TPtQHiJeQJxz9G3Tx-083B7"
    "45_AfYOnlC9w";
constexpr std::string_view kEs512OfMany =
    "ARcVLnaJJaUWG8fG-8t5BREVAuTY8n8YHjwDO1muhcdCoFZFFjfISu0Cdkn9Ybdlmi54ho0x924DUz8sK7ZXkhc7AFM8ObLfTvNCrqcI3Jkl2U"
    "5IX3utNhODH6v7xgy1Qahsn0fyb4zSAkje8bAWz4vIfj5pCMYxxm4fgV3q7ZYhm5eD";

PublicKey rsa_key() { return public_key_from_jwk(json::object{{"kty", "RSA"}, {"n", kModulus}, {"e", "AQAB"}}); }

PublicKey ec_key() {
  return public_key_from_jwk(
      json::object{{"kty", "EC"},
                   {"crv", "P-521"},
                   {"x", "AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt"},
                   {"y", "AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1"}});
}

/// The two asymmetric keys. The RFC gives both the same `kid`.
Jwks keys() { return Jwks({{rsa_key(), std::string(kBilbo), "", ""}, {ec_key(), std::string(kBilbo), "", ""}}); }

std::string text() { return base64url_decode(kPayload).value(); }

json::object general(json::array signatures) { return {{"payload", kPayload}, {"signatures", std::move(signatures)}}; }

/// Expects that the example verifies in all three serialisations.
void expect_verified(std::string_view header, std::string_view signature, Algorithm algorithm) {
  const auto by_compact = verify(cat(header, '.', kPayload, '.', signature), keys(), std::array{algorithm});
  EXPECT_EQ(by_compact.payload, text());
  EXPECT_EQ(string_member(by_compact.header, "kid"), kBilbo);
  const json::object one{{"protected", header}, {"signature", signature}};
  EXPECT_EQ(verify_json(to_json(general({one})), keys(), std::array{algorithm}).payload, text());
  auto flattened = one;
  flattened["payload"] = kPayload;
  EXPECT_EQ(verify_json(to_json(flattened), keys(), std::array{algorithm}).payload, text());
}

/// Expects that an HMAC example is read and rejected, because adit does not support HMAC (rfc_examples_test.cc). The
/// RFC's signature fits the signing input that adit reads, so that this is right to the last octet.
void expect_read_and_refused(const json::object& jws, std::string_view signature,
                             std::optional<std::string_view> detached = std::nullopt) {
  const auto parts = parse_json_jws(to_json(jws), detached).at(0);
  EXPECT_EQ(parts.payload, text());
  EXPECT_EQ(string_member(parts.header, "alg"), "HS256");
  EXPECT_EQ(string_member(parts.header, "kid"), "018c0ae5-4d9b-471b-bfd6-eef314bc7037");
  EXPECT_EQ(base64url_encode(test::hmac_sha256(kHmacKey, parts.signing_input)), signature);
  try {
    static_cast<void>(verify_json(to_json(jws), keys(), {}, detached));
    ADD_FAILURE() << "an HMAC was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "invalid_signature");
  }
}

TEST(Rfc7520, section_4_1_rs256) { expect_verified(kRs256Header, kRs256Signature, Algorithm::RS256); }
TEST(Rfc7520, section_4_2_ps384) { expect_verified(kPs384Header, kPs384Signature, Algorithm::PS384); }
TEST(Rfc7520, section_4_3_es512) { expect_verified(kEs512Header, kEs512Signature, Algorithm::ES512); }

TEST(Rfc7520, section_4_4_hs256) {
  const json::object one{{"protected", kHs256Header}, {"signature", kHs256Signature}};
  expect_read_and_refused(general({one}), kHs256Signature);
  auto flattened = one;
  flattened["payload"] = kPayload;
  expect_read_and_refused(flattened, kHs256Signature);
  EXPECT_EQ(parse_compact(cat(kHs256Header, '.', kPayload, '.', kHs256Signature)).payload, text());
}

TEST(Rfc7520, section_4_5_detached_content) {
  const json::object one{{"protected", kHs256Header}, {"signature", kHs256Signature}};
  expect_read_and_refused(json::object{{"signatures", json::array{one}}}, kHs256Signature, text());
  expect_read_and_refused(one, kHs256Signature, text());
}

TEST(Rfc7520, section_4_6_some_header_fields_protected) {
  constexpr std::string_view kSignature = "bWUSVaxorn7bEF1djytBd0kHv70Ly5pvbomzMWSOr20";
  const json::object one{{"protected", "eyJhbGciOiJIUzI1NiJ9"},
                         {"header", json::object{{"kid", "018c0ae5-4d9b-471b-bfd6-eef314bc7037"}}},
                         {"signature", kSignature}};
  expect_read_and_refused(general({one}), kSignature);
  auto flattened = one;
  flattened["payload"] = kPayload;
  expect_read_and_refused(flattened, kSignature);
}

TEST(JsonJws, has_at_most_sixteen_signatures) {
  const json::object one{{"protected", kHs256Header}, {"signature", kHs256Signature}};
  json::array list;
  for (int count = 0; count < 16; ++count) list.push_back(one);
  EXPECT_EQ(parse_json_jws(to_json(general(list)), std::nullopt).size(), 16U);
  list.push_back(one);
  try {
    static_cast<void>(parse_json_jws(to_json(general(list)), std::nullopt));
    ADD_FAILURE() << "17 signatures were read";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "invalid_jws");
    EXPECT_NE(error.message().find("more than 16 signatures"), std::string::npos) << error.message();
  }
}

TEST(Rfc7520, section_4_7_only_content_protected) {
  constexpr std::string_view kSignature = "xuLifqLGiblpv9zBpuZczWhNj1gARaLV3UxvxhJxZuk";
  const json::object one{{"header", json::object{{"alg", "HS256"}, {"kid", "018c0ae5-4d9b-471b-bfd6-eef314bc7037"}}},
                         {"signature", kSignature}};
  expect_read_and_refused(general({one}), kSignature);
  auto flattened = one;
  flattened["payload"] = kPayload;
  expect_read_and_refused(flattened, kSignature);
}

TEST(Rfc7520, section_4_8_many_signatures) {
  const json::object rsa{
      {"protected", "eyJhbGciOiJSUzI1NiJ9"}, {"header", json::object{{"kid", kBilbo}}}, {"signature", kRs256OfMany}};
  const json::object ec{{"header", json::object{{"alg", "ES512"}, {"kid", kBilbo}}}, {"signature", kEs512OfMany}};
  const json::object hmac{{"protected", kHs256Header}, {"signature", kHs256Signature}};
  const auto jws = to_json(general({rsa, ec, hmac}));
  EXPECT_EQ(verify_json(jws, keys()).signature, 0U);
  const auto by_ec = verify_json(jws, Jwks({{ec_key(), std::string(kBilbo), "", ""}}));
  EXPECT_EQ(by_ec.signature, 1U);
  EXPECT_EQ(by_ec.payload, text());
  EXPECT_EQ(verify_json(jws, keys(), std::array{Algorithm::ES512}).signature, 1U);
  const auto parts = parse_json_jws(jws);
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(base64url_encode(test::hmac_sha256(kHmacKey, parts[2].signing_input)), kHs256Signature);
}

// Texts that are not a JWS in JSON serialisation, and one that must not be accepted.

std::string code_of_jws(const json::value& jws, std::optional<std::string_view> detached = std::nullopt) {
  try {
    static_cast<void>(verify_json(to_json(jws), keys(), {}, detached));
  } catch (const Error& error) {
    return error.code();
  }
  return "verified";
}

TEST(JsonJws, rejects_other_texts) {
  const json::object one{{"protected", kRs256Header}, {"signature", kRs256Signature}};
  const auto with = [](json::object object, std::string_view name, const auto& value) {
    object[name] = value;
    return object;
  };
  ASSERT_EQ(code_of_jws(with(one, "payload", kPayload)), "verified");
  EXPECT_EQ(code_of_jws(one), "invalid_jws") << "no payload";
  EXPECT_EQ(code_of_jws(with(one, "payload", kPayload), text()), "invalid_jws") << "two payloads";
  EXPECT_EQ(code_of_jws(general({})), "invalid_jws") << "no signature";
  EXPECT_EQ(code_of_jws(general({1})), "invalid_jws");
  EXPECT_EQ(code_of_jws(general(json::array(17, one))), "invalid_jws") << "a long payload for each of many";
  EXPECT_EQ(code_of_jws(general({json::object{{"protected", kRs256Header}}})), "invalid_jws");
  EXPECT_EQ(code_of_jws(with(general({one}), "signature", kRs256Signature)), "invalid_jws") << "both forms at once";
  EXPECT_EQ(code_of_jws(with(with(one, "payload", kPayload), "header", json::object{{"kid", "x"}})), "invalid_jws")
      << "kid twice";
  EXPECT_EQ(code_of_jws(with(with(one, "payload", kPayload), "header", json::object{{"crit", json::array{"kid"}}})),
            "invalid_jws");
  EXPECT_EQ(code_of_jws(with(with(one, "payload", kPayload), "header", 1)), "invalid_jws");
  EXPECT_EQ(code_of_jws(with(one, "payload", 1)), "invalid_jws");
  EXPECT_EQ(code_of_jws(with(one, "payload", "not base64url!")), "invalid_jws");
}

TEST(JsonJws, rejects_another_payload_header_or_key) {
  json::object jws{{"payload", kPayload}, {"protected", kRs256Header}, {"signature", kRs256Signature}};
  auto other = jws;
  other["payload"] = base64url_encode("another");
  EXPECT_EQ(code_of_jws(other), "invalid_signature");
  other = jws;
  other["protected"] = kPs384Header;
  EXPECT_EQ(code_of_jws(other), "invalid_signature");
  try {
    static_cast<void>(verify_json(to_json(jws), Jwks({{rsa_key(), "someone", "", ""}})));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "unknown_key");
  }
  const json::object wrong{{"protected", kPs384Header}, {"signature", kRs256Signature}};
  const json::object right{{"protected", kRs256Header}, {"signature", kRs256Signature}};
  EXPECT_EQ(code_of_jws(general({wrong, right})), "verified") << "one that is right is enough";
}

}  // namespace
}  // namespace adit::jwt
