#include "app/manifest/input_totals.h"

#include "base/text/text.h"

namespace adit::app {
namespace {

void note_positions(const YamlNode& node, const std::string& path, InputTotals& totals,
                    std::map<std::string, SourcePosition, std::less<>>& positions) {
  totals.add(path.size() + node.text.size(), node.where());
  positions.insert_or_assign(path, node.where());
  for (std::size_t index = 0; index < node.items.size(); ++index)
    note_positions(node.items[index], cat(path, "/", index), totals, positions);
  for (const auto& entry : node.entries) note_positions(entry.value, cat(path, "/", entry.key), totals, positions);
}

}  // namespace

void InputTotals::add(std::size_t bytes, const SourcePosition& where) {
  constexpr std::size_t kMostValues = 200'000;
  constexpr std::size_t kMostBytes = 32U << 20U;
  ++values_;
  bytes_ += bytes;
  if (values_ <= kMostValues && bytes_ <= kMostBytes) return;
  throw Error::configuration("invalid_config", cat("The project's actions have too many inputs: at most ", kMostValues,
                                                   " values and ", kMostBytes >> 20U, " MB in total are allowed."))
      .hint(
          "Every action of a package gets all of the package's inputs. Move inputs that only a few actions need to those actions.")
      .at(where);
}

void note_input_positions(const YamlEntry& input, InputTotals& totals,
                          std::map<std::string, SourcePosition, std::less<>>& positions) {
  note_positions(input.value, input.key, totals, positions);
}

}  // namespace adit::app
