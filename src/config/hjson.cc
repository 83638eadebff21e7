#include "config/hjson.h"

#include <algorithm>
#include <string>

#include "adit/error.h"

#include "base/text/text.h"

namespace adit {
namespace {

constexpr std::string_view kPunctuation = ",:[]{}";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_punctuation(char c) { return kPunctuation.find(c) != std::string_view::npos; }

class HjsonReader {
 public:
  HjsonReader(std::string_view text, std::string_view what, const JsonLimits& limits)
      : text_(text), what_(what), limits_(limits) {}

  json::value read() {
    if (text_.size() > limits_.max_bytes) throw fault("it is too long");
    auto value = any(0);
    skip();
    if (at_ < text_.size()) throw fault("there is text behind the end");
    return value;
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] bool begins(std::string_view sign) const { return text_.substr(at_).starts_with(sign); }

  /// Returns where the current line begins. The position only moves forward, so all calls together read the text once.
  std::size_t line_start() {
    for (; counted_ < at_; ++counted_)
      if (text_[counted_] == '\n') line_start_ = counted_ + 1;
    return line_start_;
  }

  [[nodiscard]] Error fault(std::string_view problem) const {
    const auto before = text_.substr(0, std::min(at_, text_.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto column = before.size() - (before.rfind('\n') + 1) + 1;
    return Error::failure("invalid_json",
                          cat(what_, " is not JSON: ", problem, " at line ", line, ", column ", column, "."));
  }

  void skip_to(std::string_view end) {
    const auto found = text_.find(end, at_);
    if (found == std::string_view::npos && end != "\n") throw fault("a comment is not closed");
    at_ = std::min(found, text_.size());
  }

  /// Skips white space and comments.
  void skip() {
    for (;;) {
      while (is_blank(peek())) ++at_;
      if (peek() == '#' || begins("//")) {
        skip_to("\n");
      } else if (begins("/*")) {
        skip_to("*/");
        at_ += 2;
      } else {
        return;
      }
    }
  }

  json::value any(std::size_t depth) {
    if (depth > limits_.max_depth) throw fault("it is nested too deeply");
    skip();
    if (at_ >= text_.size()) throw fault("it ends too early");
    if (peek() == '{') return object(depth);
    if (peek() == '[') return array(depth);
    if (begins("'''")) return json::value(lines());
    if (peek() == '"' || peek() == '\'') return json::value(quoted());
    return unquoted();
  }

  json::value object(std::size_t depth) {
    json::object members;
    ++at_;
    for (;;) {
      skip();
      if (at_ >= text_.size()) throw fault("a } is missing");
      if (peek() == ',') {
        ++at_;
      } else if (peek() == '}') {
        ++at_;
        return members;
      } else {
        const auto name = key();
        skip();
        if (peek() != ':') throw fault("a : is missing");
        ++at_;
        members[name] = any(depth + 1);
      }
    }
  }

  json::value array(std::size_t depth) {
    json::array items;
    ++at_;
    for (;;) {
      skip();
      if (at_ >= text_.size()) throw fault("a ] is missing");
      if (peek() == ',') {
        ++at_;
      } else if (peek() == ']') {
        ++at_;
        return items;
      } else {
        items.push_back(any(depth + 1));
      }
    }
  }

  std::string key() {
    if (peek() == '"' || peek() == '\'') return quoted();
    const auto begin = at_;
    while (at_ < text_.size() && !is_blank(peek()) && !is_punctuation(peek())) ++at_;
    if (at_ == begin) throw fault("a key is missing");
    return std::string(text_.substr(begin, at_ - begin));
  }

  /// Reads a text in quotes with JSON's escapes. In single quotes, double quotes need no backslash.
  std::string quoted() {
    const char quote = peek();
    std::string spelt = "\"";
    for (++at_; peek() != quote; ++at_) {
      if (at_ >= text_.size() || peek() == '\n') throw fault("a quote is not closed");
      if (peek() == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        if (peek() != '\'') spelt += '\\';
      } else if (peek() == '"') {
        spelt += '\\';
      }
      spelt += peek();
    }
    const auto value = try_parse_json(spelt + '"');
    if (!value) throw fault("a string in quotes has an escape or a character that JSON does not have");
    ++at_;
    return std::string(value->as_string());
  }

  /// Reads a text in `'''`. Removes from each line the spaces up to the column of the opening quotes, and the last line
  /// end.
  std::string lines() {
    const auto indent = at_ - line_start();
    const auto end = text_.find("'''", at_ + 3);
    if (end == std::string_view::npos) throw fault("''' is not closed");
    auto body = text_.substr(at_ + 3, end - at_ - 3);
    at_ = end + 3;
    const auto first = body.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && body[first] == '\n') body.remove_prefix(first + 1);
    std::string value;
    while (!body.empty()) {
      auto line = body.substr(0, body.find('\n'));
      const bool ended = line.size() < body.size();
      body.remove_prefix(line.size() + (ended ? 1 : 0));
      if (line.ends_with('\r')) line.remove_suffix(1);
      const auto text = std::min(line.find_first_not_of(" \t"), line.size());
      value += cat(line.substr(std::min(text, indent)), ended ? "\n" : "");
    }
    // The spaces before the closing quotes, and the line end before these, are not part of the text.
    const auto last = value.find_last_not_of(" \t");
    if (last != std::string::npos && value[last] == '\n') value.resize(last);
    return value;
  }

  /// Returns where a number or a JSON literal that begins here ends: at a character that these cannot contain, at a
  /// comment, or at the end of the line.
  [[nodiscard]] std::size_t end_of_word() const {
    for (auto end = text_.find_first_of(",]}#/\n", at_); end != std::string_view::npos;
         end = text_.find_first_of(",]}#/\n", end + 1)) {
      const auto next = end + 1 < text_.size() ? text_[end + 1] : '\0';
      if (text_[end] != '/' || next == '/' || next == '*') return end;
    }
    return text_.size();
  }

  /// Reads a number or a JSON literal, otherwise a text up to the end of the line.
  json::value unquoted() {
    if (is_punctuation(peek())) throw fault("a value is missing");
    const auto end = end_of_word();
    if (auto value = try_parse_json(trim(text_.substr(at_, end - at_)))) {
      at_ = end;
      return *std::move(value);
    }
    const auto line = text_.substr(at_, text_.find('\n', at_) - at_);
    at_ += line.size();
    return json::value(trim(line));
  }

  std::string_view text_;
  std::string_view what_;
  const JsonLimits& limits_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  std::size_t line_start_ = 0;
};

}  // namespace

json::value parse_hjson(std::string_view text, std::string_view what, const JsonLimits& limits) {
  return HjsonReader(text, what, limits).read();
}

}  // namespace adit
