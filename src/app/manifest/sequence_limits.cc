#include "app/manifest/sequence_limits.h"

#include <algorithm>

namespace adit::app {
namespace {

/// Counts the actions of a sequence depth first, until there are too many or a sequence contains itself.
class Traversal {
 public:
  explicit Traversal(const ComponentsOf& components_of) : components_of_(components_of) {}

  void visit(const std::string& name, const std::vector<std::string>& components) {
    if (std::ranges::find(path_, name) != path_.end()) {
      cyclic_ = true;
      return;
    }
    if (path_.size() == kMaxSequenceLength) {
      actions_ = kMaxSequenceLength + 1;
      return;
    }
    path_.push_back(name);
    for (const auto& component : components) {
      if (is_over()) break;
      if (std::ranges::find(path_, component) != path_.end()) {  // also an action that is about to become a sequence
        cyclic_ = true;
        break;
      }
      const auto inner = components_of_(component);
      if (inner && !inner->empty()) {
        visit(component, *inner);
      } else {
        ++actions_;
      }
    }
    path_.pop_back();
  }
  [[nodiscard]] bool is_cyclic() const { return cyclic_; }
  [[nodiscard]] bool is_too_long() const { return actions_ > kMaxSequenceLength; }

 private:
  [[nodiscard]] bool is_over() const { return cyclic_ || is_too_long(); }

  const ComponentsOf& components_of_;
  std::vector<std::string> path_;
  std::size_t actions_ = 0;
  bool cyclic_ = false;
};

}  // namespace

SequenceError sequence_error(const std::string& name, const std::vector<std::string>& components,
                             const ComponentsOf& components_of) {
  if (components.empty()) return SequenceError::empty;
  if (components.size() > kMaxSequenceLength) return SequenceError::too_long;
  Traversal traversal(components_of);
  traversal.visit(name, components);
  if (traversal.is_cyclic()) return SequenceError::cyclic;
  return traversal.is_too_long() ? SequenceError::too_long : SequenceError::none;
}

}  // namespace adit::app
