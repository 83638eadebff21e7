#include "base/random_seed.h"

#include <random>

#include <unistd.h>

namespace adit {

std::uint32_t random_seed() {
  std::uint32_t seed = 0;
  if (::getentropy(&seed, sizeof seed) != 0) return std::random_device{}();
  return seed;
}

}  // namespace adit
