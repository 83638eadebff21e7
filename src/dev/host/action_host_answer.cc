#include "dev/host/action_host_answer.h"

#include <utility>

#include "base/text.h"

namespace adit::dev {
namespace {

std::string_view kind_name(const json::value& value) {
  if (value.is_number()) return "a number";
  if (value.is_string()) return "text";
  if (value.is_bool()) return "a boolean";
  return "null";
}

bool is_script(const ActivationRecord& record) { return to_lower(record.kind).starts_with("nodejs:"); }

/// What to do where the process did not speak as it should: for a script, our own host does.
std::string contract_hint(const ActivationRecord& record) {
  return is_script(record)
             ? "Its log may say why."
             : "A C++ action's main() must be ADIT_ACTION(run); whatever else is to speak ActionLoop (a JSON line from "
               "stdin, one to descriptor 3), or OpenWhisk's HTTP contract on the socket that --socket names.";
}

}  // namespace

void fail_in_time(ActivationRecord& record, bool starting) {
  record.timed_out = true;
  const auto limit = record.limits.timeout.count();
  if (starting) {
    return record.fail(
        cat("The action was not ready within its time limit of ", limit, " milliseconds."),
        is_script(record)
            ? "Loading it takes that long: raise limits.timeout of the action in the manifest, or load less."
            : contract_hint(record));
  }
  record.fail(cat("The action exceeded its time limits of ", limit, " milliseconds."),
              "Raise limits.timeout of the action in the manifest, or find what it waits for.");
}

void judge_ending(ActivationRecord& record, ActionProcess& process, ActionProcess::Ending ending, bool starting) {
  using Ending = ActionProcess::Ending;
  constexpr std::string_view kMemoryHint = "Raise limits.memory of the action in the manifest.";
  if (ending == Ending::out_of_memory || process.heap_was_full()) {
    return record.fail(cat("The action used more memory than its limit of ", record.limits.memory_mb, " MB."),
                       std::string(kMemoryHint));
  }
  if (ending == Ending::exited) {
    const auto status = process.exit_status();
    if (status.signal != 0)
      return record.fail(cat("The action crashed: ", status.to_string(), "."),
                         "Its log may say where; adit invoke and adit dev show it as it comes.");
    if (starting) {
      return record.fail(cat("The action ended before it was ready (", status.to_string(), ")."),
                         contract_hint(record));
    }
    return record.fail(cat("The action ended without an answer (", status.to_string(), ")."),
                       "An action returns its result; it must not call exit().");
  }
  if (ending == Ending::killed) {
    return record.fail("The action's process was replaced: another activation in it blocked it past its time limit.",
                       "Find what blocks it, or lower limits.concurrency of the action in the manifest.");
  }
  if (ending == Ending::interrupted) return record.fail("The action was interrupted.", "Run it again.");
  record.fail("The action broke its connection without an answer.", contract_hint(record));
}

bool judge_answer(ActivationRecord& record, int status, const std::string& body, std::size_t max_bytes) {
  if (body.size() > max_bytes) {
    record.fail(cat("The action produced a response that exceeded the allowed length: ", body.size(), " > ", max_bytes,
                    " bytes."),
                "Return less, or store the result elsewhere and return its address.");
    return true;
  }
  auto value = try_parse_json(body, {.max_bytes = max_bytes, .max_depth = 1000});
  if (status != 200) {
    const auto error = value && value->is_object() ? string_member(value->get_object(), "error") : std::string_view();
    if (!error.empty()) {
      record.fail(std::string(error), "Correct the action's code; its log may say where.");
      return true;
    }
    record.fail(cat("The action answered /run with status ", status, " and no error."), contract_hint(record));
    return false;
  }
  if (!value) {
    record.fail("The action did not produce a valid JSON response.", contract_hint(record));
    return false;
  }
  if (!value->is_object() && !value->is_array()) {
    record.fail(cat("The action did not return a dictionary or array: it returned ", kind_name(*value), "."),
                "An action returns a Response, or a JSON object or array.");
    return true;
  }
  const bool is_error = value->is_object() && value->get_object().contains("error");
  record.status = is_error ? ActivationStatus::application_error : ActivationStatus::success;
  record.result = *std::move(value);
  return true;
}

}  // namespace adit::dev
