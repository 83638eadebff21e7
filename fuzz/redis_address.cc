#include "token/store/redis_address.h"

#include "fuzz/target.h"

using namespace adit;
using namespace adit::token;
using namespace adit::fuzz;

ADIT_FUZZ(redis_address) {
  const auto address = accepted([&] { return RedisAddress::parse(bytes); });
  if (!address) return;
  require((address->host.empty()) != (address->socket.empty()), "an address is a host or a socket");
  const auto shown = address->to_string();
  auto other = *address;
  other.password = Secret("another one");
  require(other.to_string() == shown, "no address shows its password");
  const auto again = accepted([&] { return RedisAddress::parse(shown); });
  require(again && again->host == address->host && again->socket == address->socket && again->port == address->port &&
              again->database == address->database && again->tls == address->tls,
          "an address that is printed reads as itself");
}
