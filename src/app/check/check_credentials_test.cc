#include "app/check/check_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const WallTime kEnd = sys_days(year(2027) / 1 / 31);

/// Runs check_credentials on these settings at the time `now`.
CheckReport checked(const std::string& env, WallTime now = kEnd - days(31)) {
  CheckSubject subject;
  subject.env_file = EnvFile::parse(env, ".env");
  subject.environment = Environment().add_file(subject.env_file);
  subject.now = now;
  CheckReport report;
  check_credentials(subject, report);
  return report;
}

auto finding(std::string_view code, Severity severity) {
  return AllOf(testing::Field(&Finding::code, std::string(code)), testing::Field(&Finding::severity, severity));
}

std::string ends(std::string_view client_id = "cm-p1-e2-integration-0") {
  return cat("JWT_CLIENT_ID=", client_id, "\nJWT_METASCOPES=ent_aem_cloud_api\n",
             "JWT_CERTIFICATE_EXPIRES=2027-01-31T00:00:00Z\n");
}

TEST(CheckCredentials, does_not_report_jwt_credentials_of_aem_as_retired) {
  const auto report = checked(ends());
  EXPECT_THAT(report.findings, Not(Contains(testing::Field(&Finding::code, "jwt_retired"))));
  EXPECT_THAT(report.findings, Not(Contains(testing::Field(&Finding::code, "metascope_no_url"))));
  EXPECT_THAT(report.passed, Contains(HasSubstr("(program 1, environment 2)")));
  EXPECT_THAT(checked(ends("cm-p1-e2x")).findings, Contains(finding("jwt_retired", Severity::warning)));
}

TEST(CheckCredentials, warns_thirty_days_before_the_certificate_expires) {
  EXPECT_THAT(checked(ends()).passed, Contains(HasSubstr("valid until 2027-01-31T00:00:00Z")));
  EXPECT_THAT(checked(ends(), kEnd - days(30)).findings, Contains(finding("certificate_ends", Severity::warning)));
  EXPECT_THAT(checked(ends(), kEnd).findings, Contains(finding("certificate_ended", Severity::error)));
  EXPECT_THAT(checked("JWT_CERTIFICATE_EXPIRES=soon\n").findings,
              Contains(finding("certificate_expiry_shape", Severity::warning)));
}

}  // namespace
}  // namespace adit::app
