#pragma once

#include <string>
#include <string_view>

#include "app/manifest/input_totals.h"
#include "app/project/on_error.h"
#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// The name of what Adobe's tools call the application: the project without its extensions.
constexpr std::string_view kApplication = "application";

/// Returns "the application" or "the extension 'NAME'", for messages.
[[nodiscard]] std::string extension_text(std::string_view extension);

/// Adds the packages of one runtime manifest (the map that contains `packages:`) to the project. `extension` is the
/// extension that defines it. The package `__APP_PACKAGE__` gets the name `{name}-{version}` of the project. Throws as
/// load_project does.
void read_manifest(const YamlNode& manifest, const std::string& extension, Project& project, InputTotals& totals,
                   OnError on_error);

}  // namespace adit::app
