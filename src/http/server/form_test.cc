#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"
#include "adit/http_server.h"

#include "base/text/text.h"

namespace adit::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

ServerRequest with(std::string type, std::string body) {
  ServerRequest request;
  request.headers.add("content-type", std::move(type));
  request.body = std::move(body);
  return request;
}

void expect_invalid(const ServerRequest& request, std::string_view part) {
  try {
    (void)parse_form(request);
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "invalid_form");
    EXPECT_THAT(error.message(), ::testing::HasSubstr(std::string(part)));
  }
}

TEST(ParseForm, decodes_urlencoded_fields) {
  EXPECT_THAT(
      parse_form(with("Application/x-www-form-urlencoded; charset=UTF-8", "a=1+2&b=%C3%A4%26&&c&=d&a=3&e=f=g")),
      ElementsAre(Pair("a", "1 2"), Pair("b", "ä&"), Pair("c", ""), Pair("", "d"), Pair("a", "3"), Pair("e", "f=g")));
}

TEST(ParseForm, a_percent_sign_without_two_hex_digits_stays_a_percent_sign) {
  EXPECT_THAT(parse_form(with("application/x-www-form-urlencoded", "a=100%&b=%zz")),
              ElementsAre(Pair("a", "100%"), Pair("b", "%zz")));
}

TEST(ParseForm, reads_multipart_as_the_form_data_package_sends_it) {
  EXPECT_THAT(parse_form(with("multipart/form-data; boundary=--------------------------515890814546601021194782",
                              "----------------------------515890814546601021194782\r\n"
                              "Content-Disposition: form-data; name=\"client_id\"\r\n\r\n"
                              "abc\r\n"
                              "----------------------------515890814546601021194782\r\n"
                              "Content-Disposition: form-data; name=\"jwt_token\"\r\n\r\n"
                              "e30.e30.sig\r\n"
                              "----------------------------515890814546601021194782--\r\n")),
              ElementsAre(Pair("client_id", "abc"), Pair("jwt_token", "e30.e30.sig")));
}

TEST(ParseForm, reads_multipart_as_undici_sends_it) {
  EXPECT_THAT(parse_form(with("multipart/form-data; boundary=----formdata-undici-012345678901",
                              "------formdata-undici-012345678901\r\n"
                              "Content-Disposition: form-data; name=\"a%22b\"\r\n\r\nline\r\none\r\n"
                              "------formdata-undici-012345678901\r\n"
                              "Content-Disposition: form-data; name=\"f\"; filename=\"k.pem\"\r\nContent-Type: "
                              "application/octet-stream\r\n\r\n"
                              "\r\n"
                              "------formdata-undici-012345678901--")),  // no CRLF at the end
              ElementsAre(Pair("a\"b", "line\r\none"), Pair("f", "")));
}

TEST(ParseForm, reads_multipart_with_quoted_boundary_preamble_epilogue_and_padding) {
  EXPECT_THAT(parse_form(with("multipart/form-data; charset=utf-8; Boundary=\"a b;c\"",
                              "preamble --a b;c no\r\n--a b;c \t\r\ncontent-disposition:form-data;filename=\"x; "
                              "name=\\\"no\\\"\";NAME=n\r\n\r\n"
                              "--a b;cd\r\n--a b;c--\r\nepilogue")),
              ElementsAre(Pair("n", "--a b;cd")));
}

TEST(ParseForm, multipart_values_can_contain_any_byte) {
  const std::string bytes("\0\xff\r\n--\n", 7);
  EXPECT_THAT(parse_form(with("multipart/form-data; boundary=b",
                              cat("--b\r\nContent-Disposition: form-data; name=x\r\n\r\n", bytes, "\r\n--b--\r\n"))),
              ElementsAre(Pair("x", bytes)));
}

TEST(ParseForm, multipart_without_parts_is_an_empty_form) {
  EXPECT_THAT(parse_form(with("multipart/form-data; boundary=b", "--b--\r\n")), IsEmpty());
}

TEST(ParseForm, malformed_multipart_is_refused) {
  expect_invalid(with("multipart/form-data", "--b--"), "no boundary");
  expect_invalid(with("multipart/form-data; boundary=", "--b--"), "empty");
  expect_invalid(with("multipart/form-data; boundary=\"b", "--b--"), "no boundary");
  expect_invalid(with("multipart/form-data; boundary=b", ""), "closing boundary");
  expect_invalid(with("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nvalue"),
                 "closing boundary");
  expect_invalid(with("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=a"),
                 "does not end");
  expect_invalid(with("multipart/form-data; boundary=b", "--b\r\nContent-Type: text/plain\r\n\r\nv\r\n--b--"),
                 "no name");
  expect_invalid(with("multipart/form-data; boundary=b", "--b\r\n\r\nv\r\n--b--"), "no name");
  expect_invalid(with("multipart/form-data; boundary=b", "--b\r\nrubbish\r\n\r\nv\r\n--b--"), "without a colon");
}

TEST(ParseForm, the_number_of_fields_is_limited) {
  std::string body;
  for (int i = 0; i < 1001; ++i) body += "a&";
  expect_invalid(with("application/x-www-form-urlencoded", body), "more than 1000");
}

TEST(ParseForm, a_body_of_another_type_is_refused) {
  expect_invalid(with("application/json", "{}"), "content type");
  EXPECT_THAT(parse_form(ServerRequest{}), IsEmpty());
}

TEST(ParseQuery, decodes_fields) {
  EXPECT_THAT(parse_query("a=b+c&d=%2F&e"), ElementsAre(Pair("a", "b c"), Pair("d", "/"), Pair("e", "")));
  EXPECT_THAT(parse_query(""), IsEmpty());
}

}  // namespace
}  // namespace adit::http
