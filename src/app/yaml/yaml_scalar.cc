#include "app/yaml/yaml_scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/ascii.h"

namespace adit::app {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

struct Number {
  bool negative = false;
  std::string_view digits;
};

Number split_sign(std::string_view text) {
  Number number{false, text};
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    number.negative = text.front() == '-';
    number.digits.remove_prefix(1);
  }
  return number;
}

bool are_digits(std::string_view text, int base) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [base](char c) { return digit_value(c) < base; });
}

/// [0-9]+ (\.[0-9]*)? ([eE][-+]?[0-9]+)?, or the form that begins with the point.
bool is_float_text(std::string_view text) {
  std::size_t at = 0;
  bool digits = false;
  const auto run = [&] {
    for (; at < text.size() && is_digit(text[at]); ++at) digits = true;
  };
  run();
  if (at < text.size() && text[at] == '.') {
    ++at;
    run();
  }
  if (!digits) return false;
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  ++at;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  return at < text.size() && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_digit);
}

double parse_float(std::string_view digits) {
  double value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    // from_chars leaves the value alone; JavaScript says Infinity or 0.
    const auto exponent = digits.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && digits.find('-', exponent) != std::string_view::npos;
    return tiny ? 0 : std::numeric_limits<double>::infinity();
  }
  return value;
}

void set_float(YamlNode& node, double value) {
  node.kind = YamlNode::Kind::floating;
  node.floating = value;
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
  auto [negative, digits] = split_sign(node.text);
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    base = digits[1] == 'x' ? 16 : digits[1] == 'o' ? 8 : digits[1] == 'b' ? 2 : 10;
    if (base != 10) digits.remove_prefix(2);
  }
  if (!are_digits(digits, base)) return false;

  const auto plain = (negative ? "-" : "") + std::string(digits);
  std::int64_t value = 0;
  const auto result = std::from_chars(plain.data(), plain.data() + plain.size(), value, base);
  if (result.ec == std::errc{}) {
    node.kind = YamlNode::Kind::integer;
    node.integer = value;
    return true;
  }
  double large = 0;
  if (base == 10) {
    large = parse_float(digits);
  } else {
    for (const char c : digits) large = large * base + digit_value(c);
  }
  set_float(node, negative ? -large : large);
  return true;
}

bool as_float(YamlNode& node) {
  const auto [negative, digits] = split_sign(node.text);
  if (is_one_of(digits, {".inf", ".Inf", ".INF"})) {
    set_float(node, negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity());
    return true;
  }
  if (is_one_of(node.text, {".nan", ".NaN", ".NAN"})) {
    set_float(node, std::nan(""));
    return true;
  }
  if (!is_float_text(digits)) return false;
  const double value = parse_float(digits);
  set_float(node, negative ? -value : value);
  return true;
}

void type_plain_scalar(YamlNode& node) {
  if (as_null(node) || as_boolean(node) || as_integer(node) || as_float(node)) return;
  node.kind = YamlNode::Kind::string;
}

}  // namespace adit::app
