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
/// Both parts are empty if the text has no `/c/`.
[[nodiscard]] Audience split_audience(std::string_view aud);
/// The name of a metascope: `ent_analytics_bulk_ingest_sdk` for that name and for
/// `https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk`.
[[nodiscard]] std::string_view metascope_name(std::string_view metascope);

/// The rules that an assertion must meet.
struct AssertionRules {
  const Integration& integration;
  /// The base URLs of this IMS.
  std::vector<std::string> ims_urls;
  WallTime now;
};

/// Checks an assertion as IMS does and returns the names of the metascopes that it requests. Throws ImsRefusal
/// (answer.h) as the table in docs/protocols/ims.md lists it for assertions.
[[nodiscard]] std::vector<std::string> check_assertion(std::string_view assertion, const AssertionRules& rules);

}  // namespace adit::emulator
