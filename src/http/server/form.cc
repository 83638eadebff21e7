#include <algorithm>

#include "adit/error.h"
#include "adit/http_server.h"

#include "base/text/text.h"

namespace adit::http {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// Far more than the forms that adit reads have. Without a limit, a small body could become a million pairs.
constexpr std::size_t kMaxFormFields = 1000;
/// RFC 2046 section 5.1.1 allows 70 characters, but some clients send more.
constexpr std::size_t kMaxBoundary = 200;

Error invalid_form(std::string_view what) {
  return Error::failure("invalid_form", cat("The form is malformed: ", what, "."))
      .hint("Send it as application/x-www-form-urlencoded or multipart/form-data, as HTTP clients make them.")
      .http_status(400);
}

void add(Fields& fields, std::string name, std::string value) {
  if (fields.size() >= kMaxFormFields) throw invalid_form(cat("it has more than ", kMaxFormFields, " fields"));
  fields.emplace_back(std::move(name), std::move(value));
}

Fields urlencoded(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (piece.empty()) continue;
    const auto sign = std::min(piece.find('='), piece.size());
    add(fields, form_decode(piece.substr(0, sign)), form_decode(piece.substr(std::min(sign + 1, piece.size()))));
  }
  return fields;
}

/// Returns a parameter of a field such as `multipart/form-data; boundary="x"` (RFC 9110 section 5.6.6). Its value may
/// be quoted, and its name may be in any letter case.
std::optional<std::string> parameter(std::string_view field, std::string_view wanted) {
  std::size_t at = std::min(field.find(';'), field.size());
  while (at < field.size()) {
    at = field.find_first_not_of("; \t", at);
    if (at == std::string_view::npos) break;
    const auto name_end = std::min(field.find_first_of("=;", at), field.size());
    const auto name = trim(field.substr(at, name_end - at));
    at = name_end;
    std::string value;
    if (at < field.size() && field[at] == '=') {
      at = std::min(field.find_first_not_of(" \t", at + 1), field.size());
      if (at < field.size() && field[at] == '"') {
        for (++at; at < field.size() && field[at] != '"'; ++at) {
          // Only \" and \\ are escapes, because file names from Windows contain single backslashes.
          if (field[at] == '\\' && at + 1 < field.size() && (field[at + 1] == '"' || field[at + 1] == '\\')) ++at;
          value += field[at];
        }
        if (at >= field.size()) return std::nullopt;
        at = std::min(field.find(';', at), field.size());
      } else {
        const auto end = std::min(field.find(';', at), field.size());
        value = trim(field.substr(at, end - at));
        at = end;
      }
    }
    if (equals_ignoring_case(name, wanted)) return value;
  }
  return std::nullopt;
}

/// Decodes `"`, CR and LF in names, which browsers and undici percent-encode (WHATWG HTML, "multipart form data").
std::string decode_name(std::string name) {
  return replace_all(replace_all(replace_all(std::move(name), "%22", "\""), "%0D", "\r"), "%0A", "\n");
}

/// Returns the field's name, which is in the part's header lines.
std::string part_name(std::string_view head) {
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const auto line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) throw invalid_form("a part has a header line without a colon");
    if (!equals_ignoring_case(trim(line.substr(0, colon)), "content-disposition")) continue;
    const auto value = trim(line.substr(colon + 1));
    if (!equals_ignoring_case(trim(value.substr(0, value.find(';'))), "form-data")) break;
    if (auto name = parameter(value, "name")) return decode_name(std::move(*name));
    break;
  }
  throw invalid_form("a part has no name");
}

struct Delimiter {
  /// Where the CRLF before the delimiter begins.
  std::size_t begin = 0;
  std::size_t end = 0;
  /// It closes the form.
  bool closing = false;
};

/// Finds the next delimiter line at or after `from`. `mark` is `--` and the boundary.
Delimiter next_delimiter(std::string_view body, std::string_view mark, std::size_t from) {
  for (auto at = body.find(mark, from); at != std::string_view::npos; at = body.find(mark, at + 1)) {
    const bool line_start = at == 0 || (at >= 2 && body.substr(at - 2, 2) == "\r\n");
    if (!line_start) continue;
    Delimiter delimiter{at == 0 ? 0 : at - 2, at + mark.size(), false};
    if (body.substr(delimiter.end, 2) == "--") {
      delimiter.closing = true;
      return delimiter;
    }
    const auto text = body.find_first_not_of(" \t", delimiter.end);  // transport padding, RFC 2046 section 5.1.1
    if (text == std::string_view::npos || body.substr(text, 2) != "\r\n") continue;
    delimiter.end = text + 2;
    return delimiter;
  }
  throw invalid_form("its closing boundary is missing");
}

Fields multipart(std::string_view body, std::string_view boundary) {
  if (boundary.empty() || boundary.size() > kMaxBoundary) throw invalid_form("its boundary is empty or too long");
  const auto mark = cat("--", boundary);
  Fields fields;
  auto delimiter = next_delimiter(body, mark, 0);
  while (!delimiter.closing) {
    const auto start = delimiter.end;
    // A part without header lines begins with its blank line, and the CRLF of that line may belong to the next
    // delimiter.
    const bool no_head = body.substr(start, 2) == "\r\n";
    const auto head_end = no_head ? start : body.find("\r\n\r\n", start);
    if (head_end == std::string_view::npos) throw invalid_form("a part's header does not end");
    const auto content = head_end + (no_head ? 2 : 4);
    delimiter = next_delimiter(body, mark, content - 2);
    if (delimiter.begin < content) delimiter.begin = content;
    add(fields, part_name(body.substr(start, head_end - start)),
        std::string(body.substr(content, delimiter.begin - content)));
  }
  return fields;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) { return urlencoded(query); }

std::vector<std::pair<std::string, std::string>> parse_form(const ServerRequest& request) {
  const auto field = request.headers.get_or_empty("content-type");
  const auto type = to_lower(trim(field.substr(0, field.find(';'))));
  if (type == "application/x-www-form-urlencoded") return urlencoded(request.body);
  if (type == "multipart/form-data") {
    const auto boundary = parameter(field, "boundary");
    if (!boundary) throw invalid_form("its content type has no boundary");
    return multipart(request.body, *boundary);
  }
  if (request.body.empty()) return {};
  throw Error::failure(
      "invalid_form",
      "The body is not a form: its content type is neither application/x-www-form-urlencoded nor multipart/form-data.")
      .hint("Send it as application/x-www-form-urlencoded or multipart/form-data.")
      .http_status(415);
}

}  // namespace adit::http
