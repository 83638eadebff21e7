#include "app/sources/script_reader.h"

#include "app/sources/script_reader_tokens.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::app;
using namespace adit::fuzz;

ADIT_FUZZ(script_reader) {
  Input input(bytes);
  const auto language = input.choice(2) == 1 ? Language::cpp : Language::javascript;
  int line = 1;
  for (const auto& token : tokens_of(input.rest(), language)) {
    require(token.line >= line && token.column >= 1, "tokens come in the order of the text");
    line = token.line;
  }
  const auto reading = read_program(input.rest(), language, "index.js");
  for (std::size_t i = 0; i < reading.inputs.size(); ++i) {
    require(!reading.inputs[i].name.empty() && reading.inputs[i].where.line >= 1, "an input has a name and a position");
    if (i > 0) require(reading.inputs[i - 1].name < reading.inputs[i].name, "each input is named once, in order");
  }
}
