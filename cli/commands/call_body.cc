#include "cli/commands/call_body.h"

#include <algorithm>
#include <iterator>

#include <unistd.h>

#include "adit/error.h"
#include "adit/json.h"

#include "base/text/text.h"

namespace adit::cli {
namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr const char* kJson = "application/json";

Error wrong_body(std::string message, std::string hint) {
  return Error::configuration("invalid_option", std::move(message)).hint(std::move(hint));
}

/// Returns true if the value names a file or stdin.
bool is_file_name(const std::string& data) { return data == "-" || data.starts_with('@'); }

http::Request with_file(http::Request request, const std::string& data, const char* content_type) {
  const auto path = data == "-" ? data : data.substr(1);
  if (path == "-")
    return std::move(request).body_from(http::source_from_descriptor(STDIN_FILENO, "standard input"), content_type);
  return std::move(request).body_from(http::source_from_file(path), path.ends_with(".json") ? kJson : content_type);
}

/// Encodes as curl does: `NAME=TEXT`, or `NAME@FILE` for the content of a file.
std::string urlencoded(const std::string& part) {
  const auto sign = std::min(part.find('='), part.size());
  const auto at = sign == part.size() ? std::min(part.find('@'), part.size()) : sign;
  if (at == part.size()) return percent_encode(part);
  const auto value = part.substr(at + 1);
  if (part[at] == '@' && value == "-") throw wrong_body("--data-urlencode does not read stdin.", "Write NAME@FILE.");
  const auto text = percent_encode(part[at] == '@' ? read_file(value) : value);
  return at == 0 ? text : cat(part.substr(0, at), '=', text);
}

/// Joins all parts with `&`.
std::string text_of(const CallBody& body) {
  auto parts = body.data;
  parts.insert(parts.end(), body.raw.begin(), body.raw.end());
  std::ranges::transform(body.urlencoded, std::back_inserter(parts), urlencoded);
  return join(parts, "&");
}

bool is_json(std::string_view text) {
  const auto start = trim(text);
  return (start.starts_with('{') || start.starts_with('[')) && try_parse_json(start).has_value();
}

}  // namespace

void add_body_options(Command command, CallBody& body) {
  command
      .add_option(
          "-d,--data,--data-binary,--data-ascii", body.data,
          "The body: text, @FILE, or - for stdin. The content type is application/json for JSON text and *.json files, otherwise application/x-www-form-urlencoded; -H content-type overrides it")
      .type_name("DATA")
      .repeatable();
  command.add_option("--data-raw", body.raw, "The body: text, even if it begins with @").type_name("TEXT").repeatable();
  command
      .add_option(
          "--data-urlencode", body.urlencoded,
          "A part of the body that adit encodes; it follows those of -d: NAME=TEXT, NAME@FILE, =TEXT, @FILE or TEXT")
      .type_name("DATA")
      .repeatable();
  command
      .add_option("--json", body.json, "The body, as -d, with application/json in the headers content-type and accept")
      .type_name("DATA")
      .repeatable();
}

http::Request with_body(http::Request request, const CallBody& body) {
  const bool others = !body.data.empty() || !body.raw.empty() || !body.urlencoded.empty();
  if (!body.json.empty()) {
    if (others) throw wrong_body("--json cannot be combined with other data.", "Put all of the body into --json.");
    request.header("Accept", kJson);
    if (!std::ranges::any_of(body.json, is_file_name)) return std::move(request).body(join(body.json, ""), kJson);
    if (body.json.size() > 1)
      throw wrong_body("--json with a file cannot be combined with another --json.",
                       "Give --json once, or put all of the body into the file.");
    return with_file(std::move(request), body.json.front(), kJson);
  }
  if (body.data.size() == 1 && body.raw.empty() && body.urlencoded.empty() && is_file_name(body.data.front()))
    return with_file(std::move(request), body.data.front(), kForm);
  if (std::ranges::any_of(body.data, is_file_name))
    throw wrong_body("-d @FILE cannot be combined with another -d.",
                     "Give -d once, or put all of the body into the file.");
  const auto text = text_of(body);
  return std::move(request).body(text, is_json(text) ? kJson : kForm);
}

std::string with_query(const std::string& url, const CallBody& body) {
  if (!body.json.empty()) throw wrong_body("-G does not go with --json.", "Give -d or --data-urlencode.");
  if (std::ranges::any_of(body.data, is_file_name))
    throw wrong_body("-G does not go with a file.", "Give text, or --data-urlencode NAME@FILE.");
  const auto text = text_of(body);
  if (text.empty()) return url;
  const auto end = std::min(url.find('#'), url.size());
  const auto between = url.substr(0, end).find('?') == std::string::npos ? "?" : "&";
  return cat(url.substr(0, end), between, text, url.substr(end));
}

}  // namespace adit::cli
