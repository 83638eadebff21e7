#include <string>

#include "adit/action.h"
#include "adit/json.h"

#include "base/text/text.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

namespace {

constexpr const char* kCanary = "c4nary-8f3a";

/// Puts the canary into one of the places where callers and manifests have secrets.
json::value with_canary(std::size_t place, json::value around) {
  switch (place) {
    case 0:
      return json::object{{"client_secret", kCanary}, {"around", std::move(around)}};
    case 1:
      return json::object{{"around", json::object{{"apiKey", kCanary}, {"and", std::move(around)}}}};
    case 2:
      return json::object{{"__ow_headers", json::object{{"authorization", cat("Bearer ", kCanary)}}}, {"a", around}};
    case 3:
      return json::object{{"list", json::array{std::move(around), json::object{{"password", kCanary}}}}};
    case 4:
      return json::object{{"token", json::object{{"around", std::move(around)}, {"deep", kCanary}}}};
    default:
      return json::object{{"text", cat("eyJ", kCanary, ".eyJ.x")}, {"around", std::move(around)}};
  }
}

}  // namespace

ADIT_FUZZ(string_parameters) {
  Input input(bytes);
  const auto place = input.choice(6);
  const auto value = try_parse_json(input.rest());
  if (!value) return;
  if (const auto* object = value->if_object()) {
    require(try_parse_json(string_parameters(*object)).has_value(), "the shown text is JSON");
    static_cast<void>(missing_inputs(*object, {"a", "a.b", "list.0"}, {"authorization"}));
    static_cast<void>(bearer_token(*object));
    const Params params(*object);
    for (const auto* name : {"a", "LOG_LEVEL", "text"}) {
      accepted([&] { return params.get<std::string>(name); });
      accepted([&] { return params.get<int>(name); });
      accepted([&] { return params.get<double>(name); });
      accepted([&] { return params.get<bool>(name); });
      accepted([&] { return params.header(name); });
    }
  }
  const auto whole = with_canary(place, *value);
  require(to_json(*value).find(kCanary) != std::string::npos ||
              string_parameters(whole.as_object()).find(kCanary) == std::string::npos,
          "no secret is shown");
}
