#include "http/client/transfer_failure.h"

#include <curl/curl.h>
#include <gmock/gmock.h>

namespace adit::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Real servers make most failures in client_test.cc, client_tls_test.cc and client_proxy_test.cc.

TransferFailure broken_connection(std::string request, bool plain_http) {
  TransferFailure failure;
  failure.curl_code = CURLE_GOT_NOTHING;
  failure.request = std::move(request);
  failure.host = "a.example";
  failure.plain_http = plain_http;
  return failure;
}

TEST(TransferFailure, suggests_https_if_a_plain_connection_is_closed_without_an_answer) {
  auto failure = broken_connection("GET http://a.example/", true);
  EXPECT_THAT(to_error(failure).hint(), HasSubstr("begin the URL with https://"));
  failure.answered = true;
  EXPECT_THAT(to_error(failure).hint(), Not(HasSubstr("https://")));
}

TEST(TransferFailure, does_not_suggest_https_because_of_the_text_of_a_url) {
  EXPECT_THAT(to_error(broken_connection("GET https://a.example/ http://b.example", false)).hint(),
              Not(HasSubstr("https://")));
}

}  // namespace
}  // namespace adit::http
