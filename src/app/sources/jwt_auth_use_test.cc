#include "app/sources/jwt_auth_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace adit::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Returns `property:line` for each use.
std::vector<std::string> wrong_in(const std::string& program) {
  std::vector<std::string> found;
  for (const auto& use : wrong_jwt_auth_properties(tokens_of(program, Language::javascript), "a.js"))
    found.push_back(use.name + ":" + std::to_string(use.where.line));
  return found;
}

const std::string kRequire = "const auth = require('@adobe/jwt-auth')\n";

TEST(JwtAuthUse, finds_the_property_that_the_tutorial_reads_but_the_package_does_not_return) {
  EXPECT_THAT(wrong_in(kRequire + "let { accessToken } = await auth({ clientId: params.ID, f () { return {} } })"),
              ElementsAre("accessToken:2"));
  EXPECT_THAT(wrong_in("import auth from '@adobe/jwt-auth'\nconst {accessToken: t, expiresIn = 3} = await auth(c)"),
              ElementsAre("accessToken:2", "expiresIn:2"));
}

TEST(JwtAuthUse, finds_it_however_the_answer_is_read) {
  EXPECT_THAT(wrong_in(kRequire + "const t = (await auth(c)).accessToken"), ElementsAre("accessToken:2"));
  EXPECT_THAT(wrong_in(kRequire + "const answer = await auth(c)\nuse(answer.accessToken, answer?.tokenType)"),
              ElementsAre("accessToken:3", "tokenType:3"));
  EXPECT_THAT(wrong_in(kRequire + "const answer = await auth(c)\nconst { accessToken } = answer"),
              ElementsAre("accessToken:3"));
  EXPECT_THAT(wrong_in(kRequire + "auth(c).then(({ accessToken }) => use(accessToken))"), ElementsAre("accessToken:2"));
  EXPECT_THAT(wrong_in(kRequire + "auth(c).then(token => token.accessToken)"), ElementsAre("accessToken:2"));
  EXPECT_THAT(wrong_in(kRequire + "auth(c).then(function (t) { return t.accessToken })"), ElementsAre("accessToken:2"));
}

TEST(JwtAuthUse, accepts_correct_properties_and_other_packages) {
  EXPECT_THAT(wrong_in(kRequire + "const { access_token: accessToken } = await auth(c)\nuse({ accessToken })"),
              IsEmpty());
  EXPECT_THAT(wrong_in(kRequire + "const accessToken = (await auth(c)).access_token\nuse(accessToken)"), IsEmpty());
  EXPECT_THAT(wrong_in("const auth = require('./auth')\nlet { accessToken } = await auth(c)"), IsEmpty());
  EXPECT_THAT(wrong_in(kRequire + "const t = await auth(c)\nother.t.accessToken"), IsEmpty());
  EXPECT_THAT(wrong_in(kRequire + "const { accessToken } = await"), IsEmpty());
  EXPECT_THAT(wrong_in(kRequire + "auth("), IsEmpty());
}

}  // namespace
}  // namespace adit::app
