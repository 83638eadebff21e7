#include <gtest/gtest.h>

#include "adit/error.h"
#include "adit/ims.h"

namespace adit::ims {
namespace {

Ims of(std::initializer_list<std::pair<std::string, std::string>> variables) {
  Environment environment;
  for (const auto& [name, value] : variables) environment.set(name, value);
  return Ims::from_environment(environment);
}

TEST(Ims, is_production_by_default) {
  EXPECT_EQ(of({}), Ims::prod());
  EXPECT_EQ(of({{"AIO_CLI_ENV", "prod"}, {"__OW_NAMESPACE", "1234-example"}}), Ims::prod());
}

TEST(Ims, is_stage_if_aio_cli_env_is_stage) { EXPECT_EQ(of({{"AIO_CLI_ENV", "stage"}}), Ims::stage()); }

TEST(Ims, is_stage_in_a_development_namespace) {
  EXPECT_EQ(of({{"__OW_NAMESPACE", "development-1234-example"}}), Ims::stage());
}

TEST(Ims, adit_ims_takes_precedence) {
  EXPECT_EQ(of({{"ADIT_IMS", "prod"}, {"AIO_CLI_ENV", "stage"}}), Ims::prod());
  EXPECT_EQ(of({{"ADIT_IMS", ""}, {"AIO_CLI_ENV", "stage"}}), Ims::stage());
}

TEST(Ims, names_the_setting_that_decides) {
  const auto deciding = [](const std::string& text) {
    const auto setting = Ims::deciding_setting(Environment().add_file(EnvFile::parse(text, ".env")));
    return setting ? setting->name + " " + setting->where.to_string() : std::string("none");
  };
  EXPECT_EQ(deciding("ADIT_IMS=prod\nAIO_CLI_ENV=stage"), "ADIT_IMS .env:1");
  EXPECT_EQ(deciding("ADIT_IMS=\nAIO_CLI_ENV=stage"), "AIO_CLI_ENV .env:2");
  EXPECT_EQ(deciding("__OW_NAMESPACE=development-1"), "__OW_NAMESPACE .env:1");
  EXPECT_EQ(deciding("AIO_CLI_ENV=prod\n__OW_NAMESPACE=1"), "none");
}

TEST(Ims, normalizes_urls) {
  EXPECT_EQ(Ims::parse("http://127.0.0.1:9001/").url, "http://127.0.0.1:9001");
  EXPECT_EQ(Ims::parse(" https://IMS.Example.com:443 ").url, "https://ims.example.com");
  EXPECT_EQ(Ims::parse("https://example.com/behind/").url, "https://example.com/behind");
}

TEST(Ims, rejects_other_texts) {
  for (const auto* text : {"", "local", "production", "ftp://example.com", "https://", "http://a:b@example.com",
                           "https://example.com/?x", "https://example.com/#x", "https://exa mple.com", "://x"}) {
    try {
      static_cast<void>(Ims::parse(text));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "invalid_ims") << text;
      EXPECT_TRUE(error.is_configuration());
      EXPECT_NE(error.hint(), "");
    }
  }
}

TEST(Ims, shows_no_password_of_a_url) {
  try {
    static_cast<void>(Ims::parse("http://user:pass-word@example.com"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.to_string().find("pass-word"), std::string::npos);
  }
}

}  // namespace
}  // namespace adit::ims
