#include "console/event_stream.h"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/text.h"

namespace adit::console {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

/// The response to a client that has seen the event `last`.
std::future<std::string> events_after(EventStream& events, const std::string& last) {
  auto promise = std::make_shared<std::promise<std::string>>();
  auto body = promise->get_future();
  events.answer(last,
                http::Reply([promise](const http::ServerResponse& response) { promise->set_value(response.body); }));
  return body;
}

TEST(EventStream, answers_at_once_with_the_events_after_the_last_seen) {
  EventStream events;
  const auto before = events.last_id();
  events.publish("activation", json::object{{"id", "a"}});
  const auto first = events.last_id();
  events.publish("activation", json::object{{"id", "b"}});
  EXPECT_THAT(events_after(events, before).get(), HasSubstr("event: activation\ndata: {\"id\":\"a\"}\n\n"));
  const auto second = events_after(events, first).get();
  EXPECT_THAT(second, HasSubstr(R"({"id":"b"})"));
  EXPECT_THAT(second, Not(HasSubstr(R"({"id":"a"})")));
}

TEST(EventStream, a_request_waits_for_the_next_event) {
  EventStream events;
  auto received = events_after(events, events.last_id());
  events.publish("action", json::object{{"state", "ready"}});
  EXPECT_THAT(received.get(), HasSubstr("event: action\ndata: {\"state\":\"ready\"}"));
}

TEST(EventStream, a_wait_ends_even_without_an_event) {
  EventStream events(std::chrono::milliseconds(1));
  EXPECT_THAT(events_after(events, events.last_id()).get(), HasSubstr(": nothing new"));
}

TEST(EventStream, sends_reset_if_the_last_seen_event_is_from_another_run) {
  EventStream events;
  events.publish("activation", json::object{});
  for (const auto* last : {"0123456789ab-1", "nonsense", "-", "0123456789ab-99999999999999999999"}) {
    EXPECT_THAT(events_after(events, last).get(), HasSubstr("event: reset\n")) << last;
  }
}

TEST(EventStream, sends_reset_if_the_client_missed_events_that_are_not_kept) {
  EventStream events;
  const auto before = events.last_id();
  for (std::size_t i = 0; i < EventStream::kMostKept + 1; ++i) events.publish("activation", json::object{{"n", i}});
  EXPECT_THAT(events_after(events, before).get(), HasSubstr(cat("id: ", events.last_id(), "\nevent: reset\n")));
}

TEST(EventStream, drops_old_events_that_need_too_much_memory) {
  EventStream events;
  const auto before = events.last_id();
  const std::string large(EventStream::kMostBytes / 2, 'x');
  for (int i = 0; i < 3; ++i) events.publish("activation", json::object{{"x", large}});
  EXPECT_THAT(events_after(events, before).get(), HasSubstr("event: reset\n"));
}

TEST(EventStream, answers_the_oldest_request_if_too_many_wait) {
  EventStream events;
  auto first = events_after(events, events.last_id());
  std::vector<std::future<std::string>> others;
  for (std::size_t i = 0; i < EventStream::kMostWaiting; ++i) others.push_back(events_after(events, events.last_id()));
  EXPECT_THAT(first.get(), HasSubstr(": nothing new"));
}

TEST(EventStream, its_destructor_answers_all_waiting_requests) {
  std::future<std::string> received;
  {
    EventStream events;
    received = events_after(events, events.last_id());
  }
  EXPECT_THAT(received.get(), EndsWith("\n\n"));
}

}  // namespace
}  // namespace adit::console
