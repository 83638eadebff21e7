#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "adit/credentials.h"
#include "adit/environment.h"
#include "adit/error.h"

#include "credentials/key_text.h"
#include "credentials/key_texts_fixture.h"
#include "system/files/temporary_folder.h"

namespace adit {
namespace {

namespace fs = std::filesystem;
namespace keys = jwt::test;
using namespace key_texts;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;

/// A test with its own folder, which is deleted at the end.
class PrivateKeyFile : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }

  [[nodiscard]] PrivateKey read(const std::string& text, const Secret& passphrase = {}) const {
    return read_private_key(Secret(text), passphrase, "JWT_PRIVATE_KEY", folder_.string());
  }

  [[nodiscard]] Error refusal(const std::string& text) const {
    try {
      (void)read(text);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "it was read";
    return Error::failure("none", "");
  }

  const TemporaryFolder temporary_{testing::TempDir() + "adit-key"};
  const fs::path folder_ = temporary_.path();
};

TEST_F(PrivateKeyFile, is_found_below_the_folder) {
  write("keys/private.key", pkcs8());
  const PrivateKey found = read("keys/private.key");
  EXPECT_TRUE(found.key.to_der() == keys::rsa_key().to_der());
  EXPECT_EQ(found.encoding, "file keys/private.key: PKCS#8 PEM");
  EXPECT_EQ(read("./keys/private.key").key.bits(), 2048);
}

TEST_F(PrivateKeyFile, is_found_by_its_absolute_path) {
  write("private", pkcs8());
  EXPECT_TRUE(read((folder_ / "private").string()).key.to_der() == keys::rsa_key().to_der());
}

TEST_F(PrivateKeyFile, may_have_a_name_that_is_valid_base64_or_has_blanks) {
  write("private", pkcs8());
  write("my keys/the key.pem", pkcs8());
  EXPECT_EQ(read("private").key.bits(), 2048);
  EXPECT_EQ(read("\"my keys/the key.pem\"").key.bits(), 2048);
}

TEST_F(PrivateKeyFile, may_hold_every_format) {
  const auto evp = keys::evp(keys::rsa_key());
  const std::vector<std::string> contents{pkcs8(),
                                          crlf(pkcs8()),
                                          "\xEF\xBB\xBF" + pkcs8(),
                                          utf16(pkcs8()),
                                          pkcs1(),
                                          keys::der(keys::rsa_key()),
                                          keys::traditional_der(evp.get()),
                                          base64_encode(pkcs8()),
                                          wrapped(base64_encode(pkcs8()), 76),
                                          certutil(pkcs8()),
                                          base64_encode(keys::der(keys::rsa_key()))};
  for (const auto& content : contents) {
    write("private.key", content);
    EXPECT_TRUE(read("private.key").key.to_der() == keys::rsa_key().to_der());
  }
  write("private.der", keys::encrypted_der(evp.get(), kPassphrase));
  EXPECT_TRUE(read("private.der", Secret(kPassphrase)).key.to_der() == keys::rsa_key().to_der());
}

TEST_F(PrivateKeyFile, is_found_in_the_folder_of_the_env_file) {
  write("private.key", pkcs8());
  write(".env",
        "JWT_CLIENT_ID=i\nJWT_CLIENT_SECRET=s\nJWT_TECHNICAL_ACCOUNT_ID=t\nJWT_IMS_ORG=o\nJWT_METASCOPES=m\nJWT_"
        "PRIVATE_KEY=private.key\n");
  const auto credentials =
      Credentials::from_environment(Environment().add_file(EnvFile::read((folder_ / ".env").string())));
  EXPECT_TRUE(credentials.jwt()->private_key.to_der() == keys::rsa_key().to_der());
}

TEST_F(PrivateKeyFile, is_reported_if_it_does_not_exist) {
  const Error error = refusal("keys/private.key");
  EXPECT_EQ(error.code(), "key_file_missing");
  EXPECT_THAT(error.message(), HasSubstr((folder_ / "keys/private.key").string()));
  for (const char* text :
       {"./key", "../secrets/key", "/nowhere/key", "C:\\keys\\private.key", "private.pem", "keys/private"}) {
    EXPECT_EQ(refusal(text).code(), "key_file_missing") << text;
  }
}

TEST_F(PrivateKeyFile, is_not_found_by_a_tilde) {
  const Error error = refusal("~/private.key");
  EXPECT_EQ(error.code(), "key_file_missing");
  EXPECT_THAT(error.hint(), HasSubstr("~"));
}

TEST_F(PrivateKeyFile, must_not_be_a_folder_or_a_pipe) {
  fs::create_directories(folder_ / "keys");
  EXPECT_EQ(refusal("keys").code(), "key_file_unreadable");
  EXPECT_THAT(refusal("keys").message(), HasSubstr("folder"));
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal("pipe").code(), "key_file_unreadable");
  EXPECT_EQ(refusal("/dev/zero").code(), "key_file_unreadable");
  write("long.key", std::string(1U << 20U, 'A'));
  EXPECT_EQ(refusal("long.key").code(), "key_file_unreadable");
}

TEST_F(PrivateKeyFile, is_named_in_messages) {
  write("private.key", keys::rsa_key().public_key().to_pem());
  const Error error = refusal("private.key");
  EXPECT_EQ(error.code(), "key_is_public");
  EXPECT_THAT(error.message(), testing::StartsWith("JWT_PRIVATE_KEY (file private.key) is a public key"));
  write("private.key", "");
  EXPECT_EQ(refusal("private.key").code(), "key_empty");
  write("private.key", "private.key");
  EXPECT_EQ(refusal("private.key").code(), "key_not_recognised");
}

TEST(KeyFile, is_not_looked_up_for_a_long_text_that_begins_like_a_key) {
  const TemporaryFolder temporary(testing::TempDir() + "adit-key");
  const auto& folder = temporary.path();
  const std::string begin = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t";
  const std::string longer = cat(begin, std::string(200, 'A'), '/', std::string(100, 'B'));
  for (const auto& name : {begin, longer}) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << pkcs8();
  }
  EXPECT_EQ(key_file_named_by(begin, folder.string()), folder / begin);
  EXPECT_EQ(key_file_named_by(longer, folder.string()), std::nullopt);
}

}  // namespace
}  // namespace adit
