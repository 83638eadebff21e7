#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"

namespace adit::emulator {

/// The data of the App Builder State service: containers of keys, each with a value that expires. A container exists
/// while it has a key that has not expired. Bounded: `put` refuses what does not fit. Thread-safe.
class StateStore {
 public:
  /// How many keys a container holds (https://developer.adobe.com/app-builder/docs/guides/app_builder_guides/storage/).
  static constexpr std::size_t kMaxKeys = 200'000;
  /// The limit for all containers together: keys, values and the store's overhead. The real service allows 10 GB.
  static constexpr std::size_t kMaxBytes = 256U << 20U;
  /// The number of keys that one call of `list` examines.
  static constexpr std::size_t kPage = 1000;

  struct Value {
    std::string bytes;
    WallTime expires;
  };
  struct Size {
    std::size_t keys = 0;
    std::size_t bytes_keys = 0;
    std::size_t bytes_values = 0;
  };
  struct Page {
    std::vector<std::string> keys;
    /// The cursor for the next call; 0 after the last page.
    std::uint64_t cursor = 0;
  };

  explicit StateStore(std::size_t max_bytes = kMaxBytes) : max_bytes_(max_bytes) {}

  /// Returns false if there is no room.
  [[nodiscard]] bool put(const std::string& container, const std::string& key, Value value, WallTime now);
  [[nodiscard]] std::optional<Value> get(const std::string& container, const std::string& key, WallTime now);
  /// Returns false if there is no such key.
  bool remove(const std::string& container, const std::string& key, WallTime now);
  /// Removes the keys that match `pattern` and returns their number; `nullopt` if there is no such container.
  std::optional<std::size_t> remove_matching(const std::string& container, std::string_view pattern, WallTime now);
  /// `nullopt` if there is no such container.
  [[nodiscard]] std::optional<Size> size_of(const std::string& container, WallTime now);
  /// Examines up to `kPage` keys after `cursor` (0: from the start) and returns those that match `pattern`. A key that
  /// exists from the first page to the last is listed exactly once, even if others are added and removed. `nullopt` if
  /// there is no such container.
  [[nodiscard]] std::optional<Page> list(const std::string& container, std::string_view pattern, std::uint64_t cursor,
                                         WallTime now);

 private:
  struct Entry {
    Value value;
    /// The key's position in `order`. It stays the same when the value is replaced.
    std::uint64_t number = 0;
  };
  using Keys = std::map<std::string, Entry>;
  struct Container {
    Keys keys;
    std::map<std::uint64_t, Keys::iterator> order;
  };
  using Containers = std::map<std::string, Container>;

  void erase(Container& container, Keys::iterator key);
  /// Erases expired keys, and the container if it is empty then.
  Containers::iterator without_expired(const std::string& container, WallTime now);
  void erase_all_expired(WallTime now);

  const std::size_t max_bytes_;
  std::mutex mutex_;
  Containers containers_;
  std::size_t bytes_ = 0;
  std::uint64_t last_number_ = 0;
};

/// Whether `text` matches `pattern`, in which `*` matches any text.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace adit::emulator
