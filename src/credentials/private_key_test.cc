#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/base64.h"
#include "adit/credentials.h"
#include "adit/environment.h"
#include "adit/error.h"

#include "base/text/long_text_fixture.h"
#include "base/text/text.h"
#include "credentials/key_text.h"
#include "credentials/key_texts_fixture.h"
#include "crypto/keys_fixture.h"

namespace adit {
namespace {

namespace keys = jwt::test;
using testing::HasSubstr;
using testing::Not;

using namespace key_texts;  // NOLINT(google-build-using-namespace)

/// A format of a key: the key's text, and the value as it is written in `.env` after `JWT_PRIVATE_KEY=`.
struct KeyFormat {
  std::string name;
  std::function<std::string()> text;
  std::function<std::string(const std::string&)> in_env = [](const std::string& text) { return text; };
  std::string passphrase = {};
};

std::string bare(const std::string& text) { return text; }
std::string in_double_quotes(const std::string& text) { return cat('"', text, '"'); }
std::string in_single_quotes(const std::string& text) { return cat('\'', text, '\''); }

void PrintTo(const KeyFormat& format, std::ostream* out) { *out << format.name; }

std::string name_of(const testing::TestParamInfo<KeyFormat>& info) { return info.param.name; }

class PrivateKeyFormat : public testing::TestWithParam<KeyFormat> {};

TEST_P(PrivateKeyFormat, is_read_from_the_text) {
  const PrivateKey found = read_private_key(Secret(GetParam().text()), Secret(GetParam().passphrase));
  EXPECT_TRUE(found.key.to_der() == keys::rsa_key().to_der());
  EXPECT_FALSE(found.encoding.empty());
}

TEST_P(PrivateKeyFormat, is_read_from_an_env_file) {
  const std::string env =
      cat("# a project\nJWT_CLIENT_ID=id\nJWT_CLIENT_SECRET=p8e-secret\n",
          "JWT_PRIVATE_KEY=", GetParam().in_env(GetParam().text()), "\nJWT_TECHNICAL_ACCOUNT_ID=t@techacct.adobe.com\n",
          "JWT_IMS_ORG=o@AdobeOrg\nJWT_METASCOPES=a,b\n",
          GetParam().passphrase.empty() ? "" : cat("JWT_PRIVATE_KEY_PASSPHRASE=", GetParam().passphrase, '\n'));
  const auto credentials = Credentials::from_environment(Environment().add_file(EnvFile::parse(env, ".env")));
  ASSERT_NE(credentials.jwt(), nullptr);
  EXPECT_TRUE(credentials.jwt()->private_key.to_der() == keys::rsa_key().to_der());
  EXPECT_EQ(credentials.jwt()->technical_account_id, "t@techacct.adobe.com");
  EXPECT_EQ(credentials.jwt()->metascopes, (std::vector<std::string>{"a", "b"}));
}

TEST_P(PrivateKeyFormat, is_read_from_an_env_file_with_crlf) {
  const std::string env =
      cat("\xEF\xBB\xBFJWT_CLIENT_ID=id\r\nJWT_CLIENT_SECRET=p8e-secret\r\n",
          "JWT_PRIVATE_KEY=", crlf(replace_all(GetParam().in_env(GetParam().text()), "\r\n", "\n")),
          "\r\nJWT_TECHNICAL_ACCOUNT_ID=t@techacct.adobe.com\r\nJWT_IMS_ORG=o@AdobeOrg\r\nJWT_METASCOPES=a\r\n",
          GetParam().passphrase.empty() ? "" : cat("JWT_PRIVATE_KEY_PASSPHRASE=", GetParam().passphrase, "\r\n"));
  const auto credentials = Credentials::from_environment(Environment().add_file(EnvFile::parse(env, ".env")));
  ASSERT_NE(credentials.jwt(), nullptr);
  EXPECT_TRUE(credentials.jwt()->private_key.to_der() == keys::rsa_key().to_der());
}

INSTANTIATE_TEST_SUITE_P(
    Plain, PrivateKeyFormat,
    testing::Values(
        KeyFormat{"base64_on_one_line", [] { return base64_encode(pkcs8()); }},
        KeyFormat{"base64_wrapped_at_76_as_the_linux_command_prints",
                  [] { return wrapped(base64_encode(pkcs8()), 76); }},
        KeyFormat{"base64_wrapped_in_double_quotes", [] { return wrapped(base64_encode(pkcs8()), 76); },
                  in_double_quotes},
        KeyFormat{"base64_wrapped_at_64", [] { return wrapped(base64_encode(pkcs8()), 64); }},
        KeyFormat{"base64_without_padding",
                  [] { return std::string(trim(replace_all(base64_encode(pkcs8() + "\n"), "=", ""))); }},
        KeyFormat{"base64_with_crlf", [] { return wrapped(base64_encode(pkcs8()), 76, "\r\n"); }},
        KeyFormat{"base64_with_a_mark_before_it", [] { return "\xEF\xBB\xBF" + base64_encode(pkcs8()); }},
        KeyFormat{"base64_with_stray_blanks", [] { return "  " + wrapped(base64_encode(pkcs8()), 40, " ") + " \t"; },
                  in_double_quotes},
        KeyFormat{"base64_with_literal_newlines", [] { return wrapped(base64_encode(pkcs8()), 76, "\\n"); },
                  in_single_quotes},
        KeyFormat{"base64_in_single_quotes", [] { return base64_encode(pkcs8()); }, in_single_quotes},
        KeyFormat{"base64_in_backquotes", [] { return base64_encode(pkcs8()); },
                  [](const std::string& text) { return cat('`', text, '`'); }},
        KeyFormat{"base64url_without_padding", [] { return base64url_of(pkcs8()); }},
        KeyFormat{"base64url_wrapped", [] { return wrapped(base64url_of(pkcs8()), 76); }},
        KeyFormat{"base64_of_crlf_pem", [] { return base64_encode(crlf(pkcs8())); }},
        KeyFormat{"base64_of_pem_with_a_mark", [] { return base64_encode("\xEF\xBB\xBF" + pkcs8()); }},
        KeyFormat{"base64_of_utf16_pem", [] { return base64_encode(utf16(pkcs8())); }},
        KeyFormat{"base64_of_utf16_pem_without_a_mark", [] { return base64_encode(utf16(pkcs8()).substr(2)); }},
        KeyFormat{"base64_of_pem_with_literal_newlines", [] { return base64_encode(on_one_line(pkcs8(), "\\n")); }},
        KeyFormat{"base64_of_base64", [] { return base64_encode(base64_encode(pkcs8())); }},
        KeyFormat{"base64_of_wrapped_base64_wrapped",
                  [] { return wrapped(base64_encode(wrapped(base64_encode(pkcs8()), 76)), 76); }, in_double_quotes},
        KeyFormat{"base64_of_pem_with_text_around",
                  [] { return base64_encode("Bag Attributes\n  x: y\n" + pkcs8()); }}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Certutil, PrivateKeyFormat,
    testing::Values(KeyFormat{"with_armour", [] { return certutil(pkcs8()); }},
                    KeyFormat{"with_armour_in_quotes", [] { return certutil(pkcs8()); }, in_double_quotes},
                    KeyFormat{"without_armour", [] { return certutil(pkcs8(), false); }},
                    KeyFormat{"of_crlf_pem", [] { return certutil(crlf(pkcs8())); }},
                    KeyFormat{"of_utf16_pem", [] { return certutil(utf16(pkcs8())); }},
                    KeyFormat{"of_der", [] { return certutil(keys::der(keys::rsa_key())); }},
                    KeyFormat{"of_pkcs1_der",
                              [] { return certutil(keys::traditional_der(keys::evp(keys::rsa_key()).get())); }},
                    KeyFormat{"on_one_line", [] { return on_one_line(certutil(pkcs8()), " "); }, in_double_quotes},
                    KeyFormat{"in_base64", [] { return base64_encode(certutil(pkcs8())); }}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Pem, PrivateKeyFormat,
    testing::Values(
        KeyFormat{"with_real_line_ends_in_quotes", pkcs8, in_double_quotes},
        KeyFormat{"with_real_line_ends_in_single_quotes", pkcs8, in_single_quotes},
        KeyFormat{"with_real_line_ends_unquoted", pkcs8},
        KeyFormat{"with_crlf_in_quotes", [] { return crlf(pkcs8()); }, in_double_quotes},
        KeyFormat{"with_literal_newlines_in_double_quotes", [] { return on_one_line(pkcs8(), "\\n") + "\\n"; },
                  in_double_quotes},
        KeyFormat{"with_literal_newlines_unquoted", [] { return on_one_line(pkcs8(), "\\n"); }},
        KeyFormat{"with_literal_newlines_in_single_quotes", [] { return on_one_line(pkcs8(), "\\n"); },
                  in_single_quotes},
        KeyFormat{"with_literal_crlf", [] { return on_one_line(pkcs8(), "\\r\\n"); }, in_single_quotes},
        KeyFormat{"with_doubled_backslashes", [] { return on_one_line(pkcs8(), "\\\\n"); }, in_single_quotes},
        KeyFormat{"with_literal_newlines_and_kept_quotes", [] { return cat('"', on_one_line(pkcs8(), "\\n"), '"'); },
                  in_single_quotes},
        KeyFormat{"as_json_has_it", [] { return cat('"', on_one_line(pkcs8(), "\\n"), "\\n\","); }, in_single_quotes},
        KeyFormat{"on_one_line_with_blanks", [] { return on_one_line(pkcs8(), " "); }, in_double_quotes},
        KeyFormat{"on_one_line_with_blanks_unquoted", [] { return on_one_line(pkcs8(), " "); }},
        KeyFormat{"on_one_line_with_nothing_between", [] { return on_one_line(pkcs8(), ""); }},
        KeyFormat{"with_indented_lines", [] { return "  " + replace_all(pkcs8(), "\n", "\n    "); }, in_double_quotes},
        KeyFormat{"with_a_mark", [] { return "\xEF\xBB\xBF" + pkcs8(); }, in_double_quotes},
        KeyFormat{"with_shell_continuations", [] { return replace_all(pkcs8(), "\n", "\\\n"); }, in_single_quotes},
        KeyFormat{"without_its_first_and_last_line",
                  [] {
                    const std::string text = pkcs8();
                    return text.substr(28, text.rfind("-----END") - 28);
                  }}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    OtherFormats, PrivateKeyFormat,
    testing::Values(
        KeyFormat{"pkcs1", pkcs1, in_double_quotes},
        KeyFormat{"pkcs1_in_base64", [] { return base64_encode(pkcs1()); }},
        KeyFormat{"pkcs1_in_wrapped_base64", [] { return wrapped(base64_encode(pkcs1()), 76); }},
        KeyFormat{"pkcs1_on_one_line", [] { return on_one_line(pkcs1(), " "); }, in_double_quotes},
        KeyFormat{"pkcs1_with_literal_newlines", [] { return on_one_line(pkcs1(), "\\n"); }},
        KeyFormat{"der_in_base64", [] { return base64_encode(keys::der(keys::rsa_key())); }},
        KeyFormat{"der_in_wrapped_base64", [] { return wrapped(base64_encode(keys::der(keys::rsa_key())), 64); }},
        KeyFormat{"der_in_base64url", [] { return base64url_of(keys::der(keys::rsa_key())); }},
        KeyFormat{"pkcs1_der_in_base64",
                  [] { return base64_encode(keys::traditional_der(keys::evp(keys::rsa_key()).get())); }},
        KeyFormat{"key_and_certificate_together",
                  [] { return keys::certificate_pem(keys::evp(keys::rsa_key()).get()) + pkcs8(); }, in_double_quotes},
        KeyFormat{"key_and_certificate_together_in_base64",
                  [] { return base64_encode(keys::certificate_pem(keys::evp(keys::rsa_key()).get()) + pkcs8()); }}),
    name_of);

std::string encrypted() { return keys::encrypted_pem(keys::evp(keys::rsa_key()).get(), kPassphrase); }
std::string encrypted_of_old() { return keys::traditional_pem(keys::evp(keys::rsa_key()).get(), kPassphrase); }

INSTANTIATE_TEST_SUITE_P(
    Encrypted, PrivateKeyFormat,
    testing::Values(
        KeyFormat{"pkcs8", encrypted, in_double_quotes, kPassphrase},
        KeyFormat{"pkcs8_in_base64", [] { return base64_encode(encrypted()); }, bare, kPassphrase},
        KeyFormat{"pkcs8_with_literal_newlines", [] { return on_one_line(encrypted(), "\\n"); }, bare, kPassphrase},
        KeyFormat{"pkcs8_der_in_base64",
                  [] { return base64_encode(keys::encrypted_der(keys::evp(keys::rsa_key()).get(), kPassphrase)); },
                  bare, kPassphrase},
        KeyFormat{"pkcs8_der_in_certutils_armour",
                  [] { return certutil(keys::encrypted_der(keys::evp(keys::rsa_key()).get(), kPassphrase)); }, bare,
                  kPassphrase},
        KeyFormat{"traditional", encrypted_of_old, in_double_quotes, kPassphrase},
        KeyFormat{"traditional_in_base64", [] { return base64_encode(encrypted_of_old()); }, bare, kPassphrase},
        KeyFormat{"traditional_with_literal_newlines", [] { return on_one_line(encrypted_of_old(), "\\n"); }, bare,
                  kPassphrase},
        KeyFormat{"traditional_on_one_line", [] { return on_one_line(encrypted_of_old(), " "); }, in_double_quotes,
                  kPassphrase},
        KeyFormat{"plain_with_a_passphrase_too_many", pkcs8, in_double_quotes, kPassphrase}),
    name_of);

/// A text that is not a usable key, and the error's code.
struct InvalidKey {
  std::string name;
  std::function<std::string()> text;
  std::string code;
  std::string passphrase = {};
};

void PrintTo(const InvalidKey& key, std::ostream* out) { *out << key.name; }

class InvalidPrivateKey : public testing::TestWithParam<InvalidKey> {};

TEST_P(InvalidPrivateKey, has_its_own_message_that_does_not_quote_it) {
  const std::string text = GetParam().text();
  try {
    (void)read_private_key(Secret(text), Secret(GetParam().passphrase));
    FAIL() << "it was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), GetParam().code) << error.to_string();
    EXPECT_TRUE(error.is_configuration());
    EXPECT_THAT(error.message(), testing::StartsWith("JWT_PRIVATE_KEY "));
    EXPECT_FALSE(error.hint().empty());
    for (std::size_t at = 0; at + 12 < text.size(); at += 5) {
      const auto piece = std::string_view(text).substr(at, 12);
      if (std::string_view("-----BEGIN PRIVATE KEY----- JWT_PRIVATE_KEY openssl LS0tLS1CRUdJTi").find(piece) !=
          std::string_view::npos)
        continue;
      ASSERT_THAT(error.to_string(), Not(HasSubstr(std::string(piece))));
    }
  }
}

std::string certificate() { return keys::certificate_pem(keys::evp(keys::rsa_key()).get()); }
std::string public_key() { return keys::rsa_key().public_key().to_pem(); }
std::string without_end(const std::string& text, std::size_t kept) { return text.substr(0, kept); }

INSTANTIATE_TEST_SUITE_P(
    All, InvalidPrivateKey,
    testing::Values(
        InvalidKey{"certificate", certificate, "key_is_certificate"},
        InvalidKey{"certificate_in_base64", [] { return base64_encode(certificate()); }, "key_is_certificate"},
        InvalidKey{"certificate_der_in_base64",
                   [] { return base64_encode(keys::certificate_der(keys::evp(keys::rsa_key()).get())); },
                   "key_is_certificate"},
        InvalidKey{"certificate_in_certutils_armour", [] { return certutil(certificate()); }, "key_is_certificate"},
        InvalidKey{"certificate_with_literal_newlines", [] { return on_one_line(certificate(), "\\n"); },
                   "key_is_certificate"},
        InvalidKey{"request", [] { return keys::request_pem(keys::evp(keys::rsa_key()).get()); }, "key_is_certificate"},
        InvalidKey{"public_key", public_key, "key_is_public"},
        InvalidKey{"public_key_in_base64", [] { return base64_encode(public_key()); }, "key_is_public"},
        InvalidKey{"public_key_der_in_base64", [] { return base64_encode(keys::rsa_key().public_key().to_der()); },
                   "key_is_public"},
        InvalidKey{"public_key_of_openssh",
                   [] { return std::string("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 me@host"); }, "key_is_public"},
        InvalidKey{"pem_without_end", [] { return without_end(pkcs8(), 900); }, "key_truncated"},
        InvalidKey{"pem_of_only_its_first_line", [] { return std::string("-----BEGIN PRIVATE KEY-----"); },
                   "key_truncated"},
        InvalidKey{"pem_with_lines_missing",
                   [] {
                     std::string text = pkcs8();
                     return text.erase(28 + 65, 130);
                   },
                   "key_truncated"},
        InvalidKey{"base64_cut_in_the_middle", [] { return without_end(base64_encode(pkcs8()), 1000); },
                   "key_truncated"},
        InvalidKey{"base64_cut_one_further", [] { return without_end(base64_encode(pkcs8()), 1001); }, "key_truncated"},
        InvalidKey{"base64_cut_two_further", [] { return without_end(base64_encode(pkcs8()), 1002); }, "key_truncated"},
        InvalidKey{"base64_cut_three_further", [] { return without_end(base64_encode(pkcs8()), 1003); },
                   "key_truncated"},
        InvalidKey{"base64_of_only_its_first_line", [] { return without_end(base64_encode(pkcs8()), 76); },
                   "key_truncated"},
        InvalidKey{"base64_cut_just_before_its_end",
                   [] {
                     const auto text = base64_encode(pkcs8());
                     return without_end(text, text.size() - 8);
                   },
                   "key_truncated"},
        InvalidKey{"der_in_base64_cut_in_the_middle",
                   [] { return without_end(base64_encode(keys::der(keys::rsa_key())), 801); }, "key_truncated"},
        InvalidKey{"base64_with_a_strange_character",
                   [] {
                     auto text = base64_encode(pkcs8());
                     text[300] = '#';
                     return text;
                   },
                   "invalid_key"},
        InvalidKey{"encrypted_without_passphrase", encrypted, "key_encrypted"},
        InvalidKey{"encrypted_in_base64_without_passphrase", [] { return base64_encode(encrypted()); },
                   "key_encrypted"},
        InvalidKey{"encrypted_of_old_without_passphrase", encrypted_of_old, "key_encrypted"},
        InvalidKey{"encrypted_with_a_wrong_passphrase", encrypted, "key_passphrase_wrong", "sesame"},
        InvalidKey{"encrypted_of_old_with_a_wrong_passphrase", encrypted_of_old, "key_passphrase_wrong", "sesame"},
        InvalidKey{"short_rsa", [] { return keys::pkcs8_pem(keys::short_rsa().get()); }, "key_too_short"},
        InvalidKey{"short_rsa_in_base64", [] { return base64_encode(keys::traditional_pem(keys::short_rsa().get())); },
                   "key_too_short"},
        InvalidKey{"variable_not_replaced", [] { return std::string("$JWT_PRIVATE_KEY"); }, "key_not_expanded"},
        InvalidKey{"variable_in_braces_not_replaced", [] { return std::string("${JWT_PRIVATE_KEY}"); },
                   "key_not_expanded"},
        InvalidKey{"variable_in_braces_with_blanks", [] { return std::string("${ JWT_PRIVATE_KEY }"); },
                   "key_not_expanded"},
        InvalidKey{"the_tutorials_shortened_example",
                   [] { return std::string("LS0tLS1C..kQgUFJJVkFURSBLRVktLS0tLQ=="); }, "key_is_example"},
        InvalidKey{"an_example_with_three_dots",
                   [] { return std::string("-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----"); },
                   "key_is_example"},
        InvalidKey{"an_example_with_an_ellipsis", [] { return std::string("MIIEvQIBADANBg…kqhkiG9w0BAQ"); },
                   "key_is_example"},
        InvalidKey{"nothing", [] { return std::string(); }, "key_empty"},
        InvalidKey{"blanks", [] { return std::string(" \t\n"); }, "key_empty"},
        InvalidKey{"empty_quotes", [] { return std::string("\"\""); }, "key_empty"},
        InvalidKey{"a_password", [] { return std::string("correct-Horse+battery"); }, "key_not_recognised"},
        InvalidKey{"a_client_secret", [] { return std::string("p8e-EIRF6kY6EHLBSdw2b-pLUWKodDqJqSz3"); },
                   "key_not_recognised"},
        InvalidKey{"an_html_page", [] { return std::string("<html><body>Sign in</body></html>"); },
                   "key_not_recognised"},
        InvalidKey{"json", [] { return std::string("{\"client_id\":\"abc\",\"kty\":\"RSA\"}"); }, "key_not_recognised"},
        InvalidKey{"random_bytes_in_base64", [] { return base64_encode(std::string(1200, '\x5a')); },
                   "key_not_recognised"},
        InvalidKey{
            "openssh_format",
            [] {
              return std::string(
                  "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n");
            },
            "key_unsupported"},
        InvalidKey{"a_path_to_a_folder", [] { return std::string("/tmp"); }, "key_file_unreadable"},
        InvalidKey{"a_path_to_nothing", [] { return std::string("./no/such/file"); }, "key_file_missing"}),
    [](const testing::TestParamInfo<InvalidKey>& info) { return info.param.name; });

TEST(PrivateKeyText, may_contain_invisible_characters_of_a_web_page) {
  const auto base64 = base64_encode(pkcs8());
  for (const std::string_view sign :
       {"\u200B", "\u200C", "\u200D", "\u2060", "\uFEFF", "\u00AD", "\u200E", "\u202E", "\u2066"}) {
    const std::string text(sign);
    for (const auto& key : {text + base64, base64 + text, base64.substr(0, 50) + text + base64.substr(50),
                            replace_all(pkcs8(), "\n", text + "\n"), text + pkcs8()})
      EXPECT_NO_THROW((void)read_private_key(Secret(key), {})) << key;
  }
  for (const std::string_view blank : {"\u00A0", "\u2003", "\u202F", "\u3000"})
    for (const auto& key : {replace_all(pkcs8(), "\n", cat(blank, "\n")), cat(blank, base64, blank),
                            replace_all(on_one_line(pkcs8(), " "), " KEY", cat(blank, "KEY"))})
      EXPECT_NO_THROW((void)read_private_key(Secret(key), {})) << key;
}

TEST(PrivateKeyText, a_wrong_end_line_is_reported_as_wrong) {
  for (const auto* end : {"----END PRIVATE KEY-----", "-----END PRIVATE KEY----", "-----END RSA PRIVATE KEY-----",
                          "END PRIVATE KEY-----", "-----END PRIVATEKEY-----"}) {
    const auto text = replace_all(pkcs8(), "-----END PRIVATE KEY-----", end);
    try {
      (void)read_private_key(Secret(text), {});
      ADD_FAILURE() << end;
    } catch (const Error& error) {
      EXPECT_THAT(error.message(), HasSubstr("does not end with the END line")) << end;
    }
  }
}

TEST(PrivateKeyText, a_wrong_begin_line_is_reported_as_wrong) {
  const std::string plain = "-----BEGIN PRIVATE KEY-----";
  for (const auto* begin :
       {"----BEGIN PRIVATE KEY-----", "–––––BEGIN PRIVATE KEY–––––", "——-BEGIN PRIVATE KEY——-", "BEGIN PRIVATE KEY",
        "−−−−−BEGIN RSA PRIVATE KEY−−−−−", "-----begin private key-----", "- - - - -BEGIN PRIVATE KEY-----"}) {
    try {
      (void)read_private_key(Secret(replace_all(pkcs8(), plain, begin)), {});
      ADD_FAILURE() << begin;
    } catch (const Error& error) {
      EXPECT_THAT(error.message(), HasSubstr("does not begin with a BEGIN line of PEM")) << begin;
    }
  }
  for (const auto* other :
       {"begin with a private key", "To begin a private key, wait", "x-----BEGIN PRIVATE KEY", "––––"}) {
    try {
      (void)read_private_key(Secret(std::string(other)), {});
      ADD_FAILURE() << other;
    } catch (const Error& error) {
      EXPECT_EQ(error.message().find("meant as one") != std::string::npos,
                other == std::string_view("begin with a private key"))
          << other;
    }
  }
}

TEST(PrivateKeyText, hints_name_the_setting_of_the_passphrase) {
  for (const char* word : {"", "wrong"}) {
    try {
      (void)read_private_key(Secret(encrypted()), Secret(word), "MY_KEY");
      FAIL();
    } catch (const Error& error) {
      EXPECT_THAT(error.message(), testing::StartsWith("MY_KEY "));
      EXPECT_THAT(error.hint(), HasSubstr("MY_KEY_PASSPHRASE"));
    }
  }
}

TEST(PrivateKeyText, reports_the_encoding) {
  const auto encoding_of = [](const std::string& text) { return read_private_key(Secret(text)).encoding; };
  EXPECT_EQ(encoding_of(pkcs8()), "PKCS#8 PEM");
  EXPECT_EQ(encoding_of(base64_encode(pkcs8())), "PKCS#8 PEM in base64");
  EXPECT_EQ(encoding_of(wrapped(base64_encode(pkcs8()), 76)), "PKCS#8 PEM in wrapped base64");
  EXPECT_EQ(encoding_of(on_one_line(pkcs1(), "\\n")), "PKCS#1 PEM with literal \\n");
  EXPECT_EQ(encoding_of(on_one_line(pkcs1(), " ")), "PKCS#1 PEM on one line");
  EXPECT_EQ(encoding_of(base64_encode(keys::der(keys::rsa_key()))), "PKCS#8 DER in base64");
  EXPECT_EQ(encoding_of(keys::der(keys::rsa_key())), "PKCS#8 DER");
  EXPECT_EQ(encoding_of(certutil(pkcs8())), "PKCS#8 PEM in certutil's armour");
  EXPECT_EQ(encoding_of(base64_encode(base64_encode(pkcs8()))), "PKCS#8 PEM in base64 in base64");
}

TEST(PrivateKeyText, reads_elliptic_and_edwards_keys) {
  for (const auto* key : {&keys::p256_key(), &keys::p384_key(), &keys::ed25519_key()}) {
    EXPECT_TRUE(read_private_key(key->to_pem()).key.to_der() == key->to_der());
    EXPECT_TRUE(read_private_key(Secret(base64_encode(keys::pem(*key)))).key.to_der() == key->to_der());
    EXPECT_TRUE(read_private_key(Secret(base64_encode(keys::der(*key)))).key.to_der() == key->to_der());
    EXPECT_TRUE(read_private_key(Secret(base64_encode(keys::traditional_der(keys::evp(*key).get())))).key.to_der() ==
                key->to_der());
  }
}

TEST(PrivateKeyText, reading_ends_for_nested_text) {
  std::string text = pkcs8();
  for (int i = 0; i < 8; ++i) text = base64_encode(text);
  EXPECT_THROW((void)read_private_key(Secret(text)), Error);
  std::string armour = pkcs8();
  for (int i = 0; i < 8; ++i) armour = certutil(armour);
  EXPECT_THROW((void)read_private_key(Secret(armour)), Error);
}

TEST(PrivateKeyText, reading_ends_for_every_prefix_of_a_key) {
  const std::string text = base64_encode(pkcs8());
  for (std::size_t size = 12; size < text.size() - 4; size += 13) {
    try {
      (void)read_private_key(Secret(text.substr(0, size)));
      ADD_FAILURE() << size;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "key_truncated") << size;
    }
  }
}

TEST(PrivateKey, reads_backslashes_once) {
  const auto key = cat("-----BEGIN PRIVATE KEY-----", repeated("\\", 1U << 20U), "-----END PRIVATE KEY-----");
  EXPECT_THROW(read_private_key(Secret(key), {}, "KEY"), Error);
}

}  // namespace
}  // namespace adit
