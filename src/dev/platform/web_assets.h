#pragma once

#include <optional>
#include <string>

#include "adit/http_server.h"
#include "adit/json.h"

#include "dev/platform/configuration.h"

/// A project's front end, as `aio app dev` serves it beside the actions (aio-cli-plugin-app-dev, src/lib/run-dev.js):
/// what the project's own bundler, run by its hook `build-static`, made of the folder that `web` names.
namespace adit::dev {

/// The folder that is served: of the first extension that has one, `web-dev` or `web-prod` below its `dist`, else its
/// `web` folder itself if it holds an index.html. Absolute; empty if the project has no front end.
[[nodiscard]] std::string front_end_folder(const app::Project& project);

/// The addresses of the project's actions and sequences, by `PACKAGE/NAME` and, of the first package, by `NAME` alone:
/// what front ends read from `config.json`. Web actions have those of the web.
[[nodiscard]] json::object action_urls(const Configuration& configuration, const std::string& origin);

/// Writes action_urls() to `src/config.json` in the web folder of each extension with an index.html, where front ends
/// import them from when they are built. Throws what replace_file() throws.
void write_action_urls(const Configuration& configuration, const std::string& origin);

/// The answer to a GET or HEAD of the front end's files: index.html for a folder, action_urls() for `/config.json` and
/// `/src/config.json`. Nothing for what is not there, is hidden, or leads out of the folder, links followed.
[[nodiscard]] std::optional<http::ServerResponse> front_end_answer(const Configuration& configuration,
                                                                   const std::string& origin,
                                                                   const http::ServerRequest& request);

}  // namespace adit::dev
