// `adit fire`: fires a trigger of a platform by hand.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "adit/error.h"
#include "cli/command_line/command.h"
#include "cli/project/platform_access.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/terminal.h"

#include "base/text/text.h"

namespace adit::cli {
namespace {

struct FireRequest {
  PlatformAccessOptions platform;
  std::string trigger;
  /// Key, value, key, value, …
  std::vector<std::string> params;
  bool json = false;
};

void fire(const FireRequest& request) {
  json::object event;
  for (std::size_t i = 0; i + 1 < request.params.size(); i += 2)
    event[request.params[i]] = param_value(request.params[i + 1]);
  PlatformSession session(request.platform);
  const auto answer = session.reader().post(cat("triggers/", percent_encode(request.trigger)), event);
  const auto id = answer.is_object() ? std::string(string_member(answer.get_object(), "activationId")) : std::string();
  if (request.json) {
    print_json(
        json::object{{"trigger", request.trigger}, {"activationId", id.empty() ? json::value() : json::value(id)}});
  } else if (!id.empty()) {
    std::cout << id << '\n';
  }
  if (id.empty()) note(cat("The trigger ", request.trigger, " has no active rule, so no action was started."));
}

}  // namespace

void add_fire(Command program) {
  auto command = program.add_command("fire", "Fire a trigger, and print the id of its activation");
  auto request = std::make_shared<FireRequest>();
  command.add_option("TRIGGER", request->trigger, "The trigger's name").required();
  command
      .add_option(
          "-p,--param", request->params,
          "A parameter of the event. A value that is valid JSON is read as JSON, any other as text. May be repeated")
      .type_name("KEY VALUE")
      .repeatable_pair();
  request->platform.add_to(command);
  command.add_flag("--json", request->json, "Print JSON; the id is null if no rule uses the trigger");
  command.run([request] { fire(*request); });
}

}  // namespace adit::cli
