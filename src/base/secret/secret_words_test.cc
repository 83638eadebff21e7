#include "base/secret/secret_words.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace adit {
namespace {

using ::testing::ElementsAre;

using Use = Occurs SecretWord::*;

/// The words that make a name that of a secret for `used`, but not for `unused`.
std::vector<std::string> differences(Use used, Use unused) {
  std::vector<std::string> words;
  for (const auto& word : kSecretWords)
    if (word.*used != Occurs::nowhere && word.*unused == Occurs::nowhere) words.emplace_back(word.word);
  return words;
}

TEST(SecretWords, all_hide_parameters) {
  for (const auto& word : kSecretWords) EXPECT_NE(word.in_parameter, Occurs::nowhere) << word.word;
}

TEST(SecretWords, that_may_name_something_harmless_hide_only_parameters_with_that_name) {
  EXPECT_THAT(differences(&SecretWord::in_parameter, &SecretWord::in_field),
              ElementsAre("passphrase", "pwd", "jwt", "auth", "runtime-auth", "credential", "credentials", "signature",
                          "private-key", "privatekey", "access-key", "signing-key", "key"));
}

TEST(SecretWords, that_are_in_error_pages_and_prose_do_not_hide_raw_text) {
  EXPECT_THAT(differences(&SecretWord::in_parameter, &SecretWord::in_raw_text),
              ElementsAre("pwd", "jwt", "authorization", "x-auth", "auth", "runtime-auth", "cookie", "credential",
                          "credentials", "key"));
  EXPECT_THAT(differences(&SecretWord::in_field, &SecretWord::in_raw_text),
              ElementsAre("authorization", "x-auth", "cookie"));
}

TEST(SecretWords, of_fields_do_not_all_make_a_setting_a_secret) {
  EXPECT_THAT(differences(&SecretWord::in_field, &SecretWord::in_setting),
              ElementsAre("passw", "assertion", "authorization", "x-auth", "cookie"));
  EXPECT_THAT(differences(&SecretWord::in_setting, &SecretWord::in_field),
              ElementsAre("passphrase", "runtime-auth", "credentials", "private-key", "privatekey", "access-key",
                          "signing-key"));
}

TEST(SecretWords, are_compared_as_each_use_can) {
  for (const auto& word : kSecretWords) {
    EXPECT_TRUE(word.in_field == Occurs::nowhere || word.in_field == Occurs::anywhere) << word.word;
    EXPECT_NE(word.in_parameter, Occurs::as_word) << word.word;
    EXPECT_TRUE(word.in_raw_text == Occurs::nowhere || word.in_raw_text == Occurs::anywhere) << word.word;
    EXPECT_TRUE(word.in_setting == Occurs::nowhere || word.in_setting == Occurs::as_word) << word.word;
  }
}

}  // namespace
}  // namespace adit
