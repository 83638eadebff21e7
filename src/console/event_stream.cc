#include "console/event_stream.h"

#include <charconv>
#include <utility>

#include "base/random_seed.h"
#include "base/text/text.h"

namespace adit::console {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Events within this time are sent in one response.
constexpr milliseconds kBatchWindow{40};
/// A response gets no further event after so many bytes.
constexpr std::size_t kMostAnswered = 512U << 10U;

http::ServerResponse event_response(std::string body) {
  auto response = http::ServerResponse::text(200, std::move(body), "text/event-stream; charset=utf-8");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Content-Type-Options", "nosniff");
  return response;
}

/// Twelve hexadecimal digits.
std::string name_of_run() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  auto random = (std::uint64_t{random_seed()} << 32U) | random_seed();
  std::string name;
  for (int digit = 0; digit < 12; ++digit, random >>= 4U) name += kDigits[random & 15U];
  return name;
}

}  // namespace

EventStream::EventStream(milliseconds longest_wait)
    : longest_wait_(longest_wait), run_(name_of_run()), server_([this] { serve(); }) {}

EventStream::~EventStream() {
  close();
  server_.join();
}

void EventStream::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

std::string EventStream::id_of(std::uint64_t number) const { return cat(run_, '-', number); }

std::string EventStream::last_id() const {
  const std::lock_guard lock(mutex_);
  return id_of(last_);
}

void EventStream::publish(std::string_view type, const json::value& details) {
  auto data = to_json(details);
  const std::lock_guard lock(mutex_);
  ++last_;
  auto text = cat("id: ", id_of(last_), "\nevent: ", type, "\ndata: ", data, "\n\n");
  bytes_ += text.size();
  kept_.push_back({.number = last_, .text = std::move(text)});
  while (kept_.size() > kMostKept || (bytes_ > kMostBytes && kept_.size() > 1)) {
    bytes_ -= kept_.front().text.size();
    kept_.pop_front();
  }
  if (!waiting_.empty()) changed_.notify_all();
}

bool EventStream::is_behind(std::uint64_t number) const {
  return number > last_ || (number < last_ && number + 1 < kept_.front().number);
}

/// The caller holds the lock.
http::ServerResponse EventStream::response_after(std::uint64_t number) const {
  std::string body = "retry: 30\n";
  if (number >= last_) return event_response(body + ": nothing new\n\n");
  const auto first = kept_.front().number;
  for (auto at = static_cast<std::size_t>(number + 1 - first); at < kept_.size() && body.size() < kMostAnswered; ++at)
    body += kept_[at].text;
  return event_response(std::move(body));
}

void EventStream::answer(std::string_view last_seen, http::Reply reply) {
  const std::lock_guard lock(mutex_);
  auto number = last_;
  bool behind = false;
  if (!last_seen.empty()) {
    const auto dash = last_seen.find('-');
    const auto digits = dash == std::string_view::npos ? std::string_view() : last_seen.substr(dash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    behind = digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
             last_seen.substr(0, dash) != run_ || is_behind(number);
  }
  if (behind) {
    return reply(event_response(cat("retry: 30\nid: ", id_of(last_), "\nevent: reset\ndata: {}\n\n")));
  }
  if (closed_ || number < last_) return reply(response_after(number));
  if (waiting_.size() >= kMostWaiting) {
    waiting_.front().reply(response_after(waiting_.front().after));
    waiting_.pop_front();
  }
  waiting_.push_back({.after = number, .until = steady_clock::now() + longest_wait_, .reply = std::move(reply)});
  changed_.notify_all();
}

void EventStream::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto due = [this] { return closed_ || (!waiting_.empty() && last_ > waiting_.front().after); };
    if (waiting_.empty()) {
      if (closed_) return;
      changed_.wait(lock);
      continue;
    }
    const auto until = waiting_.front().until;
    if (changed_.wait_until(lock, until, due) && !closed_) {
      lock.unlock();
      std::this_thread::sleep_for(kBatchWindow);
      lock.lock();
    }
    const auto now = steady_clock::now();
    std::vector<std::pair<http::Reply, http::ServerResponse>> answers;
    std::erase_if(waiting_, [&](Waiting& one) {
      if (!closed_ && last_ <= one.after && now < one.until) return false;
      answers.emplace_back(std::move(one.reply), response_after(one.after));
      return true;
    });
    lock.unlock();
    for (auto& [reply, response] : answers) reply(std::move(response));
    answers.clear();
    lock.lock();
  }
}

}  // namespace adit::console
