#include "config/secret_destination.h"

#include <gtest/gtest.h>

namespace adit {
namespace {

constexpr SettingSource kAll[] = {SettingSource::project, SettingSource::user_file, SettingSource::environment,
                                  SettingSource::command_line};

SettingOrigin secret(SettingSource source) { return {"SECRET", source, {"the environment", 0, 0}}; }
SettingOrigin destination(SettingSource source) { return {"ADIT_IMS", source, {".env", 3, 0}}; }

TEST(SecretDestination, a_projects_file_decides_only_for_its_own_secrets) {
  for (const auto from : kAll) {
    if (from == SettingSource::project) {
      EXPECT_NO_THROW(refuse_untrusted_destination(secret(from), destination(SettingSource::project), ""));
    } else {
      EXPECT_THROW(refuse_untrusted_destination(secret(from), destination(SettingSource::project), ""), Error);
    }
  }
}

TEST(SecretDestination, the_users_settings_decide_for_every_secret) {
  for (const auto from : kAll) {
    for (const auto to : {SettingSource::user_file, SettingSource::environment, SettingSource::command_line})
      EXPECT_NO_THROW(refuse_untrusted_destination(secret(from), destination(to), ""));
  }
}

TEST(SecretDestination, the_error_names_both_sources_and_how_to_allow_it) {
  try {
    refuse_untrusted_destination(secret(SettingSource::environment), destination(SettingSource::project),
                                 "give --ims URL");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "untrusted_destination");
    EXPECT_TRUE(error.is_configuration());
    EXPECT_EQ(error.to_string(),
              ".env:3: ADIT_IMS in this file would decide where SECRET, from the environment, goes.\n"
              "  A project's file may not send your own secrets anywhere. If you trust it, give --ims URL; otherwise "
              "remove the line.");
  }
}

TEST(SecretDestination, a_credential_belongs_to_the_user_if_a_part_of_it_does) {
  const auto project = secret(SettingSource::project);
  const auto own = secret(SettingSource::environment);
  EXPECT_EQ(more_trusted(project, own).source, SettingSource::environment);
  EXPECT_EQ(more_trusted(own, project).source, SettingSource::environment);
}

}  // namespace
}  // namespace adit
