#include "adit/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <utility>

#include "adit/error.h"

#include "base/json/json_reader.h"
#include "base/text/text.h"
#include "base/text/utf8.h"

namespace adit {
namespace {

/// Writes JSON: with `pretty` on several lines, indented by two spaces for each level, otherwise on one line without
/// spaces.
class Writer {
 public:
  Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void write(const json::value& value) {
    switch (value.kind()) {
      case json::kind::null:
        out_ += "null";
        break;
      case json::kind::bool_:
        out_ += value.get_bool() ? "true" : "false";
        break;
      case json::kind::int64:
        write_integer(value.get_int64());
        break;
      case json::kind::uint64:
        write_integer(value.get_uint64());
        break;
      case json::kind::double_:
        write_double(value.get_double());
        break;
      case json::kind::string:
        write_string(value.get_string());
        break;
      case json::kind::array:
        write_members('[', value.get_array(), ']', [this](const json::value& item) { write(item); });
        break;
      case json::kind::object:
        write_members('{', value.get_object(), '}', [this](const json::key_value_pair& member) {
          write_string(member.key());
          out_ += pretty_ ? ": " : ":";
          write(member.value());
        });
        break;
    }
  }

 private:
  template <typename Container, typename WriteOne>
  void write_members(char open, const Container& members, char close, const WriteOne& write_one) {
    out_ += open;
    ++level_;
    bool first = true;
    for (const auto& member : members) {
      if (!first) out_ += ',';
      first = false;
      start_line();
      write_one(member);
    }
    --level_;
    if (!first) start_line();
    out_ += close;
  }

  void start_line() {
    if (pretty_) out_.append(1, '\n').append(2 * level_, ' ');
  }

  template <typename Integer>
  void write_integer(Integer number) {
    std::array<char, 24> text{};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
    out_.append(text.data(), end);
  }

  /// Writes a number like JavaScript's Number::toString (ECMA-262 section 6.1.6.1.20) and JSON.stringify: with the
  /// shortest digits that read back as the same number, and with an exponent only from 1e21 and below 1e-6. Writes
  /// `null` for infinity and NaN, which JSON does not have.
  void write_double(double number) {
    if (!std::isfinite(number)) {
      out_ += "null";
      return;
    }
    if (number == 0) {
      out_ += '0';
      return;
    }
    std::array<char, 40> text{};
    const auto [end, error] =
        std::to_chars(text.data(), text.data() + text.size(), std::abs(number), std::chars_format::scientific);
    const std::string_view shortest(text.data(), static_cast<std::size_t>(end - text.data()));
    const std::size_t e = shortest.find('e');
    int exponent = 0;
    std::from_chars(shortest.data() + e + (shortest[e + 1] == '+' ? 2 : 1), end, exponent);
    std::string digits(1, shortest[0]);
    if (e > 1) digits += shortest.substr(2, e - 2);
    if (number < 0) out_ += '-';
    write_digits(digits, exponent + 1);
  }

  /// Writes `digits` with the decimal point after the first `point` digits.
  void write_digits(std::string_view digits, int point) {
    const int count = static_cast<int>(digits.size());
    if (point > 21 || point <= -6) {
      out_ += digits[0];
      if (count > 1) out_.append(1, '.').append(digits.substr(1));
      out_ += point > 0 ? "e+" : "e-";
      write_integer(std::abs(point - 1));
    } else if (point <= 0) {
      out_.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
    } else if (count <= point) {
      out_.append(digits).append(static_cast<std::size_t>(point - count), '0');
    } else {
      const auto whole = static_cast<std::size_t>(point);
      out_.append(digits.substr(0, whole)).append(1, '.').append(digits.substr(whole));
    }
  }

  /// The ASCII characters that need no escape.
  static constexpr auto kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = byte != '"' && byte != '\\';
    return plain;
  }();

  void write_string(std::string_view text) {
    out_ += '"';
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size();) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (kPlain[byte]) {
        ++i;
        continue;
      }
      const std::size_t size = byte < 0x80 ? 0 : utf8_length(text.substr(i));
      if (size > 0) {
        i += size;
        continue;
      }
      out_.append(text, begin, i - begin);
      write_escape(byte);
      begin = ++i;
    }
    out_.append(text, begin);
    out_ += '"';
  }

  void write_escape(unsigned char byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::string_view kNamed = "\"\\\b\f\n\r\t";
    constexpr std::string_view kNames = "\"\\bfnrt";
    if (byte >= 0x80) {
      out_ += "\xEF\xBF\xBD";  // U+FFFD, because JSON text must be UTF-8 (RFC 8259 section 8.1)
    } else if (const std::size_t named = kNamed.find(static_cast<char>(byte)); named != std::string_view::npos) {
      out_ += '\\';
      out_ += kNames[named];
    } else {
      out_.append("\\u00").append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 15U]);
    }
  }

  std::string& out_;
  std::size_t level_ = 0;
  bool pretty_;
};

std::string write(const json::value& value, bool pretty) {
  std::string text;
  text.reserve(256);  // enough for most values, which otherwise grow in many small steps
  Writer(text, pretty).write(value);
  return text;
}

}  // namespace

json::value parse_json(std::string_view text, std::string_view what, const JsonLimits& limits) {
  JsonProblem problem;
  if (auto value = read_json(text, limits, &problem)) return std::move(*value);
  const auto place = problem.line == 0 ? std::string() : cat(" (line ", problem.line, ", column ", problem.column, ")");
  throw Error::failure("invalid_json", cat(what, " is not JSON: ", problem.what, place, "."));
}

std::optional<json::value> try_parse_json(std::string_view text, const JsonLimits& limits) {
  return read_json(text, limits, nullptr);
}

std::string to_json(const json::value& value) { return write(value, false); }

std::string to_pretty_json(const json::value& value) { return write(value, true); }

std::string_view string_member(const json::object& object, std::string_view name) {
  const json::value* member = object.if_contains(name);
  if (member == nullptr || !member->is_string()) return {};
  return member->get_string();
}

}  // namespace adit
