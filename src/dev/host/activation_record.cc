#include "dev/host/activation_record.h"

#include <string_view>
#include <utility>

#include "adit/error.h"

#include "base/random_bytes.h"
#include "dev/entity/json_form.h"

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

}  // namespace

/// The annotations differ: OpenWhisk writes an action's record in the invoker (ContainerProxy.scala), a sequence's in
/// the controller (SequenceActions.scala).
json::object ActivationRecord::summary() const {
  json::object annotations = {{"path", path}, {"kind", kind}, {"limits", limits_json(limits)}};
  if (is_sequence()) {
    annotations["topmost"] = cause.empty();
    if (is_composition) annotations["conductor"] = true;
  } else {
    annotations["timeout"] = timed_out;
    annotations["waitTime"] = wait_time.count();
    if (init_time) annotations["initTime"] = init_time->count();
  }
  if (!cause.empty()) annotations["causedBy"] = "sequence";
  json::object record = {{"activationId", id},
                         {"name", name},
                         {"namespace", name_space},
                         {"version", version},
                         {"publish", false},
                         {"start", start.time_since_epoch().count()},
                         {"end", end.time_since_epoch().count()},
                         {"duration", duration().count()},
                         {"annotations", key_values(annotations)},
                         {"statusCode", static_cast<int>(status)}};
  if (!cause.empty()) record["cause"] = cause;
  if (is_trigger) {  // The controller never sets its end (WhiskActivation.toExtendedJson).
    record.erase("end");
    record.erase("duration");
    record["annotations"] = json::array();
  }
  return record;
}

json::object ActivationRecord::response_json() const {
  json::object response = {{"status", status_name(status)}, {"success", success()}, {"result", result}};
  if (response_size) response["size"] = *response_size;
  return response;
}

json::object ActivationRecord::to_json() const {
  auto record = summary();
  record.erase("statusCode");
  record["subject"] = name_space;
  record["response"] = response_json();
  record["logs"] = json::array(logs.begin(), logs.end());
  return record;
}

void ActivationRecord::fail(std::string_view message, std::string what_to_do) {
  fail_with(json::string(message), std::move(what_to_do));
}

void ActivationRecord::fail_with(json::value error, std::string what_to_do) {
  status = ActivationStatus::developer_error;
  result = json::object{{"error", std::move(error)}};
  hint = std::move(what_to_do);
}

std::string make_activation_id() { return random_hex(16); }

}  // namespace adit::dev
