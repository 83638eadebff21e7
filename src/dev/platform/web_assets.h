#pragma once

#include <optional>
#include <string>

#include "adit/http_server.h"
#include "adit/json.h"

#include "dev/platform/configuration.h"

/// Serves a project's front end next to the actions, as `aio app dev` does (aio-cli-plugin-app-dev,
/// src/lib/run-dev.js): the files that the project's own bundler, run by the hook `build-static`, made from the folder
/// that `web` names.
namespace adit::dev {

/// Returns the absolute path of the folder that is served: of the first extension that has one, `web-dev` or `web-prod`
/// below its `dist`, or else its `web` folder if that contains an index.html. Empty if the project has no front end.
[[nodiscard]] std::string front_end_folder(const app::Project& project);

/// Returns the URLs of the project's actions and sequences by `PACKAGE/NAME` and, for the first package, also by
/// `NAME`. Front ends read them from `config.json`. Web actions have URLs below `/api/v1/web`.
[[nodiscard]] json::object action_urls(const Configuration& configuration, const std::string& origin);

/// Writes action_urls() to `src/config.json` in the web folder of each extension with an index.html. Front ends import
/// that file when they are built. Throws what replace_file() throws.
void write_action_urls(const Configuration& configuration, const std::string& origin);

/// Answers a GET or HEAD request for the front end's files: index.html for a folder, action_urls() for `/config.json`
/// and `/src/config.json`. Returns `nullopt` if the file does not exist, is hidden, or leads out of the folder through
/// a link.
[[nodiscard]] std::optional<http::ServerResponse> front_end_answer(const Configuration& configuration,
                                                                   const std::string& origin,
                                                                   const http::ServerRequest& request);

}  // namespace adit::dev
