// Patterns for keys of the State service. The first part is the pattern, the rest is a key.
#include "emulator/apis/state_store.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

namespace {

/// Matches by definition: slow, but simple.
bool matches_plainly(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() != '*')
    return !text.empty() && text.front() == pattern.front() && matches_plainly(pattern.substr(1), text.substr(1));
  return matches_plainly(pattern.substr(1), text) || (!text.empty() && matches_plainly(pattern, text.substr(1)));
}

}  // namespace

ADIT_FUZZ(glob) {
  Input input(bytes);
  const auto pattern = input.part();
  const auto text = input.rest();
  const bool matches = emulator::matches_glob(pattern, text);
  if (pattern.size() <= 8 && text.size() <= 12)
    require(matches == matches_plainly(pattern, text), "a pattern matches as defined");
}
