#include "app/check/check_access.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "app/check/join_findings.h"
#include "app/inputs/inputs.h"
#include "app/project/secret_names.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

bool wants_whisk_auth(const Action& action) {
  const auto* value = action.annotations.if_contains("require-whisk-auth");
  if (value == nullptr || value->is_null()) return false;
  if (value->is_bool()) return value->get_bool();
  if (value->is_string()) return !value->get_string().empty() && value->get_string() != "false";
  return value->is_number();
}

/// Returns the inputs that hold credentials: those whose name, or whose variable's name, is that of a secret.
std::vector<std::string> credentials_of(const Action& action) {
  std::vector<std::string> held;
  for (const auto& [name, value] : action.inputs) {
    bool secret = names_a_secret(name);
    if (value.is_string())
      for (const auto& variable : variables_in(value.get_string())) secret = secret || names_a_secret(variable);
    if (secret) held.emplace_back(name);
  }
  if (action.has_annotation("include-ims-credentials")) held.emplace_back("__ims_oauth_s2s");
  return held;
}

void check_open(const CheckSubject& subject, const Action& action, CheckReport& report) {
  if (action.web == Web::no || action.has_annotation("require-adobe-auth") || wants_whisk_auth(action)) return;
  const auto held = credentials_of(action);
  if (held.empty()) return;
  report.findings.push_back(
      {"action_open",
       Severity::warning,
       subject.where_annotation(action, "require-adobe-auth"),
       cat("Anyone on the Internet can call ", action.full_name(), ", which has credentials (", join(held, ", "), ")."),
       "Set `require-adobe-auth: true` below `annotations:`, or `require-whisk-auth`, or `web: 'no'`; otherwise the action itself must check its callers.",
       {},
       action.full_name(),
       "Anyone on the Internet can call these actions, which have credentials"});
}

/// Whether the value is a URL, or contains a variable whose value is one.
bool holds_address(const json::value& value, const Environment& environment) {
  if (!value.is_string()) return false;
  const auto is_address = [](std::string_view text) { return text.find("://") != std::string_view::npos; };
  const std::string_view text = value.get_string();
  const auto variables = variables_in(text);
  return is_address(text) || std::any_of(variables.begin(), variables.end(),
                                         [&](const auto& name) { return is_address(environment.get_or(name, "")); });
}

/// Metascopes are written as URLs, but nothing is sent to them.
bool is_scope(std::string_view name) { return to_lower(name).find("scope") != std::string::npos; }

/// Returns the inputs that callers should not be able to replace: secrets, and the addresses to which they are sent.
std::vector<std::string> sensitive_inputs(const CheckSubject& subject, const Action& action) {
  auto held = credentials_of(action);
  for (const auto& [name, value] : action.inputs)
    if (!is_scope(name) && holds_address(value, subject.environment) &&
        std::find(held.begin(), held.end(), name) == held.end())
      held.emplace_back(name);
  return held;
}

/// OpenWhisk prevents callers from replacing an action's inputs only if the annotation `final` is the boolean `true`;
/// Adobe's deployment does not add it. Callers of a raw action pass no parameters at all.
void check_final(const CheckSubject& subject, const Action& action, CheckReport& report) {
  if (action.web != Web::yes || action.has_annotation("require-adobe-auth")) return;  // see check_with_adobe_auth
  const auto* final = action.annotations.if_contains("final");
  if (final != nullptr && final->is_bool() && final->get_bool()) return;
  const auto held = sensitive_inputs(subject, action);
  if (held.empty()) return;
  report.findings.push_back(
      {"inputs_not_final", Severity::warning, subject.where_annotation(action, "final"),
       cat("Anyone who calls ", action.full_name(), " can replace its inputs, among them ", join(held, ", "),
           ": it is a web action, and not `final`."),
       final != nullptr && final->is_string()
           ? "Write `final: true` without quotes: the platform does not accept a string."
           : "Set `final: true` below `annotations:`; a request that names one of the inputs is then refused. (`require-adobe-auth` accepts only callers with a token, and makes `final` ineffective.)"});
}

void report_conflict(const CheckSubject& subject, const Action& action, std::string_view annotation, Severity severity,
                     std::string message, std::string change, CheckReport& report) {
  report.findings.push_back(joinable({"annotations_conflict", severity, subject.where_annotation(action, annotation),
                                      std::move(message), std::move(change)},
                                     action));
}

/// Annotations that have an effect only on a web action.
void check_not_web(const CheckSubject& subject, const Action& action, CheckReport& report) {
  if (action.web != Web::no) return;
  for (const auto* annotation : {"require-adobe-auth", "require-whisk-auth", "web-custom-options"}) {
    const bool set = annotation == std::string_view("require-whisk-auth") ? wants_whisk_auth(action)
                                                                          : action.has_annotation(annotation);
    if (!set) continue;
    report_conflict(subject, action, annotation, Severity::warning,
                    cat("`", annotation, "` does nothing: ", action.full_name(), " is not a web action."),
                    "Remove it, or set `web: 'yes'`.", report);
  }
  const auto* entry = subject.entry_of(action);
  const auto* annotations = entry == nullptr ? nullptr : entry->value.find("annotations");
  const auto* raw = annotations == nullptr ? nullptr : annotations->find("raw-http");
  if (raw != nullptr && (raw->boolean || raw->text == "yes" || raw->text == "raw"))
    report_conflict(subject, action, "raw-http", Severity::warning,
                    cat("`raw-http` does nothing: ", action.full_name(), " is not a web action."),
                    "Remove it, or set `web: raw`.", report);
}

void check_web_and_export(const CheckSubject& subject, const Action& action, CheckReport& report) {
  const auto* entry = subject.entry_of(action);
  if (entry == nullptr) return;
  const auto* web = entry->value.find("web");
  const auto* annotations = entry->value.find("annotations");
  const auto* exported = annotations == nullptr ? nullptr : annotations->find("web-export");
  if (web == nullptr || exported == nullptr) return;
  const auto off = [](const YamlNode& node) {
    return node.kind == YamlNode::Kind::boolean ? !node.boolean : node.text != "yes" && node.text != "raw";
  };
  if (off(*web) == off(*exported)) return;
  report_conflict(subject, action, "web-export", Severity::warning,
                  cat("`web: ", web->text, "` and `web-export: ", exported->text, "` of ", action.full_name(),
                      " contradict each other; the one that opens the action wins."),
                  "Keep `web` and remove the annotation.", report);
}

/// A string instead of a boolean: Adobe's tools read `'false'` as true, and OpenWhisk ignores `'true'`.
void check_texts(const CheckSubject& subject, const Action& action, CheckReport& report) {
  for (const auto* name : {"require-adobe-auth", "include-ims-credentials", "final", "web-custom-options"}) {
    const auto* value = action.annotations.if_contains(name);
    if (value == nullptr || !value->is_string()) continue;
    const auto text = std::string(value->get_string());
    const bool meant = text == "true" || text == "yes";
    if (action.has_annotation(name) == meant) continue;
    report_conflict(
        subject, action, name, Severity::warning,
        cat("`", name, ": '", text, "'` of ", action.full_name(), " is a string: ",
            meant ? "only the boolean has an effect." : "every string except the empty one counts as true."),
        cat("Write `", name, ": ", meant ? "true" : "false", "`, without quotes."), report);
  }
}

void check_with_adobe_auth(const CheckSubject& subject, const Action& action, CheckReport& report) {
  if (action.web == Web::no || !action.has_annotation("require-adobe-auth")) return;
  // adobe/aio-lib-runtime, rewriteActionsWithAdminAuthAnnotation, deploys a sequence of a validator and
  // `__secured_{name}`.
  if (action.has_annotation("final"))
    report_conflict(
        subject, action, "final", Severity::note,
        cat("`final` and `require-adobe-auth` of ", action.full_name(),
            " cancel each other: after deployment callers reach a sequence with a validator instead of the action, and the sequence does not have the annotation."),
        "If a caller could do harm by changing an input, let the action refuse the change; then remove `final`.",
        report);
  if (wants_whisk_auth(action))
    report_conflict(
        subject, action, "require-whisk-auth", Severity::warning,
        cat("`require-whisk-auth` and `require-adobe-auth` of ", action.full_name(),
            " cancel each other: after deployment callers reach only the validator, which never asks for the other key."),
        "Keep one of the two.", report);
  if (action.has_annotation("web-custom-options"))
    report_conflict(
        subject, action, "web-custom-options", Severity::warning,
        cat("`web-custom-options` and `require-adobe-auth` of ", action.full_name(),
            " work against each other: a browser's OPTIONS request carries no token, so the validator refuses it."),
        "Remove `web-custom-options`; the platform then answers OPTIONS itself.", report);
}

}  // namespace

void check_access(const CheckSubject& subject, CheckReport& report) {
  for (const auto* action : subject.project.actions()) {
    check_open(subject, *action, report);
    check_final(subject, *action, report);
    check_not_web(subject, *action, report);
    check_web_and_export(subject, *action, report);
    check_texts(subject, *action, report);
    check_with_adobe_auth(subject, *action, report);
  }
}

}  // namespace adit::app
