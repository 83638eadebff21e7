#include "dev/entity/entity_body.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "app/project/project.h"
#include "base/text/ascii.h"
#include "base/text/text.h"
#include "dev/entity/json_form.h"
#include "dev/entity/limits.h"
#include "dev/entity/messages.h"
#include "dev/entity/rejection.h"

namespace adit::dev {
namespace {

[[noreturn]] void reject_content(std::string_view why) { reject(400, messages::malformed_content(why)); }

json::object object_of(std::string_view body) {
  if (trim(body).empty()) return {};
  auto value = try_parse_json(body, {.max_bytes = kMaxEntityBytes});
  if (!value) reject_content("The body is not JSON.");
  if (!value->is_object()) reject_content("Object expected");
  return std::move(value->get_object());
}

const json::value* member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

std::optional<bool> boolean(const json::object& object, std::string_view name) {
  const auto* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) reject_content(cat("'", name, "' must be a boolean"));
  return value->get_bool();
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = member(object, name);
  if (value == nullptr) return {};
  if (!value->is_string()) reject_content(cat("'", name, "' must be a string defined in 'exec'"));
  return std::string(value->get_string());
}

void read_common(const json::object& body, EntityPut& put) {
  if (const auto* version = member(body, "version")) put.version = checked_version(*version);
  put.publish = boolean(body, "publish");
  if (const auto* given = member(body, "annotations")) put.annotations = from_key_values(*given, "Annotations");
  if (const auto* given = member(body, "parameters")) put.parameters = from_key_values(*given, "Parameters");
}

/// Reads a whole number within a range. The error messages are those of Scala's require() in OpenWhisk's limits.
std::optional<int> limit(const json::object& limits, std::string_view name, int least, int most,
                         const std::function<std::string(int)>& shown, std::string_view what) {
  const auto* value = member(limits, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) reject_content(cat(name, " limit malformed"));
  const auto number = value->to_number<double>();
  const auto whole = static_cast<int>(std::clamp(number, -1e9, 1e9));
  if (whole != number && std::abs(number) < 1e9) reject_content(cat(name, " limit malformed"));
  const auto refuse = [&](std::string_view how, int threshold) {
    reject_content(cat(
        "requirement failed: ", what, ' ', shown(whole), ' ', how, " allowed threshold of ",
        name == "memory" || name == "logs" ? cat(static_cast<long long>(threshold) << 20U, " B") : shown(threshold)));
  };
  if (whole < least) refuse("below", least);
  if (whole > most) refuse("exceeds", most);
  return whole;
}

ActionPut::LimitsPut read_limits(const json::object& body) {
  ActionPut::LimitsPut put;
  const auto* given = member(body, "limits");
  if (given == nullptr) return put;
  if (!given->is_object()) reject_content("limits malformed");
  const auto& limits = given->get_object();
  const auto plain = [](int number) { return std::to_string(number); };
  const auto megabytes = [](int number) { return cat(number, " MB"); };
  if (const auto timeout = limit(
          limits, "timeout", 100, 10'800'000, [](int number) { return cat(number, " milliseconds"); }, "duration"))
    put.timeout = std::chrono::milliseconds(*timeout);
  put.memory_mb = limit(limits, "memory", 128, 4096, megabytes, "memory");
  put.logs_mb = limit(limits, "logs", 0, 10, megabytes, "size");
  put.concurrency = limit(limits, "concurrency", 1, 500, plain, "concurrency");
  return put;
}

std::vector<EntityPath> read_components(const json::object& exec, std::string_view own) {
  const auto* given = member(exec, "components");
  if (given == nullptr || !given->is_array()) reject_content("'components' must be defined for sequence kind");
  std::vector<EntityPath> components;
  for (const auto& component : given->get_array()) {
    if (!component.is_string()) reject_content("'components' must be an array of strings");
    components.push_back(parse_entity_path(component.get_string(), own));
  }
  return components;
}

ActionPut::Exec read_exec(const json::value& value, std::string_view own) {
  if (!value.is_object()) reject_content("exec malformed");
  const auto& given = value.get_object();
  ActionPut::Exec exec;
  const auto* kind = member(given, "kind");
  if (kind == nullptr || !kind->is_string()) reject_content("'kind' must be a string defined in 'exec'");
  exec.kind = to_lower(kind->get_string());
  if (exec.kind == "sequence") {
    exec.components = read_components(given, own);
    return exec;
  }
  if (!is_known_kind(exec.kind))
    reject_content(cat("kind '", exec.kind, "' not in Set(nodejs:default, nodejs:18, nodejs:20, nodejs:22, nodejs:24, ",
                       "native:default, cpp, blackbox, sequence)"));
  exec.code = text_of(given, "code");
  exec.main = text_of(given, "main");
  exec.image = text_of(given, "image");
  if (exec.kind == "blackbox" && exec.image.empty())
    reject_content("'image' must be a string defined in 'exec' for 'blackbox' actions");
  if (exec.kind != "blackbox" && member(given, "code") == nullptr)
    reject_content(cat("'code' must be a string or attachment object defined in 'exec' for '", exec.kind, "' actions"));
  if (exec.code.size() > kMaxCodeBytes) reject(413, messages::entity_too_big("exec", exec.code.size(), kMaxCodeBytes));
  exec.binary = is_binary_code(exec.code);
  return exec;
}

}  // namespace

bool is_known_kind(std::string_view kind) {
  if (kind == "blackbox" || kind == "sequence" || kind == "cpp" || kind == "native:default") return true;
  constexpr std::string_view kNode = "nodejs:";
  if (!kind.starts_with(kNode)) return false;
  const auto version = kind.substr(kNode.size());
  return version == "default" || (!version.empty() && version.size() <= 2 && std::ranges::all_of(version, is_digit));
}

/// As OpenWhisk decides it (Exec.scala, isBinaryCode): the whole text is base64, and its length is a multiple of four.
bool is_binary_code(std::string_view code) {
  code = trim(code);
  if (code.empty() || code.size() % 4 != 0) return false;
  const auto padding = code.ends_with("==") ? 2U : code.ends_with("=") ? 1U : 0U;
  code.remove_suffix(padding);
  return std::ranges::all_of(code, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c) || c == '+' || c == '/';
  });
}

ActionPut read_action_put(std::string_view body, std::string_view own) {
  const auto given = object_of(body);
  ActionPut put;
  read_common(given, put);
  if (const auto* exec = member(given, "exec")) put.exec = read_exec(*exec, own);
  put.limits = read_limits(given);
  if (const auto* names = member(given, "delAnnotations")) {
    if (!names->is_array()) reject_content("delAnnotations malformed");
    for (const auto& name : names->get_array()) {
      if (!name.is_string()) reject_content("delAnnotations malformed");
      put.deleted_annotations.emplace_back(name.get_string());
    }
  }
  return put;
}

PackagePut read_package_put(std::string_view body, std::string_view own) {
  const auto given = object_of(body);
  PackagePut put;
  read_common(given, put);
  const auto* binding = member(given, "binding");
  if (binding == nullptr || (binding->is_object() && binding->get_object().empty())) return put;
  const auto* object = binding->if_object();
  const auto* name_space = object != nullptr ? member(*object, "namespace") : nullptr;
  const auto* name = object != nullptr ? member(*object, "name") : nullptr;
  if (name_space == nullptr || name == nullptr || !name_space->is_string() || !name->is_string())
    reject_content("binding malformed");
  for (const auto* part : {name_space, name})
    if (!is_entity_name(part->get_string())) reject_content(messages::kNameIllegal);
  const std::string_view where = name_space->get_string();
  put.binding = {.name_space = std::string(where == "_" ? own : where), .name = std::string(name->get_string())};
  return put;
}

TriggerPut read_trigger_put(std::string_view body) {
  TriggerPut put;
  read_common(object_of(body), put);
  return put;
}

RulePut read_rule_put(std::string_view body, std::string_view own) {
  const auto given = object_of(body);
  RulePut put;
  read_common(given, put);
  const auto reference = [&](std::string_view name) -> std::optional<EntityPath> {
    const auto* value = member(given, name);
    if (value == nullptr) return std::nullopt;
    if (value->is_object()) {  // the form in which the API returns rules: {path, name}
      const auto& object = value->get_object();
      return parse_entity_path(cat(text_of(object, "path"), '/', text_of(object, "name")), own);
    }
    if (!value->is_string()) reject_content(cat(name, " malformed"));
    return parse_entity_path(value->get_string(), own);
  };
  put.trigger = reference("trigger");
  put.action = reference("action");
  return put;
}

}  // namespace adit::dev
