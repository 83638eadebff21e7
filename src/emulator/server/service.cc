#include "emulator/server/service.h"

#include <algorithm>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/log.h"

#include "base/text/text.h"
#include "base/trace.h"
#include "emulator/apis/aem.h"
#include "emulator/apis/analytics.h"
#include "emulator/apis/console.h"
#include "emulator/apis/state.h"
#include "emulator/faults/fault_effects.h"
#include "emulator/faults/fault_routes.h"
#include "emulator/ims/exchange.h"
#include "emulator/ims/profile.h"
#include "emulator/ims/revocation.h"
#include "emulator/ims/token.h"
#include "emulator/server/answer.h"
#include "emulator/server/discovery.h"
#include "emulator/server/key_file.h"
#include "emulator/server/keys.h"
#include "emulator/server/stats.h"
#include "emulator/server/tls.h"
#include "http/http_date.h"
#include "http/request_id.h"
#include "http/server/answering.h"

namespace adit::emulator {
namespace {

// At most so many keys are tried for one token.
constexpr std::size_t kMaxRetiredKeys = 8;
constexpr std::size_t kLongestLogged = 200;

/// The text for a log: at most kLongestLogged characters, without control characters, which a terminal would obey.
std::string printable(std::string_view text) {
  std::string shown(text.substr(0, kLongestLogged));
  for (auto& character : shown) {
    if (character < ' ' || character > '~') character = '?';
  }
  return shown;
}

/// The path for a log. Clients may put secrets into paths, so parts that no endpoint has in its path are hidden.
std::string loggable_path(std::string_view path) {
  auto shown = printable(path);
  for (const std::string_view mark : {"eyJ", "p8e-"}) {
    for (auto at = shown.find(mark); at != std::string::npos; at = shown.find(mark, at + 1)) {
      const auto end = std::min(shown.find('/', at), shown.size());
      shown.replace(at, end - at, "<hidden>");
    }
  }
  return shown;
}

bool is_ims(std::string_view path) { return path.starts_with("/ims/") || path == "/ims"; }

/// An error response for a path without an endpoint, in the form that similar endpoints use.
http::ServerResponse stray(std::string_view path, const ImsRefusal& refusal) {
  if (is_ims(path)) return ims_refusal(refusal);
  return json_answer(refusal.status, json::object{{"error", refusal.error}, {"message", refusal.description}});
}

http::ServerResponse no_route(const RouteTable::Match& match, const http::ServerRequest& request, CallNotes& notes) {
  const bool unknown = match.allowed.empty();
  notes.error = unknown ? "not_found" : "method_not_allowed";
  auto answer = stray(request.path, {unknown ? 404 : 405, notes.error,
                                     unknown ? cat("The emulator has no ", request.path)
                                             : cat(request.path, " takes ", join(match.allowed, ", "))});
  if (!unknown) answer.headers.set("Allow", join(match.allowed, ", "));
  return answer;
}

/// The error word for a request that the server refuses before an endpoint receives it.
std::string_view refusal_word(int status) {
  switch (status) {
    case 408:
      return "request_timeout";
    case 413:
      return "request_too_large";
    case 431:
      return "header_too_large";
    case 503:
      return "service_unavailable";
    default:
      return "invalid_request";
  }
}

/// Adobe's hosts are allowed, too, because clients whose requests are redirected to the emulator name them.
std::vector<std::string> names_of_adobe() {
  std::vector<std::string> names;
  for (const auto& origin : adobe_origins()) names.push_back(origin.substr(origin.find("//") + 2));
  return names;
}

http::ServerResponse call_endpoint(const Route& route, const Call& call) {
  try {
    return route.endpoint(call);
  } catch (const ImsRefusal& refusal) {
    ++call.service.counters.rejected;
    call.notes.error = refusal.error;
    call.notes.reason = refusal.description;
    return ims_refusal(refusal);
  }
}

}  // namespace

Service::Service(Options options)
    : options_(std::move(options)),
      access_(options_.host, options_.allowed_origins, names_of_adobe()),
      started_(options_.clock->monotonic_now()),
      issuer_(std::make_shared<const TokenIssuer>(load_or_make_key(options_.key_file))),
      rates_({.token = options_.token_rate, .api = options_.api_rate}),
      origin_(origin_promise_.get_future()),
      on_workers_(http::on_threads([this](const http::ServerRequest& request) { return answer(request); }, workers_)) {
  for (const auto& group :
       {exchange_routes(), token_routes(), revocation_routes(), profile_routes(), keys_routes(), discovery_routes(),
        analytics_routes(), aem_routes(), state_routes(), console_routes(), stats_routes(), fault_routes()}) {
    routes_.add(group);
  }
  for (auto& integration : options_.integrations) integrations.put(std::move(integration), clock().wall_now());
  options_.integrations.clear();
  auto serving = server_options();
  if (options_.tls) {
    auto tls = make_throw_away_tls(options_.host, Clock::system());
    ca_pem_ = std::move(tls.ca_pem);
    serving.tls = std::move(tls.identity);
  }
  const http::AsyncHandler handler = [this](http::ServerRequest request, http::Reply reply) {
    answer(std::move(request), std::move(reply));
  };
  server_.emplace(std::move(serving), handler);
  origin_promise_.set_value(server_->origin());
  if (options_.tls && options_.plain_port) {
    serving = server_options();
    serving.port = *options_.plain_port;
    plain_server_.emplace(std::move(serving), handler);
  }
}

Service::~Service() = default;

http::ServerOptions Service::server_options() {
  http::ServerOptions serving;
  serving.host = options_.host;
  serving.port = options_.port;
  serving.max_body_bytes = options_.max_body_bytes;
  serving.max_header_bytes = options_.max_header_bytes;
  serving.max_connections = options_.max_connections;
  serving.idle_timeout = options_.idle_timeout;
  serving.request_timeout = options_.request_timeout;
  // Forms and settings are small. A report request and a value of State may be as large as the options allow.
  serving.admit = [limit = options_.max_body_bytes](const http::ServerRequest& head) {
    constexpr std::size_t kMaxForm = 256U << 10U;
    const bool may_be_large = head.path.starts_with("/api/") || head.path.starts_with("/containers/");
    return http::Admission{.max_body_bytes = may_be_large ? limit : std::min(limit, kMaxForm)};
  };
  serving.format_error = [this](const http::ServerResponse& plain, const http::ServerRequest& request) {
    return refuse(plain, request);
  };
  return serving;
}

std::string Service::plain_origin() const {
  if (!options_.tls) return origin();
  return plain_server_ ? plain_server_->origin() : std::string();
}

std::shared_ptr<const TokenIssuer> Service::issuer() const {
  const std::lock_guard lock(keys_mutex_);
  return issuer_;
}

void Service::rotate_key() {
  auto next = std::make_shared<const TokenIssuer>(jwt::SigningKey::generate_rsa());
  // With clock skew, a token may be issued in the future. Its key is kept longer by that time.
  const auto now = clock().wall_now();
  const auto skew = std::max(faults.clock_skew(), std::chrono::milliseconds(0));
  const std::lock_guard lock(keys_mutex_);
  std::erase_if(retired_, [&](const Retired& one) { return one.until <= now; });
  retired_.insert(retired_.begin(), {std::move(issuer_), now + skew + options_.token_lifetime});
  // Limits the memory and time that many rotations cost.
  if (retired_.size() > kMaxRetiredKeys) retired_.pop_back();
  issuer_ = std::move(next);
}

Secret Service::issue(const TokenSubject& subject, std::string_view grant, WallTime now) {
  const auto signer = issuer();
  auto issued = signer->issue(subject, now, options_.token_lifetime);
  history.add_token({.id = std::move(issued.id),
                     .client_id = subject.client_id,
                     .grant = std::string(grant),
                     .scopes = subject.scopes,
                     .key_id = signer->key_id(),
                     .issued = now,
                     .expires = now + options_.token_lifetime});
  return std::move(issued.token);
}

std::vector<std::string> Service::key_ids(WallTime now) const {
  std::vector<std::string> ids;
  const auto published = published_keys(now);
  for (const auto& key : published.keys()) ids.push_back(key.key_id);
  return ids;
}

jwt::Jwks Service::published_keys(WallTime now) const {
  const std::lock_guard lock(keys_mutex_);
  auto published = issuer_->keys().keys();
  for (const auto& one : retired_) {
    if (one.until <= now) continue;
    const auto older = one.issuer->keys();
    published.insert(published.end(), older.keys().begin(), older.keys().end());
  }
  return jwt::Jwks(std::move(published));
}

std::variant<json::object, TokenFlaw> Service::verify(std::string_view token, WallTime now) const {
  std::vector<std::shared_ptr<const TokenIssuer>> older;
  auto current = issuer();
  auto outcome = current->verify(token, now);
  {
    const std::lock_guard lock(keys_mutex_);
    for (const auto& one : retired_) {
      if (one.until > now) older.push_back(one.issuer);
    }
  }
  for (const auto& one : older) {
    const auto* flaw = std::get_if<TokenFlaw>(&outcome);
    if (flaw == nullptr || *flaw != TokenFlaw::wrong_signature) break;
    outcome = one->verify(token, now);
  }
  if (const auto* claims = std::get_if<json::object>(&outcome); claims != nullptr && revocations_.contains(*claims)) {
    return TokenFlaw::revoked;
  }
  return outcome;
}

std::optional<std::chrono::seconds> Service::throttled(std::string_view what, const std::optional<Rate>& own,
                                                       std::string_view client_id) {
  const auto general = rates();
  const auto& rate = own ? own : (what == "token" ? general.token : general.api);
  if (!rate) return std::nullopt;
  return limits_.take(cat(what, ' ', client_id), *rate, clock().monotonic_now());
}

Service::Rates Service::rates() const {
  const std::lock_guard lock(settings_mutex_);
  return rates_;
}

void Service::set_rates(Rates rates) {
  const std::lock_guard lock(settings_mutex_);
  rates_ = rates;
}

void Service::set_console(http::AsyncHandler console) {
  const std::lock_guard lock(settings_mutex_);
  console_ = std::move(console);
}

void Service::add_faults(std::vector<Fault> added) {
  for (const auto& fault : added) {
    if (fault.path.empty() || routes_.serves_below(fault.path)) continue;
    throw Error::configuration("invalid_fault",
                               "The emulator serves nothing below the fault's path, so the fault would never happen.")
        .hint("Give the beginning of a path that the emulator serves: /ims/token, /discovery/me, /api/.");
  }
  faults.add(std::move(added));
}

bool Service::revoke(const json::object& claims, WallTime now) {
  // The clock skew may end. Then a token that has expired only by the skewed clock is valid again.
  return revocations_.add(claims, std::min(now, clock().wall_now()));
}

bool Service::revoke(const IssuedToken& token) {
  const auto skew = std::min(faults.clock_skew(), std::chrono::milliseconds(0));
  return revocations_.add(token.expires, token.id, clock().wall_now() + skew);
}

bool Service::is_for_console(http::ServerRequest& request, const http::Reply& reply) const {
  if (!request.path.starts_with("/__adit/")) return false;
  const auto match = routes_.find(request.method, request.path);
  if (match.route != nullptr || !match.allowed.empty()) return false;
  const std::lock_guard lock(settings_mutex_);
  if (!console_) return false;
  console_(std::move(request), reply);
  return true;
}

void Service::answer(http::ServerRequest request, http::Reply reply) {
  if (!is_for_console(request, reply)) on_workers_(std::move(request), std::move(reply));
}

http::ServerResponse Service::answer(const http::ServerRequest& request) {
  const trace::Stopwatch stopwatch;
  ++counters.requests;
  if (const auto refused = access_.denial(request)) {
    auto answer = stray(request.path, {403, "forbidden", cat(refused->message, ' ', refused->hint)});
    note(request, answer, {.time = clock().wall_now(), .error = "forbidden"});
    return answer;
  }
  auto match = routes_.find(request.method, request.path);
  const auto side = match.route != nullptr ? match.route->side : Side::own;
  const auto faults_due = side == Side::own ? std::vector<Fault>() : faults.take(request.path, side == Side::ims);
  auto skew = side == Side::api ? faults.clock_skew() : std::chrono::milliseconds(0);
  for (const auto& fault : faults_due) {
    if (fault.kind == Fault::Kind::clock_skew) skew = fault.delay;
  }
  counters.faults += faults_due.size();
  const auto now = clock().wall_now() + skew;

  CallNotes notes;
  auto answer = [&] {
    if (match.route == nullptr) return no_route(match, request, notes);
    const Call call{
        .service = *this, .request = request, .path_values = std::move(match.path_values), .now = now, .notes = notes};
    return answer_with_faults(faults_due, side, now, [&] { return call_endpoint(*match.route, call); });
  }();
  answer.headers.set("Date", http::format_http_date(std::chrono::floor<std::chrono::seconds>(now)));
  // Each response of IMS has one. Adobe's support asks for it.
  if (is_ims(request.path)) answer.headers.set("X-Debug-Id", random_uuid());
  if (side == Side::api && !answer.headers.has("X-Request-Id")) answer.headers.set("X-Request-Id", random_uuid());
  note(request, answer,
       {.time = now,
        .took = std::chrono::duration_cast<std::chrono::microseconds>(stopwatch.elapsed()),
        .client_id = printable(notes.client_id),
        .error = notes.error,
        .reason = printable(notes.reason),
        .faults = faults_due.size()});
  return answer;
}

http::ServerResponse Service::refuse(const http::ServerResponse& plain, const http::ServerRequest& request) {
  ++counters.requests;
  // A request whose path is not known is treated as one to IMS, because most are.
  const auto path = request.path.empty() ? std::string_view("/ims") : std::string_view(request.path);
  const std::string error(refusal_word(plain.status));
  auto answer = stray(path, {plain.status, error, std::string(trim(plain.body))});
  if (is_ims(path)) answer.headers.set("X-Debug-Id", random_uuid());
  note(request, answer, {.time = clock().wall_now(), .error = error});
  return answer;
}

void Service::note(const http::ServerRequest& request, const http::ServerResponse& answer, RequestRecord record) {
  record.method = request.method.empty() ? "-" : request.head ? "HEAD" : request.method;
  record.path = request.path.empty() ? "-" : loggable_path(request.path);
  record.status = answer.status;
  record.remote_address = request.remote_address;
  record.debug_id = http::request_id(answer.headers);
  if (options_.on_request) options_.on_request(record);
  // An API's answer does not say why it refused the call; IMS's does.
  const bool refused_by_api = !record.reason.empty() && !is_ims(request.path) && !options_.on_request;
  const auto level = refused_by_api ? LogLevel::info : LogLevel::debug;
  if (log_enabled(level))
    log(level, cat("emulator: ", record.method, ' ', record.path, ' ', record.status, record.error.empty() ? "" : " ",
                   record.error, record.reason.empty() ? "" : ": ", record.reason,
                   record.faults == 0 ? "" : " (with a fault)", ", ", record.took.count(), " us"));
  history.add_request(std::move(record));
}

Service& service_of(const Emulator& emulator) { return *emulator.service_; }

}  // namespace adit::emulator
