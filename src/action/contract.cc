#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include "adit/action.h"
#include "adit/error.h"

#include "base/text.h"

namespace adit {
namespace {

/// The `__OW_…` variables. setenv() never frees a value, which adds up over a million activations; here every variable
/// has one buffer, written over in place, and a new one only where the text outgrows it.
class EnvironmentVariables {
 public:
  void set(const std::string& name, std::string_view value) {
    // Everything that the environment block cannot carry.
    if (name.find_first_of(std::string_view("=\0", 2)) != std::string::npos ||
        value.find('\0') != std::string_view::npos)
      return;
    auto& entry = entries_[name];
    const auto size = name.size() + value.size() + 2;
    if (size > entry.capacity) {
      const auto capacity = std::max<std::size_t>(128, size * 2);
      auto text = std::make_unique<char[]>(capacity);
      write(text.get(), name, value);
      ::putenv(text.get());  // before the old buffer goes
      entry.text = std::move(text);
      entry.capacity = capacity;
    } else {
      write(entry.text.get(), name, value);
      ::putenv(entry.text.get());  // The action may have taken it out.
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

void set_environment(const boost::json::object& message) {
  // Not destroyed at exit: the environment points into it, and threads may still read that.
  static auto& environment = *new EnvironmentVariables;
  for (const auto& [key, value] : message) {
    if (key == "value" || value.is_null()) continue;
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

constexpr std::string_view kNoResult = "The action did not return a dictionary or array.";

boost::json::value run(const Handler& handler, boost::json::value message, ActivationEnvironment environment,
                       const Logger& log) {
  auto* properties = message.if_object();
  if (properties == nullptr) return error_result("The platform sent an activation that is not a JSON object.");
  if (environment == ActivationEnvironment::set) set_environment(*properties);

  boost::json::object params;
  if (auto* value = properties->if_contains("value"); value != nullptr && !value->is_null()) {
    if (!value->is_object()) return error_result("The parameters of an activation must be a JSON object.");
    params = std::move(value->get_object());
  }
  const auto activation = Activation::from_message(*properties);
  auto result = handler(Params(std::move(params)), activation).result();
  if (!result.is_object() && !result.is_array()) {
    log.error("The action did not return an object or an array.");
    return error_result(kNoResult);
  }
  return result;
}

}  // namespace

boost::json::object error_result(std::string_view text) { return {{"error", text}}; }

bool is_no_result(const boost::json::value& result) {
  const auto* object = result.if_object();
  return object != nullptr && object->size() == 1 && string_member(*object, "error") == kNoResult;
}

boost::json::value run_activation(const Handler& handler, boost::json::value message,
                                  ActivationEnvironment environment) {
  const Logger log("adit");
  try {
    return run(handler, std::move(message), environment, log);
  } catch (const Error& error) {
    log.error(error);
    return describe(error);
  } catch (const std::exception& error) {
    log.error(cat("The action threw: ", error.what()));
    return error_result(error.what());
  } catch (...) {
    log.error("The action threw something that is no std::exception.");
    return error_result("An error has occurred.");
  }
}

}  // namespace adit
