#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "adit/error.h"
#include "adit/json.h"

#include "dev/api/api.h"

namespace adit::cli {

/// Prints the events of `adit dev`. With `--json`, every event is one line of JSON on stdout,
/// `{"time":…,"event":…,…}`. Otherwise requests are lines of text on stdout, and all other events go to stderr.
/// Thread-safe.
class DevLines {
 public:
  explicit DevLines(bool as_json) : as_json_(as_json) {}

  void listening(const dev::Configuration& configuration, const std::string& origin, const Secret& shown_key,
                 const std::string& certificate_file, const std::string& console_url);
  void request(const dev::RequestLine& line);
  void action_log(const app::Action& action, dev::LogStream stream, std::string_view bytes);
  void build_started(const app::Action& action);
  void build_output(std::string_view bytes);
  void build_failed(const app::Action& action, const Error& error);
  void swapped(const app::Action& action);
  void configuration_read(const dev::Configuration& configuration, const std::string& origin);
  void configuration_broken(const Error& error);
  void first_deployment();
  void state_warning(const std::string& warning);
  void ended();

 private:
  void write(std::string_view event, json::object details);
  void note(std::string_view text);
  void write_urls(const dev::Configuration& configuration, const std::string& origin);

  const bool as_json_;
  std::mutex mutex_;
  /// The unfinished last line of each log, by action and stream.
  std::map<std::pair<std::string, dev::LogStream>, std::string> partial_;
};

}  // namespace adit::cli
