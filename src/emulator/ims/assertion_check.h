#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/emulator.h"
#include "adit/json.h"

namespace adit::emulator {

/// The part of an `aud` claim that names an integration: `{ims}/c/{client_id}`.
struct Audience {
  std::string ims;
  std::string client_id;
};
/// Nothing in it for a text that has no `/c/`.
[[nodiscard]] Audience split_audience(std::string_view aud);
/// `ent_analytics_bulk_ingest_sdk` of `https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk`, and of itself.
[[nodiscard]] std::string_view metascope_name(std::string_view metascope);

/// What an assertion is judged by.
struct AssertionRules {
  const Integration& client;
  /// The base URLs that this IMS goes by.
  std::vector<std::string> ims_urls;
  WallTime now;
};

/// Judges an assertion as IMS does and returns the names of the metascopes it asks for. Throws ImsRefusal (answer.h),
/// one for each row of docs/protocols/ims.md's table that is about the assertion.
[[nodiscard]] std::vector<std::string> check_assertion(std::string_view assertion, const AssertionRules& rules);

}  // namespace adit::emulator
