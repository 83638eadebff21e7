#include "adit/secret.h"

#include <cstring>
#include <ostream>
#include <utility>

#include <openssl/crypto.h>

namespace adit {

// Vectorised by the C library; OPENSSL_cleanse writes eight bytes at a time.
void wipe(void* memory, std::size_t size) noexcept {
  if (size != 0) ::explicit_bzero(memory, size);
}

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // does not allocate
  wipe(text.data(), text.size());
  text.clear();
}

Secret::Secret(std::string_view text) : text_(new char[text.size() + 1]), size_(text.size()) {
  if (!text.empty()) std::memcpy(text_.get(), text.data(), text.size());
  text_[size_] = '\0';
}

Secret Secret::taken_from(std::string& text) {
  Secret secret(text);
  adit::wipe(text);
  return secret;
}

Secret::Secret(const Secret& other) : Secret(other.reveal()) {}

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) *this = Secret(other);
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  text_ = std::move(other.text_);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

Secret::~Secret() { wipe(); }

std::string_view Secret::reveal() const noexcept {
  return text_ ? std::string_view(text_.get(), size_) : std::string_view("");
}

void Secret::wipe() noexcept {
  if (text_) adit::wipe(text_.get(), size_);
  text_.reset();
  size_ = 0;
}

bool operator==(const Secret& a, const Secret& b) noexcept {
  if (a.size_ != b.size_) return false;
  return a.size_ == 0 || CRYPTO_memcmp(a.text_.get(), b.text_.get(), a.size_) == 0;
}

std::ostream& operator<<(std::ostream& out, const Secret& secret) {
  return out << (secret.empty() ? "<empty>" : "<hidden>");
}

}  // namespace adit
