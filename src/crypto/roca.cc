#include "crypto/roca.h"

#include <algorithm>
#include <array>

namespace adit::jwt {
namespace {

/// The primes that divide M for all key sizes, and for which not every remainder is a power of 65537.
constexpr std::array<BN_ULONG, 17> kPrimes{11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157};

bool is_power_of_65537(BN_ULONG remainder, BN_ULONG prime) {
  BN_ULONG power = 1;
  do {
    if (power == remainder) return true;
    power = power * 65537 % prime;
  } while (power != 1);
  return false;
}

}  // namespace

bool is_roca_modulus(const BIGNUM* modulus) {
  return std::ranges::all_of(
      kPrimes, [modulus](BN_ULONG prime) { return is_power_of_65537(BN_mod_word(modulus, prime), prime); });
}

}  // namespace adit::jwt
