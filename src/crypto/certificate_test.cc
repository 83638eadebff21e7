#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include "adit/error.h"
#include "adit/signing_key.h"

#include "crypto/certificate_handle.h"
#include "crypto/keys_fixture.h"

namespace adit::jwt {
namespace {

using test::code_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

CertificateTemplate server(std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"}) {
  return {.subject = {.common_name = "localhost"}, .names = std::move(names)};
}

CertificateIssuer authority() {
  const auto& key = test::p384_key();
  return {make_self_signed({.subject = {.common_name = "adit authority"}, .authority = true}, key), key};
}

/// Verifies the certificate as a TLS client does. Returns 0 (X509_V_OK) or the error.
int verify_for_host(const Certificate& certificate, const Certificate& trusted, const char* host) {
  const openssl::ErrorScope errors;
  const std::unique_ptr<X509_STORE, Freed<X509_STORE_free>> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), trusted.handle().x509.get());
  const std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), certificate.handle().x509.get(), nullptr);
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  auto* wanted = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(wanted, X509_V_FLAG_X509_STRICT);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host) != 1) X509_VERIFY_PARAM_set1_host(wanted, host, 0);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

TEST(Certificate, of_an_authority_passes_openssls_strict_checks) {
  const auto issuer = authority();
  for (const auto* key : {&test::rsa_key(), &test::p256_key()}) {
    const auto made = make_certificate(server(), key->public_key(), issuer);
    EXPECT_EQ(verify_for_host(made, issuer.certificate, "localhost"), X509_V_OK);
    EXPECT_EQ(verify_for_host(made, issuer.certificate, "127.0.0.1"), X509_V_OK);
    EXPECT_EQ(verify_for_host(made, issuer.certificate, "::1"), X509_V_OK);
    EXPECT_EQ(verify_for_host(made, issuer.certificate, "example.com"), X509_V_ERR_HOSTNAME_MISMATCH);
    EXPECT_TRUE(made.signed_by(issuer.key.public_key()));
    EXPECT_FALSE(made.signed_by(key->public_key()));
    EXPECT_TRUE(made.public_key() == key->public_key());
  }
}

TEST(Certificate, self_signed_is_trusted_by_itself) {
  for (const auto* key : {&test::rsa_key(), &test::p256_key(), &test::p384_key(), &test::ed25519_key()}) {
    const auto made = make_self_signed(server(), *key);
    EXPECT_EQ(verify_for_host(made, made, "localhost"), X509_V_OK);
    EXPECT_TRUE(made.signed_by(key->public_key()));
    EXPECT_EQ(made.subject(), made.issuer());
  }
}

TEST(Certificate, reports_its_contents) {
  const ManualClock clock(kNow);
  const CertificateTemplate contents{
      .subject = {.common_name = "Zoë, Inc.", .organization = "Döner", .country = "DE", .locality = "Köln"},
      .names = {"*.example.com", "192.0.2.1", "2001:db8:0:0:1::1", "::"},
      .validity = std::chrono::hours(24 * 30)};
  const auto made = make_self_signed(contents, test::p256_key(), clock);
  EXPECT_EQ(made.subject(), "CN=Zoë\\, Inc.,O=Döner,L=Köln,C=DE");
  EXPECT_EQ(made.not_before(), kNow - std::chrono::minutes(1));
  EXPECT_EQ(made.not_after(), kNow + std::chrono::hours(24 * 30));
  EXPECT_THAT(made.names(), ElementsAre("*.example.com", "192.0.2.1", "2001:db8::1:0:0:1", "::"));
  EXPECT_FALSE(made.is_authority());
  EXPECT_EQ(made.serial().size(), 32U);
  EXPECT_NE(made.serial(), make_self_signed(contents, test::p256_key(), clock).serial());
  EXPECT_EQ(made.sha1_fingerprint().size(), 59U);
  EXPECT_EQ(made.sha256_fingerprint().size(), 95U);
}

TEST(Certificate, reads_dates_beyond_2050) {
  const ManualClock clock(kNow);
  auto contents = server();
  contents.validity = std::chrono::hours(24 * 365 * 50);
  EXPECT_EQ(make_self_signed(contents, test::p256_key(), clock).not_after(), kNow + contents.validity);
}

TEST(Certificate, is_read_from_pem_among_other_blocks_and_from_der) {
  const auto made = make_self_signed(server(), test::p256_key());
  const auto again = Certificate::read("Bag Attributes\n" + test::pem(test::p256_key()) + made.to_pem());
  EXPECT_EQ(again.sha256_fingerprint(), made.sha256_fingerprint());
  EXPECT_EQ(Certificate::read(made.to_der()).sha256_fingerprint(), made.sha256_fingerprint());
}

TEST(Certificate, says_what_a_text_is_instead) {
  const auto pem = make_self_signed(server(), test::p256_key()).to_pem();
  EXPECT_EQ(code_of([] { (void)Certificate::read(test::pem(test::p256_key())); }), "invalid_certificate");
  EXPECT_EQ(code_of([] { (void)Certificate::read(test::p256_key().public_key().to_pem()); }), "invalid_certificate");
  EXPECT_EQ(code_of([] { (void)Certificate::read(""); }), "invalid_certificate");
  EXPECT_EQ(code_of([] { (void)Certificate::read("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"); }),
            "invalid_certificate");
  EXPECT_EQ(code_of([&] { (void)Certificate::read(pem.substr(0, pem.size() / 2)); }), "certificate_truncated");
  EXPECT_EQ(code_of([] { (void)Certificate::read(test::der(test::p256_key())); }), "invalid_certificate");
}

TEST(Certificate, rejects_contents_that_no_peer_accepts) {
  const auto make = [](const CertificateTemplate& contents) {
    return code_of([&] { (void)make_self_signed(contents, test::p256_key()); });
  };
  EXPECT_EQ(make({}), "invalid_certificate");
  EXPECT_EQ(make({.subject = {.common_name = std::string(65, 'x')}}), "invalid_certificate");
  EXPECT_EQ(make({.subject = {.common_name = "x", .country = "USA"}}), "invalid_certificate");
  EXPECT_EQ(make({.subject = {.common_name = std::string("a\0b", 3)}}), "invalid_certificate");
  EXPECT_EQ(make({.subject = {.common_name = "x"}, .validity = {}}), "invalid_certificate");
  EXPECT_EQ(make({.subject = {.common_name = "x"}, .validity = std::chrono::hours(24 * 366 * 7999)}),
            "invalid_certificate");
  for (const char* name : {"", "a b", "a..b", ".a", "a,DNS:evil.example", "höst", "http://localhost"})
    EXPECT_EQ(make(server({name})), "invalid_certificate") << name;
}

TEST(Certificate, rejects_an_issuer_that_may_not_sign) {
  const auto leaf = make_self_signed(server(), test::p256_key());
  EXPECT_EQ(code_of([&] {
              (void)make_certificate(server(), test::rsa_key().public_key(), {leaf, test::p256_key()});
            }),
            "invalid_certificate");
  EXPECT_EQ(
      code_of([&] {
        (void)make_certificate(server(), test::rsa_key().public_key(), {authority().certificate, test::p256_key()});
      }),
      "invalid_certificate");
}

TEST(Certificate, leaves_nothing_in_the_error_queue_of_openssl) {
  ERR_clear_error();
  (void)code_of([] { (void)Certificate::read("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"); });
  (void)make_self_signed(server(), test::p256_key()).names();
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace adit::jwt
