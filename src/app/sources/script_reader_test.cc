#include "app/sources/script_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/sources/input_names_fixture.h"
#include "base/text/long_text_fixture.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> js(std::string_view program) {
  return input_names(read_program(program, Language::javascript, "index.js"));
}
std::vector<std::string> cpp(std::string_view program) {
  return input_names(read_program(program, Language::cpp, "action.cc"));
}

TEST(ScriptReaderJavaScript, finds_members_read_by_dot_bracket_and_optional_chain) {
  EXPECT_THAT(js("f(params.A, params['B'], params[\"C\"], params?.D, params?.['E'])"),
              ElementsAre("A", "B", "C", "D", "E"));
}

TEST(ScriptReaderJavaScript, treats_tested_inputs_as_optional) {
  EXPECT_THAT(js("params.A?.b(); if (params.B) use(params.B); params.C && use(params.C); 'D' in params && f(params.D);"
                 "const e = params.E ? params.E.x : 1; if (params.F !== undefined && params.G) g(params.F, params.G);"
                 "typeof params.H; f(params.H); if (!params.I) return; f(params.I); x = { ...params.J, k: 1 };"
                 "while (params.K.length > 0) params.K.pop(); Boolean(params.L); f(params.L)"),
              ElementsAre("A?", "B?", "C?", "D?", "E?", "F?", "G?", "H?", "I?", "J?", "K?", "L?"));
  EXPECT_THAT(js("if (Object.hasOwn(params, 'A')) f(params.A); params.hasOwnProperty('B'); f(params.B);"
                 "Object.prototype.hasOwnProperty.call(params, 'C'); f(params.C)"),
              ElementsAre("A?", "B?", "C?"));
  EXPECT_THAT(js("const { A, B: b, C, D } = params; if (A) f(A); b?.x; C || 1; f(D)"),
              ElementsAre("A?", "B?", "C?", "D"));
  EXPECT_THAT(js("const a = params.A; if (!a) return; let b = params['B']\n b && f(b); const c = params.C; f(c.x);"
                 "const d = params.D.x; if (!d) return; this.e = params.E; if (this.e) f();"),
              ElementsAre("A?", "B?", "C", "D", "E"));
}

TEST(ScriptReaderJavaScript, treats_inputs_beside_a_rest_pattern_as_optional_if_unused) {
  EXPECT_THAT(js("const { A, B: b, ...shown } = params; log(shown); g(params.C)"), ElementsAre("A?", "B?", "C"));
  EXPECT_THAT(js("const { A, B, ...rest } = params; f(A, rest)"), ElementsAre("A", "B?"));
  EXPECT_THAT(js("const hide = (params) => { const { A, ...rest } = params; return rest }\n"
                 "function other (params) { const { A, ...rest } = params; return rest }"),
              ElementsAre("A?"));
  EXPECT_THAT(js("const { A } = params; log(1)"), ElementsAre("A"));
}

TEST(ScriptReaderJavaScript, applies_a_default_only_to_the_read_that_has_it) {
  EXPECT_THAT(js("f(params.A || 'a', params.B ?? 'b'); g(params.A)"), ElementsAre("A", "B?"));
}

TEST(ScriptReaderJavaScript, ignores_comments_strings_templates_and_regular_expressions) {
  EXPECT_THAT(
      js("// params.A\n/* params.B\n */ const s = 'params.C' + \"params.D\" + `params.E`; x = /params.F['\"]/;\n"
         "y = a / params.G / b"),
      ElementsAre("G"));
}

TEST(ScriptReaderJavaScript, finds_inputs_in_template_expressions) {
  EXPECT_THAT(js("const u = `https://x/${params.A}/params.B/${`${params.C}`}${ {a: params.D}.a }`; params.E"),
              ElementsAre("A", "C", "D", "E"));
}

TEST(ScriptReaderJavaScript, finds_destructured_inputs_with_new_names_and_defaults) {
  EXPECT_THAT(js("const { A, B: b, C = 1, 'D': d, E: { f }, ...rest } = params; f(A, b, d);"),
              ElementsAre("A", "B", "C?", "D", "E"));
  EXPECT_THAT(js("async function main ({ A, B = 'x' }) {}"), ElementsAre("A", "B?"));
  EXPECT_THAT(js("const { a } = params.nested"), ElementsAre("nested"));
}

TEST(ScriptReaderJavaScript, ignores_casts_of_typescript) {
  EXPECT_THAT(js("(params as any).A + (params as Inputs)['B'] + params!.C + params!['D'] + (params).E; f(params).g"),
              ElementsAre("A", "B", "C", "D", "E"));
  EXPECT_THAT(js("const { A, B = 1 }: Inputs = params; const { C }: { C: string } = params; if (!params.D) {}"),
              ElementsAre("A", "B?", "C", "D?"));
}

TEST(ScriptReaderJavaScript, follows_aliases_of_params) {
  EXPECT_THAT(
      js("export async function main (args) { const p = args; const { A } = p; let q = p\n return q.B + args.C }"),
      ElementsAre("A", "B", "C"));
}

TEST(ScriptReaderJavaScript, recognises_fallback_values) {
  EXPECT_THAT(js("x = params.A || 'i'; y = params.B ?? 1; if (!params.C) {} ; z = params.D ? 1 : 2; w = params.E"),
              ElementsAre("A?", "B?", "C?", "D?", "E"));
}

TEST(ScriptReaderJavaScript, treats_inputs_of_the_check_for_missing_inputs_as_required) {
  EXPECT_THAT(js("const e = checkMissingRequestInputs(params, ['A', \"B\", 'c.d'], ['Authorization']); params.A"),
              ElementsAre("A!", "B!", "c!"));
  EXPECT_THAT(js("const required = ['A', 'B']\nconst e = checkMissingRequestInputs(params, required, [])"),
              ElementsAre("A!", "B!"));
}

TEST(ScriptReaderJavaScript, ignores_methods_writes_platform_fields_and_other_params) {
  EXPECT_THAT(js("params.hasOwnProperty('x'); params.A = 1; use(params.A); params.__ow_headers.x; req.params.id; "
                 "delete params.B"),
              IsEmpty());
}

TEST(ScriptReaderJavaScript, accepts_any_name_for_the_parameter_of_main) {
  EXPECT_THAT(js("exports.main = async function (input) { return input.A }"), ElementsAre("A"));
  EXPECT_THAT(js("const main = async args => args.A"), ElementsAre("A"));
  EXPECT_THAT(js("async function main (p) { const q = params; return p.A + q.B }"), ElementsAre("A", "B"));
  EXPECT_THAT(js("main(other); other.A"), IsEmpty());
}

TEST(ScriptReaderJavaScript, does_not_throw_for_invalid_programs) {
  for (const auto* text : {"", "{{{{", "}}}}", "`${", "'abc", "/*", "params", "params.", "params[",
                           "const {A} = ", "checkMissingRequestInputs(params,", "{A} = params", "main", "`${`${`"})
    EXPECT_NO_THROW(js(text)) << text;
}

TEST(ScriptReaderCpp, finds_every_way_to_read_a_parameter) {
  EXPECT_THAT(
      cpp(R"(run(const adit::Params& p) { p.get("A"); p.get<int>("B"); p.get_or("C", "x"); p.require<Secret>("D");
                     p.json().at("E"); p.has("F"); p.get<int>("G").value_or(3); p.header("authorization"); })"),
      ElementsAre("A", "B", "C?", "D!", "E!", "F?", "G?"));
}

TEST(ScriptReaderCpp, reads_the_names_in_missing_inputs_but_not_its_headers) {
  EXPECT_THAT(cpp(R"(if (auto m = adit::missing_inputs(params, {"A",  // "Z"
                     "B"}, {"authorization"})) {})"),
              ElementsAre("A!", "B!"));
  EXPECT_THAT(cpp(R"(const std::vector<std::string> names{"A"}; missing_inputs(params, names);)"), ElementsAre("A!"));
}

TEST(ScriptReaderCpp, ignores_comments_raw_strings_and_digit_separators) {
  EXPECT_THAT(cpp("// params.get(\"A\")\nauto s = R\"x(params.get(\"B\"))x\"; int n = 1'000; params.get(\"C\"); char q "
                  "= '\"';"),
              ElementsAre("C"));
}

TEST(ScriptReaderCpp, finds_credentials_from_params) {
  const auto found = read_program("\nauto c = adit::Credentials::from_params(params);", Language::cpp, "a.cc");
  ASSERT_EQ(found.credentials_from_params.size(), 1U);
  EXPECT_EQ(found.credentials_from_params.front().to_string(), "a.cc:2:16");
}

TEST(ScriptReaderJavaScript, follows_lists_that_spread_themselves) {
  EXPECT_THAT(js("const required = ['A', ...required]\nfunction main (params) { return "
                 "checkMissingRequestInputs(params, required) }"),
              ElementsAre("A!"));
  EXPECT_THAT(js("const a = ['A', ...b], b = [['B'], ...c], c = ['C', ...a, ...b];\n"
                 "checkMissingRequestInputs(params, a); checkMissingRequestInputs(params, c)"),
              ElementsAre("A!", "B!", "C!"));
}

TEST(ScriptReaderJavaScript, reads_hostile_programs_in_linear_time) {
  constexpr std::size_t kSize = 50'000;
  for (const std::string_view piece : {"(a as ",
                                       "((a",
                                       "(a).",
                                       "{A,} = params; ",
                                       "} = params; ",
                                       "{ {a} = params; ",
                                       "checkMissingRequestInputs(params, [",
                                       "checkMissingRequestInputs(a ",
                                       "checkMissingRequestInputs(params, b);",
                                       "x = [",
                                       "[...x, ",
                                       "main(",
                                       "main = (",
                                       "`${",
                                       "/[",
                                       "R\"",
                                       "params.a(",
                                       "params?.[\"A\"",
                                       "function main ({a: ",
                                       "= {",
                                       "...",
                                       "\"",
                                       "/*",
                                       "}"}) {
    const auto open = repeated(piece, kSize);
    for (const auto& program : {cat("const b = ['A'];", open), cat(open, repeated(")}]", kSize))})
      EXPECT_LT(js(program).size(), 3U) << piece;
  }
}

TEST(ScriptReaderJavaScript, follows_aliases_defined_in_any_order) {
  std::string program;
  for (int number = 20'000; number > 0; --number) program += cat("n", number, " = n", number - 1, "\n");
  EXPECT_THAT(js(program + "n0 = params\nn20000.A"), ElementsAre("A"));
}

TEST(ScriptReaderJavaScript, notes_each_list_once) {
  const auto list = repeated("'A',", 100'000);
  EXPECT_THAT(js(cat("const b = [", list, "]\n", repeated("checkMissingRequestInputs(params, b);", 400'000))),
              ElementsAre("A!"));
  std::string chain;
  for (int number = 0; number < 20'000; ++number) chain += cat("l", number, " = ['A', ...l", number + 1, "]\n");
  EXPECT_THAT(js(chain + "checkMissingRequestInputs(params, l0)"), ElementsAre("A!"));
}

TEST(ScriptReaderCpp, reads_hostile_programs_in_linear_time) {
  constexpr std::size_t kSize = 50'000;
  for (const std::string_view piece :
       {"R\"", "R\"(", "params.get<", "params.get<a", "params.a().", "params.a(", "missing_inputs(params, {",
        "Params &", "missing_inputs(params, b);", "params[", "b{"})
    EXPECT_LT(cpp(repeated(piece, kSize)).size(), 3U) << piece;
}

}  // namespace
}  // namespace adit::app
