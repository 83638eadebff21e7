#include <string>
#include <variant>

#include "adit/secret.h"

#include "fuzz/folder.h"
#include "fuzz/input.h"
#include "fuzz/target.h"
#include "token/store/file_store.h"
#include "token/store/sealed_record.h"
#include "token/store/stored_token.h"

using namespace adit;
using namespace adit::token;
using namespace adit::fuzz;

ADIT_FUZZ(stored_record) {
  using std::chrono::milliseconds;
  const ClockReading now{WallTime(milliseconds(1'700'000'000'000)), MonotonicTime(std::chrono::hours(100)), "boot",
                         milliseconds(0)};
  if (const auto found = from_record(Secret(bytes), now)) {
    if (const auto* issued = std::get_if<Issued>(&*found)) {
      require(issued->expires_at_monotonic - now.monotonic <= issued->life,
              "no token is valid longer than its lifetime");
      const auto again = from_record(to_record(*issued, now), now);
      require(again && std::get_if<Issued>(&*again) != nullptr && std::get<Issued>(*again).value == issued->value,
              "a record that is printed reads as itself");
    } else {
      static_cast<void>(remembered(std::get<Refusal>(*found), now.monotonic));
    }
  }
  // A whole file, which must not pass for a sealed record.
  static const Folder folder;
  static const RecordSeal seal(OAuthCredentials{"client", Secret("secret"), "org", {"openid"}}, "https://ims.test");
  folder.write(seal.name() + ".token", bytes);
  FileStore store(folder.path());
  const auto record = accepted([&] { return store.get(seal.name()); });
  if (record && *record) require(!seal.open((*record)->sealed, (*record)->fence), "only sealed records can be opened");
  require(!seal.open(bytes, 1), "only sealed records can be opened");
}
