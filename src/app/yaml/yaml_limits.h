#pragma once

#include <cstddef>

namespace adit::app {

/// What a YAML text may contain at most; the text may be hostile.
struct YamlLimits {
  std::size_t max_bytes = 1U << 20U;
  /// The nodes of the tree, counted again for each alias.
  std::size_t max_nodes = 100'000;
  /// The keys and scalars of the tree, counted again for each alias.
  std::size_t max_text_bytes = 8U << 20U;
  std::size_t max_depth = 100;
};

}  // namespace adit::app
