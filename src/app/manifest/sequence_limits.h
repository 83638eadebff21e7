#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace adit::app {

/// The most actions in a sequence, including those of sequences in it (Apache OpenWhisk, sequenceLimit).
inline constexpr std::size_t kMaxSequenceLength = 50;

enum class SequenceError { none, empty, too_long, cyclic };

/// Returns the components of the sequence with this name, or nothing if it is not a sequence.
using ComponentsOf = std::function<std::optional<std::vector<std::string>>(const std::string& name)>;

/// Returns why OpenWhisk would refuse a sequence of this name (Actions.scala, checkSequenceActionLimits): it has no
/// components, it contains itself, or it has more than kMaxSequenceLength actions, including those of inner sequences.
[[nodiscard]] SequenceError sequence_error(const std::string& name, const std::vector<std::string>& components,
                                           const ComponentsOf& components_of);

}  // namespace adit::app
