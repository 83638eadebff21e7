#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace adit::emulator {

/// Remembers to which namespace each key of App Builder's runtime belongs. The emulator has no list of keys, so it
/// accepts any key for the namespace with which the key is used first, and refuses it for others. Thus a project with
/// the `.env` of another project is refused, as Adobe refuses it. Stores the key's user, which is not secret. Forgets
/// all keys when there are `kMaxNamespaces`. Thread-safe.
class NamespaceKeys {
 public:
  static constexpr std::size_t kMaxNamespaces = 10'000;

  /// Whether the key with this user belongs to the namespace. A new key belongs to it from now on.
  [[nodiscard]] bool belongs(const std::string& user, std::string_view name_space);

 private:
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> namespaces_;
};

}  // namespace adit::emulator
