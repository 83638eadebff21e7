#include "adit/json.h"

#include "adit/base64.h"
#include "adit/credentials.h"

#include "base/json/json_file.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(json) {
  if (const auto value = try_parse_json(bytes)) {
    // Compares texts, because 3e10 is printed as an integer.
    const auto printed = to_json(*value);
    require(to_json(parse_json(printed, "The text")) == printed, "a value that is printed reads as itself");
    require(to_json(parse_json(to_pretty_json(*value), "The text")) == printed,
            "a value that is printed on several lines reads as itself");
    static_cast<void>(kind_of(*value));
  } else {
    require(!accepted([&] { return parse_json(bytes, "The text"); }), "both functions refuse the same texts");
  }
  accepted([&] { return parse_json_file(bytes, "file.json", ""); });
  static_cast<void>(parse_scopes(bytes));

  require(base64_decode(base64_encode(bytes)) == bytes, "base64 reads what it writes");
  require(base64url_decode(base64url_encode(bytes)) == bytes, "base64url reads what it writes");
  if (const auto decoded = base64_decode(bytes)) require(base64_encode(*decoded) == bytes, "base64 is strict");
  if (const auto decoded = base64url_decode(bytes)) require(base64url_encode(*decoded) == bytes, "base64url is strict");
  static_cast<void>(base64_decode_forgiving(bytes));
}
