#include "dev/console/console.h"

#include <algorithm>
#include <utility>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/version.h"

#include "base/text/text.h"
#include "base/trace.h"
#include "dev/entity/limits.h"
#include "dev/web/path.h"
#include "system/resident_memory.h"

namespace adit::dev {
namespace {

/// The samples of ten minutes.
constexpr std::size_t kMostSamples = 120;
/// `check` runs git, so it runs at most once in this time.
constexpr std::chrono::milliseconds kBetweenChecks{2'000};

using console::bad_request;

/// A method or a header's name, RFC 9110 section 5.6.2.
bool is_http_token(std::string_view text) {
  constexpr std::string_view kSigns = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSigns.find(c) != std::string_view::npos;
  });
}

bool is_header_text(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_target_text(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c <= 0x20 || c >= 0x7f || c == '#'; });
}

}  // namespace

Console::Console(ConsoleOptions options)
    : options_(std::move(options)),
      site_(options_.keys, options_.access, *this),
      recorder_([this](const json::object& summary) { site_.events().publish("activation", summary); }) {
  if (options_.emulator != nullptr) emulator_.emplace(*options_.emulator, site_.events());
}

Console::~Console() { close(); }

void Console::close() {
  site_.close();
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  if (sampler_.joinable()) sampler_.join();
}

void Console::serve(Platform& platform, DevApi& api) {
  platform_ = &platform;
  api_ = &api;
  sampler_ = std::thread([this] { sample(); });
}

void Console::build_started(const app::Action& action) {
  states_.building(action.full_name());
  publish_state_of(action);
}

void Console::build_output(const app::Action& action, std::string_view bytes) {
  states_.output(action.full_name(), bytes);
}

void Console::build_failed(const app::Action& action, const Error& error) {
  states_.failed(action.full_name(), error.to_string());
  publish_state_of(action);
}

void Console::action_ready(const app::Action& action) {
  states_.made(action.full_name());
  publish_state_of(action);
}

void Console::action_step(const app::Action& action, const trace::Step& step) {
  recorder_.step(action.full_name(), step);
}

void Console::activation_began(const ActivationRecord& begun, const ServedAction& served) {
  recorder_.begin(begun, served);
}

void Console::activation_ended(const Activated& activated, const ServedAction& served, const json::value& params) {
  const bool has_build = activated.not_started && served.deployed == nullptr;
  const auto state = has_build ? state_of(served.full_name()) : json::object();
  recorder_.end(activated, params, std::string(string_member(state, "output")));
}

void Console::configuration_read(const Configuration& configuration) {
  auto hiding = std::make_shared<const Hiding>(configuration.settings.environment);
  recorder_.hide(hiding);
  {
    const std::lock_guard lock(mutex_);
    hiding_ = std::move(hiding);
    configuration_error_.clear();
  }
  site_.events().publish("configuration", json::object{});
}

void Console::configuration_broken(const Error& error) {
  const auto shown = hiding()->text(error.to_string());
  {
    const std::lock_guard lock(mutex_);
    configuration_error_ = shown;
  }
  site_.events().publish("configuration", json::object{{"error", shown}});
}

/// The state of an action, with secrets hidden.
json::object Console::state_of(std::string_view action) const { return states_.of(std::string(action), *hiding()); }

void Console::publish_state_of(const app::Action& action) {
  auto state = state_of(action.full_name());
  state["action"] = action.full_name();
  site_.events().publish("action", state);
}

std::shared_ptr<const Hiding> Console::hiding() const {
  const std::lock_guard lock(mutex_);
  return hiding_;
}

http::Admission Console::admit(const http::ServerRequest& head) const {
  if (!console::Site::owns(head.path)) return api_->admit(head);
  constexpr std::size_t kNotLoggedIn = 4U << 10U;
  // The body of a call is JSON text within JSON text.
  const bool known = site_.is_known(head);
  return {.max_body_bytes = known ? 2 * kMaxPayloadBytes + (64U << 10U) : kNotLoggedIn, .trusted = known};
}

bool Console::stream(const http::ServerRequest& request, const http::Reply& reply) {
  return site_.stream(request, reply);
}

http::ServerResponse Console::answer(const http::ServerRequest& request) {
  return console::Site::owns(request.path) ? site_.answer(request) : through_api(request);
}

http::ServerResponse Console::through_api(const http::ServerRequest& request) {
  auto response = api_->handle(request);
  const auto id = response.headers.get_or_empty("x-openwhisk-activation-id");
  if (!id.empty()) recorder_.exchanged(std::string(id), request, response);
  return response;
}

std::optional<http::ServerResponse> Console::show(std::string_view path) {
  if (path == "project") return overview();
  if (path == "actions") return http::ServerResponse::json(200, json::object{{"actions", actions()}});
  if (path == "activations") {
    // Read before the list, so that an event in between is received twice and not missed.
    const auto last = site_.events().last_id();
    return http::ServerResponse::json(200, json::object{{"last_event", last}, {"activations", recorder_.list()}});
  }
  constexpr std::string_view kOne = "activations/";
  if (path.starts_with(kOne)) return activation(path.substr(kOne.size()));
  if (path == "problems") return problems();
  if (path == "memory") return memory();
  return emulator_ ? emulator_->show(path) : std::nullopt;
}

std::optional<http::ServerResponse> Console::change(std::string_view path, const http::ServerRequest& request) {
  if (path == "call") return call(request);
  if (path == "triggers/fire") return fire(request);
  constexpr std::string_view kOne = "activations/";
  constexpr std::string_view kReplay = "/replay";
  if (path.starts_with(kOne) && path.ends_with(kReplay)) {
    const auto id = path.substr(kOne.size(), path.size() - kOne.size() - kReplay.size());
    auto again = recorder_.request_of(id);
    return again ? std::optional(send_on(*std::move(again))) : std::nullopt;
  }
  return emulator_ ? emulator_->change(path, request) : std::nullopt;
}

json::array Console::views() const {
  json::array views{"activations", "actions", "call", "problems", "plots", "tokens"};
  if (emulator_) views.push_back("emulator");
  return views;
}

http::ServerResponse Console::overview() {
  const auto configuration = platform_->last_configuration();
  json::object shown{{"name", configuration->project.name},
                     {"namespace", configuration->runtime.name_space},
                     {"origin", configuration->runtime.api_host},
                     {"version", version()},
                     {"local_ims", static_cast<bool>(options_.local_token)},
                     {"last_event", site_.events().last_id()},
                     {"command", "adit dev"},
                     {"views", views()},
                     {"actions", actions()},
                     {"triggers", triggers()}};
  const std::lock_guard lock(mutex_);
  if (!configuration_error_.empty()) shown["configuration_error"] = configuration_error_;
  return http::ServerResponse::json(200, shown);
}

std::vector<std::shared_ptr<const ServedAction>> Console::all_served(const Catalog& catalog) const {
  std::vector<std::shared_ptr<const ServedAction>> all;
  for (const auto& entity : catalog.actions()) {
    const auto slash = entity->name_space.find('/');
    const auto package = slash == std::string::npos ? std::string("default") : entity->name_space.substr(slash + 1);
    if (auto served = catalog.action(package, entity->name)) all.push_back(std::move(served));
  }
  std::ranges::sort(all, {}, &ServedAction::full_name);
  return all;
}

std::shared_ptr<const ServedAction> Console::served_as(const Catalog& catalog, std::string_view name) const {
  const auto slash = name.find('/');
  return slash == std::string_view::npos ? nullptr : catalog.action(name.substr(0, slash), name.substr(slash + 1));
}

json::array Console::actions() {
  const auto catalog = platform_->catalog();
  const auto hides = hiding();
  const auto processes = platform_->processes();
  json::array all;
  for (const auto& served : all_served(catalog)) {
    const auto name = served->full_name();
    auto shown = description_of(catalog.configuration(), *served, *hides);
    if (served->what.action != nullptr) {
      if (served->deployed)
        shown["state"] = "ready";
      else
        for (auto& [key, value] : state_of(name)) shown[key] = value;
      const auto process = processes.find(name);
      if (process != processes.end()) {
        shown["process"] = process->second;
        shown["memory_bytes"] = resident_bytes(process->second);
      }
    }
    all.push_back(std::move(shown));
  }
  return all;
}

json::array Console::triggers() {
  const auto catalog = platform_->catalog();
  const auto hides = hiding();
  const auto next = platform_->next_alarms();
  json::array all;
  for (const auto& trigger : catalog.triggers()) {
    const auto time = next.find(trigger->entity.name);
    all.push_back(
        description_of(catalog, *trigger, time == next.end() ? std::nullopt : std::optional(time->second), *hides));
  }
  return all;
}

/// `{"trigger": …}`
http::ServerResponse Console::fire(const http::ServerRequest& request) {
  const auto parsed = try_parse_json(request.body);
  const auto catalog = platform_->catalog();
  const auto trigger = parsed && parsed->is_object()
                           ? catalog.trigger(std::string(string_member(parsed->get_object(), "trigger")))
                           : nullptr;
  if (!trigger) return bad_request("The project has no trigger with this name.");
  return http::ServerResponse::json(200, json::object{{"activation", platform_->fire(catalog, *trigger, {})}});
}

/// Adds `reason` to each request that the local IMS refused.
void Console::add_reasons(json::object& activation) const {
  if (!emulator_) return;
  for (auto& step : activation.at("trace").as_array()) {
    auto& shown = step.as_object();
    const auto reason = emulator_->reason_for(string_member(shown, "request_id"));
    if (!reason.empty()) shown["reason"] = reason;
  }
}

std::optional<http::ServerResponse> Console::activation(std::string_view id) {
  auto shown = recorder_.detail(id);
  if (!shown) return std::nullopt;
  add_reasons(*shown);
  const auto configuration = platform_->last_configuration();
  const auto served = configuration->served.find(string_member(*shown, "action"));
  if (served != configuration->served.end()) (*shown)["inputs"] = inputs_of(*configuration, served->second, *hiding());
  return http::ServerResponse::json(200, *shown);
}

http::ServerResponse Console::problems() {
  const std::lock_guard one_at_a_time(checking_);
  const auto now = std::chrono::steady_clock::now();
  if (checked_at_ == std::chrono::steady_clock::time_point() || now - checked_at_ >= kBetweenChecks) {
    findings_ = findings_of(options_.root, options_.env_file);
    checked_at_ = std::chrono::steady_clock::now();
  }
  return http::ServerResponse::json(200, json::object{{"findings", hiding()->value(findings_)}});
}

http::ServerResponse Console::memory() const {
  const std::lock_guard lock(mutex_);
  return http::ServerResponse::json(200, json::object{{"samples", json::array(samples_.begin(), samples_.end())}});
}

/// `{"action": …, "method": …, "rest": "/more?a=b", "headers": [[name, value], …], "body": …, "token": true}`
http::ServerResponse Console::call(const http::ServerRequest& request) {
  const auto parsed = try_parse_json(request.body);
  if (!parsed || !parsed->is_object()) return bad_request("The body must be a JSON object.");
  const auto& asked = parsed->get_object();
  const auto catalog = platform_->catalog();
  const auto served = served_as(catalog, string_member(asked, "action"));
  if (!served) return bad_request("The project has no action with this name.");
  const bool web = served->rules.exported;
  const auto target = cat(path_to(served->full_name(), web), web ? string_member(asked, "rest") : std::string_view());
  const auto method = web ? string_member(asked, "method") : std::string_view("POST");
  if (!is_http_token(method) || !is_target_text(target))
    return bad_request("The method or the path has characters that HTTP does not allow.");

  http::ServerRequest sent;
  sent.head = method == "HEAD";
  sent.method = sent.head ? "GET" : std::string(method);
  const auto question = target.find('?');
  sent.path = target.substr(0, question);
  if (question != std::string::npos) sent.query = target.substr(question + 1);
  sent.body = string_member(asked, "body");
  sent.remote_address = request.remote_address;
  sent.secure = request.secure;
  sent.headers.set("host", std::string(request.headers.get_or_empty("host")));
  sent.headers.set("user-agent", cat("adit-console/", version()));
  if (const auto* headers = asked.if_contains("headers"); headers != nullptr && headers->is_array()) {
    for (const auto& pair : headers->get_array()) {
      const auto* both = pair.if_array();
      if (both == nullptr || both->size() != 2 || !(*both)[0].is_string() || !(*both)[1].is_string())
        return bad_request("Each header must be a list of a name and a value.");
      const std::string_view name = (*both)[0].get_string();
      const std::string_view value = (*both)[1].get_string();
      if (!is_http_token(name) || !is_header_text(value))
        return bad_request("A header has characters that HTTP does not allow.");
      if (equals_ignoring_case(name, "host") || equals_ignoring_case(name, "origin")) continue;
      sent.headers.set(std::string(name), std::string(value));
    }
  }
  const auto* token = asked.if_contains("token");
  if (token != nullptr && token->is_bool() && token->get_bool() && options_.local_token) {
    const auto local = options_.local_token();
    sent.headers.set("authorization", cat("Bearer ", local.value.reveal()));
    if (!sent.headers.has("x-gw-ims-org-id")) sent.headers.set("x-gw-ims-org-id", local.org_id);
  }
  if (!web)
    sent.headers.set("authorization", cat("Basic ", base64_encode(catalog.configuration().runtime.api_key.reveal())));
  return send_on(std::move(sent));
}

/// Sends the request to the platform's API, as if it had come from outside. Returns the response as the page shows it.
http::ServerResponse Console::send_on(http::ServerRequest request) {
  const auto response = through_api(request);
  const auto hides = hiding();
  json::object shown{
      {"status", response.status}, {"headers", hides->headers(response.headers)}, {"body", hides->body(response.body)}};
  if (const auto id = response.headers.get_or_empty("x-openwhisk-activation-id"); !id.empty()) shown["activation"] = id;
  return http::ServerResponse::json(200, shown);
}

void Console::sample() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    lock.unlock();
    json::object memory;
    for (const auto& [name, process] : platform_->processes())
      if (const auto bytes = resident_bytes(process); bytes > 0) memory[name] = bytes;
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
    lock.lock();
    samples_.push_back({{"time_ms", now.count()}, {"memory", std::move(memory)}});
    if (samples_.size() > kMostSamples) samples_.pop_front();
    changed_.wait_for(lock, options_.sample_every, [this] { return closed_; });
  }
}

}  // namespace adit::dev
