#include "http/client/curl_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <curl/curl.h>
#include <malloc.h>

#include "adit/error.h"
#include "adit/secret.h"

#include "base/text/text.h"

namespace adit::http {
namespace {

// NOLINTBEGIN(cppcoreguidelines-no-malloc): libcurl is C, and also frees memory that the C library allocated.

void free_wiped(void* memory) {
  if (memory == nullptr) return;
  wipe(memory, ::malloc_usable_size(memory));
  std::free(memory);
}

/// Always moves the block. The C library's realloc() may move it as well, but would leave an unwiped copy behind.
void* reallocate_wiped(void* memory, std::size_t size) {
  void* const moved = std::malloc(size);
  if (moved == nullptr || memory == nullptr) return moved;
  std::memcpy(moved, memory, std::min(size, ::malloc_usable_size(memory)));
  free_wiped(memory);
  return moved;
}

// NOLINTEND(cppcoreguidelines-no-malloc)

}  // namespace

void start_curl() {
  static const CURLcode started =
      curl_global_init_mem(CURL_GLOBAL_DEFAULT, &std::malloc, &free_wiped, &reallocate_wiped, &::strdup, &std::calloc);
  if (started != CURLE_OK)
    throw Error::failure("request_failed", cat("libcurl does not start: ", curl_easy_strerror(started), '.'));
}

}  // namespace adit::http
