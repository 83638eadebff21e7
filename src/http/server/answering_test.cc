#include <future>
#include <new>
#include <optional>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/http.h"
#include "adit/http_server.h"

// Handlers may answer from any thread, at any time.

namespace adit::http {
namespace {

using ::testing::HasSubstr;

Response get(const Server& server, const std::string& path) {
  return Request::get(server.origin() + path).timeout(std::chrono::seconds(30)).send();
}

TEST(Reply, can_come_from_another_thread_after_the_handler_has_returned) {
  std::promise<Reply> given;
  Server server({}, AsyncHandler([&](const ServerRequest&, const Reply& reply) { given.set_value(reply); }));
  auto answer = std::async(std::launch::async, [&] { return get(server, "/").body(); });
  std::thread([reply = given.get_future().get()] { reply(ServerResponse::text(200, "later")); }).join();
  EXPECT_EQ(answer.get(), "later");
}

TEST(Reply, only_the_first_is_sent) {
  Server server({}, AsyncHandler([&](const ServerRequest& request, const Reply& reply) {
                  reply(ServerResponse::text(200, request.path));
                  reply(ServerResponse::text(500, "second"));
                }));
  EXPECT_EQ(get(server, "/a").body(), "/a");
  EXPECT_EQ(get(server, "/b").body(), "/b");
}

TEST(Reply, is_status_500_if_the_handler_forgets_it_or_throws) {
  Server server({}, AsyncHandler([&](const ServerRequest& request, const Reply&) {
                  if (request.path == "/throw") throw std::runtime_error("went wrong");
                  if (request.path == "/memory") throw std::bad_alloc();
                  if (request.path == "/number") throw 42;  // NOLINT(hicpp-exception-baseclass)
                }));
  for (const auto* path : {"/forget", "/throw", "/memory", "/number"}) EXPECT_EQ(get(server, path).status(), 500);
}

TEST(Reply, is_status_500_if_a_handler_on_threads_throws_anything) {
  Server server({.threads = 1}, [](const ServerRequest& request) -> ServerResponse {
    if (request.path == "/memory") throw std::bad_alloc();
    if (request.path == "/number") throw 42;  // NOLINT(hicpp-exception-baseclass)
    return ServerResponse::text(200, "fine");
  });
  for (const auto* path : {"/memory", "/number"}) EXPECT_EQ(get(server, path).status(), 500);
  EXPECT_EQ(get(server, "/").body(), "fine");
}

TEST(AnswerAll, answers_only_the_clients_that_wait) {
  std::promise<Reply> given;
  Server server({}, AsyncHandler([&](const ServerRequest& request, const Reply& reply) {
                  if (request.path == "/wait") return given.set_value(reply);
                  reply(ServerResponse::text(200, "now"));
                }));
  EXPECT_EQ(server.answer_all("{}"), 0);
  EXPECT_EQ(get(server, "/").body(), "now");
  auto waiting = std::async(std::launch::async, [&] { return get(server, "/wait"); });
  const auto reply = given.get_future().get();
  EXPECT_EQ(server.answer_all(R"({"error":"the end"})"), 1);
  reply(ServerResponse::text(200, "too late"));
  const auto answer = waiting.get();
  EXPECT_EQ(answer.status(), 502);
  EXPECT_EQ(answer.body(), R"({"error":"the end"})");
  EXPECT_EQ(answer.headers().get_or_empty("content-type"), "application/json");
  EXPECT_TRUE(answer.headers().has("adit-process-ends"));
  EXPECT_EQ(server.answer_all("{}"), 0);
  EXPECT_EQ(get(server, "/").body(), "now");  // answer_all() does not stop the server
}

}  // namespace
}  // namespace adit::http
