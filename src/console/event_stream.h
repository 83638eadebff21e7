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

/// Server-sent events (WHATWG HTML, section 9.2) for any number of browsers. A browser holds no thread and does not
/// slow down the publisher.
///
/// Each response is a complete event stream that ends:
///
///  1. A browser requests the events after the last one that it has seen.
///  2. If there are some, the response contains them. If there are none, the request waits, without a thread, until
///     there is an event or kLongestWait has passed.
///  3. The browser sends its next request at once, with the id of the last event. EventSource does this by itself; the
///     field `retry` sets its pause.
///
/// So a client that stalls delays only its own response, and a lost connection loses no event. A client that has
/// missed more events than are kept receives the event `reset` and reads all data again.
///
/// Thread-safe.
class EventStream {
 public:
  explicit EventStream(std::chrono::milliseconds longest_wait = kLongestWait);
  /// Answers all waiting requests.
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  void publish(std::string_view type, const json::value& details);
  /// Answers a request for the events after `last_seen`, the id of an event. If it is empty, for events from now on.
  void answer(std::string_view last_seen, http::Reply reply);
  /// The id of the newest event.
  [[nodiscard]] std::string last_id() const;
  /// Answers all waiting requests. From now on no request waits.
  void close();

  static constexpr std::chrono::milliseconds kLongestWait{15'000};
  static constexpr std::size_t kMostKept = 4096;
  static constexpr std::size_t kMostBytes = 4U << 20U;
  /// If more requests wait, the oldest is answered.
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
  /// The first part of each id. It differs from that of an earlier run.
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
