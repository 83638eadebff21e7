#include "adit/jwt.h"
#include "adit/token_verifier.h"
#include "cli/terminal/jwt_words.h"

#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(jwt_decode) {
  const auto decoded = jwt::decode(bytes);
  for (const auto* part : {&decoded.header, &decoded.claims}) {
    const auto times = cli::times_of(part->members);
    for (const auto& time : {times.issued, times.not_before, times.expires})
      if (time) static_cast<void>(cli::in_words(*time, WallTime(std::chrono::milliseconds(1'700'000'000'000))));
    static_cast<void>(cli::ims_in_words(part->members));
  }
  if (const auto claims = ims::unverified_claims(bytes)) accepted([&] { return ims::ims_of(claims->as); });
  const auto parts = accepted([&] { return jwt::parse_compact(bytes); });
  if (!parts || !accepted([&] { return jwt::parse_claims(parts->payload); })) return;
  require(decoded.header.members == parts->header && decoded.claims.members == jwt::parse_claims(parts->payload),
          "the explanation of a valid token has its header and claims");
}
