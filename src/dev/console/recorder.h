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

/// The request that caused an activation, and its response.
struct Exchange {
  http::ServerRequest request;
  http::ServerResponse response;
  /// False if the request's body was too large to keep, and only its beginning is here.
  bool request_is_complete = true;
};

/// Remembers the last kMaxActivations for the console: the trace, the parameters, the result, the logs, the request
/// and the response of each. Forgets the oldest earlier if all together need more than kMaxBytes. Hides secrets in
/// everything that it returns. Thread-safe.
class Recorder {
 public:
  /// `on_change` is called on any thread, with the summary of each activation that begins, ends or is answered.
  explicit Recorder(std::function<void(const json::object& summary)> on_change) : on_change_(std::move(on_change)) {}

  void hide(std::shared_ptr<const Hiding> hiding);
  void begin(const ActivationRecord& begun, const ServedAction& served);
  void step(const std::string& action, const trace::Step& step);
  /// `build` is why the action could not be built, with secrets hidden; empty if the activation ended otherwise.
  void end(const Activated& activated, const json::value& params, std::string build);
  /// Adds the request and the response of an activation. A non-blocking request is answered before its activation ends.
  void exchanged(const std::string& id, const http::ServerRequest& request, const http::ServerResponse& response);

  /// The summaries of all activations, the newest first.
  [[nodiscard]] json::array list() const;
  /// Everything about one activation; `nullopt` if the recorder does not have it, or has it no longer.
  [[nodiscard]] std::optional<json::object> detail(std::string_view id) const;
  /// The request, to be sent again; `nullopt` if a trigger or a sequence caused the activation, or if the body is not
  /// kept.
  [[nodiscard]] std::optional<http::ServerRequest> request_of(std::string_view id) const;

  static constexpr std::size_t kMaxActivations = 1000;
  static constexpr std::size_t kMaxBytes = 12U << 20U;

 private:
  using Micros = std::chrono::microseconds;
  enum class SpanKind { wait, process_start, init, run, request, component };
  struct Span {
    SpanKind kind = SpanKind::run;
    std::string detail;
    Micros start{0};
    std::optional<Micros> took{};
  };
  struct Request {
    trace::OutgoingRequest sent;
    Micros start{0};
    /// `nullopt` until the request ends.
    std::optional<Micros> took{};
  };
  struct Entry {
    std::string id;
    std::string action;
    std::string kind;
    std::string cause;
    /// Time since 1970.
    Micros begun{0};
    Micros took{0};
    bool running = true;
    std::vector<Request> requests;
    /// Known when the activation has ended.
    std::vector<Span> phases;
    int status = 0;
    std::string hint;
    std::string error;
    std::string build;
    bool cold = false;
    std::string token;
    bool refused = false;
    /// JSON. Secrets are still in it, unless the text was too long to keep and was cut.
    std::string params;
    std::string result;
    std::vector<std::string> logs;
    std::shared_ptr<const Exchange> exchange;
    std::vector<std::string> components;
    std::size_t bytes = 0;
  };

  [[nodiscard]] json::object summary(const Entry& entry) const;
  [[nodiscard]] json::array trace_of(const Entry& entry) const;
  [[nodiscard]] std::string caller_of(const Entry& entry) const;
  [[nodiscard]] static std::string_view name_of(SpanKind kind);
  static void add_request(Entry& entry, const trace::Step& step, Micros now);
  void add_trace(const Entry& entry, Micros zero, int parent, json::array& spans) const;
  [[nodiscard]] const Entry* find(std::string_view id) const;
  Entry* find(std::string_view id);
  void count_bytes(Entry& entry);
  void forget_oldest();
  [[nodiscard]] std::shared_ptr<const Hiding> hiding() const;

  std::function<void(const json::object&)> on_change_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Hiding> hiding_ = std::make_shared<const Hiding>();
  /// The oldest first. `by_id_` points to the entries.
  std::deque<std::unique_ptr<Entry>> entries_;
  std::map<std::string, Entry*, std::less<>> by_id_;
  std::size_t bytes_ = 0;
};

}  // namespace adit::dev
