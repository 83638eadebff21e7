#include "config/dotenv.h"

#include "config/dotenv_edit.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(dotenv) {
  const auto text = normalise_line_ends(bytes);
  std::size_t end = 0;
  int line = 1;
  for (const auto& entry : parse_dotenv(bytes)) {
    require(end <= entry.begin && entry.begin <= entry.end && entry.end <= text.size(), "entries come in file order");
    require(entry.line >= line, "lines come in file order");
    require(entry.value_begin <= entry.value_end && entry.value_end <= entry.end, "a value is inside its entry");
    end = entry.end;
    line = entry.line;
    const auto printed = accepted([&] { return dotenv_line(entry.key, entry.value); });
    if (!printed) continue;
    const auto again = parse_dotenv(*printed);
    require(again.size() == 1 && again[0].key == entry.key && again[0].value == entry.value,
            "an entry that is printed reads as itself");
  }
  // The same with private keys that are wrapped over several lines.
  end = 0;
  for (const auto& entry : parse_with_wrapped_keys(bytes)) {
    require(end <= entry.begin && entry.begin <= entry.end && entry.end <= text.size(), "entries come in file order");
    end = entry.end;
  }
}
