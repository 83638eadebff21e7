#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "adit/http_server.h"
#include "adit/json.h"

namespace adit::console {

/// Server-sent events (WHATWG HTML, section 9.2) for any number of browsers, which never hold a thread and never slow
/// down the publisher.
///
/// A browser asks for what came after the last event that it has seen. If there is something, that is the answer, and
/// it ends; the browser asks again at once, as EventSource does by itself (`retry`). If there is nothing, the request
/// waits without a thread until there is, or for kLongestWait. So a client that stalls holds up one answer of its own
/// and nothing else, and one that has fallen behind more than is kept is sent `reset`: it reads everything again.
///
/// Thread-safe.
class EventStream {
 public:
  explicit EventStream(std::chrono::milliseconds longest_wait = kLongestWait);
  /// Answers everyone who still waits.
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  void publish(std::string_view type, const json::value& details);
  /// `last_seen` is an event's id as the client has it; empty if it has seen none: then it hears of what comes.
  void answer(std::string_view last_seen, http::Reply reply);
  /// The id of the newest event.
  [[nodiscard]] std::string last_id() const;
  /// From now on everyone is answered at once.
  void close();

  static constexpr std::chrono::milliseconds kLongestWait{15'000};
  static constexpr std::size_t kMostKept = 4096;
  static constexpr std::size_t kMostBytes = 4U << 20U;
  /// More who wait than this: the one who has waited longest is answered.
  static constexpr std::size_t kMostWaiting = 64;

 private:
  struct Event {
    std::uint64_t number = 0;
    std::string text;
  };
  struct Waiting {
    std::uint64_t after = 0;
    std::chrono::steady_clock::time_point until;
    http::Reply reply;
  };
  void serve();
  [[nodiscard]] http::ServerResponse response_after(std::uint64_t number) const;
  [[nodiscard]] std::string id_of(std::uint64_t number) const;
  [[nodiscard]] bool is_behind(std::uint64_t number) const;

  const std::chrono::milliseconds longest_wait_;
  /// Tells this run's events from those of an earlier one.
  const std::string run_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  std::deque<Waiting> waiting_;
  bool closed_ = false;
  std::thread server_;
};

}  // namespace adit::console
