// What the client reports of its requests to the process that runs this one (base/trace.h).
#include <array>
#include <iostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adit/error.h"
#include "adit/http.h"

#include "base/text/text.h"
#include "http/server/raw_peers_fixture.h"

namespace adit::http {
namespace {

using testing::answering;
using testing::error_of;
using testing::RawServer;
using testing::ScopedVariable;

/// Sends requests whose steps go to a pipe, and copies the steps to stderr, with PORT instead of the server's port.
void copy_steps_of_requests_to_stderr() {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const ScopedVariable descriptor("ADIT_TRACE_FD", std::to_string(ends[1]));
  const RawServer server = answering("HTTP/1.1 404 Not Found\r\nX-Debug-Id: id-1\r\nContent-Length: 0\r\n\r\n");
  Client client({.max_response_bytes = 5});
  EXPECT_EQ(client.send(Request::post(cat("http://user:word@127.0.0.1:", server.port(), "/x?key=value#part"))).status(),
            404);
  const RawServer larger = answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n123456");
  EXPECT_EQ(error_of(client, Request::get(larger.origin() + "/y")).code(), "response_too_large");
  std::array<char, 4096> buffer{};
  const auto size = read(ends[0], buffer.data(), buffer.size());
  ASSERT_GT(size, 0);
  auto text = std::string(buffer.data(), static_cast<std::size_t>(size));
  for (const auto* one : {&server, &larger}) text = replace_all(text, std::to_string(one->port()), "PORT");
  std::cerr << text;
}

TEST(Client, reports_the_beginning_and_the_end_of_each_request_without_user_information_and_query) {
  // In another process, because a process reads ADIT_TRACE_FD only once.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto x = R"(\{"method":"POST","url":"http://127.0.0.1:PORT/x")";
  const auto y = R"(\{"method":"GET","url":"http://127.0.0.1:PORT/y")";
  EXPECT_EXIT(
      {
        copy_steps_of_requests_to_stderr();
        std::_Exit(::testing::Test::HasFailure() ? 1 : 0);
      },
      ::testing::ExitedWithCode(0),
      ::testing::MatchesRegex(cat(x, R"(,"us":0,"kind":"request_began"\})", "\n",  //
                                  x, R"(,"status":404,"request_id":"id-1","us":[0-9]+,"kind":"request_ended"\})", "\n",
                                  y, R"(,"us":0,"kind":"request_began"\})", "\n", y,
                                  R"(,"error":"response_too_large","us":[0-9]+,"kind":"request_ended"\})", "\n")));
}

}  // namespace
}  // namespace adit::http
