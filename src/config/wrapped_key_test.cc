#include "config/wrapped_key.h"

#include <memory>

#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "adit/base64.h"
#include "adit/environment.h"

#include "base/text/long_text_fixture.h"
#include "base/text/text.h"

namespace adit {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

const Key& rsa_key() {
  static const Key key(EVP_RSA_gen(2048), EVP_PKEY_free);
  return key;
}

Key made_key(std::string_view type) {
  if (type == "EC") return {EVP_EC_gen("P-256"), EVP_PKEY_free};
  if (type == "RSA") return {EVP_RSA_gen(2048), EVP_PKEY_free};
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free};
}

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);  // NOLINT: OpenSSL's macro
  return {bytes, static_cast<std::size_t>(size)};
}

std::string pem_of(EVP_PKEY* key) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

std::string encrypted_pkcs1_pem_of(EVP_PKEY* key) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  const std::string_view passphrase = "a passphrase";
  PEM_write_bio_PrivateKey_traditional(bio.get(), key, EVP_aes_128_cbc(),
                                       reinterpret_cast<const unsigned char*>(passphrase.data()),  // NOLINT: bytes
                                       static_cast<int>(passphrase.size()), nullptr, nullptr);
  return text_of(bio.get());
}

std::string der_of(EVP_PKEY* key) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  i2d_PKCS8PrivateKey_bio(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

std::string wrap(std::string_view text, std::size_t columns, std::string_view line_end = "\n",
                 std::string_view indent = "") {
  std::string wrapped;
  for (std::size_t i = 0; i < text.size(); i += columns) wrapped += cat(indent, text.substr(i, columns), line_end);
  return wrapped;
}

std::vector<std::pair<std::string, std::string>> read_pairs(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& entry : EnvFile::parse(text, ".env").entries) values.emplace_back(entry.key, entry.value);
  return values;
}

std::string stripped(std::string_view text) { return std::string(trim(text)); }

TEST(WrappedKey, base64_of_a_pem_at_any_width_is_one_value_and_others_do_not_change) {
  const std::string pem = pem_of(rsa_key().get());
  // The end of the PEM text decides how the base64 ends: without padding, with "=" or "==", or with a line that
  // contains only the line end.
  for (const std::string_view ending : {"", "\n", "\n\n", "\r\n", " \n"}) {
    const std::string base64 = base64_encode(stripped(pem) + std::string(ending));
    for (const std::size_t columns : {8U, 19U, 60U, 63U, 64U, 65U, 72U, 76U, 77U, 100U, 1000U, 5000U}) {
      const std::string lines = wrap(base64, columns);
      for (const std::string_view after : {"FOO=bar\n", "FOO=\n", "foo=\n", "FOOO=\n", "\nFOO=\n", "# c\nFOO=\n", ""}) {
        const auto values = read_pairs(cat("BEFORE=\nKEY=", lines, after));
        ASSERT_GE(values.size(), 2U);
        EXPECT_THAT(values[0], Pair("BEFORE", ""));
        ASSERT_THAT(values[1], Pair("KEY", stripped(lines))) << columns << " then " << after;
        ASSERT_EQ(values.size(), after.empty() ? 2U : 3U) << columns << " then " << after;
      }
    }
  }
}

TEST(WrappedKey, base64_of_der_at_any_width_is_one_value_and_others_do_not_change) {
  for (const char* type : {"EC", "ED25519", "RSA"}) {
    const Key made = made_key(type);
    const std::string base64 = base64_encode(der_of(made.get()));
    for (const std::size_t columns : {40U, 63U, 64U, 65U, 76U, 5000U}) {
      const std::string lines = wrap(base64, columns);
      EXPECT_THAT(read_pairs(cat("KEY=", lines, "FOO=\nBAR=1\n")),
                  ElementsAre(Pair("KEY", stripped(lines)), Pair("FOO", ""), Pair("BAR", "1")))
          << type << " " << columns;
    }
  }
}

TEST(WrappedKey, base64url_is_read_as_well) {
  const std::string lines = wrap(base64url_encode(der_of(rsa_key().get())), 76);
  EXPECT_THAT(read_pairs(cat("KEY=", lines, "FOO=\n")), ElementsAre(Pair("KEY", stripped(lines)), Pair("FOO", "")));
}

TEST(WrappedKey, line_ends_blanks_indent_and_byte_order_mark_do_not_matter) {
  const std::string base64 = base64_encode(pem_of(rsa_key().get()));
  const std::string lines = stripped(wrap(base64, 76));
  for (const std::string_view line_end : {"\r\n", "\r", " \n", "\t\r\n"}) {
    const std::string text = cat("\xEF\xBB\xBFKEY = ", wrap(base64, 76, line_end, "  "), "FOO=bar", line_end);
    EXPECT_THAT(read_pairs(text), ElementsAre(Pair("KEY", lines), Pair("FOO", "bar")));
  }
}

TEST(WrappedKey, can_begin_on_the_next_line) {
  const std::string lines = wrap(base64_encode(pem_of(rsa_key().get())), 64);
  for (const std::string_view start : {"KEY=\n", "KEY= \n", "export KEY=\r\n", "KEY:\n"}) {
    EXPECT_THAT(read_pairs(cat(start, lines, "FOO=\n")), ElementsAre(Pair("KEY", stripped(lines)), Pair("FOO", "")));
  }
}

TEST(WrappedKey, pem_text_and_certutil_output_are_read_completely) {
  const std::string pem = pem_of(rsa_key().get());
  const std::string armoured =
      cat("-----BEGIN CERTIFICATE-----\r\n", wrap(base64_encode(pem), 64, "\r\n"), "-----END CERTIFICATE-----\r\n");
  for (const std::string& block : {pem, armoured}) {
    const std::string wanted = stripped(normalise_line_ends(block));
    EXPECT_THAT(read_pairs(cat("KEY=", block, "FOO=\nBAR=1")),
                ElementsAre(Pair("KEY", wanted), Pair("FOO", ""), Pair("BAR", "1")));
    EXPECT_THAT(read_pairs(cat("KEY=\n", block, "FOO=")), ElementsAre(Pair("KEY", wanted), Pair("FOO", "")));
  }
}

TEST(WrappedKey, an_encrypted_pkcs1_key_keeps_its_headers) {
  const std::string pem = encrypted_pkcs1_pem_of(rsa_key().get());
  ASSERT_NE(pem.find("\n\n"), std::string::npos);
  EXPECT_THAT(read_pairs(cat("KEY=", pem, "FOO=1")), ElementsAre(Pair("KEY", stripped(pem)), Pair("FOO", "1")));
}

TEST(WrappedKey, quoted_values_are_read_as_dotenv_reads_them) {
  const std::string pem = stripped(pem_of(rsa_key().get()));
  EXPECT_THAT(read_pairs(cat("KEY=\"", pem, "\"\nFOO=1")), ElementsAre(Pair("KEY", pem), Pair("FOO", "1")));
  EXPECT_THAT(read_pairs(cat("KEY='", pem, "'\nFOO=1")), ElementsAre(Pair("KEY", pem), Pair("FOO", "1")));
}

TEST(WrappedKey, pem_on_one_line_is_complete) {
  const std::string pem = stripped(pem_of(rsa_key().get()));
  for (const std::string_view line_end : {" ", "\\n"}) {
    const std::string one_line = replace_all(pem, "\n", line_end);
    EXPECT_THAT(read_pairs(cat("KEY=", one_line, "\nFOO=\nBAR=1")),
                ElementsAre(Pair("KEY", one_line), Pair("FOO", ""), Pair("BAR", "1")));
  }
}

TEST(WrappedKey, a_last_line_with_padding_is_not_read_as_a_variable) {
  EXPECT_THAT(read_pairs("KEY=LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t\nkQgUFJJ==\nFOO=bar\n"),
              ElementsAre(Pair("KEY", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t\nkQgUFJJ=="), Pair("FOO", "bar")));
}

TEST(WrappedKey, a_line_of_padding_belongs_to_the_key) {
  EXPECT_THAT(read_pairs("KEY=LS0tLS1CRUdJTiBQUklWQVRFIEtFWQ\n==\nFOO=bar\n"),
              ElementsAre(Pair("KEY", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWQ\n=="), Pair("FOO", "bar")));
}

TEST(WrappedKey, padding_on_two_lines_belongs_to_the_key) {
  EXPECT_THAT(read_pairs("KEY=LS0tLS1CRUdJTiBQUklWQVRFIEtFWQ\n=\n=\nFOO=bar\n"),
              ElementsAre(Pair("KEY", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWQ\n=\n="), Pair("FOO", "bar")));
}

TEST(WrappedKey, ends_at_an_empty_line_a_comment_and_the_next_variable) {
  const std::string_view start = "KEY=MIIEvQIBADANBgkq\nhkiG9w0BAQEF";
  for (const std::string_view after :
       {"\n\nabcd\nFOO=1", "\n# c\nabcd\nFOO=1", "\nFOO=1", "\nexport FOO=1", "\nFOO = 1", "\n FOO: 1", "\nFOO='1'"}) {
    EXPECT_THAT(read_pairs(cat(start, after)),
                ElementsAre(Pair("KEY", "MIIEvQIBADANBgkq\nhkiG9w0BAQEF"), Pair("FOO", "1")))
        << after;
  }
}

TEST(WrappedKey, a_truncated_key_does_not_include_an_empty_variable) {
  EXPECT_THAT(read_pairs("KEY=MIIEvQIBADANBgkq\nhkiG9w0BAQEF\nFOO=\nBAR=1"),
              ElementsAre(Pair("KEY", "MIIEvQIBADANBgkq\nhkiG9w0BAQEF"), Pair("FOO", ""), Pair("BAR", "1")));
  EXPECT_THAT(
      read_pairs("KEY=-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nFOO=\nBAR=1"),
      ElementsAre(Pair("KEY", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq"), Pair("FOO", ""), Pair("BAR", "1")));
}

TEST(WrappedKey, other_values_are_read_as_dotenv_reads_them) {
  EXPECT_THAT(read_pairs("A=hello\nworld\nB=\nC=\nabcd\nD=MY NAME\nabcd\nE=1"),
              ElementsAre(Pair("A", "hello"), Pair("B", ""), Pair("C", ""), Pair("D", "MY NAME"), Pair("E", "1")));
}

TEST(WrappedKey, a_comment_after_the_first_line_ends_the_value) {
  EXPECT_THAT(read_pairs("KEY=LS0tLS1CRUdJ # mine\nabcd\nFOO=1"),
              ElementsAre(Pair("KEY", "LS0tLS1CRUdJ"), Pair("FOO", "1")));
}

TEST(WrappedKey, two_keys_in_one_file_are_separate) {
  const std::string lines = wrap(base64_encode(pem_of(rsa_key().get())), 76);
  EXPECT_THAT(read_pairs(cat("A=", lines, "B=", lines, "C=", lines)),
              ElementsAre(Pair("A", stripped(lines)), Pair("B", stripped(lines)), Pair("C", stripped(lines))));
}

TEST(WrappedKey, takes_linear_time_for_much_white_space_after_the_key) {
  // Base64 of a short key and much white space, with one character on each line.
  const auto base64 = base64_encode(cat("-----BEGIN X-----\n-----END X-----", repeated(" \n", 300'000)));
  std::string text = cat("A=", base64.substr(0, 40), "\n");
  for (const char c : std::string_view(base64).substr(40)) text += {c, '\n'};
  EXPECT_THAT(EnvFile::parse(cat(text, "B=1\n"), ".env").entries, testing::SizeIs(2));
}

}  // namespace
}  // namespace adit
