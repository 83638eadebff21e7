#include "fuzz/target.h"

#include <cstdlib>
#include <iostream>

namespace adit::fuzz {

std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}

void require(bool holds, std::string_view guarantee) {
  if (holds) return;
  std::cerr << "Violated guarantee: " << guarantee << '\n';
  std::abort();
}

}  // namespace adit::fuzz
