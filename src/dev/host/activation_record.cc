#include "dev/host/activation_record.h"

#include <array>
#include <string_view>

#include <sys/random.h>

#include "adit/error.h"

namespace adit::dev {
namespace {

std::string_view status_name(ActivationStatus status) {
  switch (status) {
    case ActivationStatus::success:
      return "success";
    case ActivationStatus::application_error:
      return "application error";
    case ActivationStatus::developer_error:
      break;
  }
  return "action developer error";
}

json::object limits_json(const app::Limits& limits) {
  return {{"timeout", limits.timeout.count()},
          {"memory", limits.memory_mb},
          {"logs", limits.logs_mb},
          {"concurrency", limits.concurrency}};
}

}  // namespace

json::object ActivationRecord::to_json() const {
  json::array annotations;
  const auto annotate = [&annotations](std::string_view key, json::value value) {
    annotations.push_back(json::object{{"key", key}, {"value", std::move(value)}});
  };
  annotate("path", json::string(path));
  annotate("waitTime", wait_time.count());
  if (init_time) annotate("initTime", init_time->count());
  annotate("kind", json::string(kind));
  annotate("timeout", timed_out);
  annotate("limits", limits_json(limits));

  return {{"activationId", id},
          {"name", name},
          {"namespace", name_space},
          {"version", "0.0.1"},
          {"start", start.time_since_epoch().count()},
          {"end", end.time_since_epoch().count()},
          {"duration", duration().count()},
          {"response", json::object{{"status", status_name(status)},
                                    {"statusCode", static_cast<int>(status)},
                                    {"success", success()},
                                    {"result", result}}},
          {"logs", json::array(logs.begin(), logs.end())},
          {"annotations", std::move(annotations)},
          {"publish", false}};
}

void ActivationRecord::fail(std::string message, std::string what_to_do) {
  status = ActivationStatus::developer_error;
  result = json::object{{"error", std::move(message)}};
  hint = std::move(what_to_do);
}

std::string make_activation_id() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw Error::failure("no_randomness", "The system gave no random numbers.");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id;
  for (const auto byte : bytes) {
    id += kDigits[byte >> 4U];
    id += kDigits[byte & 15U];
  }
  return id;
}

}  // namespace adit::dev
