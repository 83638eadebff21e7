#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace adit::app {

/// Of actions in a sequence, those of the sequences in it included (Apache OpenWhisk, sequenceLimit).
inline constexpr std::size_t kMaxSequenceLength = 50;

enum class SequenceFault { none, empty, too_long, cyclic };

/// The components of the sequence with this name; nothing if it is not a sequence.
using ComponentsOf = std::function<std::optional<std::vector<std::string>>(const std::string& name)>;

/// Why OpenWhisk would not take a sequence of this name (Actions.scala, checkSequenceActionLimits): it has no part, it
/// leads back to itself, or it has more than kMaxSequenceLength actions, those of inner sequences counted.
[[nodiscard]] SequenceFault sequence_fault(const std::string& name, const std::vector<std::string>& components,
                                           const ComponentsOf& components_of);

}  // namespace adit::app
