#include "emulator/apis/namespace_keys.h"

namespace adit::emulator {

bool NamespaceKeys::belongs(const std::string& user, std::string_view name_space) {
  const std::lock_guard lock(mutex_);
  if (const auto known = namespaces_.find(user); known != namespaces_.end()) return known->second == name_space;
  if (namespaces_.size() >= kMaxNamespaces) namespaces_.clear();
  namespaces_.emplace(user, name_space);
  return true;
}

}  // namespace adit::emulator
