#include <string>

#include "adit/json.h"

#include "base/text/text.h"
#include "dev/web/parameters.h"
#include "dev/web/path.h"
#include "dev/web/web_action.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::dev;
using namespace adit::fuzz;

ADIT_FUZZ(web_parameters) {
  Input input(bytes);
  const bool raw = input.choice(2) == 1;
  const bool known = input.choice(2) == 1;
  http::ServerRequest request;
  request.method = std::string(input.part());
  const std::string path_text(input.part());
  request.query = std::string(input.part());
  request.headers.add("Content-Type", std::string(input.part()));
  request.headers.add("x-require-whisk-auth", std::string(input.part()));
  request.body = std::string(input.rest());

  const auto path = parse_web_path(path_text);
  if (path) {
    const auto full_name = cat(path->package, '/', path->action);
    const auto printed = path_to(full_name, true);
    constexpr std::string_view kBefore = "/api/v1/web/";
    require(printed.starts_with(kBefore), "the path of a web action has the common prefix");
    const auto again = parse_web_path(std::string_view(printed).substr(kBefore.size()));
    require(again && again->package == path->package && again->action == path->action,
            "a printed path reads as itself");
  }
  static const auto inputs = parse_json(R"({"SECRET_INPUT":"set","EMPTY":""})", "inputs").as_object();
  const auto rules = WebRules::of(
      json::object{{"web-export", true}, {"raw-http", raw}, {"final", true}, {"require-whisk-auth", "letmein"}},
      inputs);
  static_cast<void>(is_web_method(request.method));
  const auto refusal = answer_before_running(request, rules, {});
  if (!equals_ignoring_case(request.method, "OPTIONS") &&
      request.headers.get_or_empty("x-require-whisk-auth") != "letmein")
    require(refusal && refusal->status == 401, "only a caller with the secret reaches the action");

  const Caller caller{known ? "guest" : ""};
  const auto read = web_parameters(request, path.value_or(WebPath{}), rules, caller);
  if (read.refusal) {
    require(read.refusal->status >= 400 && read.params.empty(), "a refused request has no parameters");
    return;
  }
  require(!read.params.contains("SECRET_INPUT"), "a caller cannot set an input of the action");
  require(read.params.contains("__ow_user") == known, "a caller cannot choose the user");
  require(read.params.at("__ow_method") == json::value(to_lower(request.method)) &&
              read.params.at("__ow_headers").is_object() && read.params.at("__ow_path").is_string(),
          "a caller cannot replace the platform's parameters");
  require(try_parse_json(to_json(read.params)).has_value(), "parameters are JSON in UTF-8");
}
