#include "app/yaml/yaml_scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>

#include "app/yaml/yaml_timestamp.h"
#include "base/json/exact_integer.h"
#include "base/text/ascii.h"

namespace adit::app {
namespace {

/// The largest integer up to which JavaScript's numbers represent every integer.

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool are_digits(std::string_view text, int base) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [base](char c) { return hex_value(c) >= 0 && hex_value(c) < base; });
}

bool is_sign(char c) { return c == '+' || c == '-'; }

/// A number's text without its sign and without the underscores between digits.
struct Number {
  bool negative = false;
  std::string digits;
};

Number split_sign(std::string_view text) {
  Number number;
  if (!text.empty() && is_sign(text.front())) {
    number.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::copy_if(text.begin(), text.end(), std::back_inserter(number.digits), [](char c) { return c != '_'; });
  return number;
}

std::size_t behind_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && (is_digit(text[at]) || text[at] == '_')) ++at;
  return at;
}

/// `:30:59`, each part below 60.
bool are_sixtieths(std::string_view text) {
  if (text.empty()) return false;
  while (!text.empty()) {
    if (text.front() != ':') return false;
    const auto part = text.substr(1, text.find(':', 1) - 1);
    const bool fits = part.size() == 1 || (part.size() == 2 && part[0] <= '5');
    if (!fits || !are_digits(part, 10)) return false;
    text.remove_prefix(part.size() + 1);
  }
  return true;
}

/// 2.5e4, 2e4, .5 (without a sign).
bool is_decimal_float(std::string_view text) {
  const bool has_sign = !text.empty() && is_sign(text.front());
  if (has_sign) text.remove_prefix(1);
  if (text.empty() || text.back() == '_') return false;
  std::size_t at = 0;
  if (text[0] == '.') {
    at = behind_digits(text, 1);
    if (has_sign || at == 1) return false;
  } else {
    if (!is_digit(text[0])) return false;
    at = text[0] == '0' ? 1 : behind_digits(text, 1);
    if (at < text.size() && text[at] == '.') at = behind_digits(text, at + 1);
  }
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  ++at;
  if (at < text.size() && is_sign(text[at])) ++at;
  return are_digits(text.substr(at), 10);
}

/// 20:59.5. Without the point it is an integer.
bool is_sixtieths_float(std::string_view text) {
  if (!text.empty() && is_sign(text.front())) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front()) || text.back() == '_') return false;
  const auto colon = behind_digits(text, 0);
  const auto point = text.find('.', colon);
  return point != std::string_view::npos && are_sixtieths(text.substr(colon, point - colon)) &&
         behind_digits(text, point + 1) == text.size();
}

double parse_float(std::string_view digits) {
  double value = std::nan("");
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    // from_chars does not set the value; JavaScript gives Infinity or 0.
    const auto exponent = digits.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && digits.find('-', exponent) != std::string_view::npos;
    return tiny ? 0 : std::numeric_limits<double>::infinity();
  }
  return value;
}

double parse_sixtieths(std::string_view text) {
  double value = 0;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(':'));
    value = value * 60 + parse_float(part);
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
  return value;
}

void set_float(YamlNode& node, double value) {
  node.kind = YamlNode::Kind::floating;
  node.floating = value;
}

void set_whole(YamlNode& node, double value) {
  if (std::abs(value) > static_cast<double>(kMaxExactInteger)) return set_float(node, value);
  node.kind = YamlNode::Kind::integer;
  node.integer = static_cast<std::int64_t>(value);
}

/// The base of a number, and where its digits begin.
struct Radix {
  int base = 10;
  std::size_t prefix = 0;
};

Radix radix_of(std::string_view digits) {
  if (digits.size() < 2 || digits[0] != '0') return {};
  return digits[1] == 'b' ? Radix{2, 2} : digits[1] == 'x' ? Radix{16, 2} : Radix{8, 1};
}

}  // namespace

bool as_null(YamlNode& node) {
  if (!is_one_of(node.text, {"", "~", "null", "Null", "NULL"})) return false;
  node.kind = YamlNode::Kind::null;
  return true;
}

bool as_boolean(YamlNode& node) {
  const bool yes = is_one_of(node.text, {"true", "True", "TRUE"});
  if (!yes && !is_one_of(node.text, {"false", "False", "FALSE"})) return false;
  node.kind = YamlNode::Kind::boolean;
  node.boolean = yes;
  return true;
}

bool as_integer(YamlNode& node) {
  const std::string_view text = node.text;
  const auto first = std::min<std::size_t>(text.empty() || !is_sign(text[0]) ? 0 : 1, text.size());
  if (first == text.size() || text[first] == '_' || text.back() == '_') return false;
  const auto [negative, digits] = split_sign(text);
  const auto [base, prefix] = radix_of(text.substr(first));
  const auto significant = std::string_view(digits).substr(prefix);
  double value = 0;
  if (base == 10 && is_digit(text[first]) && text.find(':') != std::string_view::npos) {
    // 0:30 is text, and underscores are allowed only before the first colon.
    const auto colon = text.find(':');
    if (text[first] == '0' || behind_digits(text, first) != colon || !are_sixtieths(text.substr(colon))) return false;
    value = parse_sixtieths(digits);
  } else if (!are_digits(significant, base)) {
    return false;
  } else if (base == 10) {
    value = parse_float(significant);
  } else {
    for (const char c : significant) value = value * base + hex_value(c);
  }
  set_whole(node, negative ? -value : value);
  return true;
}

bool as_float(YamlNode& node) {
  const auto [negative, digits] = split_sign(node.text);
  if (is_one_of(node.text, {".nan", ".NaN", ".NAN"})) {
    set_float(node, std::nan(""));
    return true;
  }
  double value = 0;
  if (is_one_of(digits, {".inf", ".Inf", ".INF"}) && node.text.find('_') == std::string::npos) {
    value = std::numeric_limits<double>::infinity();
  } else if (is_decimal_float(node.text)) {
    value = parse_float(digits);
  } else if (is_sixtieths_float(node.text)) {
    value = parse_sixtieths(digits);
  } else {
    return false;
  }
  set_float(node, negative ? -value : value);
  return true;
}

std::string key_text(YamlNode node) {
  auto written = node.text;
  type_plain_scalar(node);
  if (node.kind == YamlNode::Kind::string) return written;
  const auto value = to_json_value(node);
  if (node.kind == YamlNode::Kind::floating && value.is_null())
    return std::isnan(node.floating) ? "NaN" : node.floating > 0 ? "Infinity" : "-Infinity";
  return to_json(value);
}

bool as_timestamp(YamlNode& node) {
  auto text = timestamp_in_json(node.text);
  if (!text) return false;
  node.text = *std::move(text);
  node.kind = YamlNode::Kind::string;
  return true;
}

void type_plain_scalar(YamlNode& node) {
  if (as_null(node) || as_boolean(node) || as_integer(node) || as_float(node) || as_timestamp(node)) return;
  node.kind = YamlNode::Kind::string;
}

}  // namespace adit::app
