#include "crypto/start_openssl.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include <openssl/crypto.h>
#include <unistd.h>

namespace adit {
namespace {

constinit std::atomic<bool> starting{false};

/// OpenSSL cannot be given another function later, so this one stays for the life of the process.
void* allocate(std::size_t size, const char* /*file*/, int /*line*/) {
  void* memory = std::malloc(size);
  if (memory == nullptr && size != 0 && starting.load(std::memory_order_relaxed)) {
    constexpr std::string_view kMessage = "adit: error: Out of memory. OpenSSL could not be started.\n";
    static_cast<void>(!write(STDERR_FILENO, kMessage.data(), kMessage.size()));
    _exit(1);
  }
  return memory;
}

}  // namespace

void start_openssl() noexcept {
  starting = true;
  CRYPTO_set_mem_functions(&allocate, nullptr, nullptr);
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  starting = false;
}

}  // namespace adit
