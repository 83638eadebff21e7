// The Redis store with a server that answers with arbitrary bytes.
#include <string>

#include "fuzz/input.h"
#include "fuzz/peer.h"
#include "fuzz/target.h"
#include "token/store/redis_address.h"
#include "token/store/redis_store.h"

using namespace adit;
using namespace adit::token;
using namespace adit::fuzz;

ADIT_FUZZ(redis_replies) {
  static Peer peer;
  Input input(bytes);
  const auto what = input.choice(6);
  const std::string script(input.rest());
  peer.play({script});
  RedisStore store(RedisAddress::parse("unix:" + peer.path()));
  const std::string name(43, 'n');
  switch (what) {
    case 0:
      if (const auto record = accepted([&] { return store.get(name); }); record && *record)
        require((*record)->sealed.size() <= script.size(), "a record is no longer than the reply");
      break;
    case 1:
      accepted([&] { return store.get_or_lock(name, 0, std::chrono::seconds(5)); });
      break;
    case 2:
      accepted([&] { return store.put(name, "sealed", 1, std::chrono::seconds(5)); });
      break;
    case 3:
      accepted([&] { return store.extend(name, 1, std::chrono::seconds(5)); });
      break;
    case 4:
      done([&] { store.release(name, 1); });
      break;
    default:
      done([&] { store.remove(name, 0); });
  }
}
