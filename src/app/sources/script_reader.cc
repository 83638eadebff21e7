#include "app/sources/script_reader.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text/text.h"

namespace adit::app {
namespace {

using Tokens = std::vector<ScriptToken>;
using Need = InputUse::Need;

const ScriptToken kEnd;

/// Finds in one program's tokens the inputs that it reads from the parameters. The program is not trusted: `index`
/// finds once whatever is needed more than once, so that the time is linear in the program's length.
class ProgramReader {
 public:
  ProgramReader(Tokens tokens, Language language, const std::string& file)
      : tokens_(std::move(tokens)), javascript_(language == Language::javascript), file_(file) {}

  SourceReading read() {
    index();
    if (javascript_ && drop_casts()) index();
    find_names_of_params();
    for (std::size_t at = 0; at < tokens_.size(); ++at) {
      missing_inputs_check(at);
      if (is_params(at)) javascript_ ? javascript_use(at) : cpp_use(at);
      if (!javascript_) credentials(at);
      if (javascript_) test_of_a_name(at);
    }
    forget_left_out();
    for (auto& [name, use] : uses_) {
      // If the program tests an input anywhere, it expects that the input can be missing.
      if (tested_.contains(name) && use.need == Need::read) use.need = Need::optional;
    }
    for (const auto& name : written_) {
      // A parameter that the action itself sets is not an input, unless its check for missing inputs names it.
      const auto use = uses_.find(name);
      if (use != uses_.end() && use->second.need != Need::required) uses_.erase(use);
    }
    for (auto& [name, use] : uses_) reading_.inputs.push_back(std::move(use));
    return std::move(reading_);
  }

 private:
  [[nodiscard]] const ScriptToken& token(std::size_t at) const { return at < tokens_.size() ? tokens_[at] : kEnd; }
  [[nodiscard]] const ScriptToken& before(std::size_t at) const { return at > 0 ? token(at - 1) : kEnd; }
  [[nodiscard]] SourcePosition where(const ScriptToken& found) const { return {file_, found.line, found.column}; }

  /// Finds which brackets match, where lists are assigned to names, and which tokens are inside a condition.
  void index() {
    const auto none = tokens_.size();
    ends_.assign(tokens_.size(), none);
    opening_.assign(tokens_.size(), none);
    lists_.clear();
    std::vector<std::size_t> open;
    std::vector<std::size_t> open_braces;
    for (std::size_t at = 0; at < tokens_.size(); ++at) {
      const auto& sign = tokens_[at];
      if (sign.is("(") || sign.is("[") || sign.is("{")) open.push_back(at);
      if (sign.is("{")) open_braces.push_back(at);
      if ((sign.is(")") || sign.is("]") || sign.is("}")) && !open.empty()) {
        ends_[open.back()] = at + 1;
        open.pop_back();
      }
      if (sign.is("}") && !open_braces.empty()) {
        opening_[at] = open_braces.back();
        open_braces.pop_back();
      }
      const auto value = token(at + 1).is("=") ? at + 2 : at + 1;
      const bool is_list = token(value).is("{") || (value == at + 2 && token(value).is("["));
      if (sign.kind == ScriptToken::Kind::word && is_list) lists_.emplace(sign.text, value);
    }
    conditions_.assign(tokens_.size() + 1, 0);
    for (std::size_t at = 0; at + 1 < tokens_.size(); ++at) {
      if ((!tokens_[at].is("if") && !tokens_[at].is("while")) || !tokens_[at + 1].is("(")) continue;
      ++conditions_[at];
      --conditions_[end_of(at + 1)];
    }
    for (std::size_t at = 1; at < conditions_.size(); ++at) conditions_[at] += conditions_[at - 1];
  }

  /// Returns the place after the bracket that closes the one at `open`, or the end of the program if none does.
  [[nodiscard]] std::size_t end_of(std::size_t open) const {
    return open < ends_.size() ? ends_[open] : tokens_.size();
  }

  [[nodiscard]] bool is_params(std::size_t at) const {
    return token(at).kind == ScriptToken::Kind::word && names_.contains(token(at).text) && !before(at).is(".") &&
           !before(at).is("?.") && !before(at).is("->");
  }

  /// Replaces `(params)` and TypeScript's `(params as T)` and `params!` with `params`. Returns true if there were any.
  bool drop_casts() {
    Tokens kept;
    kept.reserve(tokens_.size());
    for (std::size_t at = 0; at < tokens_.size(); ++at) {
      const auto& name = token(at + 1);
      const bool begins = token(at).is("(") && name.kind == ScriptToken::Kind::word &&
                          before(at).kind != ScriptToken::Kind::word &&
                          (token(at + 2).is(")") || token(at + 2).is("as"));
      const auto end = begins ? end_of(at) : at;
      if (begins && (token(end).is(".") || token(end).is("?.") || token(end).is("["))) {
        kept.push_back(name);
        at = end - 1;
        continue;
      }
      const bool asserts = token(at).is("!") && before(at).kind == ScriptToken::Kind::word &&
                           (token(at + 1).is(".") || token(at + 1).is("["));
      if (!asserts) kept.push_back(token(at));
    }
    if (kept.size() == tokens_.size()) return false;
    tokens_ = std::move(kept);
    return true;
  }

  /// Collects `params`, the first parameter of `main`, parameters of type Params, and the aliases of all of these.
  void find_names_of_params() {
    names_.insert("params");
    for (std::size_t at = 0; at < tokens_.size(); ++at) {
      if (javascript_) {
        if (token(at).is("main")) parameter_of_main(at);
        continue;
      }
      const std::size_t name = token(at + 1).is("&") ? at + 2 : at + 1;
      if (token(at).is("Params") && token(name).kind == ScriptToken::Kind::word) names_.insert(token(name).text);
    }
    if (javascript_) add_aliases();
  }

  /// An alias may be used in a line before the one that defines it, because functions are hoisted. So aliases are
  /// followed from name to name, not line by line.
  void add_aliases() {
    std::multimap<std::string_view, std::string_view> given;
    for (std::size_t at = 0; at < tokens_.size(); ++at)
      if (is_alias(at)) given.emplace(token(at + 2).text, token(at).text);
    std::vector<std::string_view> followed(names_.begin(), names_.end());
    while (!followed.empty()) {
      const auto [first, last] = given.equal_range(followed.back());
      followed.pop_back();
      for (auto alias = first; alias != last; ++alias)
        if (names_.emplace(alias->second).second) followed.push_back(alias->second);
    }
  }

  /// `input = other`, and not `input = other.member`.
  [[nodiscard]] bool is_alias(std::size_t at) const {
    const auto& next = token(at + 3);
    return token(at).kind == ScriptToken::Kind::word && !before(at).is(".") && token(at + 1).is("=") &&
           token(at + 2).kind == ScriptToken::Kind::word && !next.is(".") && !next.is("?.") && !next.is("[") &&
           !next.is("(");
  }

  /// `function main (input)`, `main = async input =>`, `main: async function (input)`, `main = ({ A, B }) =>`.
  void parameter_of_main(std::size_t at) {
    auto next = at + 1;
    if (token(next).is("=") || token(next).is(":")) {
      ++next;
      if (token(next).is("async")) ++next;
      if (token(next).is("function")) ++next;
      if (token(next).kind == ScriptToken::Kind::word && token(next + 1).is("(")) ++next;
      if (token(next).kind == ScriptToken::Kind::word && token(next + 1).is("=>")) {
        names_.insert(token(next).text);
        return;
      }
    } else if (!before(at).is("function") && !token(end_of(next)).is("{")) {
      return;  // a call of main
    }
    if (!token(next).is("(")) return;
    if (token(next + 1).kind == ScriptToken::Kind::word) names_.insert(token(next + 1).text);
    if (token(next + 1).is("{")) destructuring(next + 1);
  }

  void note(const ScriptToken& name, Need need) {
    const auto input = name.text.substr(0, name.text.find('.'));  // `a.b` is a member of the input a
    if (input.empty() || input.starts_with("__ow_")) return;
    const auto known = uses_.find(input);
    if (known == uses_.end()) {
      uses_.emplace(input, InputUse{input, need, where(name)});
    } else if (known->second.need < need) {
      known->second = InputUse{input, need, where(name)};
    }
  }

  /// Notes a read of the member `name`. The expression begins at `begin`; `next` is the token after it.
  void note_javascript(const ScriptToken& name, std::size_t next, std::size_t begin) {
    const auto& sign = token(next);
    if (sign.is("(")) return;  // a method: params.hasOwnProperty(…)
    if (sign.is("=") || before(begin).is("delete")) {
      written_.insert(name.text);
      return;
    }
    if (is_test(begin, next)) tested_.insert(name.text);
    // `creds = params.A`: the program may test `creds` later.
    const bool is_whole = !is_one_of(sign, {".", "?.", "["});
    if (before(begin).is("=") && begin >= 2 && token(begin - 2).kind == ScriptToken::Kind::word && is_whole &&
        !before(begin - 2).is("."))
      locals_.emplace(token(begin - 2).text, name.text);
    const bool falls_back = sign.is("||") || sign.is("??") || sign.is("||=") || sign.is("\?\?=");
    note(name, falls_back || before(begin).is("...") ? Need::optional : Need::read);
  }

  static bool is_one_of(const ScriptToken& sign, std::initializer_list<std::string_view> texts) {
    return std::any_of(texts.begin(), texts.end(), [&sign](std::string_view text) { return sign.is(text); });
  }

  /// Returns true if the program tests whether the expression from `begin` to before `next` exists: `x?.y`, `x && y`,
  /// `x ? y : z`, `x === y`, `!x`, `Boolean(x)`, anything in the condition of an `if`.
  [[nodiscard]] bool is_test(std::size_t begin, std::size_t next) const {
    const bool converted = before(begin).is("(") && begin >= 2 && token(begin - 2).is("Boolean");
    return is_one_of(token(next), {"?.", "?", "&&", "==", "!=", "===", "!=="}) ||
           is_one_of(before(begin), {"!", "typeof", "&&", "==", "!=", "===", "!=="}) || converted ||
           conditions_[std::min(begin, tokens_.size())] > 0;
  }

  /// Handles the test of a local variable that holds an input (`const { A } = params; if (A) …`).
  void test_of_a_name(std::size_t at) {
    const auto input = locals_.find(token(at).text);
    if (token(at).kind != ScriptToken::Kind::word || input == locals_.end()) return;
    if (before(at).is(".") || before(at).is("?.") || token(at + 1).is(":")) return;
    if (is_test(at, at + 1) || is_one_of(token(at + 1), {"||", "??"})) tested_.insert(input->second);
  }

  /// `'X' in params`, `Object.hasOwn(params, 'X')`, `params.hasOwnProperty('X')`.
  void test_of_params(std::size_t at) {
    if (before(at).is("in") && at >= 2 && token(at - 2).kind == ScriptToken::Kind::text)
      tested_.insert(token(at - 2).text);
    const bool own = token(at + 1).is(".") && (token(at + 2).is("hasOwnProperty") || token(at + 2).is("hasOwn"));
    const auto name = own && token(at + 3).is("(") ? at + 4 : token(at + 1).is(",") && before(at).is("(") ? at + 2 : 0;
    const bool asks = own || (at >= 2 && (token(at - 2).is("hasOwn") || token(at - 2).is("call")));
    if (name != 0 && asks && token(name).kind == ScriptToken::Kind::text) tested_.insert(token(name).text);
  }

  void javascript_use(std::size_t at) {
    test_of_params(at);
    auto next = at + 1;
    if (before(at).is("=") && at >= 2 && !token(next).is(".") && !token(next).is("[") && !token(next).is("?.")) {
      // `{ A, B } = params`, in TypeScript also `{ A, B }: Inputs = params`.
      const bool typed = at >= 4 && token(at - 3).is(":") && token(at - 4).is("}");
      const auto close = typed ? at - 4 : at - 2;
      if (token(close).is("}")) destructuring(opening_of(close));
      return;
    }
    const bool optional = token(next).is("?.");
    if (optional || token(next).is(".")) ++next;
    if (token(next).is("[") && (optional || !token(next - 1).is("."))) {
      if (token(next + 1).kind == ScriptToken::Kind::text && token(next + 2).is("]"))
        note_javascript(token(next + 1), next + 3, at);
    } else if (next == at + 2 && token(next).kind == ScriptToken::Kind::word) {
      note_javascript(token(next), next + 1, at);
    }
  }

  [[nodiscard]] std::size_t opening_of(std::size_t close) const { return opening_[close]; }

  /// `{ A, B: b, C = 1, 'D': d, E: { f }, ...rest }`.
  void destructuring(std::size_t open) {
    if (!token(open).is("{")) return;
    const auto end = end_of(open);
    const bool has_rest = end >= open + 4 && token(end - 3).is("...");
    bool at_name = true;
    for (std::size_t at = open + 1; at + 1 < end;) {
      const auto& name = token(at);
      const bool named = name.kind == ScriptToken::Kind::word || name.kind == ScriptToken::Kind::text;
      if (at_name && named) {
        auto next = at + 1;
        const auto& local = token(next).is(":") ? token(next + 1) : name;
        if (local.kind == ScriptToken::Kind::word) {
          locals_.emplace(local.text, name.text);
          if (has_rest) ++beside_rest_[local.text];
        }
        while (next + 1 < end && !token(next).is(",") && !token(next).is("="))
          next = token(next).is("{") || token(next).is("[") ? end_of(next) : next + 1;
        note(name, token(next).is("=") ? Need::optional : Need::read);
        at_name = false;
        at = next;
        continue;
      }
      at_name = name.is(",");
      at = name.is("{") || name.is("[") || name.is("(") ? end_of(at) : at + 1;
    }
  }

  /// `const { SECRET, ...shown } = params` reads SECRET only to leave it out of `shown`, if its name occurs nowhere
  /// else.
  void forget_left_out() {
    if (beside_rest_.empty()) return;
    std::map<std::string_view, std::size_t> seen;
    for (const auto& one : tokens_)
      if (one.kind == ScriptToken::Kind::word) ++seen[one.text];
    for (const auto& [local, times] : beside_rest_)
      if (seen[local] == times) tested_.insert(locals_.at(local));
  }

  /// `checkMissingRequestInputs(params, [names], [headers])`, `missing_inputs(params, {names}, {headers})`.
  void missing_inputs_check(std::size_t at) {
    if (!token(at).is(javascript_ ? "checkMissingRequestInputs" : "missing_inputs") || !token(at + 1).is("(")) return;
    if (before(at).is("function")) return;
    const auto end = end_of(at + 1);
    auto list = at + 2;
    while (list < end && !token(list).is(","))
      list = token(list).is("(") || token(list).is("[") || token(list).is("{") ? end_of(list) : list + 1;
    ++list;
    if (list >= end) return;
    if (token(list).kind == ScriptToken::Kind::word) list = initialiser_of(token(list).text);
    note_list(list);
  }

  /// Notes the strings of a list, and of the lists that are spread into it. Each list is noted once, even if it is
  /// named often or spreads itself.
  void note_list(std::size_t first) {
    std::vector<std::size_t> waiting{first};
    while (!waiting.empty()) {
      const auto list = waiting.back();
      waiting.pop_back();
      if ((!token(list).is("[") && !token(list).is("{")) || !noted_.insert(list).second) continue;
      for (auto at = list + 1, end = end_of(list); at + 1 < end; ++at) {
        if (token(at).kind == ScriptToken::Kind::text) note(token(at), Need::required);
        if (token(at).is("...")) waiting.push_back(initialiser_of(token(at + 1).text));
        const bool inner = token(at).is("[") || token(at).is("{");
        if (inner && !noted_.insert(at).second) at = end_of(at) - 1;
      }
    }
  }

  /// Returns where the list that initialises `name` begins: `const required = [`, `names{`, `names = {`.
  [[nodiscard]] std::size_t initialiser_of(std::string_view name) const {
    const auto found = lists_.find(name);
    return found == lists_.end() ? tokens_.size() : found->second;
  }

  /// `params.get("X")`, `params.get<T>("X")`, `params.json().at("X")`, `params["X"]`.
  void cpp_use(std::size_t at) {
    auto next = at + 1;
    if (token(next).is("[")) {
      if (token(next + 1).kind == ScriptToken::Kind::text) note(token(next + 1), Need::read);
      return;
    }
    while (token(next).is(".") || token(next).is("->")) {
      const auto method = token(next + 1).text;
      auto open = next + 2;
      if (token(open).is("<")) {
        constexpr std::size_t kLongestArguments = 100;
        const auto last = std::min(tokens_.size(), open + kLongestArguments);
        while (open < last && !token(open).is("(") && !token(open).is(";")) ++open;
      }
      if (!token(open).is("(")) return;
      if (token(open + 1).kind == ScriptToken::Kind::text) return note_method(method, token(open + 1), end_of(open));
      next = end_of(open);
    }
  }

  void note_method(const std::string& method, const ScriptToken& name, std::size_t next) {
    if (method == "require") return note(name, Need::required);
    if (method == "get_or" || method == "has" || method == "contains") return note(name, Need::optional);
    if (method == "get" || method == "find" || method == "if_contains") {
      const bool falls_back = token(next).is(".") && token(next + 1).is("value_or");
      return note(name, falls_back ? Need::optional : Need::read);
    }
    if (method == "at") note(name, Need::required);
  }

  void credentials(std::size_t at) {
    if (token(at).is("Credentials") && token(at + 1).is("::") && token(at + 2).is("from_params"))
      reading_.credentials_from_params.push_back(where(token(at)));
  }

  Tokens tokens_;
  bool javascript_;
  const std::string& file_;
  /// For each opening bracket, the place after the one that closes it; for each `}`, its `{`.
  std::vector<std::size_t> ends_;
  std::vector<std::size_t> opening_;
  /// For each name, where the first list assigned to it begins. The names point into `tokens_`.
  std::map<std::string_view, std::size_t> lists_;
  /// Lists whose strings are noted already.
  std::set<std::size_t> noted_;
  std::set<std::string, std::less<>> names_;
  std::set<std::string> written_;
  /// Inputs whose absence the program handles; and the inputs by the names of the local variables that hold them.
  std::set<std::string> tested_;
  std::map<std::string, std::string, std::less<>> locals_;
  /// How often each local variable is destructured beside a `...rest`.
  std::map<std::string, std::size_t> beside_rest_;
  /// For each token, how many conditions of `if` and `while` contain it.
  std::vector<int> conditions_;
  std::map<std::string, InputUse> uses_;
  SourceReading reading_;
};

}  // namespace

SourceReading read_program(std::string_view program, Language language, const std::string& file) {
  return ProgramReader(tokens_of(program, language), language, file).read();
}

}  // namespace adit::app
