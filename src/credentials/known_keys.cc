#include "credentials/known_keys.h"

#include <array>
#include <mutex>
#include <optional>
#include <string>

#include "credentials/key_text.h"
#include "crypto/sha256.h"

namespace adit {
namespace {

/// The SHA-256 of a key's text and passphrase. It recognises them; neither is kept in memory.
Sha256Digest mark_of(const Secret& text, const Secret& passphrase) {
  return Sha256().add(std::to_string(text.size())).add(":").add(text.reveal()).add(passphrase.reveal()).finish();
}

struct KnownKey {
  Sha256Digest mark;
  PrivateKey found;
};

/// The last 16 keys: more than one action uses.
class KnownKeys {
 public:
  std::optional<PrivateKey> find(const Sha256Digest& mark) {
    const std::lock_guard lock(mutex_);
    for (const auto& known : keys_) {
      if (known && known->mark == mark) return known->found;
    }
    return std::nullopt;
  }

  void add(KnownKey key) {
    const std::lock_guard lock(mutex_);
    keys_[next_] = std::move(key);
    next_ = (next_ + 1) % keys_.size();
  }

 private:
  std::mutex mutex_;
  std::array<std::optional<KnownKey>, 16> keys_;
  std::size_t next_ = 0;
};

}  // namespace

PrivateKey known_private_key(const Secret& text, const Secret& passphrase, const std::string& name,
                             const std::string& folder) {
  // Never destroyed: threads may call this while the process ends.
  static auto& known = *new KnownKeys;
  const auto mark = mark_of(text, passphrase);
  if (auto found = known.find(mark)) return *std::move(found);
  auto found = read_private_key(text, passphrase, name, folder);
  const bool is_in_file = key_file_named_by(without_wrapping(text.reveal()).reveal(), folder).has_value();
  if (!is_in_file) known.add({mark, found});
  return found;
}

}  // namespace adit
