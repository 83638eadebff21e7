#include "app/sources/jwt_auth_use.h"

#include <array>
#include <set>
#include <utility>

#include "base/text/text.h"

namespace adit::app {
namespace {

/// Reads the tokens once for the names given to the package, once for its calls, and once for the uses of the variables
/// that hold its answers.
class JwtAuthReader {
 public:
  JwtAuthReader(const std::vector<ScriptToken>& tokens, const std::string& file) : tokens_(tokens), file_(file) {}

  std::vector<InputUse> read() {
    find_names();
    if (names_.empty()) return {};
    for (std::size_t at = 0; at < tokens_.size(); ++at)
      if (is_call(at)) call(at);
    for (std::size_t at = 0; at < tokens_.size() && !answers_.empty(); ++at) use_of_answer(at);
    return std::move(found_);
  }

 private:
  [[nodiscard]] const ScriptToken& token(std::size_t at) const {
    static const ScriptToken kNone;
    return at < tokens_.size() ? tokens_[at] : kNone;
  }
  [[nodiscard]] bool is_word(std::size_t at) const { return token(at).kind == ScriptToken::Kind::word; }

  /// `const auth = require('@adobe/jwt-auth')`, `import auth from '@adobe/jwt-auth'`.
  void find_names() {
    for (std::size_t at = 2; at < tokens_.size(); ++at) {
      const auto& text = tokens_[at];
      if (text.kind != ScriptToken::Kind::text || text.text != "@adobe/jwt-auth") continue;
      const bool required =
          at >= 4 && tokens_[at - 1].is("(") && tokens_[at - 2].is("require") && tokens_[at - 3].is("=");
      const auto name = required ? at - 4 : at - 2;
      if ((required || tokens_[at - 1].is("from")) && is_word(name)) names_.insert(tokens_[name].text);
    }
  }

  [[nodiscard]] bool is_call(std::size_t at) const {
    return is_word(at) && names_.contains(tokens_[at].text) && token(at + 1).is("(") &&
           !(at > 0 && (tokens_[at - 1].is(".") || tokens_[at - 1].is("function")));
  }

  /// Returns the place after the bracket that closes the one at `open`.
  [[nodiscard]] std::size_t end_of(std::size_t open) const {
    int depth = 0;
    for (auto at = open; at < tokens_.size(); ++at) {
      const auto& one = tokens_[at];
      if (one.is("(") || one.is("{") || one.is("[")) ++depth;
      if ((one.is(")") || one.is("}") || one.is("]")) && --depth == 0) return at + 1;
    }
    return tokens_.size();
  }

  void call(std::size_t at) {
    auto end = end_of(at + 1);
    auto begin = at;
    if (begin > 0 && tokens_[begin - 1].is("await")) {
      --begin;
      for (; begin > 0 && tokens_[begin - 1].is("(") && token(end).is(")"); ++end) --begin;
      property(end);
      if (begin > 1 && tokens_[begin - 1].is("=")) assigned_to(begin - 2);
    } else if (token(end).is(".") && token(end + 1).is("then") && token(end + 2).is("(")) {
      callback(end + 3);
    }
  }

  /// `.accessToken` at this place.
  void property(std::size_t at) {
    if (token(at).is(".") || token(at).is("?.")) name(at + 1);
  }

  /// Handles what is before `=`: a pattern or a variable. `last` is its last token.
  void assigned_to(std::size_t last) {
    if (is_word(last)) answers_.insert(tokens_[last].text);
    if (!tokens_[last].is("}")) return;
    int depth = 0;
    for (auto at = last + 1; at-- > 0;) {
      if (tokens_[at].is("}")) ++depth;
      if (tokens_[at].is("{") && --depth == 0) return pattern(at);
    }
  }

  /// `{ accessToken, expiresIn: seconds }`
  void pattern(std::size_t open) {
    const auto end = end_of(open);
    for (auto at = open + 1; at + 1 < end; ++at)
      if (tokens_[at - 1].is("{") || tokens_[at - 1].is(",")) name(at);
  }

  /// Handles the parameter of a function that `.then()` calls with the answer.
  void callback(std::size_t at) {
    while (token(at).is("async") || token(at).is("function") || token(at).is("(")) ++at;
    if (token(at).is("{")) {
      pattern(at);
    } else if (is_word(at)) {
      answers_.insert(tokens_[at].text);
    }
  }

  void use_of_answer(std::size_t at) {
    if (!is_word(at) || !answers_.contains(tokens_[at].text)) return;
    if (at > 0 && (tokens_[at - 1].is(".") || tokens_[at - 1].is("?."))) return;
    property(at + 1);
    if (at > 1 && tokens_[at - 1].is("=") && tokens_[at - 2].is("}")) assigned_to(at - 2);
  }

  void name(std::size_t at) {
    if (!is_word(at) || jwt_auth_property_meant(tokens_[at].text).empty()) return;
    found_.push_back(
        {tokens_[at].text, InputUse::Need::read, SourcePosition{file_, tokens_[at].line, tokens_[at].column}});
  }

  const std::vector<ScriptToken>& tokens_;
  const std::string& file_;
  std::set<std::string, std::less<>> names_;
  /// Variables that hold an answer.
  std::set<std::string, std::less<>> answers_;
  std::vector<InputUse> found_;
};

}  // namespace

std::string_view jwt_auth_property_meant(std::string_view written) {
  constexpr std::array<std::string_view, 3> kProperties = {"access_token", "token_type", "expires_in"};
  for (const auto property : kProperties)
    if (property != written && to_lower(written) == replace_all(std::string(property), "_", "")) return property;
  return {};
}

std::vector<InputUse> wrong_jwt_auth_properties(const std::vector<ScriptToken>& tokens, const std::string& file) {
  return JwtAuthReader(tokens, file).read();
}

}  // namespace adit::app
