#include "app/project/secret_names.h"

#include <gtest/gtest.h>

namespace adit::app {
namespace {

TEST(NamesASecret, is_true_for_names_of_secrets) {
  for (const auto* name : {"JWT_CLIENT_SECRET",
                           "JWT_PRIVATE_KEY",
                           "JWT_PRIVATE_KEY_PASSPHRASE",
                           "IMS_OAUTH_S2S_CLIENT_SECRET",
                           "AIO_runtime_auth",
                           "AIO_RUNTIME_AUTH",
                           "AIO_ims_contexts_x_client__secrets",
                           "clientSecret",
                           "privateKey",
                           "private-key",
                           "accessToken",
                           "GITHUB_TOKEN",
                           "DB_PASSWORD",
                           "STRIPE_API_KEY",
                           "apikey",
                           "AWS_SECRET_ACCESS_KEY",
                           "webhookSecret",
                           "password",
                           "TOKEN",
                           "MY_CREDENTIALS"})
    EXPECT_TRUE(names_a_secret(name)) << name;
}

TEST(NamesASecret, is_false_for_names_of_what_describes_a_secret) {
  for (const auto* name : {"JWT_CLIENT_ID",   "SERVICE_API_KEY",     "apiKey",
                           "TOKEN_CACHE_TTL", "tokenLifetime",       "ACCESS_TOKEN_URL",
                           "TOKEN_ENDPOINT",  "PRIVATE_KEY_PATH",    "privateKeyFile",
                           "SECRET_NAME",     "PASSWORD_MIN_LENGTH", "API_KEY_ID",
                           "API_KEY_HEADER",  "TOKEN_TYPE",          "keyboard",
                           "monkey",          "MAX_TOKENS",          "tokenizer",
                           "secretary",       "passworded",          "LOG_LEVEL",
                           "CACHE_SECONDS",   "token_expires_in",    ""})
    EXPECT_FALSE(names_a_secret(name)) << name;
}

}  // namespace
}  // namespace adit::app
