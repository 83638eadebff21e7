#include "adit/error.h"

#include <chrono>

#include <gtest/gtest.h>

namespace adit {
namespace {

using std::chrono::seconds;

TEST(Error, a_configuration_error_is_marked_as_one) {
  EXPECT_TRUE(Error::configuration("c", "m").is_configuration());
  EXPECT_FALSE(Error::failure("c", "m").is_configuration());
}

TEST(Error, has_no_optional_parts_by_default) {
  const Error error = Error::failure("code", "It failed.");
  EXPECT_EQ(error.code(), "code");
  EXPECT_STREQ(error.what(), "It failed.");
  EXPECT_EQ(error.hint(), "");
  EXPECT_FALSE(error.where());
  EXPECT_EQ(error.http_status(), 0);
  EXPECT_FALSE(error.retryable());
  EXPECT_FALSE(error.retry_after());
  EXPECT_EQ(error.to_string(), "It failed.");
}

TEST(Error, its_text_has_position_message_details_and_hint) {
  const Error error = Error::failure("invalid_client", "IMS refused the client.")
                          .at("app.yaml", 3, 7)
                          .http_status(401)
                          .ims("invalid_client", "no such client", "id-1")
                          .hint("Look at JWT_CLIENT_ID.");
  EXPECT_EQ(error.to_string(),
            "app.yaml:3:7: IMS refused the client. (HTTP status 401, x-debug-id id-1)\n  Look at JWT_CLIENT_ID.");
  EXPECT_EQ(error.ims_error(), "invalid_client");
  EXPECT_EQ(error.ims_description(), "no such client");
  EXPECT_EQ(error.debug_id(), "id-1");
}

TEST(Error, keeps_all_its_parts_when_thrown) {
  try {
    throw Error::failure("slow_down", "Too many requests.").http_status(429).retryable(seconds(7));
  } catch (const std::exception& caught) {
    const auto* error = dynamic_cast<const Error*>(&caught);
    ASSERT_NE(error, nullptr);
    EXPECT_TRUE(error->retryable());
    EXPECT_EQ(error->retry_after(), seconds(7));
    EXPECT_EQ(error->http_status(), 429);
  }
}

TEST(Error, can_be_retryable_without_a_time) {
  const Error error = Error::failure("c", "m").retryable();
  EXPECT_TRUE(error.retryable());
  EXPECT_FALSE(error.retry_after());
}

TEST(SourcePosition, leaves_out_unknown_parts) {
  EXPECT_EQ((SourcePosition{"f", 0, 0}).to_string(), "f");
  EXPECT_EQ((SourcePosition{"f", 2, 0}).to_string(), "f:2");
  EXPECT_EQ((SourcePosition{"f", 2, 5}).to_string(), "f:2:5");
  EXPECT_EQ((SourcePosition{"f", 0, 5}).to_string(), "f");
}

std::string throw_instead() { throw Error::failure("x", "x"); }

TEST(SourcePosition, is_destroyed_once_if_a_later_member_of_an_aggregate_throws) {
  struct Finding {
    SourcePosition where;
    std::string message;
  };
  const auto make = [] { return Finding{{std::string(100, 'x'), 1, 2}, throw_instead()}; };
  EXPECT_THROW(static_cast<void>(make()), Error);  // the second time would end the process
}

}  // namespace
}  // namespace adit
