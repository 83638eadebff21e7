#include "app/check/check_subject.h"

#include <algorithm>

#include "app/check/check_report.h"
#include "app/project/project_fixture.h"

namespace adit::app {
namespace {

class ReadSubject : public ProjectFixture {
 protected:
  [[nodiscard]] CheckReport read() const {
    CheckReport report;
    static_cast<void>(read_subject(root_, std::nullopt, Environment(), report));
    return report;
  }
};

TEST_F(ReadSubject, reads_sources_up_to_a_limit_and_says_where_it_stopped) {
  // Each action reads the same large files, up to the limit of one action.
  std::string imports;
  for (int file = 0; file < 8; ++file) {
    write(cat("large/", file, ".js"), cat("/*", std::string((2U << 20U) - 4, ' '), "*/"));
    imports += cat("require('../large/", file, ".js')\n");
  }
  std::string actions = "      p:\n        actions:\n";
  for (int action = 0; action < 7; ++action) {
    write(cat("a/", action, ".js"), imports);
    actions += cat("          a", action, ": {function: a/", action, ".js, runtime: 'nodejs:22'}\n");
  }
  write_manifest(actions);
  const auto findings = read().findings;
  const auto stopped = std::ranges::find(findings, "sources_not_read", &Finding::code);
  ASSERT_NE(stopped, findings.end());
  EXPECT_THAT(stopped->message, testing::HasSubstr("more than 64 MB; those of p/a"));
  EXPECT_EQ(std::ranges::count(findings, "sources_not_read", &Finding::code), 1);
}

}  // namespace
}  // namespace adit::app
