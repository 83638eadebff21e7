#include "action/contract.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "adit/action.h"
#include "adit/error.h"

#include "base/text/text.h"
#include "base/trace.h"

namespace adit {
namespace {

/// The `__OW_…` variables. setenv() never frees a value, which adds up over a million activations. Here each variable
/// has one buffer, which is overwritten in place and replaced only if the text does not fit.
class EnvironmentVariables {
 public:
  void set(const std::string& name, std::string_view value) {
    // Skip names and values that the environment cannot contain.
    if (name.find_first_of(std::string_view("=\0", 2)) != std::string::npos ||
        value.find('\0') != std::string_view::npos)
      return;
    auto& entry = entries_[name];
    const auto size = name.size() + value.size() + 2;
    if (size > entry.capacity) {
      const auto capacity = std::max<std::size_t>(128, size * 2);
      auto text = std::make_unique<char[]>(capacity);
      write(text.get(), name, value);
      ::putenv(text.get());  // before the old buffer is freed
      entry.text = std::move(text);
      entry.capacity = capacity;
    } else {
      write(entry.text.get(), name, value);
      ::putenv(entry.text.get());  // again, because the action may have removed the variable
    }
  }

 private:
  struct Entry {
    std::unique_ptr<char[]> text;
    std::size_t capacity = 0;
  };

  static void write(char* to, const std::string& name, std::string_view value) {
    to = std::copy(name.begin(), name.end(), to);
    *to++ = '=';
    to = std::copy(value.begin(), value.end(), to);
    *to = '\0';
  }

  std::map<std::string, Entry> entries_;
};

void set_environment(const boost::json::object& message, std::span<const std::string_view> without = {}) {
  // Never freed: the environment points into it, and threads may still read that while the process ends.
  static auto& environment = *new EnvironmentVariables;
  for (const auto& [key, value] : message) {
    if (key == "value" || value.is_null() || std::ranges::find(without, std::string_view(key)) != without.end())
      continue;
    std::string name = "__OW_";
    for (const char c : std::string_view(key)) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    environment.set(name, value.is_string() ? std::string(value.get_string()) : to_json(value));
  }
}

boost::json::object describe(const Error& error) {
  auto result = error_result(error.message());
  result["code"] = error.code();
  if (!error.hint().empty()) result["hint"] = error.hint();
  if (error.http_status() != 0) result["status"] = error.http_status();
  if (!error.debug_id().empty()) result["debugId"] = error.debug_id();
  return result;
}

/// Returns the status of a web action that failed with `error`: 503 if the same request may succeed later, 502 if
/// another server refused a request, otherwise 500.
int web_status(const Error& error) {
  if (error.retryable()) return 503;
  return error.http_status() != 0 || !error.ims_error().empty() ? 502 : 500;
}

/// Returns the result `{"error": …}` of a web action. The platform sends the response in it to the caller.
boost::json::object web_error(int status, std::string_view message, std::string_view code) {
  return {{"error", boost::json::object{{"statusCode", status},
                                        {"body", boost::json::object{{"error", message}, {"code", code}}}}}};
}

boost::json::object describe_for_web(const Error& error) {
  auto result = web_error(web_status(error), error.message(), error.code());
  if (const auto after = error.retry_after()) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*after).count();
    result["error"].as_object()["headers"] = boost::json::object{{"retry-after", std::to_string(seconds)}};
  }
  return result;
}

/// Logs the current exception and returns it as a result. Call it in a catch block.
boost::json::object result_of_exception(bool web, const Logger& log) {
  constexpr std::string_view kFailed = "action_failed";
  try {
    throw;
  } catch (const Error& error) {
    log.error(error);
    return web ? describe_for_web(error) : describe(error);
  } catch (const std::exception& error) {
    log.error(cat("The action threw: ", error.what()));
    return web ? web_error(500, error.what(), kFailed) : error_result(error.what());
  } catch (...) {
    constexpr std::string_view kUnknown = "An error has occurred.";
    log.error("The action threw something that is not a std::exception.");
    return web ? web_error(500, kUnknown, kFailed) : error_result(kUnknown);
  }
}

constexpr std::string_view kNoResult = "The action did not return a dictionary or array.";

Params params_of(boost::json::value& value) {
  if (auto* list = value.if_array()) return Params::from_array(std::move(*list));
  return Params(value.is_null() ? boost::json::object() : std::move(value.get_object()));
}

Activation activation_of(const boost::json::object& properties) {
  auto activation = Activation::from_message(properties);
  if (activation.time_left() <= std::chrono::milliseconds(0)) activation.deadline = WallTime::max();
  return activation;
}

boost::json::value run(const Handler& handler, boost::json::value message, ActivationEnvironment environment,
                       const Logger& log) {
  auto* properties = message.if_object();
  if (properties == nullptr) return error_result("The platform sent an activation that is not a JSON object.");
  if (environment == ActivationEnvironment::set) set_environment(*properties);

  auto& value = (*properties)["value"];
  if (!value.is_null() && !value.is_object() && !value.is_array())
    return error_result("The parameters of an activation must be a JSON object or array.");
  const auto params = params_of(value);
  const bool web = params.has("__ow_method");
  try {
    auto result = handler(params, activation_of(*properties)).result();
    if (result.is_object() || result.is_array()) return result;
  } catch (...) {
    return result_of_exception(web, log);
  }
  log.error("The action did not return an object or an array.");
  return boost::json::value(kNoResult);
}

}  // namespace

boost::json::object error_result(std::string_view text) { return {{"error", text}}; }

bool is_no_result(const boost::json::value& result) { return !result.is_object() && !result.is_array(); }

void set_container_environment(const boost::json::object& message) {
  constexpr std::array<std::string_view, 3> kOfOneActivation = {"activation_id", "transaction_id", "deadline"};
  set_environment(message, kOfOneActivation);
}

std::chrono::milliseconds time_to_run(const boost::json::object& message) {
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(3);
  const auto left = Activation::from_message(message).time_left();
  return left > std::chrono::milliseconds(0) ? std::min(left, kLongest) : kLongest;
}

boost::json::value run_activation(const Handler& handler, boost::json::value message,
                                  ActivationEnvironment environment) {
  const Logger log("adit");
  const std::string id(message.is_object() ? string_member(message.get_object(), "activation_id") : std::string_view());
  const trace::OfActivation traced_as(id);
  try {
    return run(handler, std::move(message), environment, log);
  } catch (...) {
    return result_of_exception(false, log);
  }
}

}  // namespace adit
