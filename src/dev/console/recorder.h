#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/http_server.h"
#include "adit/json.h"

#include "base/trace.h"
#include "dev/console/hiding.h"
#include "dev/platform/platform.h"

namespace adit::dev {

/// The request that caused an activation, and what was answered.
struct Exchange {
  http::ServerRequest request;
  http::ServerResponse response;
  /// False if only the beginning of its body is kept.
  bool request_is_whole = true;
};

/// Remembers activations for the console, each with its trace, what reached the action and what came of it: the last
/// kMost, of these no more than fit into kMostBytes. What it gives out has its secrets hidden. Thread-safe.
class Recorder {
 public:
  /// `on_change` hears of each activation that begins or ends, as `summary` shows it; called on any thread.
  explicit Recorder(std::function<void(const json::object& summary)> on_change) : on_change_(std::move(on_change)) {}

  void hide(std::shared_ptr<const Hiding> hiding);
  void begin(const ActivationRecord& begun, const Served& served);
  void step(const std::string& action, const trace::Step& step);
  void end(const Activated& activated, const json::value& params);
  /// The exchange of an activation, which may end later, or has ended.
  void exchanged(const std::string& id, const http::ServerRequest& request, const http::ServerResponse& response);

  /// The newest first.
  [[nodiscard]] json::array list() const;
  /// Everything about one; `nullopt` if it is not known any more.
  [[nodiscard]] std::optional<json::object> detail(std::string_view id) const;
  /// The request to send again; `nullopt` if there was none, or its body is not kept.
  [[nodiscard]] std::optional<http::ServerRequest> request_of(std::string_view id) const;

  static constexpr std::size_t kMost = 1000;
  static constexpr std::size_t kMostBytes = 12U << 20U;

 private:
  using Micros = std::chrono::microseconds;
  struct Span {
    std::string name;
    std::string detail;
    Micros start{0};
    Micros took{0};
  };
  struct Entry {
    std::string id;
    std::string action;
    std::string kind;
    std::string cause;
    /// Since 1970.
    Micros begun{0};
    Micros took{0};
    bool running = true;
    std::vector<Span> requests;
    /// Known at its end.
    std::vector<Span> phases;
    int status = 0;
    std::string hint;
    std::string error;
    bool cold = false;
    std::string token;
    bool refused = false;
    /// JSON, as they were; hidden already where they were too long to keep.
    std::string params;
    std::string result;
    std::vector<std::string> logs;
    std::shared_ptr<const Exchange> exchange;
    std::vector<std::string> parts;
    std::size_t bytes = 0;
  };

  [[nodiscard]] json::object summary(const Entry& entry) const;
  [[nodiscard]] json::array trace_of(const Entry& entry) const;
  void add_trace(const Entry& entry, Micros zero, int parent, json::array& spans) const;
  [[nodiscard]] const Entry* find(std::string_view id) const;
  Entry* find(std::string_view id);
  void weigh(Entry& entry);
  void let_go_of_old();
  [[nodiscard]] std::string kept_text(const json::value& value) const;

  std::function<void(const json::object&)> on_change_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Hiding> hiding_ = std::make_shared<const Hiding>();
  /// Oldest first; entries stay where they are.
  std::deque<std::unique_ptr<Entry>> entries_;
  std::map<std::string, Entry*, std::less<>> by_id_;
  std::size_t bytes_ = 0;
};

}  // namespace adit::dev
