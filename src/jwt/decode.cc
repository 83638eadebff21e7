#include <algorithm>
#include <optional>

#include "adit/base64.h"
#include "adit/jwt.h"

#include "base/text/text.h"

namespace adit::jwt {
namespace {

constexpr std::size_t kLongest = 1U << 20U;
constexpr JsonLimits kPartLimits{.max_bytes = kLongest, .max_depth = 32};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Removes what people copy together with a token: `Authorization:`, `Bearer`, quotes and spaces.
std::string bare(std::string_view text, std::vector<std::string>& remarks) {
  if (text.size() > kLongest) {
    text = text.substr(0, kLongest);
    remarks.emplace_back("The text is longer than a megabyte; the rest was not read.");
  }
  text = trim(text);
  const auto drop = [&text](std::string_view word) {
    if (text.size() <= word.size() || !equals_ignoring_case(text.substr(0, word.size()), word)) return;
    text = trim(text.substr(word.size()));
  };
  drop("authorization:");
  drop("bearer ");
  while (text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    text = trim(text.substr(1, text.size() - 2));
  drop("bearer ");
  std::string clean(text);
  std::erase_if(clean, is_blank);
  return clean;
}

struct Bytes {
  std::string decoded;
  /// The position of the first character that is not base64; npos if there is none.
  std::size_t odd = std::string::npos;
};

/// Decodes the characters up to the first that is not base64, as far as they make whole bytes.
Bytes decode_prefix(std::string_view part) {
  Bytes bytes;
  std::string alphabet(part);
  std::replace(alphabet.begin(), alphabet.end(), '+', '-');
  std::replace(alphabet.begin(), alphabet.end(), '/', '_');
  while (!alphabet.empty() && alphabet.back() == '=') alphabet.pop_back();
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  const auto stop = std::find_if_not(alphabet.begin(), alphabet.end(), fits);
  if (stop != alphabet.end()) bytes.odd = static_cast<std::size_t>(stop - alphabet.begin());
  alphabet.erase(stop, alphabet.end());
  // The last group may have two or three characters, which make one or two bytes; unused bits are ignored.
  const auto rest = alphabet.size() % 4;
  std::string tail = alphabet.substr(alphabet.size() - rest);
  alphabet.erase(alphabet.size() - rest);
  bytes.decoded = base64url_decode(alphabet).value_or(std::string());
  if (rest >= 2) {
    tail.append(4 - rest, 'A');
    bytes.decoded += base64url_decode(tail).value_or(std::string()).substr(0, rest - 1);
  }
  return bytes;
}

/// Completes JSON text that was cut off: finds out which strings, objects and arrays are open at its end.
class CutJson {
 public:
  explicit CutJson(std::string_view text) : text_(text) {
    for (std::size_t at = 0; at < text.size() && !too_deep_; ++at) step(at);
  }

  /// Returns the text with everything closed that is open at its end. Returns nullopt if it ends within a number or a
  /// word, because the missing rest would change its value.
  [[nodiscard]] std::optional<std::string> closed() const {
    if (open_.empty() || too_deep_) return std::nullopt;
    std::string whole(text_);
    if (in_string_) {
      drop_half_a_character(whole);
      whole += '"';
    } else if (const auto end = whole.find_last_not_of(" \t\r\n");
               end == std::string::npos || std::string_view("{}[]\"").find(whole[end]) == std::string_view::npos) {
      return std::nullopt;
    }
    return whole + closers(open_);
  }
  /// Returns the text up to its last comma, with everything closed: only members that are complete.
  [[nodiscard]] std::optional<std::string> shortened() const {
    if (last_safe_open_.empty() || too_deep_) return std::nullopt;
    return std::string(text_.substr(0, last_safe_)) + closers(last_safe_open_);
  }
  /// Returns the name of the last member of the outermost object.
  [[nodiscard]] std::string_view member() const { return member_; }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  static std::string closers(std::string_view open) {
    std::string text;
    for (auto at = open.rbegin(); at != open.rend(); ++at) text += *at == '{' ? '}' : ']';
    return text;
  }

  /// Removes an incomplete escape or UTF-8 sequence from the end.
  void drop_half_a_character(std::string& whole) const {
    if (escape_at_ != std::string_view::npos) whole.resize(escape_at_);
    auto end = whole.size();
    std::size_t trailing = 0;
    while (end > 0 && trailing < 3 && (static_cast<unsigned char>(whole[end - 1]) & 0xC0U) == 0x80U) --end, ++trailing;
    if (end == 0) return;
    const auto lead = static_cast<unsigned char>(whole[end - 1]);
    const std::size_t wanted = lead >= 0xF0U ? 3 : lead >= 0xE0U ? 2 : lead >= 0xC0U ? 1 : 0;
    if (lead >= 0xC0U && trailing < wanted) whole.resize(end - 1);
  }

  void step(std::size_t at) {
    const char c = text_[at];
    if (in_string_) {
      step_in_string(at, c);
      return;
    }
    switch (c) {
      case '"':
        in_string_ = true;
        string_at_ = at + 1;
        break;
      case ':':
        if (open_.size() == 1) member_ = last_string_;
        break;
      case '{':
      case '[':
        open_ += c;
        // Stops at the depth that the parser rejects: `open_` is copied at each comma, which would take long.
        too_deep_ = open_.size() > kPartLimits.max_depth;
        last_safe_ = at + 1;
        last_safe_open_ = open_;
        break;
      case '}':
      case ']':
        if (!open_.empty()) open_.pop_back();
        if (open_.empty()) ended_ = true;
        break;
      case ',':
        last_safe_ = at;
        last_safe_open_ = open_;
        break;
      default:
        break;
    }
  }

  void step_in_string(std::size_t at, char c) {
    if (escape_at_ != std::string_view::npos) {
      // \uXXXX, or one character after the backslash.
      const bool unicode = text_[escape_at_ + 1] == 'u';
      if (!unicode || at - escape_at_ == 5) escape_at_ = std::string_view::npos;
    } else if (c == '\\') {
      escape_at_ = at;
    } else if (c == '"') {
      in_string_ = false;
      last_string_ = text_.substr(string_at_, at - string_at_);
    }
  }

  std::string_view text_;
  std::string open_;
  std::string last_safe_open_;
  std::size_t last_safe_ = 0;
  std::size_t string_at_ = 0;
  std::size_t escape_at_ = std::string_view::npos;
  std::string_view last_string_;
  std::string_view member_;
  bool in_string_ = false;
  bool ended_ = false;
  bool too_deep_ = false;
};

/// Reads as much as possible of `part.text`, which is not a complete JSON object.
void read_what_is_there(DecodedPart& part) {
  const CutJson cut(part.text);
  const auto start = part.text.find_first_not_of(" \t\r\n");
  if (start == std::string::npos || part.text[start] != '{' || cut.ended()) {
    part.state = start == std::string::npos ? PartState::cut : PartState::broken;
    return;
  }
  part.state = PartState::cut;
  part.cut_member = cut.member();
  for (const auto& attempt : {cut.closed(), cut.shortened()}) {
    if (!attempt) continue;
    auto value = try_parse_json(*attempt, kPartLimits);
    if (!value || !value->is_object()) continue;
    part.members = std::move(value->get_object());
    return;
  }
  // Neither attempt is JSON: the text is not just cut off.
  part.state = PartState::broken;
}

DecodedPart read_part(std::string_view encoded, std::string_view name, bool last, std::vector<std::string>& remarks) {
  DecodedPart part;
  if (encoded.empty() && last) return part;
  auto bytes = decode_prefix(encoded);
  part.text = std::move(bytes.decoded);
  auto value = try_parse_json(part.text, kPartLimits);
  if (value && value->is_object()) {
    part.state = PartState::complete;
    part.members = std::move(value->get_object());
    auto strict = kPartLimits;
    strict.refuse_duplicates = true;
    if (!try_parse_json(part.text, strict))
      remarks.push_back(cat("A name is twice in the ", name, ": the last counts here, and verifiers refuse it."));
  } else {
    read_what_is_there(part);
  }
  if (bytes.odd != std::string::npos) {
    if (part.state == PartState::complete) part.state = PartState::broken;
    remarks.push_back(
        cat("The ", name, " contains a character that is not base64url, at position ", bytes.odd + 1, "."));
  }
  if (part.state == PartState::broken && bytes.odd == std::string::npos) {
    const bool claims = name == "claims";
    remarks.push_back(part.text.empty() ? cat("The ", name, claims ? " are empty." : " is empty.")
                                        : cat("The ", name, claims ? " are" : " is", " not a JSON object."));
  } else if (part.state == PartState::cut) {
    remarks.push_back(cat(last ? "The text ends within the " : "A piece is missing in the ", name,
                          part.cut_member.empty() ? std::string(".") : cat(", at '", part.cut_member, "'.")));
  }
  return part;
}

}  // namespace

Decoded decode(std::string_view text) {
  Decoded decoded;
  const auto token = bare(text, decoded.remarks);
  if (token.empty()) {
    decoded.remarks.emplace_back("The text is empty.");
    return decoded;
  }
  std::vector<std::string_view> parts;
  for (std::string_view rest = token;;) {
    const auto dot = rest.find('.');
    parts.push_back(rest.substr(0, dot));
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  decoded.header = read_part(parts[0], "header", parts.size() == 1, decoded.remarks);
  if (parts.size() == 5) {
    decoded.remarks.emplace_back("This is encrypted (a JWE): only its header can be read.");
    return decoded;
  }
  if (parts.size() > 1) decoded.claims = read_part(parts[1], "claims", parts.size() == 2, decoded.remarks);
  if (parts.size() == 1 && decoded.header.state == PartState::complete)
    decoded.remarks.emplace_back("The text ends after the header.");
  if (parts.size() == 2 && decoded.claims.state != PartState::cut)
    decoded.remarks.emplace_back(decoded.claims.state == PartState::absent ? "The text ends after the header."
                                                                           : "The signature is missing.");
  if (parts.size() > 2) {
    const auto bytes = decode_prefix(parts[2]);
    decoded.signature_bytes = bytes.decoded.size();
    const bool whole = base64url_decode(parts[2]).has_value() && !parts[2].empty();
    decoded.signature = whole ? PartState::complete : parts[2].empty() ? PartState::absent : PartState::broken;
    // An RSA signature is as long as the key; any other length is a part of one.
    const bool rsa = string_member(decoded.header.members, "alg").starts_with("RS") ||
                     string_member(decoded.header.members, "alg").starts_with("PS");
    if (parts[2].empty()) {
      decoded.remarks.emplace_back("The signature is missing.");
    } else if (bytes.odd != std::string::npos) {
      decoded.remarks.emplace_back("The signature contains a character that is not base64url.");
    } else if (rsa && (bytes.decoded.size() < 256 || bytes.decoded.size() % 128 != 0 || !whole)) {
      decoded.signature = PartState::cut;
      decoded.remarks.push_back(
          cat("The text ends within the signature, of which ", bytes.decoded.size(), " bytes are there."));
    }
  }
  if (parts.size() > 3) decoded.remarks.emplace_back("There are more than three parts; the others were not read.");
  return decoded;
}

}  // namespace adit::jwt
