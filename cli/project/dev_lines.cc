#include "cli/project/dev_lines.h"

#include <cstdio>
#include <iostream>

#include "adit/clock.h"
#include "cli/project/console_link.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/terminal.h"

#include "base/text/text.h"
#include "dev/web/path.h"

namespace adit::cli {
namespace {

/// A longer line of an action's log is shown in pieces of this size.
constexpr std::size_t kLongestLine = 64U << 10U;

json::array actions_of(const dev::Configuration& configuration, const std::string& origin) {
  json::array actions;
  for (const auto& [name, served] : configuration.served) {
    actions.push_back(json::object{{"name", name},
                                   {"web", served.rules.exported},
                                   {"url", cat(origin, dev::path_to(name, served.rules.exported))}});
  }
  return actions;
}

/// Describes what the manifest contains besides actions: when a trigger fires, what a rule starts, where an API's
/// routes are.
std::vector<std::string> other_lines(const dev::Configuration& configuration, const std::string& origin) {
  std::vector<std::string> lines;
  for (const auto& [name, trigger] : configuration.triggers) {
    auto line = cat("trigger ", name);
    if (trigger.feed) {
      const auto& parameters = *trigger.feed;
      const auto shown = [&parameters](std::string_view name) {
        const auto* value = parameters.if_contains(name);
        return value != nullptr ? unquoted(*value) : std::string();
      };
      const auto feed = string_member(parameters, "feed");
      line += feed == "alarm"      ? cat(", cron: ", shown("cron"))
              : feed == "interval" ? cat(", every ", shown("minutes"), " minutes")
              : feed == "once"     ? cat(", once: ", shown("date"))
                                   : cat(", by the feed ", feed, ", which adit dev does not run");
    }
    lines.push_back(std::move(line));
  }
  for (const auto& [name, rule] : configuration.rules)
    lines.push_back(cat("rule ", name, ": ", rule.trigger.name, " starts ", rule.action.to_string()));
  for (const auto* route : configuration.project.routes())
    lines.push_back(
        cat("route ", to_upper(route->method), ' ', origin, route->base_path, route->path, ": ", route->action));
  return lines;
}

std::string in_milliseconds(std::chrono::microseconds took) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%8.1f ms", static_cast<double>(took.count()) / 1000);
  return text.data();
}

std::string time_of_day() {
  const auto text = to_rfc3339(Clock::system().wall_now());
  return text.substr(11, 8);
}

std::string token_word(const dev::Activated& activated) {
  if (activated.exchanged_token) return "token exchanged";
  return activated.used_cached_token ? "token cached" : std::string();
}

/// Describes the error of a failed activation: the error itself if it is text, the message of a thrown Error, or the
/// body of an error response; anything else as JSON.
std::string error_text(const json::value& result) {
  constexpr std::size_t kLongest = 500;
  const json::value* error = &result;
  for (const auto* name : {"error", "message", "body", "error"}) {
    const auto* object = error->if_object();
    if (const auto* inner = object != nullptr ? object->if_contains(name) : nullptr) error = inner;
  }
  std::string text = unquoted(*error);
  if (text.size() > kLongest) text.replace(kLongest, std::string::npos, "…");
  return text;
}

Style style_of(int status) {
  if (status >= 500) return Style::error;
  return status >= 400 ? Style::warning : Style::good;
}

}  // namespace

void DevLines::write(std::string_view event, json::object details) {
  json::object line = {{"time", to_rfc3339(Clock::system().wall_now())}, {"event", event}};
  for (auto& [key, value] : details) line[key] = std::move(value);
  std::cout << shown_json(line) << std::endl;
}

void DevLines::note(std::string_view text) { std::cerr << styled(Stream::err, Style::note, text) << std::endl; }

void DevLines::write_urls(const dev::Configuration& configuration, const std::string& origin) {
  for (const auto& [name, served] : configuration.served) {
    const bool web = served.rules.exported;
    std::cout << "  " << styled(Stream::out, Style::strong, cat(origin, dev::path_to(name, web)))
              << (web ? "" : "  (POST, with the API key)") << '\n';
  }
  for (const auto& line : other_lines(configuration, origin)) std::cout << "  " << line << '\n';
  std::cout << std::flush;
}

void DevLines::listening(const dev::Configuration& configuration, const std::string& origin, const Secret& shown_key,
                         const std::string& certificate_file, const std::string& console_url) {
  const std::lock_guard lock(mutex_);
  if (as_json_) {
    json::object details = {{"url", origin},
                            {"namespace", configuration.runtime.name_space},
                            {"console", console_url},
                            {"actions", actions_of(configuration, origin)}};
    if (const auto others = other_lines(configuration, origin); !others.empty())
      details["others"] = json::array(others.begin(), others.end());
    if (!shown_key.empty()) details["api_key"] = shown_key.reveal();
    if (!certificate_file.empty()) details["certificate"] = certificate_file;
    return write("listening", std::move(details));
  }
  std::cout << "listening on " << origin << '\n';
  write_urls(configuration, origin);
  std::cout << "  Console: " << styled(Stream::out, Style::strong, console_url) << "  (" << kConsoleKey
            << " opens it)\n";
  if (!shown_key.empty()) {
    std::cout << "  API key of this run (Basic authentication; set AIO_runtime_auth to choose it): "
              << shown_key.reveal() << '\n';
  }
  if (!certificate_file.empty())
    std::cout << "  To trust the server's certificate: curl --cacert " << certificate_file << '\n';
  std::cout << "Web pages of other sites get 403; --allow-origin ORIGIN allows one.\n"
            << "adit dev is a development tool for this machine. Press Ctrl-C to stop it." << std::endl;
}

void DevLines::request(const dev::RequestLine& line) {
  const std::lock_guard lock(mutex_);
  const auto* activated = line.activated.get();
  if (as_json_) {
    json::object details = {{"method", line.method},
                            {"path", line.path},
                            {"status", line.status},
                            {"duration_ms", static_cast<double>(line.took.count()) / 1000}};
    if (!line.action.empty()) details["action"] = line.action;
    if (!line.activation_id.empty()) details["activation_id"] = line.activation_id;
    if (line.denial) details["refused"] = line.denial->message;
    if (line.denial) details["hint"] = line.denial->hint;
    if (activated != nullptr) {
      details["success"] = activated->record.success();
      details["start"] = activated->cold ? "cold" : "warm";
      if (activated->exchanged_token) details["token"] = "exchanged";
      if (activated->used_cached_token) details["token"] = "cached";
      if (!activated->record.hint.empty()) details["hint"] = activated->record.hint;
    }
    return write("request", std::move(details));
  }
  auto text = cat(time_of_day(), ' ', line.method, ' ');
  std::string rest = cat(' ', in_milliseconds(line.took), "  ", line.action.empty() ? line.path : line.action);
  if (activated != nullptr) {
    if (!activated->refused) rest += activated->cold ? "  cold" : "  warm";
    if (const auto word = token_word(*activated); !word.empty()) rest += cat("  ", word);
  }
  if (!line.activation_id.empty()) rest += cat("  ", line.activation_id);
  std::cout << styled(Stream::out, Style::plain, text)
            << styled(Stream::out, style_of(line.status), std::to_string(line.status))
            << styled(Stream::out, Style::plain, rest) << std::endl;
  if (const auto& denial = line.denial) {
    std::cerr << styled(Stream::err, Style::warning, cat("  ", denial->message)) << "\n  " << denial->hint << std::endl;
  }
  if (activated == nullptr || activated->record.success() || activated->refused) return;
  const auto why = cat("  ", line.action, ": ", error_text(activated->record.result));
  std::cerr << styled(Stream::err, Style::error, why) << '\n';
  if (const auto& hint = activated->record.hint; !hint.empty()) std::cerr << "  " << hint << '\n';
  std::cerr << std::flush;
}

void DevLines::action_log(const app::Action& action, dev::LogStream stream, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  auto& partial = partial_[{action.full_name(), stream}];
  partial += bytes;
  for (;;) {
    auto end = partial.find('\n');
    if (end == std::string::npos && partial.size() < kLongestLine) return;
    end = std::min(end, kLongestLine);
    const auto text = partial.substr(0, end);
    partial.erase(0, end + (end < partial.size() && partial[end] == '\n' ? 1 : 0));
    if (as_json_) {
      write("log", {{"action", action.full_name()},
                    {"stream", stream == dev::LogStream::out ? "stdout" : "stderr"},
                    {"text", text}});
    } else {
      std::cerr << styled(Stream::err, Style::faint, cat(action.name, " | "));
      write_log(cat(text, '\n'));
    }
  }
}

void DevLines::build_started(const app::Action& action) {
  const std::lock_guard lock(mutex_);
  if (as_json_) return write("build_started", {{"action", action.full_name()}});
  note(cat("Building ", action.full_name()));
}

void DevLines::build_output(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (as_json_) return write("build_output", {{"text", bytes}});
  write_log(bytes);
}

void DevLines::build_failed(const app::Action& action, const Error& error) {
  const std::lock_guard lock(mutex_);
  if (as_json_) return write("build_failed", {{"action", action.full_name()}, {"error", error.to_string()}});
  print_error(error.to_string());
}

void DevLines::swapped(const app::Action& action) {
  const std::lock_guard lock(mutex_);
  if (as_json_) return write("swapped", {{"action", action.full_name()}});
  note(cat(action.full_name(), " has changed: new activations use the new version"));
}

void DevLines::configuration_read(const dev::Configuration& configuration, const std::string& origin) {
  const std::lock_guard lock(mutex_);
  json::array warnings;
  for (const auto& warning : configuration.project.warnings) warnings.push_back(json::string(warning.to_string()));
  if (as_json_)
    return write("configuration", {{"actions", actions_of(configuration, origin)}, {"warnings", std::move(warnings)}});
  note("The configuration was read again");
  for (const auto& warning : warnings) print_error(cat("warning: ", std::string_view(warning.get_string())));
  write_urls(configuration, origin);
}

void DevLines::configuration_broken(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (as_json_) return write("configuration_broken", {{"error", error.to_string()}});
  print_error(error.to_string() + "\n  adit dev continues with the last valid configuration.");
}

void DevLines::first_deployment() {
  const std::lock_guard lock(mutex_);
  constexpr std::string_view kWhat =
      "The first deployment has begun. Deployed code runs on this machine as you; --no-deploy refuses deployments.";
  if (as_json_) return write("first_deployment", {{"message", kWhat}});
  std::cerr << styled(Stream::err, Style::warning, kWhat) << std::endl;
}

void DevLines::state_warning(const std::string& warning) {
  const std::lock_guard lock(mutex_);
  if (as_json_) return write("state_warning", {{"message", warning}});
  print_error(cat("warning: ", warning));
}

void DevLines::ended() {
  const std::lock_guard lock(mutex_);
  if (as_json_) return write("ended", {});
  note("adit dev has ended");
}

}  // namespace adit::cli
