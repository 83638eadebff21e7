// A whole project: its manifest, an included file, its .env, and the inputs of its actions.
#include <algorithm>
#include <string>

#include "adit/environment.h"
#include "adit/json.h"

#include "app/inputs/inputs.h"
#include "app/project/load_project.h"
#include "fuzz/folder.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(manifest) {
  static const Folder folder;
  Input input(bytes);
  const std::string env(input.part());
  folder.write("package.json", input.part());
  folder.write("src/ext.config.yaml", input.part());
  folder.write("app.config.yaml", input.rest());
  const auto strict = accepted([&] { return app::load_project(folder.path()); });
  const auto project = accepted([&] { return app::load_project(folder.path(), app::OnError::go_on); });
  if (strict) require(project && project->errors.empty(), "a project that is accepted has no errors");
  if (!project) return;
  Environment environment;
  environment.add_file(EnvFile::parse(env, ".env"));
  for (const auto* action : project->actions()) {
    const auto is_same = [action](const app::Action* other) { return other->full_name() == action->full_name(); };
    if (strict) require(std::ranges::any_of(strict->actions(), is_same), "both readings agree");
    const auto mapped = accepted([&] { return app::map_inputs(*action, environment); });
    if (mapped) static_cast<void>(to_json(mapped->params));
  }
  static_cast<void>(app::variables_in(env));
}
