#include "dev/console/recorder.h"

#include <algorithm>
#include <utility>

#include "base/text/text.h"
#include "base/text/utf8.h"
#include "emulator/server/history.h"

namespace adit::dev {
namespace {

using Micros = std::chrono::microseconds;
using std::chrono::duration_cast;

Micros now_in_micros() { return duration_cast<Micros>(std::chrono::system_clock::now().time_since_epoch()); }

double in_ms(Micros time) { return static_cast<double>(time.count()) / 1000; }

/// The path of a URL as a trace has it: an action chose it, so it may be any text.
std::string_view path_in(std::string_view url) {
  const auto scheme = url.find("://");
  const auto path = scheme == std::string_view::npos ? scheme : url.find('/', scheme + 3);
  return path == std::string_view::npos ? std::string_view() : url.substr(path);
}

/// The error of an activation, in one line: its `error`, or the message in a web response with a status of 400 or more.
/// Empty if the result has neither. Secrets are hidden.
std::string failure_in(const json::value& result, const Hiding& hiding) {
  constexpr std::size_t kLongest = 300;
  const auto* answer = result.if_object();
  if (answer == nullptr) return {};
  const auto* status = answer->if_contains("statusCode");
  const bool refuses = status != nullptr && status->is_int64() && status->get_int64() >= 400;
  if (!refuses && !answer->contains("error")) return {};
  const json::value* error = &result;
  // App Builder's templates and thrown errors nest the message in these members.
  for (const auto* name : {"error", "message", "body", "error", "message"}) {
    const auto* object = error->if_object();
    if (const auto* inner = object != nullptr ? object->if_contains(name) : nullptr) error = inner;
  }
  if (error == &result) return {};
  const auto shown = hiding.value(*error);
  std::string text = shown.is_string() ? std::string(shown.get_string()) : to_json(shown);
  return text.size() <= kLongest ? text : cat(utf8_cut(text, kLongest), "…");
}

json::object header_of(const http::ServerRequest& request, const Hiding& hiding) {
  return {{"method", request.head ? "HEAD" : request.method},
          {"path", hiding.text(request.path)},
          {"query", hiding.body(request.query)},
          {"headers", hiding.headers(request.headers)},
          {"body", hiding.body(request.body)},
          {"remote", request.remote_address}};
}

std::string kept_text(const json::value& value, const Hiding& hiding) {
  auto text = to_json(value);
  return text.size() <= Hiding::kMostShown ? text : cut_to_shown(to_json(hiding.value(value)));
}

json::value parsed_or_text(const std::string& text) {
  if (text.empty()) return nullptr;
  auto parsed = try_parse_json(text, {.max_depth = 1100});
  return parsed ? *std::move(parsed) : json::value(json::string(text));
}

}  // namespace

void Recorder::hide(std::shared_ptr<const Hiding> hiding) {
  const std::lock_guard lock(mutex_);
  hiding_ = std::move(hiding);
}

void Recorder::begin(const ActivationRecord& begun, const ServedAction& served) {
  auto entry = std::make_unique<Entry>();
  entry->id = begun.id;
  entry->action = served.full_name();
  entry->kind = begun.kind;
  entry->cause = begun.cause;
  entry->begun = now_in_micros();
  json::object shown;
  {
    const std::lock_guard lock(mutex_);
    if (const auto sequence = by_id_.find(begun.cause); sequence != by_id_.end())
      sequence->second->components.push_back(begun.id);
    by_id_[entry->id] = entry.get();
    count_bytes(*entry);
    shown = summary(*entry);
    entries_.push_back(std::move(entry));
    forget_oldest();
  }
  on_change_(shown);
}

/// A step without an activation id belongs to each running activation of the action, as a log line does.
void Recorder::step(const std::string& action, const trace::Step& step) {
  if (!trace::is_of_request(step.kind)) return;
  const auto now = now_in_micros();
  const std::lock_guard lock(mutex_);
  for (auto& entry : entries_) {
    if (!entry->running || entry->action != action) continue;
    if (!step.activation.empty() && step.activation != entry->id) continue;
    // A request that began before this activation did belongs to another one.
    if (step.activation.empty() && now - step.took + Micros(1000) < entry->begun) continue;
    add_request(*entry, step, now);
  }
}

void Recorder::add_request(Entry& entry, const trace::Step& step, Micros now) {
  constexpr std::size_t kMostRequests = 200;
  const bool ended = step.kind == trace::StepKind::request_ended;
  Request reported{.sent = step.request,
                   .start = std::max(now - step.took, entry.begun),
                   .took = ended ? std::optional(step.took) : std::nullopt};
  if (ended) {
    const auto begun = std::ranges::find_if(entry.requests, [&](const Request& request) {
      return !request.took && request.sent.method == step.request.method && request.sent.url == step.request.url;
    });
    if (begun != entry.requests.end()) {
      // Both times are late if the report was read late.
      reported.start = std::min(reported.start, begun->start);
      *begun = std::move(reported);
      return;
    }
  }
  if (entry.requests.size() < kMostRequests) entry.requests.push_back(std::move(reported));
}

std::shared_ptr<const Hiding> Recorder::hiding() const {
  const std::lock_guard lock(mutex_);
  return hiding_;
}

void Recorder::end(const Activated& activated, const json::value& params, std::string build) {
  const auto& record = activated.record;
  const auto now = now_in_micros();
  const auto hides = hiding();
  auto kept_params = kept_text(params, *hides);
  auto kept_result = kept_text(record.result, *hides);
  auto error = failure_in(record.result, *hides);
  json::object shown;
  {
    const std::lock_guard lock(mutex_);
    auto* entry = find(record.id);
    if (entry == nullptr) return;
    entry->running = false;
    entry->took = now - entry->begun;
    entry->status = static_cast<int>(record.status);
    entry->hint = record.hint;
    entry->error = std::move(error);
    entry->build = std::move(build);
    entry->cold = activated.cold;
    entry->refused = activated.refused;
    entry->token = activated.exchanged_token ? "exchanged" : activated.used_cached_token ? "cached" : "";
    entry->params = std::move(kept_params);
    entry->result = std::move(kept_result);
    std::size_t log_bytes = 0;
    for (const auto& line : record.logs) {
      if ((log_bytes += line.size()) > Hiding::kMostShown) break;
      entry->logs.push_back(line);
    }
    if (entry->logs.size() < record.logs.size())
      entry->logs.push_back(cat("… (", record.logs.size() - entry->logs.size(), " lines more)"));
    if (!record.is_sequence() && !activated.refused) {
      const auto start = duration_cast<Micros>(record.start.time_since_epoch());
      const auto wait = duration_cast<Micros>(record.wait_time);
      auto at = std::max(entry->begun, start - wait);
      const auto phase = [&](SpanKind kind, Micros took) {
        took = std::clamp(took, Micros(0), now - at);
        if (took > Micros(0)) entry->phases.push_back({.kind = kind, .detail = {}, .start = at, .took = took});
        at += took;
      };
      const auto before = at - entry->begun;
      at = entry->begun;
      // The activation may have waited for a build, or for a process that another activation started.
      phase(SpanKind::wait, before + wait);
      if (record.init_time) {
        phase(SpanKind::process_start, duration_cast<Micros>(record.spawn_time));
        phase(SpanKind::init, duration_cast<Micros>(*record.init_time - record.spawn_time));
      }
      phase(SpanKind::run, now - at);
    }
    count_bytes(*entry);
    forget_oldest();
    shown = summary(*entry);
  }
  on_change_(shown);
}

void Recorder::exchanged(const std::string& id, const http::ServerRequest& request,
                         const http::ServerResponse& response) {
  auto exchange = std::make_shared<Exchange>(Exchange{.request = request, .response = response});
  json::object shown;
  {
    const std::lock_guard lock(mutex_);
    // Secrets are hidden before the text is cut, because half a secret would not be recognised.
    if (response.body.size() > Hiding::kMostShown) exchange->response.body = hiding_->body(response.body);
    if (request.body.size() > Hiding::kMostShown) {
      exchange->request.body = hiding_->body(request.body);
      exchange->request_is_complete = false;
    }
    auto* entry = find(id);
    if (entry == nullptr) return;
    entry->exchange = std::move(exchange);
    count_bytes(*entry);
    forget_oldest();
    shown = summary(*entry);
  }
  on_change_(shown);
}

json::object Recorder::summary(const Entry& entry) const {
  json::object shown{{"id", entry.id},
                     {"action", entry.action},
                     {"kind", entry.kind},
                     {"start_ms", in_ms(entry.begun)},
                     {"state", entry.running       ? "running"
                               : entry.status == 0 ? "success"
                                                   : "failed"}};
  if (!entry.cause.empty()) shown["cause"] = entry.cause;
  if (entry.exchange) shown["http_status"] = entry.exchange->response.status;
  shown["caller"] = caller_of(entry);
  if (entry.running) return shown;
  shown["duration_ms"] = in_ms(entry.took);
  shown["status"] = entry.refused       ? "refused"
                    : entry.status == 0 ? "success"
                    : entry.status == 1 ? "application error"
                                        : "developer error";
  if (!entry.refused && entry.kind != "sequence") shown["start"] = entry.cold ? "cold" : "warm";
  if (!entry.token.empty()) shown["token"] = entry.token;
  if (!entry.error.empty()) shown["error"] = hiding_->line(entry.error);
  return shown;
}

/// `GET web`, `POST API`, or the name of the sequence or composition that the activation is a part of. Empty for one
/// that a trigger started.
std::string Recorder::caller_of(const Entry& entry) const {
  if (entry.exchange) {
    const auto& request = entry.exchange->request;
    return cat(request.head ? "HEAD" : request.method, request.path.starts_with("/api/v1/web/") ? " web" : " API");
  }
  if (entry.cause.empty()) return {};
  const auto* whole = find(entry.cause);
  return whole == nullptr ? "sequence" : whole->action;
}

std::string_view Recorder::name_of(SpanKind kind) {
  switch (kind) {
    case SpanKind::wait:
      return "wait";
    case SpanKind::process_start:
      return "process start";
    case SpanKind::init:
      return "init";
    case SpanKind::run:
      return "run";
    case SpanKind::request:
      return "request";
    case SpanKind::component:
      break;
  }
  return "component";
}

void Recorder::add_trace(const Entry& entry, Micros zero, int parent, json::array& spans) const {
  const auto until = entry.running ? now_in_micros() : entry.begun + entry.took;
  const auto add = [&](const Span& span, int below) {
    const int id = static_cast<int>(spans.size());
    const auto took = span.took.value_or(std::max(Micros(0), until - span.start));
    json::object shown{
        {"id", id}, {"name", name_of(span.kind)}, {"start_ms", in_ms(span.start - zero)}, {"duration_ms", in_ms(took)}};
    if (below >= 0) shown["parent"] = below;
    if (!span.detail.empty()) shown["detail"] = hiding_->text(span.detail);
    if (entry.running && !span.took) shown["running"] = true;
    spans.push_back(std::move(shown));
    return id;
  };
  int run = parent;
  for (const auto& phase : entry.phases) {
    const int id = add(phase, parent);
    if (phase.kind == SpanKind::run) run = id;
  }
  for (const auto& request : entry.requests) {
    const auto& sent = request.sent;
    add({.kind = SpanKind::request, .detail = {}, .start = request.start, .took = request.took}, run);
    auto& shown = spans.back().get_object();
    shown["method"] = hiding_->text(sent.method);
    shown["url"] = hiding_->text(sent.url);
    if (emulator::is_token_request(path_in(sent.url))) shown["token_exchange"] = true;
    if (sent.status != 0) shown["status"] = sent.status;
    if (!sent.error.empty()) shown["error"] = hiding_->text(sent.error);
    if (!sent.request_id.empty()) shown["request_id"] = hiding_->text(sent.request_id);
  }
  for (const auto& component : entry.components) {
    const auto* child = find(component);
    if (child == nullptr) continue;
    const int id =
        add({.kind = SpanKind::component, .detail = child->action, .start = child->begun, .took = child->took}, parent);
    auto& shown = spans.back().get_object();
    shown["activation"] = child->id;
    shown["failed"] = !child->running && child->status != 0;
    add_trace(*child, zero, id, spans);
  }
}

json::array Recorder::trace_of(const Entry& entry) const {
  json::array spans;
  add_trace(entry, entry.begun, -1, spans);
  return spans;
}

const Recorder::Entry* Recorder::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

Recorder::Entry* Recorder::find(std::string_view id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

void Recorder::count_bytes(Entry& entry) {
  auto bytes = sizeof(Entry) + entry.params.size() + entry.result.size() + entry.error.size() + entry.build.size();
  for (const auto& line : entry.logs) bytes += line.size() + sizeof(std::string);
  for (const auto& request : entry.requests)
    bytes += sizeof(request) + request.sent.method.size() + request.sent.url.size() + request.sent.error.size() +
             request.sent.request_id.size();
  if (entry.exchange) {
    bytes += sizeof(Exchange) + entry.exchange->request.body.size() + entry.exchange->response.body.size();
    for (const auto& [name, value] : entry.exchange->request.headers) bytes += name.size() + value.size() + 64;
    for (const auto& [name, value] : entry.exchange->response.headers) bytes += name.size() + value.size() + 64;
  }
  bytes_ += bytes - entry.bytes;
  entry.bytes = bytes;
}

void Recorder::forget_oldest() {
  while (entries_.size() > kMaxActivations || (bytes_ > kMaxBytes && entries_.size() > 1)) {
    bytes_ -= entries_.front()->bytes;
    by_id_.erase(entries_.front()->id);
    entries_.pop_front();
  }
}

json::array Recorder::list() const {
  const std::lock_guard lock(mutex_);
  json::array all;
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) all.push_back(summary(**entry));
  return all;
}

std::optional<json::object> Recorder::detail(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto* entry = find(id);
  if (entry == nullptr) return std::nullopt;
  auto shown = summary(*entry);
  shown["trace"] = trace_of(*entry);
  shown["params"] = hiding_->value(parsed_or_text(entry->params));
  shown["result"] = hiding_->value(parsed_or_text(entry->result));
  if (!entry->hint.empty()) shown["hint"] = hiding_->text(entry->hint);
  if (!entry->build.empty()) shown["build"] = hiding_->text(entry->build);
  json::array logs;
  for (const auto& line : entry->logs) logs.push_back(json::string(hiding_->line(line)));
  shown["logs"] = std::move(logs);
  json::array components;
  for (const auto& component : entry->components) components.push_back(json::string(component));
  if (!components.empty()) shown["components"] = std::move(components);
  if (entry->exchange) {
    const auto& request = entry->exchange->request;
    const auto& response = entry->exchange->response;
    shown["request"] = header_of(request, *hiding_);
    shown["response"] = json::object{{"status", response.status},
                                     {"headers", hiding_->headers(response.headers)},
                                     {"body", hiding_->body(response.body)}};
    shown["replayable"] = entry->exchange->request_is_complete;
  }
  return shown;
}

std::optional<http::ServerRequest> Recorder::request_of(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto* entry = find(id);
  if (entry == nullptr || !entry->exchange || !entry->exchange->request_is_complete) return std::nullopt;
  return entry->exchange->request;
}

}  // namespace adit::dev
