#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace adit::emulator {

/// Which namespace a key of App Builder's runtime opens. Nothing tells the emulator, so it takes any key and remembers
/// the namespace that the key was first used with, by the key's user, which is not a secret. So two projects whose
/// `.env` files are mixed up are refused, as Adobe refuses them. Forgets all keys when there are `kMost`. Thread-safe.
class NamespaceKeys {
 public:
  static constexpr std::size_t kMost = 10'000;

  /// Whether the key with this user opens the namespace; from now on if the key is new.
  [[nodiscard]] bool belongs(const std::string& user, std::string_view name_space);

 private:
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> namespaces_;
};

}  // namespace adit::emulator
