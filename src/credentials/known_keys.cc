#include "credentials/known_keys.h"

#include <array>
#include <mutex>
#include <optional>
#include <string>

#include <openssl/evp.h>

#include "credentials/key_text.h"

namespace adit {
namespace {

/// The SHA-256 of a key's text and passphrase. It recognises them; neither is kept in memory.
using Mark = std::array<unsigned char, 32>;

/// Returns nullopt if OpenSSL cannot compute it.
std::optional<Mark> mark_of(const Secret& text, const Secret& passphrase) {
  const auto size = std::to_string(text.size());
  WipedString both;
  both.reserve(size.size() + text.size() + passphrase.size() + 1);
  both.append(size).append(":").append(text.reveal()).append(passphrase.reveal());
  Mark mark{};
  if (EVP_Digest(both.data(), both.size(), mark.data(), nullptr, EVP_sha256(), nullptr) != 1) return std::nullopt;
  return mark;
}

struct KnownKey {
  Mark mark;
  PrivateKey found;
};

/// The last 16 keys: more than one action uses.
class KnownKeys {
 public:
  std::optional<PrivateKey> find(const Mark& mark) {
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
  if (auto found = mark ? known.find(*mark) : std::nullopt) return *std::move(found);
  auto found = read_private_key(text, passphrase, name, folder);
  const bool is_in_file = key_file_named_by(without_wrapping(text.reveal()).reveal(), folder).has_value();
  if (mark && !is_in_file) known.add({*mark, found});
  return found;
}

}  // namespace adit
