#include "cli/commands/check_formats.h"

#include <array>
#include <cstdio>
#include <set>

#include "adit/version.h"

#include "base/text/ascii.h"
#include "base/text/text.h"

namespace adit::cli {
namespace {

/// Escapes the characters that end a workflow command or begin an escape.
std::string github_text(std::string_view text) {
  return replace_all(replace_all(replace_all(std::string(text), "%", "%25"), "\r", "%0D"), "\n", "%0A");
}

/// Escapes a property, which comes before the message.
std::string github_property(std::string_view text) {
  return replace_all(replace_all(github_text(text), ":", "%3A"), ",", "%2C");
}

/// Returns a file's name as a URI reference (RFC 3986 section 4.1), as SARIF requires.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain = "-._~/!$&'()*+,;=@";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || kPlain.find(c) != kPlain.npos;
    std::array<char, 4> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    uri += plain ? std::string(1, c) : std::string(escaped.data());
  }
  return uri;
}

json::object sarif_result(const app::Finding& finding) {
  json::object result{{"ruleId", finding.code}, {"level", severity_name(finding.severity)}};
  result["message"] = json::object{{"text", cat(finding.message, "\n", finding.change)}};
  if (finding.where.file.empty()) return result;
  json::object place{{"artifactLocation", json::object{{"uri", uri_of(finding.where.file)}}}};
  if (finding.where.line > 0) {
    json::object region{{"startLine", finding.where.line}};
    if (finding.where.column > 0) region["startColumn"] = finding.where.column;
    place["region"] = std::move(region);
  }
  result["locations"] = json::array{json::object{{"physicalLocation", std::move(place)}}};
  return result;
}

}  // namespace

json::value findings_json(const app::CheckReport& report) {
  json::array findings;
  for (const auto& finding : report.findings) {
    json::object out;
    out["code"] = finding.code;
    out["severity"] = severity_name(finding.severity);
    out["file"] = finding.where.file;
    out["line"] = finding.where.line;
    out["column"] = finding.where.column;
    out["message"] = finding.message;
    out["fix"] = finding.change;
    out["fixable"] = finding.edit.kind != app::SafeEdit::Kind::none;
    findings.push_back(std::move(out));
  }
  return findings;
}

std::string github_commands(const app::CheckReport& report) {
  std::string text;
  for (const auto& finding : report.findings) {
    const auto word = finding.severity == app::Severity::note ? "notice" : severity_name(finding.severity);
    text += cat("::", word, " ");
    if (!finding.where.file.empty()) {
      text += cat("file=", github_property(finding.where.file), ",");
      if (finding.where.line > 0) text += cat("line=", finding.where.line, ",");
      if (finding.where.column > 0) text += cat("col=", finding.where.column, ",");
    }
    text += cat("title=", github_property(cat("adit check: ", finding.code)),
                "::", github_text(cat(finding.message, "\n", finding.change)), "\n");
  }
  return text;
}

json::value sarif_log(const app::CheckReport& report) {
  json::array results;
  json::array rules;
  std::set<std::string> known;
  for (const auto& finding : report.findings) {
    results.push_back(sarif_result(finding));
    if (known.insert(finding.code).second) rules.push_back(json::object{{"id", finding.code}});
  }
  json::object driver{{"name", "adit"}, {"semanticVersion", version()}, {"rules", std::move(rules)}};
  json::object run{{"tool", json::object{{"driver", std::move(driver)}}}, {"results", std::move(results)}};
  return json::object{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                      {"version", "2.1.0"},
                      {"runs", json::array{std::move(run)}}};
}

}  // namespace adit::cli
