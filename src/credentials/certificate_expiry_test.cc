#include "credentials/certificate_expiry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace adit {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::sys_days;
using std::chrono::year;
using ::testing::HasSubstr;

const WallTime kEnd = sys_days(year(2027) / 1 / 31);

TEST(CertificateExpiry, is_read_in_the_format_of_aem) {
  EXPECT_EQ(parse_utc_time("2027-01-31T00:00:00.000Z"), kEnd);
  EXPECT_EQ(parse_utc_time(" 2027-01-31T00:00:00Z\n"), kEnd);
  EXPECT_EQ(parse_utc_time("2027-01-31T01:02:03.5Z"), kEnd + std::chrono::seconds(3723));
  for (const auto* text :
       {"", "never", "2027-01-31", "2027-02-30T00:00:00Z", "2027-01-31T24:00:00Z", "2027-01-31T00:00:00",
        "2027-01-31T00:00:00+01:00", "2027-01-31T00:00:00.Z", "2027-01-31T00:00:00.1xZ", "-027-01-31T00:00:00Z",
        "2027-01-31 00:00:00Z", "2027-1-031T00:00:00Z"})
    EXPECT_FALSE(parse_utc_time(text)) << text;
}

TEST(CertificateExpiry, causes_a_warning_from_thirty_days_before) {
  EXPECT_EQ(certificate_state(kEnd, kEnd - days(30) - milliseconds(1)), CertificateState::valid);
  EXPECT_EQ(certificate_state(kEnd, kEnd - days(30)), CertificateState::ending);
  EXPECT_EQ(certificate_state(kEnd, kEnd - milliseconds(1)), CertificateState::ending);
  EXPECT_EQ(certificate_state(kEnd, kEnd), CertificateState::ended);
}

TEST(CertificateExpiry, is_reported_in_days) {
  EXPECT_THAT(certificate_warning(kEnd, kEnd - days(30)), HasSubstr("ends on 2027-01-31, in 30 days;"));
  EXPECT_THAT(certificate_warning(kEnd, kEnd - days(1)), HasSubstr("in 1 day;"));
  EXPECT_THAT(certificate_warning(kEnd, kEnd - milliseconds(1)), HasSubstr("in less than a day;"));
  EXPECT_THAT(certificate_warning(kEnd, kEnd), HasSubstr("ended on 2027-01-31;"));
}

}  // namespace
}  // namespace adit
