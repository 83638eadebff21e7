#include "app/sources/script_reader_tokens.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text/ascii.h"
#include "base/text/byte_order_mark.h"

namespace adit::app {
namespace {

bool begins_word(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || (c & 0x80) != 0;
}

class Tokenizer {
 public:
  Tokenizer(std::string_view text, Language language) : text_(text), javascript_(language == Language::javascript) {}

  std::vector<ScriptToken> run() {
    at_ = text_.size() - without_byte_order_mark(text_).size();
    if (text_.substr(at_).starts_with("#!")) skip_line();
    while (at_ < text_.size()) step();
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void advance(std::size_t count = 1) {
    for (; count > 0 && at_ < text_.size(); --count, ++at_) {
      if (text_[at_] != '\n') continue;
      ++line_;
      line_start_ = at_ + 1;
    }
  }
  void skip_line() {
    while (at_ < text_.size() && peek() != '\n') advance();
  }
  void skip_block_comment() {
    const auto end = text_.find("*/", at_ + 2);
    advance((end == std::string_view::npos ? text_.size() : end + 2) - at_);
  }

  void add(ScriptToken::Kind kind, std::string text, std::size_t begin_column, int begin_line) {
    tokens_.push_back({kind, std::move(text), begin_line, static_cast<int>(begin_column)});
  }

  void step() {
    const char c = peek();
    const int line = line_;
    const std::size_t column = at_ - line_start_ + 1;
    if (std::isspace(static_cast<unsigned char>(c)) != 0) return advance();
    if (c == '/' && peek(1) == '/') return skip_line();
    if (c == '/' && peek(1) == '*') return skip_block_comment();
    if (!javascript_ && raw_string(line, column)) return;
    if (begins_word(c)) return word(line, column);
    if (is_digit(c)) return number(line, column);
    if (c == '"' || c == '\'') return string(c, line, column);
    if (javascript_ && c == '`') return begin_template(line, column);
    if (javascript_ && c == '/' && regex_may_begin()) return regex(line, column);
    if (javascript_ && c == '}' && !templates_.empty() && templates_.back() == braces_) {
      templates_.pop_back();
      advance();
      return template_part(line, column);
    }
    sign(line, column);
  }

  void word(int line, std::size_t column) {
    const auto begin = at_;
    while (at_ < text_.size() && (begins_word(peek()) || is_digit(peek()))) advance();
    add(ScriptToken::Kind::word, std::string(text_.substr(begin, at_ - begin)), column, line);
  }

  void number(int line, std::size_t column) {
    const auto begin = at_;
    // 1'000, 0x1F. Numbers are not parsed any further.
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(peek())) != 0 || peek() == '.' ||
                                  peek() == '_' || (!javascript_ && peek() == '\'' && is_digit(peek(1)))))
      advance();
    add(ScriptToken::Kind::number, std::string(text_.substr(begin, at_ - begin)), column, line);
  }

  void string(char quote, int line, std::size_t column) {
    std::string value;
    advance();
    while (at_ < text_.size() && peek() != quote && peek() != '\n') {
      if (peek() == '\\') advance();
      value += peek();
      advance();
    }
    if (peek() == quote) advance();
    const bool text = javascript_ || quote == '"';
    // Adjacent string literals of C++ are not joined, because names of inputs are never written like that.
    add(text ? ScriptToken::Kind::text : ScriptToken::Kind::other, std::move(value), column, line);
  }

  /// R"delimiter(…)delimiter", also with a prefix such as u8.
  bool raw_string(int line, std::size_t column) {
    for (const std::string_view prefix : {"R\"", "u8R\"", "uR\"", "UR\"", "LR\""}) {
      if (!text_.substr(at_).starts_with(prefix)) continue;
      constexpr std::size_t kLongestDelimiter = 16;
      const auto delimiter = text_.substr(at_ + prefix.size(), kLongestDelimiter + 1).find('(');
      if (delimiter == std::string_view::npos) return false;
      const auto open = at_ + prefix.size() + delimiter;
      const auto closing = ")" + std::string(text_.substr(at_ + prefix.size(), open - at_ - prefix.size())) + "\"";
      const auto end = std::min(text_.find(closing, open), text_.size());
      add(ScriptToken::Kind::text, std::string(text_.substr(open + 1, end - open - 1)), column, line);
      advance(std::min(end + closing.size(), text_.size()) - at_);
      return true;
    }
    return false;
  }

  void begin_template(int line, std::size_t column) {
    advance();
    template_part(line, column);
  }

  /// Reads to the closing back quote, or to the `${` that begins an expression.
  void template_part(int line, std::size_t column) {
    const bool first = at_ > 0 && text_[at_ - 1] == '`';
    std::string value;
    while (at_ < text_.size() && peek() != '`') {
      if (peek() == '$' && peek(1) == '{') {
        advance(2);
        templates_.push_back(braces_);
        return add(ScriptToken::Kind::other, "`", column, line);
      }
      if (peek() == '\\') advance();
      value += peek();
      advance();
    }
    advance();
    add(first ? ScriptToken::Kind::text : ScriptToken::Kind::other, std::move(value), column, line);
  }

  /// Returns true if no value can end just before the slash: then it begins a regular expression.
  [[nodiscard]] bool regex_may_begin() const {
    if (tokens_.empty()) return true;
    const auto& last = tokens_.back();
    if (last.kind == ScriptToken::Kind::word) {
      static constexpr std::array<std::string_view, 9> kBefore = {"return", "typeof", "case", "in",  "of",
                                                                  "delete", "void",   "do",   "else"};
      return std::find(kBefore.begin(), kBefore.end(), last.text) != kBefore.end();
    }
    return last.kind == ScriptToken::Kind::sign && last.text != ")" && last.text != "]" && last.text != "}";
  }

  void regex(int line, std::size_t column) {
    bool in_class = false;
    advance();
    while (at_ < text_.size() && peek() != '\n' && (in_class || peek() != '/')) {
      if (peek() == '\\')
        advance();
      else if (peek() == '[')
        in_class = true;
      else if (peek() == ']')
        in_class = false;
      advance();
    }
    if (peek() == '/') advance();
    while (std::isalpha(static_cast<unsigned char>(peek())) != 0) advance();
    add(ScriptToken::Kind::other, "/", column, line);
  }

  void sign(int line, std::size_t column) {
    static constexpr std::array<std::string_view, 16> kLong = {
        "...", "===", "!==", "\?\?=", "||=", "&&=", "=>", "==", "!=", "?.", "??", "||", "&&", "::", "->", "<="};
    const auto rest = text_.substr(at_);
    const auto* const known =
        std::find_if(kLong.begin(), kLong.end(), [rest](std::string_view sign) { return rest.starts_with(sign); });
    // `a?.5:b` is a conditional.
    const bool conditional = rest.starts_with("?.") && is_digit(peek(2));
    const std::size_t length = known == kLong.end() || conditional ? 1 : known->size();
    if (rest.front() == '{') ++braces_;
    if (rest.front() == '}') --braces_;
    add(ScriptToken::Kind::sign, std::string(rest.substr(0, length)), column, line);
    advance(length);
  }

  std::string_view text_;
  bool javascript_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::size_t line_start_ = 0;
  int braces_ = 0;
  /// For each open template expression, the number of braces that were open where it began.
  std::vector<int> templates_;
  std::vector<ScriptToken> tokens_;
};

}  // namespace

std::vector<ScriptToken> tokens_of(std::string_view program, Language language) {
  return Tokenizer(program, language).run();
}

}  // namespace adit::app
