#include "dev/host/action_host_answer.h"

#include <optional>
#include <utility>

#include "base/text/text.h"
#include "base/text/utf8.h"
#include "dev/entity/messages.h"

namespace adit::dev {
namespace {

bool is_script(const ActivationRecord& record) { return to_lower(record.kind).starts_with("nodejs:"); }

/// The hint for a process that broke the contract. For Node.js, host.cjs speaks the contract, so that the action's log
/// is the place to look.
std::string contract_hint(const ActivationRecord& record) {
  return is_script(record)
             ? "Its log may say why."
             : "Define a C++ action's main() with ADIT_ACTION(run). Any other program must implement ActionLoop (read a JSON line from stdin, write one to descriptor 3) or OpenWhisk's HTTP contract on the socket given with --socket.";
}

json::value* error_in(std::optional<json::value>& answer) {
  return answer && answer->is_object() ? answer->get_object().if_contains("error") : nullptr;
}

}  // namespace

void fail_in_time(ActivationRecord& record, bool starting) {
  record.timed_out = true;
  if (!starting) {
    return record.fail(messages::timed_out(record.limits.timeout, false),
                       "Raise limits.timeout of the action in the manifest, or find out what the action waits for.");
  }
  record.fail(messages::timed_out(record.limits.timeout, true),
              is_script(record)
                  ? "Loading it takes that long: raise limits.timeout of the action in the manifest, or load less."
                  : contract_hint(record));
}

void record_ending(ActivationRecord& record, ActionProcess& process, ActionProcess::Ending ending, bool starting) {
  using Ending = ActionProcess::Ending;
  if (ending == Ending::interrupted) return record.fail("The action was interrupted.", "Run it again.");
  if (ending == Ending::out_of_memory || process.heap_was_full()) {
    return record.fail(messages::kMemoryExhausted, cat("It used more than its limit of ", record.limits.memory_mb,
                                                       " MB. Raise limits.memory of the action in the manifest."));
  }
  const auto status = process.exit_status();
  std::string hint;
  if (ending == Ending::killed) {
    hint =
        "adit killed the action's process, because another activation in the same process exceeded its time limit. Find what blocks that one, or lower limits.concurrency of the action in the manifest.";
  } else if (ending == Ending::exited && status.signal != 0) {
    hint = cat("It crashed: ", status.to_string(),
               ". Its log may say where; adit invoke and adit dev show it as it comes.");
  } else if (ending == Ending::exited && !starting) {
    hint = cat("It ended with ", status.to_string(), ". An action returns its result; it must not call exit().");
  } else if (ending == Ending::exited) {
    hint = cat("It ended with ", status.to_string(), " before it was ready. ", contract_hint(record));
  } else {
    hint = cat("It broke its connection without an answer. ", contract_hint(record));
  }
  record.fail(starting ? messages::kAbnormalInitialization : messages::kAbnormalRun, std::move(hint));
}

bool record_init_answer(ActivationRecord& record, int status, const std::string& body) {
  if (status == 200) return true;
  constexpr std::string_view kHint =
      "Correct the action's code, or `function` and `main` of the action in the manifest.";
  record.response_size = utf16_length(body);
  auto value = try_parse_json(body);
  if (auto* error = error_in(value)) {
    record.fail_with(std::move(*error), std::string(kHint));
  } else {
    record.fail(messages::invalid_init_response(as_utf8(body)), std::string(kHint));
  }
  return false;
}

bool record_answer(ActivationRecord& record, int status, const std::string& body, std::size_t max_bytes) {
  record.response_size = utf16_length(body);
  if (body.size() > max_bytes) {
    record.status = ActivationStatus::application_error;
    record.result = json::object{{"error", messages::response_too_large(body.size(), max_bytes)}};
    record.response_size = body.size();
    record.hint = "Return less, or store the result elsewhere and return its address.";
    return true;
  }
  auto value = try_parse_json(body, {.max_bytes = max_bytes, .max_depth = 1000});
  auto* error = error_in(value);
  if (status != 200) {
    if (error != nullptr) {
      record.fail_with(std::move(*error), "Correct the action's code; its log may say where.");
      return true;
    }
    record.fail(messages::invalid_run_response(as_utf8(body)), contract_hint(record));
    return false;
  }
  if (error != nullptr) {
    // OpenWhisk keeps only the member `error` and drops the others.
    record.status = ActivationStatus::application_error;
    record.result = json::object{{"error", std::move(*error)}};
  } else if (value && (value->is_object() || value->is_array())) {
    record.status = ActivationStatus::success;
    record.result = *std::move(value);
  } else {
    record.fail(messages::invalid_run_response(as_utf8(body)),
                value ? "An action returns a Response, or a JSON object or array." : contract_hint(record));
    return value.has_value();
  }
  return true;
}

}  // namespace adit::dev
