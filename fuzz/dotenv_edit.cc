#include "config/dotenv_edit.h"

#include <map>
#include <string>

#include "adit/environment.h"

#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

namespace {

std::map<std::string, std::string> dotenv_values(const DotenvText& text) {
  std::map<std::string, std::string> values;
  for (const auto& key : text.keys()) values[key] = text.get(key).value();
  return values;
}

}  // namespace

ADIT_FUZZ(dotenv_edit) {
  Input input(bytes);
  const auto what = input.choice(4);
  const std::string key(input.part());
  const std::string value(input.part());
  DotenvText text{std::string(input.rest())};
  auto expected = dotenv_values(text);
  bool changed = false;
  switch (what) {
    case 0:
      changed = done([&] { text.set(key, value); });
      if (changed) expected[key] = value;
      break;
    case 1:
      changed = done([&] { text.set_before(value, key, value); });
      if (changed) expected[key] = value;
      break;
    case 2:
      changed = accepted([&] { return text.rename(key, value); }).value_or(false);
      if (changed) {
        expected[value] = expected.at(key);
        expected.erase(key);
      }
      break;
    default:
      changed = accepted([&] { return text.remove(key); }).value_or(false);
      if (changed) require(expected.erase(key) == 1, "only an existing key is removed");
  }
  if (!changed) require(text.text() == input.rest(), "a refused change changes nothing");
  if (what != 2 || !changed) {
    require(dotenv_values(text) == expected, "the entry has its new value and the others are unchanged");
  } else {
    // A key with several entries keeps the earlier ones, so only the new key is compared.
    require(text.get(value) == expected.at(value), "the new key has the value");
  }
}
